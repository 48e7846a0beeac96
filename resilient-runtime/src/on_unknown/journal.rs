//! What a journal keeps, and what one must be able to do.
//!
//! In: the intent to call, before anything is sent, and then every change of what is known of the outcome. Out: the
//! records that are still open, leased to one reconciler at a time. Refuses: a second open record under one
//! call and key, and a change from a state that the record is not in.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

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
/// told, then by one reconciler at a time. In `PostgreSQL` that is `SELECT .. FOR UPDATE SKIP LOCKED` and a column with
/// the end of the lease. Times are handed over as lengths, so a database may use its own clock.
///
/// [`MemoryJournal`](super::MemoryJournal) is the implementation that lives as long as its process.
pub trait Journal: Send + Sync {
    /// Writes down that a call is about to be sent, and leases the record to it for [`Intent::within`], or until
    /// [`release`](Self::release) where that is none. Resolves when the record is safe: only then the call is sent.
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

    /// Ends the lease of an open record: whoever dealt with it does so no more. `lost` is how long ago the call itself was
    /// given up; what is already known of that is never made earlier.
    ///
    /// Called when a future is dropped, so it must neither block nor fail. A journal that has to wait in order to write hands
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

macro_rules! handed_on {
    ($($whose:ty)*) => { $(
        impl<J: Journal + ?Sized> Journal for $whose {
            fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId> {
                (**self).begin(intent)
            }
            fn change(&self, record: RecordId, from: State, to: State) -> Writing<'_, bool> {
                (**self).change(record, from, to)
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

/// A call that is about to be sent.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Intent<'a> {
    /// The annotated function, as `crate::module::function`.
    pub call: &'a str,
    /// The key by which the service is asked; at most 1,024 bytes, never empty, no control characters.
    pub key: &'a str,
    /// The longest time the call deals with the record itself: its total time limit; none without one.
    pub within: Option<Duration>,
    /// `settles`: the longest time the service may still carry out a call that was given up.
    pub settles: Option<Duration>,
    /// `cancel(.., fences)`: the service refuses the original once it is cancelled.
    pub fences: bool,
}

impl<'a> Intent<'a> {
    /// A call under this key, without time limit, `settles` and `fences`.
    #[must_use]
    pub const fn new(call: &'a str, key: &'a str) -> Self {
        Self {
            call,
            key,
            within: None,
            settles: None,
            fences: false,
        }
    }

    /// With what the record has to remember for whoever resolves it.
    #[must_use]
    pub const fn settling(mut self, settles: Option<Duration>, fences: bool) -> Self {
        self.settles = settles;
        self.fences = fences;
        self
    }

    /// With the longest time the call deals with the record itself.
    #[must_use]
    pub const fn within(mut self, within: Option<Duration>) -> Self {
        self.within = within;
        self
    }
}

/// Without the key: what is printed ends up in logs.
impl fmt::Debug for Intent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intent")
            .field("call", &self.call)
            .field("settles", &self.settles)
            .finish_non_exhaustive()
    }
}

/// Which record; never used again by its journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

/// One call whose outcome is not known, or not known yet.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Which record.
    pub id: RecordId,
    /// The annotated function, as `crate::module::function`.
    pub call: Arc<str>,
    /// The key by which the service is asked.
    pub key: Arc<str>,
    /// What is known.
    pub state: State,
    /// How long ago the call was given up; none while it goes on.
    pub lost: Option<Duration>,
    /// As in [`Intent::settles`].
    pub settles: Option<Duration>,
    /// As in [`Intent::fences`].
    pub fences: bool,
}

impl Record {
    /// An open record of a call that goes on; the other fields are public.
    #[must_use]
    pub fn new(id: RecordId, call: impl Into<Arc<str>>, key: impl Into<Arc<str>>) -> Self {
        Self {
            id,
            call: call.into(),
            key: key.into(),
            state: State::Open,
            lost: None,
            settles: None,
            fences: false,
        }
    }
}

/// Without the key: what is printed ends up in logs.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("id", &self.id)
            .field("call", &self.call)
            .field("state", &self.state)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

/// What is known of a call's outcome.
///
/// ```text
/// Open ──▶ Succeeded | NotCarriedOut      by an answer, or by `confirm`
///   └────▶ Cancelling ──▶ Cancelled       from the first cancel on nothing but a cancel is believed
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It goes on, or its answer was lost.
    Open,
    /// A cancel was or is about to be sent, and may come into effect at any time: "it succeeded" is no longer to be believed.
    Cancelling,
    /// Closed: carried out.
    Succeeded,
    /// Closed: not carried out, and never will be.
    NotCarriedOut,
    /// Closed: not carried out, or undone.
    Cancelled,
}

impl State {
    /// Whether somebody still has to find out.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Cancelling)
    }

    /// The state in one word, as a database keeps it: `open`, `cancelling`, `succeeded`, `not_carried_out`, `cancelled`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Cancelling => "cancelling",
            Self::Succeeded => "succeeded",
            Self::NotCarriedOut => "not_carried_out",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How an unknown outcome was resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The service had carried the call out.
    Succeeded,
    /// It had not, and never will.
    NotCarriedOut,
    /// It was cancelled: not carried out, or undone.
    Cancelled,
}

impl From<Outcome> for State {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Self::Succeeded,
            Outcome::NotCarriedOut => Self::NotCarriedOut,
            Outcome::Cancelled => Self::Cancelled,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Succeeded => "it was carried out",
            Self::NotCarriedOut => "it was not carried out",
            Self::Cancelled => "it was cancelled",
        })
    }
}

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
