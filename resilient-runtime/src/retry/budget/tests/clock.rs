//! What a retry budget makes of stamps that are not in order.

use super::*;

#[test]
fn an_answer_that_carries_an_old_stamp_is_earned_all_the_same() {
    let core = Core::new(Settings::new());
    core.earn(later(100.0));
    drain(&core, later(100.0));
    // The attempts started 99 s ago, a second ago, just now.
    for seconds in [1.0, 2.0, 99.0, 99.9, 100.0] {
        core.earn(later(seconds));
    }
    assert!(core.spend(false, later(100.0)));
    assert_eq!(core.snapshot(later(100.0)).clock_resets, 0);
}

#[test]
fn old_stamps_do_not_lower_the_cap() {
    let core = Core::new(Settings::new());
    for seconds in [10.0, 11.0] {
        for _ in 0..1_000 {
            core.earn(later(seconds));
        }
    }
    assert_eq!(core.tokens(later(11.0)), 200 * TOKEN);
    core.earn(later(0.0));
    assert_eq!(core.tokens(later(0.0)), 200 * TOKEN);
    assert_eq!(drain(&core, later(10.9)), 200);
}

#[test]
fn a_clock_that_went_back_starts_it_anew_once_and_is_reported() {
    let core = Core::new(Settings::new());
    for seconds in [3600.0, 3601.0] {
        for _ in 0..1_000 {
            core.earn(later(seconds));
        }
    }
    drain(&core, later(3601.0));
    assert!(core.spend(false, NOW), "as if it had just been made");
    assert_eq!(core.tokens(NOW), 4 * TOKEN);
    assert_eq!(core.snapshot(NOW).clock_resets, 1);
    // From here on it counts by the new clock.
    assert_eq!(drain(&core, NOW), 4);
    for seconds in [0.0, 1.0] {
        for _ in 0..100 {
            core.earn(later(seconds));
        }
    }
    assert_eq!(core.tokens(later(1.0)), 20 * TOKEN);
    assert_eq!(core.snapshot(later(1.0)).clock_resets, 1);
}

#[test]
fn a_thread_that_was_stopped_for_some_seconds_is_not_a_clock_that_went_back() {
    let core = Core::new(Settings::new());
    core.earn(later(10.0));
    drain(&core, later(10.0));
    assert!(!core.spend(false, NOW));
    assert_eq!(core.snapshot(NOW).clock_resets, 0);
}

#[test]
fn the_end_of_time_is_a_second_like_any_other() {
    let core = Core::new(Settings::new());
    let end = Stamp::from_nanos(u64::MAX);
    for now in [Stamp::NEVER, NOW, end, end] {
        core.earn(now);
        assert!(core.tokens(now) <= 5 * TOKEN);
    }
    assert!(core.spend(true, end));
    assert_eq!(core.tokens(end.plus(SECOND)), 3 * TOKEN);
}

#[test]
fn a_clock_that_went_back_is_believed_by_words_of_single_threads_too() {
    let core = Core::new(Settings::new());
    core.spread();
    for seconds in [3600.0, 3601.0] {
        for _ in 0..1_000 {
            core.earn(later(seconds));
        }
    }
    drain(&core, later(3601.0));
    core.earn(later(3601.0));
    assert!(core.spend(false, NOW), "as if it had just been made");
    for seconds in [0.0, 1.0] {
        for _ in 0..100 {
            core.earn(later(seconds));
        }
    }
    assert_eq!(core.tokens(later(1.0)), 20 * TOKEN);
    assert_eq!(core.snapshot(later(1.0)).clock_resets, 1);
}

#[test]
fn a_reset_forgets_what_single_threads_counted() {
    let core = Core::new(Settings::new());
    core.spread();
    for _ in 0..1_000 {
        core.earn(NOW);
    }
    core.reset(NOW);
    assert_eq!(core.snapshot(later(1.0)).cap.to_string(), "5");
    assert!(core.is_idle(NOW));
}

#[test]
fn other_numbers_do_not_change_what_was_earned_before_them() {
    let core = earning(10_000, 100);
    core.spread();
    drain(&core, NOW);
    for _ in 0..10 {
        core.earn(NOW);
    }
    core.configure(Settings::new().earn(Ratio::percent(20)).save(100));
    assert_eq!(core.tokens(NOW), 10 * TOKEN);
}
