//! `#[bulkhead(adaptive)]`.

use std::sync::{Arc, Mutex};

use futures::future::join_all;
use resilient_runtime::event::Event;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Scope, bulkhead, registry, timeout};
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, OK, OVERLOADED, Service, fails, ms};
use tokio::time::{Instant, sleep};

#[bulkhead("adaptive", adaptive, max = 40)]
#[timeout("500ms")]
async fn adaptive(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// So many calls at once; how many were answered.
async fn at_once(calls: usize, service: &Service) -> usize {
    let answers = join_all((0..calls).map(|_| adaptive(service))).await;
    answers.iter().filter(|answer| answer.is_ok()).count()
}

fn limit() -> u32 {
    look::bulkhead("adaptive").limit
}

#[resilient_runtime::test]
async fn calls_that_hang_together_halve_the_limit_once_and_answers_bring_it_back() {
    let hanging = Service::new([HANGS]);
    assert_eq!(at_once(20, &hanging).await, 0);
    assert_eq!(limit(), 10);
    assert_eq!(at_once(10, &hanging).await, 0);
    assert_eq!(limit(), 5);
    let error = join_all((0..6).map(|_| adaptive(&hanging))).await.remove(5);
    assert_eq!(
        error.expect_err("five at a time").kind(),
        Kind::BulkheadFull
    );
    assert_eq!(limit(), 2);
    let healthy = Service::new([OK.after(ms(10))]);
    for _ in 0..60 {
        at_once(40, &healthy).await;
    }
    assert!(limit() > 20, "{}", limit());
    let bounds = look::bulkhead("adaptive").adaptive.expect("it has bounds");
    assert_eq!((bounds.min, bounds.max), (1, 40));
}

#[resilient_runtime::test]
async fn overload_lowers_it_and_plain_errors_do_not() {
    for (failure, then) in [(BUSY, 20), (OVERLOADED, 5), (LOST, 1)] {
        assert!(adaptive(&Service::new([fails(failure)])).await.is_err());
        assert_eq!(limit(), then, "{failure:?}");
    }
}

#[resilient_runtime::test]
async fn a_dropped_call_gives_its_permit_back_and_says_nothing() {
    let hanging = Service::new([HANGS]);
    tokio::select! {
        _ = adaptive(&hanging) => panic!("it hangs"),
        () = sleep(ms(100)) => {}
    }
    let seen = look::bulkhead("adaptive");
    assert_eq!((seen.limit, seen.in_flight), (20, 0));
}

#[resilient_runtime::test]
async fn it_is_resized_by_name_and_goes_on_from_there() {
    assert_eq!(at_once(1, &Service::new([OK])).await, 1);
    registry()
        .resize("behaviour/adaptive", 8)
        .expect("it is within the bounds");
    assert_eq!(limit(), 8);
    assert!(adaptive(&Service::new([fails(LOST)])).await.is_err());
    assert_eq!(limit(), 2, "one at a time needs no more");
    let refused = registry()
        .resize("behaviour/adaptive", 41)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("not between 1 and 40"), "{refused}");
}

#[resilient_runtime::test]
async fn those_who_wait_get_in_as_it_grows() {
    #[bulkhead("waits", adaptive, max = 2, wait = "1s")]
    #[timeout("2s")]
    async fn waits(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(100))]);
    assert!(waits(&Service::new([fails(LOST)])).await.is_err());
    assert_eq!(look::bulkhead("waits").limit, 1);
    let start = Instant::now();
    let answers = join_all((0..3).map(|_| waits(&service))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(start.elapsed(), ms(200), "one, and then two at a time");
}

#[resilient_runtime::test]
async fn its_way_is_told_in_halves_and_not_in_steps() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    Scope::current().observe(move |event| {
        if let Event::LimitChanged { state, .. } = event {
            assert_eq!(
                (event.policy(), event.name()),
                (Some("bulkhead"), "limit_changed")
            );
            heard
                .lock()
                .expect("no test panics here")
                .push(event.to_string());
            // An event is told outside of every lock.
            assert_eq!(state.to_string(), "behaviour/adaptive");
            let _ = registry().snapshot();
        }
    });
    for _ in 0..4 {
        at_once(20, &Service::new([HANGS])).await;
    }
    assert_eq!(
        *told.lock().expect("no test panics here"),
        [
            "behaviour/adaptive: the limit was 20, is 10: outcomes are unknown or the service is overloaded",
            "behaviour/adaptive: the limit was 10, is 2: outcomes are unknown or the service is overloaded",
        ]
    );
}
