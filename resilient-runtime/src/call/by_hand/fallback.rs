//! An answer from somewhere else, when a future gives none.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::frame::About;
use super::judge::{Classified, Failing, Judge, OfItsType};
use crate::call::Answer;
use crate::clock::Stamp;
use crate::context::{self, Known};
use crate::event::{self, Event, Instead};
use crate::failure::Failure;

/// Answers in place of a call that failed: with a cached value, a default, another service.
///
/// | failure | reads | writes |
/// |---|---|---|
/// | `Rejected`, `NotSent`, `Transient`, `Overloaded` | answers | answers |
/// | `Unknown` | answers | never: the service may have carried it out |
/// | `Permanent`, an answer | with [`any`](Self::any) | with `any` |
///
/// It never answers for an attempt that began an annotated non-idempotent call either, unless that was certainly not
/// sent. What the closure's future answers, also an error, is the answer: the closure is given the failed one.
///
/// What is done instead has no limit of a [`Timeout`](super::Timeout) inside, only of one around.
///
/// Dropping the future of [`run`](Self::run) drops the call, or what is done instead.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use resilient_runtime::by_hand::Fallback;
/// use std::io::{ErrorKind, Result};
///
/// let refused = async { Result::<f64>::Err(ErrorKind::ConnectionRefused.into()) };
/// let answer = Fallback::for_reads().run(refused, |_failed| async { Ok(1.0) }).await;
/// assert_eq!(answer.ok(), Some(1.0));
///
/// let lost = async { Result::<()>::Err(ErrorKind::ConnectionReset.into()) };
/// let answer = Fallback::for_writes().run(lost, |_failed| async { Ok(()) }).await;
/// assert_eq!(answer.unwrap_err().kind(), ErrorKind::ConnectionReset);
/// # });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Fallback<J = OfItsType> {
    name: &'static str,
    /// It may answer also where nobody knows what the service did.
    unknown: bool,
    any: bool,
    judge: J,
}

impl Fallback {
    /// For calls that change nothing.
    #[must_use]
    pub const fn for_reads() -> Self {
        Self {
            name: "fallback",
            unknown: true,
            any: false,
            judge: OfItsType,
        }
    }

    /// For calls that change something.
    #[must_use]
    pub const fn for_writes() -> Self {
        Self {
            name: "fallback",
            unknown: false,
            any: false,
            judge: OfItsType,
        }
    }
}

impl<J> Fallback<J> {
    /// Shown under this name in events; without one as `fallback`.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Also for errors that are the service's answer.
    #[must_use]
    pub const fn any(mut self) -> Self {
        self.any = true;
        self
    }

    /// Asks this function what an error means, instead of its type.
    #[must_use]
    pub fn classify<E, C: Fn(&E) -> Failure>(self, classify: C) -> Fallback<Classified<C>> {
        self.judged(|_| Classified(classify))
    }

    /// Takes answers that are `Ok` for failures where this function says so.
    #[must_use]
    pub fn failed<T, F: Fn(&T) -> Option<Failure>>(self, failed: F) -> Fallback<Failing<J, F>> {
        self.judged(|judge| Failing(judge, failed))
    }

    fn judged<N>(self, judge: impl FnOnce(J) -> N) -> Fallback<N> {
        Fallback {
            name: self.name,
            unknown: self.unknown,
            any: self.any,
            judge: judge(self.judge),
        }
    }

    /// Runs the future; if it fails in a way that may be answered for, what the closure makes of its answer.
    pub fn run<R, F, I, G>(&self, body: F, instead: I) -> impl Future<Output = R>
    where
        R: Answer,
        F: Future<Output = R>,
        I: FnOnce(R) -> G,
        G: Future<Output = R>,
        J: Judge<R>,
    {
        Falling {
            fallback: self,
            instead: Some(instead),
            known: Known::NOTHING,
            stands: Stands::Asking { body },
        }
    }

    /// Whether it answers for this; tells observers if it must not.
    fn answers_for(&self, failure: Failure, done: bool) -> bool {
        if failure == Failure::Permanent && !self.any {
            return false;
        }
        let free = !done && (self.unknown || failure != Failure::Unknown);
        if !free {
            self.tell(failure, Instead::Refused);
        }
        free
    }

    fn tell(&self, failure: Failure, outcome: Instead) {
        let About {
            call, dependency, ..
        } = About::of(self.name);
        event::emit(&Event::Fallback {
            call,
            dependency,
            failure,
            outcome,
        });
    }
}

pin_project! {
    #[project = StandsProjected]
    enum Stands<F, G> {
        Asking { #[pin] body: F },
        Falling { failure: Failure, #[pin] instead: G },
        Over,
    }
}

pin_project! {
    struct Falling<'a, J, I, F, G> {
        fallback: &'a Fallback<J>,
        instead: Option<I>,
        known: Known,
        #[pin]
        stands: Stands<F, G>,
    }
}

impl<R, J, I, F, G> Future for Falling<'_, J, I, F, G>
where
    R: Answer,
    F: Future<Output = R>,
    I: FnOnce(R) -> G,
    G: Future<Output = R>,
    J: Judge<R>,
{
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let mut this = self.project();
        if let StandsProjected::Asking { body } = this.stands.as_mut().project() {
            let polled = {
                let _counted = context::enter_counted(Stamp::FOREVER, this.known, false, false);
                body.poll(cx)
            };
            let Poll::Ready(answer) = polled else {
                return Poll::Pending;
            };
            this.stands.set(Stands::Over);
            let failure = this.fallback.judge.judge(&answer).failure;
            let done = this.known.started().may_be_done();
            let for_this = failure.filter(|failure| this.fallback.answers_for(*failure, done));
            match (for_this, this.instead.take()) {
                (Some(failure), Some(instead)) => {
                    let instead = instead(answer);
                    this.stands.set(Stands::Falling { failure, instead });
                }
                _ => return Poll::Ready(answer),
            }
        }
        let StandsProjected::Falling { failure, instead } = this.stands.as_mut().project() else {
            return Poll::Pending;
        };
        let Poll::Ready(answer) = instead.poll(cx) else {
            return Poll::Pending;
        };
        let failure = *failure;
        let second = this.fallback.judge.judge(&answer).failure;
        this.fallback
            .tell(failure, second.map_or(Instead::Answered, Instead::Failed));
        this.stands.set(Stands::Over);
        Poll::Ready(answer)
    }
}
