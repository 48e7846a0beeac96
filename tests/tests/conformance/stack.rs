//! The policies of a case as the runtime's own, composed in the case's order.
//!
//! In: layers, outermost first, and a body. Out: one future. Refuses nothing.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use resilient_runtime::Failure;
use resilient_runtime::by_hand::{self, Classified, Failing, Ignoring};
use serde_json::Value;
use tokio::time::sleep;

use super::fault::{Answer, Fault};
use super::world::World;

/// A case needs something the runtime does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack(pub &'static str);

pub type Means = Box<dyn Fn(&Fault) -> Failure + Send + Sync>;
pub type Values = Box<dyn Fn(&Value) -> Option<Failure> + Send + Sync>;
pub type Skips = Box<dyn Fn(&Fault) -> bool + Send + Sync>;

pub type Retry = by_hand::Retry<Failing<Classified<Means>, Values>>;
pub type Breaker = by_hand::Breaker<Ignoring<Failing<Classified<Means>, Values>, Skips>>;

pub type Fallback = by_hand::Fallback<Failing<Classified<Means>, Values>>;

/// What a fallback does.
pub struct Instead {
    pub after: Duration,
    pub answer: Answer,
    pub world: Arc<World>,
}

#[allow(
    clippy::large_enum_variant,
    reason = "a handful for each case, made once"
)]
pub enum Does {
    Retry(Retry),
    Timeout(by_hand::Timeout),
    Breaker(Breaker),
    Bulkhead(by_hand::Bulkhead),
    RateLimit(by_hand::RateLimit),
    Fallback(Fallback, Instead),
}

pub struct Layer {
    /// As the case names it.
    pub id: String,
    /// As the registry knows it.
    pub name: &'static str,
    pub does: Does,
}

pub type Running<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Runs a body inside of these layers, outermost first.
pub fn run<'a>(
    layers: &'a [&'a Layer],
    body: &'a (dyn Fn() -> Running<'a> + Send + Sync),
) -> Running<'a> {
    let Some((outer, inner)) = layers.split_first() else {
        return body();
    };
    match &outer.does {
        Does::Retry(retry) => Box::pin(retry.run(move || run(inner, body))),
        Does::Timeout(timeout) => Box::pin(timeout.run(run(inner, body))),
        Does::Breaker(breaker) => Box::pin(breaker.run(run(inner, body))),
        Does::Bulkhead(bulkhead) => Box::pin(bulkhead.run(run(inner, body))),
        Does::RateLimit(rate_limit) => Box::pin(rate_limit.run(run(inner, body))),
        Does::Fallback(fallback, instead) => {
            let instead = |_failed| async {
                instead.world.fell_back();
                if !instead.after.is_zero() {
                    sleep(instead.after).await;
                }
                instead.answer.clone()
            };
            Box::pin(fallback.run(run(inner, body), instead))
        }
    }
}
