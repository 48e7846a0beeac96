//! The adaptive limit beside a model that needs no atomics.

use super::*;

/// Additive increase, multiplicative decrease, written down naively.
struct Naive {
    limit: u32,
    in_flight: u32,
    used: u32,
    threshold: u32,
    credit: u32,
    grown: bool,
    /// Numbers of what happened: answers, and the last time it was lowered.
    news: u32,
    lowered: u32,
}

impl Naive {
    fn note(&mut self) {
        self.used = (self.in_flight << 12).max(self.used - self.used / 64);
    }

    fn end(&mut self, known: u32, load: Load, (min, max): (u32, u32)) {
        match load {
            Load::Fine => {
                self.note();
                self.news += 1;
                if self.limit < max && self.in_flight * 2 >= self.limit {
                    self.credit += 1;
                    if self.limit < self.threshold || self.credit >= self.limit {
                        (self.limit, self.credit, self.grown) = (self.limit + 1, 0, true);
                    }
                }
            }
            Load::Heavy => {
                self.note();
                if known >= self.lowered && self.limit > min {
                    let used = self.used.div_ceil(1 << 12);
                    let nothing_answered = known == self.news;
                    let used = if nothing_answered {
                        used.div_ceil(2)
                    } else {
                        used
                    };
                    self.limit = (self.limit / 2).min(used.max(self.limit / 4)).max(min);
                    if self.grown {
                        self.threshold = self.limit;
                    }
                    (self.credit, self.grown) = (0, false);
                    self.news += 1;
                    self.lowered = self.news;
                }
            }
            Load::Silent => {}
        }
        self.in_flight -= 1;
    }
}

#[test]
fn in_every_history_it_is_where_the_naive_model_is() {
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let bounds = (random.u32(1..4), random.u32(5..60));
        let core = bulkhead(Settings::adaptive(bounds.0, bounds.1));
        let limit = core.snapshot().limit;
        let mut model = Naive {
            limit,
            in_flight: 0,
            used: 0,
            threshold: bounds.1,
            credit: 0,
            grown: true,
            news: 0,
            lowered: 0,
        };
        let mut running = Vec::new();
        let bad_times = random.u32(1..20);
        for _ in 0..2_000 {
            if random.bool() || running.is_empty() {
                if let Entry::Entered(permit) = Core::try_enter(&core) {
                    running.push((permit, model.news));
                    model.in_flight += 1;
                } else {
                    assert!(model.in_flight >= model.limit, "seed {seed}");
                }
            }
            if random.bool() && !running.is_empty() {
                let (permit, known) = running.swap_remove(random.usize(0..running.len()));
                let load = match random.u32(0..20) {
                    die if die < bad_times / 4 => Load::Heavy,
                    die if die < bad_times / 2 => Load::Silent,
                    _ => Load::Fine,
                };
                permit.leave(|| load, || at(0));
                model.end(known, load, bounds);
            }
            let snapshot = core.snapshot();
            assert_eq!(
                (snapshot.limit, snapshot.in_flight),
                (model.limit, model.in_flight),
                "seed {seed}"
            );
        }
    }
}
