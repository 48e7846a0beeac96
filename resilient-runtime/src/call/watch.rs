//! One logical call under `on_unknown`: its key, its record, and what is known of it.
//!
//! In: the body of each attempt, wrapped so that the intent is written before it is first polled. Out: whether a body was polled,
//! and under which record. Refuses a key by which nobody could ask, and a call whose intent could not be written.
//!
//! Dropped at any point it ends the record's lease, and the record stays open: the reconciler takes over.

mod intent;
mod lease;
mod noted;

use std::fmt::{self, Display};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::answer::Verdict;
use super::run::Run;
use super::script::Script;
use super::site::Site;
use crate::clock::Stamp;
use crate::event::{self, Event, Unwritten};
use crate::failure::Failure;
use crate::on_unknown::{Journal, JournalError, RecordId, Settings, State, end_lease};
use crate::rejected::{Kind, Rejected};
use crate::scope::Scope;

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
    /// For how long the lease is renewed; none where it needs no renewal.
    renewed: Option<Duration>,
    /// What a test's script says of the attempt that has just ended.
    script: Script,
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
                renewed: None,
                script: Script::NONE,
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

impl Watch<'_> {
    /// The key that `confirm` and `cancel` are asked with.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What an answer means, given that it may be none of the service's.
    pub fn judged(&self, mut verdict: Verdict) -> Verdict {
        let mut seen = self.seen();
        match seen.stage {
            Stage::Refused(Kind::Unresolved) => Verdict::failed(Failure::Unknown).final_(),
            // Cut off before anything was sent: the service has done nothing, good or bad.
            Stage::Refused(_) | Stage::Writing => {
                Verdict::refused(Failure::Rejected { retry_after: None })
            }
            Stage::Idle | Stage::Sent(..) => {
                std::mem::replace(&mut seen.script, Script::NONE).overrule(&mut verdict);
                verdict
            }
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
            // What the body says is true of the last of its calls; one before that was carried out, or lost.
            Some(_) if run.may_have_done() => Ended::Unknown,
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
            self.not_journaled(Unwritten::State(to));
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
            if !end_lease(self.home(), record, ago) {
                self.not_journaled(Unwritten::Release);
            }
        }
    }

    /// Tells that the journal could not be written.
    pub(super) fn not_journaled(&self, what: Unwritten) {
        event::emit(&Event::JournalFailed {
            call: Some(self.site.name),
            dependency: self.site.dependency(),
            what,
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
