//! What is repeated, and how often.

use resilient_runtime::{Failure, retry};
use resilient_tests::service::{
    BUSY, DECLINED, Error, LOST, NOT_SENT, OK, OVERLOADED, Service, THROTTLED, fails,
};

#[retry(read_only, jitter(none), budget(none))]
async fn read(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotent, jitter(none), budget(none))]
async fn idempotent(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotency_key(order), jitter(none), budget(none))]
async fn keyed(service: &Service, order: u32) -> Result<u32, Error> {
    let _ = order;
    service.call().await
}

#[retry(not_sent, jitter(none), budget(none))]
async fn write(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn three_attempts_in_all_unless_told_otherwise() {
    #[retry(idempotent, attempts = 5, budget(none))]
    async fn five(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, attempts = 2, budget(none))]
    async fn two(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let services = [(); 3].map(|()| Service::new([fails(NOT_SENT)]));
    assert!(idempotent(&services[0]).await.is_err());
    assert!(five(&services[1]).await.is_err());
    assert!(two(&services[2]).await.is_err());
    assert_eq!(services.map(|service| service.calls()), [3, 5, 2]);
}

#[resilient_runtime::test]
async fn an_answer_ends_the_loop() {
    let service = Service::new([fails(NOT_SENT), OK]);
    assert_eq!(idempotent(&service).await, Ok(2));
    assert_eq!(service.calls(), 2);
}

#[resilient_runtime::test]
async fn the_class_of_the_failure_decides_what_is_repeated() {
    let rejected = Failure::Rejected { retry_after: None };
    // failure, attempts of a read or an idempotent call, attempts of a write
    let table = [
        (NOT_SENT, 3, 3),
        (LOST, 3, 1),
        (BUSY, 3, 1),
        (OVERLOADED, 3, 1),
        (THROTTLED, 3, 1),
        (DECLINED, 1, 1),
        (rejected, 1, 1),
    ];
    for (failure, repeatable, not_sent) in table {
        let services = [(); 4].map(|()| Service::new([fails(failure)]));
        assert!(read(&services[0]).await.is_err());
        assert!(idempotent(&services[1]).await.is_err());
        assert!(keyed(&services[2], 17).await.is_err());
        assert!(write(&services[3]).await.is_err());
        let calls = services.map(|service| service.calls());
        assert_eq!(
            calls,
            [repeatable, repeatable, repeatable, not_sent],
            "{failure}"
        );
    }
}

#[resilient_runtime::test]
async fn a_later_attempt_of_a_write_that_may_have_arrived_is_the_last() {
    let service = Service::new([fails(NOT_SENT), fails(LOST), OK]);
    assert_eq!(write(&service).await, Err(Error::answered(LOST, 2)));
    assert_eq!(service.calls(), 2);
}

#[resilient_runtime::test]
async fn when_narrows_what_is_repeated_and_never_widens_it() {
    fn first_call(error: &Error) -> bool {
        matches!(error, Error::Answered { call: 1, .. })
    }
    #[retry(idempotent, attempts = 5, budget(none), when(first_call))]
    async fn narrowed(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(not_sent, attempts = 5, budget(none), when(first_call))]
    async fn write(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let narrow = Service::new([fails(BUSY)]);
    assert_eq!(narrowed(&narrow).await, Err(Error::answered(BUSY, 2)));
    for failure in [DECLINED, Failure::Rejected { retry_after: None }] {
        let service = Service::new([fails(failure)]);
        assert_eq!(narrowed(&service).await, Err(Error::answered(failure, 1)));
        assert_eq!(service.calls(), 1, "{failure}");
    }
    let lost = Service::new([fails(LOST)]);
    assert_eq!(write(&lost).await, Err(Error::answered(LOST, 1)));
}

#[resilient_runtime::test]
async fn failed_finds_failures_among_the_answers_and_the_last_such_answer_is_returned() {
    #[derive(Debug, PartialEq)]
    struct Response(u16, u32);
    fn status(response: &Response) -> Option<Failure> {
        match response.0 {
            503 => Some(BUSY),
            400 => Some(DECLINED),
            _ => None,
        }
    }
    #[retry(read_only, budget(none), failed(status))]
    async fn get(service: &Service, statuses: &[u16]) -> Result<Response, Error> {
        let call = service.call().await?;
        Ok(Response(statuses[call as usize - 1], call))
    }
    let twice = Service::new([OK]);
    assert_eq!(get(&twice, &[503, 200]).await, Ok(Response(200, 2)));
    let never = Service::new([OK]);
    assert_eq!(get(&never, &[503, 503, 503]).await, Ok(Response(503, 3)));
    let declined = Service::new([OK]);
    assert_eq!(get(&declined, &[400, 200]).await, Ok(Response(400, 1)));
    let error = Service::new([fails(BUSY), OK]);
    assert_eq!(get(&error, &[0, 200]).await, Ok(Response(200, 2)));
}

#[resilient_runtime::test]
async fn classify_takes_the_place_of_the_error_types_own_word() {
    fn by_text(error: &&'static str) -> Failure {
        if *error == "down" { NOT_SENT } else { DECLINED }
    }
    #[retry(not_sent, budget(none), classify(by_text))]
    async fn text(service: &Service, error: &'static str) -> Result<u32, &'static str> {
        service.call().await.map_err(|_| error)
    }
    let down = Service::new([fails(DECLINED)]);
    assert_eq!(text(&down, "down").await, Err("down"));
    assert_eq!(down.calls(), 3);
    let wrong = Service::new([fails(NOT_SENT)]);
    assert_eq!(text(&wrong, "wrong").await, Err("wrong"));
    assert_eq!(wrong.calls(), 1);
}

/// B17: a body pasted into the loop would leave the function with its first `?` or `return`.
#[resilient_runtime::test]
async fn a_question_mark_or_return_in_the_body_ends_the_attempt_and_not_the_loop() {
    #[retry(idempotent, budget(none))]
    async fn early(service: &Service) -> Result<u32, Error> {
        let call = service.call().await?;
        if call == 2 {
            return Err(Error::answered(BUSY, call));
        }
        Ok(call)
    }
    let service = Service::new([fails(BUSY), OK]);
    assert_eq!(early(&service).await, Ok(3));
}
