//! One run: clients that call as Poisson wants it, whatever became of their earlier calls.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep_until};

use crate::policies::Policy;
use crate::scenario::Scenario;
use crate::service::{CallError, Condition, Service};

/// What one second brought; calls count in the second they began in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Second {
    /// Calls of the clients.
    pub calls: u32,
    /// Those answered well.
    pub good: u32,
    /// What the service was asked.
    pub attempts: u32,
    /// What the others were lost to.
    pub lost: Lost,
}

/// Calls that were not answered well, by what ended them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lost {
    /// Refused by an open breaker.
    pub breaker: u32,
    /// Refused by a bulkhead, at once or after its wait.
    pub bulkhead: u32,
    /// Given up after the time of an attempt or of the call.
    pub timeout: u32,
    /// The service's own words: refused, overloaded, reset, an error.
    pub service: u32,
}

impl Lost {
    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            breaker: self.breaker + other.breaker,
            bulkhead: self.bulkhead + other.bulkhead,
            timeout: self.timeout + other.timeout,
            service: self.service + other.service,
        }
    }

    fn count(&mut self, error: &CallError) {
        let count = match error {
            CallError::Rejected(rejected) => match rejected.kind().policy() {
                "breaker" => &mut self.breaker,
                "bulkhead" => &mut self.bulkhead,
                _ => &mut self.timeout,
            },
            CallError::TimedOut => &mut self.timeout,
            _ => &mut self.service,
        };
        *count += 1;
    }
}

/// What one run brought.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Second by second.
    pub seconds: Vec<Second>,
    /// How long good calls took that began before the fault, in milliseconds.
    pub quiet: Vec<u32>,
}

/// Every run begins at a multiple of this on the virtual clock, long after what the one before it left behind.
const APART: Duration = Duration::from_secs(1_000);

/// The virtual clock of all runs.
///
/// One for all: windows, budgets and timers count in seconds and milliseconds from where a clock began, and
/// clocks of different runtimes begin at different parts of a millisecond. With one clock a seed gives the same figures in
/// every run, whatever ran before.
#[derive(Debug)]
pub struct Clock {
    runtime: Runtime,
    start: Instant,
}

impl Clock {
    /// It stands still but for the runs.
    ///
    /// # Panics
    ///
    /// When a runtime cannot be built.
    #[must_use]
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a thread may always have a runtime");
        let start = runtime.block_on(async {
            // Whoever reads the clock of the policies first sets its origin: here and now, not with the first call.
            let _ = resilient_runtime::registry().snapshot();
            Instant::now()
        });
        Self { runtime, start }
    }

    /// Runs a scenario with one policy.
    #[must_use]
    pub fn run(&self, scenario: &Scenario, policy: &Policy, seed: u64) -> Run {
        self.runtime.block_on(async {
            let passed = self.start.elapsed().as_secs() / APART.as_secs();
            let next = APART * u32::try_from(passed + 1).unwrap_or(u32::MAX);
            sleep_until(self.start + next).await;
            // The jitter of every policy comes from the generator of this thread.
            fastrand::seed(seed);
            watch(*scenario, *policy, seed).await
        })
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

async fn watch(scenario: Scenario, policy: Policy, seed: u64) -> Run {
    let began = Instant::now();
    let service = Service::new(seed ^ 0x5eed);
    let fault = service.clone();
    tokio::spawn(async move {
        sleep_until(began + scenario.begins()).await;
        fault.set(scenario.condition);
        sleep_until(began + scenario.ends()).await;
        fault.set(Condition::HEALTHY);
    });
    let mut clients: Vec<_> = (0..scenario.clients)
        .map(|id| (policy.client)(service.clone(), id))
        .collect();
    let length = usize::try_from(scenario.length()).unwrap_or(usize::MAX);
    let run = Arc::new(Mutex::new(Run {
        seconds: vec![Second::default(); length],
        quiet: Vec::new(),
    }));
    let mut random = fastrand::Rng::with_seed(seed);
    let mut at = Duration::ZERO;
    while at.as_secs() < scenario.length() {
        let gap = -(1.0 - random.f64()).ln() / scenario.calls_per_second(at);
        at += Duration::from_secs_f64(gap);
        sleep_until(began + at).await;
        let client = random.usize(..clients.len());
        let call = clients[client]();
        let run = Arc::clone(&run);
        tokio::spawn(async move {
            let start = Instant::now();
            let answer = call.await;
            note(
                &run,
                start - began,
                start.elapsed(),
                &answer,
                scenario.begins(),
            );
        });
    }
    // The last calls may still be under way; what is measured lies long before them.
    let mut run = std::mem::take(&mut *run.lock().unwrap_or_else(PoisonError::into_inner));
    for (second, attempts) in run.seconds.iter_mut().zip(service.attempts()) {
        second.attempts = attempts;
    }
    run
}

fn note(
    run: &Mutex<Run>,
    began: Duration,
    took: Duration,
    answer: &Result<(), CallError>,
    quiet: Duration,
) {
    let mut run = run.lock().unwrap_or_else(PoisonError::into_inner);
    let second = usize::try_from(began.as_secs()).unwrap_or(usize::MAX);
    if let Some(second) = run.seconds.get_mut(second) {
        second.calls += 1;
        match answer {
            Ok(()) => second.good += 1,
            Err(error) => second.lost.count(error),
        }
    }
    if answer.is_ok() && began < quiet {
        run.quiet
            .push(u32::try_from(took.as_millis()).unwrap_or(u32::MAX));
    }
}
