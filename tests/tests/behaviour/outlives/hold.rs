//! `hold`: a stream keeps permit, ticket and deadline of its call, and says how it ended.

use std::pin::Pin;
use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use resilient_runtime::breaker::Breaker;
use resilient_runtime::bulkhead::{Bulkhead, Settings};
use resilient_runtime::{
    BodyError, Classify, Failure, Hold, breaker, bulkhead, hold, retry, timeout,
};
use resilient_tests::service::{BUSY, Error, LOST, Service, Step, fails, ms};
use tokio::time::{Instant, sleep};

type Body = Hold<BoxStream<'static, Result<u32, Error>>>;

struct Client {
    bulkhead: Bulkhead,
    breaker: Breaker,
}

impl Client {
    fn new() -> Self {
        Self {
            bulkhead: Bulkhead::new(Settings::new(1)),
            breaker: Breaker::new(resilient_runtime::breaker::Settings::new().consecutive(2)),
        }
    }

    /// A head at once, then the service's answers until one is an error or three were read.
    #[retry(idempotent, attempts = 2, budget(none))]
    #[timeout(total = "10s", attempt = "1s")]
    #[bulkhead(self.bulkhead)]
    #[breaker(self.breaker)]
    async fn download(&self, service: &Arc<Service>) -> Result<Body, Error> {
        Ok(hold(body(service)))
    }

    fn in_flight(&self) -> u32 {
        self.bulkhead.own_snapshot().in_flight
    }
}

fn body(service: &Arc<Service>) -> BoxStream<'static, Result<u32, Error>> {
    let service = Arc::clone(service);
    let items = stream::unfold(0, move |read| {
        let service = Arc::clone(&service);
        async move { (read < 3).then_some((service.call().await, read + 1)) }
    });
    items.boxed()
}

fn service(step: Step) -> Arc<Service> {
    Arc::new(Service::new([step]))
}

const SOON: Step = resilient_tests::service::OK.after(ms(100));

#[resilient_runtime::test]
async fn a_stream_holds_its_permit_to_the_end_and_no_longer() {
    let client = Client::new();
    let mut body = client.download(&service(SOON)).await.expect("a head");
    assert_eq!(client.in_flight(), 1);
    assert!(
        client
            .download(&service(SOON))
            .await
            .is_err_and(|error| error.is_refusal())
    );
    let read: Vec<_> = body
        .by_ref()
        .map(|item| item.expect("it answers"))
        .collect()
        .await;
    assert_eq!(read, [1, 2, 3]);
    assert_eq!(client.in_flight(), 0, "also while the value lives");
    assert!(body.next().await.is_none(), "it stays over");
}

#[resilient_runtime::test]
async fn a_stream_that_is_dropped_gives_everything_back() {
    let client = Client::new();
    let mut body = client.download(&service(SOON)).await.expect("a head");
    let _ = body.next().await;
    drop(body);
    assert_eq!(client.in_flight(), 0);
    drop(client.download(&service(SOON)).await.expect("never polled"));
    assert_eq!(client.in_flight(), 0);
}

#[resilient_runtime::test]
async fn the_breaker_hears_how_the_stream_ended_and_not_its_head() {
    let client = Client::new();
    for opened in [false, true] {
        let mut body = client
            .download(&service(fails(LOST)))
            .await
            .expect("a head");
        let error = body.next().await.expect("an item").expect_err("it is lost");
        assert_eq!(error, BodyError::Failed(Error::answered(LOST, 1)));
        assert_eq!(error.failure(), Failure::Unknown);
        assert!(body.next().await.is_none(), "over after an error");
        let refused = client.download(&service(SOON)).await;
        if opened {
            assert!(
                refused.is_err_and(|error| error.is_refusal()),
                "the breaker is open"
            );
        } else {
            drop(refused.expect("one is not two in a row"));
        }
    }
    let cured = Client::new();
    for step in [fails(LOST), SOON, fails(LOST), SOON] {
        let body = cured.download(&service(step)).await.expect("never open");
        let _ = body.collect::<Vec<_>>().await;
    }
}

#[resilient_runtime::test]
async fn a_stream_ends_with_the_time_of_its_call() {
    let (client, started) = (Client::new(), Instant::now());
    let slow = service(resilient_tests::service::OK.after(ms(400)));
    let body = client.download(&slow).await.expect("a head");
    let read: Vec<_> = body.collect().await;
    assert_eq!(
        (read.len(), started.elapsed()),
        (3, ms(1_000)),
        "the attempt's limit"
    );
    assert!(
        matches!(read[2], Err(BodyError::TimedOut(_))),
        "{:?}",
        read[2]
    );
    assert_eq!((client.in_flight(), slow.unfinished()), (0, 1));

    #[timeout("400ms")]
    async fn around(client: &Client, service: &Arc<Service>) -> Result<Body, Error> {
        sleep(ms(100)).await;
        client.download(service).await
    }
    let started = Instant::now();
    let read: Vec<_> = around(&client, &slow)
        .await
        .expect("a head")
        .collect()
        .await;
    assert_eq!(
        (read.len(), started.elapsed()),
        (1, ms(400)),
        "the caller's limit"
    );
}

#[resilient_runtime::test]
async fn a_function_that_fails_after_all_holds_nothing_and_is_repeated() {
    #[retry(idempotent, jitter(none), budget(none))]
    #[bulkhead("fails-after-all", 1)]
    async fn fails_after_all(service: &Arc<Service>) -> Result<Body, Error> {
        let body = hold(body(service));
        sleep(ms(10)).await;
        drop(body);
        Err(Error::answered(BUSY, 0))
    }
    let (service, started) = (service(SOON), Instant::now());
    let error = fails_after_all(&service).await.err().expect("it fails");
    assert_eq!(error, Error::answered(BUSY, 0), "no permit was missing");
    assert_eq!(started.elapsed(), ms(330), "three times");
}

#[resilient_runtime::test]
async fn a_stream_that_panics_gives_its_permit_back() {
    let client = Client::new();
    let mut body = client
        .download(&service(resilient_tests::service::PANICS))
        .await
        .expect("a head");
    let panicked = tokio::spawn(async move { body.next().await.is_some() }).await;
    assert!(panicked.is_err());
    assert_eq!(client.in_flight(), 0);
}

#[resilient_runtime::test]
async fn outside_of_a_call_it_is_the_plain_stream_and_nobody_else_s_permit_goes_with_it() {
    let service = service(SOON);
    let held: Pin<Box<Body>> = Box::pin(hold(body(&service)));
    let client = Client::new();
    #[bulkhead("somebody-else", 1)]
    async fn other() -> Result<(), Error> {
        Ok(())
    }
    for _ in 0..2 {
        other().await.expect("its permit comes back");
    }
    assert_eq!(client.in_flight(), 0);
    assert_eq!(held.count().await, 3);
}

#[resilient_runtime::test]
async fn of_two_calls_at_a_time_each_stream_holds_its_own_permit() {
    #[bulkhead("two-at-a-time", 2)]
    async fn download(service: &Arc<Service>, head: u64) -> Result<Body, Error> {
        let body = hold(body(service));
        sleep(ms(head)).await;
        Ok(body)
    }
    let service = service(SOON);
    let (one, two) = tokio::join!(download(&service, 10), download(&service, 5));
    let full = |answer: Result<Body, Error>| answer.is_err_and(|error| error.is_refusal());
    assert!(full(download(&service, 0).await));
    drop(one);
    let three = download(&service, 0).await;
    assert!(full(download(&service, 0).await));
    drop((two, three));
    assert!(download(&service, 0).await.is_ok());
}
