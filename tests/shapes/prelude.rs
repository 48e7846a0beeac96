//! A shape of a function under a stack of policies.
#![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery, clippy::absolute_paths)]
#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::unused_async,
    clippy::future_not_send,
    clippy::trivially_copy_pass_by_ref,
    clippy::needless_pass_by_value,
    clippy::use_self,
    clippy::wildcard_imports,
    reason = "the shapes are what is tested"
)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display};
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::rc::Rc;
use std::result::Result as StdResult;
use std::sync::Arc;

use async_trait::async_trait;
use resilient_runtime::breaker::{Breaker, Settings as BreakerSettings};
use resilient_runtime::bulkhead::{Bulkhead, Settings as BulkheadSettings};
use resilient_runtime::rate_limit::{Rate, RateLimit, Settings as RateLimitSettings};
use resilient_runtime::{
    Classify, FromRejected, Rejected, breaker, bulkhead, failover, fallback, hedge, database, dependency, idempotent, non_idempotent, on_unknown, rate_limit, read_only, retry,
    timeout,
};
use tokio::task::yield_now;
use tracing::instrument;

#[derive(Debug, Classify, FromRejected)]
pub enum Error {
    #[failure(unknown)]
    Lost,
    #[failure(from)]
    Refused(Rejected),
}
impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(self, f)
    }
}
pub type Answer<T = u64> = Result<T, Error>;

#[read_only]
pub async fn look(text: &str) -> Answer {
    yield_now().await;
    Ok(u64::try_from(text.len()).unwrap_or(0))
}
pub async fn plain(n: u64) -> Answer {
    Ok(n)
}

#[read_only]
pub async fn find<T>(key: &str) -> Answer<Option<T>> {
    look(key).await?;
    Ok(None)
}
#[read_only]
pub async fn find_of<S: ?Sized, T>(_client: &S, key: &str) -> Answer<Option<T>> {
    look(key).await?;
    Ok(None)
}
#[idempotent]
pub async fn void(key: &str) -> Answer {
    look(key).await
}
#[idempotent]
pub async fn void_of<S: ?Sized>(_client: &S, key: &str) -> Answer {
    look(key).await
}

pub static STEADY: Breaker = Breaker::new(BreakerSettings::new());
pub static PACED: RateLimit = RateLimit::new(RateLimitSettings::new(Rate::per_second(100)));
pub static NARROW: Bulkhead = Bulkhead::new(BulkheadSettings::new(4));

#[derive(Clone)]
pub struct Client {
    pub name: String,
    pub tenant: u64,
    pub breaker: Arc<Breaker>,
    pub bulkhead: Arc<Bulkhead>,
    pub rate_limit: Arc<RateLimit>,
}
#[derive(Clone)]
pub struct Typed<T>(pub T);

pub const fn send<F: Future + Send>(_: &F) {}
pub const fn owned<F: Future + Send + 'static>(_: &F) {}
