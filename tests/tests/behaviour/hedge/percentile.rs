//! `after = "p95"`: as long as most calls take.

use resilient_runtime::{Scope, hedge, read_only, timeout};
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, HANGS, OK, Service, fails, ms};
use tokio::time::Instant;

#[hedge(after = "p95")]
#[timeout(total = "10s", attempt = "2s")]
#[read_only]
async fn search(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// Ninety fast ones and ten slow ones.
async fn learn() {
    let (fast, slow) = (
        Service::new([OK.after(ms(10))]),
        Service::new([OK.after(ms(100))]),
    );
    for nth in 0..100 {
        let service = if nth % 10 == 9 { &slow } else { &fast };
        assert!(search(service).await.is_ok());
    }
}

#[resilient_runtime::test]
async fn nothing_is_hedged_before_a_hundred_calls_were_seen() {
    let slow = Service::new([OK.after(ms(1_500))]);
    for nth in 1..=99 {
        assert_eq!(search(&slow).await, Ok(nth));
        assert_eq!(look::hedge("::search@").after, None);
    }
    assert_eq!(search(&slow).await, Ok(100));
    let shown = look::hedge("::search@");
    assert_eq!(shown.samples, 100);
    assert!(shown.after.unwrap() >= ms(1_500));
}

#[resilient_runtime::test]
async fn then_a_call_is_hedged_that_takes_longer_than_most() {
    learn().await;
    let after = look::hedge("::search@").after.unwrap();
    assert!(after >= ms(100) && after <= ms(107), "{after:?}");
    let (service, start) = (Service::new([HANGS, OK.after(ms(10))]), Instant::now());
    assert_eq!(search(&service).await, Ok(2));
    let took = start.elapsed();
    assert!(took >= ms(110) && took <= ms(118), "{took:?}");
}

#[resilient_runtime::test]
async fn a_loser_is_remembered_as_slow() {
    learn().await;
    let hedged = Service::new(
        (0..200)
            .map(|nth| {
                if nth % 2 == 0 {
                    HANGS
                } else {
                    OK.after(ms(50))
                }
            })
            .collect::<Vec<_>>(),
    );
    // Every hedge is paid for by five answers.
    let fast = Service::new([OK.after(ms(10))]);
    for _ in 0..60 {
        assert!(search(&hedged).await.is_ok());
        for _ in 0..5 {
            assert!(search(&fast).await.is_ok());
        }
    }
    let shown = look::hedge("::search@");
    assert_eq!((shown.sent, shown.won), (60, 60));
    // One call in six hangs: more than a twentieth takes longer than anybody saw.
    assert!(shown.after.unwrap() >= ms(150), "{shown:?}");
}

#[resilient_runtime::test]
async fn failures_that_come_fast_do_not_make_the_service_fast() {
    learn().await;
    let before = look::hedge("::search@");
    let broken = Service::new([fails(BUSY)]);
    for _ in 0..500 {
        assert!(search(&broken).await.is_err());
    }
    assert_eq!(look::hedge("::search@"), before);
}

#[resilient_runtime::test]
async fn an_attempt_that_was_cut_off_or_given_up_took_longer() {
    let hangs = Service::new([HANGS]);
    for _ in 0..100 {
        let _ = tokio::time::timeout(ms(300), search(&hangs)).await;
    }
    let shown = look::hedge("::search@");
    assert_eq!(shown.samples, 100);
    assert!(shown.after.unwrap() >= ms(300), "{shown:?}");
    for _ in 0..900 {
        assert!(search(&hangs).await.unwrap_err().is_cut_off());
    }
    assert!(look::hedge("::search@").after.unwrap() >= ms(2_000));
}

#[resilient_runtime::test]
async fn every_scope_learns_for_itself() {
    learn().await;
    Scope::new()
        .run(async {
            assert!(search(&Service::new([OK])).await.is_ok());
            assert_eq!(look::hedge("::search@").samples, 1);
        })
        .await;
    assert_eq!(look::hedge("::search@").samples, 100);
}
