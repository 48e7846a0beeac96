//! The budget beside the simplest thing that could be right, through random histories.

use std::collections::BTreeMap;

use super::*;

/// Every answer of every second kept, tokens as a plain number.
struct Model {
    earn: u64,
    save: u64,
    tokens: u64,
    answers: BTreeMap<u64, u64>,
}

impl Model {
    fn cap(&self, second: u64) -> u64 {
        let before = self.answers.get(&(second - 1)).copied().unwrap_or(0);
        (before * self.earn).max(self.save * TOKEN)
    }

    /// What may be spent: what was saved before a second with a lower cap is gone.
    fn settle(&mut self, second: u64) {
        self.tokens = self.tokens.min(self.cap(second));
    }

    fn add(&mut self, second: u64, units: u64) {
        self.tokens = (self.tokens + units).min(self.cap(second));
    }
}

#[test]
fn random_histories_agree_with_the_simplest_budget() {
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (earn, save) = (random.u16(1..=10_000), random.u32(2..8));
        let core = earning(earn, save);
        if seed % 2 == 1 {
            // As after two threads have met.
            core.spread();
        }
        let mut model = Model {
            earn: u64::from(earn),
            save: u64::from(save),
            tokens: u64::from(save) * TOKEN,
            answers: BTreeMap::new(),
        };
        let mut now = NOW;
        for _ in 0..400 {
            now = now.plus(Duration::from_millis(
                random.choice([0, 0, 1, 30, 400, 1_700]).unwrap(),
            ));
            let second = now.as_nanos() / 1_000_000_000;
            step(&core, &mut model, &mut random, now, second);
            model_agrees(&core, &model, now, second);
        }
    }
}

fn step(core: &Core, model: &mut Model, random: &mut fastrand::Rng, now: Stamp, second: u64) {
    let unknown = random.bool();
    let cost = if unknown { 2 * TOKEN } else { TOKEN };
    match random.u32(0..8) {
        0..=4 => {
            for _ in 0..random.u32(1..20) {
                core.earn(now);
                // The first answer of a second settles what the seconds before it left.
                if !model.answers.contains_key(&second) {
                    model.settle(second);
                }
                *model.answers.entry(second).or_default() += 1;
                let above = model.tokens > model.cap(second);
                if !above {
                    model.add(second, model.earn);
                }
            }
        }
        5 | 6 => {
            model.settle(second);
            let pays = model.tokens >= cost;
            assert_eq!(core.spend(unknown, now), pays);
            if pays {
                model.tokens -= cost;
            } else {
                // A refusal takes nothing, a surplus included.
            }
        }
        _ => {
            core.give_back(unknown, now);
            model.settle(second);
            model.add(second, cost);
        }
    }
}

fn model_agrees(core: &Core, model: &Model, now: Stamp, second: u64) {
    let (tokens, cap) = (core.tokens(now), model.cap(second));
    assert_eq!(tokens, model.tokens.min(cap));
    assert!(tokens <= cap);
}
