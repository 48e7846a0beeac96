//! Small programs of two threads, run in every interleaving and with every stale value that the memory
//! model allows; see [`crate::sync`]. With any of the shell's orderings weakened, with a harvest that is
//! not one operation, or with a tag used twice, one of these fails.

use std::sync::Arc;

use loom::thread;

use super::*;

const NOW: Stamp = Stamp::FIRST;

/// Four preemptions: a few thousand runs each, some seconds for all.
fn in_every_order(program: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(4);
    builder.check(program);
}

/// Opened by one failure among two calls.
fn easily_opened() -> Settings {
    rate_only().min_calls(1)
}

fn admit(core: &Core, at: Stamp) -> Admission {
    core.admit(at).0.expect("let through")
}

fn succeed(core: &Core, at: Stamp) {
    assert_eq!(core.record(admit(core, at), OK, || at), None);
}

/// A breaker whose newest bucket is published: the next success may be parked.
fn warm(settings: Settings) -> Arc<Core> {
    let core = Arc::new(Core::new(settings));
    succeed(&core, NOW);
    core
}

/// The same where each thread parks in a word of its own.
fn striped(settings: Settings) -> Arc<Core> {
    let core = warm(settings);
    core.stripes.grow(0);
    core.snapshot(NOW);
    core
}

#[test]
fn a_success_counts_if_and_only_if_it_was_admitted_in_the_present_cycle() {
    for made in [warm, striped] {
        a_success_counts_only_in_its_cycle(made);
    }
}

fn a_success_counts_only_in_its_cycle(made: fn(Settings) -> Arc<Core>) {
    in_every_order(move || {
        let core = made(Settings::new());
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || {
            let admission = admit(&theirs, NOW);
            theirs.record(admission, OK, || NOW);
            admission
        });
        core.reset(NOW);
        let admission = caller.join().unwrap();
        let present = admission.word.is_same_cycle(admit(&core, NOW).word);
        assert_eq!(core.snapshot(NOW).calls, u64::from(present));
    });
}

#[test]
fn no_success_is_lost_to_a_failure() {
    for made in [warm, striped] {
        no_success_is_lost(made);
    }
}

#[test]
fn two_who_meet_at_one_word_get_one_each_and_both_are_counted() {
    in_every_order(|| {
        let core = warm(Settings::new());
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || succeed(&theirs, NOW));
        succeed(&core, NOW);
        caller.join().unwrap();
        assert_eq!(core.snapshot(NOW).calls, 3);
    });
}

#[test]
fn a_success_that_a_full_count_window_ignores_never_hides_one_that_it_must_count() {
    in_every_order(|| {
        let settings = rate_only().window(Window::Count(2)).min_calls(2);
        let core = warm(settings.failure_rate(Ratio::ALL));
        succeed(&core, NOW);
        core.snapshot(NOW);
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || succeed(&theirs, NOW));
        core.record(admit(&core, NOW), FAILED, || NOW);
        // Begun after the failure was counted, it cannot be ignored.
        succeed(&core, NOW);
        caller.join().unwrap();
        let Snapshot {
            calls, failures, ..
        } = core.snapshot(NOW);
        assert!(calls == 2 && failures <= 1);
        succeed(&core, NOW);
        assert_eq!(core.snapshot(NOW).failures, 0);
    });
}

fn no_success_is_lost(made: fn(Settings) -> Arc<Core>) {
    in_every_order(move || {
        let core = made(Settings::new());
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || succeed(&theirs, NOW));
        core.record(admit(&core, NOW), LOST, || NOW);
        caller.join().unwrap();
        let Snapshot {
            calls, failures, ..
        } = core.snapshot(NOW);
        assert_eq!((calls, failures), (3, 1));
    });
}

#[test]
fn a_success_never_lands_in_a_newer_bucket_than_it_was_checked_against() {
    for made in [warm, striped] {
        a_success_lands_in_its_bucket(made);
    }
}

fn a_success_lands_in_its_bucket(made: fn(Settings) -> Arc<Core>) {
    in_every_order(move || {
        let core = made(Settings::new());
        let later = NOW.plus(ms(20_000));
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || {
            let mut asked = false;
            theirs.record(admit(&theirs, NOW), OK, || {
                asked = true;
                later
            });
            asked
        });
        succeed(&core, later);
        // Not asked for its end it was counted in the old bucket, which has left the window.
        let asked = caller.join().unwrap();
        assert_eq!(core.snapshot(later).calls, 1 + u64::from(asked));
    });
}

#[test]
fn two_callers_who_turn_the_bucket_at_once_are_both_counted() {
    in_every_order(|| {
        let core = warm(Settings::new());
        let next = NOW.plus(ms(1_000));
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || succeed(&theirs, next));
        succeed(&core, next);
        caller.join().unwrap();
        assert_eq!(core.snapshot(next).calls, 3);
    });
}

#[test]
fn b23_whoever_finds_it_open_finds_the_times_of_this_opening() {
    in_every_order(|| {
        let core = warm(easily_opened());
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || {
            let looked = theirs.look(NOW);
            let (admitted, told) = theirs.admit(NOW);
            assert_eq!(told, None, "nobody may probe yet");
            (looked.err(), admitted.err())
        });
        let opened = core
            .record(admit(&core, NOW), LOST, || NOW)
            .expect("one of two");
        let refused = Some(Refused {
            retry_after: opened.open_for,
        });
        let (looked, admitted) = caller.join().unwrap();
        assert!(looked.is_none() || looked == refused);
        assert!(admitted.is_none() || admitted == refused);
    });
}

#[test]
fn b04_of_two_callers_one_is_the_probe() {
    in_every_order(|| {
        let core = warm(easily_opened());
        core.record(admit(&core, NOW), LOST, || NOW);
        let later = NOW.plus(ms(2_000));
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || theirs.admit(later).0.is_ok());
        let mine = core.admit(later).0.is_ok();
        assert!(mine ^ caller.join().unwrap());
    });
}

#[test]
fn b02_a_late_outcome_and_a_probe_s_do_not_mix() {
    in_every_order(|| {
        let core = warm(easily_opened());
        let old = admit(&core, NOW);
        core.record(admit(&core, NOW), LOST, || NOW);
        let later = NOW.plus(ms(2_000));
        let probe = admit(&core, later);
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || theirs.record(old, OK, || later));
        core.record(probe, OK, || later);
        assert_eq!(caller.join().unwrap(), None);
        let Snapshot { phase, calls, .. } = core.snapshot(later);
        assert_eq!((phase, calls), (Phase::Closed, 0));
    });
}

#[test]
fn b06_whichever_call_completes_min_calls_is_judged() {
    in_every_order(|| {
        let core = warm(rate_only().min_calls(3).failure_rate(Ratio::percent(30)));
        let theirs = Arc::clone(&core);
        let caller = thread::spawn(move || theirs.record(admit(&theirs, NOW), OK, || NOW));
        let mine = core.record(admit(&core, NOW), LOST, || NOW);
        let theirs = caller.join().unwrap();
        assert!(mine.is_some() ^ theirs.is_some(), "one of the two opens it");
        assert_eq!(core.snapshot(NOW).phase, Phase::Open);
    });
}
