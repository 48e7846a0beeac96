//! One state per key, for a bounded number of keys.
//!
//! In: the hash of a key. Out: that key's state, or the one state shared by all keys for which there is no room.
//! Refuses to grow past its bound, to evict a state that anybody could miss, and to know any key: it sees
//! only hashes under a seed that is drawn anew by every process, so nobody outside can aim for a collision.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use crate::clock::Stamp;
use crate::shared::State;
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// How many entries a key without room looks at, on average, to find an idle one. The whole table is gone through
/// within `bound / STRIDE` such keys, and one such key costs no more than a few hundred nanoseconds.
const STRIDE: usize = 32;

/// How many looks may be saved up: a full round of the default bound, about ten microseconds.
const SAVED: usize = 1_024;

/// A key as far as we want to know it: 64 bits of `SipHash` under a seed of this process.
///
/// Two keys that collide share a state; among 1,024 keys that has a chance of one in 3.5 * 10^13.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyHash(u64);

impl KeyHash {
    /// Hashes a key and forgets it.
    pub(crate) fn of<K: Hash + ?Sized>(key: &K) -> Self {
        static SEED: OnceLock<RandomState> = OnceLock::new();
        Self(SEED.get_or_init(RandomState::new).hash_one(key))
    }
}

/// Says nothing of the key, not even its hash.
impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(..)")
    }
}

/// The states of the keys of one policy.
pub(crate) struct Keyed<S> {
    bound: usize,
    table: Mutex<Table<S>>,
    overflow: OnceLock<Arc<S>>,
}

/// The state of a key, and whether this is the first key that found no room since the last that did.
pub(crate) struct Found<S> {
    pub(crate) state: Arc<S>,
    pub(crate) began_to_overflow: bool,
}

/// How many keys a state keeps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keys {
    /// How many keys have a state of their own now.
    pub kept: usize,
    /// How many may have one.
    pub bound: usize,
    /// How often a key found no room and fell into the shared state.
    pub overflowed: u64,
}

impl<S: State> Keyed<S> {
    pub(crate) fn new(bound: u32) -> Self {
        let bound = usize::try_from(bound).unwrap_or(usize::MAX).max(1);
        Self {
            bound,
            table: Mutex::new(Table::new()),
            overflow: OnceLock::new(),
        }
    }

    /// `make` and the states' own methods run under the lock of the table; none of them is a user's.
    pub(crate) fn get(
        &self,
        key: KeyHash,
        now: impl FnOnce() -> Stamp,
        make: impl FnOnce(Stamp) -> S,
    ) -> Found<S> {
        let mut table = self.table();
        if let Some(state) = table.find(key) {
            return Found {
                state,
                began_to_overflow: false,
            };
        }
        let now = now();
        if let Some(place) = table.room(self.bound, now) {
            let state = Arc::new(make(now));
            let evicted = table.put(place, key, Arc::clone(&state));
            drop(table);
            drop(evicted);
            return Found {
                state,
                began_to_overflow: false,
            };
        }
        table.overflowed += 1;
        let began_to_overflow = !std::mem::replace(&mut table.overflowing, true);
        // Made under the lock, as every other key's: see `Entry::each`.
        let state = self.overflow.get_or_init(|| Arc::new(make(now)));
        Found {
            state: Arc::clone(state),
            began_to_overflow,
        }
    }

    /// Every key's state and the shared one.
    pub(crate) fn all(&self) -> Vec<Arc<S>> {
        let table = self.table();
        let kept = table.slots.iter().map(|slot| &slot.state);
        kept.chain(self.overflow.get()).cloned().collect()
    }

    pub(crate) fn bound(&self) -> usize {
        self.bound
    }

    pub(crate) fn snapshot(&self) -> Keys {
        let table = self.table();
        Keys {
            kept: table.slots.len(),
            bound: self.bound,
            overflowed: table.overflowed,
        }
    }

    fn table(&self) -> MutexGuard<'_, Table<S>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The slots, an index into them, and a clock hand that goes round looking for idle ones.
struct Table<S> {
    slots: Vec<Slot<S>>,
    index: HashMap<u64, usize, BuildHasherDefault<Hashed>>,
    hand: usize,
    /// How many slots the hand may still look at: [`STRIDE`] more for every key without room, up to [`SAVED`].
    /// A flood of new keys therefore costs a bounded number of looks per key, and a rare new key finds any
    /// idle slot there is.
    looks: usize,
    overflowing: bool,
    overflowed: u64,
}

struct Slot<S> {
    key: KeyHash,
    state: Arc<S>,
}

impl<S: State> Table<S> {
    fn new() -> Self {
        Self {
            slots: Vec::new(),
            index: HashMap::default(),
            hand: 0,
            looks: SAVED,
            overflowing: false,
            overflowed: 0,
        }
    }

    fn find(&self, key: KeyHash) -> Option<Arc<S>> {
        self.index
            .get(&key.0)
            .map(|&place| Arc::clone(&self.slots[place].state))
    }

    /// A slot for one more key: a new one, or an idle one.
    fn room(&mut self, bound: usize, now: Stamp) -> Option<usize> {
        if self.slots.len() < bound {
            return Some(self.slots.len());
        }
        self.looks = (self.looks + STRIDE).min(SAVED);
        // Never the same slot twice for one key.
        for _ in 0..self.looks.min(bound) {
            self.looks -= 1;
            let place = self.hand;
            self.hand = (place + 1) % bound;
            // Nobody else holds it, so nothing is in flight and what calls have left behind is visible here.
            let alone = Arc::get_mut(&mut self.slots[place].state);
            if alone.is_some_and(|state| state.is_idle(now)) {
                return Some(place);
            }
        }
        None
    }

    /// Gives the slot to this key; the state that was there goes out, to be dropped without the lock.
    fn put(&mut self, place: usize, key: KeyHash, state: Arc<S>) -> Option<Arc<S>> {
        self.overflowing = false;
        self.index.insert(key.0, place);
        let slot = Slot { key, state };
        if place == self.slots.len() {
            self.slots.push(slot);
            return None;
        }
        let old = std::mem::replace(&mut self.slots[place], slot);
        self.index.remove(&old.key.0);
        Some(old.state)
    }
}

/// Passes on what is a hash already, and a seeded one.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
}

#[cfg(test)]
mod tests;
