//! The numbers of `#[on_unknown(..)]` as a constant, and the pauses between its questions.

use std::time::Duration;

use super::Remedies;

/// The longest time one question may take where no `timeout(attempt)` says it. A look-up that takes longer has failed: the
/// caller has waited for one lost answer already. (Our choice.)
pub const QUESTION: Duration = Duration::from_secs(5);

/// What the attribute says.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub(crate) remedies: Remedies,
    pub(crate) settles: Option<Duration>,
    pub(crate) best_effort: bool,
}

impl Settings {
    /// Neither `confirm` nor `cancel`.
    #[expect(
        clippy::new_without_default,
        reason = "nothing asks for it without a remedy"
    )]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            remedies: Remedies {
                confirms: false,
                cancels: false,
                fences: false,
            },
            settles: None,
            best_effort: false,
        }
    }

    /// Whether a reconciler that finds the record open may send a cancel although the call was answered: it has nothing else
    /// to ask, or "not found" is never final.
    pub(crate) const fn may_cancel_an_answer(&self) -> bool {
        self.remedies.cancels && (!self.remedies.confirms || self.settles.is_none())
    }

    /// `confirm(path)`.
    #[must_use]
    pub const fn confirms(mut self) -> Self {
        self.remedies.confirms = true;
        self
    }

    /// `cancel(path)`, or with `fences`.
    #[must_use]
    pub const fn cancels(mut self, fences: bool) -> Self {
        self.remedies.cancels = true;
        self.remedies.fences = fences;
        self
    }

    /// `settles = ".."`.
    #[must_use]
    pub const fn settles(mut self, settles: Duration) -> Self {
        self.settles = Some(settles);
        self
    }

    /// `journal(best_effort)`.
    #[must_use]
    pub const fn best_effort(mut self) -> Self {
        self.best_effort = true;
        self
    }
}

/// A pause between half of `longest` and all of it: callers whose answers were lost together do not ask together, and
/// the number of questions stays bounded, which a pause of nothing would not do.
pub(crate) fn drawn(longest: Duration) -> Duration {
    let half = crate::clock::nanos(longest) / 2;
    Duration::from_nanos(half + fastrand::u64(0..=half))
}
