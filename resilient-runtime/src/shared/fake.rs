//! A policy that does nothing, for the tests of everything that holds policies.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use super::State;
use crate::clock::Stamp;

/// How many fakes of this size are alive; a test that counts uses a size nobody else does.
static ALIVE: Mutex<Vec<(u32, isize)>> = Mutex::new(Vec::new());

/// A policy whose only number is a size, the smaller the stricter; 0 cannot work.
#[derive(Debug)]
pub(crate) struct Fake {
    size: AtomicU32,
    born: u32,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) calls: AtomicUsize,
    pub(crate) resets: AtomicUsize,
}

impl Fake {
    pub(crate) fn call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    pub(crate) fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn end(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn alive(size: u32) -> isize {
        let alive = ALIVE.lock().unwrap();
        alive
            .iter()
            .find(|known| known.0 == size)
            .map_or(0, |known| known.1)
    }

    fn count(size: u32, change: isize) {
        let mut alive = ALIVE.lock().unwrap();
        match alive.iter_mut().find(|known| known.0 == size) {
            Some(known) => known.1 += change,
            None => alive.push((size, change)),
        }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        Self::count(self.born, -1);
    }
}

impl State for Fake {
    type Settings = u32;
    const POLICY: &'static str = "fake";

    fn new(size: u32) -> Self {
        Self::count(size, 1);
        Self {
            size: AtomicU32::new(size),
            born: size,
            in_flight: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            resets: AtomicUsize::new(0),
        }
    }

    fn settings(&self) -> u32 {
        self.size.load(Ordering::Relaxed)
    }

    fn configure(&self, size: u32) {
        self.size.store(size, Ordering::Relaxed);
    }

    fn stricter(one: u32, other: u32) -> u32 {
        one.min(other)
    }

    fn is_idle(&self, _now: Stamp) -> bool {
        self.in_flight.load(Ordering::Relaxed) == 0
    }

    fn reset(&self, _now: Stamp) {
        self.resets.fetch_add(1, Ordering::Relaxed);
    }

    fn validate(size: &u32) -> Result<(), String> {
        if *size == 0 {
            Err("a size of 0 lets nothing through".to_owned())
        } else {
            Ok(())
        }
    }
}
