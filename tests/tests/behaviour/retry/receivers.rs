//! Methods: `self` in keys, hooks and clones, also behind `#[async_trait]`.

use std::sync::{Arc, Mutex};

use resilient_runtime::breaker::{Breaker, Phase, Settings};
use resilient_runtime::bulkhead::Bulkhead;
use resilient_runtime::{breaker, bulkhead, idempotency_key, retry, timeout};
use resilient_tests::service::{BUSY, Error, HANGS, LOST, OK, Service, fails, ms};

#[derive(Clone)]
struct Client {
    name: &'static str,
    breaker: Breaker,
    bulkhead: Bulkhead,
    diary: Arc<Mutex<Vec<String>>>,
}

impl Client {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            breaker: Breaker::new(Settings::new().consecutive(2)),
            bulkhead: Bulkhead::new(bulkhead::Settings::new(1)),
            diary: Arc::default(),
        }
    }

    fn note(&self, line: String) {
        self.diary
            .lock()
            .expect("no test panics in here")
            .push(line);
    }

    fn diary(&self) -> Vec<String> {
        self.diary.lock().expect("no test panics in here").clone()
    }

    async fn refresh(&self, service: &Service, order: u32) {
        tokio::task::yield_now().await;
        self.note(format!(
            "{} refreshes for {order} after {}",
            self.name,
            service.calls()
        ));
    }

    #[retry(idempotent, jitter(none), budget(none), before_retry(Self::refresh))]
    async fn refreshed(&self, service: &Service, order: u32) -> Result<u32, Error> {
        self.note(format!("{} orders {order}", self.name));
        service.call().await
    }

    #[retry(idempotent, jitter(none), budget(none), clone(self))]
    async fn consumed(self, service: &Service) -> Result<u32, Error> {
        let Self { name, diary, .. } = self;
        diary
            .lock()
            .expect("no test panics in here")
            .push(format!("{name} is gone"));
        service.call().await
    }

    async fn refresh_by_value(self, _service: &Service) {
        tokio::task::yield_now().await;
        self.note(format!("{} refreshes", self.name));
    }

    #[retry(
        idempotent,
        jitter(none),
        budget(none),
        clone(self),
        before_retry(Self::refresh_by_value)
    )]
    async fn consumed_and_refreshed(self, service: &Service) -> Result<u32, Error> {
        drop(self);
        service.call().await
    }
}

#[resilient_runtime::test]
async fn a_hook_gets_the_receiver_first() {
    let (client, service) = (Client::new("shop"), Service::new([fails(BUSY), OK]));
    assert_eq!(client.refreshed(&service, 7).await, Ok(2));
    assert_eq!(
        client.diary(),
        [
            "shop orders 7",
            "shop refreshes for 7 after 1",
            "shop orders 7"
        ]
    );
}

#[resilient_runtime::test]
async fn a_receiver_by_value_is_cloned_for_every_attempt_but_the_last() {
    let client = Client::new("shop");
    let diary = Arc::clone(&client.diary);
    let service = Service::new([fails(BUSY)]);
    assert!(client.clone().consumed(&service).await.is_err());
    assert_eq!(client.diary(), vec!["shop is gone"; 3]);
    assert_eq!(
        client
            .consumed_and_refreshed(&Service::new([fails(BUSY), OK]))
            .await,
        Ok(2)
    );
    assert_eq!(
        diary.lock().expect("no test panics in here")[3..],
        ["shop refreshes"]
    );
    assert_eq!(Arc::strong_count(&diary), 1, "no clone is left");
}

#[async_trait::async_trait]
trait Gateway: Send + Sync {
    async fn order(&self, service: &Service, order: &str) -> Result<u32, Error>;
}

#[async_trait::async_trait]
impl Gateway for Client {
    #[retry(
        idempotency_key(format!("{}-{order}", self.name)), attempts = 2, jitter(none), budget(none),
        before_retry(Self::refresh_boxed)
    )]
    #[timeout(total = "2s", attempt = "500ms")]
    #[breaker(self.breaker)]
    #[bulkhead(self.bulkhead)]
    async fn order(&self, service: &Service, order: &str) -> Result<u32, Error> {
        self.note(idempotency_key().map_or_else(String::new, |key| key.to_string()));
        service.call().await
    }
}

impl Client {
    async fn refresh_boxed(&self, _service: &Service, order: &str) {
        tokio::task::yield_now().await;
        self.note(format!("refreshes for {order}"));
    }
}

#[resilient_runtime::test]
async fn all_of_it_works_behind_an_async_trait() {
    let client = Client::new("shop");
    let gateway: &dyn Gateway = &client;
    let service = Service::new([HANGS, OK.after(ms(100))]);
    assert_eq!(gateway.order(&service, "1").await, Ok(2));
    assert_eq!(
        service.starts(),
        [0, 600],
        "cut off after 500 ms, and 100 ms later again"
    );
    assert_eq!(client.diary(), ["shop-1", "refreshes for 1", "shop-1"]);

    let service = Service::new([OK.after(ms(100))]);
    let (one, other) = tokio::join!(gateway.order(&service, "2"), gateway.order(&service, "3"));
    assert_eq!((one.is_ok(), other.is_ok()), (true, false), "one at a time");

    let _ = gateway.order(&Service::new([fails(LOST)]), "4").await;
    assert_eq!(client.breaker.own_snapshot().phase, Phase::Open);
    assert!(
        gateway
            .order(&Service::new([OK]), "5")
            .await
            .is_err_and(|error| error.is_refusal())
    );
    assert!(
        Client::new("other")
            .order(&Service::new([OK]), "5")
            .await
            .is_ok()
    );
}
