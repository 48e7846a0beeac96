//! A user on edition 2021: every body as a plain declaration, without an error, a warning, or anything for clippy.
#![deny(warnings, clippy::pedantic, clippy::nursery, clippy::absolute_paths)]
#![allow(
    missing_docs,
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

#[doc(hidden)]
pub use resilient_runtime::__private::__expanded as form;

#[path = "../../bodies/mod.rs"]
pub mod bodies;
