//! What an answer means to a policy that is used by hand, and how a rejection becomes the answer's error.
//!
//! In: the answer of a future. Out: one verdict. Made by the policies' own methods (`classify`, `failed`, `when`,
//! `ignore`, `rejected`); nobody needs to name these types except to write down the type of a policy.

use crate::call::answer::{self, Answer, Verdict};
use crate::failure::{Classify, Failure};
use crate::rejected::{FromRejected, Rejected};

/// Says what an answer means. Implemented by the types of this module alone.
pub trait Judge<R> {
    #[doc(hidden)]
    fn judge(&self, answer: &R) -> Verdict;
}

/// Asks the error's own [`Classify`].
#[derive(Debug, Clone, Copy)]
pub struct OfItsType;

/// Asks nobody: what comes back is the caller's affair.
#[derive(Debug, Clone, Copy)]
pub struct Unasked;

impl<R> Judge<R> for Unasked {
    fn judge(&self, _answer: &R) -> Verdict {
        Verdict::NOTHING
    }
}

/// Asks a function instead: `classify(..)`.
#[derive(Debug, Clone, Copy)]
pub struct Classified<C>(pub(super) C);

/// Takes some answers that are `Ok` for failures: `failed(..)`.
#[derive(Debug, Clone, Copy)]
pub struct Failing<J, F>(pub(super) J, pub(super) F);

/// Repeats fewer failures: `when(..)`.
#[derive(Debug, Clone, Copy)]
pub struct Narrowed<J, W>(pub(super) J, pub(super) W);

/// Lets a breaker not count some errors: `ignore(..)`.
#[derive(Debug, Clone, Copy)]
pub struct Ignoring<J, I>(pub(super) J, pub(super) I);

impl<R: Answer<Error: Classify>> Judge<R> for OfItsType {
    fn judge(&self, answer: &R) -> Verdict {
        answer::judge(answer)
    }
}

impl<R: Answer, C: Fn(&R::Error) -> Failure> Judge<R> for Classified<C> {
    fn judge(&self, answer: &R) -> Verdict {
        answer::judge_with(answer, &self.0)
    }
}

impl<R: Answer, J: Judge<R>, F: Fn(&R::Ok) -> Option<Failure>> Judge<R> for Failing<J, F> {
    fn judge(&self, answer: &R) -> Verdict {
        self.0.judge(answer).or_failed(answer, &self.1)
    }
}

impl<R: Answer, J: Judge<R>, W: Fn(&R::Error) -> bool> Judge<R> for Narrowed<J, W> {
    fn judge(&self, answer: &R) -> Verdict {
        self.0.judge(answer).when(answer, &self.1)
    }
}

impl<R: Answer, J: Judge<R>, I: Fn(&R::Error) -> bool> Judge<R> for Ignoring<J, I> {
    fn judge(&self, answer: &R) -> Verdict {
        self.0.judge(answer).ignore(answer, &self.1)
    }
}

/// Makes an answer of a rejection. Implemented by the types of this module alone.
pub trait Absorb<R> {
    #[doc(hidden)]
    fn absorb(&self, rejected: Rejected) -> R;
}

/// By the error's own [`FromRejected`].
#[derive(Debug, Clone, Copy)]
pub struct Carried;

/// By a function: `rejected(..)`.
#[derive(Debug, Clone, Copy)]
pub struct Made<M>(pub(super) M);

impl<R: Answer<Error: FromRejected>> Absorb<R> for Carried {
    fn absorb(&self, rejected: Rejected) -> R {
        answer::absorb(rejected)
    }
}

impl<R: Answer, M: Fn(Rejected) -> R::Error> Absorb<R> for Made<M> {
    fn absorb(&self, rejected: Rejected) -> R {
        answer::absorb_with::<R>(&self.0, rejected)
    }
}
