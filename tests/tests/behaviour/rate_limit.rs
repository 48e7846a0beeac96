//! `#[rate_limit]`.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use resilient_runtime::event::Event;
use resilient_runtime::rate_limit::{Rate, RateLimit, Settings};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Classify, Failure, Scope, breaker, bulkhead, rate_limit, registry, retry, testing, timeout,
};
use resilient_tests::look;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

#[rate_limit("10/s", burst = 2)]
async fn hasty(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[rate_limit("10/s", burst = 1, wait = "300ms")]
async fn patient(service: &Service) -> Result<u32, Error> {
    service.call().await
}

async fn later<F: Future>(millis: u64, future: F) -> F::Output {
    sleep(ms(millis)).await;
    future.await
}

fn limited(millis: u64) -> Kind {
    Kind::RateLimited {
        retry_after: ms(millis),
    }
}

#[resilient_runtime::test]
async fn a_burst_passes_and_the_rest_is_told_when_to_come_back() {
    let service = Service::new([OK]);
    assert!(hasty(&service).await.is_ok() && hasty(&service).await.is_ok());
    sleep(ms(30)).await;
    let error = hasty(&service).await.expect_err("the burst is used up");
    assert_eq!(error.kind(), limited(70));
    let retry_after = Some(ms(70));
    assert_eq!(error.failure(), Failure::Rejected { retry_after });
    assert!(error.is_refusal());
    sleep(ms(70)).await;
    assert_eq!(hasty(&service).await, Ok(3));
    assert_eq!(service.starts(), [0, 0, 100]);
    let seen = look::rate_limit("::hasty@");
    assert_eq!((seen.rate, seen.burst), (Rate::per_second(10), 2));
    assert_eq!((seen.available, seen.rejected, seen.waited), (0, 1, 0));
}

#[resilient_runtime::test]
async fn those_who_wait_start_in_the_order_of_their_arrival_at_exact_times() {
    let (service, order) = (Service::new([OK.after(ms(500))]), Mutex::new(Vec::new()));
    let calls = (0..4).map(|nth| {
        let (service, order) = (&service, &order);
        later(nth, async move {
            let answer = patient(service).await;
            order.lock().expect("no test panics here").push(nth);
            answer
        })
    });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(service.starts(), [0, 100, 200, 300]);
    assert_eq!(*order.lock().expect("no test panics here"), [0, 1, 2, 3]);
}

#[resilient_runtime::test]
async fn nobody_waits_in_vain() {
    let (service, started) = (Service::new([OK]), Instant::now());
    let fifth = later(10, async {
        let error = patient(&service).await.expect_err("its turn is at 400");
        assert_eq!((error.kind(), started.elapsed()), (limited(390), ms(10)));
    });
    let first = join_all((0..4).map(|_| patient(&service)));
    let (answers, ()) = tokio::join!(first, fifth);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(look::rate_limit("::patient@").rejected, 1);
}

#[resilient_runtime::test]
async fn when_a_waiting_call_is_dropped_everyone_behind_it_moves_up() {
    let service = Service::new([OK]);
    let dropped = async {
        tokio::select! {
            _ = patient(&service) => panic!("its turn is at 100"),
            () = sleep(ms(50)) => {}
        }
    };
    let (first, (), third, fourth) = tokio::join!(
        patient(&service),
        dropped,
        patient(&service),
        patient(&service)
    );
    assert!(first.is_ok() && third.is_ok() && fourth.is_ok());
    assert_eq!(service.starts(), [0, 100, 200]);
    assert_eq!(look::rate_limit("::patient@").queued, 0);
}

/// The second attempt may wait longer than time is left.
#[retry(idempotent, backoff(fixed, "10ms"), jitter(none))]
#[timeout(total = "250ms", attempt = "120ms")]
#[rate_limit("bounded", "10/s", burst = 1, wait = "240ms")]
async fn bounded(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_call_whose_turn_comes_after_its_own_deadline_is_refused_at_once() {
    let (service, started) = (
        Service::new([fails(BUSY).after(ms(110)), OK]),
        Instant::now(),
    );
    let others = Service::new([OK]);
    let (answer, one, two) = tokio::join!(
        bounded(&service),
        bounded(&others),
        later(90, bounded(&others))
    );
    assert!(one.is_ok() && two.is_ok());
    let error = answer.expect_err("the turn of its second attempt is at 300");
    assert_eq!(
        error,
        Error::answered(BUSY, 1),
        "the last answer is the better error"
    );
    assert_eq!(look::rate_limit("bounded").rejected, 1);
    assert_eq!(started.elapsed(), ms(200), "it did not wait for that");
}

#[resilient_runtime::test]
async fn the_deadline_ends_a_wait_that_a_lowered_rate_has_made_longer() {
    let (service, started) = (
        Service::new([fails(BUSY).after(ms(20)), OK]),
        Instant::now(),
    );
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    Scope::current().observe(move |event| {
        if let Event::Rejected { kind, .. } = event {
            heard.lock().expect("no test panics here").push(*kind);
        }
    });
    let slower = later(50, async {
        let rate = Rate::per_second(1);
        registry()
            .set_rate("behaviour/bounded", rate)
            .expect("it is known");
    });
    let (answer, ()) = tokio::join!(bounded(&service), slower);
    let error = answer.expect_err("its second turn was at 100, and is at 550 now");
    assert_eq!(
        error,
        Error::answered(BUSY, 1),
        "the last answer is the better error"
    );
    assert_eq!(
        *told.lock().expect("no test panics here"),
        [Kind::TotalTimeout { limit: ms(250) }]
    );
    assert_eq!((service.calls(), started.elapsed()), (1, ms(250)));
    sleep(ms(300)).await;
    assert_eq!(
        look::rate_limit("bounded").available,
        1,
        "its token was not used"
    );
}

#[timeout("150ms")]
async fn in_a_hurry(service: &Service) -> Result<u32, Error> {
    bounded(service).await
}

#[resilient_runtime::test]
async fn the_callers_deadline_bounds_the_wait_as_well() {
    let (service, started) = (Service::new([OK]), Instant::now());
    let answers = join_all((0..3).map(|_| in_a_hurry(&service))).await;
    assert_eq!(answers[2].as_ref().map_err(Error::kind), Err(limited(200)));
    assert_eq!(started.elapsed(), ms(100));
}

#[resilient_runtime::test]
async fn another_rate_keeps_what_is_owed_and_wakes_those_who_wait() {
    #[rate_limit("raised", "1/h", burst = 1, wait = "2h")]
    async fn raised(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK]);
    let faster = later(1_000, async {
        registry()
            .set_rate("behaviour/raised", Rate::per_second(10))
            .expect("it is known");
    });
    let (one, two, ()) = tokio::join!(raised(&service), raised(&service), faster);
    assert!(one.is_ok() && two.is_ok());
    // One token is owed, almost an hour before the change and almost a tenth of a second after it.
    assert_eq!(service.starts(), [0, 1_100]);
    let zero = registry()
        .set_rate("behaviour/raised", Rate::per_second(0))
        .unwrap_err();
    assert!(zero.to_string().contains("lets no call through"), "{zero}");
    let unknown = registry()
        .set_rate("behaviour/raise", Rate::per_second(1))
        .unwrap_err();
    assert!(
        unknown
            .to_string()
            .contains("did you mean `behaviour/raised`?"),
        "{unknown}"
    );
}

#[rate_limit("1/s", key(tenant))]
async fn for_tenant(tenant: u32, service: &Service) -> Result<u32, Error> {
    service.call().await.map(|_| tenant)
}

#[resilient_runtime::test]
async fn every_key_has_its_own_bucket() {
    let service = Service::new([OK]);
    assert_eq!(for_tenant(1, &service).await, Ok(1));
    assert_eq!(for_tenant(2, &service).await, Ok(2));
    let error = for_tenant(1, &service).await.expect_err("one a second");
    assert_eq!(error.kind(), limited(1_000));
}

static PARTNER: RateLimit =
    RateLimit::new(Settings::new(Rate::per_second(1))).shown_as("the partner");

#[rate_limit(PARTNER)]
async fn one_door(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[rate_limit(PARTNER)]
async fn another_door(service: &Service) -> Result<u32, Error> {
    service.call().await
}

struct Client {
    rate_limit: RateLimit,
}

impl Client {
    #[rate_limit(self.rate_limit)]
    async fn get(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[resilient_runtime::test]
async fn a_static_is_shared_and_a_field_belongs_to_its_client() {
    let service = Service::new([OK]);
    assert!(one_door(&service).await.is_ok());
    assert!(another_door(&service).await.is_err());
    assert_eq!(PARTNER.snapshot().available, 0);
    let client = || Client {
        rate_limit: RateLimit::new(Settings::new(Rate::per_second(1))),
    };
    let (one, other) = (client(), client());
    assert!(one.get(&service).await.is_ok() && other.get(&service).await.is_ok());
    assert!(one.get(&service).await.is_err());
    assert_eq!(one.rate_limit.own_snapshot().rejected, 1);
}

#[resilient_runtime::test]
async fn a_scope_has_a_bucket_of_its_own() {
    let service = Service::new([OK]);
    assert!(one_door(&service).await.is_ok());
    let tenant = Scope::new();
    assert!(tenant.run(one_door(&service)).await.is_ok());
    assert!(tenant.run(one_door(&service)).await.is_err());
}

#[retry(idempotent, backoff(fixed, "10ms"), jitter(none))]
#[rate_limit("10/s", burst = 1, wait = "200ms")]
async fn repeated(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn every_attempt_takes_a_token_and_waits_for_it_like_the_first() {
    let service = Service::new([fails(BUSY), fails(BUSY), OK]);
    assert_eq!(repeated(&service).await, Ok(3));
    assert_eq!(service.starts(), [0, 100, 200]);
}

#[resilient_runtime::test]
async fn a_refusal_ends_the_loop_at_once_with_the_last_answer() {
    #[retry(idempotent, backoff(fixed, "10ms"), jitter(none))]
    #[rate_limit("10/s", burst = 1)]
    async fn refused(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (Service::new([fails(BUSY), OK]), Instant::now());
    let error = refused(&service)
        .await
        .expect_err("no token for the repeat");
    assert_eq!(
        (error, started.elapsed()),
        (Error::answered(BUSY, 1), ms(10))
    );
    let refused = look::rate_limit("::refused@").rejected;
    assert_eq!((service.calls(), refused), (1, 1));
}

#[rate_limit("10/s", burst = 2)]
#[bulkhead(1)]
async fn narrow(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_token_whose_call_the_bulkhead_refused_goes_back() {
    let service = Service::new([OK.after(ms(50))]);
    let refused = later(10, async {
        for _ in 0..5 {
            let error = narrow(&service).await.expect_err("one is in flight");
            assert_eq!(error.kind(), Kind::BulkheadFull);
        }
    });
    let (first, ()) = tokio::join!(narrow(&service), refused);
    assert!(first.is_ok());
    assert!(
        narrow(&service).await.is_ok(),
        "five refusals have cost no token"
    );
}

#[rate_limit("10/s", burst = 2)]
#[bulkhead(1, wait = "200ms")]
async fn narrow_with_a_queue(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_token_whose_call_waited_long_for_a_permit_in_vain_is_lost() {
    let service = Service::new([OK.after(ms(250))]);
    let (first, second) =
        tokio::join!(narrow_with_a_queue(&service), narrow_with_a_queue(&service));
    assert!(first.is_ok() && second.is_err());
    // Two came since: no more than the burst.
    assert_eq!(look::rate_limit("::narrow_with_a_queue@").available, 2);
    let held = async {
        tokio::select! {
            _ = narrow_with_a_queue(&service) => panic!("the permit is taken"),
            () = sleep(ms(90)) => {}
        }
    };
    let (third, ()) = tokio::join!(narrow_with_a_queue(&service), held);
    assert!(third.is_ok(), "the one that left early gave its token back");
}

#[rate_limit("10/s", burst = 2)]
#[breaker(consecutive = 1, open = "1s")]
async fn broken(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn an_open_breaker_refuses_before_a_token_is_taken() {
    let service = Service::new([fails(resilient_tests::service::LOST), OK]);
    assert!(broken(&service).await.is_err());
    for _ in 0..5 {
        let error = broken(&service).await.expect_err("it is open");
        assert!(matches!(error.kind(), Kind::BreakerOpen { .. }));
    }
    assert_eq!(look::rate_limit("::broken@").available, 1);
}

#[resilient_runtime::test]
async fn a_panic_in_the_body_leaves_the_queue_in_order() {
    #[rate_limit("panics", "10/s", burst = 1, wait = "300ms")]
    async fn panics(panics: bool) -> Result<u32, Error> {
        assert!(!panics, "on purpose");
        Ok(1)
    }
    let one = tokio::spawn(panics(true));
    let two = tokio::spawn(panics(false));
    assert!(one.await.is_err());
    assert_eq!(two.await.expect("it does not panic"), Ok(1));
}

/// Dropped after every number of polls: in the queue for a token, in the queue for a permit, in the body.
#[test]
fn wherever_a_call_is_dropped_nothing_stays_behind() {
    #[rate_limit("dropped-limit", "10/s", burst = 1, wait = "500ms")]
    #[bulkhead("dropped-limit", 1, wait = "500ms")]
    async fn through_both(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let mut polls = 0;
    loop {
        polls += 1;
        let dropped = testing::run(async move {
            let (slow, service) = (
                Arc::new(Service::new([OK.after(ms(150))])),
                Service::new([OK.after(ms(5))]),
            );
            let first = tokio::spawn({
                let slow = Arc::clone(&slow);
                async move { through_both(&slow).await }
            });
            sleep(ms(1)).await;
            let answer = give_up_after(polls, through_both(&service)).await;
            assert!(first.await.expect("it does not panic").is_ok());
            let (limit, bulkhead) = (
                look::rate_limit("dropped-limit"),
                look::bulkhead("dropped-limit"),
            );
            assert_eq!(
                (limit.queued, bulkhead.in_flight, bulkhead.queued),
                (0, 0, 0),
                "{polls}"
            );
            sleep(ms(200)).await;
            assert_eq!(look::rate_limit("dropped-limit").available, 1, "{polls}");
            assert!(
                through_both(&service).await.is_ok(),
                "{polls}: the next call passes"
            );
            answer.is_none()
        });
        if !dropped {
            break;
        }
    }
    assert!(polls >= 4, "it waited in all three places: {polls}");
}

/// B22 and peers' wait without an order or an end.
#[resilient_runtime::test]
async fn b22_an_hour_of_waiting_takes_no_real_time_and_keeps_the_rate() {
    #[rate_limit("3/s", burst = 1, wait = "10s")]
    async fn thirds(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started, real) = (
        Service::new([OK]),
        Instant::now(),
        std::time::Instant::now(),
    );
    for _ in 0..3_600 {
        assert!(thirds(&service).await.is_ok());
    }
    let expected = Duration::from_mins(20);
    assert!(
        started.elapsed() <= expected,
        "a turn that comes late delays nobody: {:?}",
        started.elapsed()
    );
    assert!(started.elapsed() + ms(334) >= expected);
    assert!(real.elapsed() < Duration::from_mins(1));
}

#[resilient_runtime::test]
async fn a_page_of_figures_shows_what_a_limit_would_let_through_now() {
    let service = Service::new([OK]);
    hasty(&service).await.unwrap();
    let page = resilient_runtime::event::Counters::new().prometheus(&registry());
    let value = |of: &str| {
        let of = format!("resilience_rate_limit_{of}{{");
        let line = page.lines().find(|line| line.starts_with(&of)).unwrap();
        line.rsplit_once(' ').unwrap().1.to_owned()
    };
    assert_eq!(
        ["available", "queued", "burst"].map(value),
        ["1", "0", "2"],
        "{page}"
    );
}
