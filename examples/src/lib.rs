//! Programs that call a service which fails, all offline, over real sockets on 127.0.0.1.
//!
//! [`service`] is the partner: a payments service that counts what it really carried out. [`demo`] puts it through an
//! outage under two clients at once, one written by hand and one annotated. `cargo run --bin retry` and its siblings show
//! one attribute each.

pub mod demo;
pub mod program;
pub mod service;
pub mod svg;
