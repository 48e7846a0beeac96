//! `before_retry`, and arguments that every attempt needs.

use std::sync::Mutex;

use resilient_runtime::{retry, timeout};
use resilient_tests::service::{BUSY, DECLINED, Error, LOST, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

/// Who was called, in order.
#[derive(Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn note(&self, line: impl Into<String>) {
        self.0
            .lock()
            .expect("no test panics in here")
            .push(line.into());
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no test panics in here").clone()
    }
}

async fn refresh(service: &Service, diary: &Diary, order: u32) {
    diary.note(format!("refresh {order} after call {}", service.calls()));
    sleep(ms(30)).await;
}

#[retry(idempotent, jitter(none), budget(none), before_retry(refresh))]
async fn refreshed(service: &Service, diary: &Diary, order: u32) -> Result<u32, Error> {
    diary.note(format!("call {order}"));
    service.call().await
}

#[resilient_runtime::test]
async fn before_retry_runs_between_attempts_with_the_functions_arguments() {
    let (service, diary) = (Service::new([fails(BUSY)]), Diary::default());
    assert_eq!(
        refreshed(&service, &diary, 7).await,
        Err(Error::answered(BUSY, 3))
    );
    let expected = [
        "call 7",
        "refresh 7 after call 1",
        "call 7",
        "refresh 7 after call 2",
        "call 7",
    ];
    assert_eq!(
        diary.lines(),
        expected,
        "not before the first, not after the last"
    );
    assert_eq!(service.starts(), [0, 130, 360], "behind the backoff");
}

#[resilient_runtime::test]
async fn before_retry_does_not_run_when_nothing_is_repeated() {
    for step in [OK, fails(DECLINED)] {
        let (service, diary) = (Service::new([step]), Diary::default());
        let _ = refreshed(&service, &diary, 7).await;
        assert_eq!(diary.lines(), ["call 7"]);
    }
}

#[resilient_runtime::test]
async fn before_retry_runs_inside_the_deadline_and_the_last_error_is_returned() {
    async fn hang(_service: &Service) {
        std::future::pending::<()>().await;
    }
    #[retry(idempotent, jitter(none), budget(none), before_retry(hang))]
    #[timeout(total = "1s", attempt = "300ms")]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (Service::new([fails(LOST)]), Instant::now());
    assert_eq!(call(&service).await, Err(Error::answered(LOST, 1)));
    assert_eq!(started.elapsed(), ms(1_000));
}

/// An argument that counts its clones.
#[derive(Debug)]
struct Counted<'a> {
    clones: &'a Mutex<u32>,
    clone: u32,
}

impl Clone for Counted<'_> {
    fn clone(&self) -> Self {
        let mut clones = self.clones.lock().expect("no test panics in here");
        *clones += 1;
        Self {
            clones: self.clones,
            clone: *clones,
        }
    }
}

#[resilient_runtime::test]
async fn a_cloned_argument_is_the_same_for_every_attempt_and_moved_into_the_last() {
    #[retry(idempotent, jitter(none), budget(none), clone(order))]
    async fn call(
        service: &Service,
        order: Counted<'_>,
        seen: &Mutex<Vec<u32>>,
    ) -> Result<u32, Error> {
        let consumed = order;
        seen.lock()
            .expect("no test panics in here")
            .push(consumed.clone);
        service.call().await
    }
    let (clones, seen) = (Mutex::new(0), Mutex::default());
    let service = Service::new([fails(BUSY)]);
    let _ = call(
        &service,
        Counted {
            clones: &clones,
            clone: 0,
        },
        &seen,
    )
    .await;
    assert_eq!(
        *seen.lock().expect("no test panics in here"),
        [1, 2, 0],
        "the last gets the argument itself"
    );
    assert_eq!(*clones.lock().expect("no test panics in here"), 2);
}

#[resilient_runtime::test]
async fn a_cloned_impl_into_argument_is_converted_once() {
    struct Text<'a>(&'a Mutex<u32>);
    impl From<Text<'_>> for String {
        fn from(text: Text<'_>) -> Self {
            *text.0.lock().expect("no test panics in here") += 1;
            "order-1".to_owned()
        }
    }
    #[retry(idempotent, jitter(none), budget(none), clone(order))]
    async fn call(service: &Service, order: impl Into<String>) -> Result<String, Error> {
        let order: String = order;
        service.call().await.map(|_| order)
    }
    let (conversions, service) = (Mutex::new(0), Service::new([fails(BUSY), fails(BUSY), OK]));
    assert_eq!(
        call(&service, Text(&conversions)).await,
        Ok("order-1".to_owned())
    );
    assert_eq!(*conversions.lock().expect("no test panics in here"), 1);
}

#[resilient_runtime::test]
async fn before_retry_gets_a_cloned_argument_that_the_attempt_has_used_up() {
    async fn hook(_service: &Service, order: String, diary: &Diary) {
        diary.note(format!("hook {order}"));
    }
    #[retry(
        idempotent,
        jitter(none),
        budget(none),
        clone(order),
        before_retry(hook)
    )]
    async fn call(service: &Service, order: String, diary: &Diary) -> Result<u32, Error> {
        diary.note(order);
        service.call().await
    }
    let (service, diary) = (Service::new([fails(BUSY), OK]), Diary::default());
    assert_eq!(call(&service, "order-1".to_owned(), &diary).await, Ok(2));
    assert_eq!(diary.lines(), ["order-1", "hook order-1", "order-1"]);
}

#[resilient_runtime::test]
async fn calls_in_before_retry_inherit_the_deadline() {
    #[timeout("10s")]
    async fn token(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    async fn refresh(_service: &Service, tokens: &Service, diary: &Diary) {
        let answer = token(tokens).await;
        diary.note(format!("{answer:?}"));
    }
    #[retry(idempotent, jitter(none), budget(none), before_retry(refresh))]
    #[timeout(total = "1s", attempt = "300ms")]
    async fn call(service: &Service, tokens: &Service, diary: &Diary) -> Result<u32, Error> {
        service.call().await
    }
    #[timeout(total = "10s", least = "5s")]
    async fn needs_five_seconds(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    async fn refresh_if_time(_service: &Service, tokens: &Service, diary: &Diary) {
        let answer = needs_five_seconds(tokens).await;
        diary.note(if answer.is_err_and(|error| error.is_refusal()) {
            "too late"
        } else {
            "in time"
        });
    }
    #[retry(idempotent, jitter(none), budget(none), before_retry(refresh_if_time))]
    #[timeout(total = "1s", attempt = "300ms")]
    async fn late(service: &Service, tokens: &Service, diary: &Diary) -> Result<u32, Error> {
        service.call().await
    }
    let (service, tokens, diary) = (
        Service::new([fails(BUSY), OK]),
        Service::new([OK]),
        Diary::default(),
    );
    assert_eq!(call(&service, &tokens, &diary).await, Ok(2));
    assert_eq!(diary.lines(), ["Ok(1)"]);
    let (service, tokens, diary) = (
        Service::new([fails(BUSY), OK]),
        Service::new([OK]),
        Diary::default(),
    );
    assert_eq!(late(&service, &tokens, &diary).await, Ok(2));
    assert_eq!(
        diary.lines(),
        ["too late"],
        "900 ms are left, and it needs 5 s"
    );
    assert_eq!(tokens.calls(), 0);
}
