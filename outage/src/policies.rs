//! What stands between a client and the service: the annotated functions, the classic policies, and peers.

mod annotated;
mod peers;

use std::future::Future;
use std::pin::Pin;

use crate::service::{CallError, Service};

/// One call.
pub type Call = Pin<Box<dyn Future<Output = Result<(), CallError>> + Send>>;

/// A client with state of its own.
pub type Client = Box<dyn FnMut() -> Call + Send>;

/// A row of the table.
#[derive(Clone, Copy)]
pub struct Policy {
    /// As it is called in tables.
    pub name: &'static str,
    /// Makes the client with this number.
    pub client: fn(Service, usize) -> Client,
    /// What is asked of it; none of rows that are there to compare.
    pub targets: Option<Targets>,
}

/// What a row of ours must reach, in percent and seconds.
#[derive(Clone, Copy)]
pub struct Targets {
    /// It is meant for clients with less than a call a second, and measured by those; other rows by the others.
    pub sparse: bool,
    /// Attempts per call during the fault, at most.
    pub amplification: f64,
    /// Good calls in the 60 s after the fault, at least.
    pub good: f64,
    /// Seconds until three in a row are at least 99 % good.
    pub recovery: f64,
}

/// Every row, in the order of the tables.
pub const POLICIES: &[Policy] = &[
    annotated::DEFAULTS,
    annotated::RECOMMENDED,
    annotated::SPARSE,
    annotated::NO_RETRY,
    annotated::JITTER,
    annotated::FIXED,
    annotated::CLASSIC_BREAKER,
    peers::BACKON,
    peers::TOWER,
];
