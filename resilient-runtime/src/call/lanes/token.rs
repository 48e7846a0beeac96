//! What a hedge costs: one token of the budget, given back unless the hedge is sent.

use crate::clock::Stamp;
use crate::retry::budget::{Budget, Core};
use crate::shared::Ref;

/// A token that was taken; dropped unspent it goes back.
pub(super) struct Token(Option<Ref<Core>>);

impl Token {
    /// One token, if there is one.
    pub(super) fn take(budget: &'static Budget, now: Stamp) -> Option<Self> {
        let core = budget.0.get();
        // Made only when it was paid for: a token that is made and dropped gives back what was never taken.
        core.spend(false, now).then(|| Self(Some(core)))
    }

    /// The hedge is sent.
    pub(super) fn spend(mut self) {
        self.0 = None;
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        if let Some(core) = self.0.take() {
            core.give_back(false, Stamp::now());
        }
    }
}
