//! The states of a whole stack under random schedules: breaker, bulkhead and budget in the order in which an attempt
//! goes through them, with drops at every point. `RUSTFLAGS="--cfg resilient_schedules" cargo test --lib schedules`.
//!
//! The futures of a call keep what they inherit in a thread-local, and the scheduler runs all its threads on one; so
//! here the states meet without the futures.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use shuttle::rand::Rng as _;
use shuttle::sync::atomic::{AtomicU64, Ordering};
use shuttle::{future, rand, thread};

use crate::breaker::{self, Outcome, Ticket};
use crate::bulkhead::{self, Entry, Permit};
use crate::clock::Stamp;
use crate::retry::budget;
use crate::shared::{Ref, State};

const SCHEDULES: usize = 100_000;
const NOW: Stamp = Stamp::FIRST;
const LIMIT: u32 = 1;
const SAVED: u32 = 1;

/// What three callers share.
struct Stack {
    breaker: Ref<breaker::Core>,
    bulkhead: Ref<bulkhead::Core>,
    budget: budget::Core,
    inside: AtomicU64,
    paid: AtomicU64,
    given_back: AtomicU64,
}

impl Stack {
    fn new() -> Self {
        let breaker = breaker::Settings::new().min_calls(2).consecutive(2);
        let bulkhead = bulkhead::Settings::new(LIMIT).wait(Duration::from_secs(1));
        Self {
            breaker: Ref::Owned(Arc::new(breaker::Core::new(breaker))),
            bulkhead: Ref::Owned(Arc::new(bulkhead::Core::new(bulkhead.queue(1)))),
            budget: budget::Core::new(budget::Settings::new().save(SAVED)),
            inside: AtomicU64::new(0),
            paid: AtomicU64::new(0),
            given_back: AtomicU64::new(0),
        }
    }

    /// A permit; none where the queue is full, or the caller leaves it.
    fn permit(&self) -> Option<Permit> {
        match bulkhead::Core::try_enter(&self.bulkhead) {
            Entry::Entered(permit) => Some(permit),
            Entry::Full => None,
            Entry::Queued(waiting) if rand::thread_rng().gen_bool(0.5) => {
                drop(waiting);
                None
            }
            Entry::Queued(mut waiting) => {
                Some(future::block_on(poll_fn(move |cx| waiting.poll(cx))))
            }
        }
    }

    /// One attempt, as the gates make it; whether it was sent and answered.
    fn attempt(&self) -> Option<bool> {
        self.breaker.look(NOW).ok()?;
        let permit = self.permit()?;
        let admission = self.breaker.admit(NOW).0.ok()?;
        let mut ticket = Ticket::new(self.breaker.clone(), admission);
        let before = self.inside.fetch_add(1, Ordering::SeqCst);
        assert!(before < u64::from(LIMIT), "over the limit");
        thread::yield_now();
        self.inside.fetch_sub(1, Ordering::SeqCst);
        let answered = match rand::thread_rng().gen_range(0..3) {
            0 => Some(true),
            1 => Some(false),
            // The caller has left.
            _ => None,
        };
        if let Some(answered) = answered {
            let outcome = if answered {
                Outcome::Success
            } else {
                Outcome::Failure {
                    unknown: true,
                    retry_after: None,
                }
            };
            ticket.finish(outcome, || NOW);
        }
        drop(ticket);
        drop(permit);
        answered
    }

    /// An attempt, and a repeat if the budget pays for it.
    fn call(&self) {
        match self.attempt() {
            Some(true) => self.budget.earn(NOW),
            Some(false) if self.budget.spend(false, NOW) => {
                self.paid.fetch_add(1, Ordering::SeqCst);
                if self.attempt().is_none() {
                    self.budget.give_back(false, NOW);
                    self.given_back.fetch_add(1, Ordering::SeqCst);
                }
            }
            _ => {}
        }
    }

    /// Whatever happened, nothing is held and nothing was lost.
    fn at_rest(&self) {
        let bulkhead = self.bulkhead.snapshot();
        assert_eq!(
            (bulkhead.in_flight, bulkhead.queued),
            (0, 0),
            "a permit is lost"
        );
        let budget = self.budget.snapshot(NOW);
        assert!(budget.tokens <= f64::from(SAVED), "{budget:?}");
        let kept = self.paid.load(Ordering::SeqCst) - self.given_back.load(Ordering::SeqCst);
        assert_eq!(budget.repeats, kept, "what was paid and not given back");
        let breaker = self.breaker.snapshot(NOW);
        assert!(breaker.calls <= 6, "each attempt counts once: {breaker:?}");
        drop(bulkhead::Core::enter_plainly(self.bulkhead.clone()).expect("the way is open again"));
    }
}

#[test]
fn nothing_is_lost_under_any_schedule_of_three_callers() {
    let began = std::time::Instant::now();
    shuttle::check_random(
        || {
            let stack = Arc::new(Stack::new());
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    let stack = Arc::clone(&stack);
                    thread::spawn(move || stack.call())
                })
                .collect();
            for caller in callers {
                caller.join().unwrap();
            }
            stack.at_rest();
        },
        SCHEDULES,
    );
    eprintln!("{SCHEDULES} schedules in {:?}", began.elapsed());
}

#[test]
#[should_panic(expected = "over the limit")]
fn a_stack_whose_bulkhead_looks_and_then_counts_is_caught() {
    shuttle::check_random(
        || {
            let inside = Arc::new(AtomicU64::new(0));
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    let inside = Arc::clone(&inside);
                    thread::spawn(move || {
                        if inside.load(Ordering::SeqCst) < u64::from(LIMIT) {
                            let before = inside.fetch_add(1, Ordering::SeqCst);
                            assert!(before < u64::from(LIMIT), "over the limit");
                        }
                    })
                })
                .collect();
            for caller in callers {
                caller.join().unwrap();
            }
        },
        SCHEDULES,
    );
}
