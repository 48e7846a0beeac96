//! The lanes of a hedge by hand: the first future and its hedges, raced until one of them answers.
//!
//! In: a closure that makes lanes. Out: the answer. Refuses to fail for want of a hedge. The first lane is polled in place, a
//! hedge is boxed. The rules are those of annotated calls (`call/lanes.rs`), which differ in what a lane is: there the driver
//! knows its gates, here a hedge finds out by its first poll whether it could be sent.

mod race;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use self::race::{Due, Race};
use super::frame::Frame;
use super::hedge::Hedge;
use super::judge::Judge;
use crate::call::open::expired;
use crate::call::{Answer, Verdict};
use crate::clock::Stamp;
use crate::event::NoHedge;

pin_project! {
    /// The race.
    pub(super) struct Lanes<'a, J, R, F, M> {
        race: Race<'a, J, R>,
        make: M,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        first: Option<F>,
        hedges: Vec<Beside<F>>,
    }

    impl<J, R, F, M> PinnedDrop for Lanes<'_, J, R, F, M> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.first.is_some() {
                this.race.measure(true);
                this.first.set(None);
            }
        }
    }
}

/// A hedge in flight.
struct Beside<F> {
    /// From 1.
    nth: u32,
    lane: Pin<Box<F>>,
}

/// The lane that is polled in place.
const FIRST: u32 = 0;

impl<'a, J, R, F, M: FnMut() -> F> Lanes<'a, J, R, F, M> {
    pub(super) const fn new(hedge: &'a Hedge<J>, make: M) -> Self {
        Self {
            race: Race::new(hedge),
            make,
            timer: None,
            first: None,
            hedges: Vec::new(),
        }
    }
}

/// Drops a lane that lost: to what stands in it this is no end that means anything.
fn drop_quietly(lane: impl FnOnce()) {
    let mut frame = Frame {
        cancelling: true,
        ..Frame::current()
    };
    let _quiet = frame.enter();
    lane();
}

impl<R, J, F, M> Lanes<'_, J, R, F, M>
where
    R: Answer,
    F: Future<Output = R>,
    M: FnMut() -> F,
    J: Judge<R>,
{
    fn poll_lanes(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<R> {
        let mut this = self.as_mut().project();
        if let Some(first) = this.first.as_mut().as_pin_mut() {
            Frame::note(|frame| frame.cut_off = false);
            if let Poll::Ready(answer) = this.race.poll(first, cx) {
                this.first.set(None);
                let verdict = this.race.hedge.judge.judge(&answer);
                let cut_off = Frame::current().cut_off;
                this.race.measure_ended(verdict.failure, cut_off);
                let over = self.as_mut().ended(FIRST, verdict, answer);
                if over.is_some() {
                    return over;
                }
            }
        }
        let mut at = 0;
        while at < self.hedges.len() {
            let this = self.as_mut().project();
            let Beside { nth, lane } = &mut this.hedges[at];
            let nth = *nth;
            let Poll::Ready(answer) = this.race.poll(lane.as_mut(), cx) else {
                at += 1;
                continue;
            };
            drop(this.hedges.remove(at));
            let verdict = this.race.hedge.judge.judge(&answer);
            let over = self.as_mut().ended(nth, verdict, answer);
            if over.is_some() {
                return over;
            }
        }
        None
    }

    /// Until the next hedge is due; an answer when that had one at once.
    fn poll_timer(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<R> {
        while let Due::At(due, _) = self.race.due {
            let mut this = self.as_mut().project();
            if !expired(this.timer.as_mut(), due, cx) {
                return None;
            }
            this.timer.set(None);
            let (core, _) = this.race.begun.clone()?;
            let token = match this.race.turn(&core) {
                Ok(token) => token,
                Err(why) => {
                    this.race.refused(&core, why);
                    continue;
                }
            };
            let (mut lane, nth) = (Box::pin((this.make)()), this.race.turns);
            let (polled, unsent) = {
                let mut frame = Frame {
                    hedge: true,
                    unsent: None,
                    ..Frame::current()
                };
                let polled = {
                    let _first_poll = frame.enter();
                    this.race.poll(lane.as_mut(), cx)
                };
                let (around, noted) = (Frame::current(), frame);
                // What the lane's body noted stays; the rest was about this poll.
                Frame::note(|frame| frame.bodies = noted.bodies.max(around.bodies));
                (polled, noted.unsent)
            };
            match polled {
                Poll::Ready(_refusal) if unsent.is_some() => {
                    token.give_back(false, Stamp::now());
                    this.race.refused(&core, unsent.unwrap_or(NoHedge::Permit));
                }
                Poll::Ready(answer) => {
                    this.race.sent(&core);
                    let verdict = this.race.hedge.judge.judge(&answer);
                    drop(lane);
                    let over = self.as_mut().ended(nth, verdict, answer);
                    if over.is_some() {
                        return over;
                    }
                }
                Poll::Pending => {
                    this.race.sent(&core);
                    this.hedges.push(Beside { nth, lane });
                }
            }
        }
        None
    }

    /// A lane is over; the answer, if the call is, too.
    fn ended(self: Pin<&mut Self>, nth: u32, verdict: Verdict, answer: R) -> Option<R> {
        let mut this = self.project();
        let in_flight = this.first.is_some() || !this.hedges.is_empty();
        let over = verdict.is_last_word(this.race.hedge.class) || !in_flight;
        let succeeded = verdict.failure.is_none();
        this.race.keep(verdict, answer);
        if !over {
            return None;
        }
        if this.first.is_some() {
            this.race.measure(true);
            drop_quietly(|| this.first.set(None));
            this.race.cancelled(FIRST);
        }
        for Beside { nth, lane } in std::mem::take(this.hedges) {
            drop_quietly(|| drop(lane));
            this.race.cancelled(nth);
        }
        if succeeded {
            if let Some((core, _)) = this.race.begun.as_ref().filter(|_| nth != FIRST) {
                core.count_won();
            }
            this.race.hedge.earn(Stamp::now());
        }
        this.race.kept.take().map(|(_, answer)| answer)
    }
}

impl<R, J, F, M> Future for Lanes<'_, J, R, F, M>
where
    R: Answer,
    F: Future<Output = R>,
    M: FnMut() -> F,
    J: Judge<R>,
{
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        if self.race.begun.is_none() {
            let mut this = self.as_mut().project();
            this.race.begin();
            let first = (this.make)();
            this.first.set(Some(first));
        }
        if let Some(answer) = self.as_mut().poll_lanes(cx) {
            return Poll::Ready(answer);
        }
        match self.poll_timer(cx) {
            Some(answer) => Poll::Ready(answer),
            None => Poll::Pending,
        }
    }
}
