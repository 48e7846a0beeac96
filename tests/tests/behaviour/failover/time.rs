//! The total holds for all providers together.

use std::time::Duration;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{failover, non_idempotent, read_only, retry, timeout};
use resilient_tests::events::Events;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, NOT_SENT, OK, Service, Step, fails, ms};
use tokio::time::Instant;

/// The longest a timer of tokio is late.
const TICK: Duration = ms(1);

#[read_only]
async fn look_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
    second.call().await
}

#[read_only]
#[timeout("2s", attempt = "500ms")]
#[failover(look_elsewhere)]
async fn look(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}

#[non_idempotent]
async fn pay_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
    second.call().await
}

#[non_idempotent]
#[timeout("2s", attempt = "500ms", unknown(to_caller))]
#[failover(pay_elsewhere)]
async fn pay(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}

#[resilient_runtime::test]
async fn a_read_that_hangs_asks_the_next_provider_when_its_attempt_is_over() {
    let (first, second) = (Service::new([HANGS]), Service::new([OK]));
    assert_eq!(look(&first, &second).await, Ok(1));
    assert_eq!((first.unfinished(), second.starts()), (1, vec![500]));
}

#[resilient_runtime::test]
async fn a_payment_that_hangs_is_unknown_and_goes_to_nobody_else() {
    let (first, second) = (Service::new([HANGS]), Service::new([OK]));
    let error = pay(&first, &second).await.expect_err("cut off");
    assert_eq!(error.kind(), Kind::AttemptTimeout { limit: ms(500) });
    assert!(error.is_cut_off());
    assert_eq!(second.calls(), 0);
}

/// How long the caller waited at most, whatever the two providers do.
async fn never_longer_than_the_total(first: Step, second: Step) {
    let (first, second) = (Service::new([first]), Service::new([second]));
    let start = Instant::now();
    let answer = look(&first, &second).await;
    assert!(
        start.elapsed() <= ms(2_000) + TICK,
        "{answer:?} after {:?}",
        start.elapsed()
    );
    assert_eq!((first.in_flight(), second.in_flight()), (0, 0));
}

#[resilient_runtime::test]
async fn the_caller_never_waits_longer_than_the_total() {
    for first in [0, 1, 250, 499, 500, 501, 1_999, 2_000, 2_001, 9_999] {
        for second in [0, 1, 1_000, 1_498, 1_499, 1_500, 1_501, 1_999, 2_000, 9_999] {
            for step in [OK, fails(LOST), fails(NOT_SENT)] {
                never_longer_than_the_total(fails(BUSY).after(ms(first)), step.after(ms(second)))
                    .await;
            }
        }
        never_longer_than_the_total(fails(LOST).after(ms(first)), HANGS).await;
    }
}

#[resilient_runtime::test]
async fn a_provider_that_is_cut_off_may_have_done_it() {
    let (first, second) = (Service::new([fails(NOT_SENT)]), Service::new([HANGS]));
    let start = Instant::now();
    let error = pay(&first, &second).await.expect_err("cut off");
    assert_eq!(start.elapsed(), ms(2_000));
    assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(2_000) });
    assert!(error.is_cut_off(), "its outcome is unknown");
    assert_eq!(second.unfinished(), 1);
}

#[resilient_runtime::test]
async fn a_provider_inherits_what_is_left_of_the_total() {
    #[read_only]
    #[timeout("1h")]
    async fn patient(_first: &Service, second: &Service) -> Result<u32, Error> {
        second.call().await
    }
    #[read_only]
    #[timeout("2s")]
    #[failover(patient)]
    async fn look(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    let (first, second) = (
        Service::new([fails(LOST).after(ms(500))]),
        Service::new([HANGS]),
    );
    let start = Instant::now();
    let error = look(&first, &second).await.expect_err("cut off");
    assert_eq!(start.elapsed(), ms(2_000));
    assert_eq!(
        error.kind(),
        Kind::TotalTimeout { limit: ms(2_000) },
        "its own total has an hour left"
    );
}

#[resilient_runtime::test]
async fn a_provider_with_a_shorter_limit_keeps_it() {
    #[read_only]
    #[timeout("300ms")]
    async fn hasty(_first: &Service, second: &Service) -> Result<u32, Error> {
        second.call().await
    }
    #[read_only]
    #[timeout("2s")]
    #[failover(hasty)]
    async fn look(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    let (first, second) = (Service::new([fails(LOST)]), Service::new([HANGS]));
    let start = Instant::now();
    let error = look(&first, &second).await.expect_err("cut off");
    assert_eq!(
        (start.elapsed(), error.kind()),
        (ms(300), Kind::TotalTimeout { limit: ms(300) })
    );
}

#[resilient_runtime::test]
async fn nobody_is_called_when_too_little_time_is_left() {
    #[read_only]
    #[timeout("2s", attempt = "1900ms", least = "500ms", allow(total_too_short))]
    #[failover(look_elsewhere)]
    async fn look(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    for (after, calls) in [(1_499, 1), (1_501, 0)] {
        let events = Events::record();
        let (first, second) = (
            Service::new([fails(LOST).after(ms(after))]),
            Service::new([OK]),
        );
        let answer = look(&first, &second).await;
        assert_eq!(second.calls(), calls, "after {after} ms");
        if calls == 0 {
            assert_eq!(answer, Err(Error::answered(LOST, 1)));
            assert_eq!(
                events.with("`"),
                ["look: failed (Unknown), `look_elsewhere` is not called: too little time is left"]
            );
        }
    }
}

#[resilient_runtime::test]
async fn nobody_is_called_when_the_total_is_over() {
    #[read_only]
    #[timeout("2s")]
    #[failover(look_elsewhere)]
    async fn look(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    let (first, second) = (Service::new([HANGS]), Service::new([OK]));
    let error = look(&first, &second).await.expect_err("cut off");
    assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(2_000) });
    assert_eq!(second.calls(), 0);
}

#[resilient_runtime::test]
async fn the_time_of_a_caller_further_out_ends_both_providers() {
    #[read_only]
    #[timeout("1s")]
    async fn outer(first: &Service, second: &Service) -> Result<u32, Error> {
        look(first, second).await
    }
    let (first, second) = (Service::new([HANGS]), Service::new([HANGS]));
    let start = Instant::now();
    let error = outer(&first, &second).await.expect_err("cut off");
    assert_eq!(
        (start.elapsed(), error.kind()),
        (ms(1_000), Kind::TotalTimeout { limit: ms(1_000) })
    );
    assert_eq!((first.unfinished(), second.unfinished()), (1, 1));
}

#[resilient_runtime::test]
async fn the_next_provider_comes_when_all_attempts_have_failed() {
    #[retry(
        read_only,
        attempts = 3,
        backoff(fixed, "100ms"),
        jitter(none),
        budget(none)
    )]
    #[timeout(total = "2s", attempt = "400ms")]
    #[failover(look_elsewhere)]
    async fn look(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    let (first, second) = (
        Service::new([fails(BUSY).after(ms(50))]),
        Service::new([OK]),
    );
    assert_eq!(look(&first, &second).await, Ok(1));
    assert_eq!((first.starts().len(), second.starts().len()), (3, 1));
    assert!(
        (350..=356).contains(&second.starts()[0]),
        "{:?}",
        second.starts()
    );
}
