//! The values of attributes beside those of a configuration: the same texts, the same numbers, the same refusals.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use resilient_runtime::config::Config;
use resilient_runtime::rate_limit::Rate;
use syn::{Expr, LitStr, parse_quote};

use super::duration::parse;
use super::{duration, percent, rate, show};
use crate::diagnostics::Errors;
use crate::properties::{cases, refuted, slipped};

const DURATIONS: &[&str] = &[
    "500ms",
    "1m 30s",
    "1.5h",
    "10us",
    "2 days",
    "1h1s",
    "0s",
    "584y",
    "1.000000001s",
    "0.5ns",
    "7µs",
    "3millis",
    "213503d",
    "213503d 1d",
    " 5 s ",
];
const RATES: &[&str] = &[
    "100/s",
    "6000/min",
    "1/2s",
    " 5 / 1m 30s ",
    "10/hour",
    "1/366d",
    "3/1.5s",
    "2/.5s",
    "4294967296/s",
    "5/ns",
    "1/367d",
];
const SHARES: &[&str] = &[
    "50%", "12.5%", "100 %", "0.01%", "100.01%", "0%", "+5%", " 7.25 % ", "655.36%",
];

/// What a configuration makes of a value, as it shows it.
fn configured(word: &str, text: &str) -> Option<String> {
    let name = format!("RESILIENT_CALL__A__{word}");
    let config = Config::from_vars([(name, text.to_owned())]).ok()?;
    config.overrides().next().map(|it| it.value)
}

fn written<T>(
    text: &str,
    read: impl FnOnce(&Expr, &mut Errors) -> Option<super::At<T>>,
) -> (Option<T>, Errors) {
    let text = LitStr::new(text, proc_macro2::Span::call_site());
    let (expr, mut errors) = (parse_quote!(#text), Errors::default());
    (read(&expr, &mut errors).map(|at| at.value), errors)
}

/// A value, or an error; never both, never neither.
fn is_told<T>(read: &(Option<T>, Errors)) -> TestCaseResult {
    prop_assert_ne!(read.0.is_some(), !read.1.is_empty());
    Ok(())
}

fn agrees_on_a_share(text: &str, hundredths: Option<u16>) -> TestCaseResult {
    let ours =
        hundredths.map(|share| resilient_runtime::breaker::Ratio::hundredths(share).to_string());
    prop_assert_eq!(ours, configured("BREAKER_FAILURE_RATE", text));
    Ok(())
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_duration_is_the_one_of_the_run_time(text in slipped(DURATIONS)) {
        let read = written(&text, |expr, errors| duration("timeout", expr, errors));
        is_told(&read)?;
        let shown = read.0.map(|read| format!("{read:?}"));
        prop_assert_eq!(shown, configured("TIMEOUT_TOTAL", &text));
    }

    #[test]
    fn a_duration_is_shown_in_a_form_that_is_read_as_the_same(nanos in any::<u64>(), less in 0_u32..64) {
        let duration = std::time::Duration::from_nanos(nanos >> less);
        prop_assert_eq!(parse(&show(duration)), Ok(duration));
    }

    #[test]
    fn whole_numbers_of_large_units_are_shown_as_they_are_read(number in 1_u64..100_000, unit in 0_usize..5) {
        let nanos = [1_000_000, 100_000_000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000][unit];
        let duration = std::time::Duration::from_nanos(number * nanos);
        prop_assert_eq!(parse(&show(duration)), Ok(duration), "{}", show(duration));
    }

    #[test]
    fn a_rate_is_the_one_of_the_run_time(text in slipped(RATES)) {
        let read = written(&text, |expr, errors| rate("rate_limit", expr, errors));
        is_told(&read)?;
        let (ours, theirs) = (read.0, text.parse::<Rate>().ok());
        prop_assert_eq!(ours.map(|rate| (rate.count, rate.per)), theirs.map(|rate| (rate.count(), rate.per())));
        prop_assert_eq!(ours.map(super::Rate::interval), theirs.map(Rate::interval));
        prop_assert_eq!(theirs.map(|rate| rate.to_string()), configured("RATE_LIMIT_RATE", &text));
        if let Some(rate) = ours {
            prop_assert_eq!(rate.to_string().parse::<Rate>().ok(), theirs);
        }
    }

    #[test]
    fn a_share_is_the_one_of_the_run_time(text in slipped(SHARES)) {
        let read = written(&text, |expr, errors| percent("failure_rate", expr, errors));
        is_told(&read)?;
        agrees_on_a_share(&text, read.0)?;
    }

    #[test]
    fn a_count_is_the_one_of_the_run_time(number in any::<u64>(), less in 0_u32..64) {
        let number = number >> less;
        let text = number.to_string();
        let expr: Expr = syn::parse_str(&text).expect("digits are an expression");
        let mut errors = Errors::default();
        let ours = super::count("attempts", "attempts = 3", &expr, 1..=u32::MAX, &mut errors);
        prop_assert_eq!(ours.map(|at| at.value.to_string()), configured("RETRY_ATTEMPTS", &text));
        prop_assert_ne!(ours.is_some(), !errors.is_empty());
    }

    #[test]
    fn a_factor_is_the_one_of_the_run_time(factor in 0.0_f32..120.0, digits in 0_usize..4) {
        let text = format!("{factor:.digits$}");
        let expr: Expr = syn::parse_str(&text).expect("a number is an expression");
        let ours = super::factor("factor", &expr, &mut Errors::default());
        prop_assert_eq!(ours.map(|at| at.value.to_string()), configured("RETRY_BACKOFF_FACTOR", &text));
    }
}

#[test]
fn a_share_that_is_read_as_any_number_is_refuted() {
    refuted(&slipped(SHARES), |text| {
        let number = text
            .trim()
            .strip_suffix('%')
            .and_then(|number| number.trim().parse::<f32>().ok());
        let share = number
            .filter(|number| (0.01..=100.0).contains(number))
            .map(|number| number * 100.0);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is wrong on purpose"
        )]
        agrees_on_a_share(&text, share.map(|share| share as u16))
    });
}
