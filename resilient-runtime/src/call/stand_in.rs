//! `#[failover]`: another provider, called when the first did not answer. In: how the call has failed so far, and the
//! provider's future. Out: the better of the two answers. Refuses: to call anybody after an unknown write, after a
//! non-idempotent call inside that was carried out or lost, after an answer that is final, and when too little of the
//! total time is left.
//!
//! The provider's own policies are its own. From this call it inherits the deadline and the guard's count, and a key only
//! where both are doors of one system: to another the key means nothing, and would only look as if it protected.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::answer::Verdict;
use super::open::expired;
use super::run::{By, Run};
use super::settle::Kept;
use crate::context::{self, Became};
use crate::effect::Class;
use crate::event::{Event, Refusal};
use crate::failure::Failure;
use crate::rejected::Rejected;

pin_project! {
    /// The future of one call of another provider, cut off when the total time is over.
    ///
    /// Dropped, it drops the provider's call. A non-idempotent one that had begun stays begun for the guard.
    #[must_use = "a call does nothing unless it is awaited"]
    pub struct StandIn<'a, F, J, A> {
        run: &'a mut Run,
        same_system: bool,
        judge: J,
        absorb: A,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        call: F,
    }
}

/// Calls another provider inside the call's total time.
#[inline]
pub fn stand_in<F, J, A>(
    run: &mut Run,
    same_system: bool,
    call: F,
    judge: J,
    absorb: A,
) -> StandIn<'_, F::IntoFuture, J, A>
where
    F: IntoFuture,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    StandIn {
        run,
        same_system,
        judge,
        absorb,
        timer: None,
        call: call.into_future(),
    }
}

/// What a function without a time limit of its own makes of a rejection: nothing ever cuts it off.
#[must_use]
pub fn never_cut_off<R>(_rejected: Rejected) -> R {
    unreachable!("only a total time cuts another provider off, and this function has none")
}

impl<F, J, A> Future for StandIn<'_, F, J, A>
where
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let run: &mut Run = this.run;
        run.look_around();
        // An attempt's own limit is not the provider's.
        run.limit = run.deadline();
        match poll_inside(run, *this.same_system, this.call, cx) {
            Poll::Ready(answer) => {
                run.verdict = (this.judge)(&answer);
                Poll::Ready(answer)
            }
            Poll::Pending if run.whose_deadline() == By::Nobody => Poll::Pending,
            Poll::Pending if expired(this.timer, run.deadline(), cx) => {
                Poll::Ready((this.absorb)(run.cut_off()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

/// With the call's deadline and count, no deeper in retries than the call itself, and without a key that is not its own.
fn poll_inside<F: Future>(
    run: &mut Run,
    same_system: bool,
    call: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    let _span = run.heard.enter();
    let mut none = None;
    let _key = if same_system {
        run.key.is_some().then(|| context::enter_key(&mut run.key))
    } else {
        Some(context::enter_key(&mut none))
    };
    let vouched = run.site.plan.vouched;
    let _tasks = context::enter_adopting(&mut run.tasks, vouched);
    let _counted = context::enter_counted(run.limit, &mut run.known, vouched, false);
    call.poll(cx)
}

impl Run {
    /// Whether the next provider may and should be called; `to` is its path, for events.
    #[inline]
    pub fn fails_over<R>(&mut self, kept: &Kept<R>, to: &'static str) -> bool {
        match kept.failure {
            None => false,
            Some(failure) => self.may_fail_over(failure, kept.unknown, to),
        }
    }

    #[cold]
    fn may_fail_over(&mut self, failure: Failure, unknown: bool, to: &'static str) -> bool {
        if failure == Failure::Permanent {
            return false;
        }
        let why = if unknown || self.may_have_done() {
            Some(Refusal::NotRepeatable)
        } else {
            // The clock moved while the attempts ran.
            self.forget_now();
            (!self.in_time()).then_some(Refusal::NoTimeLeft)
        };
        let (call, dependency) = (self.site.name, self.site.dependency());
        self.tell(&match why {
            Some(why) => Event::FailoverRefused {
                call,
                dependency,
                to,
                failure,
                why,
            },
            None => Event::FailoverStarted {
                call,
                dependency,
                to,
                failure,
            },
        });
        why.is_none()
    }

    /// What became of a lost answer has been found out, or not: from here on that is what the call has come to.
    pub fn resolved<R>(&mut self, kept: &mut Kept<R>) {
        if kept.unknown {
            kept.failure = self.verdict.failure;
            kept.unknown = kept.failure == Some(Failure::Unknown);
        }
    }

    /// After another provider: its answer, unless that is a refusal that would hide a real failure.
    pub fn take_over<R>(&mut self, kept: &mut Kept<R>, before: R, answer: R) -> R {
        let Some(failure) = self.verdict.failure else {
            kept.failure = None;
            context::set_became(Became::Done);
            return answer;
        };
        kept.became = kept.became.and(Became::of(Some(&failure)));
        context::set_became(kept.became);
        let refusal = |failure| matches!(failure, Some(Failure::Rejected { .. }));
        if refusal(Some(failure)) && !refusal(kept.failure) {
            return before;
        }
        kept.unknown = failure == Failure::Unknown && self.site.plan.class != Class::READ_ONLY;
        kept.failure = Some(failure);
        answer
    }
}
