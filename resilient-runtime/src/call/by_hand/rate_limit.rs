//! A rate limit around one future.

use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Sleep;

use super::Handle;
use super::door::{Behind, Door, Entry, Tells};
use super::frame::About;
use super::judge::{Absorb, Carried, Made};
use crate::call::Answer;
use crate::call::gate::{Key, Paced, Paces, RateLimitByHand, key_hash};
use crate::call::open::{expired, rearm};
use crate::clock::Stamp;
use crate::context;
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

    fn pace<F>(&self, key: Option<Key>, body: F) -> Behind<'_, Self, F> {
        Behind::new(self, key, body)
    }
}

/// A place in the queue, and until when it may be kept.
pub(super) struct Place {
    /// None once it is over.
    waiting: Option<<RateLimitByHand as Paces>::Waiting>,
    until: Stamp,
}

impl<A> Door for RateLimit<A> {
    const POLICY: &'static str = "rate_limit";
    /// The token is spent when the call begins.
    type Inside = ();
    type Place = Place;

    fn name(&self) -> &'static str {
        self.name
    }

    fn take(&self, key: Option<Key>) -> Result<(), Kind> {
        let gate = RateLimitByHand::by_hand(&self.handle, key);
        let free = gate.take_plainly(Stamp::now());
        free.then_some(()).ok_or(Kind::RateLimited {
            retry_after: Duration::ZERO,
        })
    }

    fn enter(&self, key: Option<Key>) -> Result<Entry<(), Place>, Kind> {
        let gate = RateLimitByHand::by_hand(&self.handle, key);
        let now = Stamp::now();
        if gate.take_plainly(now) {
            return Ok(Entry::Inside(()));
        }
        let deadline = context::deadline();
        match gate.enter(now, deadline) {
            Paced::Entered(token) => {
                RateLimitByHand::spend(token);
                Ok(Entry::Inside(()))
            }
            Paced::Refused(retry_after) => Err(Kind::RateLimited { retry_after }),
            Paced::Queued(waiting, longest) => Ok(Entry::Queued(Place {
                waiting: Some(waiting),
                until: now.plus(longest).min(deadline),
            })),
        }
    }

    fn wait(
        place: &mut Place,
        mut timer: Pin<&mut Option<Sleep>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Kind>> {
        let until = place.until;
        loop {
            let now = Stamp::now();
            let Some(waiting) = &mut place.waiting else {
                let retry_after = Duration::ZERO;
                return Poll::Ready(Err(Kind::RateLimited { retry_after }));
            };
            let came = match RateLimitByHand::poll(waiting, now, cx) {
                Ok(token) => Ok(token),
                Err(_) if until <= now => match place.waiting.take() {
                    Some(waiting) => RateLimitByHand::expire(waiting, now),
                    None => Err(Duration::ZERO),
                },
                Err(due) => {
                    let at = due.min(until);
                    rearm(timer.as_mut(), at);
                    if !expired(timer.as_mut(), at, cx) {
                        return Poll::Pending;
                    }
                    continue;
                }
            };
            return Poll::Ready(match came {
                Ok(token) => {
                    RateLimitByHand::spend(token);
                    Ok(())
                }
                Err(retry_after) => Err(Kind::RateLimited { retry_after }),
            });
        }
    }
}

impl<R, A: Absorb<R>> Tells<R> for RateLimit<A> {
    fn absorb(&self, why: Rejected) -> R {
        self.absorb.absorb(why)
    }

    fn leave(&self, _key: Option<Key>, (): (), _answer: &R, _about: About) {}
}
