//! What observers are told of one logical call from its first poll to its end.

use std::sync::{Arc, Mutex};

use resilient_runtime::{
    Scope, bulkhead, idempotent, non_idempotent, on_unknown, read_only, retry, timeout,
};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, DECLINED, Error, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::Instant;

#[non_idempotent]
#[timeout("5s", unknown(to_caller))]
async fn paid(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn what_an_observer_calls_is_no_part_of_the_call_it_hears_of() {
    async fn silent(service: &Service) -> Result<u32, Error> {
        paid(service).await
    }
    #[retry(idempotent, budget(none))]
    async fn order(service: &Service) -> Result<u32, Error> {
        silent(service).await
    }
    #[read_only]
    #[timeout("5s")]
    async fn log(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    // An observer that writes its log with an annotated call, of which it is certain that it was not sent.
    Scope::current().observe(|event| {
        if event.name() == "call_finished" && event.call().is_some_and(|it| it.ends_with("paid")) {
            let log_server = Service::new([fails(NOT_SENT)]);
            assert!(futures::executor::block_on(log(&log_server)).is_err());
        }
    });
    let service = Service::new([fails(LOST)]);
    assert!(order(&service).await.is_err());
    assert_eq!(service.calls(), 1, "the payment is not taken back");
}

/// Every event of the current scope: its word, its attempt if it has one, and when it came.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn record() -> Self {
        let (told, start) = (Self::default(), Instant::now());
        let into = told.clone();
        Scope::current().observe(move |event| {
            let (name, at) = (event.name(), start.elapsed().as_millis());
            let line = match event.attempt() {
                Some(attempt) => format!("{at} {name} {attempt}"),
                None => format!("{at} {name}"),
            };
            into.0.lock().expect("no observer panics").push(line);
        });
        told
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no observer panics").clone()
    }
}

/// The one `CallFinished` of the scope, as its line.
fn record_end() -> Arc<Mutex<Vec<String>>> {
    let ends = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&ends);
    Scope::current().observe(move |event| {
        if event.name() == "call_finished" {
            let line = event.to_string();
            let (_path, line) = line.split_once("::").expect("a call has a path");
            into.lock()
                .expect("no observer panics")
                .push(line.rsplit("::").next().unwrap_or_default().to_owned());
        }
    });
    ends
}

fn ended(ends: &Arc<Mutex<Vec<String>>>) -> Vec<String> {
    ends.lock().expect("no observer panics").clone()
}

#[retry(idempotent, backoff(fixed, "1s"), jitter(none))]
#[timeout(total = "10s", attempt = "3s")]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotent, backoff(fixed, "1s"), jitter(none), budget(none))]
async fn bare(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[non_idempotent]
#[timeout("3s", unknown(to_caller))]
async fn once(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_call_is_framed_by_its_events_and_so_is_each_attempt() {
    let told = Told::record();
    let service = Service::new([fails(BUSY).after(ms(100)), OK.after(ms(50))]);
    call(&service).await.unwrap();
    let expected = [
        "0 call_started",
        "0 attempt_started 1",
        "100 attempt_finished 1",
        "100 retry_scheduled 1",
        "1100 attempt_started 2",
        "1150 attempt_finished 2",
        "1150 call_finished",
    ];
    assert_eq!(told.lines(), expected);
}

#[resilient_runtime::test]
async fn a_function_that_only_repeats_tells_the_same() {
    let told = Told::record();
    bare(&Service::new([fails(BUSY), OK])).await.unwrap();
    let expected = [
        "0 call_started",
        "0 attempt_started 1",
        "0 attempt_finished 1",
        "0 retry_scheduled 1",
        "1000 attempt_started 2",
        "1000 attempt_finished 2",
        "1000 call_finished",
    ];
    assert_eq!(told.lines(), expected);
}

#[resilient_runtime::test]
async fn the_end_says_how_many_attempts_and_how_much_time_it_took() {
    let ends = record_end();
    let _ = call(&Service::new([fails(BUSY).after(ms(100))])).await;
    let _ = once(&Service::new([fails(DECLINED)])).await;
    let _ = once(&Service::new([OK.after(ms(5_000))])).await;
    let expected = [
        "call: failed (Transient { retry_after: None }) after 2.3s and 3 attempt(s)",
        "once: failed (Permanent) after 0ns and 1 attempt(s)",
        "once: failed (Unknown) after 3s and 1 attempt(s)",
    ];
    assert_eq!(ended(&ends), expected);
}

#[resilient_runtime::test]
async fn the_end_is_the_answer_that_the_caller_gets_not_the_last_one() {
    let ends = record_end();
    let service = Service::new([fails(LOST), fails(NOT_SENT), fails(DECLINED)]);
    let error = call(&service).await.unwrap_err();
    assert_eq!(error, Error::answered(LOST, 1));
    assert_eq!(
        ended(&ends),
        ["call: failed (Unknown) after 2s and 3 attempt(s)"]
    );
}

#[resilient_runtime::test]
async fn a_call_that_is_refused_a_repeat_ends_with_the_error_of_its_last_attempt() {
    #[retry(idempotent, backoff(fixed, "1s"), jitter(none), budget("dry"))]
    async fn dry(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(BUSY)]);
    while dry(&service).await.is_err() && service.calls() < 7 {}
    let ends = record_end();
    let told = Told::record();
    let _ = dry(&service).await;
    assert_eq!(ended(&ends).len(), 1);
    assert!(
        ended(&ends)[0].ends_with("after 1s and 1 attempt(s)"),
        "{:?}",
        ended(&ends)
    );
    let last = told.lines().split_off(3);
    assert_eq!(
        last,
        [
            "0 retry_scheduled 1",
            "1000 retry_refused 1",
            "1000 call_finished"
        ]
    );
}

#[resilient_runtime::test]
async fn a_hook_that_eats_the_time_ends_the_call() {
    async fn slow(_service: &Service) {
        tokio::time::sleep(ms(60_000)).await;
    }
    #[retry(idempotent, backoff(fixed, "1s"), jitter(none), before_retry(slow))]
    #[timeout(total = "10s", attempt = "3s")]
    async fn hooked(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let ends = record_end();
    let _ = hooked(&Service::new([fails(BUSY)])).await;
    let expected = ["hooked: failed (Transient { retry_after: None }) after 10s and 1 attempt(s)"];
    assert_eq!(ended(&ends), expected);
}

#[resilient_runtime::test]
async fn a_dropped_call_ends_as_dropped_wherever_it_was_and_an_unpolled_one_says_nothing() {
    let told = Told::record();
    drop(call(&Service::new([OK])));
    assert_eq!(told.lines(), [""; 0]);
    let ends = record_end();
    // In the first body, in the backoff, in the second body.
    for polls in 1..=3 {
        let service = Service::new([fails(BUSY).after(ms(10)), OK.after(ms(10))]);
        assert_eq!(give_up_after(polls, call(&service)).await, None);
    }
    let waits = Service::new([OK.after(ms(10))]);
    assert_eq!(give_up_after(1, once(&waits)).await, None);
    let ends = ended(&ends);
    assert_eq!(ends.len(), 4);
    assert!(
        ends.iter()
            .all(|end| end.contains("was dropped before it ended")),
        "{ends:?}"
    );
}

#[resilient_runtime::test]
async fn a_call_that_panics_ends_as_dropped() {
    #[non_idempotent]
    #[timeout("3s", unknown(to_caller))]
    async fn panics() -> Result<u32, Error> {
        panic!("on purpose")
    }
    let ends = record_end();
    let scope = Scope::current();
    assert!(tokio::spawn(scope.run(panics())).await.is_err());
    assert_eq!(
        ended(&ends),
        ["panics: was dropped before it ended after 0ns and 1 attempt(s)"]
    );
}

#[resilient_runtime::test]
async fn a_wait_for_a_permit_is_told_with_its_length() {
    #[bulkhead(1, wait = "1s")]
    #[non_idempotent]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let told = Told::record();
    let waits = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&waits);
    Scope::current().observe(move |event| {
        if event.name() == "permit_waited" {
            into.lock().unwrap().push(event.to_string());
        }
    });
    let service = Service::new([OK.after(ms(30))]);
    let (one, two) = tokio::join!(limited(&service), limited(&service));
    assert!(one.is_ok() && two.is_ok());
    let waits = waits.lock().unwrap();
    assert_eq!(waits.len(), 1);
    assert!(
        waits[0].ends_with("attempt 1 waited 30ms for the bulkhead"),
        "{waits:?}"
    );
    assert!(told.lines().contains(&"30 permit_waited 1".to_owned()));
}

#[resilient_runtime::test]
async fn a_subscription_hears_from_the_next_call_on_and_only_until_it_is_dropped() {
    let service = Service::new([OK]);
    let heard = Arc::new(Mutex::new(0));
    let count = Arc::clone(&heard);
    let subscription = Scope::current().subscribe(move |_| *count.lock().unwrap() += 1);
    call(&service).await.unwrap();
    drop(subscription);
    call(&service).await.unwrap();
    // Started, attempt started, attempt finished, finished.
    assert_eq!(*heard.lock().unwrap(), 4);
}

#[resilient_runtime::test]
async fn b26_an_observer_may_make_the_very_call_it_hears_of() {
    #[bulkhead(1)]
    #[non_idempotent]
    async fn alone(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let answers = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&answers);
    Scope::current().observe(move |event| {
        if event.name() == "call_finished" {
            let service = Service::new([OK]);
            let polled = resilient_tests::polls::poll_once(alone(&service));
            into.lock().unwrap().push(polled.is_ready());
        }
    });
    alone(&Service::new([OK])).await.unwrap();
    assert!(!answers.lock().unwrap().is_empty());
    assert!(
        answers.lock().unwrap().iter().all(|ready| *ready),
        "the permit was back"
    );
}

#[resilient_runtime::test]
async fn the_end_of_a_call_that_was_lost_and_found_is_a_success_and_dropped_while_it_asks_a_drop() {
    #[read_only]
    async fn find(_order: &str) -> Result<Option<u32>, Error> {
        tokio::time::sleep(ms(10)).await;
        Ok(Some(7))
    }
    #[idempotent]
    #[retry(attempts = 2, backoff(fixed, "1s"), jitter(none))]
    #[on_unknown(key(order), confirm(find), settles = "10s")]
    #[timeout(total = "60s", attempt = "5s")]
    async fn found(service: &Service, order: &str) -> Result<u32, Error> {
        service.call().await
    }
    let ends = record_end();
    assert_eq!(found(&Service::new([fails(LOST)]), "a").await, Ok(7));
    let ended_as = |text: &str| ended(&ends).last().is_some_and(|end| end.starts_with(text));
    assert!(ended_as("found: succeeded after"), "{:?}", ended(&ends));
    let late = Service::new([fails(LOST)]);
    let cut = tokio::time::timeout(ms(1_005), found(&late, "b")).await;
    assert!(cut.is_err());
    assert!(ended_as("found: was dropped"), "{:?}", ended(&ends));
}
