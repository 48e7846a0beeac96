//! An adaptive bulkhead by hand follows the service, if it is told how calls end.

use std::sync::{Arc, Mutex};

use resilient_runtime::bulkhead::{self, Settings};
use resilient_runtime::by_hand::{Bulkhead, LogicalCall};
use resilient_runtime::event::Event;
use resilient_runtime::{Failure, Scope};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, DECLINED, Error, HANGS, LOST, OVERLOADED, Service, fails};

const SETTINGS: Settings = Settings::adaptive(1, 40);

#[resilient_runtime::test]
async fn overload_and_unknown_outcomes_lower_it_and_plain_errors_do_not() {
    let bulkhead = Bulkhead::adaptive(SETTINGS);
    for (failure, then) in [(BUSY, 20), (DECLINED, 20), (OVERLOADED, 5), (LOST, 1)] {
        let service = Service::new([fails(failure)]);
        assert!(bulkhead.run(service.call()).await.is_err());
        assert_eq!(bulkhead.snapshot().limit, then, "{failure:?}");
    }
    let hanging = Service::new([HANGS]);
    give_up_after(1, bulkhead.run(hanging.call())).await;
    assert_eq!(bulkhead.snapshot().limit, 1, "a dropped call says nothing");
}

#[resilient_runtime::test]
async fn made_of_a_static_or_with_another_opinion_it_learns_as_well() {
    static SHARED: bulkhead::Bulkhead = bulkhead::Bulkhead::new(SETTINGS);
    let lost = Service::new([fails(LOST)]);
    let silent = Bulkhead::of(&SHARED);
    assert!(silent.run(lost.call()).await.is_err());
    assert_eq!(silent.snapshot().limit, 20, "it asks nobody");
    let learning = silent.clone().learning();
    assert!(learning.run(lost.call()).await.is_err());
    assert_eq!(silent.snapshot().limit, 5);
    let other = silent
        .clone()
        .classify(|_: &Error| Failure::Permanent)
        .failed(|answer: &u32| (*answer == 7).then_some(Failure::Unknown));
    assert!(other.run(lost.call()).await.is_err());
    assert_eq!(silent.snapshot().limit, 5);
    assert_eq!(other.run(async { Ok::<_, Error>(7) }).await, Ok(7));
    assert_eq!(silent.snapshot().limit, 1);
}

#[resilient_runtime::test]
async fn the_event_of_its_limit_names_the_call() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&told);
    Scope::current().observe(move |event| {
        if let Event::LimitChanged { call, from, to, .. } = event {
            let seen = ((*call).to_owned(), *from, *to);
            into.lock().expect("no observer panics").push(seen);
        }
    });
    let bulkhead = Bulkhead::adaptive(SETTINGS);
    let lost = Service::new([fails(LOST)]);
    let call = LogicalCall::read_only("rates");
    assert!(
        call.run(|body| bulkhead.run(body.run(lost.call())))
            .await
            .is_err()
    );
    assert_eq!(
        *told.lock().expect("no observer panics"),
        [("rates".to_owned(), 20, 5)]
    );
}
