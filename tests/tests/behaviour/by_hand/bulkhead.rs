//! A bulkhead by hand.

use resilient_runtime::bulkhead::Settings;
use resilient_runtime::by_hand::{Bulkhead, Timeout};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{bulkhead, read_only, registry};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{Error, HANGS, OK, Service, ms};
use tokio::join;

const ONE: Settings = Settings::new(1);

#[resilient_runtime::test]
async fn one_more_than_its_limit_is_refused_at_once() {
    let bulkhead = Bulkhead::new(Settings::new(2));
    let service = Service::new([OK.after(ms(10))]);
    let call = || bulkhead.run(service.call());
    let (one, two, three) = join!(call(), call(), call());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(three.expect_err("it is full").kind(), Kind::BulkheadFull);
    assert_eq!((service.calls(), bulkhead.snapshot().in_flight), (2, 0));
}

#[resilient_runtime::test]
async fn those_in_the_queue_come_in_in_order_or_give_up_after_their_wait() {
    let bulkhead = Bulkhead::new(ONE.wait(ms(15)).queue(2));
    let service = Service::new([OK.after(ms(10))]);
    let call = || bulkhead.run(service.call());
    let (one, two, three, four) = join!(call(), call(), call(), call());
    assert_eq!((one, two), (Ok(1), Ok(2)));
    assert_eq!(
        three.expect_err("too late").kind(),
        Kind::BulkheadTimeout { wait: ms(15) }
    );
    assert_eq!(four.expect_err("no place").kind(), Kind::BulkheadFull);
    assert_eq!(service.starts(), [0, 10]);
}

#[resilient_runtime::test]
async fn a_limit_around_it_ends_the_wait_too() {
    let bulkhead = Bulkhead::new(ONE.wait(ms(100)));
    let (hanging, service) = (Service::new([HANGS]), Service::new([OK]));
    let limit = Timeout::new(ms(20));
    let (_held, waited) = join!(give_up_after(1, bulkhead.run(hanging.call())), async {
        limit.run(bulkhead.run(service.call())).await
    });
    assert_eq!(waited, Ok(1), "the one before it was dropped");
    let waits = async { limit.run(bulkhead.run(service.call())).await };
    let held = tokio::time::timeout(ms(50), bulkhead.run(hanging.call()));
    let (_held, late) = join!(biased; held, waits);
    assert_eq!(
        late.expect_err("too late").kind(),
        Kind::TotalTimeout { limit: ms(20) }
    );
    assert_eq!((service.calls(), bulkhead.snapshot().queued), (1, 0));
}

#[resilient_runtime::test]
async fn it_may_share_the_bulkhead_of_annotated_functions_and_is_resized_by_name() {
    static SHARED: bulkhead::Bulkhead = bulkhead::Bulkhead::new(ONE).shown_as("shared");
    #[read_only]
    #[bulkhead(SHARED)]
    async fn rate(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(10))]);
    let by_hand = Bulkhead::of(&SHARED);
    let (one, two) = join!(rate(&service), by_hand.run(service.call()));
    assert!(one.is_ok() && two.is_err());
    registry().resize("shared", 2).expect("it is known");
    let (one, two) = join!(rate(&service), by_hand.run(service.call()));
    assert!(one.is_ok() && two.is_ok());
    let field = bulkhead::Bulkhead::new(ONE);
    assert!(
        Bulkhead::from(field.clone())
            .run(service.call())
            .await
            .is_ok()
    );
    assert_eq!(field.own_snapshot().limit, 1);
}

#[resilient_runtime::test]
async fn each_key_has_a_bulkhead_of_its_own() {
    let bulkhead = Bulkhead::new(ONE);
    let service = Service::new([OK.after(ms(10))]);
    let call = |key| bulkhead.run_for(key, service.call());
    let (one, two, three) = join!(call("here"), call("here"), call("there"));
    assert!(one.is_ok() && two.is_err() && three.is_ok());
}
