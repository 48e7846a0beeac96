//! The policies as annotations.

use resilient_runtime::{breaker, bulkhead, rate_limit, read_only, retry, timeout};

use crate::{Answer, Service};

/// Three policies.
#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker]
pub async fn three(pending: u32) -> Answer {
    Service(pending).await
}

/// Four.
#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker]
#[bulkhead(64)]
pub async fn four(pending: u32) -> Answer {
    Service(pending).await
}

/// What the four by hand do and nothing more: no time limit of the whole, no retry budget.
#[retry(read_only, budget(none))]
#[timeout(attempt = "500ms")]
#[breaker]
#[bulkhead(64)]
pub async fn four_alike(pending: u32) -> Answer {
    Service(pending).await
}

/// Five; the rate is never reached.
#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker]
#[rate_limit("1000000000/s")]
#[bulkhead(64)]
pub async fn five(pending: u32) -> Answer {
    Service(pending).await
}

/// What the five by hand do and nothing more.
#[retry(read_only, budget(none))]
#[timeout(attempt = "500ms")]
#[breaker]
#[rate_limit("1000000000/s")]
#[bulkhead(64)]
pub async fn five_alike(pending: u32) -> Answer {
    Service(pending).await
}

/// `#[timeout]` alone.
#[timeout("500ms")]
pub async fn timeout_alone(pending: u32) -> Answer {
    Service(pending).await
}

/// `#[breaker]` alone.
#[breaker]
pub async fn breaker_alone(pending: u32) -> Answer {
    Service(pending).await
}

/// `#[breaker]` that judges by the last hundred calls, as recloser does.
#[breaker(window = 100)]
pub async fn breaker_count_alone(pending: u32) -> Answer {
    Service(pending).await
}

/// `#[breaker]` that the first lost call opens for an hour.
#[breaker(consecutive = 1, open = "1h", max_open = "1h")]
pub async fn breaker_open(pending: u32) -> Answer {
    Service(pending).await
}

/// `#[bulkhead]` alone.
#[bulkhead(64)]
pub async fn bulkhead_alone(pending: u32) -> Answer {
    Service(pending).await
}

/// `#[retry]` alone.
#[retry(read_only)]
pub async fn retry_alone(pending: u32) -> Answer {
    Service(pending).await
}

/// `#[rate_limit]` alone.
#[rate_limit("1000000000/s")]
pub async fn rate_limit_alone(pending: u32) -> Answer {
    Service(pending).await
}

/// A declared effect and nothing else.
#[read_only]
pub async fn declared(pending: u32) -> Answer {
    Service(pending).await
}
