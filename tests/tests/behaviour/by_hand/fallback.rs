//! A fallback by hand.

use resilient_runtime::by_hand::{Fallback, Retry};
use resilient_runtime::{Failure, non_idempotent};
use resilient_tests::events::Events;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, OVERLOADED, Service, fails,
};

const INSTEAD: u32 = 99;

async fn answered(fallback: Fallback, failure: Failure) -> bool {
    let service = Service::new([fails(failure)]);
    let instead = |_failed| async { Ok(INSTEAD) };
    fallback.run(service.call(), instead).await == Ok(INSTEAD)
}

#[resilient_runtime::test]
async fn it_answers_for_what_was_not_carried_out_and_for_reads_also_for_what_may_have_been() {
    for failure in [NOT_SENT, BUSY, OVERLOADED] {
        assert!(
            answered(Fallback::for_reads(), failure).await,
            "{failure:?}"
        );
        assert!(
            answered(Fallback::for_writes(), failure).await,
            "{failure:?}"
        );
    }
    assert!(answered(Fallback::for_reads(), LOST).await);
    assert!(!answered(Fallback::for_writes(), LOST).await);
    assert!(
        !answered(Fallback::for_writes().any(), LOST).await,
        "not even then"
    );
}

#[resilient_runtime::test]
async fn it_answers_for_an_answer_only_if_told_to() {
    assert!(!answered(Fallback::for_reads(), DECLINED).await);
    assert!(answered(Fallback::for_reads().any(), DECLINED).await);
}

#[resilient_runtime::test]
async fn it_is_not_asked_after_an_answer_unless_that_is_taken_for_a_failure() {
    let service = Service::new([OK]);
    let instead = |answer: Result<u32, Error>| async move { answer.map(|calls| calls + 10) };
    let answer = Fallback::for_reads().run(service.call(), instead).await;
    assert_eq!(answer, Ok(1));
    let picky = Fallback::for_reads().failed(|_: &u32| Some(BUSY));
    assert_eq!(picky.run(service.call(), instead).await, Ok(12));
}

#[resilient_runtime::test]
async fn its_own_error_is_the_answer_and_it_has_the_first_one() {
    let service = Service::new([fails(BUSY)]);
    let instead = |failed: Result<u32, Error>| async move {
        assert_eq!(failed, Err(Error::answered(BUSY, 1)));
        Err(Error::answered(DECLINED, 7))
    };
    let answer = Fallback::for_reads().run(service.call(), instead).await;
    assert_eq!(answer, Err(Error::answered(DECLINED, 7)));
}

#[resilient_runtime::test]
async fn it_does_not_answer_for_a_payment_that_may_have_been_made() {
    #[non_idempotent]
    async fn charge(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for (step, expected) in [
        (OK, Err(Error::answered(BUSY, 0))),
        (fails(LOST), Err(Error::answered(BUSY, 0))),
        (fails(BUSY), Ok(INSTEAD)),
    ] {
        let service = Service::new([step]);
        let body = async {
            let _whatever_became_of_it = charge(&service).await;
            Err(Error::answered(BUSY, 0))
        };
        let instead = |_failed| async { Ok(INSTEAD) };
        let answer = Fallback::for_writes().run(body, instead).await;
        assert_eq!(answer, expected, "{step:?}");
    }
}

#[resilient_runtime::test]
async fn around_a_retry_it_is_asked_once_and_dropped_it_is_not_asked_at_all() {
    let (service, retry) = (Service::new([fails(BUSY)]), Retry::read_only());
    let fallback = Fallback::for_reads();
    let mut asked = 0;
    let call = fallback.run(retry.run(|| service.call()), |_failed| {
        asked += 1;
        async { Ok(INSTEAD) }
    });
    assert_eq!(call.await, Ok(INSTEAD));
    assert_eq!((service.calls(), asked), (3, 1));
    let hanging = Service::new([HANGS]);
    let call = fallback.run(hanging.call(), |_failed| {
        asked += 1;
        async { Ok(INSTEAD) }
    });
    assert_eq!(give_up_after(1, call).await, None);
    assert_eq!((hanging.in_flight(), asked), (0, 1));
}

#[resilient_runtime::test]
async fn observers_are_told_what_came_of_it_under_its_name() {
    let (events, service) = (Events::record(), Service::new([fails(LOST)]));
    let instead = |_failed| async { Ok(INSTEAD) };
    let fails_too = |failed| async { failed };
    let _ = Fallback::for_reads()
        .named("rates")
        .run(service.call(), instead)
        .await;
    assert_eq!(events.with("rates").len(), 1, "{:?}", events.lines());
    let _ = Fallback::for_writes()
        .named("pay")
        .run(service.call(), instead)
        .await;
    assert_eq!(events.with("pay").len(), 1, "{:?}", events.lines());
    let _ = Fallback::for_reads()
        .named("twice")
        .run(service.call(), fails_too)
        .await;
    assert_eq!(events.with("twice").len(), 1, "{:?}", events.lines());
}
