//! The breaker beside a naive one that keeps every outcome in a list and thinks anew each time, through
//! the same random calls, waits and commands. Seeds are fixed; a failure names its seed.

use super::*;
use naive::{Call, Naive};

mod naive;

const SEEDS: u64 = 1_000;
const STEPS: usize = 400;

#[test]
fn it_does_what_a_naive_breaker_does() {
    let mut seen = Seen::default();
    for seed in 0..SEEDS {
        Pair::new(seed).run(&mut seen);
    }
    // A run that never gets anywhere proves nothing.
    let Seen {
        causes,
        refused,
        probes,
        counted,
    } = seen;
    for cause in [
        Cause::FailureRate,
        Cause::SlowRate,
        Cause::Consecutive,
        Cause::Abandoned,
        Cause::OpenTimeOver,
        Cause::ProbesSucceeded,
        Cause::ProbeFailed,
        Cause::ProbeSlow,
        Cause::Forced,
        Cause::Released,
        Cause::Reset,
    ] {
        let times = causes.iter().filter(|seen| **seen == cause).count();
        assert!(times >= 20, "{cause:?} only {times} times");
    }
    assert!(refused > 5_000 && probes > 2_000 && counted > 5_000);
}

/// How far the runs got.
#[derive(Default)]
struct Seen {
    causes: Vec<Cause>,
    refused: u32,
    probes: u32,
    /// Looks at a window with something in it.
    counted: u32,
}

/// The breaker, its naive double, and the calls in flight.
struct Pair {
    seed: u64,
    random: fastrand::Rng,
    sim: Sim,
    naive: Naive,
    calls: Vec<Call>,
}

impl Pair {
    fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let settings = settings(&mut random);
        let sim = Sim::new(settings);
        Self {
            seed,
            random,
            sim,
            naive: Naive::new(settings),
            calls: Vec::new(),
        }
    }

    fn run(mut self, seen: &mut Seen) {
        // Some runs are calm and some are outages, or no window would ever fill with successes.
        let health = self.random.u32(0..=100);
        let hangs = self.random.u8(0..5) == 0;
        for _ in 0..STEPS {
            match self.random.u32(0..1_000) {
                0..350 => self.admit(seen),
                350..800 => self.finish(health, hangs),
                800..990 => self.wait(),
                990..998 => self.command(),
                _ => self.configure(),
            }
            self.compare(seen);
        }
        seen.causes.extend(self.sim.causes());
    }

    fn admit(&mut self, seen: &mut Seen) {
        let now = self.sim.now;
        let expected = self.naive.look(now);
        assert_eq!(self.sim.core.look(now), expected, "seed {}", self.seed);
        let (admission, told) = self.sim.core.admit(now);
        let change = self.naive.admit(now);
        self.check(told, change);
        match admission {
            Ok(admission) => {
                assert_eq!(expected, Ok(()), "seed {}", self.seed);
                let call = self.naive.start(admission, now);
                assert_eq!(
                    admission.is_probe(),
                    call.probe.is_some(),
                    "seed {}",
                    self.seed
                );
                seen.probes += u32::from(admission.is_probe());
                self.calls.push(call);
            }
            Err(refused) => {
                assert_eq!(expected, Err(refused), "seed {}", self.seed);
                seen.refused += 1;
            }
        }
    }

    fn finish(&mut self, health: u32, hangs: bool) {
        if self.calls.is_empty() {
            return;
        }
        // Mostly the newest, so that some stay in flight for very long.
        let newest = self.calls.len() - 1;
        let place = if self.random.u8(0..4) > 0 {
            newest
        } else {
            self.random.usize(0..=newest)
        };
        let call = self.calls.swap_remove(place);
        let outcome = self.outcome(health, hangs);
        let now = self.sim.now;
        let told = self.sim.core.record(call.admission, outcome, || now);
        let change = self.naive.finish(&call, outcome, now, told);
        self.check(told, change);
    }

    /// Good with this chance in a hundred; while the service hangs, callers drop most of the rest.
    fn outcome(&mut self, health: u32, hangs: bool) -> Outcome {
        if self.random.u32(0..100) < health {
            return OK;
        }
        let asked = self.random.u64(0..40_000);
        match self.random.u32(0..10) {
            _ if hangs && self.random.u8(0..20) > 0 => Outcome::Dropped,
            0..4 => LOST,
            4 => FAILED,
            5 => Outcome::Failure {
                unknown: false,
                retry_after: Some(ms(asked)),
            },
            6 => Outcome::NotSent,
            7 => Outcome::Ignored,
            _ => Outcome::Dropped,
        }
    }

    fn wait(&mut self) {
        let longest = [0, 20, 300, 2_000, 15_000][self.random.usize(0..5)];
        let time = self.random.u64(0..=longest);
        self.sim.wait(ms(time));
    }

    fn command(&mut self) {
        let now = self.sim.now;
        let forced = match self.random.u32(0..12) {
            0 => Forced::Open,
            1 => Forced::Closed,
            2 => Forced::Disabled,
            3 => Forced::MetricsOnly,
            4 => Forced::HalfOpen,
            5 => {
                self.sim.core.reset(now);
                let change = self.naive.reset(now);
                // The next call would report it; nobody is waiting for one here.
                let told = self.sim.core.force(Forced::Automatic, now);
                return self.check(told, change);
            }
            _ => Forced::Automatic,
        };
        let told = self.sim.core.force(forced, now);
        let change = self.naive.force(forced, now);
        self.check(told, change);
    }

    fn configure(&mut self) {
        // The window stays: what a resized one keeps has tests of its own.
        let Settings {
            window, min_calls, ..
        } = self.naive.settings;
        let new = settings(&mut self.random)
            .window(window)
            .min_calls(min_calls);
        self.sim.core.configure(new);
        self.naive.settings = new;
    }

    fn check(&mut self, told: Option<Transition>, change: Option<(Phase, Phase, Cause)>) {
        let told_change = told.map(|told| (told.from, told.to, told.cause));
        assert_eq!(told_change, change, "seed {}", self.seed);
        self.sim.reported.extend(told);
    }

    fn compare(&self, seen: &mut Seen) {
        let Snapshot {
            phase,
            calls,
            failures,
            slow,
            abandoned,
            ..
        } = self.sim.snapshot();
        let counts = self.naive.counts(self.sim.now);
        assert_eq!(phase, self.naive.phase, "seed {}", self.seed);
        assert_eq!(
            [calls, failures, slow, abandoned],
            counts,
            "seed {}",
            self.seed
        );
        assert_eq!(
            self.sim.snapshot().consecutive,
            self.naive.streak(),
            "seed {}",
            self.seed
        );
        seen.counted += u32::from(counts[0] > 0);
    }
}

fn settings(random: &mut fastrand::Rng) -> Settings {
    let min_calls = random.u32(1..8);
    let window = match random.u32(0..4) {
        0 => Window::Time(ms(500)),
        1 => Window::Time(ms(10_000)),
        2 => Window::Time(ms(1_000)),
        _ => Window::Count(min_calls + random.u32(0..40)),
    };
    let mut settings = Settings::new()
        .min_calls(min_calls)
        .window(window)
        .failure_rate(Ratio::percent(random.u8(10..=100)))
        .slow_rate(Ratio::percent(random.u8(10..=100)))
        .open(ms(random.u64(1..2_000)))
        .max_open(ms(random.u64(2_000..20_000)))
        .probes(random.u32(1..4));
    settings.consecutive = random.bool().then(|| random.u32(1..6));
    settings.slow = random.bool().then(|| ms(random.u64(1..400)));
    if random.u8(0..4) == 0 {
        settings.failure_rate = None;
    }
    settings
}
