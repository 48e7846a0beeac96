//! Attributes on arguments, as published clients have them: what `#[cfg(..)]` takes out is nowhere bound, and lint
//! levels hold where the body binds the argument.
#![deny(warnings)]

use resilient_runtime::{
    Classify, Failure, Rejected, breaker, bulkhead, idempotent, retry, timeout,
};

#[derive(Debug)]
struct Lost;

impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

impl From<Rejected> for Lost {
    fn from(_: Rejected) -> Self {
        Self
    }
}

#[bulkhead(64)]
#[breaker]
#[timeout("2s")]
async fn server(
    #[cfg(not(miri))] uid: Option<u32>,
    #[cfg(miri)] sid: Option<String>,
) -> Result<u32, Lost> {
    #[cfg(miri)]
    let uid = sid.map(|_| 0);
    uid.ok_or(Lost)
}

#[retry(idempotent, clone(uid, sid), before_retry(refresh))]
async fn repeated(#[cfg(not(miri))] uid: Vec<u8>, #[cfg(miri)] sid: String) -> Result<usize, Lost> {
    #[cfg(miri)]
    let uid = sid.into_bytes();
    drop(uid);
    Err(Lost)
}

#[allow(clippy::unused_async, reason = "a hook is awaited, whatever it does")]
async fn refresh(#[cfg(not(miri))] _uid: Vec<u8>, #[cfg(miri)] _sid: String) {}

#[idempotent]
async fn unused(#[allow(unused_variables)] one: u32, #[expect(unused_variables)] two: u32) {}

#[idempotent]
async fn pattern(
    #[expect(unused_variables)] (one, two): (u32, u32),
    #[cfg(miri)] [three]: [u32; 1],
) -> u32 {
    two
}

#[resilient_runtime::test]
async fn an_argument_that_is_not_there_is_not_bound() {
    assert_eq!(server(Some(7)).await.ok(), Some(7));
    assert!(repeated(vec![1]).await.is_err());
    unused(1, 2).await;
    assert_eq!(pattern((1, 2)).await, 2);
}
