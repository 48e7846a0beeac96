//! B1 to B6, B15, B21, B27.

use resilient_runtime::breaker::{Breaker, Phase, Settings};
use resilient_runtime::{breaker, bulkhead};
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, OK, Service, fails, ms};
use tokio::time::{sleep, timeout as give_up};

#[breaker("b-list", min_calls = 10, window = 10, consecutive = 100, open = "1s")]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

fn phase() -> Phase {
    look::breaker("b-list").phase
}

async fn open_it() {
    for _ in 0..10 {
        let _ = call(&Service::new([fails(BUSY)])).await;
    }
    assert_eq!(phase(), Phase::Open);
}

#[resilient_runtime::test]
async fn b01_after_a_thousand_successes_a_window_of_ten_needs_five_failures() {
    for _ in 0..1_000 {
        assert!(call(&Service::new([OK])).await.is_ok());
    }
    for _ in 0..5 {
        assert_eq!(phase(), Phase::Closed);
        let _ = call(&Service::new([fails(BUSY)])).await;
    }
    assert_eq!(phase(), Phase::Open);
}

#[resilient_runtime::test]
async fn b02_a_success_from_before_does_not_close_it_while_the_failing_probe_runs() {
    let old = Service::new([OK.after(ms(2_000))]);
    let probe = Service::new([fails(BUSY).after(ms(5_000))]);
    let story = async {
        sleep(ms(1)).await;
        open_it().await;
        sleep(ms(1_000)).await;
        let watch = async {
            sleep(ms(2_000)).await;
            assert_eq!(phase(), Phase::HalfOpen);
        };
        let (probe, ()) = tokio::join!(call(&probe), watch);
        assert!(probe.is_err());
        assert_eq!(phase(), Phase::Open);
    };
    let (old, ()) = tokio::join!(call(&old), story);
    assert!(old.is_ok());
}

#[resilient_runtime::test]
async fn b02b_a_probe_of_an_earlier_cycle_decides_nothing_in_a_later_one() {
    open_it().await;
    sleep(ms(1_000)).await;
    let (first, third) = (
        Service::new([OK.after(ms(15_000))]),
        Service::new([OK.after(ms(10_000))]),
    );
    let later = async {
        // A probe that neither ends nor is dropped gives its slot away after ten seconds.
        sleep(ms(10_001)).await;
        assert!(
            call(&Service::new([fails(BUSY)]))
                .await
                .is_err_and(|error| !error.is_refusal())
        );
        assert_eq!(phase(), Phase::Open);
        sleep(ms(2_000)).await;
        let watch = async {
            sleep(ms(4_000)).await;
            assert_eq!(
                phase(),
                Phase::HalfOpen,
                "the first probe is over by now, and well"
            );
        };
        let (third, ()) = tokio::join!(call(&third), watch);
        assert!(third.is_ok());
        assert_eq!(phase(), Phase::Closed);
    };
    let (first, ()) = tokio::join!(call(&first), later);
    assert!(first.is_ok());
}

#[resilient_runtime::test]
async fn b03_a_dropped_probe_makes_room_for_the_next() {
    open_it().await;
    sleep(ms(1_000)).await;
    assert!(give_up(ms(10), call(&Service::new([HANGS]))).await.is_err());
    assert_eq!(call(&Service::new([OK])).await, Ok(1));
    assert_eq!(phase(), Phase::Closed);
}

#[resilient_runtime::test]
async fn b04_half_open_a_crowd_of_a_hundred_sends_one_probe() {
    open_it().await;
    sleep(ms(1_000)).await;
    let service = Service::new([OK.after(ms(100))]);
    futures::future::join_all((0..100).map(|_| call(&service))).await;
    assert_eq!(service.calls(), 1);
}

#[resilient_runtime::test]
async fn b05_fifty_calls_that_an_outer_timeout_cancels_open_it() {
    let service = Service::new([HANGS]);
    for _ in 0..50 {
        let _ = give_up(ms(100), call(&service)).await;
    }
    assert_eq!((phase(), service.calls()), (Phase::Open, 10));
}

#[resilient_runtime::test]
async fn b06_the_call_that_fills_the_window_is_judged_at_once() {
    for _ in 0..9 {
        let _ = call(&Service::new([fails(BUSY)])).await;
        assert_eq!(phase(), Phase::Closed);
    }
    let _ = call(&Service::new([fails(BUSY)])).await;
    assert_eq!(phase(), Phase::Open, "not with the eleventh");
}

#[resilient_runtime::test]
async fn b15_what_a_policy_decides_is_done() {
    #[bulkhead(1)]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(10))]);
    futures::future::join_all((0..3).map(|_| limited(&service))).await;
    assert_eq!((service.calls(), service.most_at_once()), (1, 1));
    open_it().await;
    let service = Service::new([OK]);
    for _ in 0..10 {
        assert!(call(&service).await.is_err_and(|error| error.is_refusal()));
    }
    assert_eq!(service.calls(), 0);
}

#[resilient_runtime::test]
async fn b21_a_million_openings_or_keys_are_not_kept() {
    #[breaker(consecutive = 1, key(user), open = "1s")]
    async fn keyed(service: &Service, user: u32) -> Result<u32, Error> {
        service.call().await
    }
    for user in 0..20_000 {
        let _ = keyed(&Service::new([fails(LOST)]), user).await;
    }
    let keys = look::listing("breaker", "::keyed@")
        .keys
        .expect("it has keys");
    assert_eq!((keys.kept, keys.bound), (1_024, 1_024));
}

#[resilient_runtime::test]
async fn b27_two_clients_of_one_type_do_not_share_what_their_fields_hold() {
    struct Client(Breaker);
    impl Client {
        #[breaker(self.0)]
        async fn call(&self, service: &Service) -> Result<u32, Error> {
            service.call().await
        }
    }
    let clients = [(); 2].map(|()| Client(Breaker::new(Settings::new().consecutive(1))));
    let _ = clients[0].call(&Service::new([fails(LOST)])).await;
    assert!(clients[0].call(&Service::new([OK])).await.is_err());
    assert!(clients[1].call(&Service::new([OK])).await.is_ok());
}
