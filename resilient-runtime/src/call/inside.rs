//! The user's future is polled inside its call: with the call's deadline and key, its depth of retries, and the
//! count of non-idempotent calls that its attempt starts.

use std::borrow::BorrowMut;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::run::Run;
use crate::clock::Stamp;
use crate::context;

/// Who holds the state of the call: its only attempt, or the layers around it.
#[doc(hidden)]
pub trait Carrier: BorrowMut<Run> {
    /// Whether somebody around the attempt asks what it started: a loop, or whoever answers instead.
    const COUNTS: bool;
}

impl Carrier for Run {
    const COUNTS: bool = false;
}

impl Carrier for &mut Run {
    const COUNTS: bool = true;
}

/// Polls the body of an attempt; one that `holds` a permit or a ticket may leave it to what outlives its body.
#[inline]
pub(super) fn poll_body<R: Carrier, F: Future>(
    run: &mut Run,
    holds: bool,
    limit: Stamp,
    body: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    if R::COUNTS {
        return poll_inside(run, holds, limit, body, cx);
    }
    let vouched = run.site.plan.vouched;
    let _made = holds.then(|| context::enter_made(context::CLAIMS, &mut run.tasks, vouched));
    let _deadline = context::enter_deadline(limit);
    let _span = run.heard.enter();
    // What is started inside is vouched for: the attempt around the call does not hear of it.
    let _vouched = vouched.then(|| context::enter_attempt(context::started()));
    body.poll(cx)
}

/// Polls the body of a layered call, or what is done between two attempts. What it starts is counted.
#[inline]
pub(super) fn poll_counted<F: Future>(
    run: &mut Run,
    limit: Stamp,
    body: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    poll_inside(run, false, limit, body, cx)
}

#[expect(clippy::inline_always, reason = "this is the way every poll takes")]
#[inline(always)]
fn poll_inside<F: Future>(
    run: &mut Run,
    holds: bool,
    limit: Stamp,
    body: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    let _span = run.heard.enter();
    let _key = run.key.is_some().then(|| context::enter_key(&mut run.key));
    let plan = &run.site.plan;
    let (vouched, repeats) = (plan.vouched, plan.retry.is_some());
    let wanted = if holds {
        context::TASKS | context::CLAIMS
    } else {
        context::TASKS
    };
    let _made = context::enter_made(wanted, &mut run.tasks, vouched);
    let _attempt = context::enter_counted(limit, &mut run.known, vouched, repeats);
    body.poll(cx)
}
