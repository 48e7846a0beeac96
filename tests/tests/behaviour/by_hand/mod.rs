//! The policies without macros promise what the attributes promise, one by one and nested in any order.

mod breaker;
mod bulkhead;
mod calls;
mod drop;
mod failover;
mod fallback;
mod hedge;
mod learning;
mod nested;
mod orders;
mod rate_limit;
mod retry;
mod timeout;
