//! What an answer means to the policies: one verdict per attempt, asked of one classifier per function.

use crate::event::End;
use crate::failure::{Classify, Failure};
use crate::rejected::{FromRejected, Rejected};

/// What an annotated function may return: something that can say that it failed.
#[diagnostic::on_unimplemented(
    message = "a policy on a function that returns `{Self}`, which cannot say that it failed",
    label = "not a `Result`",
    note = "a policy must tell a failed attempt from an answer, and must be able to return a rejection",
    note = "return a `Result<T, E>`"
)]
pub trait Answer: Sized {
    /// What the service answered.
    type Ok;
    /// How the function fails.
    type Error;
    /// The error, if this is one.
    fn error(&self) -> Option<&Self::Error>;
    /// The answer, if this is one.
    fn answer(&self) -> Option<&Self::Ok>;
    /// An answer made of an error.
    fn fail(error: Self::Error) -> Self;
    /// An answer made of what the service answered.
    fn succeed(value: Self::Ok) -> Self;
}

impl<T, E> Answer for Result<T, E> {
    type Ok = T;
    type Error = E;
    #[inline]
    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
    #[inline]
    fn answer(&self) -> Option<&T> {
        self.as_ref().ok()
    }
    #[inline]
    fn fail(error: E) -> Self {
        Err(error)
    }
    #[inline]
    fn succeed(value: T) -> Self {
        Ok(value)
    }
}

/// What the classifiers of one function make of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a verdict nobody reads decides nothing"]
pub struct Verdict {
    /// None for an answer.
    pub(super) failure: Option<Failure>,
    /// `ignore(..)`: the breaker does not count it.
    pub(super) ignored: bool,
    /// `when(..)` said no.
    pub(super) final_: bool,
    /// A gate said no: the body was not polled.
    pub(super) refused: bool,
}

impl Verdict {
    /// Of a call that counts as nothing.
    pub(super) const NOTHING: Self = Self::refused(Failure::Rejected { retry_after: None });

    /// By an answer's own word, where nothing else is asked.
    pub const fn said(failure: Option<Failure>) -> Self {
        Self {
            failure,
            ignored: false,
            final_: false,
            refused: false,
        }
    }

    /// How an attempt with this verdict ended.
    pub(super) const fn end(&self) -> End {
        match self.failure {
            None => End::Ok,
            Some(failure) => End::Failed(failure),
        }
    }

    pub(super) const fn failed(failure: Failure) -> Self {
        Self::said(Some(failure))
    }

    pub(super) const fn refused(failure: Failure) -> Self {
        Self {
            refused: true,
            ..Self::failed(failure)
        }
    }

    /// Not to be repeated.
    pub(super) const fn final_(mut self) -> Self {
        self.final_ = true;
        self
    }

    /// `failed(path)`: an answer that is `Ok` and failed all the same.
    #[inline]
    pub fn or_failed<R: Answer>(
        mut self,
        answer: &R,
        failed: impl FnOnce(&R::Ok) -> Option<Failure>,
    ) -> Self {
        if let Some(value) = answer.answer() {
            self.failure = failed(value);
        }
        self
    }

    /// `ignore(path)`: errors the breaker should not count.
    #[inline]
    pub fn ignore<R: Answer>(
        mut self,
        answer: &R,
        ignored: impl FnOnce(&R::Error) -> bool,
    ) -> Self {
        self.ignored = answer.error().is_some_and(ignored);
        self
    }

    /// `when(path)`: narrows what is repeated.
    #[inline]
    pub fn when<R: Answer>(
        mut self,
        answer: &R,
        repeatable: impl FnOnce(&R::Error) -> bool,
    ) -> Self {
        self.final_ = answer.error().is_some_and(|error| !repeatable(error));
        self
    }
}

/// Asks the error type itself.
#[inline]
pub fn judge<R: Answer<Error: Classify>>(answer: &R) -> Verdict {
    Verdict::said(answer.error().map(Classify::failure))
}

/// `classify(path)`.
#[inline]
pub fn judge_with<R: Answer>(answer: &R, classify: impl FnOnce(&R::Error) -> Failure) -> Verdict {
    Verdict::said(answer.error().map(classify))
}

/// A rejection as the function's own error.
#[inline]
#[must_use]
pub fn absorb<R: Answer<Error: FromRejected>>(rejected: Rejected) -> R {
    R::fail(R::Error::from_rejected(rejected))
}

/// `rejected(path)`.
#[inline]
pub fn absorb_with<R: Answer>(rejected: impl FnOnce(Rejected) -> R::Error, why: Rejected) -> R {
    R::fail(rejected(why))
}
