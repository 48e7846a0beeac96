//! A partner in memory that knows what it did, on a paused clock: many calls, every fault at every attempt, callers
//! that leave and calls that panic.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;
use resilient_runtime::{Classify, Failure, FromRejected, Rejected, retry, testing, timeout};

const CALLS: usize = 100_000;

/// How one attempt ends for the caller.
#[derive(Debug, Clone, Classify, FromRejected)]
enum Lost {
    #[failure(not_sent)]
    Refused,
    #[failure(unknown)]
    Reset,
    #[failure(transient)]
    TryLater,
    #[failure(overloaded)]
    TooMany,
    #[failure(permanent)]
    Invalid,
    #[failure(from)]
    Rejected(Rejected),
}

/// What the partner does with one request.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Answered,
    /// Carried out or not, and the connection breaks.
    Reset {
        carried_out: bool,
    },
    /// Carried out or not, and nobody answers.
    Silence {
        carried_out: bool,
    },
    /// Carried out; the answer takes longer than the caller waits.
    Late,
    Panic {
        carried_out: bool,
    },
    Error(fn() -> Lost),
}

/// The partner, and how often it carried out the present call.
struct Partner(RefCell<(fastrand::Rng, usize)>);

impl Partner {
    fn fate(&self) -> Fate {
        let (random, _) = &mut *self.0.borrow_mut();
        let carried_out = random.bool();
        match random.u8(..12) {
            0..3 => Fate::Answered,
            3 => Fate::Reset { carried_out },
            4 => Fate::Silence { carried_out },
            5 => Fate::Late,
            6 => Fate::Panic { carried_out },
            7 | 8 => Fate::Error(|| Lost::Refused),
            9 => Fate::Error(|| Lost::TryLater),
            10 => Fate::Error(|| Lost::TooMany),
            _ => Fate::Error(|| Lost::Invalid),
        }
    }

    fn carry_out(&self, really: bool) {
        self.0.borrow_mut().1 += usize::from(really);
    }

    async fn exchange(&self) -> Result<u32, Lost> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        match self.fate() {
            Fate::Answered => self.carry_out(true),
            Fate::Reset { carried_out } => {
                self.carry_out(carried_out);
                return Err(Lost::Reset);
            }
            Fate::Silence { carried_out } => {
                self.carry_out(carried_out);
                std::future::pending::<()>().await;
            }
            Fate::Late => {
                self.carry_out(true);
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
            Fate::Panic { carried_out } => {
                self.carry_out(carried_out);
                panic!("on purpose");
            }
            Fate::Error(error) => return Err(error()),
        }
        Ok(7)
    }
}

#[retry(read_only, backoff(fixed, "1ms"), budget(none))]
#[timeout(total = "1s", attempt = "50ms")]
async fn read(partner: &Partner) -> Result<u32, Lost> {
    partner.exchange().await
}

#[retry(idempotent, backoff(fixed, "1ms"), budget(none))]
#[timeout(total = "1s", attempt = "50ms")]
async fn set(partner: &Partner) -> Result<u32, Lost> {
    partner.exchange().await
}

#[retry(not_sent, backoff(fixed, "1ms"), budget(none))]
#[timeout(total = "1s", attempt = "50ms", unknown(to_caller))]
async fn charge(partner: &Partner) -> Result<u32, Lost> {
    partner.exchange().await
}

/// Hidden behind a function that says nothing: only the guard can stop the repeat.
#[retry(idempotent, backoff(fixed, "1ms"), budget(none))]
async fn careless(partner: &Partner) -> Result<u32, Lost> {
    unannotated(partner).await
}

async fn unannotated(partner: &Partner) -> Result<u32, Lost> {
    charge(partner).await
}

/// A reset is "not sent", some say.
fn wrong(error: &Lost) -> Failure {
    match error {
        Lost::Reset => Failure::NotSent,
        other => other.failure(),
    }
}

#[retry(not_sent, backoff(fixed, "1ms"), budget(none))]
#[timeout(total = "1s", attempt = "50ms", unknown(to_caller), classify(wrong))]
async fn charge_by_a_wrong_classifier(partner: &Partner) -> Result<u32, Lost> {
    partner.exchange().await
}

/// What a series of calls came to.
#[derive(Default)]
struct Tally {
    /// Calls that were carried out more than once.
    twice: usize,
    /// Calls whose error says "not sent" although they were carried out.
    denied: usize,
    answered: usize,
    left: usize,
    panicked: usize,
}

macro_rules! calls {
    ($call:ident, $seed:expr) => {
        testing::run(async {
            let partner = Partner(RefCell::new((fastrand::Rng::with_seed($seed), 0)));
            let mut leaving = fastrand::Rng::with_seed(!$seed);
            let mut tally = Tally::default();
            for _ in 0..CALLS / 4 {
                partner.0.borrow_mut().1 = 0;
                let patience = if leaving.u8(..10) == 0 {
                    Duration::from_millis(leaving.u64(..120))
                } else {
                    Duration::from_hours(1)
                };
                let call = tokio::time::timeout(
                    patience,
                    AssertUnwindSafe($call(&partner)).catch_unwind(),
                );
                let ended = call.await;
                let carried_out = partner.0.borrow().1;
                tally.twice += usize::from(carried_out > 1);
                match ended {
                    Err(_) => tally.left += 1,
                    Ok(Err(_)) => tally.panicked += 1,
                    Ok(Ok(Ok(_))) => tally.answered += 1,
                    Ok(Ok(Err(error))) => {
                        let denied = error.failure().is_not_sent() && carried_out > 0;
                        tally.denied += usize::from(denied);
                    }
                }
            }
            tally
        })
    };
}

/// Panics that are part of the test are not worth a line each.
fn quietly<T>(test: impl FnOnce() -> T + Send + 'static) -> T
where
    T: Send + 'static,
{
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.to_string().contains("on purpose") {
            hook(panic);
        }
    }));
    std::thread::spawn(test).join().unwrap()
}

#[test]
fn in_a_hundred_thousand_calls_no_charge_is_made_twice_and_none_is_denied() {
    quietly(|| {
        let (read, set) = (calls!(read, 1_u64), calls!(set, 2_u64));
        let (charge, careless) = (calls!(charge, 3_u64), calls!(careless, 4_u64));
        for (name, tally) in [("charge", &charge), ("careless", &careless)] {
            assert_eq!(tally.twice, 0, "{name}");
        }
        for (name, tally) in [
            ("read", &read),
            ("set", &set),
            ("charge", &charge),
            ("careless", &careless),
        ] {
            // The faults really came, and so did answers.
            assert!(
                tally.left > 100 && tally.panicked > 1_000 && tally.answered > 5_000,
                "{name}"
            );
        }
        assert!(
            read.twice > 1_000 && set.twice > 1_000,
            "what may be repeated is"
        );
        assert!(set.answered > charge.answered, "and is answered more often");
        // A read may say so of its last attempt: it does not matter what became of the others.
        for (name, tally) in [("set", &set), ("charge", &charge), ("careless", &careless)] {
            assert_eq!(tally.denied, 0, "{name}");
        }
        let wrong = calls!(charge_by_a_wrong_classifier, 3_u64);
        assert!(
            wrong.twice > 100,
            "the control must be caught: {}",
            wrong.twice
        );
    });
}
