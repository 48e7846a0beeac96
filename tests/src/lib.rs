//! What the test files of this member share.

pub mod bank;
pub mod events;
pub mod facade;
pub mod fault_server;
pub mod look;
pub mod polls;
pub mod rustc;
pub mod service;
