//! What the property tests of all crates share: how many cases, how a broken variant is refuted, texts with slips.
//!
//! Seeds are fixed, so that a failure happens again. `PROPTEST_RNG_SEED=<number>` takes another one, and
//! `PROPTEST_CASES=25600` a hundred times as many cases (256 are the usual number). What fails is made as small as
//! possible, printed, and kept below `proptest-regressions`, to be tried first from then on.

use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestCaseResult, TestError, TestRunner};
use proptest::{collection, prelude::*};

/// So many cases, more or fewer of them as `PROPTEST_CASES` asks.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = u64::from(usual) * u64::from(asked.cases) / 256;
    ProptestConfig {
        cases: u32::try_from(cases).unwrap_or(u32::MAX).max(1),
        rng_seed: match asked.rng_seed {
            RngSeed::Random => RngSeed::Fixed(0x5EED),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        ..asked
    }
}

/// A property that never fails proves nothing: with something broken on purpose a counterexample must be found.
#[track_caller]
pub(crate) fn refuted<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> TestCaseResult) {
    let config = ProptestConfig {
        failure_persistence: None,
        // Nobody reads it.
        max_shrink_iters: 0,
        ..cases(1_000)
    };
    let found = TestRunner::new(config).run(strategy, property);
    assert!(
        matches!(found, Err(TestError::Fail(..))),
        "what is broken on purpose was found to be right"
    );
}

/// Characters that mean something to one parser or another, and some that mean nothing to any.
const STRAY: &[char] = &[
    '"',
    '.',
    '[',
    ']',
    '=',
    '\n',
    '\r',
    '_',
    '%',
    '0',
    '9',
    '5',
    's',
    'm',
    'e',
    'é',
    'µ',
    '٣',
    '\u{0}',
    '{',
    '}',
    ',',
    ' ',
    '\t',
    '-',
    '+',
    '/',
    ':',
    '#',
    '\'',
    '\\',
    'S',
    '\u{a0}',
    '\u{1F980}',
];

/// One slip of the fingers.
#[derive(Debug, Clone)]
enum Slip {
    Lost(Index),
    Stray(Index, char),
    Replaced(Index, char),
    Swapped(Index, Index),
    /// What stands between the two is written once more.
    Doubled(Index, Index),
    CutOff(Index),
}

impl Slip {
    fn apply(&self, text: &mut Vec<char>) {
        let end = text.len();
        if let Self::Stray(at, stray) = self {
            return text.insert(at.index(end + 1), *stray);
        }
        if end == 0 {
            return;
        }
        match self {
            Self::Lost(at) => drop(text.remove(at.index(end))),
            Self::Replaced(at, stray) => text[at.index(end)] = *stray,
            Self::Swapped(one, other) => text.swap(one.index(end), other.index(end)),
            Self::Doubled(one, other) => {
                let (one, other) = (one.index(end), other.index(end));
                let again = text[one.min(other)..=one.max(other)].to_vec();
                text.splice(one..one, again);
            }
            Self::CutOff(at) => text.truncate(at.index(end)),
            Self::Stray(..) => {}
        }
    }
}

fn slip() -> impl Strategy<Value = Slip> {
    let at = any::<Index>;
    let stray = || prop_oneof![4 => proptest::sample::select(STRAY), 1 => any::<char>()];
    prop_oneof![
        2 => at().prop_map(Slip::Lost),
        3 => (at(), stray()).prop_map(|(at, stray)| Slip::Stray(at, stray)),
        3 => (at(), stray()).prop_map(|(at, stray)| Slip::Replaced(at, stray)),
        1 => (at(), at()).prop_map(|(one, other)| Slip::Swapped(one, other)),
        1 => (at(), at()).prop_map(|(one, other)| Slip::Doubled(one, other)),
        1 => at().prop_map(Slip::CutOff),
    ]
}

/// One of these texts with up to six slips, often none; now and then any text whatever.
pub(crate) fn slipped(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    let slips = prop_oneof![1 => Just(0..1_usize), 3 => Just(1..7_usize)]
        .prop_flat_map(|count| collection::vec(slip(), count));
    let near = (proptest::sample::select(texts), slips).prop_map(|(text, slips)| {
        let mut text = text.chars().collect();
        for slip in &slips {
            slip.apply(&mut text);
        }
        text.into_iter().collect()
    });
    prop_oneof![9 => near, 1 => any::<String>()]
}
