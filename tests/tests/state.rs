//! Whose state an annotated call meets, what the registry shows of it, and who hears of it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilient_runtime::breaker::{Breaker, Phase, Settings};
use resilient_runtime::event::Event;
use resilient_runtime::registry::{Live, Problem};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Classify, FromRejected, Rejected, Scope, breaker, bulkhead, read_only, registry, retry, timeout,
};

#[derive(Debug, Classify, FromRejected, PartialEq)]
enum Error {
    #[failure(unknown)]
    Lost,
    #[failure(from)]
    Refused(Rejected),
}

/// Opens at the first failure and stays open for an hour.
const TOUCHY: Settings = Settings::new()
    .consecutive(1)
    .open(Duration::from_hours(1))
    .max_open(Duration::from_hours(1));

fn is_refused(answer: &Result<(), Error>) -> bool {
    matches!(answer, Err(Error::Refused(refused)) if matches!(refused.kind(), Kind::BreakerOpen { .. }))
}

#[read_only]
#[breaker("search", consecutive = 1, open = "1h", max_open = "1h")]
async fn search(fails: bool) -> Result<(), Error> {
    if fails { Err(Error::Lost) } else { Ok(()) }
}

#[read_only]
#[breaker("tenants", consecutive = 1, open = "1h", max_open = "1h", key(tenant))]
async fn of_tenant(tenant: u32, fails: bool) -> Result<(), Error> {
    if fails && tenant < u32::MAX {
        Err(Error::Lost)
    } else {
        Ok(())
    }
}

static STOCK: Breaker = Breaker::new(TOUCHY).shown_as("stock");

#[read_only]
#[breaker(STOCK)]
async fn stock_of() -> Result<(), Error> {
    Err(Error::Lost)
}

#[read_only]
#[breaker(STOCK)]
async fn stock_list() -> Result<(), Error> {
    Ok(())
}

struct Client {
    breaker: Breaker,
}

impl Client {
    fn new() -> Self {
        Self {
            breaker: Breaker::new(TOUCHY).shown_as("client"),
        }
    }

    #[read_only]
    #[breaker(self.breaker)]
    async fn get(&self, fails: bool) -> Result<(), Error> {
        if fails { Err(Error::Lost) } else { Ok(()) }
    }
}

#[resilient_runtime::test]
async fn b27_two_scopes_do_not_share_the_breaker_of_one_function() {
    let (one, two) = (Scope::new(), Scope::new());
    assert_eq!(one.run(search(true)).await, Err(Error::Lost));
    assert!(is_refused(&one.run(search(false)).await));
    assert_eq!(two.run(search(false)).await, Ok(()));
    assert_eq!(
        search(false).await,
        Ok(()),
        "nor does the scope of the test"
    );
}

#[resilient_runtime::test]
async fn b27_two_clients_with_a_field_do_not_share_it() {
    let (one, two) = (Client::new(), Client::new());
    assert_eq!(one.get(true).await, Err(Error::Lost));
    assert!(is_refused(&one.get(false).await));
    assert_eq!(two.get(false).await, Ok(()));
    assert_eq!(registry().snapshot().listings.len(), 2, "both are listed");
    drop(one);
    assert_eq!(
        registry().snapshot().listings.len(),
        1,
        "as long as they live"
    );
}

#[resilient_runtime::test]
async fn functions_that_name_one_static_share_it() {
    assert_eq!(stock_of().await, Err(Error::Lost));
    assert!(is_refused(&stock_list().await));
}

#[resilient_runtime::test]
async fn one_tenants_outage_is_not_anothers() {
    assert_eq!(of_tenant(1, true).await, Err(Error::Lost));
    assert!(is_refused(&of_tenant(1, false).await));
    assert_eq!(of_tenant(2, false).await, Ok(()));
}

#[resilient_runtime::test]
async fn b21_a_flood_of_tenants_stays_within_the_bound_and_keeps_who_is_refused() {
    assert_eq!(of_tenant(0, true).await, Err(Error::Lost));
    for tenant in 1..5_000 {
        assert_eq!(of_tenant(tenant, false).await, Ok(()));
    }
    let keys = registry().snapshot().listings[0].keys.unwrap();
    assert_eq!((keys.kept, keys.bound), (1_024, 1_024));
    assert!(
        is_refused(&of_tenant(0, false).await),
        "an open breaker is never forgotten"
    );
}

#[resilient_runtime::test]
async fn a_call_dropped_outside_of_its_scope_gives_its_permit_back_inside() {
    #[bulkhead("one seat", 1)]
    #[read_only]
    async fn never() -> Result<(), Error> {
        std::future::pending().await
    }
    let in_flight = |scope: &Scope| match scope.registry().snapshot().listings[0].live {
        Live::Bulkhead(live) => live.in_flight,
        ref other => panic!("{other:?}"),
    };
    let scope = Scope::new();
    let mut call = Box::pin(scope.run(never()));
    let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(call.as_mut().poll(cx))).await;
    assert!(polled.is_pending());
    assert_eq!(in_flight(&scope), 1);
    drop(call);
    assert_eq!(in_flight(&scope), 0);
}

#[resilient_runtime::test]
async fn an_operator_steers_a_breaker_by_its_name() {
    assert_eq!(search(false).await, Ok(()));
    registry().force_open("state/search").unwrap();
    let refused = search(false).await.unwrap_err();
    assert!(matches!(&refused, Error::Refused(rejected) if rejected.retry_after().is_none()));
    registry().automatic("state/search").unwrap();
    assert_eq!(search(false).await, Ok(()));
    let unknown = registry().force_open("serach").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no breaker is called `serach` here: it is listed from its first use"
    );
    let unknown = registry().force_open("state/serach").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no breaker is called `state/serach` here: did you mean `state/search`?"
    );
}

#[resilient_runtime::test]
async fn one_name_with_two_settings_is_reported_with_both_places() {
    #[read_only]
    #[breaker("mail", open = "2s")]
    async fn send() -> Result<(), Error> {
        Ok(())
    }
    #[read_only]
    #[breaker("mail", open = "5s")]
    async fn list() -> Result<(), Error> {
        Ok(())
    }
    send().await.unwrap();
    registry().validate().unwrap();
    list().await.unwrap();
    let problems = registry().validate().unwrap_err();
    let [Problem::Conflict { written_at, .. }] = &*problems else {
        panic!("{problems}")
    };
    let places: Vec<_> = written_at.iter().map(|at| at.place.function).collect();
    assert_eq!(places, ["send", "list"]);
    match registry().snapshot().listings[0].live {
        Live::Breaker(live) => {
            assert_eq!(live.settings.open, Duration::from_secs(5), "the stricter");
        }
        ref other => panic!("{other:?}"),
    }
}

#[resilient_runtime::test]
async fn observers_hear_attempts_repeats_and_what_the_breaker_does() {
    static TRIES: AtomicU32 = AtomicU32::new(0);
    #[retry(read_only)]
    #[breaker("flaky", consecutive = 2)]
    async fn flaky() -> Result<(), Error> {
        if TRIES.fetch_add(1, Ordering::Relaxed) < 2 {
            Err(Error::Lost)
        } else {
            Ok(())
        }
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    Scope::current().observe(move |event| {
        log.lock().unwrap().push(event.to_string());
    });
    let refused = flaky().await;
    assert!(refused.is_err(), "{refused:?}");
    let heard = heard.lock().unwrap();
    let told = |part: &str| heard.iter().any(|line| line.contains(part));
    assert!(
        told("state::flaky: attempt 1 failed (Unknown)"),
        "{heard:#?}"
    );
    assert!(
        told("state::flaky: attempt 2 failed (Unknown)"),
        "{heard:#?}"
    );
    assert!(told("the next in"), "{heard:#?}");
    assert!(
        told("state/flaky: the breaker was closed, is open for"),
        "{heard:#?}"
    );
}

#[resilient_runtime::test]
async fn b26_an_observer_may_steer_the_very_breaker_it_hears_of() {
    Scope::current().observe(|event| {
        if let Event::BreakerTransition {
            state,
            to: Phase::Open,
            ..
        } = event
        {
            assert!(registry().validate().is_ok());
            registry().force_close(&state.to_string()).unwrap();
        }
    });
    assert_eq!(search(true).await, Err(Error::Lost));
    assert_eq!(search(false).await, Ok(()), "the observer held it closed");
}

#[resilient_runtime::test]
async fn b26_an_observer_that_panics_changes_no_answer() {
    Scope::current().observe(|_| panic!("a bug in the log"));
    assert_eq!(search(true).await, Err(Error::Lost));
    assert!(is_refused(&search(false).await));
}

#[resilient_runtime::test]
async fn a_call_that_panicked_leaves_nothing_to_the_next_one_on_its_thread() {
    #[read_only]
    #[timeout("1s")]
    async fn panics() -> Result<(), Error> {
        panic!("the body")
    }
    #[read_only]
    #[timeout("10s")]
    async fn takes_five_seconds() -> Result<(), Error> {
        tokio::time::sleep(Duration::from_secs(5)).await;
        Ok(())
    }
    let mut call = Box::pin(Scope::new().run(panics()));
    let polled = std::future::poll_fn(|cx| {
        let poll = std::panic::AssertUnwindSafe(|| call.as_mut().poll(cx));
        std::task::Poll::Ready(std::panic::catch_unwind(poll))
    });
    assert!(polled.await.is_err());
    assert_eq!(
        takes_five_seconds().await,
        Ok(()),
        "no deadline was left behind"
    );
    assert_eq!(registry().snapshot().listings.len(), 0, "nor a scope");
}
