//! Random histories against what a rate limit is: never more than the rate, first come first served, nobody
//! refused whose turn would come, nobody waiting in vain.

use super::*;

/// One waiting call: when it came, until when it may wait, and what its task knows.
struct Call {
    waiting: Waiting,
    nth: usize,
    until: Stamp,
    due: Stamp,
    bell: Arc<Bell>,
}

/// A rate limit, its callers, and every token that was spent.
struct World {
    core: Ref<Core>,
    interval: Duration,
    burst: u32,
    wait: Duration,
    now: Stamp,
    queue: Vec<Call>,
    came: usize,
    last: usize,
    sent: Vec<Stamp>,
}

impl World {
    fn new(random: &mut fastrand::Rng) -> Self {
        let interval = Duration::from_micros(random.u64(200..20_000));
        let burst = random.u32(1..6);
        let wait = interval * random.u32(0..6) + Duration::from_micros(random.u64(0..500));
        Self {
            core: limit(
                Settings::new(Rate::new(1, interval))
                    .burst(burst)
                    .wait(wait),
            ),
            interval,
            burst,
            wait,
            now: at(0),
            queue: Vec::new(),
            came: 0,
            last: 0,
            sent: Vec::new(),
        }
    }

    fn send(&mut self, token: Token) {
        token.spend();
        self.sent.push(self.now);
        // In every span that ends here: a burst, one for every interval, and the two milliseconds of grace.
        for (nth, first) in self.sent.iter().rev().enumerate() {
            let span = self.now.since(*first) + ms(2);
            let most = u128::from(self.burst) + span.as_nanos() / self.interval.as_nanos();
            assert!((nth as u128) < most, "{} within {span:?}", nth + 1);
        }
    }

    fn come(&mut self) {
        match enter(&self.core, self.now) {
            Entry::Entered(token) => {
                assert!(self.queue.is_empty(), "nobody overtakes");
                self.send(token);
            }
            Entry::Queued(waiting) => {
                self.came += 1;
                self.queue.push(Call {
                    waiting,
                    nth: self.came,
                    until: self.now.plus(self.wait),
                    due: self.now,
                    bell: Arc::default(),
                });
            }
            Entry::Refused { retry_after } => assert!(retry_after > self.wait),
        }
    }

    /// Dropped by its caller before its turn, or with a token that it does not use.
    fn leave(&mut self, nth: usize) {
        let call = self.queue.remove(nth);
        match call.waiting.expire(self.now) {
            Ok(token) => self.send(token),
            Err(left) => assert!(!left.is_zero()),
        }
    }

    /// Tasks that were woken, or whose timers ring, are polled until nothing happens any more.
    fn settle(&mut self) {
        loop {
            let now = self.now;
            let ready = |call: &Call| call.due <= now || call.bell.0.swap(0, Ordering::SeqCst) > 0;
            let Some(nth) = self.queue.iter().position(ready) else {
                return;
            };
            let call = &mut self.queue[nth];
            match poll(&mut call.waiting, now, &call.bell) {
                Ok(token) => {
                    assert!(call.nth > self.last, "first come, first served");
                    self.last = call.nth;
                    self.queue.remove(nth);
                    self.send(token);
                }
                Err(due) => {
                    assert!(due > now, "what is due is granted");
                    assert!(due <= call.until, "nobody waits in vain");
                    call.due = due;
                }
            }
        }
    }

    /// Time passes; timers ring up to a millisecond late.
    fn pass(&mut self, random: &mut fastrand::Rng) {
        let target = self.now.plus(Duration::from_micros(random.u64(0..3_000)));
        while let Some(due) = self.queue.iter().map(|call| call.due).min() {
            let rings = due.plus(Duration::from_micros(random.u64(0..1_000)));
            if rings > target {
                break;
            }
            self.now = self.now.max(rings);
            self.settle();
        }
        self.now = self.now.max(target);
        self.settle();
    }
}

#[test]
fn in_every_history_the_rate_is_kept_and_the_order_too() {
    let (mut sent, mut waited) = (0, 0);
    for seed in 0..300 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut world = World::new(&mut random);
        for _ in 0..600 {
            match random.u32(0..10) {
                0..5 => world.come(),
                5 if !world.queue.is_empty() => world.leave(random.usize(0..world.queue.len())),
                _ => world.pass(&mut random),
            }
            world.settle();
        }
        let shown = world.core.snapshot(world.now).queued;
        assert_eq!(shown as usize, world.queue.len(), "seed {seed}");
        (sent, waited) = (sent + world.sent.len(), waited + world.last);
    }
    assert!(
        sent > 15_000 && waited > 10_000,
        "{sent} sent, {waited} had waited"
    );
}
