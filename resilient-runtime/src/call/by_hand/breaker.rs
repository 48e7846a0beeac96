//! A breaker around one future.

use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::frame::{About, Frame};
use super::judge::{Absorb, Carried, Classified, Failing, Ignoring, Judge, Made, OfItsType};
use super::{Handle, refused};
use crate::breaker::{self, Settings, Snapshot};
use crate::call::gate::{BreakerByHand, Breaks, Key, key_hash};
use crate::call::{Answer, Site, Verdict};
use crate::clock::Stamp;
use crate::failure::Failure;
use crate::rejected::{Kind, Rejected};

/// Refuses calls of a service that fails, and finds out when it is back; the page of the
/// [attribute](macro@crate::breaker) and [`breaker`](mod@crate::breaker) say how.
///
/// An open one answers with a [`Rejected`] that says when to come back, without polling the inner future. What
/// the answer counts as is decided by its [`Failure`], see the table there.
///
/// Clones share the state. Dropping the future of [`run`](Self::run) drops the inner one, and counts as a dropped
/// call; a probe gives its slot back.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use resilient_runtime::by_hand::Breaker;
/// use resilient_runtime::breaker::{Phase, Settings};
/// use std::io::{Error, ErrorKind, Result};
///
/// let breaker = Breaker::new(Settings::new().consecutive(2)).named("rates");
/// for _ in 0..2 {
///     let lost: Result<()> = breaker.run(async { Err(ErrorKind::ConnectionReset.into()) }).await;
///     assert!(lost.is_err());
/// }
/// assert_eq!(breaker.snapshot().phase, Phase::Open);
/// let refused: Result<()> = breaker.run(async { unreachable!("it is never polled") }).await;
/// assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConnectionRefused);
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Breaker<J = OfItsType, A = Carried> {
    site: Site,
    handle: Handle<breaker::Breaker>,
    judge: J,
    absorb: A,
}

impl Breaker {
    /// With a state of its own, which goes with its last clone.
    #[track_caller]
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self::with(Handle::Own(breaker::Breaker::new(settings)))
    }

    /// With the state of a `static`, which annotated functions may name, too: one for each scope.
    #[track_caller]
    #[must_use]
    pub const fn of(breaker: &'static breaker::Breaker) -> Self {
        Self::with(Handle::Shared(breaker))
    }

    #[track_caller]
    const fn with(handle: Handle<breaker::Breaker>) -> Self {
        Self {
            site: Site::by_hand("breaker"),
            handle,
            judge: OfItsType,
            absorb: Carried,
        }
    }
}

/// With the state of a client's field.
impl From<breaker::Breaker> for Breaker {
    #[track_caller]
    fn from(breaker: breaker::Breaker) -> Self {
        Self::with(Handle::Own(breaker))
    }
}

impl<J, A> Breaker<J, A> {
    /// Shown under this name in events, rejections and, if the state is its own, in the registry, whose commands
    /// then steer it. Without one as `breaker`, and by file and line in the registry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.site.name = name;
        if let Handle::Own(breaker) = self.handle {
            self.handle = Handle::Own(breaker.shown_as(name));
        }
        self
    }

    /// Asks this function what an error means, instead of its type.
    #[must_use]
    pub fn classify<E, C: Fn(&E) -> Failure>(self, classify: C) -> Breaker<Classified<C>, A> {
        self.judged(|_| Classified(classify))
    }

    /// Takes answers that are `Ok` for failures where this function says so.
    #[must_use]
    pub fn failed<T, F: Fn(&T) -> Option<Failure>>(self, failed: F) -> Breaker<Failing<J, F>, A> {
        self.judged(|judge| Failing(judge, failed))
    }

    /// Counts errors for which this function says `true` as nothing; a probe gives its slot back.
    #[must_use]
    pub fn ignore<E, I: Fn(&E) -> bool>(self, ignore: I) -> Breaker<Ignoring<J, I>, A> {
        self.judged(|judge| Ignoring(judge, ignore))
    }

    /// Makes the error of a rejection by this function, for error types that cannot be made from one.
    #[must_use]
    pub fn rejected<E, M: Fn(Rejected) -> E>(self, make: M) -> Breaker<J, Made<M>> {
        Breaker {
            site: self.site,
            handle: self.handle,
            judge: self.judge,
            absorb: Made(make),
        }
    }

    fn judged<N>(self, judge: impl FnOnce(J) -> N) -> Breaker<N, A> {
        Breaker {
            site: self.site,
            handle: self.handle,
            judge: judge(self.judge),
            absorb: self.absorb,
        }
    }

    /// What it shows; of a `static` in the current scope.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        match &self.handle {
            Handle::Shared(breaker) => breaker.snapshot(),
            Handle::Own(breaker) => breaker.own_snapshot(),
        }
    }

    /// Runs the future if the breaker admits it, and records how it ends.
    pub fn run<R, F>(&self, body: F) -> impl Future<Output = R>
    where
        R: Answer,
        F: Future<Output = R>,
        J: Judge<R>,
        A: Absorb<R>,
    {
        self.guard(None, body)
    }

    /// The same with one breaker for each key: a host, a tenant. How many are kept apart is the handle's
    /// [`max_keys`](breaker::Breaker::max_keys).
    pub fn run_for<K, R, F>(
        &self,
        key: &K,
        body: F,
    ) -> impl Future<Output = R> + use<'_, K, R, F, J, A>
    where
        K: Hash + ?Sized,
        R: Answer,
        F: Future<Output = R>,
        J: Judge<R>,
        A: Absorb<R>,
    {
        self.guard(Some(key_hash(key)), body)
    }

    fn guard<F>(&self, key: Option<Key>, body: F) -> Guarded<'_, J, A, F> {
        Guarded {
            breaker: self,
            key,
            body: Some(body),
            admitted: None,
        }
    }
}

pin_project! {
    /// Field order is drop order: the body before the ticket, so that it is over when it is recorded.
    struct Guarded<'a, J, A, F> {
        breaker: &'a Breaker<J, A>,
        key: Option<Key>,
        #[pin]
        body: Option<F>,
        admitted: Option<(BreakerByHand, <BreakerByHand as Breaks>::Ticket)>,
    }
}

impl<J, A, F> Future for Guarded<'_, J, A, F>
where
    F: Future<Output: Answer>,
    J: Judge<F::Output>,
    A: Absorb<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let site = &this.breaker.site;
        let about = About::of_attempt(site.name);
        if this.admitted.is_none() && this.body.is_some() {
            let gate = BreakerByHand::by_hand(&this.breaker.handle, *this.key);
            let state = gate.find();
            let admitted = if Frame::current().hedge && !BreakerByHand::is_closed(&state) {
                Err(Kind::BreakerOpen { retry_after: None })
            } else {
                gate.admit(state, Stamp::now(), &about.site(site))
            };
            match admitted {
                Ok(ticket) => *this.admitted = Some((gate, ticket)),
                Err(kind) => {
                    this.body.set(None);
                    return Poll::Ready(this.breaker.absorb.absorb(refused(kind, about)));
                }
            }
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let Poll::Ready(answer) = body.poll(cx) else {
            return Poll::Pending;
        };
        let verdict: Verdict = this.breaker.judge.judge(&answer);
        this.body.set(None);
        if let Some((gate, mut ticket)) = this.admitted.take() {
            gate.finish(&mut ticket, &verdict, &about.site(site));
        }
        Poll::Ready(answer)
    }
}
