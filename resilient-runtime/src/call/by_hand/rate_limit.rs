//! A rate limit around one future.

use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::judge::{Absorb, Carried, Made};
use super::{Handle, refused};
use crate::call::Answer;
use crate::call::gate::{Key, Paced, Paces, RateLimitByHand, key_hash};
use crate::call::open::{expired, rearm};
use crate::clock::Stamp;
use crate::context;
use crate::event::{self, Event};
use crate::rate_limit::{self, Settings, Snapshot};
use crate::rejected::{Kind, Rejected};

/// At most so many calls start in a span of time, with a short and fair queue before them; the page of the
/// [attribute](macro@crate::rate_limit) says how.
///
/// A call for which no token comes within its wait, or within the time its caller has left, is answered with a
/// [`Rejected`] at once; it says when one would. The inner future was not polled.
///
/// Clones share the state. Dropping the future of [`run`](Self::run) leaves the queue, or drops the inner future;
/// the token of a call that has begun is spent.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use resilient_runtime::by_hand::RateLimit;
/// use resilient_runtime::rate_limit::{Rate, Settings};
/// use std::io::{ErrorKind, Result};
///
/// let rate_limit = RateLimit::new(Settings::new(Rate::per_second(10)).burst(1)).named("rates");
/// let call = || rate_limit.run(async { Result::Ok(()) });
/// assert!(call().await.is_ok());
/// assert_eq!(call().await.unwrap_err().kind(), ErrorKind::QuotaExceeded);
/// tokio::time::sleep(std::time::Duration::from_millis(100)).await;
/// assert!(call().await.is_ok());
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct RateLimit<A = Carried> {
    name: &'static str,
    handle: Handle<rate_limit::RateLimit>,
    absorb: A,
}

impl RateLimit {
    /// With a state of its own, which goes with its last clone.
    #[track_caller]
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self::with(Handle::Own(rate_limit::RateLimit::new(settings)))
    }

    /// With the state of a `static`, which annotated functions may name, too: one for each scope.
    #[must_use]
    pub const fn of(rate_limit: &'static rate_limit::RateLimit) -> Self {
        Self::with(Handle::Shared(rate_limit))
    }

    const fn with(handle: Handle<rate_limit::RateLimit>) -> Self {
        Self {
            name: "rate_limit",
            handle,
            absorb: Carried,
        }
    }

    /// Makes the error of a rejection by this function, for error types that cannot be made from one.
    #[must_use]
    pub fn rejected<E, M: Fn(Rejected) -> E>(self, make: M) -> RateLimit<Made<M>> {
        RateLimit {
            name: self.name,
            handle: self.handle,
            absorb: Made(make),
        }
    }
}

/// With the state of a client's field.
impl From<rate_limit::RateLimit> for RateLimit {
    fn from(rate_limit: rate_limit::RateLimit) -> Self {
        Self::with(Handle::Own(rate_limit))
    }
}

impl<A> RateLimit<A> {
    /// Shown under this name in events, rejections and, if the state is its own, in the registry, whose
    /// [`set_rate`](crate::registry::Registry::set_rate) then takes it. Without one as `rate_limit`, and by file and
    /// line in the registry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        if let Handle::Own(rate_limit) = self.handle {
            self.handle = Handle::Own(rate_limit.shown_as(name));
        }
        self
    }

    /// What it shows; of a `static` in the current scope.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        match &self.handle {
            Handle::Shared(rate_limit) => rate_limit.snapshot(),
            Handle::Own(rate_limit) => rate_limit.own_snapshot(),
        }
    }

    /// Runs the future when it has a token.
    pub fn run<R, F>(&self, body: F) -> impl Future<Output = R>
    where
        R: Answer,
        F: Future<Output = R>,
        A: Absorb<R>,
    {
        self.pace(None, body)
    }

    /// The same with one rate limit for each key: a host, a tenant. How many are kept apart is the handle's
    /// [`max_keys`](rate_limit::RateLimit::max_keys).
    pub fn run_for<K, R, F>(
        &self,
        key: &K,
        body: F,
    ) -> impl Future<Output = R> + use<'_, K, R, F, A>
    where
        K: Hash + ?Sized,
        R: Answer,
        F: Future<Output = R>,
        A: Absorb<R>,
    {
        self.pace(Some(key_hash(key)), body)
    }

    fn pace<F>(&self, key: Option<Key>, body: F) -> PacedCall<'_, A, F> {
        PacedCall {
            rate_limit: self,
            key,
            timer: None,
            body: Some(body),
            stands: Stands::Outside,
        }
    }
}

/// Where a call stands.
enum Stands {
    Outside,
    /// In the queue since and until then.
    Waiting(<RateLimitByHand as Paces>::Waiting, Stamp, Stamp),
    Inside,
}

pin_project! {
    struct PacedCall<'a, A, F> {
        rate_limit: &'a RateLimit<A>,
        key: Option<Key>,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        body: Option<F>,
        stands: Stands,
    }
}

impl Stands {
    /// Takes a token, queues, or says why not.
    fn begin(gate: &RateLimitByHand) -> Result<Self, Kind> {
        let now = Stamp::now();
        if gate.take_plainly(now) {
            return Ok(Self::Inside);
        }
        let deadline = context::deadline();
        match gate.enter(now, deadline) {
            Paced::Entered(token) => {
                RateLimitByHand::spend(token);
                Ok(Self::Inside)
            }
            Paced::Refused(retry_after) => Err(Kind::RateLimited { retry_after }),
            Paced::Queued(place, longest) => {
                Ok(Self::Waiting(place, now, now.plus(longest).min(deadline)))
            }
        }
    }

    /// In the queue: the token, or the end of the wait, whichever comes first.
    fn wait(
        &mut self,
        call: &str,
        mut timer: Pin<&mut Option<Sleep>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Kind>> {
        let Self::Waiting(place, since, until) = self else {
            return Poll::Ready(None);
        };
        let (since, until) = (*since, *until);
        let mut now = Stamp::now();
        let token = loop {
            match RateLimitByHand::poll(place, now, cx) {
                Ok(token) => break Some(token),
                Err(_) if until <= now => break None,
                Err(due) => {
                    let at = due.min(until);
                    rearm(timer.as_mut(), at);
                    if !expired(timer.as_mut(), at, cx) {
                        return Poll::Pending;
                    }
                }
            }
            now = Stamp::now();
        };
        timer.set(None);
        let Self::Waiting(place, ..) = std::mem::replace(self, Self::Inside) else {
            return Poll::Ready(None);
        };
        match token.map_or_else(|| RateLimitByHand::expire(place, now), Ok) {
            Err(retry_after) => Poll::Ready(Some(Kind::RateLimited { retry_after })),
            Ok(token) => {
                RateLimitByHand::spend(token);
                event::emit(&Event::PermitWaited {
                    call,
                    dependency: None,
                    attempt: 0,
                    policy: "rate_limit",
                    waited: now.since(since),
                });
                Poll::Ready(None)
            }
        }
    }
}

impl<A, F> Future for PacedCall<'_, A, F>
where
    F: Future<Output: Answer>,
    A: Absorb<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let mut refusal = None;
        if matches!(this.stands, Stands::Outside) {
            let gate = RateLimitByHand::by_hand(&this.rate_limit.handle, *this.key);
            match Stands::begin(&gate) {
                Ok(stands) => *this.stands = stands,
                Err(kind) => refusal = Some(kind),
            }
        }
        if refusal.is_none() {
            match this
                .stands
                .wait(this.rate_limit.name, this.timer.as_mut(), cx)
            {
                Poll::Ready(late) => refusal = late,
                Poll::Pending => return Poll::Pending,
            }
        }
        if let Some(kind) = refusal {
            *this.stands = Stands::Inside;
            this.body.set(None);
            let why = refused(kind, this.rate_limit.name);
            return Poll::Ready(this.rate_limit.absorb.absorb(why));
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let Poll::Ready(answer) = body.poll(cx) else {
            return Poll::Pending;
        };
        this.body.set(None);
        Poll::Ready(answer)
    }
}
