//! What lanes do with the arguments: borrow them, or own a clone each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use resilient_runtime::{hedge, idempotent, read_only, retry};
use resilient_tests::service::{BUSY, Error, HANGS, OK, Service, fails, ms};

#[derive(Debug)]
struct Body(Arc<AtomicU32>, Vec<u8>);

impl Clone for Body {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(&self.0), self.1.clone())
    }
}

fn body() -> (Body, Arc<AtomicU32>) {
    let clones = Arc::new(AtomicU32::new(0));
    (Body(Arc::clone(&clones), vec![1, 2]), clones)
}

async fn send(service: &Service, body: Body, count: u64) -> Result<u64, Error> {
    let call = service.call().await?;
    Ok(u64::from(call) * count + body.1.len() as u64)
}

#[hedge(after = "80ms", clone(body, count))]
#[idempotent]
async fn put(service: &Service, body: Body, mut count: u64) -> Result<u64, Error> {
    count += 10;
    send(service, body, count).await
}

#[retry(idempotent, attempts = 2, clone(body))]
#[hedge(after = "80ms", clone(body))]
async fn put_again(service: &Service, body: Body) -> Result<u64, Error> {
    send(service, body, 10).await
}

#[resilient_runtime::test]
async fn every_lane_has_its_own_clone_and_the_last_one_the_value() {
    let (given, clones) = body();
    assert_eq!(put(&Service::new([OK]), given, 0).await, Ok(12));
    assert_eq!(clones.load(Ordering::Relaxed), 1);
    let (given, clones) = body();
    let service = Service::new([HANGS, OK]);
    assert_eq!(put(&service, given, 0).await, Ok(22), "`count` is 10 again");
    assert_eq!(clones.load(Ordering::Relaxed), 1);
    let (given, clones) = body();
    let service = Service::new([
        fails(BUSY).after(ms(100)),
        fails(BUSY).after(ms(10)),
        HANGS,
        OK,
    ]);
    assert_eq!(put_again(&service, given).await, Ok(42));
    assert_eq!(clones.load(Ordering::Relaxed), 3);
}

#[derive(Clone)]
struct Client {
    service: Arc<Service>,
}

impl Client {
    #[hedge(after = "80ms")]
    #[read_only]
    async fn by_reference(&self, (key, _rest): (&str, u8)) -> Result<usize, Error> {
        Ok(self.service.call().await? as usize + key.len())
    }

    #[hedge(after = "80ms")]
    #[read_only]
    async fn borrowed<'a>(&'a self, key: &'a str) -> Result<&'a str, Error> {
        self.service.call().await.map(|_| key)
    }

    #[hedge(after = "80ms", clone(self))]
    #[read_only]
    async fn by_value(self) -> Result<u32, Error> {
        let Self { service } = self;
        service.call().await
    }

    #[hedge(after = "80ms")]
    #[read_only]
    async fn counted(self: Arc<Self>) -> Result<u32, Error> {
        self.service.call().await
    }
}

fn client() -> Client {
    let service = Arc::new(Service::new([HANGS, OK.after(ms(5))]));
    Client { service }
}

#[resilient_runtime::test]
async fn receivers_of_every_kind_are_shared_by_the_lanes() {
    assert_eq!(client().by_reference(("abc", 1)).await, Ok(5));
    assert_eq!(client().borrowed("abc").await, Ok("abc"));
    assert_eq!(client().by_value().await, Ok(2));
    assert_eq!(Arc::new(client()).counted().await, Ok(2));
}

#[async_trait::async_trait]
trait Search {
    async fn find(&self, key: String) -> Result<u32, Error>;
}

#[async_trait::async_trait]
impl Search for Client {
    #[hedge(after = "80ms", clone(key))]
    #[read_only]
    async fn find(&self, key: String) -> Result<u32, Error> {
        drop(key);
        self.service.call().await
    }
}

#[resilient_runtime::test]
async fn a_boxed_method_is_hedged_as_any_other() {
    assert_eq!(client().find("key".to_owned()).await, Ok(2));
}

#[resilient_runtime::test]
async fn a_hedged_call_may_be_spawned_where_its_body_may() {
    fn assert_send<T: Send>(future: T) -> T {
        future
    }
    let client = client();
    assert_eq!(assert_send(client.borrowed("abc")).await, Ok("abc"));
    let cell = std::cell::Cell::new(0);
    #[hedge(after = "80ms")]
    #[read_only]
    async fn local(cell: &std::cell::Cell<u32>) -> Result<u32, Error> {
        cell.set(cell.get() + 1);
        let held = std::rc::Rc::new(cell.get());
        if *held == 1 {
            std::future::pending::<()>().await;
        }
        Ok(*held)
    }
    assert_eq!(local(&cell).await, Ok(2), "both run on one thread");
}
