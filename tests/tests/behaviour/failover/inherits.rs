//! What the next provider takes over from the call it stands in for: the arguments, never a key of another system, and
//! no depth of retries.

use std::sync::{Mutex, PoisonError};

use resilient_runtime::{
    assume_idempotent, failover, idempotency_key, idempotent, non_idempotent, read_only, retry,
};
use resilient_tests::events::Events;
use resilient_tests::service::{Error, NOT_SENT, OK, Service, fails};

/// Who saw which key.
type Seen = Mutex<Vec<(&'static str, Option<String>)>>;

fn see(seen: &Seen, who: &'static str) {
    let key = idempotency_key().map(|key| key.as_str().to_owned());
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push((who, key));
}

#[idempotent]
async fn other_system(seen: &Seen, _service: &Service) -> Result<u32, Error> {
    see(seen, "other");
    Ok(2)
}

#[retry(idempotency_key("own"), attempts = 2, budget(none))]
async fn other_system_with_a_key(seen: &Seen, _service: &Service) -> Result<u32, Error> {
    see(seen, "other");
    Ok(2)
}

async fn seen_by<F: AsyncFnOnce(&Seen, &Service) -> Result<u32, Error>>(
    call: F,
) -> Vec<(&'static str, Option<String>)> {
    let (seen, service) = (Seen::default(), Service::new([fails(NOT_SENT)]));
    assert_eq!(call(&seen, &service).await, Ok(2));
    seen.into_inner().expect("nobody panicked")
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "it is compared with what was seen"
)]
fn key(key: &str) -> Option<String> {
    Some(key.to_owned())
}

#[resilient_runtime::test]
async fn another_system_never_sees_the_key() {
    #[retry(idempotency_key("17"), attempts = 2, budget(none))]
    #[failover(other_system)]
    async fn put(seen: &Seen, service: &Service) -> Result<u32, Error> {
        see(seen, "first");
        service.call().await
    }
    let expected = [("first", key("17")), ("first", key("17")), ("other", None)];
    assert_eq!(
        seen_by(async |seen, service| put(seen, service).await).await,
        expected
    );
}

#[resilient_runtime::test]
async fn the_second_door_of_one_system_sees_it() {
    #[retry(idempotency_key("17"), attempts = 2, budget(none))]
    #[failover(other_system, same_system)]
    async fn put(seen: &Seen, service: &Service) -> Result<u32, Error> {
        see(seen, "first");
        service.call().await
    }
    let expected = [
        ("first", key("17")),
        ("first", key("17")),
        ("other", key("17")),
    ];
    assert_eq!(
        seen_by(async |seen, service| put(seen, service).await).await,
        expected
    );
}

#[resilient_runtime::test]
async fn a_provider_with_a_key_of_its_own_sees_that_one() {
    #[retry(idempotency_key("17"), attempts = 2, budget(none))]
    #[failover(other_system_with_a_key)]
    async fn put(seen: &Seen, service: &Service) -> Result<u32, Error> {
        see(seen, "first");
        service.call().await
    }
    let seen = seen_by(async |seen, service| put(seen, service).await).await;
    assert_eq!(seen[2], ("other", key("own")));
}

#[resilient_runtime::test]
async fn the_key_of_a_call_further_out_stays_out_of_another_system_too() {
    #[idempotent]
    #[failover(other_system)]
    async fn put(seen: &Seen, service: &Service) -> Result<u32, Error> {
        see(seen, "first");
        service.call().await
    }
    #[retry(idempotency_key("outer"), attempts = 2, budget(none))]
    async fn outer(seen: &Seen, service: &Service) -> Result<u32, Error> {
        let answer = assume_idempotent(put(seen, service)).await;
        see(seen, "behind");
        answer
    }
    let seen = seen_by(async |seen, service| outer(seen, service).await).await;
    assert_eq!(
        seen,
        [
            ("first", key("outer")),
            ("other", None),
            ("behind", key("outer"))
        ]
    );
}

#[resilient_runtime::test]
async fn a_provider_that_retries_is_not_inside_a_retry() {
    #[retry(read_only, attempts = 2, budget(none))]
    async fn look_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
        second.call().await
    }
    #[retry(read_only, attempts = 2, budget(none))]
    #[failover(look_elsewhere)]
    async fn look(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    let events = Events::record();
    let (first, second) = (
        Service::new([fails(NOT_SENT)]),
        Service::new([fails(NOT_SENT), OK]),
    );
    assert_eq!(look(&first, &second).await, Ok(2));
    assert_eq!(
        (first.calls(), second.calls()),
        (2, 2),
        "they add up, and do not multiply"
    );
    assert_eq!(events.with("retries inside"), [""; 0]);
}

#[resilient_runtime::test]
async fn the_last_one_called_gets_the_argument_itself_and_all_before_it_clones() {
    struct Order<'a>(&'a Mutex<u32>, u32);
    impl Clone for Order<'_> {
        fn clone(&self) -> Self {
            *self.0.lock().expect("nobody panics with it") += 1;
            Self(self.0, self.1)
        }
    }
    #[non_idempotent]
    async fn second(order: Order<'_>, services: &[Service; 3]) -> Result<u32, Error> {
        let Order(..) = order;
        services[1].call().await
    }
    #[non_idempotent]
    async fn third(order: Order<'_>, services: &[Service; 3]) -> Result<u32, Error> {
        services[2].call().await.map(|_| order.1)
    }
    #[retry(not_sent, attempts = 2, budget(none))]
    #[failover(second, third, clone(order))]
    async fn pay(order: Order<'_>, services: &[Service; 3]) -> Result<u32, Error> {
        let Order(..) = order;
        services[0].call().await
    }
    let clones = Mutex::new(0);
    let services = [fails(NOT_SENT), fails(NOT_SENT), OK].map(|step| Service::new([step]));
    assert_eq!(pay(Order(&clones, 17), &services).await, Ok(17));
    assert_eq!(
        *clones.lock().expect("nobody panics with it"),
        3,
        "two attempts and the second provider"
    );
}

#[resilient_runtime::test]
async fn methods_are_called_on_the_same_client() {
    struct Client {
        services: [Service; 2],
        name: &'static str,
    }
    impl Client {
        #[read_only]
        async fn elsewhere(&self, n: u32) -> Result<(u32, &'static str), Error> {
            self.services[1].call().await.map(|_| (n, self.name))
        }
        #[read_only]
        #[failover(Self::elsewhere)]
        async fn look(&self, n: u32) -> Result<(u32, &'static str), Error> {
            self.services[0].call().await.map(|_| (n, self.name))
        }
        #[read_only]
        async fn elsewhere_by_value(self: std::sync::Arc<Self>, n: u32) -> Result<u32, Error> {
            self.services[1].call().await.map(|_| n)
        }
        #[read_only]
        #[failover(Self::elsewhere_by_value)]
        async fn look_by_value(self: std::sync::Arc<Self>, n: u32) -> Result<u32, Error> {
            self.services[0].call().await
        }
        #[idempotent]
        async fn put_elsewhere(&mut self, list: &mut Vec<u32>) -> Result<u32, Error> {
            list.push(2);
            self.services[1].call().await
        }
        #[idempotent]
        #[failover(Self::put_elsewhere)]
        async fn put(&mut self, list: &mut Vec<u32>) -> Result<u32, Error> {
            list.push(1);
            self.services[0].call().await
        }
    }
    let services = [fails(NOT_SENT), OK].map(|step| Service::new([step]));
    let mut client = Client {
        services,
        name: "client",
    };
    assert_eq!(client.look(7).await, Ok((7, "client")));
    let mut list = Vec::new();
    assert_eq!(client.put(&mut list).await, Ok(2));
    assert_eq!(list, [1, 2]);
    assert_eq!(std::sync::Arc::new(client).look_by_value(7).await, Ok(7));
}
