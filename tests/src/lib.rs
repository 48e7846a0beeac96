//! What the test files of this member share.

pub mod fault_server;
