//! An outage on virtual time: [`scenario`] says what happens, [`service`] suffers it, [`load`] calls through one of the
//! [`policies`], [`figures`] say what became of the calls, [`report`] and [`picture`] show it.
//!
//! The model is that of the retry-storm literature: an open load of many clients, a server with a fixed number of
//! workers and one queue, and no cancellation. It is deterministic for a seed.

pub mod figures;
pub mod load;
pub mod picture;
pub mod policies;
pub mod report;
pub mod scenario;
pub mod service;
