//! The lanes of one attempt: the attempt itself and its hedges, raced until one of them answers.
//!
//! In: lanes, made by the generated loop from the one body it holds. Out: the attempt's answer, or "the next lane,
//! please". Refuses to fail for want of a hedge: without budget, permit, time or a closed breaker the attempt goes on
//! alone.
//!
//! ```text
//! loop { start(lane); lanes.await -> Some(answer) | None: make the next lane }
//! ```
//!
//! The first lane is polled in place and holds the call's own [`Run`]. A hedge is boxed; its run shares deadline, attempt
//! number and key, and what it begins is added to the call's count, for the guard. A lane that begins a non-idempotent
//! call, hidden from the compiler, goes on alone: the next lane to come that far would make it twice.

mod alone;
mod lane;
mod race;
mod token;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use self::alone::Before;
use self::lane::{Lane, LaneRun};
use self::race::{Due, Ended, Race, cancelled};
use super::answer::Verdict;
use super::open::expired;
use super::run::{By, Run};
use crate::clock::Stamp;
use crate::context;
use crate::failure::Failure;

pin_project! {
    /// The race of one attempt's lanes; resolves to the answer, or to none when the next lane is to be started.
    ///
    /// Dropped, every lane is: each gives back its permit, and counts as dropped with the breaker. When a lane
    /// panics, the others count as nothing.
    #[must_use = "lanes do nothing unless they are polled"]
    // The answer's type by itself: asked whether this is `Send`, rustc must not have to ask what a lane resolves to.
    pub struct Lanes<'a, L, T>
    where
        L: Lane,
    {
        race: Race<'a, T>,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        first: Option<L>,
        hedges: Vec<Hedge<L>>,
    }

    impl<'a, L, T> PinnedDrop for Lanes<'a, L, T>
    where
        L: Lane,
    {
        fn drop(this: Pin<&mut Self>) {
            this.leave();
        }
    }
}

/// A hedge in flight.
struct Hedge<L> {
    /// From 1.
    nth: u32,
    lane: Pin<Box<L>>,
}

/// The lane that holds the call's own state.
const FIRST: u32 = 0;

impl Run {
    /// The lanes of the next attempt.
    ///
    /// # Panics
    ///
    /// Without a hedge in the plan; the macro asks for lanes only with one.
    pub fn lanes<L: Lane, T>(&mut self) -> Lanes<'_, L, T> {
        Lanes {
            race: Race::new(self),
            timer: None,
            first: None,
            hedges: Vec::new(),
        }
    }
}

impl<'a, L: Lane, T> Lanes<'a, L, T> {
    /// Whether the lane about to be made is the last there can be, and may use up what it is given.
    #[must_use]
    pub fn is_last(self: Pin<&mut Self>) -> bool {
        self.project().race.is_last()
    }

    /// The state for the lane about to be made.
    ///
    /// # Panics
    ///
    /// When no lane is due, which the generated loop excludes.
    pub fn next_run(self: Pin<&mut Self>) -> LaneRun<'a> {
        self.project().race.next_run()
    }

    /// Takes the lane that was made. A hedge that finds no permit or no closed breaker is none.
    pub fn start(self: Pin<&mut Self>, mut lane: L) {
        let mut this = self.project();
        let race = this.race;
        let Some(token) = race.token.take() else {
            race.first_runs = true;
            this.first.set(Some(lane));
            return;
        };
        let Some(first) = this.first.as_ref().as_pin_ref() else {
            return;
        };
        match lane.take() {
            Ok(()) => {
                token.spend();
                race.sent(first.get_ref().run());
                this.hedges.push(Hedge {
                    nth: race.turns,
                    lane: Box::pin(lane),
                });
            }
            Err(why) => race.refused(first.get_ref().run(), why),
        }
    }

    /// A lane has begun what must not be done twice: before another one does, too, that goes on alone.
    fn go_on_alone(mut self: Pin<&mut Self>) {
        let race = self.as_mut().project().race;
        if let Some(begun) = race.begun.take() {
            race.leave_others();
            self.cancel_others(Some(begun));
        }
    }

    /// A lane has answered, or `spared` goes on without the others: what is in flight beside it is dropped and counts as
    /// nothing.
    fn cancel_others(self: Pin<&mut Self>, spared: Option<u32>) {
        let mut this = self.project();
        let race = this.race;
        if let Some(mut first) = this.first.as_mut().as_pin_mut() {
            if race.first_runs && spared != Some(FIRST) {
                race.first_runs = false;
                race.left_behind(first.as_ref().get_ref());
                if spared.is_none() {
                    race.measure_cut(first.as_ref().get_ref());
                }
                first.as_mut().cancel();
                first.as_mut().run_mut().lane_cancelled();
                cancelled(FIRST, first.as_ref().get_ref().run());
            }
        }
        let Some(mut first) = this.first.as_mut().as_pin_mut() else {
            return;
        };
        let mut at = 0;
        while at < this.hedges.len() {
            if spared == Some(this.hedges[at].nth) {
                at += 1;
                continue;
            }
            let Hedge { nth, mut lane } = this.hedges.remove(at);
            race.left_behind(&*lane);
            lane.as_mut().cancel();
            cancelled(nth, first.as_ref().get_ref().run());
            let tasks = std::mem::take(&mut lane.as_mut().run_mut().tasks);
            first.as_mut().run_mut().tasks.extend(tasks);
        }
    }

    /// The caller gave up, or a lane panicked.
    #[inline]
    fn leave(self: Pin<&mut Self>) {
        if self.race.first_runs || !self.hedges.is_empty() {
            self.abandon();
        }
    }

    #[cold]
    fn abandon(mut self: Pin<&mut Self>) {
        if let Some(panicked) = self.race.polling {
            return self.cancel_others(Some(panicked));
        }
        let this = self.as_mut().project();
        if let Some(first) = this.first.as_ref().as_pin_ref() {
            if this.race.first_runs {
                this.race.measure_cut(first.get_ref());
            }
        }
    }

    /// Until the next hedge is due; none comes back when it is to be made.
    fn poll_timer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let race = this.race;
        let Some(first) = this.first.as_ref().as_pin_ref() else {
            return Poll::Pending;
        };
        if matches!(race.due, Due::Unknown) {
            race.set_due(first.get_ref());
        }
        while let Due::At { due, .. } = race.due {
            if !expired(this.timer.as_mut(), due, cx) {
                return Poll::Pending;
            }
            this.timer.set(None);
            let begun = |hedge: &Hedge<L>| hedge.lane.run().may_have_started();
            let begun = first.run().may_have_started() || this.hedges.iter().any(begun);
            match race.turn(first.run(), begun) {
                Ok(()) => return Poll::Ready(()),
                Err(why) => race.refused(first.run(), why),
            }
        }
        Poll::Pending
    }
}

impl<L: Lane + Future> Lanes<'_, L, L::Output> {
    /// Polls the lanes in the order they were started; the answer, if there is one.
    fn poll_lanes(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<L::Output> {
        // The others were polled right before this one was made.
        let fresh = std::mem::take(&mut self.as_mut().project().race.fresh);
        if !fresh {
            let ended = self.as_mut().poll_first(cx);
            self.as_mut().go_on_alone();
            if let Some(ended) = ended {
                let over = self.as_mut().ended(ended);
                if over.is_some() {
                    return over;
                }
            }
        }
        let mut at = if fresh { self.hedges.len() - 1 } else { 0 };
        while at < self.hedges.len() {
            let (nth, ended) = (self.hedges[at].nth, self.as_mut().poll_hedge(at, cx));
            self.as_mut().go_on_alone();
            match ended {
                // Those in front of it may be gone.
                None => at = self.hedges.iter().take_while(|it| it.nth <= nth).count(),
                Some(ended) => {
                    let over = self.as_mut().ended(ended);
                    if over.is_some() {
                        return over;
                    }
                }
            }
        }
        None
    }

    fn poll_first(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<Ended<L::Output>> {
        let mut this = self.project();
        let race = this.race;
        if !race.first_runs {
            return None;
        }
        let mut lane = this.first.as_mut().as_pin_mut()?;
        race.polling = Some(FIRST);
        let before = Before::by(lane.run());
        let polled = lane.as_mut().poll(cx);
        race.polling = None;
        race.note_begun(FIRST, before, lane.run());
        let Poll::Ready(answer) = polled else {
            return None;
        };
        race.first_runs = false;
        let run = lane.as_ref().get_ref().run();
        race.measure_ended(run);
        Some(Ended::new(FIRST, run, answer))
    }

    fn poll_hedge(
        self: Pin<&mut Self>,
        at: usize,
        cx: &mut Context<'_>,
    ) -> Option<Ended<L::Output>> {
        let mut this = self.project();
        let (race, Hedge { nth, lane }) = (this.race, &mut this.hedges[at]);
        let before = Before::by(lane.run());
        race.polling = Some(*nth);
        let polled = {
            let first = this.first.as_ref().as_pin_ref();
            let _span = first.map(|first| first.get_ref().run().heard.enter());
            lane.as_mut().poll(cx)
        };
        race.polling = None;
        race.note_begun(*nth, before, lane.run());
        let now = lane.run().known.started();
        let run = this.first.as_mut().as_pin_mut()?.run_mut();
        run.known
            .set_started(run.known.started().with(before.calls, now));
        let Poll::Ready(answer) = polled else {
            return None;
        };
        let inside = run.known.inside().and(lane.run().known.inside());
        run.known.set_inside(inside);
        run.tasks
            .extend(std::mem::take(&mut lane.as_mut().run_mut().tasks));
        let ended = Ended::new(*nth, lane.run(), answer);
        this.hedges.remove(at);
        Some(ended)
    }

    /// A lane is over; the call's answer, if that is, too.
    ///
    /// The first success is it. A failure is not while another lane is in flight, except one that the other would
    /// only say again: the answer to a read that nothing will change, or that the call's time is over.
    fn ended(mut self: Pin<&mut Self>, ended: Ended<L::Output>) -> Option<L::Output> {
        let in_flight = self.race.first_runs || !self.hedges.is_empty();
        let race = self.as_mut().project().race;
        race.note(&ended);
        let over = ended.is_over() || !in_flight;
        race.keep(ended);
        if !over {
            return None;
        }
        let kept = race.kept.take()?;
        self.as_mut().cancel_others(None);
        let this = self.project();
        let run = this.first.as_pin_mut()?.run_mut();
        run.verdict = kept.verdict;
        this.race.settle_lost(run);
        if kept.verdict.failure.is_none() {
            this.race.won(kept.nth, run);
        }
        context::set_became(this.race.became);
        Some(kept.answer)
    }
}

impl<L: Lane + Future> Future for Lanes<'_, L, L::Output> {
    type Output = Option<L::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<L::Output>> {
        if let Some(answer) = self.as_mut().poll_lanes(cx) {
            return Poll::Ready(Some(answer));
        }
        self.poll_timer(cx).map(|()| None)
    }
}
