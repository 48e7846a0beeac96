//! Which error the caller gets: of a write the latest whose outcome is unknown, otherwise the last.

use resilient_runtime::{Failure, retry};
use resilient_tests::events::Events;
use resilient_tests::service::{BUSY, DECLINED, Error, LOST, NOT_SENT, OK, Service, Step, fails};

#[retry(read_only, budget(none))]
async fn read(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotent, budget(none))]
async fn idempotent(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotency_key(order), budget(none))]
async fn keyed(service: &Service, order: &str) -> Result<u32, Error> {
    let _ = order;
    service.call().await
}

#[retry(idempotency_key, budget(none))]
async fn keyed_once(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// What a read gets, and what the three kinds of write get.
async fn outcomes<const N: usize>(script: [Step; N]) -> (Result<u32, Error>, Result<u32, Error>) {
    let services = [(); 4].map(|()| Service::new(script));
    let read = read(&services[0]).await;
    let write = idempotent(&services[1]).await;
    assert_eq!(keyed(&services[2], "order-1").await, write);
    assert_eq!(keyed_once(&services[3]).await, write);
    (read, write)
}

#[resilient_runtime::test]
async fn the_last_error_is_returned_unchanged() {
    let last = Err(Error::answered(BUSY, 3));
    let script = [fails(NOT_SENT), fails(BUSY), fails(BUSY)];
    assert_eq!(outcomes(script).await, (last.clone(), last));
}

#[resilient_runtime::test]
async fn a_write_whose_outcome_is_unknown_stays_so_whatever_its_later_attempts_met() {
    let lost = Err(Error::answered(LOST, 1));
    let read = Err(Error::answered(NOT_SENT, 3));
    let script = [fails(LOST), fails(BUSY), fails(NOT_SENT)];
    assert_eq!(outcomes(script).await, (read, lost.clone()));
    // "No" to the second attempt does not say what became of the first.
    let read = Err(Error::answered(DECLINED, 2));
    assert_eq!(outcomes([fails(LOST), fails(DECLINED)]).await, (read, lost));
}

#[resilient_runtime::test]
async fn of_several_unknown_outcomes_of_a_write_the_latest_is_returned() {
    let read = Err(Error::answered(BUSY, 3));
    let write = Err(Error::answered(LOST, 2));
    assert_eq!(
        outcomes([fails(LOST), fails(LOST), fails(BUSY)]).await,
        (read, write)
    );
    let both = Err(Error::answered(LOST, 3));
    assert_eq!(
        outcomes([fails(LOST), fails(BUSY), fails(LOST)]).await,
        (both.clone(), both)
    );
}

#[resilient_runtime::test]
async fn an_answer_settles_what_was_unknown() {
    assert_eq!(
        outcomes([fails(LOST), fails(BUSY), OK]).await,
        (Ok(3), Ok(3))
    );
}

#[resilient_runtime::test]
async fn an_error_that_the_caller_does_not_get_is_told_to_observers() {
    let events = Events::record();
    let script = [fails(LOST), fails(BUSY), fails(DECLINED)];
    let _lost = idempotent(&Service::new(script)).await;
    let hidden = events.with("after one whose outcome is unknown");
    assert_eq!(hidden.len(), 2, "{hidden:?}");
    assert!(
        hidden[0].contains("attempt 2") && hidden[1].contains("attempt 3"),
        "{hidden:?}"
    );
    let _last = read(&Service::new(script)).await;
    assert_eq!(
        events.with("after one whose outcome is unknown").len(),
        2,
        "a read hides nothing"
    );
}

#[resilient_runtime::test]
async fn an_answer_that_means_unknown_is_kept_like_an_error() {
    #[derive(Debug, PartialEq)]
    struct Response(u16);
    fn status(response: &Response) -> Option<Failure> {
        match response.0 {
            502 => Some(LOST),
            503 => Some(BUSY),
            _ => None,
        }
    }
    #[retry(read_only, budget(none), failed(status))]
    async fn get(service: &Service, statuses: [u16; 3]) -> Result<Response, Error> {
        let call = service.call().await?;
        Ok(Response(statuses[call as usize - 1]))
    }
    #[retry(idempotent, budget(none), failed(status))]
    async fn put(service: &Service, statuses: [u16; 3]) -> Result<Response, Error> {
        let call = service.call().await?;
        Ok(Response(statuses[call as usize - 1]))
    }
    let statuses = [502, 503, 503];
    assert_eq!(get(&Service::new([OK]), statuses).await, Ok(Response(503)));
    assert_eq!(put(&Service::new([OK]), statuses).await, Ok(Response(502)));
    // Beside an error, the answer whose outcome is unknown wins as well.
    let script = [OK, fails(NOT_SENT)];
    assert_eq!(
        get(&Service::new(script), statuses).await,
        Err(Error::answered(NOT_SENT, 3))
    );
    assert_eq!(
        put(&Service::new(script), statuses).await,
        Ok(Response(502))
    );
}
