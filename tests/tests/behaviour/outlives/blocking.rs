//! `blocking`: a thread keeps the permit of its call until it is done.
//!
//! On the real clock, in which the threads live: nothing is timed but an order of events.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use resilient_runtime::bulkhead::{Bulkhead, Settings};
use resilient_runtime::{Scope, blocking, bulkhead, non_idempotent, remaining, retry, timeout};
use resilient_tests::service::{BUSY, Error, OK, Service, ms};

struct Client(Bulkhead);

impl Client {
    fn new() -> Self {
        Self(Bulkhead::new(Settings::new(1)))
    }

    #[timeout("50ms")]
    #[bulkhead(self.0)]
    async fn work(&self, gate: mpsc::Receiver<()>) -> Result<bool, Error> {
        Ok(blocking(move || gate.recv().is_ok()).await)
    }

    fn in_flight(&self) -> u32 {
        self.0.own_snapshot().in_flight
    }

    /// The thread is told on its way out, so it is asked again until it is gone.
    async fn until_free(&self) {
        for _ in 0..2_000 {
            if self.in_flight() == 0 {
                return;
            }
            tokio::time::sleep(ms(5)).await;
        }
        panic!("the permit never came back");
    }
}

#[tokio::test]
async fn a_thread_that_is_done_in_time_gives_the_permit_back_with_the_answer() {
    let (client, (open, gate)) = (Client::new(), mpsc::channel());
    open.send(()).expect("the gate is there");
    assert_eq!(client.work(gate).await, Ok(true));
    client.until_free().await;
}

#[tokio::test]
async fn a_thread_that_outlives_its_call_keeps_the_permit_until_it_is_done() {
    let (client, (open, gate)) = (Client::new(), mpsc::channel());
    assert!(client.work(gate).await.expect_err("cut off").is_cut_off());
    assert_eq!(
        client.in_flight(),
        1,
        "the caller has gone, the thread has not"
    );
    let (_never, another) = mpsc::channel();
    assert!(client.work(another).await.expect_err("full").is_refusal());
    open.send(()).expect("the thread waits for it");
    client.until_free().await;
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_the_permit_with_its_thread() {
    let (client, (open, gate)) = (Client::new(), mpsc::channel());
    let dropped = tokio::time::timeout(ms(10), client.work(gate)).await;
    assert!(dropped.is_err());
    assert_eq!(client.in_flight(), 1);
    drop(open);
    client.until_free().await;
}

#[tokio::test]
async fn a_panic_in_the_thread_is_one_in_the_caller_and_gives_the_permit_back() {
    struct Panics(Bulkhead);
    impl Panics {
        #[bulkhead(self.0)]
        async fn work(&self) -> Result<(), Error> {
            blocking(|| panic!("in the thread")).await;
            Ok(())
        }
    }
    let client = Arc::new(Panics(Bulkhead::new(Settings::new(1))));
    let caller = Arc::clone(&client);
    let panicked = tokio::spawn(async move { caller.work().await }).await;
    let panic = panicked.expect_err("it panics").into_panic();
    assert_eq!(panic.downcast_ref(), Some(&"in the thread"));
    assert_eq!(client.0.own_snapshot().in_flight, 0);
}

#[tokio::test]
async fn the_permit_waits_for_the_last_of_several_threads() {
    struct Several(Bulkhead);
    impl Several {
        #[timeout("50ms")]
        #[bulkhead(self.0)]
        async fn work(&self, gates: [mpsc::Receiver<()>; 2]) -> Result<bool, Error> {
            let [one, two] = gates.map(|gate| blocking(move || gate.recv().is_ok()));
            let (one, two) = tokio::join!(one, two);
            Ok(one && two)
        }
    }
    let client = Several(Bulkhead::new(Settings::new(1)));
    let ((first, one), (second, two)) = (mpsc::channel(), mpsc::channel());
    assert!(client.work([one, two]).await.is_err());
    drop(first);
    tokio::time::sleep(ms(50)).await;
    assert_eq!(
        client.0.own_snapshot().in_flight,
        1,
        "one of them still runs"
    );
    drop(second);
    let client = Client(client.0);
    client.until_free().await;
}

#[tokio::test]
async fn a_thread_sees_the_time_and_the_scope_of_its_call() {
    #[timeout("5s")]
    async fn work() -> Result<(Option<Duration>, bool), Error> {
        Ok(blocking(|| (remaining(), Scope::current().is_process())).await)
    }
    let (left, process) = Scope::new().run(work()).await.expect("it is done");
    let left = left.expect("there is a limit");
    assert!(left > ms(0) && left <= ms(5_000) && !process);
}

#[tokio::test]
async fn a_payment_in_a_thread_is_not_repeated_and_a_read_is() {
    #[non_idempotent]
    async fn charge(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, jitter(none), budget(none), backoff(fixed, "1ms"))]
    async fn attempts(service: &Arc<Service>, pays: bool, made: &AtomicU32) -> Result<u32, Error> {
        made.fetch_add(1, Ordering::Relaxed);
        hidden(service, pays).await
    }
    async fn hidden(service: &Arc<Service>, pays: bool) -> Result<u32, Error> {
        let (service, runtime) = (Arc::clone(service), tokio::runtime::Handle::current());
        let pay = move || {
            if pays {
                let _ = runtime.block_on(charge(&service));
            }
        };
        blocking(pay).await;
        Err(Error::answered(BUSY, 0))
    }
    for (pays, expected) in [(true, 1), (false, 3)] {
        let (service, made) = (Arc::new(Service::new([OK])), AtomicU32::new(0));
        assert!(attempts(&service, pays, &made).await.is_err());
        assert_eq!(made.into_inner(), expected);
    }
}

#[test]
fn a_runtime_that_goes_down_leaves_no_permit_behind() {
    let client = Arc::new(Client::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a timer");
    let (open, gate) = mpsc::channel();
    let caller = Arc::clone(&client);
    runtime.spawn(async move { caller.work(gate).await });
    runtime.block_on(tokio::task::yield_now());
    drop(open);
    drop(runtime);
    assert_eq!(client.in_flight(), 0);
}
