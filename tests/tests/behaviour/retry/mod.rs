//! `#[retry]`.

mod backoff;
mod budget;
mod classes;
mod hooks;
mod key;
mod model;
mod receivers;
mod refusals;
mod sticky;
