//! Files of cases that fingers slipped over: nothing makes their reader panic, and no word that it does not know is
//! passed over. Seeds are fixed.

use serde_json::Value;

use super::case::Case;
use super::written;

fn is_read(case: &Value) -> bool {
    serde_json::from_value::<Case>(case.clone()).is_ok()
}

/// The objects of a case whose words all mean something, by their pointers.
fn objects(case: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    for list in ["policies", "steps"] {
        let many = case[list].as_array().map_or(0, Vec::len);
        found.extend((0..many).map(|at| format!("/{list}/{at}")));
    }
    let inner = |pointer: &String| [format!("{pointer}/check"), format!("{pointer}/body/0")];
    found.extend(found.iter().flat_map(inner).collect::<Vec<_>>());
    found.push("/expected".to_owned());
    found.retain(|pointer| case.pointer(pointer).is_some_and(Value::is_object));
    found
}

#[test]
fn a_word_that_nobody_knows_is_refused_wherever_it_stands() {
    let mut slips = 0;
    for case in written() {
        assert!(is_read(&case), "{}", case["id"]);
        for pointer in objects(&case) {
            let mut slip = case.clone();
            slip.pointer_mut(&pointer).unwrap()["surprise"] = 1.into();
            assert!(!is_read(&slip), "{}{pointer}", case["id"]);
            slips += 1;
        }
    }
    assert!(slips > written().len() * 2, "{slips} are too few");
}

#[test]
fn no_slip_in_a_file_makes_its_reader_panic() {
    const STRAY: &[char] = &[
        '"', '{', '}', '[', ']', ',', ':', '-', '9', 'e', '.', 'é', '\u{0}', '\\',
    ];
    let cases: Vec<String> = written().iter().map(Value::to_string).collect();
    let mut random = fastrand::Rng::with_seed(7);
    let mut read = 0;
    for _ in 0..3_000 {
        let mut text: Vec<char> = random.choice(&cases).unwrap().chars().collect();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..text.len());
            match random.u8(0..3) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, *random.choice(STRAY).unwrap()),
                _ => text[at] = *random.choice(STRAY).unwrap(),
            }
        }
        let text: String = text.into_iter().collect();
        read += usize::from(serde_json::from_str::<Case>(&text).is_ok());
    }
    assert!(read > 30 && read < 2_970, "{read} of 3,000 were read");
}
