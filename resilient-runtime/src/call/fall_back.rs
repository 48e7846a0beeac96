//! `#[fallback]`: an answer from somewhere else when the service gave none. In: how the whole call failed, and what the
//! fallback made of it. Out: the fallback's answer, or the call's own error. Refuses: to answer for a write whose
//! outcome is unknown, and, without `any`, for a service that answered.

use std::future::{IntoFuture, Ready, ready};

use super::answer::{Answer, Verdict};
use super::run::Run;
use super::settle::Kept;
use crate::context::{self, Became};
use crate::effect::{Assumed, Class, ReadOnly, assume_read_only};
use crate::event::{Event, Instead};
use crate::failure::Failure;

/// What a fallback's path returned: a future of the answer, or the answer.
#[derive(Debug)]
pub struct Fallback<F>(pub F);

impl<F: IntoFuture> Fallback<F> {
    /// An `async fn`'s future as it is.
    #[inline]
    #[must_use]
    #[doc(hidden)]
    pub fn __future(self) -> F {
        self.0
    }
}

/// What a plain `fn` returned is there at once; it awaited nothing, so it called nobody.
pub trait AtOnce {
    /// The answer.
    type Value;
    #[doc(hidden)]
    fn __future(self) -> Assumed<ReadOnly, Ready<Self::Value>>;
}

impl<R> AtOnce for Fallback<R> {
    type Value = R;
    #[inline]
    fn __future(self) -> Assumed<ReadOnly, Ready<R>> {
        assume_read_only(ready(self.0))
    }
}

/// What `fallback(default)` asks of an answer.
#[diagnostic::on_unimplemented(
    message = "`fallback(default)`, but `{Self}` has no default",
    label = "this answer is not `Default`",
    note = "when the service does not answer there would be nothing to return in its place",
    note = "write `#[derive(Default)]` on the type, or `fallback(path)` with a function that makes the answer"
)]
pub trait HasDefault: Sized {
    /// The answer in place of the service's.
    fn value() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> HasDefault for T {
    fn value() -> Self {
        Self::default()
    }
}

impl Run {
    /// Whether the fallback answers for this failure.
    #[inline]
    pub fn falls_back<R>(&mut self, kept: &Kept<R>, any: bool) -> bool {
        match kept.failure {
            None => false,
            Some(failure) => self.may_fall_back(failure, kept.unknown, any),
        }
    }

    #[cold]
    fn may_fall_back(&self, failure: Failure, unknown: bool, any: bool) -> bool {
        if failure == Failure::Permanent && !any {
            return false;
        }
        let free = !unknown && !self.may_have_done();
        if !free {
            self.report_fallback(failure, Instead::Refused);
        }
        free
    }

    /// After the fallback: its answer, or the call's own error if it failed too.
    ///
    /// The caller asked the service, so the service's failure is what it hears of, and what callers further out decide
    /// by. One failure of a fallback goes before it: that of a write whose outcome nobody knows.
    pub fn fell_back<R>(
        &mut self,
        kept: &mut Kept<R>,
        before: R,
        answer: R,
        judge: impl FnOnce(&R) -> Verdict,
    ) -> R {
        let Some(second) = judge(&answer).failure else {
            self.answered_instead(kept);
            return answer;
        };
        kept.became = kept.became.and(Became::of(Some(&second)));
        context::set_became(kept.became);
        if let Some(failure) = kept.failure {
            self.report_fallback(failure, Instead::Failed(second));
        }
        if second == Failure::Unknown && self.site.plan.class != Class::READ_ONLY {
            kept.failure = Some(second);
            answer
        } else {
            before
        }
    }

    /// `fallback(default)`.
    pub fn default_answer<R: Answer<Ok: HasDefault>>(&mut self, kept: &mut Kept<R>) -> R {
        self.answered_instead(kept);
        R::succeed(HasDefault::value())
    }

    fn answered_instead<R>(&self, kept: &mut Kept<R>) {
        context::set_became(Became::Done);
        if let Some(failure) = kept.failure.take() {
            self.report_fallback(failure, Instead::Answered);
        }
    }

    #[cold]
    fn report_fallback(&self, failure: Failure, outcome: Instead) {
        self.tell(&Event::Fallback {
            call: self.site.name,
            dependency: self.site.dependency(),
            failure,
            outcome,
        });
    }
}
