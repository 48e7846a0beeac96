//! Values from outside are read as the attributes read them: the same texts mean the same, and no other is taken.

use std::time::Duration;

use resilient_runtime::config::Config;

#[allow(
    dead_code,
    unreachable_pub,
    clippy::manual_is_multiple_of,
    reason = "the attributes' own reader, of which one function is asked"
)]
#[path = "../../resilient-macros/src/value/duration.rs"]
mod duration;

/// What the run time makes of a duration; none when it refuses it.
fn read(text: &str) -> Option<String> {
    let name = "RESILIENT_CALL__A__TIMEOUT_TOTAL".to_owned();
    let config = Config::from_vars([(name, text.to_owned())]).ok()?;
    config.overrides().next().map(|it| it.value)
}

const TEXTS: &[&str] = &[
    "500ms",
    "1m 30s",
    "1.5h",
    "2 days",
    "1h1h",
    "1.123456789s",
    "1.1234567891s",
    "1.s",
    ".5s",
    "1",
    "",
    " ",
    "s",
    "1 parsec",
    "-1s",
    "1e3s",
    "1_000ms",
    "1\u{b5}s",
    "10 us",
    "18446744073s",
    "18446744074s",
    "99999999999999999999s",
    "213503d",
    "213504d",
    "1..5s",
    "1m30",
    "\u{0661}s",
    "1S",
    "0.5ns",
    "0.0000001ms",
];

#[test]
fn a_duration_means_the_same_in_an_attribute_and_outside_of_the_program() {
    for text in TEXTS {
        let attribute = duration::parse(text).ok();
        // Zero is refused behind the reader in the attributes, and what no stamp can hold there is cut.
        let fits = |it: &Duration| !it.is_zero() && u64::try_from(it.as_nanos()).is_ok();
        let attribute = attribute.filter(fits).map(|it| format!("{it:?}"));
        assert_eq!(read(text), attribute, "{text:?}");
    }
}

#[test]
fn texts_with_slips_mean_the_same_too() {
    let mut seed: u64 = 0x5EED_0F5E_ED0F_5EED;
    let mut below = |end: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % 1_000_003).unwrap_or(0) % end
    };
    let stray: Vec<char> = "0123456789.smhdnu \u{b5}-+_%".chars().collect();
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let mut text: Vec<char> = TEXTS[below(TEXTS.len())].chars().collect();
        for _ in 0..=below(2) {
            let at = below(text.len() + 1);
            match (below(2), at < text.len()) {
                (0, true) => drop(text.remove(at)),
                _ => text.insert(at, stray[below(stray.len())]),
            }
        }
        let text: String = text.into_iter().collect();
        let attribute = duration::parse(&text).ok();
        let fits = |it: &Duration| !it.is_zero() && u64::try_from(it.as_nanos()).is_ok();
        let attribute = attribute.filter(fits).map(|it| format!("{it:?}"));
        *if attribute.is_some() {
            &mut taken
        } else {
            &mut refused
        } += 1;
        assert_eq!(read(&text), attribute, "{text:?}");
    }
    assert!(taken > 1_000 && refused > 1_000, "{taken} and {refused}");
}
