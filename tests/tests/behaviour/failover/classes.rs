//! Which failures the next provider is called after, for each effect.

use resilient_runtime::{
    Failure, bulkhead, failover, hedge, idempotent, non_idempotent, read_only, retry,
};
use resilient_tests::events::Events;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, OVERLOADED, Service, Step, THROTTLED, fails,
    ms,
};

const REJECTED: Failure = Failure::Rejected { retry_after: None };

#[read_only]
async fn look_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
    second.call().await
}
#[idempotent]
async fn put_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
    second.call().await
}
#[non_idempotent]
async fn pay_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
    second.call().await
}

#[read_only]
#[failover(look_elsewhere)]
async fn look(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}
#[idempotent]
#[failover(put_elsewhere)]
async fn put(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}
#[non_idempotent]
#[failover(pay_elsewhere)]
async fn pay(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}
#[retry(idempotency_key("17"), attempts = 2, budget(none))]
#[failover(put_elsewhere)]
async fn keyed(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}
#[retry(idempotency_key, attempts = 2, budget(none), failed(never))]
#[failover(put_elsewhere)]
async fn keyed_once(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}
#[retry(not_sent, attempts = 2, budget(none))]
#[failover(pay_elsewhere)]
async fn not_sent(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a classifier takes the answer by reference"
)]
fn never(_: &u32) -> Option<Failure> {
    None
}

/// Whether the second provider is called after a first that does this: for a read, and for every kind of write.
async fn called_after<const N: usize>(script: [Step; N]) -> (bool, [bool; 5]) {
    macro_rules! called {
        ($call:ident) => {{
            let (first, second) = (Service::new(script), Service::new([OK]));
            let answer = $call(&first, &second).await;
            assert!(answer.is_ok() || second.calls() == 0);
            second.calls() == 1
        }};
    }
    let writes = [
        called!(put),
        called!(pay),
        called!(keyed),
        called!(keyed_once),
        called!(not_sent),
    ];
    (called!(look), writes)
}

#[resilient_runtime::test]
async fn whatever_was_certainly_not_carried_out_goes_to_the_next_provider() {
    for failure in [NOT_SENT, REJECTED, BUSY, OVERLOADED, THROTTLED] {
        assert_eq!(
            called_after([fails(failure)]).await,
            (true, [true; 5]),
            "{failure}"
        );
    }
}

#[resilient_runtime::test]
async fn after_a_lost_answer_only_a_read_asks_somebody_else() {
    assert_eq!(called_after([fails(LOST)]).await, (true, [false; 5]));
}

#[resilient_runtime::test]
async fn a_final_answer_is_an_answer() {
    assert_eq!(called_after([fails(DECLINED)]).await, (false, [false; 5]));
    assert_eq!(called_after([OK]).await, (false, [false; 5]));
}

#[resilient_runtime::test]
async fn one_lost_answer_among_the_attempts_of_a_write_is_enough() {
    #[retry(idempotent, attempts = 3, budget(none))]
    #[failover(put_elsewhere)]
    async fn put(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    for script in [
        [fails(LOST), fails(NOT_SENT), fails(NOT_SENT)],
        [fails(BUSY), fails(LOST), fails(NOT_SENT)],
        [fails(BUSY), fails(LOST), fails(REJECTED)],
    ] {
        let (first, second) = (Service::new(script), Service::new([OK]));
        let answer = put(&first, &second).await;
        assert_eq!(
            answer.map_err(|error| error.to_string()),
            Err("Unknown".to_owned())
        );
        assert_eq!(second.calls(), 0, "{script:?}");
    }
}

trait Named {
    fn to_string(&self) -> String;
}
impl Named for Error {
    fn to_string(&self) -> String {
        format!("{:?}", resilient_runtime::Classify::failure(self))
    }
}

#[resilient_runtime::test]
async fn a_full_bulkhead_sends_the_call_to_the_next_provider() {
    #[non_idempotent]
    #[bulkhead("first-provider", 1)]
    #[failover(pay_elsewhere)]
    async fn pay(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    let (hanging, second) = (Service::new([HANGS]), Service::new([OK]));
    let events = Events::record();
    tokio::select! {
        biased;
        _ = pay(&hanging, &second) => unreachable!("it hangs"),
        answer = pay(&hanging, &second) => assert_eq!(answer, Ok(1)),
    }
    assert_eq!((hanging.calls(), second.calls()), (1, 1));
    assert_eq!(
        events.with("pay_elsewhere"),
        ["pay: failed (Rejected { retry_after: None }), so `pay_elsewhere` is called"]
    );
}

#[resilient_runtime::test]
async fn several_providers_are_asked_in_the_order_they_are_written() {
    #[read_only]
    async fn third(services: &[Service; 4]) -> Result<u32, Error> {
        services[2].call().await
    }
    struct Last;
    impl Last {
        #[read_only]
        async fn fourth(services: &[Service; 4]) -> Result<u32, Error> {
            services[3].call().await.map(|_| 4)
        }
        #[read_only]
        async fn second(services: &[Service; 4]) -> Result<u32, Error> {
            services[1].call().await
        }
    }
    #[read_only]
    #[failover(Last::second, third, Last::fourth)]
    async fn look(services: &[Service; 4]) -> Result<u32, Error> {
        services[0].call().await
    }
    let calls = |services: &[Service; 4]| services.each_ref().map(Service::calls);
    let services = [LOST, BUSY, NOT_SENT].map(|failure| Service::new([fails(failure)]));
    let [first, second, third_] = services;
    let services = [first, second, third_, Service::new([OK])];
    assert_eq!(look(&services).await, Ok(4));
    assert_eq!(calls(&services), [1; 4]);

    let services = [fails(LOST), fails(DECLINED), OK, OK].map(|step| Service::new([step]));
    assert_eq!(look(&services).await, Err(Error::answered(DECLINED, 1)));
    assert_eq!(calls(&services), [1, 1, 0, 0], "the second answered");

    let services = [fails(LOST), OK, OK, OK].map(|step| Service::new([step]));
    assert_eq!(look(&services).await, Ok(1));
    assert_eq!(calls(&services), [1, 1, 0, 0]);
}

#[resilient_runtime::test]
async fn after_an_unknown_write_nobody_else_is_called_whoever_it_was_at() {
    #[non_idempotent]
    async fn second(services: &[Service; 3]) -> Result<u32, Error> {
        services[1].call().await
    }
    #[non_idempotent]
    async fn third(services: &[Service; 3]) -> Result<u32, Error> {
        services[2].call().await
    }
    #[non_idempotent]
    #[failover(second, third)]
    async fn pay(services: &[Service; 3]) -> Result<u32, Error> {
        services[0].call().await
    }
    let events = Events::record();
    let services = [fails(NOT_SENT), fails(LOST), OK].map(|step| Service::new([step]));
    assert_eq!(pay(&services).await, Err(Error::answered(LOST, 1)));
    assert_eq!(services.each_ref().map(Service::calls), [1, 1, 0]);
    assert_eq!(
        events.with("`"),
        [
            "pay: failed (NotSent), so `second` is called",
            "pay: failed (Unknown), `third` is not called: it may have done what must not be done twice"
        ]
    );
}

#[resilient_runtime::test]
async fn a_caller_that_repeats_a_lost_write_never_reaches_the_other_system() {
    #[idempotent]
    async fn at_second(_first: &Service, second: &Service) -> Result<u32, Error> {
        second.call().await
    }
    #[idempotent]
    #[failover(at_second)]
    async fn put(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    async fn silent(first: &Service, second: &Service) -> Result<u32, Error> {
        put(first, second).await
    }
    #[retry(idempotent, budget(none))]
    async fn again(first: &Service, second: &Service) -> Result<u32, Error> {
        silent(first, second).await
    }
    #[idempotent]
    #[hedge(after = "80ms")]
    async fn twice(first: &Service, second: &Service) -> Result<u32, Error> {
        silent(first, second).await
    }
    // Lost at the first system, which then cannot be reached: the next call would find the second one.
    let (first, second) = (
        Service::new([fails(LOST), fails(NOT_SENT)]),
        Service::new([OK]),
    );
    assert!(again(&first, &second).await.is_err());
    assert_eq!((first.calls(), second.calls()), (1, 0));
    let (first, second) = (
        Service::new([fails(LOST).after(ms(300)), fails(NOT_SENT)]),
        Service::new([OK]),
    );
    assert!(twice(&first, &second).await.is_err());
    assert_eq!((first.calls(), second.calls()), (1, 0));
}
