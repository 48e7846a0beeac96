//! The intent to call, in the journal before anything is sent. In: the key, the times, and who repeats. Out: a record that is
//! leased to the call. Refuses a key by which nobody could ask, and a call whose intent could not be written.

use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::{Stage, Watch};
use crate::call::script::Script;
use crate::clock::Stamp;
use crate::config;
use crate::event::Unwritten;
use crate::on_unknown::{Intent, JournalError, RecordId, State, Writing};
use crate::rejected::{Kind, Rejected};

/// Longer keys are refused: a journal must stay bounded, and no service knows such a key.
const LONGEST_KEY: usize = 1_024;

impl Watch<'_> {
    /// Writes the intent, unless an attempt before has.
    pub(super) fn intend<'a>(
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
            None => writing.insert(self.begin()),
        };
        let written = ready!(writing.as_mut().poll(cx));
        Poll::Ready(self.intended(written))
    }

    fn begin(&self) -> Writing<'_, RecordId> {
        // The lease is as long as the call that is made, also where its time was overridden.
        let total = config::meet(self.site).plan.total;
        let renewed = if total == 0 {
            self.home().lease_time()
        } else {
            None
        };
        let mut seen = self.seen();
        seen.stage = Stage::Writing;
        seen.renewed = renewed;
        drop(seen);
        let within = (total > 0).then(|| Duration::from_nanos(total));
        let intent = Intent::new(self.site.name, &self.key)
            .settling(self.settings.settles, self.settings.remedies.fences)
            .within(within.or(renewed));
        self.home().begin(intent)
    }

    fn intended(&self, written: Result<RecordId, JournalError>) -> Result<(), Rejected> {
        match written {
            Ok(record) => {
                self.sent(Some(record));
                Ok(())
            }
            // By another lane of the same call, which was quicker.
            Err(_) if matches!(self.seen().stage, Stage::Sent(..)) => Ok(()),
            Err(JournalError::AlreadyOpen) => Err(self.refuse(Kind::Unresolved, None)),
            Err(_) if self.settings.best_effort => {
                self.sent(None);
                self.not_journaled(Unwritten::Intent);
                Ok(())
            }
            Err(JournalError::Full) => Err(self.refuse(Kind::JournalFull, None)),
            Err(why @ JournalError::Failed(_)) => Err(self.refuse(Kind::JournalFailed, Some(why))),
        }
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

    /// A script ends the attempt as a policy would have ended it in front of the body: nothing is written.
    pub(super) fn refused_by_script(&self, kind: Kind) -> Rejected {
        match kind {
            Kind::UnfitKey | Kind::Unresolved | Kind::JournalFull | Kind::JournalFailed => {
                self.refuse(kind, None)
            }
            kind => Rejected::unsent(kind, self.site.name).with_key(&self.key),
        }
    }

    /// What the script said of the attempt that is about to be judged.
    pub(super) fn overruled(&self, script: &mut Script) {
        self.seen().script = std::mem::replace(script, Script::NONE);
    }
}

/// Whether a service can be asked by this key: cut or replaced, it would name another call, which the service does not know,
/// and "not found" would be taken for "not carried out".
fn fits(key: &str) -> bool {
    !key.is_empty() && key.len() <= LONGEST_KEY && !key.chars().any(char::is_control)
}
