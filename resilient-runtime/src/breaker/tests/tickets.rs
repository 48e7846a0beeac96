//! Tickets: what becomes of a call that nobody finishes, and of a transition that nobody hears.

use std::sync::Arc;

use super::*;
use crate::breaker::Ticket;
use crate::shared::Ref;

fn ticket(core: &Arc<Core>) -> Ticket {
    let (admission, _) = core.admit(Stamp::now());
    Ticket::new(
        Ref::Owned(Arc::clone(core)),
        admission.expect("let through"),
    )
}

#[test]
fn a_dropped_ticket_counts_as_dropped_and_its_transition_is_reported_by_the_next_call() {
    let core = Arc::new(Core::new(Settings::new().min_calls(2)));
    drop(ticket(&core));
    drop(ticket(&core));
    let (refused, transition) = core.admit(Stamp::now());
    assert!(refused.is_err());
    let transition = transition.expect("reported");
    assert_eq!(
        (transition.to, transition.cause),
        (Phase::Open, Cause::Abandoned)
    );
    assert_eq!(core.admit(Stamp::now()).1, None, "once");
    assert_eq!(core.snapshot(Stamp::now()).transitions, 1);
}

#[test]
fn an_owed_transition_comes_before_a_newer_one_and_neither_is_lost() {
    let core = Arc::new(Core::new(Settings::new().min_calls(1)));
    drop(ticket(&core));
    let now = Stamp::now();
    let first = core.force(Forced::Disabled, now).expect("owed");
    assert_eq!((first.from, first.to), (Phase::Closed, Phase::Open));
    let (admission, second) = core.admit(now);
    assert!(admission.is_ok());
    let second = second.expect("owed in turn");
    assert_eq!((second.from, second.to), (Phase::Open, Phase::Disabled));
    assert_eq!(core.admit(now).1, None);
}

#[test]
fn a_call_that_reports_an_owed_transition_is_refused_all_the_same() {
    let core = Arc::new(Core::new(Settings::new().min_calls(1)));
    drop(ticket(&core));
    let now = Stamp::now();
    core.force(Forced::Open, now).expect("owed");
    let (admission, transition) = core.admit(now);
    assert_eq!(
        admission.expect_err("forced open"),
        Refused { retry_after: None }
    );
    assert_eq!(transition.expect("owed in turn").to, Phase::ForcedOpen);
    assert_eq!(core.snapshot(now).rejected, 1);
}

#[test]
fn two_owed_transitions_become_one_that_spans_both() {
    let core = Arc::new(Core::new(Settings::new().min_calls(1)));
    core.force(Forced::MetricsOnly, Stamp::now());
    core.force(Forced::Automatic, Stamp::now());
    drop(ticket(&core));
    core.reset(Stamp::now());
    let transition = core.admit(Stamp::now()).1.expect("owed");
    let Transition {
        from, to, cause, ..
    } = transition;
    assert_eq!(
        (from, to, cause),
        (Phase::Closed, Phase::Closed, Cause::Reset)
    );
    core.force(Forced::Open, Stamp::now());
    core.reset(Stamp::now());
    let transition = core.admit(Stamp::now()).1.expect("owed");
    assert_eq!(
        (transition.from, transition.to),
        (Phase::ForcedOpen, Phase::Closed)
    );
}

#[test]
fn a_finished_ticket_is_recorded_once() {
    let core = Arc::new(Core::new(Settings::new()));
    assert_eq!(ticket(&core).finish(LOST, Stamp::now), None);
    let Snapshot {
        calls, abandoned, ..
    } = core.snapshot(Stamp::now());
    assert_eq!((calls, abandoned), (1, 0));
    assert_eq!(Arc::strong_count(&core), 1, "gives its reference back");
}

#[test]
fn a_panic_while_a_ticket_is_out_is_a_failure_of_unknown_outcome() {
    let core = Arc::new(Core::new(Settings::new()));
    let theirs = Arc::clone(&core);
    std::thread::spawn(move || {
        let _ticket = ticket(&theirs);
        panic!("in the body");
    })
    .join()
    .unwrap_err();
    let Snapshot {
        calls,
        failures,
        consecutive,
        ..
    } = core.snapshot(Stamp::now());
    assert_eq!((calls, failures, consecutive), (1, 1, 1));
}
