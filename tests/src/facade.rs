//! A crate that hands the runtime on under another path.

pub use resilient_runtime as resilience;
