//! `#[breaker]`.

mod counts;
mod identity;
mod operated;
mod phases;
