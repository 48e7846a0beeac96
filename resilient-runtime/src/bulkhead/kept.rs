//! The bulkhead as a state that scopes keep: made, given other numbers, listed, reset, forgotten.

use super::adapt::Adapting;
use super::core::{Behind, Core, Told};
use super::settings::Settings;
use super::word::{LOWER_HALF, Word};
use crate::clock::Stamp;
use crate::config::Value;
use crate::queue::Queue;
use crate::registry::Live;
use crate::shared::State;
use crate::stripes::Stripes;
use crate::sync::{AtomicU32, AtomicU64, Mutex, Ordering};

impl State for Core {
    type Settings = Settings;
    const POLICY: &'static str = "bulkhead";

    fn new(settings: Settings) -> Self {
        Self {
            word: AtomicU64::new(Word(0).with_limit(settings.limit).0),
            places: AtomicU32::new(settings.places()),
            queued: AtomicU32::new(0),
            rejected: AtomicU64::new(0),
            adapting: Adapting::new(&settings),
            spares: Stripes::none(),
            behind: Mutex::new(Behind {
                settings,
                queue: Queue::new(),
                waited: 0,
                told: Told {
                    limit: settings.limit,
                    at: Stamp::NEVER,
                },
            }),
        }
    }

    fn settings(&self) -> Settings {
        self.lock().settings
    }

    /// Whoever waits keeps its place, also when the queue has become shorter, and the timer it has. An adaptive limit
    /// stays where it has gone to, within its bounds, unless the limit itself was changed.
    fn configure(&self, settings: Settings) {
        let mut behind = self.lock();
        let before = std::mem::replace(&mut behind.settings, settings);
        self.places.store(settings.places(), Ordering::Relaxed);
        self.adapting.configure(&settings);
        let limit = match settings.adaptive {
            Some(bounds) if before.limit == settings.limit => bounds.clamp(self.limit()),
            _ => settings.limit,
        };
        self.set_limit(limit);
        drop(behind);
        self.hand_on();
    }

    fn stricter(one: Settings, other: Settings) -> Settings {
        Settings::stricter(one, other)
    }

    fn is_idle(&self, _now: Stamp) -> bool {
        // What an adaptive limit has learned is forgotten with it: it begins as it began.
        // Somebody granted but not polled yet holds a permit; somebody waiting sets the bit above them.
        let behind = self.lock();
        self.tighten();
        drop(behind);
        self.word.load(Ordering::Relaxed) & LOWER_HALF == 0
    }

    fn reset(&self, _now: Stamp) {
        self.rejected.store(0, Ordering::Relaxed);
        let mut behind = self.lock();
        behind.waited = 0;
        if behind.settings.adaptive.is_some() {
            self.adapting.configure(&behind.settings);
            self.set_limit(behind.settings.limit);
        }
        drop(behind);
        self.hand_on();
    }

    fn tune(settings: &mut Settings, name: &str, value: Value) {
        match (name, value) {
            ("limit", Value::Count(limit)) => settings.limit = limit,
            ("wait", Value::Time(wait)) => settings.wait = Some(wait),
            ("queue", Value::Count(queue)) => settings.queue = Some(queue),
            _ => {}
        }
    }

    fn validate(settings: &Settings) -> Result<(), String> {
        settings.validate()
    }

    fn live(&self, _now: Stamp) -> Live {
        Live::Bulkhead(self.snapshot())
    }
}
