//! One logical call under `on_unknown`: its key, its record, and what is known of it.
//!
//! In: the body of each attempt, wrapped so that the intent is written before it is first polled. Out: whether a body was polled,
//! and under which record. Refuses a key by which nobody could ask, and a call whose intent could not be written.
//!
//! Dropped at any point it ends the record's lease, and the record stays open: the reconciler takes over.

use std::fmt::{self, Display};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::answer::Verdict;
use super::run::Run;
use super::site::Site;
use crate::clock::Stamp;
use crate::config;
use crate::event::{self, Event};
use crate::failure::Failure;
use crate::on_unknown::{Intent, Journal, JournalError, RecordId, Settings, State, Writing};
use crate::rejected::{Kind, Rejected};
use crate::scope::Scope;

/// Longer keys are refused: a journal must stay bounded, and no service knows such a key.
const LONGEST_KEY: usize = 1_024;

/// The watch over one logical call.
pub struct Watch<'j> {
    pub(super) site: &'static Site,
    pub(super) settings: &'static Settings,
    pub(super) key: Arc<str>,
    journal: Home<'j>,
    seen: Mutex<Seen>,
}

enum Home<'j> {
    Scope(Scope),
    Named(&'j dyn Journal),
}

struct Seen {
    stage: Stage,
    /// When the call was given up; never while it goes on.
    lost: Stamp,
}

#[derive(Clone, Copy)]
enum Stage {
    /// Nothing is under way: no body was polled since the last record was closed.
    Idle,
    /// The intent is being written.
    Writing,
    /// The intent was refused, so no body was polled.
    Refused(Kind),
    /// A body was polled; without a record only under `journal(best_effort)`.
    Sent(Option<RecordId>, State),
}

/// What an attempt, or the whole call, came to as far as the journal is concerned.
pub(super) enum Ended {
    /// Nothing was sent, and nothing was written.
    Unsent,
    /// The answer says it.
    Known(State),
    /// Nobody knows.
    Unknown,
}

impl Watch<'static> {
    /// Watches a call under this key, with the journal of the current scope.
    #[must_use]
    pub fn new(
        site: &'static Site,
        settings: &'static Settings,
        key: &(impl Display + ?Sized),
    ) -> Self {
        Self {
            site,
            settings,
            key: key.to_string().into(),
            journal: Home::Scope(Scope::current()),
            seen: Mutex::new(Seen {
                stage: Stage::Idle,
                lost: Stamp::NEVER,
            }),
        }
    }

    /// `journal(..)`.
    #[must_use]
    pub fn journal<'j>(self, journal: &'j dyn Journal) -> Watch<'j> {
        let mut watch: Watch<'j> = self;
        watch.journal = Home::Named(journal);
        watch
    }
}

impl<'j> Watch<'j> {
    /// The key that `confirm` and `cancel` are asked with.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Wraps the body of an attempt: its intent is written before it is first polled.
    pub fn noted<'a, F, A>(&'a self, body: F, refuse: A) -> Noted<'a, 'j, F, A>
    where
        F: Future,
        A: FnMut(Rejected) -> F::Output,
    {
        Noted {
            watch: self,
            refuse,
            writing: None,
            sent: false,
            body,
        }
    }

    /// What an answer means, given that it may be none of the service's.
    pub fn judged(&self, verdict: Verdict) -> Verdict {
        match self.seen().stage {
            Stage::Refused(Kind::Unresolved) => Verdict::failed(Failure::Unknown).final_(),
            Stage::Refused(_) => Verdict::refused(Failure::Rejected { retry_after: None }),
            _ => verdict,
        }
    }

    /// A rejection, given that the time may have run out before anything was sent.
    #[must_use]
    pub fn rejected(&self, why: Rejected) -> Rejected {
        match self.seen().stage {
            Stage::Idle | Stage::Writing if why.is_unknown() => {
                Rejected::unsent(why.kind(), why.call())
            }
            _ => why,
        }
    }

    /// An attempt is over: what was not sent is a refusal.
    pub fn attempted(&self, run: &mut Run) {
        let mut seen = self.seen();
        let stage = seen.stage;
        if !matches!(stage, Stage::Sent(..)) {
            seen.stage = Stage::Idle;
        }
        drop(seen);
        match stage {
            Stage::Writing => {
                run.verdict = Verdict::refused(Failure::Rejected { retry_after: None });
            }
            Stage::Refused(kind) => run.emit_rejected(kind),
            Stage::Idle | Stage::Sent(..) => {}
        }
    }

    /// What is known behind the last attempt.
    pub(super) fn ended(&self, run: &Run) -> Ended {
        if !matches!(self.seen().stage, Stage::Sent(..)) {
            return Ended::Unsent;
        }
        match run.verdict.failure {
            None => Ended::Known(State::Succeeded),
            Some(Failure::Unknown) => Ended::Unknown,
            // A call inside may have been carried out before the one that was not sent.
            Some(failure) if failure.is_not_sent() && run.may_have_started() => Ended::Unknown,
            Some(_) => Ended::Known(State::NotCarriedOut),
        }
    }

    /// The call was given up.
    pub(super) fn lost(&self, now: Stamp) {
        self.seen().lost = now;
    }

    /// Whether the record, if there is one, is now in this state because of us.
    pub(super) async fn change(&self, to: State) -> Result<bool, JournalError> {
        let Stage::Sent(record, from) = self.seen().stage else {
            return Ok(true);
        };
        let changed = match record {
            Some(record) if from != to => self.home().change(record, from, to).await,
            _ => Ok(true),
        };
        if matches!(changed, Ok(true)) {
            self.seen().stage = if to.is_open() {
                Stage::Sent(record, to)
            } else {
                Stage::Idle
            };
        }
        if changed.is_err() {
            self.not_journaled();
        }
        changed
    }

    /// Ends the lease of an open record.
    pub(super) fn release(&self) {
        let mut seen = self.seen();
        let Stage::Sent(record, _) = seen.stage else {
            return;
        };
        seen.stage = Stage::Idle;
        let lost = seen.lost;
        drop(seen);
        if let Some(record) = record {
            let ago = if lost == Stamp::NEVER {
                Duration::ZERO
            } else {
                Stamp::now().since(lost)
            };
            self.home().release(record, ago);
        }
    }

    /// Writes the intent, unless an attempt before has.
    fn intend<'a>(
        &'a self,
        writing: &mut Option<Writing<'a, RecordId>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejected>> {
        if matches!(self.seen().stage, Stage::Sent(..)) {
            return Poll::Ready(Ok(()));
        }
        let writing = match writing {
            Some(writing) => writing,
            None if !fits(&self.key) => return Poll::Ready(Err(self.refuse(Kind::UnfitKey, None))),
            // Another lane of a hedge writes it, and is polled by the same task.
            None if matches!(self.seen().stage, Stage::Writing) => return Poll::Pending,
            None => {
                self.seen().stage = Stage::Writing;
                let Settings {
                    remedies, settles, ..
                } = self.settings;
                // The lease is as long as the call that is made, also where its time was overridden.
                let total = config::meet(self.site).plan.total;
                let within = (total > 0).then(|| Duration::from_nanos(total));
                let intent = Intent::new(self.site.name, &self.key)
                    .settling(*settles, remedies.fences)
                    .within(within);
                writing.insert(self.home().begin(intent))
            }
        };
        Poll::Ready(match ready!(writing.as_mut().poll(cx)) {
            Ok(record) => {
                self.sent(Some(record));
                Ok(())
            }
            // By another lane of the same call, which was quicker.
            Err(_) if matches!(self.seen().stage, Stage::Sent(..)) => Ok(()),
            Err(JournalError::AlreadyOpen) => Err(self.refuse(Kind::Unresolved, None)),
            Err(_) if self.settings.best_effort => {
                self.sent(None);
                self.not_journaled();
                Ok(())
            }
            Err(JournalError::Full) => Err(self.refuse(Kind::JournalFull, None)),
            Err(why @ JournalError::Failed(_)) => Err(self.refuse(Kind::JournalFailed, Some(why))),
        })
    }

    fn sent(&self, record: Option<RecordId>) {
        let mut seen = self.seen();
        seen.stage = Stage::Sent(record, State::Open);
        seen.lost = Stamp::NEVER;
    }

    fn refuse(&self, kind: Kind, why: Option<JournalError>) -> Rejected {
        self.seen().stage = Stage::Refused(kind);
        let rejected = if kind == Kind::Unresolved {
            // Of the call before this one nobody knows, and both have one key.
            Rejected::sent(kind, self.site.name)
        } else {
            Rejected::unsent(kind, self.site.name)
        };
        let rejected = rejected.with_key(&self.key);
        match why {
            Some(why) => rejected.with_source(why),
            None => rejected,
        }
    }

    fn not_journaled(&self) {
        event::emit(&Event::JournalFailed {
            call: Some(self.site.name),
        });
    }

    fn home(&self) -> &dyn Journal {
        match &self.journal {
            Home::Scope(scope) => scope.journal(),
            Home::Named(journal) => *journal,
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a service can be asked by this key: cut or replaced, it would name another call, which the service does not know,
/// and "not found" would be taken for "not carried out".
fn fits(key: &str) -> bool {
    !key.is_empty() && key.len() <= LONGEST_KEY && !key.chars().any(char::is_control)
}

/// Whatever ends the call early leaves its record to the reconciler.
impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.release();
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("call", &self.site.name)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// A body whose intent is written before it is first polled.
    #[must_use = "a call does nothing unless it is awaited"]
    pub struct Noted<'a, 'j, F, A> {
        watch: &'a Watch<'j>,
        refuse: A,
        writing: Option<Writing<'a, RecordId>>,
        sent: bool,
        #[pin]
        body: F,
    }
}

impl<F, A> Future for Noted<'_, '_, F, A>
where
    F: Future,
    A: FnMut(Rejected) -> F::Output,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if !*this.sent {
            if let Err(why) = ready!(this.watch.intend(this.writing, cx)) {
                return Poll::Ready((this.refuse)(why));
            }
            *this.writing = None;
            *this.sent = true;
        }
        this.body.poll(cx)
    }
}
