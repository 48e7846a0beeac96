//! The order of the policies, whatever the order in the source.

use resilient_runtime::breaker::Phase;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{breaker, bulkhead, registry, retry, timeout};
use resilient_tests::look;
use resilient_tests::service::{Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

/// One stack in an order of the source, and what it does in three situations.
macro_rules! orders {
    ($($order:ident: $(#[$policy:ident $arguments:tt])+;)+) => {
        $(mod $order {
            use super::*;

            $(#[$policy $arguments])+
            async fn call(service: &Service) -> Result<u32, Error> {
                service.call().await
            }

            #[resilient_runtime::test]
            async fn an_open_breaker_refuses_before_anything_is_queued_or_spent() {
                let hanging = Service::new([HANGS]);
                let refused = async {
                    sleep(ms(1)).await;
                    open("stacked");
                    let started = Instant::now();
                    let error = call(&Service::new([OK])).await.expect_err("it is open");
                    assert_eq!(error.kind(), Kind::BreakerOpen { retry_after: None });
                    assert_eq!(started.elapsed(), ms(0), "it did not queue");
                    assert_eq!(look::bulkhead("stacked").waited, 0);
                };
                tokio::select! { _ = call(&hanging) => unreachable!("it hangs"), () = refused => {} }
            }

            #[resilient_runtime::test]
            async fn the_breaker_admits_behind_the_queue() {
                let service = Service::new([OK.after(ms(200))]);
                let second = async {
                    sleep(ms(1)).await;
                    let error = call(&service).await.expect_err("it opened while the call queued");
                    assert_eq!(error.kind(), Kind::BreakerOpen { retry_after: None });
                    assert!(error.is_refusal());
                    assert_eq!(look::bulkhead("stacked").in_flight, 0, "its permit is back");
                };
                let opens = async {
                    sleep(ms(100)).await;
                    assert_eq!(look::bulkhead("stacked").queued, 1);
                    open("stacked");
                };
                let (first, (), ()) = tokio::join!(call(&service), second, opens);
                assert_eq!((first, service.calls()), (Ok(1), 1));
            }

            #[resilient_runtime::test]
            async fn a_probes_slot_is_not_taken_by_a_call_in_the_queue() {
                let _ = call(&Service::new([fails(LOST)])).await;
                sleep(ms(10_000)).await;
                let (holder, service) = (Service::new([OK.after(ms(200))]), Service::new([OK]));
                let queued = async {
                    sleep(ms(1)).await;
                    call(&service).await
                };
                let watch = async {
                    sleep(ms(100)).await;
                    let seen = look::breaker("stacked");
                    assert_eq!((seen.phase, seen.probes), (Phase::HalfOpen, 1), "of the call that runs");
                };
                let (first, _second, ()) = tokio::join!(call(&holder), queued, watch);
                assert_eq!(first, Ok(1));
                assert_eq!(look::breaker("stacked").phase, Phase::Closed);
                assert_eq!(look::breaker("stacked").probes, 0);
            }

            #[resilient_runtime::test]
            async fn the_total_bounds_the_queue_and_every_attempt_takes_its_own_permit() {
                let (service, started) = (Service::new([fails(NOT_SENT).after(ms(100)), OK]), Instant::now());
                let other = Service::new([OK.after(ms(20))]);
                let between = async {
                    sleep(ms(110)).await;
                    assert_eq!(look::bulkhead("stacked").in_flight, 0, "nothing is held during backoff");
                    call(&other).await
                };
                let (first, between) = tokio::join!(call(&service), between);
                assert_eq!((first, between), (Ok(2), Ok(1)));
                assert_eq!(service.starts(), [0, 200]);
                let hanging = Service::new([HANGS]);
                let (one, other) = tokio::join!(call(&hanging), call(&hanging));
                assert!(one.is_err() && other.is_err());
                assert!(started.elapsed() <= ms(200 + 2_000 + 1), "{:?}", started.elapsed());
            }
        })+
    };
}

orders! {
    outside_in:
        #[retry(idempotent, attempts = 2, jitter(none), budget(none))]
        #[timeout(total = "2s", attempt = "900ms")]
        #[breaker("stacked", consecutive = 1, open = "5s")]
        #[bulkhead("stacked", 1, wait = "1s")];
    inside_out:
        #[bulkhead("stacked", 1, wait = "1s")]
        #[breaker("stacked", consecutive = 1, open = "5s")]
        #[timeout(total = "2s", attempt = "900ms")]
        #[retry(idempotent, attempts = 2, jitter(none), budget(none))];
    mixed:
        #[breaker("stacked", consecutive = 1, open = "5s")]
        #[retry(idempotent, attempts = 2, jitter(none), budget(none))]
        #[bulkhead("stacked", 1, wait = "1s")]
        #[timeout(total = "2s", attempt = "900ms")];
}

fn open(name: &str) {
    registry()
        .force_open(&format!("behaviour/{name}"))
        .expect("it was called");
}

#[resilient_runtime::test]
async fn a_refused_call_spends_nothing() {
    #[retry(idempotent, attempts = 2, jitter(none))]
    #[breaker("spends", consecutive = 1, open = "5s")]
    #[bulkhead("spends", 1)]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    assert!(call(&Service::new([OK])).await.is_ok());
    open("spends");
    for _ in 0..20 {
        assert!(call(&Service::new([OK])).await.is_err());
    }
    let (bulkhead, budget) = (look::bulkhead("spends"), look::budget("::call@"));
    assert_eq!(
        (bulkhead.waited, bulkhead.rejected, bulkhead.in_flight),
        (0, 0, 0)
    );
    assert_eq!((budget.repeats, budget.refused), (0, 0));
}
