//! What is counted, and how it is written down.

use super::*;
use crate::effect::Class;
use crate::event::Refusal;
use crate::failure::Failure;
use crate::registry::registry;
use crate::rejected::Kind;

const CALL: &str = "shop::charge";

fn finished(end: End, attempts: u32, millis: u64) -> Event<'static> {
    Event::CallFinished {
        call: CALL,
        dependency: None,
        effect: Class::IDEMPOTENT,
        attempts,
        delay: Duration::ZERO,
        elapsed: Duration::from_millis(millis),
        end,
    }
}

fn started() -> Event<'static> {
    Event::CallStarted {
        call: CALL,
        dependency: None,
        effect: Class::IDEMPOTENT,
    }
}

#[test]
fn calls_are_counted_by_their_end_and_by_whether_they_were_repeated() {
    let counters = Counters::new();
    for _ in 0..4 {
        counters.take(&started());
    }
    counters.take(&finished(End::Ok, 1, 3));
    counters.take(&finished(End::Ok, 2, 30));
    counters.take(&finished(End::Failed(Failure::Unknown), 3, 30_000));
    let counts = counters.of(CALL);
    assert_eq!((counts.in_flight, counts.ended()), (1, 3));
    assert_eq!(
        (counts.ended_in("success"), counts.ended_in("dropped")),
        (2, 0)
    );
    let unknown = Outcome {
        end: "failure",
        failure: "unknown",
        retried: true,
    };
    assert_eq!(counts.calls[&unknown], 1);
    assert_eq!(counters.of("shop::refund"), Counts::default());
}

#[test]
fn a_call_that_began_before_the_counting_does_not_make_the_gauge_negative() {
    let counters = Counters::new();
    counters.take(&finished(End::Dropped, 1, 1));
    assert_eq!(counters.of(CALL).in_flight, 0);
}

#[test]
fn repeats_refusals_and_rejections_are_counted_by_their_reason() {
    let counters = Counters::new();
    counters.take(&Event::RetryRefused {
        call: CALL,
        dependency: None,
        attempt: 1,
        failure: Failure::Unknown,
        why: Refusal::Budget,
    });
    counters.take(&Event::Rejected {
        call: CALL,
        dependency: None,
        attempt: 1,
        kind: Kind::BulkheadFull,
    });
    let counts = counters.of(CALL);
    assert_eq!(counts.retries_refused, [("budget", 1)].into());
    assert_eq!(counts.rejections, [("bulkhead_full", 1)].into());
}

#[test]
fn the_page_has_cumulative_buckets_and_escaped_labels() {
    let counters = Counters::new();
    for millis in [3, 30, 30_000] {
        counters.take(&finished(End::Ok, 1, millis));
    }
    counters.take(&Event::CallStarted {
        call: "odd \"name\"\n",
        dependency: None,
        effect: Class::IDEMPOTENT,
    });
    let page = Scope::new().within(|| counters.prometheus(&registry()));
    for line in [
        "# TYPE resilience_call_duration_seconds histogram",
        "resilience_call_duration_seconds_bucket{name=\"shop::charge\",le=\"0.005\"} 1",
        "resilience_call_duration_seconds_bucket{name=\"shop::charge\",le=\"0.05\"} 2",
        "resilience_call_duration_seconds_bucket{name=\"shop::charge\",le=\"10\"} 2",
        "resilience_call_duration_seconds_bucket{name=\"shop::charge\",le=\"+Inf\"} 3",
        "resilience_call_duration_seconds_sum{name=\"shop::charge\"} 30.033",
        "resilience_calls_total{name=\"shop::charge\",outcome=\"success\",error_type=\"\",retried=\"false\"} 3",
        "resilience_calls_in_flight{name=\"odd \\\"name\\\"\\n\"} 1",
    ] {
        assert!(page.lines().any(|it| it == line), "{line}\n\n{page}");
    }
}
