//! Those who wait for a token: in order, in time, and never beyond their own limit.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use resilient_runtime::event::Event;
use resilient_runtime::rate_limit::Rate;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Scope, rate_limit, registry, retry, timeout};
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

use super::{later, limited, patient};

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
