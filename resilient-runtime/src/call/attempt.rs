//! One attempt: gates, then the body under a timer that is armed only when the body is really pending.

use std::borrow::{Borrow, BorrowMut};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use super::answer::Verdict;
use super::bare::poll_body;
use super::gate::{Breaks, Entry, Gates, Limits};
use super::run::{Limit, Run};
use crate::clock::Stamp;
use crate::event::{self, End, Event};
use crate::failure::{Classify, Failure};
use crate::rejected::{Kind, Rejected};

/// What became of one attempt.
#[derive(Debug)]
#[must_use = "an attempt that is not settled loses its answer"]
pub struct Attempted<R> {
    pub(super) answer: R,
    pub(super) verdict: Verdict,
    /// The body was never polled: no attempt was made.
    pub(super) refused: bool,
}

pin_project! {
    /// The future of one attempt.
    ///
    /// Dropped, it gives back its permit and its place in the queue, and the breaker counts a dropped call.
    #[must_use = "an attempt does nothing unless it is polled"]
    pub struct Attempt<R, G, B: Breaks, K: Limits, F, J, A> {
        run: R,
        gates: G,
        phase: Phase<B, K>,
        limit: Limit,
        judge: J,
        absorb: A,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        body: Option<F>,
    }
}

/// Where the attempt stands.
enum Phase<B: Breaks, K: Limits> {
    Start,
    Waiting {
        breaker: B::State,
        place: K::Waiting,
        until: Instant,
        kind: Kind,
    },
    Running {
        ticket: B::Ticket,
        _permit: K::Permit,
    },
    Over,
}

/// One attempt of a function that repeats; `gates` and `run` belong to its loop.
#[inline]
pub fn attempt<'a, B: Breaks, K: Limits, F, J, A>(
    run: &'a mut Run,
    gates: &'a Gates<B, K>,
    body: F,
    judge: J,
    absorb: A,
) -> Attempt<&'a mut Run, &'a Gates<B, K>, B, K, F, J, A>
where
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    Attempt::new(run, gates, body, judge, absorb)
}

impl<R, G, B: Breaks, K: Limits, F, J, A> Attempt<R, G, B, K, F, J, A> {
    #[inline]
    pub(super) fn new(run: R, gates: G, body: F, judge: J, absorb: A) -> Self {
        Self {
            run,
            gates,
            phase: Phase::Start,
            limit: Limit {
                at: None,
                timer: None,
            },
            judge,
            absorb,
            timer: None,
            body: Some(body),
        }
    }
}

impl<R, G, B, K, F, J, A> Future for Attempt<R, G, B, K, F, J, A>
where
    R: BorrowMut<Run>,
    G: Borrow<Gates<B, K>>,
    B: Breaks,
    K: Limits,
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    type Output = Attempted<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let run: &mut Run = this.run.borrow_mut();
        if !matches!(this.phase, Phase::Running { .. }) {
            let opened = open(
                run,
                (*this.gates).borrow(),
                this.phase,
                this.timer.as_mut(),
                cx,
            );
            match opened {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(rejected)) => {
                    *this.phase = Phase::Over;
                    this.timer.set(None);
                    this.body.set(None);
                    let verdict = Verdict::failed(rejected.failure());
                    let answer = (this.absorb)(rejected);
                    return Poll::Ready(Attempted {
                        answer,
                        verdict,
                        refused: true,
                    });
                }
                Poll::Ready(Ok(())) => *this.limit = run.limit(),
            }
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        if let Poll::Ready(answer) = poll_body(run, this.limit.at, body, cx) {
            let verdict = (this.judge)(&answer);
            this.body.set(None);
            finish(run, (*this.gates).borrow(), this.phase, verdict);
            finished(run, verdict);
            return Poll::Ready(Attempted {
                answer,
                verdict,
                refused: false,
            });
        }
        let Some((at, kind)) = this.limit.timer else {
            return Poll::Pending;
        };
        if this.timer.as_mut().as_pin_mut().is_none() {
            this.timer.set(Some(sleep_until(at)));
        }
        let fired = this
            .timer
            .as_mut()
            .as_pin_mut()
            .is_some_and(|timer| timer.poll(cx).is_ready());
        if !fired {
            return Poll::Pending;
        }
        let verdict = Verdict::failed(Failure::Unknown);
        // The body first: while it lives it still holds its connection.
        this.body.set(None);
        this.timer.set(None);
        finish(run, (*this.gates).borrow(), this.phase, verdict);
        finished(run, verdict);
        let answer = (this.absorb)(run.cut_off(kind));
        Poll::Ready(Attempted {
            answer,
            verdict,
            refused: false,
        })
    }
}

/// Goes through the gates; instantiated once for each combination of policies, not for each function.
fn open<B: Breaks, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, K>,
    phase: &mut Phase<B, K>,
    mut timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Poll<Result<(), Rejected>> {
    if matches!(phase, Phase::Start) {
        run.begin_attempt();
        if run.too_late() {
            return Poll::Ready(Err(run.refused(Kind::DeadlineExceeded)));
        }
        let breaker = gates.breaker.find();
        if B::PRESENT {
            let now = Stamp::of(run.now());
            if let Err(kind) = B::look(&breaker, now) {
                return Poll::Ready(Err(run.refused(kind)));
            }
        }
        match gates.bulkhead.enter() {
            Entry::Entered(permit) => {
                return Poll::Ready(admit(run, gates, phase, breaker, permit));
            }
            Entry::Full => return Poll::Ready(Err(run.refused(Kind::BulkheadFull))),
            Entry::Queued(place, wait) => {
                let (mut until, mut kind) = (run.now() + wait, Kind::BulkheadTimeout { wait });
                if let Some((at, total)) = run.total_timer().filter(|(at, _)| *at < until) {
                    (until, kind) = (at, total);
                }
                *phase = Phase::Waiting {
                    breaker,
                    place,
                    until,
                    kind,
                };
            }
        }
    }
    let Phase::Waiting { place, until, .. } = phase else {
        return Poll::Pending;
    };
    let permit = if let Poll::Ready(permit) = K::poll(place, cx) {
        Some(permit)
    } else {
        if timer.as_mut().as_pin_mut().is_none() {
            timer.set(Some(sleep_until(*until)));
        }
        if !timer
            .as_mut()
            .as_pin_mut()
            .is_some_and(|timer| timer.poll(cx).is_ready())
        {
            return Poll::Pending;
        }
        None
    };
    timer.set(None);
    run.forget_now();
    let Phase::Waiting {
        breaker,
        place,
        kind,
        ..
    } = std::mem::replace(phase, Phase::Over)
    else {
        return Poll::Pending;
    };
    match permit.or_else(|| K::expire(place)) {
        Some(permit) => Poll::Ready(admit(run, gates, phase, breaker, permit)),
        None => Poll::Ready(Err(run.refused(kind))),
    }
}

/// Behind the queue the breaker has the last word: the world may have changed while the call waited.
fn admit<B: Breaks, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, K>,
    phase: &mut Phase<B, K>,
    breaker: B::State,
    permit: K::Permit,
) -> Result<(), Rejected> {
    let now = if B::PRESENT {
        Stamp::of(run.now())
    } else {
        Stamp::NEVER
    };
    match gates.breaker.admit(breaker, now, run.site.name) {
        Ok(ticket) => {
            *phase = Phase::Running {
                ticket,
                _permit: permit,
            };
            Ok(())
        }
        Err(kind) => {
            drop(permit);
            Err(run.refused(kind))
        }
    }
}

fn finish<B: Breaks, K: Limits>(
    run: &Run,
    gates: &Gates<B, K>,
    phase: &mut Phase<B, K>,
    verdict: Verdict,
) {
    if let Phase::Running { ticket, .. } = std::mem::replace(phase, Phase::Over) {
        gates.breaker.finish(ticket, verdict, run.site.name);
    }
}

/// Tells observers how the attempt ended.
#[inline]
pub(super) fn finished(run: &Run, verdict: Verdict) {
    if event::listening() {
        let end = verdict.failure.map_or(End::Ok, End::Failed);
        event::emit(&Event::AttemptFinished {
            call: run.site.name,
            attempt: run.attempt,
            end,
        });
    }
}
