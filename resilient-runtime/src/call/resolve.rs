//! After an attempt, or after the last one: the record is closed by its answer, or the service is asked what became of it.
//!
//! In: the answer, and the calls of `confirm` and `cancel`. Out: the answer, the one that `confirm` found, or a rejection that says
//! what is certain. Never waits longer than the call's total time.
//!
//! Dropped at any of its waits it leaves the record open, and the [`Watch`] ends the lease.

mod ask;

use std::error::Error;
use std::future::Future;

use tokio::time::{sleep, timeout_at};

use self::ask::Questions;
use super::answer::{Answer, Verdict};
use super::run::Run;
use super::watch::{Ended, Watch};
use crate::clock::Stamp;
use crate::context;
use crate::event::Unwritten;
use crate::failure::Failure;
use crate::on_unknown::{
    Cancellation, Confirmation, Course, FAILURES, JournalError, Outcome, State, drawn,
    longest_pause,
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
            let closed = bounded(run, watch.leased(watch.change(state))).await;
            if matches!(closed, Some(Ok(true))) {
                return answer;
            }
            if closed.is_none() {
                watch.not_journaled(Unwritten::State(state));
            }
            // Another attempt would meet the record of this one.
            run.verdict.final_ = true;
            if state == State::Succeeded && watch.settings.may_cancel_an_answer() {
                return Box::pin(withheld(run, watch, answer, remedy, closed)).await;
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

/// A success that is not written down yet, of a call that a reconciler would cancel without looking: it is written, or it
/// is told to nobody. An answer that the caller has, and that is undone behind its back, would be worse than none.
async fn withheld<R, C, X, S, A>(
    run: &mut Run,
    watch: &Watch<'_>,
    answer: R,
    remedy: Remedy<C, X, S, A>,
    closed: Option<Result<bool, JournalError>>,
) -> R
where
    S: FnOnce(R) -> Source,
    A: FnOnce(Rejected) -> R,
{
    let again = async {
        for nth in 1..FAILURES {
            sleep(drawn(longest_pause(nth - 1))).await;
            if let Ok(changed) = watch.change(State::Succeeded).await {
                return changed;
            }
        }
        false
    };
    // When it is somebody else's by now, or the time is up, there is nothing to be tried again.
    let written =
        matches!(closed, Some(Err(_))) && bounded(run, watch.leased(again)).await.unwrap_or(false);
    if written {
        answer
    } else {
        rejected(run, watch, answer, remedy, Kind::Unresolved)
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
    let settings = watch.settings;
    let course = Course::waiting(settings.remedies, settings.settles, lost, run.deadline());
    let questions = Questions {
        watch,
        limit: run.site.plan.question(),
        partly_done: run.is_partly_done(),
        confirm: &mut remedy.confirm,
        cancel: &mut remedy.cancel,
    };
    let found = bounded(run, watch.leased(questions.ask(course))).await;
    run.forget_now();
    let kind = match found.flatten() {
        Some((Outcome::Succeeded, Some(value))) => {
            run.verdict = Verdict::said(None);
            return R::succeed(value);
        }
        Some((Outcome::NotCarriedOut, _)) => Kind::NotCarriedOut,
        Some((Outcome::Cancelled, _)) => Kind::Cancelled,
        Some((Outcome::Succeeded, None)) | None => Kind::Unresolved,
    };
    rejected(run, watch, answer, remedy, kind)
}

/// What is certain, or that nothing is, in the place of an answer.
fn rejected<R, C, X, S, A>(
    run: &mut Run,
    watch: &Watch<'_>,
    answer: R,
    remedy: Remedy<C, X, S, A>,
    kind: Kind,
) -> R
where
    S: FnOnce(R) -> Source,
    A: FnOnce(Rejected) -> R,
{
    let call = watch.site.name;
    let rejected = if kind == Kind::Unresolved {
        watch.release();
        run.verdict = Verdict::failed(Failure::Unknown).final_();
        Rejected::sent(kind, call)
    } else {
        run.take_back_started();
        run.verdict = if kind == Kind::Cancelled {
            Verdict::failed(Failure::Rejected { retry_after: None }).final_()
        } else {
            Verdict::failed(Failure::NotSent)
        };
        Rejected::unsent(kind, call)
    };
    run.emit_rejected(kind);
    let rejected = rejected.with_key(&watch.key);
    (remedy.absorb)(match (remedy.source)(answer) {
        Some(source) => rejected.with_source(source),
        None => rejected,
    })
}
