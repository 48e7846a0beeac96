//! The runner can fail: every expectation of every case that is met, made wrong, one at a time; every policy taken out
//! of the stacks; every field that nobody knows.

use serde_json::{Value, json};

use super::case::Case;
use super::play::Meddle;
use super::stack::Does;
use super::{check, is_ours, read, written};

/// The expectations of one case as JSON pointers.
fn expectations(case: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (nth, step) in case["steps"].as_array().into_iter().flatten().enumerate() {
        for part in ["expect", "check"] {
            for name in step[part]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name)
            {
                found.push(format!("/steps/{nth}/{part}/{name}"));
            }
        }
    }
    let of_unit = ["expect_delays_ms", "expect_bounds_ms", "expect_delay_at"];
    found.extend(
        of_unit
            .iter()
            .filter(|name| !case[**name].is_null())
            .map(|name| format!("/{name}")),
    );
    let whole = case["expected"].as_object().into_iter().flatten();
    found.extend(whole.map(|(name, _)| format!("/expected/{name}")));
    found
}

/// Something that is surely not so.
fn wrong(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_f64().expect("a number") + 1.0),
        Value::String(text) => json!(format!("not {text}")),
        // The highest of a range moves, and takes the lowest along.
        Value::Array(list) if list.len() == 2 && list.iter().all(Value::is_number) => {
            let high = list[1].as_f64().expect("a number");
            json!([high + 1.0, high + 2.0])
        }
        Value::Array(list) => list.iter().map(wrong).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.clone(), wrong(value)))
            .collect(),
        Value::Null => json!("something"),
    }
}

#[test]
fn every_expectation_that_is_made_wrong_is_missed() {
    let (mut mutants, mut survivors) = (0, Vec::new());
    for case in written() {
        if check(&read(&case), None).is_err() {
            continue;
        }
        for pointer in expectations(&case) {
            let mut mutant = case.clone();
            let value = mutant.pointer_mut(&pointer).expect("it was found there");
            *value = wrong(value);
            mutants += 1;
            if check(&read(&mutant), None).is_ok() {
                survivors.push(format!("{}{pointer}", case["id"]));
            }
        }
    }
    assert!(
        survivors.is_empty(),
        "{} of {mutants}: {survivors:#?}",
        survivors.len()
    );
    assert!(
        !is_ours() || mutants > 1_000,
        "{mutants} are too few to show anything"
    );
}

/// How many cases that are met miss this tampering, of those it touches.
fn missed(touches: fn(&Case) -> bool, meddle: Meddle) -> (usize, usize) {
    let cases: Vec<_> = written().iter().map(read).collect();
    let concerned: Vec<_> = cases
        .iter()
        .filter(|case| touches(case) && check(case, None).is_ok())
        .collect();
    let missed = concerned
        .iter()
        .filter(|case| check(case, Some(meddle)).is_err());
    (missed.count(), concerned.len())
}

fn has(case: &Case, word: &str) -> bool {
    let policy = |policy: &super::policy::Policy| format!("{policy:?}").starts_with(word);
    case.policies.iter().any(policy)
}

/// The policy, the cases that have it, and how it is taken out.
type Without = (&'static str, fn(&Case) -> bool, Meddle);

#[test]
fn a_stack_without_one_of_its_policies_is_found_out() {
    let without: [Without; 6] = [
        (
            "retry",
            |case| has(case, "Retry"),
            |stack| stack.retain(|layer| !matches!(layer.does, Does::Retry(_))),
        ),
        (
            "timeout",
            |case| has(case, "Timeout"),
            |stack| stack.retain(|layer| !matches!(layer.does, Does::Timeout(_))),
        ),
        (
            "breaker",
            |case| has(case, "Breaker"),
            |stack| stack.retain(|layer| !matches!(layer.does, Does::Breaker(_))),
        ),
        (
            "bulkhead",
            |case| has(case, "Bulkhead"),
            |stack| stack.retain(|layer| !matches!(layer.does, Does::Bulkhead(_))),
        ),
        (
            "rate limit",
            |case| has(case, "RateLimit"),
            |stack| stack.retain(|layer| !matches!(layer.does, Does::RateLimit(_))),
        ),
        (
            "fallback",
            |case| has(case, "Fallback"),
            |stack| stack.retain(|layer| !matches!(layer.does, Does::Fallback(..))),
        ),
    ];
    if !is_ours() {
        return;
    }
    for (policy, touches, meddle) in without {
        let (missed, of) = missed(touches, meddle);
        println!("without {policy}: {missed} of {of} cases do not hold");
        assert!(
            missed * 10 >= of * 6,
            "without {policy} only {missed} of {of} cases fail"
        );
    }
}

#[test]
fn a_stack_turned_around_is_found_out() {
    if !is_ours() {
        return;
    }
    let (missed, of) = missed(|case| case.policies.len() > 1, |stack| stack.reverse());
    println!("turned around: {missed} of {of} cases do not hold");
    assert!(
        missed * 10 >= of * 5,
        "turned around only {missed} of {of} cases fail"
    );
}

/// Every object of a case, but those of free form.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    let free = [
        "/source",
        "/scopes",
        "/choice",
        "/ok",
        "/value",
        "/error_is_a",
        "/states",
        "/expect_delay_at",
    ];
    if free.iter().any(|end| at.ends_with(end)) {
        return;
    }
    match value {
        Value::Object(map) => {
            found.push(at.to_owned());
            for (name, value) in map {
                objects(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(list) => {
            for (nth, value) in list.iter().enumerate() {
                objects(value, &format!("{at}/{nth}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_field_that_nobody_knows_is_an_error_wherever_it_stands() {
    let mut survivors = Vec::new();
    // One case of every shape is enough.
    for case in written().iter().step_by(5) {
        if check(&read(case), None).is_err() {
            continue;
        }
        let mut found = Vec::new();
        objects(case, "", &mut found);
        for pointer in found {
            let mut mutant = case.clone();
            mutant.pointer_mut(&pointer).expect("it was found there")["surprise"] = json!(1);
            let refused = match serde_json::from_value::<Case>(mutant) {
                Ok(case) => check(&case, None).is_err(),
                Err(_) => true,
            };
            if !refused {
                survivors.push(format!("{}{pointer}", case["id"]));
            }
        }
    }
    assert!(survivors.is_empty(), "{survivors:#?}");
}
