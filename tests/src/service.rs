//! A service on the paused clock that does what its script says and writes down who came when.
//!
//! In: a script, one step for each call, of which the last repeats. Out: the answers, and what was seen. Refuses
//! nothing: how many it lets in at a time is for the policies to say.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{Classify, Failure, FromRejected, Rejected};
use tokio::time::{Instant, sleep};

/// The answer was lost.
pub const LOST: Failure = Failure::Unknown;
/// Nobody was there to take the call.
pub const NOT_SENT: Failure = Failure::NotSent;
/// "Not now."
pub const BUSY: Failure = Failure::transient(None);
/// "Too much."
pub const OVERLOADED: Failure = Failure::overloaded(None);
/// "You, too much."
pub const THROTTLED: Failure = Failure::throttled(None);
/// "No."
pub const DECLINED: Failure = Failure::Permanent;

/// Milliseconds.
#[must_use]
pub const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// What the annotated functions of the tests fail with.
#[derive(Debug, Clone, PartialEq, FromRejected)]
pub enum Error {
    /// The service's own answer to its `call`-th call.
    Answered {
        /// What it means.
        failure: Failure,
        /// Which call it was, from 1: no two errors of one service are equal.
        call: u32,
    },
    /// A policy's.
    #[rejected]
    Refused(Rejected),
}

impl Classify for Error {
    fn failure(&self) -> Failure {
        match self {
            Self::Answered { failure, .. } => *failure,
            Self::Refused(rejected) => rejected.failure(),
        }
    }
}

impl Error {
    /// The service's answer to its `call`-th call.
    #[must_use]
    pub const fn answered(failure: Failure, call: u32) -> Self {
        Self::Answered { failure, call }
    }

    /// Why a policy ended the call.
    ///
    /// # Panics
    ///
    /// When none did.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Refused(rejected) => rejected.kind(),
            Self::Answered { .. } => panic!("no policy ended the call: {self:?}"),
        }
    }

    /// Whether a policy ended the call before it was sent.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(rejected) if !rejected.is_unknown())
    }

    /// Whether a policy ended the call after it was sent.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        matches!(self, Self::Refused(rejected) if rejected.is_unknown())
    }
}

/// What the service does with one call.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    after: Duration,
    does: Does,
}

#[derive(Debug, Clone, Copy)]
enum Does {
    Answer,
    Fail(Failure),
    Hang,
    Panic,
}

impl Step {
    /// Takes so long.
    #[must_use]
    pub const fn after(mut self, after: Duration) -> Self {
        self.after = after;
        self
    }
}

/// Answers.
pub const OK: Step = Step {
    after: Duration::ZERO,
    does: Does::Answer,
};
/// Never answers.
pub const HANGS: Step = Step {
    after: Duration::ZERO,
    does: Does::Hang,
};
/// Panics in the caller's own code.
pub const PANICS: Step = Step {
    after: Duration::ZERO,
    does: Does::Panic,
};

/// Answers like this.
#[must_use]
pub const fn fails(failure: Failure) -> Step {
    Step {
        after: Duration::ZERO,
        does: Does::Fail(failure),
    }
}

/// The service.
#[derive(Debug)]
pub struct Service {
    script: Vec<Step>,
    made: Instant,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    starts: Vec<Duration>,
    in_flight: u32,
    most: u32,
    unfinished: u32,
}

impl Service {
    /// A service with this script; what is written down counts from now.
    ///
    /// # Panics
    ///
    /// When told nothing.
    #[must_use]
    pub fn new(script: impl Into<Vec<Step>>) -> Self {
        let script = script.into();
        assert!(!script.is_empty(), "a service that was told nothing");
        Self {
            script,
            made: Instant::now(),
            seen: Mutex::default(),
        }
    }

    /// One call: its own number, from 1, or what the script says.
    ///
    /// # Errors
    ///
    /// What the script says.
    ///
    /// # Panics
    ///
    /// When the script says so.
    pub async fn call(&self) -> Result<u32, Error> {
        let (call, inside) = self.enter();
        let step = self.script[(call as usize - 1).min(self.script.len() - 1)];
        if !step.after.is_zero() {
            sleep(step.after).await;
        }
        let answer = match step.does {
            Does::Answer => Ok(call),
            Does::Fail(failure) => Err(Error::answered(failure, call)),
            Does::Hang => std::future::pending().await,
            Does::Panic => panic!("the script says so"),
        };
        inside.leave();
        answer
    }

    fn enter(&self) -> (u32, Inside<'_>) {
        let at = self.made.elapsed();
        let mut seen = self.seen();
        seen.starts.push(at);
        seen.in_flight += 1;
        seen.most = seen.most.max(seen.in_flight);
        let call = u32::try_from(seen.starts.len()).expect("few calls");
        (
            call,
            Inside {
                service: self,
                finished: false,
            },
        )
    }

    /// How many calls came.
    #[must_use]
    pub fn calls(&self) -> u32 {
        u32::try_from(self.seen().starts.len()).unwrap_or(u32::MAX)
    }

    /// When they came, in whole milliseconds since the service was made.
    #[must_use]
    pub fn starts(&self) -> Vec<u64> {
        self.seen()
            .starts
            .iter()
            .map(|at| u64::try_from(at.as_millis()).unwrap_or(u64::MAX))
            .collect()
    }

    /// The time between each call and the next.
    #[must_use]
    pub fn gaps(&self) -> Vec<Duration> {
        self.seen()
            .starts
            .windows(2)
            .map(|pair| pair[1].saturating_sub(pair[0]))
            .collect()
    }

    /// Calls that have come and not gone.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.seen().in_flight
    }

    /// The most there were at a time.
    #[must_use]
    pub fn most_at_once(&self) -> u32 {
        self.seen().most
    }

    /// Calls whose callers gave up, or panicked.
    #[must_use]
    pub fn unfinished(&self) -> u32 {
        self.seen().unfinished
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Inside<'a> {
    service: &'a Service,
    finished: bool,
}

impl Inside<'_> {
    fn leave(mut self) {
        self.finished = true;
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let mut seen = self.service.seen();
        seen.in_flight -= 1;
        seen.unfinished += u32::from(!self.finished);
    }
}
