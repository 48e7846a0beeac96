//! How annotated functions behave, on a paused clock: one module for each policy.
//!
//! Every test has a clock and a scope of its own. A service that follows a script stands in for the partner.

mod adaptive;
mod b_list;
mod breaker;
mod bulkhead;
mod by_hand;
mod config;
mod dependency;
mod drop;
mod failover;
mod fallback;
mod guard;
mod hedge;
mod identity;
mod in_transaction;
mod kit;
mod meddling;
mod observed;
mod on_unknown;
mod outlives;
mod panic;
mod rate_limit;
mod retry;
mod scopes;
mod stack;
mod timeout;
mod together;
