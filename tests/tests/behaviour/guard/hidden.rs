//! Ten programs that compile although a retry repeats a payment: eight of them the guard stops.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use resilient_runtime::{non_idempotent, retry};
use resilient_tests::events::Events;
use resilient_tests::service::{BUSY, Error, HANGS, OK, Service, fails, ms};
use tokio::time::{sleep, timeout};

use super::charge;

const FAILED: Error = Error::answered(BUSY, 0);

/// Repeats whatever the closure does, which the checker cannot look into, and says how often the service was called.
async fn charged<F: Future<Output = Result<u32, Error>>>(
    service: &Service,
    program: impl Fn() -> F,
) -> u32 {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn repeated<F: Future<Output = Result<u32, Error>>>(
        program: &impl Fn() -> F,
    ) -> Result<u32, Error> {
        program().await
    }
    let events = Events::record();
    assert!(repeated(&program).await.is_err());
    if service.calls() == 1 {
        let told = events.with("not repeated");
        assert_eq!(told.len(), 1, "{:?}", events.lines());
        assert!(told[0].contains("must not be done twice"), "{told:?}");
    }
    service.calls()
}

#[resilient_runtime::test]
async fn in_a_function_that_says_nothing() {
    async fn helper(service: &Service) -> Result<u32, Error> {
        charge(service).await
    }
    let service = Service::new([fails(BUSY)]);
    assert_eq!(charged(&service, || helper(&service)).await, 1);
}

#[resilient_runtime::test]
async fn in_a_join() {
    let service = Service::new([OK.after(ms(10))]);
    let joined = charged(&service, || async {
        let (answer, failed) = tokio::join!(charge(&service), async { Err::<u32, _>(FAILED) });
        answer.and(failed)
    });
    assert_eq!(joined.await, 1);
}

#[resilient_runtime::test]
async fn in_a_select_that_lets_it_go() {
    let service = Service::new([HANGS]);
    let selected = charged(&service, || async {
        tokio::select! {
            answer = charge(&service) => answer,
            () = sleep(ms(10)) => Err(FAILED),
        }
    });
    assert_eq!(selected.await, 1);
}

#[resilient_runtime::test]
async fn behind_a_dyn_future() {
    type Boxed<'a> = Pin<Box<dyn Future<Output = Result<u32, Error>> + 'a>>;
    fn erased(service: &Service) -> Boxed<'_> {
        Box::pin(charge(service))
    }
    let service = Service::new([fails(BUSY)]);
    assert_eq!(charged(&service, || erased(&service)).await, 1);
    let pointer: fn(&Service) -> Boxed<'_> = erased;
    let service = Service::new([fails(BUSY)]);
    assert_eq!(charged(&service, || pointer(&service)).await, 1);
}

#[async_trait::async_trait]
trait Gateway {
    async fn pay(&self, service: &Service) -> Result<u32, Error>;
}

struct Bank;

#[async_trait::async_trait]
impl Gateway for Bank {
    #[non_idempotent]
    async fn pay(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[resilient_runtime::test]
async fn behind_an_async_trait() {
    let (gateway, service): (Box<dyn Gateway>, _) = (Box::new(Bank), Service::new([fails(BUSY)]));
    assert_eq!(charged(&service, || gateway.pay(&service)).await, 1);
}

#[resilient_runtime::test]
async fn in_a_set_of_futures() {
    let service = Service::new([fails(BUSY).after(ms(10))]);
    let set = charged(&service, || async {
        let mut calls: FuturesUnordered<_> = [charge(&service)].into_iter().collect();
        calls.next().await.expect("there is one")
    });
    assert_eq!(set.await, 1);
}

#[resilient_runtime::test]
async fn under_a_timeout_that_drops_it() {
    let service = Service::new([HANGS]);
    let dropped = charged(&service, || async {
        match timeout(ms(10), charge(&service)).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(FAILED),
        }
    });
    assert_eq!(dropped.await, 1);
}

#[resilient_runtime::test]
async fn in_a_local_set() {
    let service = Arc::new(Service::new([fails(BUSY).after(ms(10))]));
    let local = charged(&service, || {
        let service = Arc::clone(&service);
        async move {
            let set = tokio::task::LocalSet::new();
            let task = set.spawn_local(async move { charge(&service).await });
            set.run_until(task).await.expect("it does not panic")
        }
    });
    assert_eq!(local.await, 1);
}

#[resilient_runtime::test]
async fn a_failure_without_a_payment_is_repeated() {
    let service = Service::new([fails(BUSY)]);
    assert_eq!(charged(&service, || service.call()).await, 3);
}

/// Documented: a spawned task is nobody's attempt.
#[resilient_runtime::test]
async fn nothing_stops_a_payment_in_a_spawned_task() {
    let service = Arc::new(Service::new([fails(BUSY)]));
    let spawned = charged(&service, || {
        let service = Arc::clone(&service);
        async move {
            tokio::spawn(async move { charge(&service).await })
                .await
                .expect("it does not panic")
        }
    });
    assert_eq!(spawned.await, 3);
}

/// Documented: another thread is nobody's attempt.
#[resilient_runtime::test]
async fn nothing_stops_a_payment_in_a_blocking_thread() {
    let service = Arc::new(Service::new([fails(BUSY)]));
    let blocking = charged(&service, || {
        let service = Arc::clone(&service);
        let runtime = tokio::runtime::Handle::current();
        async move {
            let thread = move || runtime.block_on(async { charge(&service).await });
            tokio::task::spawn_blocking(thread)
                .await
                .expect("it does not panic")
        }
    });
    assert_eq!(blocking.await, 3);
}
