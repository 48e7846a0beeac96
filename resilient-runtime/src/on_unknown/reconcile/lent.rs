//! One record in the hands of a reconciler. In: a leased record. Out: its course, its changes, the replies of the service. Refuses
//! to let a question hang or panic, and to keep the lease of a record that nobody works on.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::timeout;

use super::super::course::{Course, Question, Remedies, Reply};
use super::super::journal::{Journal, end_lease};
use super::super::record::{Record, State};
use super::super::settings::QUESTION;
use super::asked::Asking;
use crate::clock::Stamp;
use crate::config;
use crate::dependency::Dependency;
use crate::event::{self, Event, Unwritten};

/// A leased record; dropped, it ends the lease.
pub(super) struct Lent<'a> {
    journal: &'a dyn Journal,
    pub(super) record: Record,
    lost: Stamp,
}

impl<'a> Lent<'a> {
    pub(super) fn of(journal: &'a dyn Journal, record: Record) -> Self {
        let ago = crate::clock::nanos(record.lost.unwrap_or_default());
        let lost = Stamp::from_nanos(Stamp::now().as_nanos().saturating_sub(ago));
        Self {
            journal,
            record,
            lost,
        }
    }

    pub(super) fn course(&self, asking: &Asking) -> Course {
        let remedies = Remedies {
            confirms: asking.confirm.is_some(),
            cancels: asking.cancel.is_some(),
            fences: self.record.fences,
        };
        let settled = self.record.settles.map(|settles| self.lost.plus(settles));
        let cancelling = self.record.state == State::Cancelling;
        Course::reconciling(remedies, settled, Stamp::now(), cancelling)
    }

    /// The service that the function calls, where that has a name.
    pub(super) fn dependency(&self) -> Option<Dependency> {
        config::known(&self.record.call)?.dependency()
    }

    /// Whether the record is in this state now, because of us.
    pub(super) async fn change(&mut self, to: State) -> bool {
        let from = self.record.state;
        if from == to {
            return true;
        }
        let changed = self.journal.change(self.record.id, from, to).await;
        if changed.is_err() {
            event::emit(&Event::JournalFailed {
                call: Some(&self.record.call),
                dependency: self.dependency(),
                what: Unwritten::State(to),
            });
        }
        let changed = changed.unwrap_or(false);
        if changed {
            self.record.state = to;
        }
        changed
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if self.record.state.is_open() {
            let ago = Stamp::now().since(self.lost);
            if !end_lease(self.journal, self.record.id, ago) {
                event::emit(&Event::JournalFailed {
                    call: Some(&self.record.call),
                    dependency: self.dependency(),
                    what: Unwritten::Release,
                });
            }
        }
    }
}

/// The longest time of one question about a call of this function.
pub(super) fn question(call: &str) -> Duration {
    config::known(call).map_or(QUESTION, |site| site.plan.question())
}

/// One question, which neither hangs nor panics.
pub(super) async fn asked(asking: &Asking, which: Question, record: &Record) -> Reply {
    let ask = match which {
        Question::Confirm => &asking.confirm,
        Question::Cancel => &asking.cancel,
    };
    let Some(ask) = ask else { return Reply::Failed };
    let mut reply = ask(Arc::clone(&record.key));
    let contained = poll_fn(move |cx| {
        let poll = catch_unwind(AssertUnwindSafe(|| reply.as_mut().poll(cx)));
        poll.unwrap_or(Poll::Ready(Reply::Failed))
    });
    let limit = question(&record.call);
    timeout(limit, contained).await.unwrap_or(Reply::Failed)
}
