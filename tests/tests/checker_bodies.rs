//! A hundred bodies inside the retry loop, in edition 2024: no error, no warning, nothing for clippy.
#![deny(warnings, clippy::pedantic, clippy::nursery, clippy::absolute_paths)]
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::unused_async,
    clippy::ref_option,
    clippy::type_complexity,
    clippy::await_holding_lock,
    clippy::future_not_send,
    reason = "the bodies are what is tested"
)]

pub use resilient_runtime::retry as form;

#[path = "../bodies/mod.rs"]
mod bodies;
