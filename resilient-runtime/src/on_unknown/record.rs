//! What a journal keeps: the intent to call, and then every change of what is known of the outcome. Refuses to show a key
//! where it could end up in a log.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A call that is about to be sent.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Intent<'a> {
    /// The annotated function, as `crate::module::function`.
    pub call: &'a str,
    /// The key by which the service is asked; at most 1,024 bytes, never empty, no control characters.
    pub key: &'a str,
    /// For how long the record is to be leased to the call: its total time limit; without one
    /// [`Journal::lease_time`](super::Journal::lease_time), to be renewed. None where that is none.
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
