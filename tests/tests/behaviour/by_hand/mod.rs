//! The policies without macros promise what the attributes promise, one by one and nested in any order.

mod breaker;
mod bulkhead;
mod drop;
mod fallback;
mod nested;
mod orders;
mod rate_limit;
mod retry;
mod timeout;
