#![allow(dead_code)]
use resilient_runtime::{Classify, FromRejected, Rejected, breaker, bulkhead, idempotent, non_idempotent, retry, timeout};

#[derive(Debug, Clone, Classify, FromRejected)]
pub enum Error {
    #[failure(unknown)]
    Lost,
    #[failure(from)]
    Refused(std::sync::Arc<Rejected>),
}
