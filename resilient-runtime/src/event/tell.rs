//! Tells whoever listens: in an event that a driver made after its bookkeeping was done, out one line for `tracing` and a call
//! of every observer. Refuses to cost more than a load when nobody does.

use super::Event;
use super::observers::{deliver, listening};
use crate::breaker::{self, Cause};
use crate::call::Site;
use crate::shared::Shown;
use crate::trace;

/// Whether anybody in the process hears events, as an observer or through `tracing`; worth asking before an event
/// is put together from much.
#[inline]
pub(crate) fn heard() -> bool {
    listening() || trace::hears_warnings()
}

/// Tells `tracing`, if the feature is on, and the observers of the current scope. Never call it while holding a lock.
#[inline]
pub(crate) fn emit(event: &Event<'_>) {
    if trace::hears_warnings() {
        trace::tell(event);
    }
    if listening() {
        deliver(event);
    }
}

/// Tells the observers alone: a span says the same to `tracing`.
#[inline]
pub(crate) fn observe(event: &Event<'_>) {
    if listening() {
        deliver(event);
    }
}

/// Tells of what a breaker did; `state` is asked only if somebody listens.
#[cold]
pub(crate) fn breaker_transition(
    site: Option<&Site>,
    state: impl FnOnce() -> Shown,
    transition: &breaker::Transition,
) {
    if !heard() {
        return;
    }
    let state = state();
    let &breaker::Transition {
        from,
        to,
        cause,
        open_for,
        ..
    } = transition;
    if cause == Cause::ClockBehind {
        emit(&Event::ClockWentBack {
            policy: "breaker",
            state,
        });
    }
    if from != to {
        emit(&Event::BreakerTransition {
            state,
            call: site.map(|site| site.name),
            dependency: site.and_then(Site::dependency),
            from,
            to,
            cause,
            open_for,
        });
    }
}
