//! (being written)

pub use crate::failure::Wait;
pub use crate::{Classify, Failure, FromRejected, Rejected};
