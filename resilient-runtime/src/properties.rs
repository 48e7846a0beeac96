//! Whatever goes in, what a promise says comes out: properties of what is parsed and counted, beside simple models.
//!
//! Properties of private states stand with them, in `<policy>/tests/properties.rs` and the like.

#[path = "../../tests/properties/common.rs"]
mod common;
mod keys;
mod names;
#[cfg(any(feature = "reqwest", feature = "aws"))]
mod retry_after;

pub(crate) use common::{cases, refuted, slipped};
