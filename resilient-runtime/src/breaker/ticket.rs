//! An admitted call that reports back whatever becomes of it.

use crate::clock::Stamp;
use crate::shared::Ref;

use super::event::{Admission, Outcome, Transition};
use super::shell::Core;

/// A call the breaker let through. Finished or dropped, its outcome is recorded exactly once.
///
/// Dropped unfinished (caller gone, outer timeout, `select!`) it gives its slot back and counts as
/// dropped; during a panic it counts as a failure whose outcome is unknown. A transition caused by a drop
/// is reported by the breaker's next call, as there is nobody else to hear it.
pub(crate) struct Ticket {
    /// None when the outcome was recorded.
    core: Option<Ref<Core>>,
    admission: Admission,
}

impl Ticket {
    pub(crate) const fn new(core: Ref<Core>, admission: Admission) -> Self {
        Self {
            core: Some(core),
            admission,
        }
    }

    /// The call ended; see [`Core::record`]. Nothing the second time.
    #[inline]
    pub(crate) fn finish(
        &mut self,
        outcome: Outcome,
        end: impl FnOnce() -> Stamp,
    ) -> Option<Transition> {
        self.core.take()?.record(self.admission, outcome, end)
    }

    /// The call succeeded, and nothing is to be decided. False: [`Ticket::finish`] it.
    #[inline]
    pub(crate) fn succeed_plainly(&mut self) -> bool {
        let core = self.core.as_ref();
        let done = core.is_some_and(|core| core.succeed_plainly(self.admission));
        if done {
            self.core = None;
        }
        done
    }
}

impl Drop for Ticket {
    #[inline]
    fn drop(&mut self) {
        if let Some(core) = self.core.take() {
            let outcome = if std::thread::panicking() {
                Outcome::Failure {
                    unknown: true,
                    retry_after: None,
                }
            } else {
                Outcome::Dropped
            };
            core.decide_silently(self.admission, outcome, &mut Stamp::now);
        }
    }
}
