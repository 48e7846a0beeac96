//! Values, variables and files: what is right comes back as it was written, what is wrong is said with its place, and
//! nothing makes it panic.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::{Config, Value, duration, env, key};
use crate::properties::{cases, refuted, slipped};
use crate::rate_limit::Rate;
use key::{KEYS, Kind};

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
];
const NUMBERS: &[&str] = &[
    "100",
    "1",
    "50%",
    "12.5%",
    "100 %",
    "1.5",
    "2",
    "4294967296",
    "0.01%",
    "1e1",
    "inf",
    "10s",
];
const NAMES: &[&str] = &[
    "RESILIENT_CALL__SHOP__PAY__TIMEOUT_TOTAL",
    "RESILIENT_BREAKER__SHOP__PAY_OUT__OPEN",
    "RESILIENT_DEPENDENCY__SHOP__RETRY_ATTEMPTS",
    "RESILIENT_CALL__A__BREAKER_WINDOW",
    "RESILIENT_RATE_LIMIT__A__RATE",
];

/// What an integer times a unit is, in a sum of them, and how it may be written.
fn sum() -> impl Strategy<Value = (String, u128)> {
    let unit = prop_oneof![
        prop::sample::select(vec!["ns", "nsec", "nanos"]).prop_map(|unit| (unit, 1_u128)),
        prop::sample::select(vec!["us", "usec", "µs"]).prop_map(|unit| (unit, 1_000)),
        prop::sample::select(vec!["ms", "msec", "millis"]).prop_map(|unit| (unit, 1_000_000)),
        prop::sample::select(vec!["s", "sec", "secs", "second", "seconds"])
            .prop_map(|unit| (unit, 1_000_000_000)),
        prop::sample::select(vec!["m", "min", "mins", "minute", "minutes"])
            .prop_map(|unit| (unit, 60_000_000_000)),
        prop::sample::select(vec!["h", "hr", "hrs", "hour", "hours"])
            .prop_map(|unit| (unit, 3_600_000_000_000)),
        prop::sample::select(vec!["d", "day", "days"]).prop_map(|unit| (unit, 86_400_000_000_000)),
    ];
    let blank = || prop::sample::select(vec!["", " ", "  ", "\t"]);
    let part =
        (0_u64..5_000, unit, blank(), blank()).prop_map(|(number, (unit, nanos), one, other)| {
            (
                format!("{number}{one}{unit}{other}"),
                u128::from(number) * nanos,
            )
        });
    vec(part, 1..5).prop_map(|parts| {
        let (texts, nanos): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        (texts.concat(), nanos.into_iter().sum())
    })
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        slipped(DURATIONS),
        slipped(RATES),
        slipped(NUMBERS),
        sum().prop_map(|(text, _)| text)
    ]
}

/// A value that the key takes, the way it is shown.
fn right(kind: Kind) -> BoxedStrategy<String> {
    let time = (1_u64..=u64::MAX).prop_map(|nanos| format!("{:?}", Duration::from_nanos(nanos)));
    let count = (1_u32..).prop_map(|count| count.to_string());
    let rate = (1_u32..1_000_000, 1_u64..1_000)
        .prop_map(|(count, secs)| Rate::new(count, Duration::from_secs(secs)).to_string());
    match kind {
        Kind::Time => time.boxed(),
        Kind::Window => prop_oneof![time, count].boxed(),
        Kind::Share => (1_u16..=10_000)
            .prop_map(|share| crate::breaker::Ratio::hundredths(share).to_string())
            .boxed(),
        Kind::Count => count.boxed(),
        Kind::CountOrOff => prop_oneof![Just("0".to_owned()), count].boxed(),
        Kind::After => {
            let share = (50_u8..=99).prop_map(|share| format!("p{share}"));
            prop_oneof![time, share].boxed()
        }
        Kind::Factor => (1.0_f32..=100.0)
            .prop_map(|factor| factor.to_string())
            .boxed(),
        Kind::Rate => rate.boxed(),
    }
}

/// A key and a value that it takes.
fn setting() -> impl Strategy<Value = (usize, String)> {
    (0..KEYS.len()).prop_flat_map(|key| (Just(key), right(KEYS[key].kind)))
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_sum_of_units_is_what_it_is_in_nanoseconds_and_to_humantime((text, nanos) in sum()) {
        let wanted = u64::try_from(nanos).ok().map(Duration::from_nanos);
        prop_assert_eq!(duration::parse(&text).ok(), wanted);
        prop_assert_eq!(humantime::parse_duration(&text).ok(), wanted);
    }

    #[test]
    fn whatever_is_read_as_a_duration_is_the_one_that_humantime_reads(text in slipped(DURATIONS)) {
        let (ours, theirs) = (duration::parse(&text), humantime::parse_duration(&text));
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            // It wants whole seconds of an hour's or a day's fraction, and has fewer digits for a minute's.
            (Ok(_), Err(_)) => prop_assert!(text.contains('.'), "{}", text),
            (Err(_), Ok(theirs)) => {
                let long = u64::try_from(theirs.as_nanos()).is_err();
                let unit = text.contains(['w', 'y', 'M']) || text.contains("month");
                // It reads `1 0s` as ten seconds, `0` and `1.000000000000s` as they are.
                let blank = text.split_whitespace().rev().skip(1).any(|word| word.ends_with(|c: char| c.is_ascii_digit() || c == '.'));
                let zeros = text.contains("000000000") || text.trim() == "0";
                prop_assert!(long || unit || blank || zeros, "{} is {:?}", text, theirs);
            }
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn a_value_is_shown_in_a_form_that_is_read_as_the_same(key in 0..KEYS.len(), text in value()) {
        let key = &KEYS[key];
        if let Ok(value) = Value::read(key, &text) {
            prop_assert_eq!(Value::read(key, &value.to_string()), Ok(value), "{}", value);
        }
    }

    #[test]
    fn a_right_value_is_read_and_shown_as_it_is_written((key, text) in setting()) {
        let value = Value::read(&KEYS[key], &text);
        prop_assert_eq!(value.map(|value| value.to_string()), Ok(text));
    }

    #[test]
    fn a_wrong_value_is_refused_with_the_name_of_its_key(key in 0..KEYS.len(), text in value()) {
        let key = &KEYS[key];
        if let Err(reason) = Value::read(key, &text) {
            prop_assert!(reason.starts_with(&format!("`{key}`: ")) && reason.len() > key.to_string().len() + 6, "{}", reason);
        }
    }

    #[test]
    fn a_name_as_a_variable_has_capitals_digits_and_underscores(name in any::<String>()) {
        let variable = env::normalised(&name);
        prop_assert!(variable.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'));
        prop_assert_eq!(env::normalised(&variable), variable);
    }

    #[test]
    fn a_variable_is_read_left_alone_or_refused_under_its_own_name(name in slipped(NAMES), value in value()) {
        match Config::from_vars([(name.clone(), value)]) {
            Ok(config) => {
                let read: Vec<_> = config.overrides().collect();
                prop_assert!(read.len() <= 1 && read.iter().all(|it| it.at == name));
                prop_assert!(read.is_empty() || name.starts_with("RESILIENT_"));
            }
            Err(errors) => {
                prop_assert!(errors.len() == 1 && errors[0].at == name && !errors[0].reason.is_empty());
                prop_assert!(name.starts_with("RESILIENT_"));
            }
        }
    }
}

#[test]
fn a_reader_that_takes_a_bare_number_for_seconds_is_refuted() {
    refuted(&sum(), |(text, nanos)| {
        let number = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let seconds = number.parse::<u64>().ok().map(Duration::from_secs);
        prop_assert_eq!(seconds, u64::try_from(nanos).ok().map(Duration::from_nanos));
        Ok(())
    });
}

#[cfg(feature = "config")]
mod in_toml {
    use super::*;

    const FILES: &[&str] = &[
        "# comment\n[call.\"shop::pay::charge\"]\ntimeout.total = \"3s\"\nretry = { attempts = 2, backoff_factor = 1.5 }\n\n\
         [dependency.\"shop/payments\".breaker]\nwindow = 100\nfailure_rate = \"30%\"\n\n[bulkhead.\"shop/rates\"]\nlimit = 20\n",
        "[rate_limit.a]\nrate = \"100/s\"\nburst = 20\n[budget.\"é\"]\nearn = '''12.5%'''\n",
        "call.a.timeout = { total = 3 }\ncall.a.timeouts.total = '3s'\n",
    ];

    fn toml(settings: &[(usize, String)], name: &str) -> String {
        let line = |(key, value): &(usize, String)| {
            let key = &KEYS[*key];
            format!(
                "[call.{name:?}.{}]\n{} = {value:?}\n",
                key.section, key.name
            )
        };
        settings.iter().map(line).collect()
    }

    proptest! {
        #![proptest_config(cases(1_000))]

        #[test]
        fn a_right_file_comes_back_with_every_value_and_its_line(
            (key, value) in setting(), name in "[a-z:/@0-9 é]{1,20}", above in 0_usize..5,
        ) {
            let text = "\n".repeat(above) + &toml(&[(key, value.clone())], &name);
            let config = Config::from_toml_str(&text).map_err(|errors| TestCaseError::fail(errors.to_string()))?;
            let read: Vec<_> = config.overrides().collect();
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(&read[0].value, &value);
            prop_assert_eq!(&read[0].key, &KEYS[key].to_string());
            prop_assert_eq!(read[0].target.to_string(), format!("call `{name}`"));
            prop_assert_eq!(&read[0].at, &format!("line {}:1", above + 2));
        }

        #[test]
        fn a_wrong_value_is_refused_with_its_key_and_its_line(key in 0..KEYS.len(), text in value(), above in 0_usize..5) {
            prop_assume!(Value::read(&KEYS[key], &text).is_err());
            // TOML has no other escapes than these.
            let text: String = text.chars().filter(|c| !c.is_control() && *c != '"' && *c != '\\').collect();
            prop_assume!(Value::read(&KEYS[key], &text).is_err());
            let file = "\n".repeat(above) + &format!("[dependency.a]\n{} = \"{text}\"\n", KEYS[key]);
            let errors = Config::from_toml_str(&file).expect_err("it is wrong");
            prop_assert_eq!(errors.len(), 1);
            prop_assert!(errors[0].at.starts_with(&format!("line {}:", above + 2)), "{}", errors);
            prop_assert!(errors[0].reason.contains(&KEYS[key].to_string()), "{}", errors);
        }

        #[test]
        fn no_file_whatever_makes_it_panic_and_every_error_has_a_line_of_it(text in slipped(FILES)) {
            let lines = text.matches('\n').count() + 1;
            if let Err(errors) = Config::from_toml_str(&text) {
                prop_assert!(!errors.is_empty());
                for error in errors.iter() {
                    let line = error.at.strip_prefix("line ").and_then(|at| at.split(':').next());
                    let line = line.and_then(|line| line.parse::<usize>().ok());
                    prop_assert!(line.is_some_and(|line| (1..=lines).contains(&line)), "{}", error);
                    prop_assert!(!error.reason.is_empty());
                }
            }
        }
    }
}
