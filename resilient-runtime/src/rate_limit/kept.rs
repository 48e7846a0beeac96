//! The rate limit as a state that scopes keep: made, given other numbers, listed, reset, forgotten.

use super::bucket::SHUT;
use super::core::{Behind, Core};
use super::settings::Settings;
use crate::clock::Stamp;
use crate::config::Value;
use crate::queue::Queue;
use crate::registry::Live;
use crate::shared::State;
use crate::sync::{AtomicU32, AtomicU64, Mutex, Ordering};

impl Core {
    /// From now on the numbers are these. As many tokens stay owed as were, at most a whole burst; whoever waits keeps
    /// its place and its patience.
    pub(super) fn change(&self, settings: Settings, now: Stamp) {
        let mut behind = self.lock();
        behind.settings = settings;
        let (before, _) = self.numbers();
        let (interval, burst) = settings.bucket();
        self.interval.store(interval, Ordering::Relaxed);
        self.burst.store(burst, Ordering::Relaxed);
        self.patience.store(settings.patience(), Ordering::Relaxed);
        let mut word = self.word.load(Ordering::Relaxed);
        while let Err(changed) = self.exchange(word, owed(word, before, (interval, burst), now)) {
            word = changed;
        }
        let (full_at, mut before) = (self.full_at(), 0);
        let wakers = behind.queue.rouse_all(|due| {
            *due = self.due(full_at, now, before);
            before += 1;
        });
        drop(behind);
        for waker in wakers {
            waker.wake();
        }
    }
}

/// The word in which as many tokens are owed as in this one, which has another interval.
fn owed(word: u64, before: u64, (interval, burst): (u64, u32), now: Stamp) -> u64 {
    let (full_at, now) = (word & !SHUT, now.as_nanos());
    let owed = u128::from(full_at.saturating_sub(now)) * u128::from(interval);
    let owed = u64::try_from(owed.div_ceil(before.into())).unwrap_or(u64::MAX);
    let full_at = match owed.min(interval * u64::from(burst)) {
        0 => full_at.min(now),
        owed => now.saturating_add(owed),
    };
    full_at | word & SHUT
}

impl State for Core {
    type Settings = Settings;
    const POLICY: &'static str = "rate_limit";

    fn new(settings: Settings) -> Self {
        let (interval, burst) = settings.bucket();
        Self {
            word: AtomicU64::new(0),
            interval: AtomicU64::new(interval),
            burst: AtomicU32::new(burst),
            patience: AtomicU64::new(settings.patience()),
            queued: AtomicU32::new(0),
            rejected: AtomicU64::new(0),
            behind: Mutex::new(Behind {
                settings,
                queue: Queue::new(),
                waited: 0,
            }),
        }
    }

    fn settings(&self) -> Settings {
        self.lock().settings
    }

    fn configure(&self, settings: Settings) {
        self.change(settings, Stamp::now());
    }

    fn stricter(one: Settings, other: Settings) -> Settings {
        Settings::stricter(one, other)
    }

    /// Full, and nobody waits: that sets the highest bit.
    fn is_idle(&self, now: Stamp) -> bool {
        self.word.load(Ordering::Relaxed) <= now.as_nanos()
    }

    /// The bucket is full; whoever waits is next.
    fn reset(&self, now: Stamp) {
        self.rejected.store(0, Ordering::Relaxed);
        self.lock().waited = 0;
        self.word.fetch_and(SHUT, Ordering::Relaxed);
        self.hand_on(now);
    }

    fn tune(settings: &mut Settings, name: &str, value: Value) {
        match (name, value) {
            ("rate", Value::Rate(rate)) => settings.rate = rate,
            ("burst", Value::Count(burst)) => settings.burst = Some(burst),
            ("wait", Value::Time(wait)) => settings.wait = Some(wait),
            _ => {}
        }
    }

    fn validate(settings: &Settings) -> Result<(), String> {
        settings.validate()
    }

    fn live(&self, now: Stamp) -> Live {
        Live::RateLimit(self.snapshot(now))
    }
}
