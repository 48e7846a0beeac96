//! Failover: another provider for what is core, called when the first certainly did nothing.
//!
//! Goes in: a call that failed, and the functions that [`failover`](macro@crate::failover) names. Comes out: the answer of
//! the first that gives one. Refuses: to call anybody once a write may have been carried out.
//!
//! There is no state here. Each provider is an annotated function with policies of its own, and the events
//! [`FailoverStarted`](crate::event::Event::FailoverStarted) and
//! [`FailoverRefused`](crate::event::Event::FailoverRefused) tell what happened.

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
