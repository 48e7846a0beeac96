//! `#[bulkhead]`.

use std::future::Future;
use std::sync::Mutex;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{Classify, Failure, bulkhead, timeout};
use resilient_tests::look;
use resilient_tests::service::{Error, HANGS, OK, Service, ms};
use tokio::time::{Instant, sleep};

#[bulkhead(2)]
async fn two(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[bulkhead(1, wait = "300ms", queue = 2)]
async fn queued(service: &Service) -> Result<u32, Error> {
    service.call().await
}

async fn later<F: Future>(millis: u64, future: F) -> F::Output {
    sleep(ms(millis)).await;
    future.await
}

#[resilient_runtime::test]
async fn no_more_than_the_limit_are_in_flight_and_the_rest_is_refused_at_once() {
    let (service, started) = (Service::new([OK.after(ms(100))]), Instant::now());
    let refused = async {
        let error = later(10, two(&service))
            .await
            .expect_err("two are in flight");
        assert_eq!(
            (error.kind(), started.elapsed()),
            (Kind::BulkheadFull, ms(10))
        );
        assert!(error.is_refusal());
        assert_eq!(error.failure(), Failure::Rejected { retry_after: None });
    };
    let (one, other, ()) = tokio::join!(two(&service), two(&service), refused);
    assert_eq!((one, other), (Ok(1), Ok(2)));
    assert_eq!((service.most_at_once(), service.calls()), (2, 2));
    assert_eq!(two(&service).await, Ok(3), "the permits are back");
    let seen = look::bulkhead("::two@");
    assert_eq!(
        (seen.limit, seen.in_flight, seen.queued, seen.rejected),
        (2, 0, 0, 1)
    );
}

#[resilient_runtime::test]
async fn a_call_that_may_wait_starts_when_a_permit_comes_back() {
    let service = Service::new([OK.after(ms(200))]);
    let (one, other) = tokio::join!(queued(&service), later(50, queued(&service)));
    assert_eq!((one, other), (Ok(1), Ok(2)));
    assert_eq!(service.starts(), [0, 200]);
    assert_eq!(service.most_at_once(), 1);
}

#[resilient_runtime::test]
async fn waiting_ends_after_the_wait_and_proves_that_nothing_was_sent() {
    let (service, started) = (Service::new([OK.after(ms(1_000))]), Instant::now());
    let refused = async {
        let error = later(50, queued(&service))
            .await
            .expect_err("nobody leaves in time");
        assert_eq!(error.kind(), Kind::BulkheadTimeout { wait: ms(300) });
        assert_eq!(started.elapsed(), ms(350));
        assert!(error.is_refusal());
        assert_eq!(look::bulkhead("::queued@").queued, 0, "its place is free");
    };
    let (one, ()) = tokio::join!(queued(&service), refused);
    assert_eq!((one, service.calls()), (Ok(1), 1));
}

#[resilient_runtime::test]
async fn the_queue_has_an_end() {
    let (service, started) = (Service::new([OK.after(ms(100))]), Instant::now());
    let fourth = async {
        let error = later(10, queued(&service))
            .await
            .expect_err("one runs and two wait");
        assert_eq!(
            (error.kind(), started.elapsed()),
            (Kind::BulkheadFull, ms(10))
        );
        assert_eq!(look::bulkhead("::queued@").queued, 2);
    };
    let (one, two, three, ()) =
        tokio::join!(queued(&service), queued(&service), queued(&service), fourth);
    assert_eq!((one, two, three), (Ok(1), Ok(2), Ok(3)));
}

#[resilient_runtime::test]
async fn a_queue_is_as_long_as_the_limit_unless_told_otherwise() {
    #[bulkhead(3, wait = "1s")]
    async fn three(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(100))]);
    let answers = futures::future::join_all((0..8).map(|_| three(&service))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 6);
    assert_eq!(service.most_at_once(), 3);
}

#[resilient_runtime::test]
async fn who_waits_longest_is_next() {
    #[bulkhead(1, wait = "10s", queue = 50)]
    async fn fair(nth: u64, order: &Mutex<Vec<u64>>) -> Result<(), Error> {
        order.lock().expect("no test panics in here").push(nth);
        sleep(ms(7)).await;
        Ok(())
    }
    let order = Mutex::default();
    // Newcomers arrive while others wait, and one of those that wait gives up.
    let calls = (0..20).map(|nth| later(nth * 3, fair(nth, &order)));
    let impatient = tokio::time::timeout(ms(20), later(1, fair(99, &order)));
    let (answers, gave_up) = tokio::join!(futures::future::join_all(calls), impatient);
    assert!(answers.iter().all(Result::is_ok));
    let mut order = order.into_inner().expect("no test panics in here");
    if gave_up.is_ok() {
        order.retain(|nth| *nth != 99);
    }
    assert_eq!(order, (0..20).collect::<Vec<_>>());
}

#[resilient_runtime::test]
async fn the_permit_comes_back_when_the_call_is_dropped_cut_off_or_panics() {
    #[timeout("100ms")]
    #[bulkhead("comes-back", 1)]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let hanging = Service::new([HANGS]);
    assert!(
        tokio::time::timeout(ms(50), limited(&hanging))
            .await
            .is_err(),
        "dropped"
    );
    assert_eq!(look::bulkhead("comes-back").in_flight, 0);
    assert!(
        limited(&hanging)
            .await
            .is_err_and(|error| error.is_cut_off())
    );
    assert_eq!(look::bulkhead("comes-back").in_flight, 0);
    let panicked =
        tokio::spawn(async { limited(&Service::new([resilient_tests::service::PANICS])).await });
    assert!(panicked.await.is_err_and(|error| error.is_panic()));
    assert_eq!(look::bulkhead("comes-back").in_flight, 0);
    assert_eq!(limited(&Service::new([OK])).await, Ok(1));
}

#[resilient_runtime::test]
async fn a_place_in_the_queue_is_left_when_the_call_is_dropped_and_a_granted_permit_passed_on() {
    let service = Service::new([OK.after(ms(100))]);
    let impatient = tokio::time::timeout(ms(50), queued(&service));
    let (first, gave_up, third) = tokio::join!(queued(&service), impatient, queued(&service));
    assert!(gave_up.is_err(), "dropped in the queue");
    assert_eq!((first, third), (Ok(1), Ok(2)));
    assert_eq!(service.starts(), [0, 100]);

    // Granted and dropped in one instant, before it was polled again.
    let service = Service::new([OK.after(ms(100))]);
    let mut second = Box::pin(queued(&service));
    let third = async {
        sleep(ms(1)).await;
        queued(&service).await
    };
    let first_then_drop = async {
        let first = queued(&service);
        tokio::select! { biased; answer = first => assert!(answer.is_ok()), _ = &mut second => unreachable!() }
        drop(second);
    };
    let ((), third) = tokio::join!(first_then_drop, third);
    assert_eq!(third, Ok(2));
    assert_eq!(service.starts(), [0, 100]);
}

/// While the body lives it holds its connection.
#[resilient_runtime::test]
async fn the_body_is_gone_before_the_permit_comes_back() {
    struct Connection<'a>(&'a Mutex<Vec<u32>>);
    impl Drop for Connection<'_> {
        fn drop(&mut self) {
            let in_flight = look::bulkhead("::connected@").in_flight;
            self.0
                .lock()
                .expect("no test panics in here")
                .push(in_flight);
        }
    }
    #[timeout("100ms")]
    #[bulkhead(1)]
    async fn connected(service: &Service, seen: &Mutex<Vec<u32>>) -> Result<u32, Error> {
        let _connection = Connection(seen);
        service.call().await
    }
    let (hanging, seen) = (Service::new([HANGS]), Mutex::default());
    let _ = connected(&hanging, &seen).await;
    assert!(
        tokio::time::timeout(ms(50), connected(&hanging, &seen))
            .await
            .is_err()
    );
    let _ = connected(&Service::new([OK]), &seen).await;
    let seen = seen.into_inner().expect("no test panics in here");
    assert_eq!(seen, [1, 1, 1], "cut off, dropped, finished");
}

#[resilient_runtime::test]
async fn functions_that_name_one_bulkhead_share_its_permits() {
    #[bulkhead("partner", 1)]
    async fn read(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[bulkhead("partner", 1)]
    async fn write(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(100))]);
    let (read, write) = tokio::join!(read(&service), write(&service));
    assert_eq!((read.is_ok(), write.is_ok()), (true, false));
}

#[resilient_runtime::test]
async fn keys_have_permits_of_their_own() {
    #[bulkhead(1, key(region))]
    async fn call(service: &Service, region: &str) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(100))]);
    let (one, same, other) = tokio::join!(
        call(&service, "eu"),
        call(&service, "eu"),
        call(&service, "us")
    );
    assert_eq!(
        [one.is_ok(), same.is_ok(), other.is_ok()],
        [true, false, true]
    );
}

#[resilient_runtime::test]
async fn an_operator_can_change_the_limit() {
    let service = Service::new([OK.after(ms(100))]);
    assert!(two(&service).await.is_ok());
    let name = look::listing("bulkhead", "::two@").name.to_string();
    resilient_runtime::registry()
        .resize(&name, 1)
        .expect("it is listed");
    let (one, other) = tokio::join!(two(&service), two(&service));
    assert_eq!((one.is_ok(), other.is_ok()), (true, false));
}
