//! The questions to the service, one after the other. In: the course of the resolution, and the calls of `confirm` and
//! `cancel`. Out: the outcome once it is certain and written down. Refuses to send a cancel that is not written down before.

use std::future::Future;
use std::time::Duration;

use tokio::time::{sleep_until, timeout};

use crate::call::watch::Watch;
use crate::clock::Stamp;
use crate::event::{self, Event};
use crate::on_unknown::{
    Cancellation, Confirmation, Course, Outcome, Question, Reply, State, Step, drawn,
};

pub(super) struct Questions<'a, 'j, C, X> {
    pub(super) watch: &'a Watch<'j>,
    pub(super) limit: Duration,
    /// A call inside was carried out for certain. That the service does not know the key then says nothing of that part.
    pub(super) partly_done: bool,
    pub(super) confirm: &'a mut C,
    pub(super) cancel: &'a mut X,
}

impl<C, X, CF, XF> Questions<'_, '_, C, X>
where
    C: FnMut() -> CF,
    CF: Future,
    X: FnMut() -> XF,
    XF: Future<Output: Cancellation>,
{
    /// Asks until the outcome is certain and written down; none when there is nothing left to ask in time.
    pub(super) async fn ask<T>(mut self, mut course: Course) -> Option<(Outcome, Option<T>)>
    where
        CF::Output: Confirmation<T>,
    {
        loop {
            let Step::Ask(question, at) = course.step() else {
                return None;
            };
            if at > Stamp::now() {
                sleep_until(at.to_instant()).await;
            }
            let sent = Stamp::now();
            let (reply, value) = match question {
                Question::Confirm => self.confirm().await,
                Question::Cancel => (self.cancel().await?, None),
            };
            event::emit(&Event::ServiceAsked {
                call: self.watch.site.name,
                dependency: self.watch.site.dependency(),
                question,
                reply,
            });
            let pause = drawn(course.pause());
            if let Some(outcome) = course.replied(reply, sent, Stamp::now(), pause) {
                return self.certain(outcome).await.then_some((outcome, value));
            }
        }
    }

    async fn confirm<T>(&mut self) -> (Reply, Option<T>)
    where
        CF::Output: Confirmation<T>,
    {
        let asked = timeout(self.limit, (self.confirm)()).await;
        match asked.map(Confirmation::found) {
            Ok(Some(Some(value))) => (Reply::Found, Some(value)),
            Ok(Some(None)) => (Reply::NotFound, None),
            Ok(None) | Err(_) => (Reply::Failed, None),
        }
    }

    /// None when somebody else deals with the record.
    ///
    /// From here on a success is not to be believed, by anybody: that has to be known before the cancel is sent.
    async fn cancel(&mut self) -> Option<Reply> {
        match self.watch.change(State::Cancelling).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(_) => return Some(Reply::Failed),
        }
        let asked = timeout(self.limit, (self.cancel)()).await;
        Some(match asked.map(Cancellation::done) {
            Ok(true) => Reply::Done,
            Ok(false) | Err(_) => Reply::Failed,
        })
    }

    /// Whether the caller may be told of it.
    async fn certain(&self, outcome: Outcome) -> bool {
        if outcome == Outcome::NotCarriedOut && self.partly_done {
            return false;
        }
        match self.watch.change(outcome.into()).await {
            // Somebody else has resolved the record otherwise.
            Ok(false) => return false,
            // A repeat would meet the open record.
            Err(_) if outcome == Outcome::NotCarriedOut => return false,
            Ok(true) | Err(_) => {}
        }
        event::emit(&Event::Resolved {
            call: self.watch.site.name,
            dependency: self.watch.site.dependency(),
            outcome,
        });
        true
    }
}
