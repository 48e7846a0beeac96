//! The time left as a value: read in a body, handed on as a header, installed around a handler.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilient_runtime::deadline::BadDeadline;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Deadline, breaker, remaining, retry, timeout, with_deadline};
use resilient_tests::service::{BUSY, Error, HANGS, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

#[timeout("1s")]
async fn left_after(already: u64) -> Result<Option<Duration>, Error> {
    sleep(ms(already)).await;
    Ok(remaining())
}

#[resilient_runtime::test]
async fn a_body_reads_the_time_that_is_left() {
    assert_eq!(left_after(0).await, Ok(Some(ms(1_000))));
    assert_eq!(left_after(700).await, Ok(Some(ms(300))));
    assert_eq!(remaining(), None, "outside of a call");
}

#[resilient_runtime::test]
async fn a_call_without_a_limit_has_no_time_to_read() {
    #[retry(idempotent, attempts = 2, budget(none))]
    async fn repeated() -> Result<Option<Duration>, Error> {
        Ok(remaining())
    }
    #[breaker(consecutive = 5)]
    async fn guarded() -> Result<Option<Duration>, Error> {
        repeated().await
    }
    assert_eq!(guarded().await, Ok(None));
    assert_eq!(Deadline::current(), None);
}

#[resilient_runtime::test]
async fn the_shortest_limit_is_the_time_left_whoever_set_it() {
    #[timeout("400ms")]
    async fn inner() -> Result<Option<Duration>, Error> {
        unannotated().await
    }
    async fn unannotated() -> Result<Option<Duration>, Error> {
        Ok(remaining())
    }
    #[timeout("1s")]
    async fn outer(already: u64) -> Result<(Option<Duration>, Option<Duration>), Error> {
        sleep(ms(already)).await;
        let inside = inner().await?;
        Ok((inside, remaining()))
    }
    assert_eq!(outer(0).await, Ok((Some(ms(400)), Some(ms(1_000)))));
    assert_eq!(outer(900).await, Ok((Some(ms(100)), Some(ms(100)))));
}

#[resilient_runtime::test]
async fn every_attempt_reads_its_own_limit_or_what_is_left_of_the_whole() {
    #[retry(idempotent, backoff(fixed, "100ms"), jitter(none), budget(none))]
    #[timeout(total = "1s", attempt = "500ms")]
    async fn call(service: &Service, seen: &Mutex<Vec<u64>>) -> Result<u32, Error> {
        let left = remaining().expect("there is a limit");
        seen.lock()
            .expect("nobody panics")
            .push(u64::try_from(left.as_millis()).expect("short"));
        service.call().await
    }
    let seen = Mutex::default();
    let service = Service::new([fails(BUSY).after(ms(300))]);
    assert!(call(&service, &seen).await.is_err());
    assert_eq!(*seen.lock().expect("nobody panics"), [500, 500, 200]);
}

#[resilient_runtime::test]
async fn a_handler_ends_with_its_callers_time_and_so_does_all_it_calls() {
    #[timeout("5s", least = "300ms")]
    async fn needs(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (Service::new([HANGS]), Instant::now());
    let deadline = Deadline::from_grpc_timeout("800m").expect("it is one");
    let cut = deadline.run(needs(&service)).await.expect_err("it hangs");
    assert_eq!(
        (cut.kind(), cut.is_unknown(), started.elapsed()),
        (Kind::DeadlineExceeded, true, ms(800))
    );
    assert_eq!(service.unfinished(), 1, "dropped at the deadline");

    let deadline = Deadline::from_millis("299").expect("it is one");
    let refused = deadline.run(needs(&service)).await.expect("in time");
    assert_eq!(
        refused.expect_err("too little is left").kind(),
        Kind::DeadlineExceeded
    );
    assert_eq!(service.calls(), 1, "nothing was sent");
}

#[resilient_runtime::test]
async fn a_deadline_that_is_over_starts_nothing() {
    let (service, deadline) = (Service::new([OK]), Deadline::after(ms(100)));
    sleep(ms(100)).await;
    assert!(deadline.is_over());
    let refused = deadline.run(service.call()).await.expect_err("it is over");
    assert!(!refused.is_unknown(), "{refused}");
    assert_eq!(service.calls(), 0);
    let zero = Deadline::from_grpc_timeout("0n").expect("over already");
    assert!(zero.run(service.call()).await.is_err());
    assert_eq!(
        (zero.grpc_timeout(), zero.millis()),
        ("0n".into(), "0".into())
    );
}

#[resilient_runtime::test]
async fn a_handler_without_a_deadline_has_all_the_time() {
    let answer = with_deadline(None, async {
        sleep(Duration::from_hours(1)).await;
        remaining()
    });
    assert_eq!(answer.await, Ok(None));
}

#[resilient_runtime::test]
async fn nobody_gets_more_time_than_the_call_around_has() {
    #[timeout("1s")]
    async fn around() -> Result<Option<Duration>, Error> {
        let generous = Deadline::after(Duration::from_mins(1));
        generous
            .run(async { remaining() })
            .await
            .map_err(Error::Refused)
    }
    assert_eq!(around().await, Ok(Some(ms(1_000))));
}

#[resilient_runtime::test]
async fn what_a_caller_sends_that_is_no_deadline_is_an_error_with_a_type() {
    for (header, why) in [
        ("", BadDeadline::NotANumber),
        ("-1S", BadDeadline::NotANumber),
        ("100", BadDeadline::Unit),
        ("123456789m", BadDeadline::TooManyDigits),
        ("99999999H", BadDeadline::TooLong),
    ] {
        assert_eq!(Deadline::from_grpc_timeout(header), Err(why), "{header}");
    }
    assert_eq!(
        Deadline::from_millis("99999999999999999999"),
        Err(BadDeadline::TooLong)
    );
}

/// What each of the three services was told, and the last one's own work.
struct Seen {
    service: Service,
    headers: Mutex<Vec<String>>,
}

impl Seen {
    fn told(&self, header: String) {
        self.headers.lock().expect("nobody panics").push(header);
    }
}

fn next_hop() -> String {
    Deadline::current().expect("a limit").grpc_timeout()
}

/// Another process: a task knows the header and nothing else. The wire takes its time.
async fn another_process(
    header: String,
    seen: &Arc<Seen>,
    call: impl Future<Output = Result<u32, Error>> + Send + 'static,
) -> Result<u32, Error> {
    seen.told(header.clone());
    let handler = async move {
        sleep(ms(10)).await;
        let deadline = Deadline::from_grpc_timeout(&header).expect("we wrote it");
        deadline.run(call).await.map_err(Error::Refused)?
    };
    tokio::spawn(handler).await.expect("it does not panic")
}

#[timeout("1s")]
async fn front(seen: Arc<Seen>) -> Result<u32, Error> {
    sleep(ms(100)).await;
    another_process(next_hop(), &seen, middle(Arc::clone(&seen))).await
}

#[timeout("30s")]
async fn middle(seen: Arc<Seen>) -> Result<u32, Error> {
    sleep(ms(200)).await;
    another_process(next_hop(), &seen, back(Arc::clone(&seen))).await
}

#[timeout("30s")]
async fn back(seen: Arc<Seen>) -> Result<u32, Error> {
    seen.service.call().await
}

#[resilient_runtime::test]
async fn a_deadline_handed_through_three_services_holds_in_all_of_them() {
    let seen = Arc::new(Seen {
        service: Service::new([HANGS]),
        headers: Mutex::default(),
    });
    let started = Instant::now();
    let cut = front(Arc::clone(&seen)).await.expect_err("it hangs");
    assert_eq!(
        (cut.kind(), started.elapsed()),
        (Kind::TotalTimeout { limit: ms(1_000) }, ms(1_000)),
        "nobody waits longer than the front"
    );
    assert_eq!(
        *seen.headers.lock().expect("nobody panics"),
        ["900000u", "700000u"],
        "less from hop to hop; the time on the wire nobody sees"
    );
    sleep(ms(21)).await;
    assert_eq!(
        (seen.service.in_flight(), seen.service.unfinished()),
        (0, 1),
        "the others are over as soon as their header says so: two wires later"
    );
}

#[resilient_runtime::test]
async fn a_deadline_kept_earlier_leaves_time_for_the_way_back() {
    let deadline = Deadline::after(ms(500));
    assert_eq!(deadline.earlier(ms(100)).remaining(), ms(400));
    assert!(deadline.earlier(ms(600)).is_over());
}
