//! Another provider by hand.

use std::cell::Cell;

use resilient_runtime::by_hand::{Failover, Retry, Timeout};
use resilient_runtime::{Failure, non_idempotent};
use resilient_tests::events::Events;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, OVERLOADED, Service, fails, ms,
};

const REFUSED: Failure = Failure::Rejected { retry_after: None };

/// Whether the second was called, and the answer.
async fn over(failover: Failover, first: Failure, second: &Service) -> (u32, Result<u32, Error>) {
    let one = Service::new([fails(first)]);
    let answer = failover.run(one.call(), || second.call()).await;
    (second.calls(), answer)
}

#[resilient_runtime::test]
async fn after_an_unknown_outcome_only_reads_go_elsewhere_and_after_an_answer_nobody_does() {
    for (failure, reads, writes) in [
        (NOT_SENT, 1, 1),
        (BUSY, 1, 1),
        (OVERLOADED, 1, 1),
        (REFUSED, 1, 1),
        (LOST, 1, 0),
        (DECLINED, 0, 0),
    ] {
        let service = Service::new([OK]);
        assert_eq!(
            over(Failover::for_reads(), failure, &service).await.0,
            reads,
            "{failure:?}"
        );
        let service = Service::new([OK]);
        assert_eq!(
            over(Failover::for_writes(), failure, &service).await.0,
            writes,
            "{failure:?}"
        );
    }
}

#[resilient_runtime::test]
async fn the_caller_gets_the_second_answer_but_no_refusal_hides_a_failure() {
    let reads = Failover::for_reads;
    let service = Service::new([fails(BUSY)]);
    assert_eq!(
        over(reads(), LOST, &service).await.1,
        Err(Error::answered(BUSY, 1))
    );
    let service = Service::new([fails(REFUSED)]);
    assert_eq!(
        over(reads(), LOST, &service).await.1,
        Err(Error::answered(LOST, 1))
    );
    let service = Service::new([fails(REFUSED)]);
    assert_eq!(
        over(reads(), REFUSED, &service).await.1,
        Err(Error::answered(REFUSED, 1))
    );
}

#[resilient_runtime::test]
async fn a_write_whose_retry_met_an_unknown_outcome_stays_where_it_is() {
    let first = Service::new([fails(LOST), fails(NOT_SENT)]);
    let second = Service::new([OK]);
    let retry = Retry::idempotent().attempts(2).at_once();
    let events = Events::record();
    let answer = Failover::for_writes()
        .named("charge")
        .to("second")
        .run(retry.run(|| first.call()), || second.call())
        .await;
    assert_eq!(answer, Err(Error::answered(LOST, 1)));
    assert_eq!((first.calls(), second.calls()), (2, 0));
    let refused = events.with("`second` is not called");
    assert_eq!(refused.len(), 1, "{:?}", events.lines());
    assert!(refused[0].starts_with("charge: "), "{refused:?}");
}

#[non_idempotent]
async fn charge(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn nobody_else_is_called_after_a_call_that_must_not_be_made_twice_has_begun() {
    let (first, second) = (Service::new([fails(LOST)]), Service::new([OK]));
    let answer = Failover::for_reads()
        .run(charge(&first), || second.call())
        .await;
    assert!(answer.is_err());
    assert_eq!(second.calls(), 0);
    let first = Service::new([fails(NOT_SENT)]);
    let answer = Failover::for_reads()
        .run(charge(&first), || second.call())
        .await;
    assert_eq!(answer, Ok(1), "it was certainly not sent");
}

#[resilient_runtime::test]
async fn a_limit_around_holds_for_both_and_a_dropped_one_leaves_nothing() {
    let (first, second) = (
        Service::new([fails(BUSY).after(ms(60))]),
        Service::new([HANGS]),
    );
    let made = Cell::new(0);
    let failover = Failover::for_reads();
    let limit = Timeout::new(ms(100));
    let answer = limit
        .run(failover.run(first.call(), || {
            made.set(made.get() + 1);
            second.call()
        }))
        .await;
    assert!(answer.is_err());
    assert_eq!(made.get(), 1);
    let hanging = Service::new([HANGS]);
    give_up_after(1, failover.run(hanging.call(), || second.call())).await;
    assert_eq!((hanging.calls(), second.calls()), (1, 1));
}
