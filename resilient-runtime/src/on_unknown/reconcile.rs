//! The loop that resolves what no caller waits for: dropped calls, and those that were still unknown when their time was over.
//!
//! In: for each call by name the functions that ask the service by key. Out: closed records. Refuses to work on a record that
//! somebody else has leased, and to believe what is not certain yet.

mod asked;
mod lent;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::sleep;

use self::asked::Asking;
pub use self::asked::{Ask, Free, Of, Resolver};
use self::lent::{Lent, asked, question};
use super::course::{Question, Step};
use super::journal::{Journal, JournalError};
use super::record::{Outcome, Record, State};
use super::settings::QUESTION;
use crate::clock::Stamp;
use crate::event::{self, Event, Unwritten};
use crate::scope::Scope;

/// The pause between two rounds unless told otherwise. (Our choice: nobody waits for the answer any more.)
const EVERY: Duration = Duration::from_secs(5);
/// So many records at a time.
const AT_ONCE: usize = 10;
/// A lease outlives everything that is done under it: two questions, and this long the writing before and after.
const WRITING: Duration = Duration::from_secs(50);

/// Resolves the open records of a journal, round after round.
///
/// A record is closed as *succeeded* when `confirm` finds the call, as *not carried out* when it does not find it after the call has
/// settled, and as *cancelled* when a cancel is final. Once a cancel was sent for a record only cancels follow. Everything else
/// stays open and is asked again in the next round.
///
/// Two reconcilers on one journal, also in two processes, never work on one record at a time: records are leased.
/// A `confirm` or `cancel` that panics or takes too long has failed, and is asked again. Too long is what it is for a caller:
/// the function's `timeout(attempt)` or an override, once it was called in this process, until then 5 s.
pub struct Reconciler {
    scope: Scope,
    journal: Option<Box<dyn Journal>>,
    calls: BTreeMap<String, Asking>,
    resolved: Option<Box<Told>>,
    every: Duration,
}

type Told = dyn Fn(&Record, Outcome) + Send + Sync;

/// What one round came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Round {
    /// Closed: carried out.
    pub succeeded: usize,
    /// Closed: not carried out.
    pub not_carried_out: usize,
    /// Closed: cancelled.
    pub cancelled: usize,
    /// Still open.
    pub unresolved: usize,
    /// Calls with open records for which no [`Resolver`] was given: a name that is written wrong, or a function that is gone.
    pub unassigned: BTreeSet<Arc<str>>,
}

impl Reconciler {
    /// For the journal of the current scope.
    #[must_use]
    pub fn new() -> Self {
        Self {
            scope: Scope::current(),
            journal: None,
            calls: BTreeMap::new(),
            resolved: None,
            every: EVERY,
        }
    }

    /// For this journal: a `&'static` one, or an `Arc` of one.
    #[must_use]
    pub fn journal(mut self, journal: impl Journal + 'static) -> Self {
        self.journal = Some(Box::new(journal));
        self
    }

    /// How the lost calls of this function are resolved. `name` is `crate::module::function`, as in events and records; of a
    /// method, too, the type is no part of it.
    #[must_use]
    pub fn call<W>(mut self, name: impl Into<String>, resolver: Resolver<W>) -> Self {
        self.calls.insert(name.into(), resolver.into());
        self
    }

    /// Is told of every record that a round has closed, behind its closing; a panic of it is contained.
    #[must_use]
    pub fn resolved(mut self, told: impl Fn(&Record, Outcome) + Send + Sync + 'static) -> Self {
        self.resolved = Some(Box::new(told));
        self
    }

    /// The pause between two rounds; default 5 s.
    #[must_use]
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }

    /// Round after round, until dropped. A journal that cannot be read is an event, and is asked again after the pause.
    ///
    /// Dropped in the middle of a round it ends its leases; what was asked and not written down is asked again by the next.
    pub async fn run(self) -> Infallible {
        loop {
            if self.round().await.is_err() {
                let failed = Event::JournalFailed {
                    call: None,
                    dependency: None,
                    what: Unwritten::Records,
                };
                self.scope.within(|| event::emit(&failed));
            }
            sleep(self.every).await;
        }
    }

    /// Asks once about every open record that nobody deals with.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read. What was closed before that stays closed.
    pub async fn round(&self) -> Result<Round, JournalError> {
        let work = self.scope.run(self.batches());
        work.await
    }

    async fn batches(&self) -> Result<Round, JournalError> {
        let mut round = Round::default();
        let mut seen = BTreeSet::new();
        loop {
            let lent = self.home().lease(AT_ONCE, self.hold()).await?;
            let all = lent.len();
            let lent = lent.into_iter().map(|record| Lent::of(self.home(), record));
            let fresh: Vec<_> = lent.filter(|lent| seen.insert(lent.record.id)).collect();
            if fresh.is_empty() {
                return Ok(round);
            }
            let last = fresh.len() < all;
            let work = fresh
                .into_iter()
                .map(|lent| Box::pin(self.one(lent)) as Pin<Box<_>>);
            for (name, outcome) in together(work.collect()).await {
                round.count(name, outcome);
            }
            if last {
                return Ok(round);
            }
        }
    }

    /// Asks about one record: by `confirm`, and by `cancel` where that is next.
    async fn one(&self, mut lent: Lent<'_>) -> (Arc<str>, Ended) {
        let call = Arc::clone(&lent.record.call);
        let Some(asking) = self.calls.get(&*call) else {
            return (call, Ended::Unassigned);
        };
        let mut course = lent.course(asking);
        let mut before = None;
        while let Step::Ask(question, _) = course.step() {
            if before.replace(question) == Some(question) {
                break;
            }
            if question == Question::Cancel && !lent.change(State::Cancelling).await {
                break;
            }
            let sent = Stamp::now();
            let reply = asked(asking, question, &lent.record).await;
            event::emit(&Event::ServiceAsked {
                call: &call,
                dependency: lent.dependency(),
                question,
                reply,
            });
            let Some(outcome) = course.replied(reply, sent, Stamp::now(), Duration::ZERO) else {
                continue;
            };
            if !lent.change(outcome.into()).await {
                break;
            }
            event::emit(&Event::Resolved {
                call: &call,
                dependency: lent.dependency(),
                outcome,
            });
            self.tell(&lent.record, outcome);
            return (call, Ended::Closed(outcome));
        }
        (call, Ended::Open)
    }

    /// For how long records are leased to a round.
    fn hold(&self) -> Duration {
        let longest = self.calls.keys().map(|call| question(call)).max();
        WRITING + 2 * longest.unwrap_or(QUESTION)
    }

    fn tell(&self, record: &Record, outcome: Outcome) {
        if let Some(told) = &self.resolved {
            // The panic hook has reported it; the other records must not wait for it.
            let _contained = catch_unwind(AssertUnwindSafe(|| told(record, outcome)));
        }
    }

    fn home(&self) -> &dyn Journal {
        match &self.journal {
            Some(journal) => &**journal,
            None => self.scope.journal(),
        }
    }
}

/// What came of one record.
#[derive(Clone, Copy)]
enum Ended {
    Closed(Outcome),
    Open,
    Unassigned,
}

impl Round {
    fn count(&mut self, call: Arc<str>, ended: Ended) {
        match ended {
            Ended::Closed(Outcome::Succeeded) => self.succeeded += 1,
            Ended::Closed(Outcome::NotCarriedOut) => self.not_carried_out += 1,
            Ended::Closed(Outcome::Cancelled) => self.cancelled += 1,
            Ended::Open => self.unresolved += 1,
            Ended::Unassigned => {
                self.unresolved += 1;
                self.unassigned.insert(call);
            }
        }
    }
}

/// Waits for all of a few.
async fn together<T>(mut futures: Vec<Pin<Box<impl Future<Output = T> + ?Sized>>>) -> Vec<T> {
    let mut done = Vec::with_capacity(futures.len());
    poll_fn(|cx| {
        futures.retain_mut(|future| match future.as_mut().poll(cx) {
            Poll::Ready(value) => {
                done.push(value);
                false
            }
            Poll::Pending => true,
        });
        if futures.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done
}

/// [`Reconciler::new`].
impl Default for Reconciler {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Reconciler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconciler")
            .field("calls", &self.calls.keys())
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
