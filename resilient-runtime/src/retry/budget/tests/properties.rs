//! The budget beside its documentation in fractions: no ten-thousandths, no words, no seconds in slots.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::*;
use crate::properties::{cases, refuted};

#[derive(Debug, Clone)]
enum Step {
    Wait(Duration),
    Answered(u32),
    Repeat {
        unknown: bool,
    },
    /// The last repeat was not sent after all.
    NotSent,
}

/// A fraction, kept as it is: tokens are sums of answers over ten thousand, never rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction {
    over: i128,
    under: i128,
}

impl Fraction {
    fn whole(number: i128) -> Self {
        Self {
            over: number,
            under: 1,
        }
    }

    fn plus(self, other: Self) -> Self {
        let over = self.over * other.under + other.over * self.under;
        let under = self.under * other.under;
        let common = common(over, under);
        Self {
            over: over / common,
            under: under / common,
        }
    }

    fn times(self, number: i128) -> Self {
        Self {
            over: self.over * number,
            ..self
        }
    }

    fn is_below(self, other: Self) -> bool {
        self.over * other.under < other.over * self.under
    }

    fn min(self, other: Self) -> Self {
        if other.is_below(self) { other } else { self }
    }
}

/// The greatest common divisor (Euclid).
fn common(one: i128, other: i128) -> i128 {
    if other == 0 {
        one.abs().max(1)
    } else {
        common(other, one % other)
    }
}

/// What is written about the budget, with every answer in a list.
struct Pure {
    earn: Fraction,
    save: i128,
    tokens: Fraction,
    /// The second of each answer.
    answers: Vec<u64>,
    /// What a repeat costs after an unknown outcome.
    unknown: i128,
}

impl Pure {
    fn new(earn: u16, save: u32) -> Self {
        Self {
            earn: Fraction {
                over: earn.into(),
                under: 10_000,
            },
            save: save.into(),
            tokens: Fraction::whole(save.into()),
            answers: Vec::new(),
            unknown: 2,
        }
    }

    /// The larger of what may be saved, and what the answers of the second before earned.
    fn cap(&self, second: u64) -> Fraction {
        let before = self.answers.iter().filter(|at| **at + 1 == second).count();
        let earned = self.earn.times(i128::try_from(before).unwrap());
        let save = Fraction::whole(self.save);
        if earned.is_below(save) { save } else { earned }
    }

    fn present(&self, second: u64) -> Fraction {
        self.tokens.min(self.cap(second))
    }

    fn answered(&mut self, second: u64) {
        if self.answers.last() != Some(&second) {
            self.tokens = self.present(second);
        }
        self.answers.push(second);
        if self.tokens.is_below(self.cap(second)) {
            self.tokens = self.tokens.plus(self.earn).min(self.cap(second));
        }
    }

    fn spend(&mut self, unknown: bool, second: u64) -> bool {
        let cost = Fraction::whole(if unknown { self.unknown } else { 1 });
        let left = self.present(second).plus(cost.times(-1));
        let pays = !left.is_below(Fraction::whole(0));
        if pays {
            self.tokens = left;
        }
        pays
    }

    fn give_back(&mut self, unknown: bool, second: u64) {
        let cost = Fraction::whole(if unknown { self.unknown } else { 1 });
        if self.tokens.is_below(self.cap(second)) {
            self.tokens = self.tokens.plus(cost).min(self.cap(second));
        }
    }
}

fn agrees(core: &Core, mut pure: Pure, steps: &[Step]) -> TestCaseResult {
    let (mut now, mut paid) = (NOW, Vec::new());
    for step in steps {
        let second = now.as_nanos() / 1_000_000_000;
        match *step {
            Step::Wait(time) => now = now.plus(time),
            Step::Answered(times) => {
                for _ in 0..times {
                    core.earn(now);
                    pure.answered(second);
                }
            }
            Step::Repeat { unknown } => {
                let pays = core.spend(unknown, now);
                prop_assert_eq!(pays, pure.spend(unknown, second), "pays for a repeat");
                paid.extend(pays.then_some(unknown));
            }
            Step::NotSent => {
                if let Some(unknown) = paid.pop() {
                    core.give_back(unknown, now);
                    pure.give_back(unknown, second);
                }
            }
        }
        let second = now.as_nanos() / 1_000_000_000;
        let tokens = pure.present(second).times(i128::from(TOKEN));
        let real = i128::from(core.tokens(now));
        prop_assert_eq!(real * tokens.under, tokens.over, "tokens");
        prop_assert!(
            core.tokens(now) <= u64::MAX / 2 && !pure.cap(second).is_below(pure.present(second))
        );
    }
    Ok(())
}

/// Whatever happens: repeats cost no more than what was saved at first and what the answers earned.
fn never_spends_what_was_not_earned(
    core: &Core,
    (earn, save): (u16, u32),
    steps: &[Step],
) -> TestCaseResult {
    let (mut now, mut answers, mut spent) = (NOW, 0, 0);
    for step in steps {
        match *step {
            Step::Wait(time) => now = now.plus(time),
            Step::Answered(times) => {
                (0..times).for_each(|_| core.earn(now));
                answers += u64::from(times);
            }
            Step::Repeat { unknown } if core.spend(unknown, now) => {
                spent += if unknown { 2 * TOKEN } else { TOKEN };
            }
            Step::Repeat { .. } | Step::NotSent => {}
        }
        prop_assert!(spent <= u64::from(save) * TOKEN + answers * u64::from(earn));
    }
    Ok(())
}

fn numbers() -> impl Strategy<Value = (u16, u32)> {
    (
        prop_oneof![1_u16..=10_000, Just(2_000), Just(3_333)],
        2_u32..12,
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait = prop_oneof![0_u64..5, 0_u64..400, Just(1_000), 900_u64..4_000];
    let step = prop_oneof![
        3 => wait.prop_map(|time| Step::Wait(Duration::from_millis(time))),
        4 => (1_u32..40).prop_map(Step::Answered),
        5 => any::<bool>().prop_map(|unknown| Step::Repeat { unknown }),
        1 => Just(Step::NotSent),
    ];
    vec(step, 0..80)
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_budget_is_the_one_in_fractions(numbers in numbers(), steps in steps()) {
        let (earn, save) = numbers;
        agrees(&earning(earn, save), Pure::new(earn, save), &steps)?;
    }

    #[test]
    fn a_budget_never_pays_out_more_than_was_saved_and_earned(numbers in numbers(), steps in steps()) {
        let (earn, save) = numbers;
        never_spends_what_was_not_earned(&earning(earn, save), numbers, &steps)?;
    }
}

#[test]
fn b10_a_budget_that_earns_in_whole_percent_is_refuted() {
    refuted(&(numbers(), steps()), |((earn, save), steps)| {
        let truncated = earning((earn / 100).max(1) * 100, save);
        agrees(&truncated, Pure::new(earn, save), &steps)
    });
}

#[test]
fn a_budget_that_earns_too_much_or_asks_too_little_is_refuted() {
    refuted(&(numbers(), steps()), |(numbers, steps)| {
        let generous = earning(numbers.0.saturating_mul(2).min(10_000), numbers.1 + 1);
        never_spends_what_was_not_earned(&generous, numbers, &steps)
    });
    refuted(&(numbers(), steps()), |((earn, save), steps)| {
        let cheap = Pure {
            unknown: 1,
            ..Pure::new(earn, save)
        };
        agrees(&earning(earn, save), cheap, &steps)
    });
}
