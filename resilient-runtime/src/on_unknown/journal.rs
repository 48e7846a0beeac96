//! What a journal must be able to do.
//!
//! In: the intent to call, before anything is sent, and then every change of what is known of the outcome. Out: the
//! records that are still open, leased to one reconciler at a time. Refuses: a second open record under one
//! call and key, and a change from a state that the record is not in.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::record::{Intent, Record, RecordId, State};

/// For how long a record is leased to a call without a time limit, unless the journal says otherwise: as long as to a
/// reconciler. (Our choice: after a crash its records wait so long.)
const LEASE: Duration = Duration::from_secs(60);

/// What a journal's methods return: boxed, so that a journal can be a `dyn` and wait for a database.
///
/// Dropping one gives up the wait. What was to be written may or may not have been: the state machine above it
/// takes both for possible.
pub type Writing<'a, T> = Pin<Box<dyn Future<Output = Result<T, JournalError>> + Send + 'a>>;

/// Where calls are written down before they are sent, so that none is forgotten whose answer was lost.
///
/// A record is told from others by its [`RecordId`]; at most one record of one call and key is open at a time. All
/// changes are conditional: they name the state that the record is believed to be in, and do nothing when it is in
/// another. In SQL that is `UPDATE .. SET state = $3 WHERE id = $1 AND state = $2`.
///
/// A record is *leased* while somebody deals with it: by the call itself from [`begin`](Self::begin) until its caller is
/// told, for its time limit or renewed by [`renew`](Self::renew), then by one reconciler at a time. In `PostgreSQL` that is `SELECT .. FOR UPDATE SKIP LOCKED` and a column with
/// the end of the lease. Times are handed over as lengths, so a database may use its own clock.
///
/// [`MemoryJournal`](super::MemoryJournal) is the implementation that lives as long as its process.
pub trait Journal: Send + Sync {
    /// Writes down that a call is about to be sent, and leases the record to it for [`Intent::within`], or until
    /// [`release`](Self::release) where that is none. Resolves when the record is safe: only then the call is sent.
    ///
    /// A lease that ends while the call goes on would hand the call to a reconciler, which may cancel it. So grant it in full, and
    /// more by as much as the clocks of your processes differ.
    ///
    /// # Errors
    ///
    /// [`JournalError::AlreadyOpen`] while an open record has the same call and key, [`JournalError::Full`], or
    /// [`JournalError::Failed`]. The call is then refused with nothing sent.
    fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId>;

    /// Changes a record's state if it is the one named, and says whether it was. A closed state ends the lease.
    ///
    /// # Errors
    ///
    /// [`JournalError::Failed`].
    fn change(&self, record: RecordId, from: State, to: State) -> Writing<'_, bool>;

    /// For how long [`begin`](Self::begin) leases the record of a call that has no time limit. The call renews it three times in
    /// that time, for as long as it goes on, its questions to the service included.
    ///
    /// 60 s unless said otherwise. `None` is for a journal that cannot outlive the calls: its leases end only with
    /// [`release`](Self::release). After a crash of the process such a record would never be free.
    fn lease_time(&self) -> Option<Duration> {
        Some(LEASE)
    }

    /// The call that has this record still deals with it: from now on the lease is this long. False when the record is closed,
    /// or leased to somebody else.
    ///
    /// What cannot be written is an event, and is written again. When the lease ends all the same, a reconciler may take over a
    /// call that goes on; the call then finds its record changed, and does not claim what it cannot know.
    ///
    /// # Errors
    ///
    /// [`JournalError::Failed`].
    fn renew(&self, record: RecordId, hold: Duration) -> Writing<'_, bool>;

    /// Ends the lease of an open record: whoever dealt with it does so no more. `lost` is how long ago the call itself was
    /// given up; what is already known of that is never made earlier.
    ///
    /// Called when a future is dropped, so it must neither block nor fail; a panic is contained, and told as an event. A journal that has to wait in order to write hands
    /// this to a task of its own; until then the lease holds, which delays the reconciliation and harms nothing.
    fn release(&self, record: RecordId, lost: Duration);

    /// Leases up to `most` open records that nobody deals with, for `hold`: those first that have waited longest.
    ///
    /// # Errors
    ///
    /// [`JournalError::Failed`].
    fn lease(&self, most: usize, hold: Duration) -> Writing<'_, Vec<Record>>;

    /// All open records, leased or not, the oldest first.
    ///
    /// # Errors
    ///
    /// [`JournalError::Failed`].
    fn open(&self) -> Writing<'_, Vec<Record>>;
}

/// [`Journal::release`], in a drop: a panic of it there, maybe beside another one, would end the process and with it all that is
/// kept in memory. The panic hook has reported it. Says whether the journal got to the end.
pub(crate) fn end_lease(journal: &dyn Journal, record: RecordId, lost: Duration) -> bool {
    catch_unwind(AssertUnwindSafe(|| journal.release(record, lost))).is_ok()
}

macro_rules! handed_on {
    ($($whose:ty)*) => { $(
        impl<J: Journal + ?Sized> Journal for $whose {
            fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId> {
                (**self).begin(intent)
            }
            fn change(&self, record: RecordId, from: State, to: State) -> Writing<'_, bool> {
                (**self).change(record, from, to)
            }
            fn lease_time(&self) -> Option<Duration> {
                (**self).lease_time()
            }
            fn renew(&self, record: RecordId, hold: Duration) -> Writing<'_, bool> {
                (**self).renew(record, hold)
            }
            fn release(&self, record: RecordId, lost: Duration) {
                (**self).release(record, lost);
            }
            fn lease(&self, most: usize, hold: Duration) -> Writing<'_, Vec<Record>> {
                (**self).lease(most, hold)
            }
            fn open(&self) -> Writing<'_, Vec<Record>> {
                (**self).open()
            }
        }
    )* };
}

handed_on! { Arc<J> &J }

/// Why a journal did not do what it was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalError {
    /// An open record has this call and key: what became of that call has to be found out first.
    AlreadyOpen,
    /// It takes no more records.
    Full,
    /// It could not be reached or written.
    Failed(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadyOpen => "an earlier call under this key is not resolved yet",
            Self::Full => "the journal is full",
            Self::Failed(_) => "the journal could not be written",
        })
    }
}

impl Error for JournalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(why) => Some(&**why),
            Self::AlreadyOpen | Self::Full => None,
        }
    }
}
