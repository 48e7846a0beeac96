//! After an attempt, or after the last one: the record is closed by its answer, or the service is asked what became of it.
//!
//! In: the answer, and the calls of `confirm` and `cancel`. Out: the answer, the one that `confirm` found, or a rejection that says
//! what is certain. Never waits longer than the call's total time.
//!
//! Dropped at any of its waits it leaves the record open, and the [`Watch`] ends the lease.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use tokio::time::{sleep_until, timeout_at};

use super::answer::{Answer, Verdict};
use super::run::Run;
use super::watch::{Ended, Watch};
use crate::clock::Stamp;
use crate::context;
use crate::event::{self, Event};
use crate::failure::Failure;
use crate::on_unknown::{
    Cancellation, Confirmation, Course, Outcome, QUESTION, Question, Reply, Settings, State, Step,
    drawn,
};
use crate::rejected::{Kind, Rejected};

/// What a function hands to its resolution.
#[derive(Debug)]
pub struct Remedy<C, X, S, A> {
    /// Calls `confirm`.
    pub confirm: C,
    /// Calls `cancel`.
    pub cancel: X,
    /// Takes the error out of an answer.
    pub source: S,
    /// Makes an answer of a rejection.
    pub absorb: A,
}

type Source = Option<Box<dyn Error + Send + Sync>>;

/// Behind the last attempt of a call that is resolved once; `unknown` is whether the kept answer is: of a write one unknown
/// outcome outlives every later failure.
pub async fn resolve_last<R, C, X, CF, XF, S, A>(
    run: &mut Run,
    watch: &Watch<'_>,
    unknown: bool,
    answer: R,
    remedy: Remedy<C, X, S, A>,
) -> R
where
    R: Answer,
    C: FnMut() -> CF,
    CF: Future<Output: Confirmation<R::Ok>>,
    X: FnMut() -> XF,
    XF: Future<Output: Cancellation>,
    S: FnOnce(R) -> Source,
    A: FnOnce(Rejected) -> R,
{
    if run.verdict.failure.is_some() && unknown {
        run.verdict = Verdict::failed(Failure::Unknown);
    }
    let answer = resolve(run, watch, answer, remedy).await;
    context::note_outcome(run.verdict.failure.as_ref());
    answer
}

/// Behind an attempt that was answered, cut off, or lost.
pub async fn resolve<R, C, X, CF, XF, S, A>(
    run: &mut Run,
    watch: &Watch<'_>,
    answer: R,
    remedy: Remedy<C, X, S, A>,
) -> R
where
    R: Answer,
    C: FnMut() -> CF,
    CF: Future<Output: Confirmation<R::Ok>>,
    X: FnMut() -> XF,
    XF: Future<Output: Cancellation>,
    S: FnOnce(R) -> Source,
    A: FnOnce(Rejected) -> R,
{
    match watch.ended(run) {
        Ended::Unsent => answer,
        Ended::Known(state) => {
            let closed = bounded(run, watch.change(state)).await;
            if !matches!(closed, Some(Ok(true))) {
                // Another attempt would meet the record of this one.
                run.verdict.final_ = true;
            }
            answer
        }
        // Boxed, so that a call whose answer arrives does not carry the room for this.
        Ended::Unknown => Box::pin(resolved(run, watch, answer, remedy)).await,
    }
}

/// The outcome of `future`, unless the call's time is over first.
async fn bounded<T>(run: &Run, future: impl Future<Output = T>) -> Option<T> {
    match run.deadline() {
        Stamp::FOREVER => Some(future.await),
        deadline => timeout_at(deadline.to_instant(), future).await.ok(),
    }
}

/// The answer was lost.
async fn resolved<R, C, X, CF, XF, S, A>(
    run: &mut Run,
    watch: &Watch<'_>,
    answer: R,
    mut remedy: Remedy<C, X, S, A>,
) -> R
where
    R: Answer,
    C: FnMut() -> CF,
    CF: Future<Output: Confirmation<R::Ok>>,
    X: FnMut() -> XF,
    XF: Future<Output: Cancellation>,
    S: FnOnce(R) -> Source,
    A: FnOnce(Rejected) -> R,
{
    run.look_around();
    run.forget_now();
    let lost = run.now();
    watch.lost(lost);
    let Settings {
        remedies, settles, ..
    } = *watch.settings;
    let course = Course::waiting(remedies, settles, lost, run.deadline());
    let asking = ask(
        watch,
        course,
        limit(run),
        &mut remedy.confirm,
        &mut remedy.cancel,
    );
    let found = bounded(run, asking).await.flatten();
    run.forget_now();
    let kind = match found {
        Some((Outcome::Succeeded, Some(value))) => {
            run.verdict = Verdict::said(None);
            return R::succeed(value);
        }
        Some((Outcome::NotCarriedOut, _)) => {
            run.take_back_started();
            run.verdict = Verdict::failed(Failure::NotSent);
            Kind::NotCarriedOut
        }
        Some((Outcome::Cancelled, _)) => {
            run.take_back_started();
            run.verdict = Verdict::failed(Failure::Rejected { retry_after: None }).final_();
            Kind::Cancelled
        }
        _ => {
            watch.release();
            run.verdict = Verdict::failed(Failure::Unknown).final_();
            Kind::Unresolved
        }
    };
    run.emit_rejected(kind);
    let call = watch.site.name;
    let rejected = if kind == Kind::Unresolved {
        Rejected::sent(kind, call)
    } else {
        Rejected::unsent(kind, call)
    };
    let rejected = rejected.with_key(&watch.key);
    (remedy.absorb)(match (remedy.source)(answer) {
        Some(source) => rejected.with_source(source),
        None => rejected,
    })
}

/// The longest time one question may take.
fn limit(run: &Run) -> Duration {
    match run.site.plan.attempt {
        0 => QUESTION,
        nanos => Duration::from_nanos(nanos),
    }
}

/// Asks until the outcome is certain and written down; none when there is nothing left to ask in time.
async fn ask<T, C, X, CF, XF>(
    watch: &Watch<'_>,
    mut course: Course,
    limit: Duration,
    confirm: &mut C,
    cancel: &mut X,
) -> Option<(Outcome, Option<T>)>
where
    C: FnMut() -> CF,
    CF: Future<Output: Confirmation<T>>,
    X: FnMut() -> XF,
    XF: Future<Output: Cancellation>,
{
    loop {
        let Step::Ask(question, at) = course.step() else {
            return None;
        };
        if at > Stamp::now() {
            sleep_until(at.to_instant()).await;
        }
        let sent = Stamp::now();
        let until = sent.plus(limit).to_instant();
        let (reply, value) = match question {
            Question::Confirm => {
                match timeout_at(until, confirm()).await.map(Confirmation::found) {
                    Ok(Some(Some(value))) => (Reply::Found, Some(value)),
                    Ok(Some(None)) => (Reply::NotFound, None),
                    Ok(None) | Err(_) => (Reply::Failed, None),
                }
            }
            // From here on a success is not to be believed, by anybody: that has to be known before the cancel is sent.
            Question::Cancel => match watch.change(State::Cancelling).await {
                Ok(true) => match timeout_at(until, cancel()).await.map(Cancellation::done) {
                    Ok(true) => (Reply::Done, None),
                    Ok(false) | Err(_) => (Reply::Failed, None),
                },
                Ok(false) => return None,
                Err(_) => (Reply::Failed, None),
            },
        };
        let call = watch.site.name;
        event::emit(&Event::ServiceAsked {
            call,
            question,
            reply,
        });
        let pause = drawn(course.pause());
        let Some(outcome) = course.replied(reply, sent, Stamp::now(), pause) else {
            continue;
        };
        return match watch.change(outcome.into()).await {
            // Somebody else has resolved the record otherwise.
            Ok(false) => None,
            // A repeat would meet the open record.
            Err(_) if outcome == Outcome::NotCarriedOut => None,
            Ok(true) | Err(_) => {
                event::emit(&Event::Resolved { call, outcome });
                Some((outcome, value))
            }
        };
    }
}
