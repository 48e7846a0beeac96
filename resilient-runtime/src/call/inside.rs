//! The user's future is polled inside its call: with the call's deadline and key, its depth of retries, and the
//! count of non-idempotent calls that its attempt starts.

use std::borrow::BorrowMut;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::run::Run;
use crate::clock::Stamp;
use crate::context;

/// Who holds the state of the call: its only attempt, or the loop around the attempts.
#[doc(hidden)]
pub trait Carrier: BorrowMut<Run> {
    /// Whether the body is repeated.
    const REPEATS: bool;
}

impl Carrier for Run {
    const REPEATS: bool = false;
}

impl Carrier for &mut Run {
    const REPEATS: bool = true;
}

/// Polls the body of an attempt.
#[inline]
pub(super) fn poll_body<R: Carrier, F: Future>(
    run: &mut Run,
    limit: Stamp,
    body: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    if R::REPEATS {
        return poll_repeated(run, limit, body, cx);
    }
    let _deadline = context::enter_deadline(limit);
    // What is started inside is vouched for: the attempt around the call does not hear of it.
    let _vouched = run
        .site
        .plan
        .vouched
        .then(|| context::enter_attempt(context::started()));
    body.poll(cx)
}

/// Polls the body of a call that repeats, or what is done between two attempts.
#[inline]
pub(super) fn poll_repeated<F: Future>(
    run: &mut Run,
    limit: Stamp,
    body: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    let _key = run.key.is_some().then(|| context::enter_key(&mut run.key));
    let _attempt = context::enter_repeated(limit, &mut run.started, run.site.plan.vouched);
    body.poll(cx)
}
