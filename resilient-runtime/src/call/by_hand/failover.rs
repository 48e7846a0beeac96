//! Another provider, when a future gives no answer and was certainly not carried out.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::frame::About;
use super::judge::{Classified, Failing, Judge, OfItsType};
use crate::call::Answer;
use crate::clock::Stamp;
use crate::context::{self, Known};
use crate::event::{self, Event, Refusal};
use crate::failure::Failure;

/// Calls another provider when the first did not answer.
///
/// | failure of the first | reads | writes |
/// |---|---|---|
/// | `Rejected`, `NotSent`, `Transient`, `Overloaded` | calls the next | calls the next |
/// | `Unknown` | calls the next | never: the first may have carried it out |
/// | `Permanent`, an answer | never | never |
///
/// Nor does it after an attempt that began an annotated non-idempotent call, unless that was certainly not sent, or when
/// the time that its caller has left is over. The caller gets the next one's answer, also an error; only a refusal does not
/// hide a failure of the first. Several providers are several failovers, one around the other.
///
/// A [`Retry`](super::Retry) inside tells it of an unknown outcome by its answer: that outlives later failures.
///
/// Dropping the future of [`run`](Self::run) drops the call that is under way.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use resilient_runtime::by_hand::Failover;
/// use std::io::{ErrorKind, Result};
///
/// static CHARGE: Failover = Failover::for_writes().named("charge").to("second");
///
/// let refused = async { Result::<u32>::Err(ErrorKind::ConnectionRefused.into()) };
/// assert_eq!(CHARGE.run(refused, || async { Ok(2) }).await.ok(), Some(2));
///
/// let lost = async { Result::<u32>::Err(ErrorKind::ConnectionReset.into()) };
/// let answer = CHARGE.run(lost, || async { unreachable!("it may have been charged") }).await;
/// assert_eq!(answer.unwrap_err().kind(), ErrorKind::ConnectionReset);
/// # });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Failover<J = OfItsType> {
    name: &'static str,
    to: &'static str,
    /// It may call somebody else also where nobody knows what the first did.
    unknown: bool,
    judge: J,
}

impl Failover {
    /// For calls that change nothing.
    #[must_use]
    pub const fn for_reads() -> Self {
        Self::with(true)
    }

    /// For calls that change something, idempotent ones among them: what one provider has seen the other has not.
    #[must_use]
    pub const fn for_writes() -> Self {
        Self::with(false)
    }

    const fn with(unknown: bool) -> Self {
        Self {
            name: "failover",
            to: "the next provider",
            unknown,
            judge: OfItsType,
        }
    }
}

impl<J> Failover<J> {
    /// Shown under this name in events, unless a [`LogicalCall`](super::LogicalCall) is around; without one as `failover`.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// What events call the next provider.
    #[must_use]
    pub const fn to(mut self, provider: &'static str) -> Self {
        self.to = provider;
        self
    }

    /// Asks this function what an error means, instead of its type.
    #[must_use]
    pub fn classify<E, C: Fn(&E) -> Failure>(self, classify: C) -> Failover<Classified<C>> {
        self.judged(|_| Classified(classify))
    }

    /// Takes answers that are `Ok` for failures where this function says so.
    #[must_use]
    pub fn failed<T, F: Fn(&T) -> Option<Failure>>(self, failed: F) -> Failover<Failing<J, F>> {
        self.judged(|judge| Failing(judge, failed))
    }

    fn judged<N>(self, judge: impl FnOnce(J) -> N) -> Failover<N> {
        Failover {
            name: self.name,
            to: self.to,
            unknown: self.unknown,
            judge: judge(self.judge),
        }
    }

    /// Runs the future; if it fails in a way that allows it, what the closure makes.
    pub fn run<R, F, M, G>(&self, body: F, next: M) -> impl Future<Output = R>
    where
        R: Answer,
        F: Future<Output = R>,
        M: FnOnce() -> G,
        G: Future<Output = R>,
        J: Judge<R>,
    {
        FailingOver {
            failover: self,
            next: Some(next),
            known: Known::NOTHING,
            before: None,
            stands: Stands::First { body },
        }
    }

    /// Whether the next one is called; tells observers.
    fn calls_next(&self, failure: Failure, done: bool) -> bool {
        if failure == Failure::Permanent {
            return false;
        }
        let unknown = failure == Failure::Unknown && !self.unknown;
        let why = if unknown || done {
            Some(Refusal::NotRepeatable)
        } else {
            let deadline = context::deadline();
            let over = deadline != Stamp::FOREVER && deadline <= Stamp::now();
            over.then_some(Refusal::NoTimeLeft)
        };
        let About {
            call, dependency, ..
        } = About::of(self.name);
        let to = self.to;
        event::emit(&match why {
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
}

pin_project! {
    #[project = StandsProjected]
    enum Stands<F, G> {
        First { #[pin] body: F },
        Next { #[pin] body: G },
        Over,
    }
}

pin_project! {
    struct FailingOver<'a, R, J, M, F, G> {
        failover: &'a Failover<J>,
        next: Option<M>,
        known: Known,
        // What the first came to, and whether it was refused.
        before: Option<(R, bool)>,
        #[pin]
        stands: Stands<F, G>,
    }
}

const fn is_refusal(failure: Option<Failure>) -> bool {
    matches!(failure, Some(Failure::Rejected { .. }))
}

impl<R, J, M, F, G> Future for FailingOver<'_, R, J, M, F, G>
where
    R: Answer,
    F: Future<Output = R>,
    M: FnOnce() -> G,
    G: Future<Output = R>,
    J: Judge<R>,
{
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let mut this = self.project();
        if let StandsProjected::First { body } = this.stands.as_mut().project() {
            let polled = {
                let _counted = context::enter_counted(Stamp::FOREVER, this.known, false, false);
                body.poll(cx)
            };
            let Poll::Ready(answer) = polled else {
                return Poll::Pending;
            };
            this.stands.set(Stands::Over);
            let failure = this.failover.judge.judge(&answer).failure;
            let done = this.known.started().may_be_done();
            let next = failure.filter(|failure| this.failover.calls_next(*failure, done));
            match (next, this.next.take()) {
                (Some(_), Some(next)) => {
                    *this.before = Some((answer, is_refusal(failure)));
                    this.stands.set(Stands::Next { body: next() });
                }
                _ => return Poll::Ready(answer),
            }
        }
        let StandsProjected::Next { body } = this.stands.as_mut().project() else {
            return Poll::Pending;
        };
        let Poll::Ready(answer) = body.poll(cx) else {
            return Poll::Pending;
        };
        this.stands.set(Stands::Over);
        let refused = is_refusal(this.failover.judge.judge(&answer).failure);
        Poll::Ready(match this.before.take() {
            Some((before, false)) if refused => before,
            _ => answer,
        })
    }
}
