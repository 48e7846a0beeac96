//! The bulkhead beside the simplest thing that could be right, through random histories.

use std::collections::VecDeque;

use super::*;

/// A list of who runs, who was granted, who waits: no atomics, no links.
struct Model {
    limit: usize,
    places: usize,
    in_flight: usize,
    line: VecDeque<usize>,
    granted: Vec<usize>,
    rejected: u64,
}

impl Model {
    fn settle(&mut self) {
        while self.in_flight < self.limit {
            let Some(first) = self.line.pop_front() else {
                return;
            };
            self.in_flight += 1;
            self.granted.push(first);
        }
    }
}

struct Guest {
    name: usize,
    waiting: Waiting,
    bell: Arc<Bell>,
}

struct History {
    /// Threads keep permits, and only now and then somebody looks, which takes them back.
    loose: bool,
    core: Ref<Core>,
    model: Model,
    running: Vec<Permit>,
    guests: Vec<Guest>,
    names: usize,
    random: fastrand::Rng,
}

impl History {
    fn new(seed: u64) -> Self {
        let model = Model {
            limit: 2,
            places: 3,
            in_flight: 0,
            line: VecDeque::new(),
            granted: Vec::new(),
            rejected: 0,
        };
        Self {
            loose: seed % 2 == 1,
            core: bulkhead(Settings::new(2).wait(WAIT).queue(3)),
            model,
            running: Vec::new(),
            guests: Vec::new(),
            names: 0,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    fn step(&mut self) {
        if self.loose && self.random.bool() {
            loosen(&self.core, 2);
        }
        match self.random.u32(0..10) {
            0..=3 => self.enter(),
            4 | 5 => self.finish(),
            6 | 7 => self.pick_up(),
            8 => self.give_up(),
            _ => self.configure(),
        }
        if !self.loose || self.random.u32(0..4) == 0 {
            self.compare();
        }
    }

    fn enter(&mut self) {
        let free = self.model.in_flight < self.model.limit && self.model.line.is_empty();
        let place = self.model.line.len() < self.model.places;
        match Core::try_enter(&self.core) {
            Entry::Entered(permit) => {
                assert!(free);
                self.model.in_flight += 1;
                self.running.push(permit);
            }
            Entry::Queued(waiting) => {
                assert!(!free && place);
                let name = self.names;
                self.names += 1;
                self.model.line.push_back(name);
                self.guests.push(Guest {
                    name,
                    waiting,
                    bell: Arc::default(),
                });
            }
            Entry::Full => {
                assert!(!free && !place);
                self.model.rejected += 1;
            }
        }
    }

    fn finish(&mut self) {
        if self.running.is_empty() {
            return;
        }
        let which = self.random.usize(0..self.running.len());
        drop(self.running.swap_remove(which));
        self.model.in_flight -= 1;
        self.model.settle();
    }

    fn pick_up(&mut self) {
        if self.guests.is_empty() {
            return;
        }
        let which = self.random.usize(0..self.guests.len());
        let guest = &mut self.guests[which];
        let is_granted = self.model.granted.contains(&guest.name);
        match poll(&mut guest.waiting, &guest.bell) {
            Poll::Ready(permit) => {
                assert!(is_granted);
                self.model.granted.retain(|name| *name != guest.name);
                self.running.push(permit);
                self.guests.swap_remove(which);
            }
            Poll::Pending => assert!(!is_granted),
        }
    }

    fn give_up(&mut self) {
        if self.guests.is_empty() {
            return;
        }
        let which = self.random.usize(0..self.guests.len());
        let Guest { name, waiting, .. } = self.guests.swap_remove(which);
        let is_granted = self.model.granted.contains(&name);
        self.model.granted.retain(|other| *other != name);
        self.model.line.retain(|other| *other != name);
        if self.random.bool() {
            drop(waiting);
            self.model.in_flight -= usize::from(is_granted);
        } else if let Some(permit) = waiting.expire() {
            assert!(is_granted);
            self.running.push(permit);
        } else {
            assert!(!is_granted);
            self.model.rejected += 1;
        }
        self.model.settle();
    }

    fn configure(&mut self) {
        let (limit, queue) = (self.random.u32(0..5), self.random.u32(0..5));
        self.core
            .configure(Settings::new(limit).wait(WAIT).queue(queue));
        (self.model.limit, self.model.places) = (limit as usize, queue as usize);
        self.model.settle();
    }

    fn compare(&self) {
        let seen = self.core.snapshot();
        let model = &self.model;
        assert_eq!(seen.limit as usize, model.limit);
        assert_eq!(seen.in_flight as usize, model.in_flight);
        assert_eq!(
            seen.in_flight as usize,
            self.running.len() + model.granted.len()
        );
        assert_eq!(seen.queued as usize, model.line.len());
        assert_eq!(seen.rejected, model.rejected);
        for guest in &self.guests {
            let granted = usize::from(model.granted.contains(&guest.name));
            // A guest not polled yet has no bell to ring.
            assert!(guest.bell.rang() <= granted);
        }
    }
}

#[test]
fn random_histories_agree_with_the_simplest_bulkhead() {
    for seed in 0..300 {
        let mut history = History::new(seed);
        for _ in 0..200 {
            history.step();
        }
        history.core.resize(100);
        history.running.clear();
        history.guests.clear();
        assert_eq!(counts(&history.core), (0, 0), "seed {seed}");
        assert!(
            history.core.is_idle(Stamp::FIRST),
            "seed {seed}: the way without the lock is closed"
        );
    }
}
