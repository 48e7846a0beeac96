//! What bulkhead and rate limit by hand have in common: a door before the body, with a short and bounded queue.
//!
//! In: a [`Door`] and a future. Out: the future's answer, or a refusal. Refuses to let a hedge wait.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::frame::{About, Frame};
use super::refused;
use crate::call::Answer;
use crate::call::gate::Key;
use crate::clock::Stamp;
use crate::event::{self, Event};
use crate::rejected::{Kind, Rejected};

/// A policy that lets calls in.
pub(super) trait Door {
    /// Its attribute's word.
    const POLICY: &'static str;
    /// Held while the body runs.
    type Inside;
    /// A place in the queue; dropping it leaves the queue.
    type Place;
    fn name(&self) -> &'static str;
    /// Takes what is free at this moment, without a trace where nothing is.
    fn take(&self, key: Option<Key>) -> Result<Self::Inside, Kind>;
    /// Enters, queues, or says why not.
    fn enter(&self, key: Option<Key>) -> Result<Entry<Self::Inside, Self::Place>, Kind>;
    /// In the queue: the way in, or the end of the wait, whichever comes first.
    fn wait(
        place: &mut Self::Place,
        timer: Pin<&mut Option<Sleep>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Inside, Kind>>;
}

/// What a door asks of an answer, and makes of a rejection.
pub(super) trait Tells<R>: Door {
    fn absorb(&self, why: Rejected) -> R;
    /// The body is over with this answer.
    fn leave(&self, key: Option<Key>, inside: Self::Inside, answer: &R, about: About);
}

/// What came of trying to enter.
pub(super) enum Entry<I, P> {
    Inside(I),
    Queued(P),
}

/// Where a call stands.
enum Stands<I, P> {
    Outside,
    Waiting(P, Stamp),
    Inside(I),
    Over,
}

pin_project! {
    /// The future of one call. Field order is drop order: the body before what it holds, since while it lives it still
    /// holds its connection.
    pub(super) struct Behind<'a, D: Door, F> {
        door: &'a D,
        key: Option<Key>,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        body: Option<F>,
        stands: Stands<D::Inside, D::Place>,
    }
}

impl<'a, D: Door, F> Behind<'a, D, F> {
    pub(super) const fn new(door: &'a D, key: Option<Key>, body: F) -> Self {
        Self {
            door,
            key,
            timer: None,
            body: Some(body),
            stands: Stands::Outside,
        }
    }
}

impl<I, P> Stands<I, P> {
    fn begin<D: Door<Inside = I, Place = P>>(door: &D, key: Option<Key>) -> Result<Self, Kind> {
        if Frame::current().hedge {
            return door.take(key).map(Self::Inside);
        }
        Ok(match door.enter(key)? {
            Entry::Inside(inside) => Self::Inside(inside),
            Entry::Queued(place) => Self::Waiting(place, Stamp::now()),
        })
    }

    fn wait<D: Door<Inside = I, Place = P>>(
        &mut self,
        door: &D,
        timer: Pin<&mut Option<Sleep>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Kind>> {
        let Self::Waiting(place, since) = self else {
            return Poll::Ready(None);
        };
        let since = *since;
        let Poll::Ready(came) = D::wait(place, timer, cx) else {
            return Poll::Pending;
        };
        match came {
            Err(late) => {
                *self = Self::Over;
                Poll::Ready(Some(late))
            }
            Ok(inside) => {
                *self = Self::Inside(inside);
                let about = About::of_attempt(door.name());
                event::emit(&Event::PermitWaited {
                    call: about.call,
                    dependency: about.dependency,
                    attempt: about.attempt,
                    policy: D::POLICY,
                    waited: Stamp::now().since(since),
                });
                Poll::Ready(None)
            }
        }
    }
}

impl<D, F> Future for Behind<'_, D, F>
where
    F: Future<Output: Answer>,
    D: Tells<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let mut refusal = None;
        if matches!(this.stands, Stands::Outside) {
            match Stands::begin(*this.door, *this.key) {
                Ok(stands) => *this.stands = stands,
                Err(kind) => refusal = Some(kind),
            }
        }
        if refusal.is_none() {
            match this.stands.wait(*this.door, this.timer.as_mut(), cx) {
                Poll::Ready(late) => refusal = late,
                Poll::Pending => return Poll::Pending,
            }
        }
        let about = About::of_attempt(this.door.name());
        if let Some(kind) = refusal {
            *this.stands = Stands::Over;
            this.timer.set(None);
            this.body.set(None);
            return Poll::Ready(this.door.absorb(refused(kind, about)));
        }
        this.timer.set(None);
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let Poll::Ready(answer) = body.poll(cx) else {
            return Poll::Pending;
        };
        this.body.set(None);
        if let Stands::Inside(inside) = std::mem::replace(this.stands, Stands::Over) {
            this.door.leave(*this.key, inside, &answer, about);
        }
        Poll::Ready(answer)
    }
}
