//! The journal that lives as long as its process: bounded, listed, and nothing in it is ever thrown away while open.
//!
//! In: records. Out: those still open. Refuses: more open records than its bound, and a second one under a call and key.

use std::collections::BTreeMap;
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::journal::{Journal, JournalError, Writing};
use super::record::{Intent, Outcome, Record, RecordId, State};
use crate::clock::Stamp;

/// Calls in flight and calls whose outcome is unknown, kept in memory.
///
/// Every scope has one, which is used unless `journal(..)` names another. What it holds is lost with the process; a service
/// that must not forget over a restart implements [`Journal`] on its database.
///
/// Bounded by the number of open records, 10,000 unless told otherwise (at most 1,024 bytes of key each, so some 12 MB): beyond
/// it new calls are refused, since a call that could not be remembered must not be sent. Closed records are dropped at once.
///
/// ```
/// use resilient_runtime::on_unknown::MemoryJournal;
///
/// static PAYMENTS: MemoryJournal = MemoryJournal::bounded(500);
///
/// assert_eq!(PAYMENTS.records(), []);
/// assert_eq!(PAYMENTS.counts().in_flight, 0);
/// ```
pub struct MemoryJournal {
    kept: Mutex<Kept>,
    bound: usize,
}

/// How many open records a journal in memory holds unless told otherwise.
pub(crate) const BOUND: usize = 10_000;

struct Kept {
    entries: BTreeMap<RecordId, Entry>,
    /// Which record of a call and key is open. A tree, so that no choice of keys makes it slow.
    keys: BTreeMap<(Arc<str>, Arc<str>), RecordId>,
    next: u64,
    turns: u64,
    closed: [u64; 3],
}

struct Entry {
    call: Arc<str>,
    key: Arc<str>,
    state: State,
    settles: Option<Duration>,
    fences: bool,
    /// When the call was given up; never while it goes on.
    lost: Stamp,
    /// The end of the lease.
    leased: Stamp,
    /// When it was last leased, in leases of all records: who has waited longest comes first, also within one instant.
    turn: u64,
}

/// What a journal in memory holds, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that go on; some of them may be asking what became of them.
    pub in_flight: usize,
    /// Calls that were given up, and whose outcome is unknown.
    pub unresolved: usize,
    /// Those among the unresolved to which a cancel was sent.
    pub cancelling: usize,
    /// Records closed so far: carried out.
    pub succeeded: u64,
    /// Records closed so far: not carried out.
    pub not_carried_out: u64,
    /// Records closed so far: cancelled.
    pub cancelled: u64,
}

impl MemoryJournal {
    /// Holds up to 10,000 open records.
    #[must_use]
    pub const fn new() -> Self {
        Self::bounded(BOUND)
    }

    /// Holds up to so many open records, at least one.
    #[must_use]
    pub const fn bounded(records: usize) -> Self {
        let kept = Kept {
            entries: BTreeMap::new(),
            keys: BTreeMap::new(),
            next: 1,
            turns: 0,
            closed: [0; 3],
        };
        Self {
            kept: Mutex::new(kept),
            bound: if records == 0 { 1 } else { records },
        }
    }

    /// All open records, the oldest first.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let now = Stamp::now();
        let kept = self.kept();
        kept.entries
            .iter()
            .map(|(id, entry)| entry.record(*id, now))
            .collect()
    }

    /// The same in numbers.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let kept = self.kept();
        let [succeeded, not_carried_out, cancelled] = kept.closed;
        let mut counts = Counts {
            succeeded,
            not_carried_out,
            cancelled,
            ..Counts::default()
        };
        for entry in kept.entries.values() {
            if entry.lost == Stamp::NEVER {
                counts.in_flight += 1;
            } else {
                counts.unresolved += 1;
                counts.cancelling += usize::from(entry.state == State::Cancelling);
            }
        }
        counts
    }

    /// How many calls of which function are unresolved.
    pub(crate) fn unresolved(&self) -> BTreeMap<Arc<str>, usize> {
        let mut by_call = BTreeMap::new();
        for entry in self.kept().entries.values() {
            if entry.lost != Stamp::NEVER {
                *by_call.entry(Arc::clone(&entry.call)).or_default() += 1;
            }
        }
        by_call
    }

    /// Closes a record by hand, when a person has found out what became of the call. False when it is closed already.
    ///
    /// Whoever is asking the service about it at this moment is told that it was resolved elsewhere.
    pub fn close(&self, record: RecordId, outcome: Outcome) -> bool {
        self.kept().close(record, outcome.into())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, intent: Intent<'_>) -> Result<RecordId, JournalError> {
        let mut kept = self.kept();
        let (call, key): (Arc<str>, Arc<str>) = (intent.call.into(), intent.key.into());
        let name = (Arc::clone(&call), Arc::clone(&key));
        if kept.keys.contains_key(&name) {
            return Err(JournalError::AlreadyOpen);
        }
        if kept.entries.len() >= self.bound {
            return Err(JournalError::Full);
        }
        let id = RecordId(kept.next);
        kept.next += 1;
        kept.keys.insert(name, id);
        let entry = Entry {
            call,
            key,
            state: State::Open,
            settles: intent.settles,
            fences: intent.fences,
            lost: Stamp::NEVER,
            // The call itself says when it is over: its futures cannot vanish without being dropped.
            leased: Stamp::FOREVER,
            turn: 0,
        };
        kept.entries.insert(id, entry);
        Ok(id)
    }

    fn lend(&self, most: usize, hold: Duration) -> Vec<Record> {
        let now = Stamp::now();
        let mut kept = self.kept();
        let free = kept.entries.iter().filter(|(_, entry)| entry.leased <= now);
        let mut free: Vec<_> = free.map(|(id, entry)| (entry.turn, *id)).collect();
        free.sort_unstable();
        free.truncate(most);
        let mut turn = kept.turns;
        kept.turns += free.len() as u64;
        let lent = free.into_iter().filter_map(|(_, id)| {
            let entry = kept.entries.get_mut(&id)?;
            entry.leased = now.plus(hold);
            turn += 1;
            entry.turn = turn;
            Some(entry.record(id, now))
        });
        lent.collect()
    }
}

impl Kept {
    fn close(&mut self, id: RecordId, to: State) -> bool {
        let Some(entry) = self.entries.remove(&id) else {
            return false;
        };
        self.keys.remove(&(entry.call, entry.key));
        let of = match to {
            State::Succeeded => 0,
            State::NotCarriedOut => 1,
            _ => 2,
        };
        self.closed[of] += 1;
        true
    }

    fn change(&mut self, id: RecordId, from: State, to: State) -> bool {
        match self.entries.get_mut(&id) {
            Some(entry) if entry.state == from && to.is_open() => {
                entry.state = to;
                true
            }
            Some(entry) if entry.state == from => self.close(id, to),
            _ => false,
        }
    }
}

impl Entry {
    fn record(&self, id: RecordId, now: Stamp) -> Record {
        Record {
            state: self.state,
            lost: (self.lost != Stamp::NEVER).then(|| now.since(self.lost)),
            settles: self.settles,
            fences: self.fences,
            ..Record::new(id, Arc::clone(&self.call), Arc::clone(&self.key))
        }
    }
}

impl Journal for MemoryJournal {
    fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId> {
        Box::pin(ready(self.write(intent)))
    }

    fn change(&self, record: RecordId, from: State, to: State) -> Writing<'_, bool> {
        Box::pin(ready(Ok(self.kept().change(record, from, to))))
    }

    /// None: it ends with the process, and so do its calls.
    fn lease_time(&self) -> Option<Duration> {
        None
    }

    fn renew(&self, record: RecordId, hold: Duration) -> Writing<'_, bool> {
        let until = Stamp::now().plus(hold);
        let mut kept = self.kept();
        let entry = kept.entries.get_mut(&record);
        let renewed = entry.is_some_and(|entry| {
            entry.leased = entry.leased.max(until);
            true
        });
        Box::pin(ready(Ok(renewed)))
    }

    fn release(&self, record: RecordId, lost: Duration) {
        let now = Stamp::now();
        let since = Stamp::from_nanos(now.as_nanos().saturating_sub(crate::clock::nanos(lost)));
        if let Some(entry) = self.kept().entries.get_mut(&record) {
            entry.leased = Stamp::NEVER;
            entry.lost = entry.lost.max(since);
        }
    }

    fn lease(&self, most: usize, hold: Duration) -> Writing<'_, Vec<Record>> {
        Box::pin(ready(Ok(self.lend(most, hold))))
    }

    fn open(&self) -> Writing<'_, Vec<Record>> {
        Box::pin(ready(Ok(self.records())))
    }
}

/// [`MemoryJournal::new`].
impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJournal")
            .field("counts", &self.counts())
            .field("bound", &self.bound)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
