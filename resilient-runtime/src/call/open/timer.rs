//! The one timer of an attempt. Goes in: an instant. Comes out: whether its time has come. Refuses to be armed before it is
//! needed, and to arm anew for the instant it is armed for.

use std::pin::Pin;
use std::task::Context;

use tokio::time::{Sleep, sleep_until};

use crate::clock::Stamp;

/// Sets an armed timer to another instant.
pub(in crate::call) fn rearm(timer: Pin<&mut Option<Sleep>>, at: Stamp) {
    if let Some(timer) = timer.as_pin_mut() {
        let at = at.to_instant();
        if timer.deadline() != at {
            timer.reset(at);
        }
    }
}

/// Arms the timer the first time it is needed, and says whether its time has come.
pub(in crate::call) fn expired(
    mut timer: Pin<&mut Option<Sleep>>,
    at: Stamp,
    cx: &mut Context<'_>,
) -> bool {
    if timer.is_none() {
        timer.set(Some(sleep_until(at.to_instant())));
    }
    timer
        .as_pin_mut()
        .is_some_and(|timer| timer.poll(cx).is_ready())
}
