//! The slots of a half-open breaker: who may ask the service whether it is back, and how many said yes.

use std::time::Duration;

use crate::clock::Stamp;

use super::settings::Settings;
use super::word::Word;

/// The shortest time after which a silent probe gives its slot away. Ten of the default open times, and
/// longer than most attempt timeouts, so that only calls nobody bounds in time get there.
const PATIENCE: Duration = Duration::from_secs(10);

/// One half-open phase.
///
/// A probe holds its slot from admission to its outcome. Successes keep theirs, so that no more than
/// `probes` calls are let through in all until the phase is decided; dropped and ignored probes give
/// theirs back. The outcome of a silent probe still counts until somebody took its slot.
#[derive(Debug)]
pub(super) struct Probing {
    pub(super) since: Stamp,
    /// In flight: number and time of admission.
    slots: Vec<(u32, Stamp)>,
    /// Numbers are never used twice in a phase.
    last: u32,
    succeeded: u32,
}

impl Probing {
    pub(super) const fn new(since: Stamp) -> Self {
        Self {
            since,
            slots: Vec::new(),
            last: 0,
            succeeded: 0,
        }
    }

    /// When a slot can be taken: in the past if one is free, else when the oldest probe has been silent too long.
    pub(super) fn free_at(&self, settings: &Settings) -> Stamp {
        let oldest = self.slots.iter().map(|(_, since)| *since).min();
        match oldest {
            Some(oldest) if self.in_flight().saturating_add(self.succeeded) >= settings.probes => {
                oldest.plus(patience(settings))
            }
            // With nobody in flight somebody must be let in, whatever the numbers are configured to be.
            _ => Stamp::NEVER,
        }
    }

    /// Takes a slot, the free one or that of the oldest silent probe; only after [`Probing::free_at`].
    pub(super) fn take(&mut self, now: Stamp, settings: &Settings) -> u32 {
        if self.free_at(settings) != Stamp::NEVER {
            let oldest = self
                .slots
                .iter()
                .enumerate()
                .min_by_key(|(_, (_, since))| *since);
            if let Some((place, _)) = oldest {
                self.slots.remove(place);
            }
        }
        self.last = self.last.wrapping_add(1);
        self.slots.push((self.last, now));
        self.last
    }

    /// Takes the slot back; false if it was given away before.
    pub(super) fn give_back(&mut self, probe: Word) -> bool {
        let place = self
            .slots
            .iter()
            .position(|(taken, _)| probe.is_slot(*taken));
        place.map(|place| self.slots.remove(place)).is_some()
    }

    /// One more success; how many there are now.
    pub(super) fn succeed(&mut self) -> u32 {
        self.succeeded = self.succeeded.saturating_add(1);
        self.succeeded
    }

    pub(super) fn in_flight(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }
}

fn patience(settings: &Settings) -> Duration {
    PATIENCE
        .max(settings.open)
        .max(settings.slow.unwrap_or_default())
}
