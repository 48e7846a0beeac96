//! Retries around retries: what failed in spite of its repeats is not repeated by the layers above.

use resilient_runtime::{Failure, Scope, retry, timeout};
use resilient_tests::events::Events;
use resilient_tests::service::{
    BUSY, Error, HANGS, LOST, NOT_SENT, OK, OVERLOADED, Service, fails, ms,
};

/// A layer of three attempts, and a function that says nothing, which hides it from the layer above.
macro_rules! layer {
    ($name:ident, $hidden:ident, $below:ident, $($options:tt)*) => {
        #[retry(idempotent, $($options)*)]
        async fn $name(service: &Service) -> Result<u32, Error> {
            $below(service).await
        }
        async fn $hidden(service: &Service) -> Result<u32, Error> {
            $name(service).await
        }
    };
}

macro_rules! five_layers {
    ($($options:tt)*) => {
        async fn bottom(service: &Service) -> Result<u32, Error> {
            service.call().await
        }
        layer!(first, hidden_first, bottom, $($options)*);
        layer!(second, hidden_second, hidden_first, $($options)*);
        layer!(third, hidden_third, hidden_second, $($options)*);
        layer!(fourth, hidden_fourth, hidden_third, $($options)*);
        layer!(fifth, outermost, hidden_fourth, $($options)*);
    };
}

#[resilient_runtime::test]
async fn in_an_outage_five_layers_of_three_attempts_reach_the_bottom_once_per_call() {
    five_layers!(jitter(full));
    for failure in [NOT_SENT, LOST, BUSY, OVERLOADED] {
        let service = Service::new([fails(failure)]);
        let outage = async {
            for _ in 0..100 {
                assert!(outermost(&service).await.is_err());
            }
        };
        Scope::new().run(outage).await;
        // The innermost has five repeats saved; what it cannot pay for, no other layer pays for.
        assert!(service.calls() <= 105, "{failure}: {}", service.calls());
    }
}

#[resilient_runtime::test]
async fn without_budgets_five_layers_make_the_attempts_of_one() {
    five_layers!(jitter(none), budget(none));
    for failure in [NOT_SENT, LOST, BUSY, OVERLOADED] {
        let (service, events) = (Service::new([fails(failure)]), Events::record());
        assert!(outermost(&service).await.is_err());
        assert_eq!(service.calls(), 3, "{failure}: not 243");
        let told = events.with("a call inside of it has had its repeats");
        assert_eq!(told.len(), 4, "each layer above says so: {told:?}");
        assert_eq!(events.with("inside 4 other").len(), 1);
    }
}

#[resilient_runtime::test]
async fn a_single_failure_is_still_cured_by_the_layer_next_to_it() {
    five_layers!(jitter(none), budget(none));
    for failures in 1..=2 {
        let mut script = vec![fails(BUSY); failures];
        script.push(OK);
        let service = Service::new(script);
        let calls = u32::try_from(failures).expect("few") + 1;
        assert_eq!(outermost(&service).await, Ok(calls));
    }
}

#[resilient_runtime::test]
async fn with_the_retries_allowed_to_nest_it_is_the_same() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn inner(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, jitter(none), budget(none), allow(nested))]
    async fn outer(service: &Service) -> Result<u32, Error> {
        inner(service).await
    }
    let service = Service::new([fails(LOST)]);
    assert_eq!(outer(&service).await, Err(Error::answered(LOST, 3)));
}

#[retry(idempotent, attempts = 2, jitter(none), budget(none))]
async fn twice(service: &Service) -> Result<u32, Error> {
    service.call().await
}

async fn hidden(service: &Service) -> Result<u32, Error> {
    twice(service).await
}

#[resilient_runtime::test]
async fn what_fails_beside_the_inner_call_is_repeated_as_ever() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn after_an_answer(inner: &Service, own: &Service) -> Result<u32, Error> {
        hidden(inner).await?;
        own.call().await
    }
    let (inner, own) = (
        Service::new([fails(BUSY), OK]),
        Service::new([fails(BUSY), OK]),
    );
    assert_eq!(after_an_answer(&inner, &own).await, Ok(2));
    assert_eq!(
        inner.calls(),
        3,
        "cured by its own repeat, then asked again"
    );

    #[retry(idempotent, jitter(none), budget(none))]
    async fn without_it(inner: &Service, own: &Service) -> Result<u32, Error> {
        let _not_important = hidden(inner).await;
        own.call().await
    }
    let (inner, own) = (Service::new([fails(BUSY)]), Service::new([fails(LOST), OK]));
    assert_eq!(
        without_it(&inner, &own).await,
        Ok(2),
        "it failed in another way"
    );
}

#[resilient_runtime::test]
async fn an_inner_call_that_is_cut_off_in_the_middle_of_repeating_has_had_its_repeats() {
    #[retry(idempotent, jitter(none), budget(none))]
    #[timeout(attempt = "300ms")]
    async fn outer(service: &Service) -> Result<u32, Error> {
        hidden(service).await
    }
    let service = Service::new([fails(BUSY).after(ms(50)), HANGS]);
    assert!(outer(&service).await.expect_err("cut off").is_cut_off());
    assert_eq!(service.calls(), 2, "not 6");
    let service = Service::new([HANGS]);
    assert!(outer(&service).await.is_err());
    assert_eq!(service.calls(), 3, "the inner one never came to repeat");
}

#[resilient_runtime::test]
async fn two_inner_calls_at_a_time_are_told_apart() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn outer(cured: &Service, own: &Service) -> Result<u32, Error> {
        let (cured, own) = tokio::join!(hidden(cured), own.call());
        cured.and(own)
    }
    let cured = Service::new([fails(LOST).after(ms(10)), OK]);
    let own = Service::new([fails(LOST), OK]);
    assert_eq!(outer(&cured, &own).await, Ok(2));
}

#[resilient_runtime::test]
async fn one_call_that_gave_up_is_not_held_against_the_next() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn outer(service: &Service) -> Result<u32, Error> {
        hidden(service).await
    }
    #[retry(idempotent, jitter(none), budget(none))]
    async fn plain(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    assert!(outer(&Service::new([fails(LOST)])).await.is_err());
    assert!(hidden(&Service::new([fails(LOST)])).await.is_err());
    let service = Service::new([fails(LOST)]);
    assert!(plain(&service).await.is_err());
    assert_eq!(service.calls(), 3);
}

/// As the rule of the compiler: repeats that never arrive are no load.
#[resilient_runtime::test]
async fn repeats_that_were_never_sent_do_not_count() {
    #[retry(not_sent, attempts = 2, jitter(none), budget(none))]
    async fn connects(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    async fn hidden(service: &Service) -> Result<u32, Error> {
        connects(service).await
    }
    #[retry(idempotent, jitter(none), budget(none))]
    async fn outer(service: &Service) -> Result<u32, Error> {
        hidden(service).await
    }
    let service = Service::new([fails(Failure::NotSent)]);
    assert!(outer(&service).await.is_err());
    assert_eq!(service.calls(), 6);
}
