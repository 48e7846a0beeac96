//! Fallback: an answer from somewhere else, when the service gives none.
//!
//! Goes in: a call that failed, and the function that [`fallback`](macro@crate::fallback) names, or the default of its
//! answer. Comes out: that answer, or the call's own error. Refuses: to answer for a write that may have been carried out.
//!
//! There is no state here; the event [`Fallback`](crate::event::Event::Fallback) tells what happened.

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
