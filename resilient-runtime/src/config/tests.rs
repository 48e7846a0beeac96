//! What is read and what is refused; that no text whatever makes it panic is below, in `properties`.

use super::env;
use super::key::{KEYS, Kind};
use super::{Config, Origin, Target};

mod properties;

fn variable(name: &str, value: &str) -> Result<Vec<String>, Vec<String>> {
    match Config::from_vars([(name.to_owned(), value.to_owned())]) {
        Ok(config) => Ok(config.overrides().map(|it| it.to_string()).collect()),
        Err(errors) => Err(errors.iter().map(|it| it.reason.clone()).collect()),
    }
}

/// A value that the key takes.
fn value(kind: Kind) -> &'static str {
    match kind {
        Kind::Time => "1m 30s",
        Kind::Window => "100",
        Kind::Share => "12.5%",
        Kind::Count | Kind::CountOrOff => "3",
        Kind::After => "p95",
        Kind::Factor => "1.5",
        Kind::Rate => "100/s",
    }
}

#[test]
fn every_key_is_read_from_a_variable_by_the_words_of_its_attribute() {
    for key in KEYS {
        let word = format!("{}_{}", key.section, key.name).to_uppercase();
        let name = format!("RESILIENT_CALL__SHOP__PAY__{word}");
        let read = variable(&name, value(key.kind)).expect("it is known");
        let begins = format!("call `SHOP__PAY`: {key} = ");
        assert!(read.len() == 1 && read[0].starts_with(&begins), "{read:?}");
    }
}

#[test]
fn a_state_is_named_by_itself() {
    let read = variable("RESILIENT_BREAKER__SHOP__PAY_OUT__OPEN", "2s");
    let text = "breaker `SHOP__PAY_OUT`: breaker.open = 2s (environment, RESILIENT_BREAKER__SHOP__PAY_OUT__OPEN)";
    assert_eq!(read, Ok(vec![text.to_owned()]));
    assert_eq!(env::normalised("shop/pay-out"), "SHOP__PAY_OUT");
    assert_eq!(
        env::normalised("shop::pay::charge@42"),
        "SHOP__PAY__CHARGE_42"
    );
}

#[test]
fn variables_of_others_are_left_alone_and_slips_are_named() {
    for name in [
        "PATH",
        "RESILIENT_CONFORMANCE",
        "RESILIENT_",
        "resilient_call__a__b",
    ] {
        assert_eq!(variable(name, "x"), Ok(vec![]), "{name}");
    }
    for (name, reason) in [
        ("RESILIENT_CALS__A__TIMEOUT_TOTAL", "did you mean `CALL`?"),
        (
            "RESILIENT_CALL__A__TIMEOUT_TOTL",
            "did you mean `TIMEOUT_TOTAL`?",
        ),
        ("RESILIENT_CALL__TIMEOUT_TOTAL", "there is no name"),
        ("RESILIENT_CALL____TIMEOUT_TOTAL", "there is no name"),
        ("RESILIENT_BREAKER__A__LIMIT", "there is no key `LIMIT`"),
        ("RESILIENT_BREAKER__A__TIMEOUT_TOTAL", "there is no key"),
    ] {
        let errors = variable(name, "1s").expect_err(name);
        assert!(errors[0].contains(reason), "{name}: {errors:?}");
    }
}

#[test]
fn values_are_what_the_attributes_take() {
    let read = |word: &str, value: &str| variable(&format!("RESILIENT_CALL__A__{word}"), value);
    for (word, value) in [
        ("TIMEOUT_TOTAL", "500"),
        ("TIMEOUT_TOTAL", "0s"),
        ("TIMEOUT_TOTAL", ""),
        ("TIMEOUT_TOTAL", "-1s"),
        ("TIMEOUT_TOTAL", "1 parsec"),
        ("TIMEOUT_TOTAL", "99999999999999999999d"),
        ("TIMEOUT_TOTAL", "18000000000s 999999999s 18000000000s"),
        ("RETRY_ATTEMPTS", "0"),
        ("RETRY_ATTEMPTS", "4294967296"),
        ("RETRY_ATTEMPTS", "3.0"),
        ("RETRY_BACKOFF_FACTOR", "0.5"),
        ("RETRY_BACKOFF_FACTOR", "NaN"),
        ("RETRY_BACKOFF_FACTOR", "inf"),
        ("BREAKER_FAILURE_RATE", "50"),
        ("BREAKER_FAILURE_RATE", "0%"),
        ("BREAKER_FAILURE_RATE", "101%"),
        ("BREAKER_FAILURE_RATE", "1.234%"),
        ("BREAKER_FAILURE_RATE", "+5%"),
        ("BREAKER_MIN_CALLS", "+5"),
        ("BREAKER_WINDOW", "+5"),
        ("BREAKER_WINDOW", "+5s"),
        ("TIMEOUT_TOTAL", "+5s"),
        ("RETRY_BACKOFF_FACTOR", "+2"),
        ("RETRY_BACKOFF_FACTOR", "2e0"),
        ("RETRY_BACKOFF_FACTOR", "2."),
        ("RATE_LIMIT_RATE", "+5/s"),
        ("HEDGE_AFTER", "0s"),
        ("HEDGE_AFTER", "p49"),
        ("HEDGE_AFTER", "p100"),
        ("HEDGE_AFTER", "p+95"),
        ("HEDGE_AFTER", "p99.9"),
        ("HEDGE_MAX", "00"),
        ("HEDGE_MAX", "-1"),
        ("RETRY_ATTEMPTS", "+3"),
        ("BREAKER_WINDOW", "0"),
    ] {
        assert!(read(word, value).is_err(), "{word}={value}");
    }
    for (word, value) in [
        ("TIMEOUT_TOTAL", " 1m 30s "),
        ("TIMEOUT_TOTAL", "1.5h"),
        ("BREAKER_WINDOW", "10s"),
        ("BREAKER_FAILURE_RATE", "100 %"),
        ("RETRY_BACKOFF_FACTOR", "2"),
        ("HEDGE_AFTER", "80ms"),
        ("HEDGE_AFTER", "P95"),
        ("HEDGE_MAX", "0"),
    ] {
        assert!(read(word, value).is_ok(), "{word}={value}");
    }
}

#[test]
fn a_plus_sign_is_refused_with_what_to_write_instead() {
    for (word, value) in [
        ("BREAKER_MIN_CALLS", "+5"),
        ("BREAKER_FAILURE_RATE", "+5%"),
        ("RETRY_BACKOFF_FACTOR", "+1.5"),
    ] {
        let name = format!("RESILIENT_CALL__A__{word}");
        let errors = variable(&name, value).expect_err(word);
        let instead = format!("write `{}` without a sign", &value[1..]);
        assert!(errors[0].ends_with(&instead), "{errors:?}");
    }
}

#[test]
fn an_operators_key_needs_its_section_except_for_a_state() {
    let set = |target: Target, key: &str| target.set(key, "1s", "here").map(|set| set.origin);
    assert_eq!(set(Target::call("a"), "timeout.total"), Ok(Origin::RunTime));
    assert_eq!(set(Target::breaker("a"), "open"), Ok(Origin::RunTime));
    assert!(set(Target::call("a"), "total").is_err());
    assert!(set(Target::breaker("a"), "breaker.open").is_err());
    assert!(set(Target::dependency("a"), "timeout.").is_err());
    assert!(set(Target::dependency("a"), ".total").is_err());
}

#[cfg(feature = "config")]
mod in_toml {
    use super::*;

    const FILE: &str = "\
# comment
[call.\"shop::pay::charge\"]
timeout.total = \"3s\"
retry = { attempts = 2, backoff_factor = 1.5 }

[dependency.\"shop/payments\".breaker]
window = 100
failure_rate = \"30%\"

[bulkhead.\"shop/rates\"]
limit = 20
";

    #[test]
    fn tables_are_read_in_every_form_that_toml_has_for_them() {
        let config = Config::from_toml_str(FILE).expect("it is right");
        let mut read: Vec<_> = config.overrides().map(|it| it.to_string()).collect();
        read.sort();
        assert_eq!(
            read,
            [
                "bulkhead `shop/rates`: bulkhead.limit = 20 (file, line 11:1)",
                "call `shop::pay::charge`: retry.attempts = 2 (file, line 4:11)",
                "call `shop::pay::charge`: retry.backoff_factor = 1.5 (file, line 4:25)",
                "call `shop::pay::charge`: timeout.total = 3s (file, line 3:9)",
                "dependency `shop/payments`: breaker.failure_rate = 30% (file, line 8:1)",
                "dependency `shop/payments`: breaker.window = 100 (file, line 7:1)",
            ]
        );
    }

    #[test]
    fn what_is_no_toml_is_said_with_its_line() {
        let errors =
            Config::from_toml_str("[call.\"a\"]\ntimeout.total = = 3\n").expect_err("two signs");
        assert!(errors[0].at.starts_with("line 2:"), "{errors}");
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error_with_its_name() {
        let errors = Config::from_file("/nowhere/resilient.toml").expect_err("it is not there");
        assert_eq!(errors[0].at, "/nowhere/resilient.toml");
    }

    #[test]
    fn what_stands_at_the_wrong_depth_is_refused() {
        for text in [
            "call = 3",
            "[call]\na = 3",
            "[call.a]\ntimeout = \"3s\"",
            "[call.a.b.c]\ntotal = \"3s\"",
            "[breaker.a.breaker]\nopen = \"3s\"",
            "[[call]]\n",
            "[call.a]\ntimeouts = {}",
            "[call.a]\ntimeout.total = true",
            "[call.a]\ntimeout.total = 3",
            "title = \"mine\"",
        ] {
            assert!(Config::from_toml_str(text).is_err(), "{text}");
        }
    }

    #[test]
    fn tables_in_tables_in_tables_are_refused_before_they_fill_the_stack() {
        let deep = "[".repeat(10_000);
        assert!(Config::from_toml_str(&deep).is_err());
        let deep = format!("[call.a]\ntimeout = {}", "{a = ".repeat(5_000));
        assert!(Config::from_toml_str(&deep).is_err());
    }
}
