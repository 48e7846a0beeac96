//! The same policies by the crates people would take otherwise, each as its guide puts it together.
//!
//! A service is driven as cheaply as it can be: made once for each thread, readied and called in place.

pub(crate) mod seatbelts;
pub(crate) mod towers;

use std::cell::RefCell;
use std::time::Duration;

use failsafe::futures::CircuitBreaker as _;
use tokio_retry2::strategy::ExponentialBackoff;
use tokio_retry2::{Retry, RetryError};

use crate::{CallError, bare, drive};

/// An attempt may take this long.
const ATTEMPT: Duration = Duration::from_millis(500);

/// A call through something that was made once.
pub type Driven = Box<dyn FnMut(u32) -> u64>;

/// What a thread keeps of one peer.
type Kept = RefCell<Option<Driven>>;

macro_rules! peers {
    ($($name:literal $make:path)*) => {
        /// Every peer, by name.
        pub static PEERS: &[crate::Other] = &[$(($name, |pending| {
            thread_local!(static KEPT: Kept = const { RefCell::new(None) });
            KEPT.with_borrow_mut(|kept| kept.get_or_insert_with($make)(pending))
        })),*];
    };
}

peers! {
    "timeout/tower" towers::timeout
    "timeout/tower-resilience" towers::time_limiter
    "timeout/seatbelt" seatbelts::timeout
    "retry/tokio-retry2" tokio_retry
    "retry/tower-resilience" towers::retry
    "retry/seatbelt" seatbelts::retry
    "breaker/failsafe" failsafe
    "breaker/tower-resilience" towers::breaker
    "breaker/seatbelt" seatbelts::breaker
    "bulkhead/tower" towers::concurrency_limit
    "bulkhead/tower-resilience" towers::bulkhead
    "rate_limit/tower" towers::tower_rate
    "rate_limit/tower-resilience" towers::rate_limiter
    "3/seatbelt" seatbelts::three
    "3/tower-resilience" towers::three
    "4/tower-resilience" towers::four
    "5/tower-resilience" towers::five
}

fn tokio_retry() -> Driven {
    Box::new(|pending| {
        let delays = ExponentialBackoff::from_millis(10).take(2);
        drive(pending, async move {
            Retry::spawn(delays, || async move {
                bare(pending).await.map_err(|error| match error {
                    CallError::Failed => RetryError::transient(error),
                    _ => RetryError::permanent(error),
                })
            })
            .await
        })
    })
}

/// A "no" is an answer.
pub(crate) fn has_failed(error: &CallError) -> bool {
    matches!(error, CallError::Failed)
}

fn failsafe() -> Driven {
    let breaker = failsafe::Config::new().build();
    Box::new(move |pending| {
        drive(pending, async {
            breaker
                .call_with(has_failed, bare(pending))
                .await
                .map_err(|_| CallError::Failed)
        })
    })
}

/// A breaker of tower-resilience that has let one call through, for its size.
#[must_use]
pub fn kept_breaker() -> Driven {
    let mut breaker = towers::breaker();
    breaker(0);
    breaker
}
