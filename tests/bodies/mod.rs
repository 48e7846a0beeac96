//! Bodies that must compile without an error or a warning, whatever the attribute makes of them.
//!
//! Two crates include this folder: `checker_bodies.rs` beside it has `form` be `retry`, so that each body stands
//! inside the loop, in edition 2024; the crate `edition2021` has it be nothing, so that each is a plain declaration.

pub mod blocks;
pub mod borrows;
pub mod control;
pub mod futures;
pub mod inference;
pub mod signatures;
pub mod streams;
pub mod tricky;

use std::num::ParseIntError;

use resilient_runtime::{Classify, Failure, idempotent, read_only};
use tokio::task::yield_now;

/// The error of everything here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost;

impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

impl From<ParseIntError> for Lost {
    fn from(_: ParseIntError) -> Self {
        Self
    }
}

/// A declared call.
#[idempotent]
pub async fn put(n: u64) -> Result<u64, Lost> {
    yield_now().await;
    Ok(n)
}

/// A declared call that borrows.
#[read_only]
pub async fn look(text: &str) -> Result<u64, Lost> {
    Ok(u64::try_from(text.len()).unwrap_or(0))
}

/// An undeclared call.
pub async fn plain(n: u64) -> u64 {
    n
}

/// A client with declared methods.
#[derive(Debug, Default, Clone)]
pub struct Client {
    pub name: String,
    pub hits: u64,
}

impl Client {
    #[idempotent]
    pub async fn put(&self, n: u64) -> Result<u64, Lost> {
        Ok(n + self.hits)
    }
    #[idempotent]
    pub async fn hit(&mut self) -> Result<u64, Lost> {
        self.hits += 1;
        Ok(self.hits)
    }
    #[read_only]
    pub async fn name(&self) -> Result<&str, Lost> {
        Ok(&self.name)
    }
}
