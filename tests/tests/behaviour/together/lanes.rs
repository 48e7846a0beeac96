//! A hedge below a failover, a fallback and `on_unknown`: they hear of an attempt when all of its lanes are over.

use std::sync::atomic::Ordering;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Failure, Scope, failover, fallback, hedge, idempotent, on_unknown, read_only, timeout,
};
use resilient_tests::bank::{Bank, BankError, Does};
use resilient_tests::events::Events;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::Instant;

#[read_only]
async fn next(first: &Service, second: &Service) -> Result<u32, Error> {
    assert_eq!(first.in_flight(), 0, "a lane is still in flight");
    second.call().await.map(|call| 100 + call)
}

#[hedge(after = "80ms")]
#[failover(next)]
#[timeout(total = "2s", attempt = "500ms")]
#[read_only]
async fn read(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}

#[idempotent]
async fn put_next(_first: &Service, second: &Service) -> Result<u32, Error> {
    second.call().await.map(|call| 100 + call)
}

#[hedge(after = "80ms")]
#[failover(put_next)]
#[fallback(put_next)]
#[timeout(total = "2s", attempt = "500ms", unknown(to_caller))]
#[idempotent]
async fn put(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}

#[resilient_runtime::test]
async fn the_next_provider_is_called_when_all_lanes_have_failed() {
    let (first, second) = (Service::new([HANGS]), Service::new([OK]));
    let start = Instant::now();
    assert_eq!(read(&first, &second).await, Ok(101));
    assert_eq!(start.elapsed(), ms(580), "the hedge's own attempt timeout");
    assert_eq!((first.calls(), second.calls()), (2, 1));
}

#[resilient_runtime::test]
async fn an_answer_of_any_lane_calls_nobody_else() {
    for script in [[HANGS, OK], [fails(BUSY).after(ms(100)), OK.after(ms(50))]] {
        let (first, second) = (Service::new(script), Service::new([OK]));
        assert_eq!(read(&first, &second).await, Ok(2));
        assert_eq!(second.calls(), 0);
    }
}

#[resilient_runtime::test]
async fn a_write_one_lane_of_which_is_unknown_goes_to_nobody_else() {
    for other in [BUSY, NOT_SENT] {
        for script in [
            [fails(LOST).after(ms(100)), fails(other).after(ms(50))],
            [fails(other).after(ms(100)), fails(LOST).after(ms(50))],
            [HANGS, fails(other).after(ms(50))],
            [fails(other).after(ms(100)), HANGS],
        ] {
            let (first, second) = (Service::new(script), Service::new([OK]));
            // Each with a budget of its own: without a token there is no second lane.
            let answer = Scope::new().run(put(&first, &second)).await;
            assert!(answer.is_err(), "{script:?}");
            assert_eq!(second.calls(), 0, "{script:?}");
        }
        let script = [fails(other).after(ms(100)), fails(other).after(ms(50))];
        let (first, second) = (Service::new(script), Service::new([OK]));
        assert_eq!(Scope::new().run(put(&first, &second)).await, Ok(101));
    }
}

#[hedge(after = "80ms")]
#[fallback(stale)]
#[timeout("300ms")]
#[read_only]
async fn with_a_stale_answer(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "a fallback returns what the function returns"
)]
fn stale(service: &Service) -> Result<u32, Error> {
    assert_eq!(service.in_flight(), 0, "a lane is still in flight");
    Ok(0)
}

#[resilient_runtime::test]
async fn a_fallback_answers_for_a_read_when_the_total_has_ended_all_lanes() {
    let events = Events::record();
    let (service, start) = (Service::new([HANGS]), Instant::now());
    assert_eq!(with_a_stale_answer(&service).await, Ok(0));
    assert_eq!((start.elapsed(), service.calls()), (ms(300), 2));
    assert_eq!(service.unfinished(), 2);
    assert_eq!(events.with("timed out").len(), 1, "{:?}", events.lines());
}

struct Client(std::sync::Arc<Bank>);

impl Client {
    #[read_only]
    async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.0.look_up(key).await.map(|found| found.map(|_| 7))
    }

    #[hedge(after = "1s")]
    #[idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "10s")]
    #[timeout(total = "60s", attempt = "5s")]
    async fn put(&self, order: &str) -> Result<u32, BankError> {
        self.0.post(order).await
    }
}

fn open() -> usize {
    Scope::current().journal().records().len()
}

#[resilient_runtime::test]
async fn one_record_stands_for_all_lanes_and_the_answer_of_any_closes_it() {
    let client = Client(Bank::new([Does::Loses, Does::After(ms(100))], true));
    assert_eq!(client.put("17").await, Ok(1));
    assert_eq!((client.0.asked(), open()), (vec![], 0));
    let refused = Does::Refuses(Failure::Permanent);
    let client = Client(Bank::new([refused], true));
    assert!(client.put("18").await.is_err());
    assert_eq!((client.0.asked(), open()), (vec![], 0));
}

#[resilient_runtime::test]
async fn a_write_lost_in_every_lane_is_looked_for_once_when_the_last_lane_is_over() {
    let client = Client(Bank::new([Does::After(ms(8_000)), Does::Loses], true));
    let start = Instant::now();
    assert_eq!(client.put("17").await, Ok(7), "as the bank says");
    assert_eq!(client.0.asked().first(), Some(&("find", 6)));
    assert!(start.elapsed() < ms(16_000), "{:?}", start.elapsed());
    assert_eq!((client.0.arrived(), open()), (2, 0));
}

#[resilient_runtime::test]
async fn a_write_lost_in_one_lane_is_looked_for_whatever_the_other_was_told() {
    let busy = Does::Refuses(Failure::transient(None));
    for script in [
        [Does::AnswerLost, busy],
        [Does::Loses, busy],
        [Does::Loses, Does::AnswerLost],
    ] {
        let client = Client(Bank::new(script, true));
        let answer = client.put("17").await;
        let carried_out = client.0.charged("17") > 0;
        assert_eq!(answer.is_ok(), carried_out, "{script:?}: {answer:?}");
        assert!(!client.0.asked().is_empty(), "{script:?}");
        assert_eq!(open(), 0, "{script:?}");
    }
}

#[resilient_runtime::test]
async fn a_hedged_write_of_which_nobody_knows_stays_open() {
    let client = Client(Bank::new([Does::Loses], true));
    client.0.deaf.store(true, Ordering::Relaxed);
    let error = client.put("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert_eq!((client.0.arrived(), open()), (2, 1));
}
