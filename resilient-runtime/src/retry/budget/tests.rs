//! What a retry budget promises, one sentence each.

mod clock;
mod model;
#[cfg(resilient_model)]
mod model_checked;
mod properties;
mod settings;
mod threads;

use std::time::Duration;

use super::settings::TOKEN;
use super::{Core, Settings};
use crate::breaker::Ratio;
use crate::clock::Stamp;
use crate::shared::State;

/// A moment in the first second: nobody's last full second earned anything.
const NOW: Stamp = Stamp::FIRST;
const SECOND: Duration = Duration::from_secs(1);

fn later(seconds: f64) -> Stamp {
    NOW.plus(Duration::from_secs_f64(seconds))
}

fn earning(hundredths: u16, save: u32) -> Core {
    Core::new(
        Settings::new()
            .earn(Ratio::hundredths(hundredths))
            .save(save),
    )
}

/// How many repeats it pays for before it refuses.
fn drain(core: &Core, now: Stamp) -> u64 {
    let mut paid = 0;
    while core.spend(false, now) {
        paid += 1;
    }
    paid
}

#[test]
fn it_starts_full_pays_until_it_is_empty_and_then_refuses() {
    let core = Core::new(Settings::new());
    assert_eq!(core.tokens(NOW), 5 * TOKEN);
    assert_eq!(drain(&core, NOW), 5);
    assert_eq!(core.tokens(NOW), 0);
    let seen = core.snapshot(NOW);
    assert_eq!((seen.repeats, seen.refused), (5, 1));
}

#[test]
fn five_answers_pay_for_one_repeat_by_default() {
    let core = Core::new(Settings::new());
    drain(&core, NOW);
    for _ in 0..4 {
        core.earn(NOW);
        assert!(!core.spend(false, NOW));
    }
    core.earn(NOW);
    assert!(core.spend(false, NOW));
    assert_eq!(core.tokens(NOW), 0);
}

#[test]
fn a_repeat_after_an_unknown_outcome_costs_two_or_nothing() {
    let core = earning(10_000, 3);
    assert!(core.spend(true, NOW));
    assert_eq!(core.tokens(NOW), TOKEN);
    assert!(!core.spend(true, NOW), "one token is not enough");
    assert_eq!(core.tokens(NOW), TOKEN, "and is not taken");
    assert!(core.spend(false, NOW));
}

#[test]
fn b10_a_ratio_of_sixty_percent_is_sixty_percent() {
    let core = earning(6_000, 100);
    drain(&core, NOW);
    for _ in 0..100 {
        core.earn(NOW);
    }
    assert_eq!(drain(&core, NOW), 60);
}

#[test]
fn b10_every_share_in_hundredths_of_a_percent_is_exact() {
    for hundredths in [1, 3, 1_234, 3_333, 5_001, 9_999, 10_000] {
        let core = earning(hundredths, 20_000);
        drain(&core, NOW);
        for _ in 0..10_000 {
            core.earn(NOW);
        }
        assert_eq!(
            core.tokens(NOW),
            u64::from(hundredths) * TOKEN,
            "{hundredths}"
        );
        assert_eq!(drain(&core, NOW), u64::from(hundredths));
    }
}

#[test]
fn b30_it_is_not_refilled_one_to_one() {
    // Ten thousand calls that each fail once and succeed when repeated: the extra load stays a fifth.
    let core = Core::new(Settings::new());
    let repeats = (0..10_000).filter(|_| {
        let sent = core.spend(false, NOW);
        if sent {
            core.earn(NOW);
        }
        // The other half of the traffic succeeds at once.
        core.earn(NOW);
        sent
    });
    let repeats = repeats.count();
    // Each answer earns 0.2: r = 5 + 0.2 * (10,000 + r), so r = 2,506; the last one is earned too late.
    assert_eq!(repeats, 2_505);
}

#[test]
fn nothing_is_saved_beyond_the_cap() {
    let core = Core::new(Settings::new());
    for _ in 0..1_000 {
        core.earn(NOW);
    }
    assert_eq!(core.tokens(NOW), 5 * TOKEN);
    assert_eq!(drain(&core, NOW), 5);
}

#[test]
fn a_busy_second_raises_the_cap_to_what_it_earned() {
    let core = Core::new(Settings::new());
    for _ in 0..1_000 {
        core.earn(NOW);
    }
    // In the next second 200 may be saved; they still have to be earned.
    assert_eq!(core.snapshot(later(1.0)).cap.to_string(), "200");
    assert_eq!(core.tokens(later(1.0)), 5 * TOKEN);
    for _ in 0..2_000 {
        core.earn(later(1.5));
    }
    assert_eq!(core.tokens(later(1.9)), 200 * TOKEN);
    assert_eq!(drain(&core, later(1.9)), 200);
}

#[test]
fn only_the_last_full_second_counts_and_a_quiet_one_takes_the_surplus_away() {
    let core = Core::new(Settings::new());
    for seconds in [0.0, 1.0] {
        for _ in 0..1_000 {
            core.earn(later(seconds));
        }
    }
    assert_eq!(core.tokens(later(1.0)), 200 * TOKEN);
    assert_eq!(core.tokens(later(2.9)), 200 * TOKEN);
    assert_eq!(
        core.tokens(later(3.0)),
        5 * TOKEN,
        "nothing was earned in second 2"
    );
    // It does not come back when calls do.
    core.earn(later(3.0));
    for _ in 0..500 {
        core.earn(later(3.1));
    }
    assert_eq!(core.tokens(later(4.0)), 5 * TOKEN);
}

#[test]
fn a_surplus_that_nobody_may_see_any_more_cannot_be_spent_bit_by_bit() {
    let core = Core::new(Settings::new());
    for seconds in [0.0, 1.0] {
        for _ in 0..1_000 {
            core.earn(later(seconds));
        }
    }
    assert_eq!(drain(&core, later(60.0)), 5);
}

#[test]
fn a_repeat_that_was_not_sent_after_all_costs_nothing() {
    let core = Core::new(Settings::new());
    drain(&core, NOW);
    core.give_back(false, NOW);
    core.give_back(true, NOW);
    assert_eq!(core.tokens(NOW), 3 * TOKEN);
    assert_eq!(core.snapshot(NOW).repeats, 3);
    for _ in 0..9 {
        core.give_back(true, NOW);
    }
    assert_eq!(core.tokens(NOW), 5 * TOKEN, "never above the cap");
    assert_eq!(core.snapshot(NOW).repeats, 0, "never below nothing");
}

#[test]
fn a_reset_fills_it_and_forgets_the_counts() {
    let core = Core::new(Settings::new());
    drain(&core, NOW);
    core.reset(NOW);
    let seen = core.snapshot(NOW);
    assert_eq!((seen.repeats, seen.refused), (0, 0));
    assert_eq!(drain(&core, NOW), 5);
}

#[test]
fn it_is_idle_only_when_full_and_after_two_quiet_seconds() {
    let core = Core::new(Settings::new());
    assert!(core.is_idle(NOW));
    core.earn(NOW);
    assert!(!core.is_idle(later(1.5)));
    assert!(core.is_idle(later(2.0)));
    assert!(core.spend(false, later(2.0)));
    assert!(!core.is_idle(later(3600.0)));
}
