//! The service that fails: workers, one queue, and what the outage does to both.
//!
//! In: requests of clients, and conditions that a script sets. Out: answers, or none. Nothing is cancelled: a request
//! whose caller has left is worked off like any other, which is what turns a short outage into a long one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilient_runtime::{Classify, FromRejected, Rejected};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

/// How one request ends when it is not answered well.
#[derive(Debug, Clone, Classify, FromRejected)]
pub enum CallError {
    /// The connect was refused.
    #[failure(not_sent)]
    Refused,
    /// The connection broke with the request on it.
    #[failure(unknown)]
    Reset,
    /// "Not carried out, later perhaps": an error that has nothing to do with load.
    #[failure(transient)]
    Answered,
    /// The queue is full.
    #[failure(overloaded)]
    Overloaded,
    /// A limit of the client's own ran out, as a peer reports it.
    #[failure(unknown)]
    TimedOut,
    /// What our own policies return.
    #[failure(from)]
    Rejected(Rejected),
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for CallError {}

/// Whether requests arrive at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// They do.
    Open,
    /// They vanish.
    Blackhole,
    /// The connect is refused.
    Refused,
}

/// How the service is.
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    /// Requests worked on at the same time.
    pub workers: usize,
    /// Whether requests arrive.
    pub reach: Reach,
    /// The longest queue; beyond it the service answers "overloaded".
    pub queue: usize,
    /// The share of requests that are answered with an error.
    pub errors: f64,
    /// The client whose connection takes requests and brings nothing back.
    pub stalled: Option<usize>,
}

/// Workers of the healthy service: with 50 ms each, a capacity of 1,000 requests per second.
pub const WORKERS: usize = 50;

/// The mean time of work; exponentially distributed.
const WORK: Duration = Duration::from_millis(50);

impl Condition {
    /// Nothing is wrong.
    pub const HEALTHY: Self = Self {
        workers: WORKERS,
        reach: Reach::Open,
        queue: usize::MAX,
        errors: 0.0,
        stalled: None,
    };
}

type Reply = oneshot::Sender<Result<(), CallError>>;

struct State {
    condition: Condition,
    busy: usize,
    queue: VecDeque<Reply>,
    held: Vec<Reply>,
    random: fastrand::Rng,
    began: Instant,
    attempts: Vec<u32>,
}

/// A handle to the service.
#[derive(Clone)]
pub struct Service(Arc<Mutex<State>>);

impl Service {
    /// A healthy service; the same seed works the same way.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            condition: Condition::HEALTHY,
            busy: 0,
            queue: VecDeque::new(),
            held: Vec::new(),
            random: fastrand::Rng::with_seed(seed),
            began: Instant::now(),
            attempts: Vec::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the service is like this; a connection that is no longer stalled breaks.
    pub fn set(&self, condition: Condition) {
        let held = {
            let mut state = self.state();
            state.condition = condition;
            match condition.stalled {
                None => std::mem::take(&mut state.held),
                Some(_) => Vec::new(),
            }
        };
        for reply in held {
            let _ = reply.send(Err(CallError::Reset));
        }
        self.work();
    }

    /// One request. Dropped, it stays in the queue: the service does not see its caller leave.
    ///
    /// # Errors
    ///
    /// As the condition says.
    pub async fn send(&self, client: usize) -> Result<(), CallError> {
        let answer = {
            let mut state = self.state();
            state.count_attempt();
            match state.condition.reach {
                Reach::Refused => return Err(CallError::Refused),
                Reach::Blackhole => None,
                Reach::Open if state.queue.len() >= state.condition.queue => {
                    return Err(CallError::Overloaded);
                }
                Reach::Open => {
                    let (reply, answer) = oneshot::channel();
                    if state.condition.stalled == Some(client) {
                        state.held.push(reply);
                    } else {
                        state.queue.push_back(reply);
                    }
                    Some(answer)
                }
            }
        };
        let Some(answer) = answer else {
            return std::future::pending().await;
        };
        self.work();
        answer.await.unwrap_or(Err(CallError::Reset))
    }

    /// Gives free workers what waits.
    fn work(&self) {
        let mut state = self.state();
        while state.busy < state.condition.workers {
            let Some(reply) = state.queue.pop_front() else {
                return;
            };
            state.busy += 1;
            let time = WORK.mul_f64(-(1.0 - state.random.f64()).ln());
            let answer = if state.random.f64() < state.condition.errors {
                Err(CallError::Answered)
            } else {
                Ok(())
            };
            let service = self.clone();
            tokio::spawn(async move {
                sleep(time).await;
                service.state().busy -= 1;
                let _ = reply.send(answer);
                service.work();
            });
        }
    }

    /// Attempts in each second since the start.
    #[must_use]
    pub fn attempts(&self) -> Vec<u32> {
        self.state().attempts.clone()
    }
}

impl State {
    fn count_attempt(&mut self) {
        let second = usize::try_from(self.began.elapsed().as_secs()).unwrap_or(usize::MAX);
        if self.attempts.len() <= second {
            self.attempts.resize(second + 1, 0);
        }
        self.attempts[second] += 1;
    }
}
