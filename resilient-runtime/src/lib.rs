//! Resilient calls to services you don't control, as annotations checked by the compiler.
//!
//! Write down what a call does to the service, how long it may take and what to do when it fails. The
//! attributes turn that into a stack of policies in the one safe order, and refuse to compile what would go wrong.
//!
//! ```
//! use resilient_runtime::{Classify, FromRejected, Rejected, breaker, bulkhead, retry, timeout};
//!
//! #[derive(Debug, Classify, FromRejected)]
//! enum RateError {
//!     #[failure(permanent)]
//!     NoSuchCurrency,
//!     #[failure(from)]
//!     Network(std::io::Error),
//!     Policy(Rejected),
//! }
//!
//! #[retry(read_only)]
//! #[timeout(total = "2s", attempt = "500ms")]
//! #[breaker("rates")]
//! #[bulkhead(32)]
//! async fn rate(currency: &str) -> Result<f64, RateError> {
//!     if currency.len() == 3 { Ok(1.08) } else { Err(RateError::NoSuchCurrency) }
//! }
//! # #[cfg(feature = "testing")]
//! # resilient_runtime::testing::run(async { assert!(rate("EUR").await.is_ok()) });
//! ```
//!
//! # The attributes
//!
//! | attribute | what it does |
//! |---|---|
//! | [`read_only`](macro@crate::read_only) [`idempotent`](macro@crate::idempotent) [`non_idempotent`](macro@crate::non_idempotent) | say what the call does to the service; do nothing at run time |
//! | [`retry`](macro@crate::retry) | repeats when repeating is safe and may help |
//! | [`timeout`](macro@crate::timeout) | bounds the whole call, and each attempt |
//! | [`breaker`](macro@crate::breaker) | stops calling a service that fails, notices when it is back |
//! | [`hedge`](macro@crate::hedge) | sends a call that takes long once more beside itself, takes the first answer |
//! | [`rate_limit`](macro@crate::rate_limit) | limits the calls in a span of time, with a short queue |
//! | [`bulkhead`](macro@crate::bulkhead) | limits the calls in flight, with a short queue |
//! | [`failover`](macro@crate::failover) | calls the next provider, when the first certainly did nothing |
//! | [`fallback`](macro@crate::fallback) | answers from somewhere else |
//! | [`on_unknown`](macro@crate::on_unknown) | finds out what became of a call whose answer was lost: confirms or cancels it, never repeats it |
//! | [`dependency`](macro@crate::dependency) | names the service: its budget, its breaker and limits, its events; on a whole `impl` with options for all of it |
//! | [`database`](macro@crate::database) | says that the function is a call of the database, which may take a transaction |
//! | [`Classify`](derive@crate::Classify) [`FromRejected`](derive@crate::FromRejected) | derives: what an error means, how it carries a rejection |
//!
//! They stand on an `async fn` that returns a `Result`: free, method, of a trait's implementation, generic, with
//! `impl Trait` arguments, inside `#[async_trait]`, above or below `#[tracing::instrument]`. Effects also stand on a
//! trait's method without a body. Every option and its default is on the attribute's page; where the numbers
//! come from is in [`guide::defaults`]; what the compiler refuses, and why, on
//! [the page of the rules](https://github.com/resilient-rs/resilient/blob/main/docs/rules.md).
//!
//! # The order
//!
//! It is fixed, whatever the order in the source:
//!
//! ```text
//!  call ─▶ fallback                 answers when everything inside has failed, outside of the total time
//!      └─▶ total timeout            starts when the call is first polled
//!          └─▶ failover             the next provider, when the loop inside it has ended without an answer
//!            └─▶ retry              one round for every attempt; backoff between rounds, nothing held
//!                  └─▶ hedge        one more lane when an attempt takes long; each goes its own way from here
//!                        └─▶ breaker     looks: an open one refuses before anything is spent or queued
//!                              └─▶ rate limit          a token, or a place in the queue
//!                                    └─▶ bulkhead      a permit, or a place in the queue
//!                                          └─▶ breaker admits: a probe's slot, behind the queues
//!                                                └─▶ attempt timeout, and the intent in the journal of `on_unknown`
//!                                                      └─▶ your function
//! ```
//!
//! Behind a lost attempt, and before it is repeated, `on_unknown` asks the service what became of it.
//! A refusal by breaker, rate limit or bulkhead ends the loop at once. It is no attempt, and costs no budget. Every
//! attempt takes a token and a permit of its own.
//!
//! # Effects: what if the service does this twice?
//!
//! An annotated function returns an ordinary future that also says its effect: `impl Call<Output = R, Effect = E>`, see
//! [`Call`]. The effects are ordered, [`ReadOnly`](effect::ReadOnly) < [`Idempotent`](effect::Idempotent) <
//! [`NonIdempotent`](effect::NonIdempotent), and an annotated function may only await calls whose effect is at most its
//! own. So a payment inside a retry is a compile error at the payment, through functions, generics, traits and crates:
//!
//! ```compile_fail
//! # use resilient_runtime::{non_idempotent, retry};
//! # use std::io::Result;
//! #[non_idempotent]
//! async fn charge(order: u64) -> Result<u64> {
//!     Ok(order)
//! }
//!
//! #[retry(idempotent)]
//! async fn checkout(order: u64) -> Result<u64> {
//!     charge(order).await // error: this call is not `Idempotent`
//! }
//! ```
//!
//! For one await that you vouch for there are [`assume_idempotent`] and [`assume_read_only`]. At run time a guard
//! stops repeats that types cannot see; [`guide::cannot_see`] lists what neither sees.
//!
//! # Failures and errors
//!
//! Every policy that looks at failures asks one classifier per function what an error means: [`Classify`] gives a
//! [`Failure`]. `NotSent` and `Unknown` are the two that matter most: after the first a payment may be
//! sent again, after the second never. A timeout is `Unknown`, not "failed".
//!
//! Policies return the function's own error type. What they return instead of an answer is a [`Rejected`]; error
//! types carry it by `From<Rejected>`, see [`FromRejected`].
//!
//! | it refused or ended the call | [`Kind`](rejected::Kind) | [`failure()`](Classify::failure) |
//! |---|---|---|
//! | `timeout` | `TotalTimeout`, `AttemptTimeout` | `Unknown` once the body was polled, else `Rejected` |
//! | `timeout` | `DeadlineExceeded`: too little of the caller's time was left | `Rejected` |
//! | `breaker` | `BreakerOpen` | `Rejected`, with the time until it lets a probe through |
//! | `rate_limit` | `RateLimited` | `Rejected`, with the time until its turn would have come |
//! | `bulkhead` | `BulkheadFull`, `BulkheadTimeout` | `Rejected` |
//! | `on_unknown` | `NotCarriedOut`, `Cancelled`, `Unresolved` | `NotSent`, `Rejected`, `Unknown` |
//! | `on_unknown` | `JournalFull`, `JournalFailed`, `UnfitKey` | `Rejected` |
//!
//! # Cancellation
//!
//! Dropping a call's future cancels it, at any await. Permits, probe slots and places in queues are given back;
//! backoff costs nothing. A non-idempotent call that had begun may have been carried out all the same, and counts so.
//! Each attribute's page says what a drop does at each of its waits.
//!
//! # Looking and steering
//!
//! [`registry()`] lists all state that has been used: [`snapshot`](registry::Registry::snapshot) shows it,
//! [`validate`](registry::Registry::validate) finds names with contradicting numbers, commands such as
//! [`force_open`](registry::Registry::force_open) steer by name. [`Scope::observe`] delivers [events](event::Event) of retries,
//! refusals and breakers, outside of every lock and never with arguments, keys or error texts in them.
//!
//! # Scopes and tests
//!
//! All state of `static`s and names lives in a [`Scope`]. The process has one; `Scope::new().run(future)` gives a future another. A test
//! annotated with `#[resilient_runtime::test]` (feature `testing`) has a scope of its own and a paused clock:
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use std::time::Duration;
//! use resilient_runtime::{Rejected, non_idempotent, testing, timeout};
//!
//! #[non_idempotent]
//! #[timeout("1h", unknown(to_caller))]
//! async fn charge() -> Result<(), Rejected> {
//!     std::future::pending().await
//! }
//!
//! testing::run(async { // what `#[resilient_runtime::test]` does
//!     let start = tokio::time::Instant::now();
//!     assert!(charge().await.unwrap_err().is_unknown());
//!     assert_eq!(start.elapsed(), Duration::from_secs(3_600)); // at once
//! });
//! # }
//! ```
//!
//! Time is tokio's clock everywhere, so its paused clock drives every policy. Other runtimes and wasm are out of scope.
//!
//! # Without macros
//!
//! [`by_hand`] has the same policies as values that wrap a future and nest in any order, without the checks;
//! [`guide::by_hand`] is their page.
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `runtime` | yes | the policies; pulls tokio's timer, backon, governor and fastrand. Without it the crate offers effects, [`Call`], [`Classify`] and [`Rejected`] alone, for libraries that only declare |
//! | `testing` | | `#[resilient_runtime::test]` and the module `testing`; pulls tokio's test clock |
//! | `config` | | [`config::Config`] reads overrides from files in TOML |
//! | `anyhow` | | `Classify` for `anyhow::Error` |
//! | `reqwest` | | `Classify` for `reqwest::Error`, `failure::response` for its answers |
//! | `tonic` | | `Classify` for `tonic::Status`, which carries rejections too |
//! | `hyper` | | `Classify` for `hyper::Error`, its `TrySendError`, and the `Error` of hyper-util's legacy client |
//! | `sqlx` | | `Classify` for `sqlx::Error`, `failure::acquiring` for functions that only connect; needs Rust 1.94, as sqlx 0.9 does |
//! | `redis` | | `Classify` for `redis::RedisError` |
//! | `object_store` | | `Classify` for `object_store::Error` and its `HttpError` |
//! | `aws` | | `Classify` for `SdkError` of every client of the AWS SDK, `failure::aws_once` for clients that do not repeat; the SDK may need a newer Rust |
//! | `tracing` | | a span for every call and every attempt, log events for retries, refusals and breakers, see [`event`]; effects pass through `tracing`'s instrumented futures |
//! | `futures` | | effects pass through the combinators and unordered streams of `futures-util` |
//!
//! Minimum Rust version: 1.85.

#[cfg(feature = "runtime")]
mod blocking;
#[cfg(feature = "runtime")]
pub mod breaker;
#[cfg(feature = "runtime")]
pub mod bulkhead;
#[cfg(feature = "runtime")]
mod call;
#[cfg(feature = "reqwest")]
pub mod client;
#[cfg(feature = "runtime")]
pub mod clock;
#[cfg(feature = "runtime")]
pub mod config;
#[cfg(feature = "runtime")]
mod context;
pub mod database;
#[cfg(feature = "runtime")]
pub mod deadline;
pub mod dependency;
pub mod effect;
#[cfg(feature = "runtime")]
pub mod event;
#[cfg(feature = "runtime")]
pub mod failover;
pub mod failure;
#[cfg(feature = "runtime")]
pub mod fallback;
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(feature = "runtime")]
pub mod hedge;
#[cfg(feature = "runtime")]
mod hold;
#[cfg(feature = "runtime")]
mod in_call;
#[cfg(feature = "runtime")]
mod in_transaction;
#[cfg(feature = "runtime")]
mod keyed;
#[cfg(feature = "runtime")]
pub mod on_unknown;
#[cfg(all(test, feature = "runtime"))]
mod properties;
#[cfg(feature = "runtime")]
mod queue;
#[cfg(feature = "runtime")]
pub mod rate_limit;
#[cfg(feature = "runtime")]
pub mod registry;
pub mod rejected;
#[cfg(feature = "runtime")]
pub mod retry;
#[cfg(feature = "runtime")]
mod scope;
#[cfg(feature = "runtime")]
mod shared;
#[cfg(feature = "runtime")]
mod stripes;
#[cfg(feature = "runtime")]
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "runtime")]
pub mod timeout;
#[cfg(feature = "runtime")]
mod trace;

#[doc(hidden)]
pub mod __private;

/// Beside each attribute a module of its name: a sibling that is taken off a function is mentioned by its
/// receipt, so that its import stays used and a foreign attribute of the same name is found out.
macro_rules! receipts {
    ($($name:ident)*) => {
        $(
            #[doc(hidden)]
            pub mod $name {
                #[doc(hidden)]
                pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
            }
        )*
    };
}

receipts! { read_only idempotent non_idempotent }

#[cfg(feature = "runtime")]
pub use blocking::{Blocking, blocking};
#[cfg(feature = "runtime")]
pub use call::{Answer, IdempotencyKey, by_hand, idempotency_key};
#[cfg(feature = "runtime")]
pub use deadline::{Deadline, remaining, with_deadline};
pub use effect::{Call, assume_idempotent, assume_read_only};
pub use failure::{Classify, Failure};
#[cfg(feature = "runtime")]
pub use hold::{BodyError, Hold, hold};
#[cfg(feature = "runtime")]
pub use in_call::{InCall, in_call};
#[cfg(feature = "runtime")]
pub use in_transaction::{InTransaction, in_transaction};
#[cfg(feature = "runtime")]
pub use registry::registry;
pub use rejected::{FromRejected, Rejected};
#[cfg(feature = "testing")]
pub use resilient_macros::test;
#[doc(inline)]
pub use resilient_macros::{
    Classify, FromRejected, database, dependency, idempotent, non_idempotent, read_only,
};
#[cfg(feature = "runtime")]
#[doc(inline)]
pub use resilient_macros::{
    breaker, bulkhead, failover, fallback, hedge, on_unknown, rate_limit, retry, timeout,
};
#[cfg(feature = "runtime")]
pub use scope::{Scope, Scoped};
