//! A bulkhead around one future.

use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Sleep;

use super::Handle;
use super::door::{self, Behind, Door, Tells};
use super::frame::About;
use super::judge::{Absorb, Carried, Classified, Failing, Judge, Made, OfItsType, Unasked};
use crate::bulkhead::{self, Settings, Snapshot};
use crate::call::gate::{BulkheadByHand, Entry, Key, Limits, key_hash};
use crate::call::open::expired;
use crate::call::{Answer, Site};
use crate::clock::Stamp;
use crate::failure::Failure;
use crate::rejected::{Kind, Rejected};

/// At most so many calls at a time, and a short, bounded, fair queue before them; the page of the
/// [attribute](macro@crate::bulkhead) says how.
///
/// A call that finds neither a permit nor a place, or waits in vain, is answered with a [`Rejected`]; the inner
/// future was not polled.
///
/// An adaptive limit learns from what answers mean. So it needs to be told: by [`adaptive`](Self::adaptive), or
/// [`learning`](Self::learning) for the state of a `static` or a field. Made by [`new`](Self::new) it asks nothing of the
/// error type, and its calls leave the limit where it is; so do calls that are dropped.
///
/// Clones share the state. Dropping the future of [`run`](Self::run) leaves the queue, or drops the inner future and
/// then gives the permit to the first in the queue.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use resilient_runtime::by_hand::Bulkhead;
/// use resilient_runtime::bulkhead::Settings;
/// use resilient_runtime::{Rejected, rejected::Kind};
///
/// let bulkhead = Bulkhead::new(Settings::new(1)).named("rates");
/// let same = bulkhead.clone();
/// let hanging = tokio::spawn(async move { same.run(std::future::pending::<Result<(), Rejected>>()).await });
/// tokio::task::yield_now().await;
/// let second: Result<(), Rejected> = bulkhead.run(async { Ok(()) }).await;
/// assert_eq!(second.unwrap_err().kind(), Kind::BulkheadFull);
/// hanging.abort();
/// # let _ = hanging.await;
/// assert!(bulkhead.run(async { Ok::<_, Rejected>(()) }).await.is_ok());
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Bulkhead<A = Carried, J = Unasked> {
    site: Site,
    handle: Handle<bulkhead::Bulkhead>,
    absorb: A,
    judge: J,
}

impl Bulkhead {
    /// With a state of its own, which goes with its last clone.
    #[track_caller]
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self::with(Handle::Own(bulkhead::Bulkhead::new(settings)))
    }

    /// With a limit of its own that follows the service: outcomes that are unknown and overload lower it, answers raise it.
    #[track_caller]
    #[must_use]
    pub const fn adaptive(settings: Settings) -> Bulkhead<Carried, OfItsType> {
        Bulkhead {
            site: Site::by_hand("bulkhead"),
            handle: Handle::Own(bulkhead::Bulkhead::new(settings)),
            absorb: Carried,
            judge: OfItsType,
        }
    }

    /// With the state of a `static`, which annotated functions may name, too: one for each scope.
    #[track_caller]
    #[must_use]
    pub const fn of(bulkhead: &'static bulkhead::Bulkhead) -> Self {
        Self::with(Handle::Shared(bulkhead))
    }

    #[track_caller]
    const fn with(handle: Handle<bulkhead::Bulkhead>) -> Self {
        Self {
            site: Site::by_hand("bulkhead"),
            handle,
            absorb: Carried,
            judge: Unasked,
        }
    }
}

/// With the state of a client's field.
impl From<bulkhead::Bulkhead> for Bulkhead {
    #[track_caller]
    fn from(bulkhead: bulkhead::Bulkhead) -> Self {
        Self::with(Handle::Own(bulkhead))
    }
}

impl<A, J> Bulkhead<A, J> {
    /// Shown under this name in events, rejections and, if the state is its own, in the registry, whose
    /// [`resize`](crate::registry::Registry::resize) then takes it. Without one as `bulkhead`, and by file and
    /// line in the registry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.site.name = name;
        if let Handle::Own(bulkhead) = self.handle {
            self.handle = Handle::Own(bulkhead.shown_as(name));
        }
        self
    }

    /// Makes the error of a rejection by this function, for error types that cannot be made from one.
    #[must_use]
    pub fn rejected<E, M: Fn(Rejected) -> E>(self, make: M) -> Bulkhead<Made<M>, J> {
        Bulkhead {
            site: self.site,
            handle: self.handle,
            absorb: Made(make),
            judge: self.judge,
        }
    }

    /// An adaptive limit learns from what the error's own [`Classify`](crate::Classify) says. A fixed one takes no notice.
    #[must_use]
    pub fn learning(self) -> Bulkhead<A, OfItsType> {
        self.judged(|_| OfItsType)
    }

    /// An adaptive limit learns from what this function says that an error means.
    #[must_use]
    pub fn classify<E, C: Fn(&E) -> Failure>(self, classify: C) -> Bulkhead<A, Classified<C>> {
        self.judged(|_| Classified(classify))
    }

    /// It learns also from answers that are `Ok`, and failed all the same; behind [`learning`](Self::learning) or
    /// [`classify`](Self::classify).
    #[must_use]
    pub fn failed<T, F: Fn(&T) -> Option<Failure>>(self, failed: F) -> Bulkhead<A, Failing<J, F>> {
        self.judged(|judge| Failing(judge, failed))
    }

    fn judged<N>(self, judge: impl FnOnce(J) -> N) -> Bulkhead<A, N> {
        Bulkhead {
            site: self.site,
            handle: self.handle,
            absorb: self.absorb,
            judge: judge(self.judge),
        }
    }

    /// What it shows; of a `static` in the current scope.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        match &self.handle {
            Handle::Shared(bulkhead) => bulkhead.snapshot(),
            Handle::Own(bulkhead) => bulkhead.own_snapshot(),
        }
    }

    /// Runs the future when it has a permit.
    pub fn run<R, F>(&self, body: F) -> impl Future<Output = R>
    where
        R: Answer,
        F: Future<Output = R>,
        A: Absorb<R>,
        J: Judge<R>,
    {
        self.limit(None, body)
    }

    /// The same with one bulkhead for each key: a host, a tenant. How many are kept apart is the handle's
    /// [`max_keys`](bulkhead::Bulkhead::max_keys).
    pub fn run_for<K, R, F>(
        &self,
        key: &K,
        body: F,
    ) -> impl Future<Output = R> + use<'_, K, R, F, A, J>
    where
        K: Hash + ?Sized,
        R: Answer,
        F: Future<Output = R>,
        A: Absorb<R>,
        J: Judge<R>,
    {
        self.limit(Some(key_hash(key)), body)
    }

    fn limit<F>(&self, key: Option<Key>, body: F) -> Behind<'_, Self, F> {
        Behind::new(self, key, body)
    }
}

/// A place in the queue, and how long it may be kept.
pub(super) struct Place {
    /// None once it is over.
    waiting: Option<<BulkheadByHand as Limits>::Waiting>,
    until: Stamp,
    wait: Duration,
}

impl<A, J> Door for Bulkhead<A, J> {
    const POLICY: &'static str = "bulkhead";
    type Inside = <BulkheadByHand as Limits>::Permit;
    type Place = Place;

    fn name(&self) -> &'static str {
        self.site.name
    }

    fn take(&self, key: Option<Key>) -> Result<Self::Inside, Kind> {
        let gate = BulkheadByHand::by_hand(&self.handle, key);
        gate.enter_plainly().ok_or(Kind::BulkheadFull)
    }

    fn enter(&self, key: Option<Key>) -> Result<door::Entry<Self::Inside, Place>, Kind> {
        match BulkheadByHand::by_hand(&self.handle, key).enter() {
            Entry::Entered(permit) => Ok(door::Entry::Inside(permit)),
            Entry::Full => Err(Kind::BulkheadFull),
            Entry::Queued(waiting, wait) => Ok(door::Entry::Queued(Place {
                waiting: Some(waiting),
                until: Stamp::now().plus(wait),
                wait,
            })),
        }
    }

    fn wait(
        place: &mut Place,
        timer: Pin<&mut Option<Sleep>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Inside, Kind>> {
        let late = Kind::BulkheadTimeout { wait: place.wait };
        let Some(waiting) = &mut place.waiting else {
            return Poll::Ready(Err(late));
        };
        match BulkheadByHand::poll(waiting, cx) {
            Poll::Ready(permit) => Poll::Ready(Ok(permit)),
            Poll::Pending if expired(timer, place.until, cx) => {
                let last = place.waiting.take().and_then(BulkheadByHand::expire);
                Poll::Ready(last.ok_or(late))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<R, A: Absorb<R>, J: Judge<R>> Tells<R> for Bulkhead<A, J> {
    fn absorb(&self, why: Rejected) -> R {
        self.absorb.absorb(why)
    }

    fn leave(&self, key: Option<Key>, mut inside: Self::Inside, answer: &R, about: About) {
        let verdict = self.judge.judge(answer);
        let gate = BulkheadByHand::by_hand(&self.handle, key);
        gate.leave(&mut inside, &verdict, &about.site(&self.site));
    }
}
