//! The state of one hedge: its numbers, the percentile as last computed, and what came of it.
//!
//! Goes in: how long first attempts took. Comes out: how long to wait. Refuses: to compute under every call; the
//! percentile is looked at anew after every sixteenth attempt.

use std::time::Duration;

use super::latencies::Latencies;
use super::settings::{After, SHORTEST, Settings, Snapshot};
use crate::breaker::Ratio;
use crate::clock::{Stamp, nanos};
use crate::config::Value;
use crate::registry::Live;
use crate::shared::State;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, PoisonError};

/// Attempts between two looks at the percentile.
const OFTEN: u32 = 16;

/// No percentile is known.
const UNKNOWN: u64 = 0;

/// The state of one hedge.
pub(crate) struct Core {
    /// The wait in nanoseconds: what is written, or the percentile; `UNKNOWN` while there is none.
    wait: AtomicU64,
    /// `max` (upper half), and the percentile in hundredths of a percent, 0 for a fixed wait.
    numbers: AtomicU64,
    sent: AtomicU64,
    won: AtomicU64,
    refused: AtomicU64,
    seen: Mutex<Seen>,
}

struct Seen {
    latencies: Latencies,
    /// Attempts since the percentile was computed.
    since: u32,
}

impl Core {
    /// How long the first attempt may take before the next one is sent; none while nobody knows, or when no hedge is
    /// wanted at all.
    #[inline]
    pub(crate) fn wait(&self) -> Option<Duration> {
        if self.max() == 0 {
            return None;
        }
        self.known_wait()
    }

    fn known_wait(&self) -> Option<Duration> {
        match self.wait.load(Ordering::Relaxed) {
            UNKNOWN => None,
            wait => Some(Duration::from_nanos(wait)),
        }
    }

    /// Hedges of one attempt.
    #[inline]
    pub(crate) fn max(&self) -> u32 {
        u32::try_from(self.numbers.load(Ordering::Relaxed) >> 32).unwrap_or(u32::MAX)
    }

    /// Whether it wants to hear how long attempts take.
    #[inline]
    pub(crate) fn measures(&self) -> bool {
        self.share().is_some()
    }

    fn share(&self) -> Option<Ratio> {
        let word = self.numbers.load(Ordering::Relaxed);
        let hundredths = u16::try_from(word & 0xFFFF).ok()?;
        (hundredths > 0).then(|| Ratio::hundredths(hundredths))
    }

    /// A first attempt answered after this time, or was cut off after it.
    pub(crate) fn took(&self, time: Duration, cut_off: bool) {
        let Some(share) = self.share() else {
            return;
        };
        let mut seen = self.lock();
        seen.latencies.add(nanos(time), cut_off);
        seen.since += 1;
        if seen.since >= OFTEN || self.wait.load(Ordering::Relaxed) == UNKNOWN {
            self.compute(&mut seen, share);
        }
    }

    fn compute(&self, seen: &mut Seen, share: Ratio) {
        seen.since = 0;
        let wait = seen
            .latencies
            .percentile(share)
            .map_or(UNKNOWN, |wait| nanos(wait.max(SHORTEST)));
        self.wait.store(wait, Ordering::Relaxed);
    }

    /// A hedge was sent.
    pub(crate) fn count_sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// A hedge answered first.
    pub(crate) fn count_won(&self) {
        self.won.fetch_add(1, Ordering::Relaxed);
    }

    /// A hedge was due and not sent.
    pub(crate) fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let samples = self.lock().latencies.len();
        Snapshot {
            after: self.wait(),
            samples: u32::try_from(samples).unwrap_or(u32::MAX),
            sent: self.sent.load(Ordering::Relaxed),
            won: self.won.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State for Core {
    type Settings = Settings;
    const POLICY: &'static str = "hedge";

    fn new(settings: Settings) -> Self {
        let zero = || AtomicU64::new(0);
        let core = Self {
            wait: zero(),
            numbers: zero(),
            sent: zero(),
            won: zero(),
            refused: zero(),
            seen: Mutex::new(Seen {
                latencies: Latencies::new(),
                since: 0,
            }),
        };
        core.configure(settings);
        core
    }

    fn settings(&self) -> Settings {
        let settings = match self.share() {
            Some(share) => Settings::percentile(share),
            None => Settings::after(self.known_wait().unwrap_or_default()),
        };
        settings.max(self.max())
    }

    /// What was seen stays: another percentile of it is known at once.
    fn configure(&self, settings: Settings) {
        let mut seen = self.lock();
        let share = match settings.after {
            After::Fixed(_) => 0,
            After::Percentile(share) => u64::from(share.as_hundredths()),
        };
        self.numbers
            .store(u64::from(settings.max) << 32 | share, Ordering::Relaxed);
        match settings.after {
            After::Fixed(wait) => self.wait.store(nanos(wait), Ordering::Relaxed),
            After::Percentile(share) => self.compute(&mut seen, share),
        }
    }

    fn stricter(one: Settings, other: Settings) -> Settings {
        Settings::stricter(one, other)
    }

    /// What is known of a latency is not worth forgetting.
    fn is_idle(&self, _now: Stamp) -> bool {
        false
    }

    fn reset(&self, _now: Stamp) {
        let mut seen = self.lock();
        seen.latencies = Latencies::new();
        seen.since = 0;
        if self.share().is_some() {
            self.wait.store(UNKNOWN, Ordering::Relaxed);
        }
        for word in [&self.sent, &self.won, &self.refused] {
            word.store(0, Ordering::Relaxed);
        }
    }

    fn tune(settings: &mut Settings, name: &str, value: Value) {
        match (name, value) {
            ("after", Value::After(after)) => settings.after = after,
            ("max", Value::Count(max)) => settings.max = max,
            _ => {}
        }
    }

    fn validate(settings: &Settings) -> Result<(), String> {
        settings.validate()
    }

    /// In the source a hedge that is never sent is a mistake; an operator turns it off so.
    fn validate_tuned(settings: &Settings) -> Result<(), String> {
        settings.max(settings.max.max(1)).validate()
    }

    fn live(&self, _now: Stamp) -> Live {
        Live::Hedge(self.snapshot())
    }
}
