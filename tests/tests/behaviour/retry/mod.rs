//! `#[retry]`.

mod backoff;
mod budget;
mod classes;
mod hooks;
mod key;
mod refusals;
mod sticky;
