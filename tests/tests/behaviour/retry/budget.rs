//! Repeats are paid for by answers.

use resilient_runtime::{Failure, breaker, retry};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{BUSY, DECLINED, Error, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::Instant;

#[retry(idempotent, attempts = 2, jitter(none))]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// How many calls it takes until one is not repeated.
async fn repeats(failure: Failure) -> u32 {
    for repeats in 0.. {
        let service = Service::new([fails(failure)]);
        assert!(call(&service).await.is_err());
        if service.calls() == 1 {
            return repeats;
        }
    }
    unreachable!()
}

async fn answers(count: u32) {
    for _ in 0..count {
        assert_eq!(call(&Service::new([OK])).await, Ok(1));
    }
}

#[resilient_runtime::test]
async fn a_budget_is_there_without_being_asked_for_and_starts_full() {
    assert_eq!(repeats(NOT_SENT).await, 5);
    assert!(look::budget("::call@").tokens < f64::EPSILON);
}

#[resilient_runtime::test]
async fn a_repeat_after_an_unknown_outcome_costs_two() {
    assert_eq!(repeats(LOST).await, 2);
    assert_eq!(repeats(BUSY).await, 1, "one of the five is left");
}

#[resilient_runtime::test]
async fn only_answers_earn_and_five_of_them_pay_for_one_repeat() {
    repeats(NOT_SENT).await;
    for _ in 0..10 {
        assert!(call(&Service::new([fails(DECLINED)])).await.is_err());
    }
    assert_eq!(repeats(NOT_SENT).await, 0, "errors earn nothing");
    answers(4).await;
    assert_eq!(repeats(NOT_SENT).await, 0, "four fifths are not a token");
    answers(1).await;
    assert_eq!(repeats(NOT_SENT).await, 1);
    // An answer that a repeat brought is an answer, too: 0.2 of the one that it cost.
    answers(5).await;
    assert_eq!(call(&Service::new([fails(BUSY), OK])).await, Ok(2));
    answers(4).await;
    assert_eq!(repeats(NOT_SENT).await, 1);
}

/// Status 200, and the page says "error".
fn page_of_an_error(answer: &impl PartialOrd<u32>) -> Option<Failure> {
    (*answer > 0).then_some(DECLINED)
}

#[resilient_runtime::test]
async fn an_answer_that_failed_all_the_same_earns_nothing() {
    #[retry(
        idempotent,
        attempts = 2,
        budget("failed-answers"),
        failed(page_of_an_error)
    )]
    async fn odd(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, attempts = 2, budget("failed-answers"))]
    async fn even(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let _ = even(&Service::new([fails(NOT_SENT)])).await;
    let before = look::budget("failed-answers").tokens;
    assert_eq!(odd(&Service::new([OK])).await, Ok(1));
    assert!((look::budget("failed-answers").tokens - before).abs() < f64::EPSILON);
    assert_eq!(even(&Service::new([OK])).await, Ok(1));
    assert!(look::budget("failed-answers").tokens > before);
}

#[resilient_runtime::test]
async fn the_budget_is_asked_when_the_backoff_ends_and_a_refusal_returns_the_last_error() {
    let events = Events::record();
    repeats(NOT_SENT).await;
    let (service, started) = (Service::new([fails(BUSY), OK]), Instant::now());
    assert_eq!(call(&service).await, Err(Error::answered(BUSY, 1)));
    assert_eq!(
        started.elapsed(),
        ms(100),
        "not before the repeat would be sent"
    );
    let refused = events.with("not repeated");
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused[1].contains("budget"), "{refused:?}");
    assert_eq!(look::budget("::call@").refused, 2);
    assert_eq!(look::budget("::call@").repeats, 5);

    // What is earned during the backoff counts.
    let service = Service::new([fails(BUSY), OK]);
    let earning = async {
        tokio::time::sleep(ms(50)).await;
        answers(5).await;
    };
    let (answer, ()) = tokio::join!(call(&service), earning);
    assert_eq!(answer, Ok(2));
}

#[resilient_runtime::test]
async fn no_budget_no_bound_but_attempts() {
    #[retry(idempotent, budget(none))]
    async fn free(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(LOST)]);
    for _ in 0..20 {
        let _ = free(&service).await;
    }
    assert_eq!(service.calls(), 60);
    assert!(look::listings("budget", "free").is_empty());
}

#[resilient_runtime::test]
async fn functions_that_name_one_budget_share_it_and_others_do_not() {
    #[retry(idempotent, attempts = 2, budget("shared", save = 3))]
    async fn one(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, attempts = 2, budget("shared", save = 3))]
    async fn other(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(NOT_SENT)]);
    for _ in 0..2 {
        let _ = one(&service).await;
    }
    for _ in 0..2 {
        let _ = other(&service).await;
    }
    assert_eq!(service.calls(), 4 + 3, "three repeats for both");
    assert_eq!(look::budget("behaviour/shared").repeats, 3);
    assert_eq!(repeats(NOT_SENT).await, 5, "a function of its own budget");
}

#[resilient_runtime::test]
async fn numbers_of_the_budget_can_be_set() {
    #[retry(idempotent, attempts = 2, budget(earn = "50%", save = 2))]
    async fn rich(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(NOT_SENT)]);
    for _ in 0..3 {
        let _ = rich(&service).await;
    }
    assert_eq!(service.calls(), 3 + 2);
    for _ in 0..2 {
        let _ = rich(&Service::new([OK])).await;
    }
    let _ = rich(&service).await;
    assert_eq!(service.calls(), 5 + 2);
}

#[resilient_runtime::test]
async fn what_is_saved_is_what_the_second_before_the_repeat_earned() {
    #[retry(idempotent, attempts = 2, backoff(fixed, "3s"), jitter(none))]
    async fn patient(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let ok = Service::new([OK]);
    for _ in 0..2 {
        for _ in 0..100 {
            assert!(patient(&ok).await.is_ok());
        }
        tokio::time::sleep(ms(1_000)).await;
    }
    assert!(
        (look::budget("::patient@").tokens - 20.0).abs() < 1e-9,
        "a second of answers is saved"
    );
    // Three seconds later, when the backoff ends, five are.
    assert_eq!(
        patient(&Service::new([fails(BUSY)])).await,
        Err(Error::answered(BUSY, 2))
    );
    let tokens = look::budget("::patient@").tokens;
    assert!((tokens - 4.0).abs() < 1e-9, "{tokens}");
}

#[resilient_runtime::test]
async fn a_repeat_that_a_policy_refuses_costs_nothing() {
    #[retry(idempotent, attempts = 2, jitter(none))]
    #[breaker(consecutive = 1)]
    async fn guarded(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(LOST)]);
    assert_eq!(guarded(&service).await, Err(Error::answered(LOST, 1)));
    assert_eq!(service.calls(), 1, "the breaker refused the repeat");
    let budget = look::budget("guarded");
    assert!((budget.tokens - 5.0).abs() < f64::EPSILON, "{budget:?}");
    assert_eq!(budget.repeats, 0);
}

#[resilient_runtime::test]
async fn the_event_of_a_refusal_says_what_the_attempt_met() {
    let events = Events::record();
    for failure in [NOT_SENT, BUSY, LOST] {
        repeats(failure).await;
        let refused = events
            .with("not repeated")
            .pop()
            .expect("the last one was refused");
        assert!(
            refused.contains(&format!("{failure:?}")),
            "{refused} after {failure:?}"
        );
    }
}
