//! The same for `tracing`: a span for every logical call and for every attempt, a line for every event in between.
//!
//! In: what the driver knows anyway. Out: spans and events of the target `resilient_runtime`. Refuses to carry arguments,
//! keys or the text of errors. Without the feature `tracing` all of it is empty; with it and nobody interested a call costs
//! one look at a level.

#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod on;

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{Quiet, Spans, hears_warnings, tell, tell_quietly, wanted};
#[cfg(feature = "tracing")]
pub(crate) use on::{Quiet, Spans, hears_warnings, tell, tell_quietly, wanted};
