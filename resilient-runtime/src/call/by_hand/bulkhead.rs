//! A bulkhead around one future.

use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::judge::{Absorb, Carried, Made};
use super::{Handle, refused};
use crate::bulkhead::{self, Settings, Snapshot};
use crate::call::Answer;
use crate::call::gate::{BulkheadByHand, Entry, Key, Limits, key_hash};
use crate::call::open::expired;
use crate::clock::Stamp;
use crate::event::{self, Event};
use crate::rejected::{Kind, Rejected};

/// At most so many calls at a time, and a short, bounded, fair queue before them; the page of the
/// [attribute](macro@crate::bulkhead) says how.
///
/// A call that finds neither a permit nor a place, or waits in vain, is answered with a [`Rejected`]; the inner
/// future was not polled.
///
/// An adaptive limit stays where it is as far as these calls go: it learns from what answers mean, and a bulkhead by hand
/// does not ask. Annotated functions that share it move it.
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
pub struct Bulkhead<A = Carried> {
    name: &'static str,
    handle: Handle<bulkhead::Bulkhead>,
    absorb: A,
}

impl Bulkhead {
    /// With a state of its own, which goes with its last clone.
    #[track_caller]
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self::with(Handle::Own(bulkhead::Bulkhead::new(settings)))
    }

    /// With the state of a `static`, which annotated functions may name, too: one for each scope.
    #[must_use]
    pub const fn of(bulkhead: &'static bulkhead::Bulkhead) -> Self {
        Self::with(Handle::Shared(bulkhead))
    }

    const fn with(handle: Handle<bulkhead::Bulkhead>) -> Self {
        Self {
            name: "bulkhead",
            handle,
            absorb: Carried,
        }
    }

    /// Makes the error of a rejection by this function, for error types that cannot be made from one.
    #[must_use]
    pub fn rejected<E, M: Fn(Rejected) -> E>(self, make: M) -> Bulkhead<Made<M>> {
        Bulkhead {
            name: self.name,
            handle: self.handle,
            absorb: Made(make),
        }
    }
}

/// With the state of a client's field.
impl From<bulkhead::Bulkhead> for Bulkhead {
    fn from(bulkhead: bulkhead::Bulkhead) -> Self {
        Self::with(Handle::Own(bulkhead))
    }
}

impl<A> Bulkhead<A> {
    /// Shown under this name in events, rejections and, if the state is its own, in the registry, whose
    /// [`resize`](crate::registry::Registry::resize) then takes it. Without one as `bulkhead`, and by file and
    /// line in the registry.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        if let Handle::Own(bulkhead) = self.handle {
            self.handle = Handle::Own(bulkhead.shown_as(name));
        }
        self
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
    {
        self.limit(None, body)
    }

    /// The same with one bulkhead for each key: a host, a tenant. How many are kept apart is the handle's
    /// [`max_keys`](bulkhead::Bulkhead::max_keys).
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
        self.limit(Some(key_hash(key)), body)
    }

    fn limit<F>(&self, key: Option<Key>, body: F) -> Limited<'_, A, F> {
        Limited {
            bulkhead: self,
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
    /// In the queue, until then.
    Waiting(<BulkheadByHand as Limits>::Waiting, Stamp, Duration),
    /// Held until it is dropped.
    Inside(#[expect(dead_code, reason = "held for its drop")] <BulkheadByHand as Limits>::Permit),
    Over,
}

pin_project! {
    /// Field order is drop order: the body before the permit, since while it lives it still holds its connection.
    struct Limited<'a, A, F> {
        bulkhead: &'a Bulkhead<A>,
        key: Option<Key>,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        body: Option<F>,
        stands: Stands,
    }
}

impl Stands {
    /// Enters, queues, or says why not.
    fn begin(gate: &BulkheadByHand) -> Result<Self, Kind> {
        match gate.enter() {
            Entry::Entered(permit) => Ok(Self::Inside(permit)),
            Entry::Full => Err(Kind::BulkheadFull),
            Entry::Queued(place, wait) => Ok(Self::Waiting(place, Stamp::now(), wait)),
        }
    }

    /// In the queue: the permit, or the end of the wait, whichever comes first.
    fn wait(
        &mut self,
        call: &str,
        timer: Pin<&mut Option<Sleep>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Kind>> {
        let Self::Waiting(place, since, wait) = self else {
            return Poll::Ready(None);
        };
        let (since, wait) = (*since, *wait);
        let permit = match BulkheadByHand::poll(place, cx) {
            Poll::Ready(permit) => Some(permit),
            Poll::Pending if expired(timer, since.plus(wait), cx) => None,
            Poll::Pending => return Poll::Pending,
        };
        let Self::Waiting(place, ..) = std::mem::replace(self, Self::Over) else {
            return Poll::Ready(None);
        };
        let Some(permit) = permit.or_else(|| BulkheadByHand::expire(place)) else {
            return Poll::Ready(Some(Kind::BulkheadTimeout { wait }));
        };
        *self = Self::Inside(permit);
        event::emit(&Event::PermitWaited {
            call,
            dependency: None,
            attempt: 0,
            policy: "bulkhead",
            waited: Stamp::now().since(since),
        });
        Poll::Ready(None)
    }
}

impl<A, F> Future for Limited<'_, A, F>
where
    F: Future<Output: Answer>,
    A: Absorb<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let mut refusal = None;
        if matches!(this.stands, Stands::Outside) {
            let gate = BulkheadByHand::by_hand(&this.bulkhead.handle, *this.key);
            match Stands::begin(&gate) {
                Ok(stands) => *this.stands = stands,
                Err(kind) => refusal = Some(kind),
            }
        }
        if refusal.is_none() {
            match this
                .stands
                .wait(this.bulkhead.name, this.timer.as_mut(), cx)
            {
                Poll::Ready(late) => refusal = late,
                Poll::Pending => return Poll::Pending,
            }
        }
        if let Some(kind) = refusal {
            *this.stands = Stands::Over;
            this.body.set(None);
            let why = refused(kind, this.bulkhead.name);
            return Poll::Ready(this.bulkhead.absorb.absorb(why));
        }
        this.timer.set(None);
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let Poll::Ready(answer) = body.poll(cx) else {
            return Poll::Pending;
        };
        this.body.set(None);
        *this.stands = Stands::Over;
        Poll::Ready(answer)
    }
}
