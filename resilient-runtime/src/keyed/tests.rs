//! Keys are bounded, forgotten only when idle, and never known.

use super::*;
use crate::shared::fake::Fake;

const SIZE: u32 = 1;

fn hash(key: usize) -> KeyHash {
    KeyHash::of(&key)
}

fn get(keyed: &Keyed<Fake>, key: usize) -> Found<Fake> {
    keyed.get(hash(key), Stamp::now, |_| Fake::new(SIZE))
}

/// A table whose every entry has something in flight.
fn full_of_active(bound: usize) -> Keyed<Fake> {
    let keyed = Keyed::new(u32::try_from(bound).unwrap());
    for key in 0..bound {
        get(&keyed, key).state.begin();
    }
    keyed
}

#[test]
fn a_key_keeps_its_state_and_other_keys_have_theirs() {
    let keyed = Keyed::new(10);
    get(&keyed, 1).state.call();
    assert_eq!(get(&keyed, 1).state.calls(), 1);
    assert_eq!(get(&keyed, 2).state.calls(), 0);
}

#[test]
fn a_borrowed_and_an_owned_key_are_the_same_key() {
    assert_eq!(KeyHash::of("tenant"), KeyHash::of(&"tenant".to_owned()));
    assert_ne!(KeyHash::of("tenant"), KeyHash::of("other"));
}

#[test]
fn nothing_of_a_key_can_be_printed() {
    assert_eq!(format!("{:?}", KeyHash::of("secret")), "KeyHash(..)");
}

#[test]
fn b21_memory_is_bounded_under_a_flood_of_keys() {
    const SIZE: u32 = 7_004;
    let keyed = Keyed::new(1_024);
    for key in 0..200_000_usize {
        keyed.get(hash(key), Stamp::now, |_| Fake::new(SIZE));
    }
    assert_eq!(keyed.snapshot().kept, 1_024);
    assert_eq!(keyed.table().index.len(), 1_024);
    assert_eq!(Fake::alive(SIZE), 1_024);
    assert_eq!(keyed.snapshot().overflowed, 0, "idle entries made room");
}

#[test]
fn a_flood_of_new_keys_never_evicts_an_active_one() {
    let keyed = full_of_active(100);
    for key in 0..100 {
        get(&keyed, key).state.call();
    }
    for key in 1_000..50_000 {
        get(&keyed, key);
    }
    for key in 0..100 {
        assert_eq!(get(&keyed, key).state.calls(), 1, "key {key}");
    }
}

#[test]
fn a_state_that_a_call_holds_but_has_not_begun_to_use_is_not_evicted() {
    let keyed = Keyed::new(1);
    let held = get(&keyed, 1).state;
    assert!(get(&keyed, 2).began_to_overflow);
    held.call();
    assert_eq!(get(&keyed, 1).state.calls(), 1);
}

#[test]
fn keys_without_room_share_one_state_and_this_is_told_once() {
    let keyed = full_of_active(4);
    let first = get(&keyed, 10);
    let second = get(&keyed, 11);
    assert!(first.began_to_overflow);
    assert!(!second.began_to_overflow);
    first.state.call();
    assert_eq!(second.state.calls(), 1);
    assert_eq!(
        keyed.snapshot(),
        Keys {
            kept: 4,
            bound: 4,
            overflowed: 2
        }
    );
}

#[test]
fn it_is_told_again_when_a_key_has_found_room_in_between() {
    let keyed = full_of_active(2);
    assert!(get(&keyed, 10).began_to_overflow);
    get(&keyed, 0).state.end();
    let found = get(&keyed, 10);
    assert!(!found.began_to_overflow);
    found.state.begin();
    assert!(get(&keyed, 11).began_to_overflow);
}

#[test]
fn a_rare_new_key_finds_the_only_idle_entry_wherever_it_is() {
    for idle in [0, 1, 500, 1_023] {
        let keyed = full_of_active(1_024);
        get(&keyed, idle).state.end();
        let found = get(&keyed, 5_000).state;
        found.call();
        assert_eq!(keyed.snapshot().overflowed, 0);
        assert_eq!(get(&keyed, 5_000).state.calls(), 1);
    }
}

#[test]
fn a_flood_looks_at_a_bounded_number_of_entries_per_key() {
    let keyed = full_of_active(1_024);
    let mut looks = 0;
    for key in 0..1_000 {
        let before = keyed.table().hand;
        get(&keyed, 10_000 + key);
        let after = keyed.table().hand;
        looks += if after > before {
            after - before
        } else {
            after + 1_024 - before
        };
    }
    assert!(
        looks <= SAVED + 1_000 * STRIDE,
        "{looks} looks for 1,000 keys"
    );
}

#[test]
fn an_entry_that_becomes_idle_during_a_flood_is_found_within_one_round() {
    let keyed = full_of_active(1_024);
    for key in 0..100 {
        get(&keyed, 10_000 + key);
    }
    get(&keyed, 700).state.end();
    let mut needed = 0;
    while keyed.table().find(hash(700)).is_some() {
        get(&keyed, 20_000 + needed);
        needed += 1;
    }
    assert!(needed <= 1_024 / STRIDE, "{needed} keys");
}

#[test]
fn a_bound_of_zero_keeps_one_key() {
    let keyed = Keyed::new(0);
    get(&keyed, 1).state.begin();
    assert!(get(&keyed, 2).began_to_overflow);
    assert_eq!(keyed.snapshot().kept, 1);
}

#[test]
fn many_threads_and_keys_keep_to_the_bound() {
    let keyed = Keyed::new(64);
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let keyed = &keyed;
            threads.spawn(move || {
                for key in 0..5_000 {
                    let state = get(keyed, key * 4 + thread).state;
                    state.begin();
                    state.end();
                }
            });
        }
    });
    assert_eq!(keyed.snapshot().kept, 64);
}

#[cfg(resilient_model)]
mod model_checked {
    //! Every interleaving of two threads that ask for keys at once.

    use std::sync::Arc;

    use loom::thread;

    use super::*;

    #[test]
    fn two_callers_with_one_new_key_get_one_state() {
        loom::model(|| {
            let keyed = Arc::new(Keyed::<Fake>::new(2));
            let theirs = Arc::clone(&keyed);
            let other = thread::spawn(move || get(&theirs, 1).state);
            let mine = get(&keyed, 1).state;
            assert!(Arc::ptr_eq(&mine, &other.join().unwrap()));
            assert_eq!(keyed.snapshot().kept, 1);
        });
    }

    #[test]
    fn two_callers_with_two_new_keys_never_pass_the_bound() {
        loom::model(|| {
            let keyed = Arc::new(full_of_active(1));
            let theirs = Arc::clone(&keyed);
            let other = thread::spawn(move || get(&theirs, 7).state);
            let mine = get(&keyed, 8).state;
            assert!(Arc::ptr_eq(&mine, &other.join().unwrap()), "the shared one");
            let keys = keyed.snapshot();
            assert_eq!((keys.kept, keys.overflowed), (1, 2));
        });
    }

    #[test]
    #[should_panic(expected = "two states for one key")]
    fn a_table_that_looks_and_then_puts_is_caught() {
        loom::model(|| {
            let table = Arc::new(Mutex::new(Vec::new()));
            let find = |table: &Mutex<Vec<u32>>| {
                if table.lock().unwrap().is_empty() {
                    table.lock().unwrap().push(1);
                }
            };
            let theirs = Arc::clone(&table);
            let other = thread::spawn(move || find(&theirs));
            find(&table);
            other.join().unwrap();
            assert_eq!(table.lock().unwrap().len(), 1, "two states for one key");
        });
    }
}

#[test]
fn the_bound_that_is_reported_is_the_one_that_holds() {
    let keyed = Keyed::<Fake>::new(7);
    assert_eq!((keyed.bound(), keyed.snapshot().bound), (7, 7));
}

/// The table asks for words only; whoever hashes bytes with it still gets one value for each text and each order.
#[test]
fn the_tables_hasher_tells_bytes_and_their_order_apart() {
    let hash = |bytes: &[u8]| {
        let mut hasher = Hashed::default();
        hasher.write(bytes);
        hasher.finish()
    };
    assert_eq!(hash(&[1, 3]), 0x0103);
    assert_ne!(hash(&[1, 3]), hash(&[3, 1]));
    assert_eq!(
        hash(&[0xFF; 16]),
        0,
        "every byte is laid over, none is lost"
    );
}
