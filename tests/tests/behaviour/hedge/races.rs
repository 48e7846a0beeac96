//! Which lane answers, when, and what becomes of the others.

use resilient_runtime::{hedge, idempotent, read_only, timeout};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms,
};
use tokio::time::Instant;

#[hedge(after = "80ms", budget(save = 50))]
#[read_only]
async fn read(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[hedge(after = "80ms", budget(save = 50))]
#[idempotent]
async fn write(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[hedge(after = "80ms", max = 2)]
#[idempotent]
async fn twice(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn an_answer_in_time_needs_no_hedge() {
    let (service, start) = (Service::new([OK.after(ms(79))]), Instant::now());
    assert_eq!(read(&service).await, Ok(1));
    assert_eq!((service.calls(), start.elapsed()), (1, ms(79)));
    assert_eq!(look::hedge("::read@").sent, 0);
    assert!(look::listings("budget", "").iter().all(|budget| {
        matches!(&budget.live, resilient_runtime::registry::Live::Budget(budget) if budget.repeats == 0)
    }));
}

#[resilient_runtime::test]
async fn a_hedge_is_sent_when_the_time_is_over_and_the_first_answer_counts() {
    let events = Events::record();
    let service = Service::new([OK.after(ms(500)), OK.after(ms(10))]);
    let start = Instant::now();
    assert_eq!(read(&service).await, Ok(2), "the hedge");
    assert_eq!(start.elapsed(), ms(90));
    assert_eq!(service.starts(), [0, 80]);
    assert_eq!((service.in_flight(), service.unfinished()), (0, 1));
    assert_eq!(
        events.lines(),
        [
            "read: attempt 1 takes long, hedge 1 is sent",
            "read: attempt 1 succeeded",
            "read: attempt 1 was overtaken by its hedge",
        ]
    );
    let shown = look::hedge("::read@");
    assert_eq!((shown.after, shown.sent, shown.won), (Some(ms(80)), 1, 1));
}

#[resilient_runtime::test]
async fn the_first_lane_may_still_win() {
    let events = Events::record();
    let service = Service::new([OK.after(ms(100)), OK.after(ms(50))]);
    let start = Instant::now();
    assert_eq!(read(&service).await, Ok(1));
    assert_eq!(start.elapsed(), ms(100));
    assert_eq!((service.in_flight(), service.unfinished()), (0, 1));
    assert_eq!(
        events.lines().last().map(String::as_str),
        Some("read: attempt 1: hedge 1 came too late")
    );
    let shown = look::hedge("::read@");
    assert_eq!((shown.sent, shown.won), (1, 0));
}

#[resilient_runtime::test]
async fn at_one_instant_the_first_lane_wins() {
    let service = Service::new([OK.after(ms(90)), OK.after(ms(10))]);
    assert_eq!(read(&service).await, Ok(1));
    let service = Service::new([OK.after(ms(80)), OK]);
    assert_eq!((read(&service).await, service.calls()), (Ok(1), 1));
}

#[resilient_runtime::test]
async fn a_hedge_that_answers_at_once_wins_at_once() {
    let (service, start) = (Service::new([HANGS, OK]), Instant::now());
    assert_eq!(read(&service).await, Ok(2));
    assert_eq!(start.elapsed(), ms(80));
}

#[resilient_runtime::test]
async fn a_failure_before_the_time_is_over_sends_no_hedge() {
    let (service, start) = (
        Service::new([fails(BUSY).after(ms(20)), OK]),
        Instant::now(),
    );
    assert_eq!(read(&service).await, Err(Error::answered(BUSY, 1)));
    assert_eq!((service.calls(), start.elapsed()), (1, ms(20)));
}

#[resilient_runtime::test]
async fn a_failed_lane_does_not_end_the_call_while_another_is_in_flight() {
    for failure in [BUSY, LOST, NOT_SENT] {
        let service = Service::new([fails(failure).after(ms(90)), OK.after(ms(50))]);
        let start = Instant::now();
        assert_eq!(read(&service).await, Ok(2));
        assert_eq!(start.elapsed(), ms(130));
        let service = Service::new([OK.after(ms(200)), fails(failure).after(ms(50))]);
        assert_eq!(read(&service).await, Ok(1));
        assert_eq!(service.unfinished(), 0, "both had come to their end");
    }
}

#[resilient_runtime::test]
async fn when_both_fail_the_last_error_is_returned() {
    let service = Service::new([fails(BUSY).after(ms(100)), fails(NOT_SENT).after(ms(50))]);
    let start = Instant::now();
    assert_eq!(read(&service).await, Err(Error::answered(NOT_SENT, 2)));
    assert_eq!((service.calls(), start.elapsed()), (2, ms(130)));
}

#[resilient_runtime::test]
async fn a_write_whose_outcome_is_unknown_stays_so_whatever_its_other_lane_met() {
    let events = Events::record();
    for other in [BUSY, NOT_SENT, DECLINED] {
        let service = Service::new([fails(LOST).after(ms(90)), fails(other).after(ms(50))]);
        assert_eq!(write(&service).await, Err(Error::answered(LOST, 1)));
        let service = Service::new([fails(other).after(ms(90)), fails(LOST).after(ms(50))]);
        assert_eq!(write(&service).await, Err(Error::answered(LOST, 2)));
    }
    assert_eq!(
        events.with("after one whose outcome is unknown").len(),
        3,
        "the error that came second, and is hidden"
    );
    let service = Service::new([fails(LOST).after(ms(90)), fails(LOST).after(ms(50))]);
    assert_eq!(
        write(&service).await,
        Err(Error::answered(LOST, 2)),
        "the latest"
    );
}

#[resilient_runtime::test]
async fn no_is_the_answer_to_a_read_whoever_says_so() {
    let start = Instant::now();
    let service = Service::new([HANGS, fails(DECLINED).after(ms(10))]);
    assert_eq!(read(&service).await, Err(Error::answered(DECLINED, 2)));
    assert_eq!((start.elapsed(), service.unfinished()), (ms(90), 1));
}

/// "Conflict", say, because the first lane holds the lock.
#[resilient_runtime::test]
async fn no_to_one_lane_of_a_write_waits_for_the_other() {
    let service = Service::new([OK.after(ms(300)), fails(DECLINED).after(ms(10))]);
    assert_eq!(write(&service).await, Ok(1));
    let service = Service::new([fails(BUSY).after(ms(300)), fails(DECLINED).after(ms(10))]);
    let error = write(&service).await;
    assert_eq!(
        error,
        Err(Error::answered(DECLINED, 2)),
        "repeating will not change it"
    );
}

#[resilient_runtime::test]
async fn each_hedge_waits_anew_and_there_are_at_most_max() {
    let (service, start) = (
        Service::new([HANGS, HANGS, OK.after(ms(200))]),
        Instant::now(),
    );
    assert_eq!(twice(&service).await, Ok(3));
    assert_eq!(service.starts(), [0, 80, 160]);
    assert_eq!((start.elapsed(), service.unfinished()), (ms(360), 2));
}

#[resilient_runtime::test]
async fn the_next_hedge_comes_while_any_lane_is_in_flight() {
    // The first lane fails at 100; its hedge hangs on.
    let service = Service::new([fails(BUSY).after(ms(100)), HANGS, OK.after(ms(10))]);
    assert_eq!(twice(&service).await, Ok(3));
    assert_eq!(service.starts(), [0, 80, 160]);
    // All that were sent failed at 100: the third is not for repeating.
    let service = Service::new([fails(BUSY).after(ms(100)), fails(BUSY).after(ms(20)), OK]);
    assert_eq!(twice(&service).await, Err(Error::answered(BUSY, 2)));
    assert_eq!(service.starts(), [0, 80]);
}

#[hedge(after = "80ms")]
#[timeout(total = "1s", attempt = "200ms")]
#[read_only]
async fn limited(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn every_lane_has_its_own_attempt_timeout() {
    let service = Service::new([HANGS, OK.after(ms(190))]);
    let start = Instant::now();
    assert_eq!(limited(&service).await, Ok(2));
    assert_eq!(start.elapsed(), ms(270));
    let service = Service::new([HANGS, HANGS]);
    let start = Instant::now();
    let error = limited(&service).await.unwrap_err();
    assert!(error.is_cut_off());
    assert_eq!(start.elapsed(), ms(280));
    assert_eq!(service.in_flight(), 0);
}

#[hedge(after = "80ms")]
#[timeout("150ms")]
#[read_only]
async fn in_all(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn the_total_ends_all_lanes_at_once_and_is_told_once() {
    let (events, start) = (Events::record(), Instant::now());
    let service = Service::new([HANGS, HANGS]);
    let error = in_all(&service).await.unwrap_err();
    assert!(matches!(
        error.kind(),
        resilient_runtime::rejected::Kind::TotalTimeout { .. }
    ));
    assert_eq!((start.elapsed(), service.in_flight()), (ms(150), 0));
    assert_eq!(events.with("timed out").len(), 1, "{:?}", events.lines());
}
