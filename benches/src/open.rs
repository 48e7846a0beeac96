//! Calls that an open breaker refuses: opened by lost answers, for an hour.

use std::cell::RefCell;
use std::sync::{Once, OnceLock};
use std::time::Duration;

use failsafe::futures::CircuitBreaker as _;
use recloser::{AsyncRecloser, Recloser};

use crate::peers::{Driven, seatbelts, towers};
use crate::{CallError, LOST, Other, Service, bare, ours, poll_on};

pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// One for each breaker.
pub static OPEN: &[Other] = &[
    ("open/annotated", annotated),
    ("open/recloser", recloser),
    ("open/failsafe", |pending| kept(0, failsafe, pending)),
    ("open/seatbelt", |pending| kept(1, seatbelts::open, pending)),
    ("open/tower-resilience", |pending| {
        kept(2, towers::open, pending)
    }),
];

fn kept(which: usize, make: fn() -> Driven, pending: u32) -> u64 {
    thread_local!(static KEPT: RefCell<[Option<Driven>; 3]> = const { RefCell::new([None, None, None]) });
    KEPT.with_borrow_mut(|kept| kept[which].get_or_insert_with(make)(pending))
}

/// One if the call was refused.
///
/// # Panics
///
/// When its body ran: then something else was measured.
pub(crate) fn refused<T>(answer: &Result<u64, T>) -> u64 {
    assert!(answer.is_err(), "an open breaker lets nobody through");
    1
}

fn annotated(pending: u32) -> u64 {
    static OPENED: Once = Once::new();
    OPENED.call_once(|| drop(poll_on(ours::breaker_open(LOST))));
    refused(&poll_on(ours::breaker_open(pending)))
}

fn recloser(pending: u32) -> u64 {
    static BREAKER: OnceLock<AsyncRecloser> = OnceLock::new();
    let call = |breaker: &AsyncRecloser, pending| {
        poll_on(async {
            let answer = breaker.call(Service(pending)).await;
            answer.map_err(|_| CallError::Refused)
        })
    };
    let breaker = BREAKER.get_or_init(|| {
        let breaker = Recloser::custom().error_rate(0.5).closed_len(2);
        let breaker = breaker.open_wait(HOUR).build().into();
        for _ in 0..10 {
            drop(call(&breaker, LOST));
        }
        breaker
    });
    refused(&call(breaker, pending))
}

fn failsafe() -> Driven {
    let backoff = failsafe::backoff::constant(HOUR);
    let policy = failsafe::failure_policy::consecutive_failures(1, backoff);
    let breaker = failsafe::Config::new().failure_policy(policy).build();
    let call = move |pending| {
        poll_on(async {
            let answer = breaker.call(bare(pending)).await;
            answer.map_err(|_| CallError::Refused)
        })
    };
    drop(call(LOST));
    Box::new(move |pending| refused(&call(pending)))
}
