//! When there is no hedge, and that it is never an error.

use resilient_runtime::breaker::Phase;
use resilient_runtime::{breaker, bulkhead, hedge, non_idempotent, read_only, registry, timeout};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{Error, LOST, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

/// One call that takes long, alone: 500 ms, although a hedge would answer after 90.
async fn goes_on_alone<F: Future<Output = Result<u32, Error>>>(
    events: &Events,
    service: &Service,
    call: F,
    why: &str,
) {
    let (start, calls) = (Instant::now(), service.calls());
    assert_eq!(call.await, Ok(calls + 1), "{why}");
    assert_eq!(start.elapsed(), ms(500), "{why}");
    assert_eq!(service.calls(), calls + 1, "{why}");
    let refused = events.with("no hedge: ");
    assert_eq!(refused.len(), 1, "{:?}", events.lines());
    assert!(refused[0].ends_with(why), "{refused:?}");
}

const SLOW: [resilient_tests::service::Step; 1] = [OK.after(ms(500))];

#[hedge(after = "80ms", budget("dry", save = 2))]
#[read_only]
async fn paid(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn without_budget_there_is_none() {
    let hedged = Service::new([fails(LOST).after(ms(100)), fails(LOST).after(ms(100))]);
    for _ in 0..2 {
        assert!(paid(&hedged).await.is_err());
    }
    assert_eq!(hedged.calls(), 4);
    assert!(look::budget("dry").tokens.abs() < 1e-9);
    let (events, slow) = (Events::record(), Service::new(SLOW));
    goes_on_alone(&events, &slow, paid(&slow), "the budget is used up").await;
    assert_eq!(look::budget("dry").refused, 1);
    assert_eq!(look::hedge("::paid@").refused, 1);
}

#[resilient_runtime::test]
async fn five_answers_pay_for_one_hedge() {
    let hedged = Service::new([fails(LOST).after(ms(100))]);
    for _ in 0..2 {
        assert!(paid(&hedged).await.is_err());
    }
    for _ in 0..5 {
        assert!(paid(&Service::new([OK])).await.is_ok());
    }
    assert!((look::budget("dry").tokens - 1.0).abs() < 1e-9);
    let service = Service::new([OK.after(ms(500)), OK.after(ms(10))]);
    assert_eq!(paid(&service).await, Ok(2));
    assert!(
        (look::budget("dry").tokens - 0.2).abs() < 1e-9,
        "an answer, whoever gave it"
    );
}

#[hedge(after = "80ms")]
#[bulkhead("narrow", 1, wait = "300ms")]
#[read_only]
async fn narrow(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn without_a_permit_there_is_none_and_it_does_not_queue_for_one() {
    let (events, slow) = (Events::record(), Service::new(SLOW));
    goes_on_alone(&events, &slow, narrow(&slow), "no permit is free").await;
    let seen = look::bulkhead("narrow");
    assert_eq!(
        (seen.in_flight, seen.queued, seen.rejected, seen.waited),
        (0, 0, 0, 0)
    );
    let budget = look::budget("::narrow@");
    assert!(
        (budget.tokens - 5.0).abs() < 1e-9,
        "the token is back: {budget:?}"
    );
    assert_eq!(budget.repeats, 0);
}

#[resilient_runtime::test]
async fn waiting_for_a_permit_is_not_taking_long() {
    let service = Service::new([OK.after(ms(70))]);
    let (one, other) = tokio::join!(narrow(&service), narrow(&service));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(service.starts(), [0, 70], "its time began behind the queue");
    assert_eq!(look::hedge("::narrow@").refused, 0);
}

#[hedge(after = "80ms")]
#[breaker("fragile", consecutive = 1, open = "1s")]
#[read_only]
async fn fragile(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_probe_of_a_half_open_breaker_has_none() {
    assert!(fragile(&Service::new([fails(LOST)])).await.is_err());
    assert_eq!(look::breaker("fragile").phase, Phase::Open);
    sleep(ms(1_000)).await;
    let (events, slow) = (Events::record(), Service::new(SLOW));
    goes_on_alone(&events, &slow, fragile(&slow), "the breaker is not closed").await;
    let seen = look::breaker("fragile");
    assert_eq!((seen.phase, seen.probes), (Phase::Closed, 0));
    assert!((look::budget("::fragile@").tokens - 5.0).abs() < 1e-9);
}

#[resilient_runtime::test]
async fn a_breaker_that_opened_meanwhile_lets_none_through() {
    let (events, slow) = (Events::record(), Service::new(SLOW));
    let open = async {
        sleep(ms(40)).await;
        registry().force_open("behaviour/fragile").unwrap();
    };
    let call = async {
        let (answer, ()) = tokio::join!(fragile(&slow), open);
        answer
    };
    goes_on_alone(&events, &slow, call, "the breaker is not closed").await;
}

#[hedge(after = "80ms")]
#[timeout(total = "2s", least = "500ms")]
#[read_only]
async fn hasty(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[timeout("550ms")]
#[read_only]
async fn in_a_hurry(service: &Service) -> Result<u32, Error> {
    hasty(service).await
}

#[resilient_runtime::test]
async fn without_enough_time_of_the_callers_for_an_attempt_there_is_none() {
    let (events, slow) = (Events::record(), Service::new(SLOW));
    // 470 of 550 ms are left when the hedge is due.
    goes_on_alone(&events, &slow, in_a_hurry(&slow), "too little time is left").await;
    assert!((look::budget("::hasty@").tokens - 5.0).abs() < 1e-9);
    let service = Service::new([OK.after(ms(500)), OK.after(ms(10))]);
    assert_eq!(hasty(&service).await, Ok(2));
}

#[non_idempotent]
async fn charge(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// Hides the effect from the checker.
fn unseen(service: &Service) -> impl Future<Output = Result<u32, Error>> {
    charge(service)
}

#[hedge(after = "80ms")]
#[read_only]
async fn careless(service: &Service) -> Result<u32, Error> {
    unseen(service).await
}

#[resilient_runtime::test]
async fn a_lane_that_began_what_must_not_be_done_twice_has_none() {
    let (events, slow) = (Events::record(), Service::new(SLOW));
    let why = "it may have done what must not be done twice";
    goes_on_alone(&events, &slow, careless(&slow), why).await;
    assert!((look::budget("::careless@").tokens - 5.0).abs() < 1e-9);
}
