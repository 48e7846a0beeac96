//! A rate limit by hand.

use resilient_runtime::by_hand::{RateLimit, Timeout};
use resilient_runtime::rate_limit::{self, Rate, Settings};
use resilient_runtime::registry;
use resilient_runtime::rejected::Kind;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{OK, Service, ms};
use tokio::join;
use tokio::time::sleep;

const TEN_A_SECOND: Settings = Settings::new(Rate::per_second(10)).burst(1);

#[resilient_runtime::test]
async fn one_call_too_early_is_refused_and_told_when_to_come_back() {
    let rate_limit = RateLimit::new(TEN_A_SECOND);
    let service = Service::new([OK]);
    assert_eq!(rate_limit.run(service.call()).await, Ok(1));
    sleep(ms(40)).await;
    let refused = rate_limit.run(service.call()).await.expect_err("too early");
    let retry_after = ms(60);
    assert_eq!(refused.kind(), Kind::RateLimited { retry_after });
    sleep(retry_after).await;
    assert_eq!(rate_limit.run(service.call()).await, Ok(2));
}

#[resilient_runtime::test]
async fn those_in_the_queue_start_in_order_and_in_time() {
    let rate_limit = RateLimit::new(TEN_A_SECOND.wait(ms(250)));
    let service = Service::new([OK]);
    let call = || rate_limit.run(service.call());
    let (one, two, three, four) = join!(call(), call(), call(), call());
    assert_eq!((one, two, three), (Ok(1), Ok(2), Ok(3)));
    assert!(four.is_err(), "its turn would come after 300 ms");
    assert_eq!(service.starts(), [0, 100, 200]);
}

#[resilient_runtime::test]
async fn nobody_waits_longer_than_the_limit_around_it() {
    let rate_limit = RateLimit::new(TEN_A_SECOND.wait(ms(1_000)));
    let (service, limit) = (Service::new([OK]), Timeout::new(ms(50)));
    assert!(rate_limit.run(service.call()).await.is_ok());
    let late = limit.run(rate_limit.run(service.call())).await;
    let kind = late.expect_err("its turn comes after 100 ms").kind();
    assert_eq!(
        kind,
        Kind::RateLimited {
            retry_after: ms(100)
        },
        "it is told at once"
    );
}

#[resilient_runtime::test]
async fn one_that_leaves_the_queue_costs_nobody_a_turn() {
    let rate_limit = RateLimit::new(TEN_A_SECOND.wait(ms(1_000)));
    let service = Service::new([OK]);
    let call = || rate_limit.run(service.call());
    let (one, left, stays) = join!(biased; call(), give_up_after(1, call()), call());
    assert!(one.is_ok() && left.is_none() && stays.is_ok());
    assert_eq!(service.starts(), [0, 100]);
}

#[resilient_runtime::test]
async fn it_may_share_the_state_of_a_static_or_a_field_and_has_one_for_each_key() {
    static SHARED: rate_limit::RateLimit =
        rate_limit::RateLimit::new(TEN_A_SECOND).shown_as("shared");
    let (one, other) = (RateLimit::of(&SHARED), RateLimit::of(&SHARED));
    let service = Service::new([OK]);
    assert!(one.run(service.call()).await.is_ok());
    assert!(other.run(service.call()).await.is_err());
    registry()
        .set_rate("shared", Rate::per_second(1_000))
        .expect("it is known");
    let field = rate_limit::RateLimit::new(TEN_A_SECOND);
    let keyed = RateLimit::from(field.clone());
    assert!(keyed.run_for("here", service.call()).await.is_ok());
    assert!(keyed.run_for("here", service.call()).await.is_err());
    assert!(keyed.run_for("there", service.call()).await.is_ok());
    assert_eq!(field.own_snapshot().burst, 1);
}
