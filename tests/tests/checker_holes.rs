//! What the effect checker cannot see: each of these compiles. Almost all of it the guard stops at run time, after one
//! attempt; the last two nothing stops.
//!
//! A new way to hide a payment belongs either here or among the cases of `ui/checker/fail`.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use futures::FutureExt;
use resilient_runtime::{Classify, Failure, idempotent, non_idempotent, retry};

#[derive(Debug, Clone)]
struct Lost;

impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

type Answer = Result<u64, Lost>;

/// Counts attempts and payments of one call.
#[derive(Default)]
struct Calls {
    attempts: AtomicU32,
    payments: AtomicU32,
}

impl Calls {
    fn attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }
}

/// A payment whose answer is always lost.
#[non_idempotent]
async fn pay(calls: &'static Calls) -> Answer {
    calls.payments.fetch_add(1, Ordering::Relaxed);
    Err(Lost)
}

/// How many attempts and payments a call makes.
async fn of<F: Future<Output = Answer>>(call: impl FnOnce(&'static Calls) -> F) -> (u32, u32) {
    let calls: &'static Calls = Box::leak(Box::default());
    call(calls)
        .await
        .expect_err("every payment's answer is lost");
    (
        calls.attempts.load(Ordering::Relaxed),
        calls.payments.load(Ordering::Relaxed),
    )
}

/// One function for each hole, and one test for each list.
macro_rules! holes {
    ($test:ident, $times:expr; $($name:ident($calls:ident) { $($body:tt)* })*) => {
        $(
            #[retry(idempotent)]
            async fn $name($calls: &'static Calls) -> Answer {
                $calls.attempt();
                $($body)*
            }
        )*

        #[resilient_runtime::test]
        async fn $test() {
            $(assert_eq!(of($name).await, ($times, $times), stringify!($name));)*
        }
    };
}

async fn unannotated(calls: &'static Calls) -> Answer {
    pay(calls).await
}

fn returns_a_future(calls: &'static Calls) -> impl Future<Output = Answer> {
    pay(calls)
}

async fn drives<F: Future<Output = Answer>>(future: F) -> Answer {
    future.await
}

#[idempotent]
async fn declared_and_drives<F: Future<Output = Answer>>(future: F) -> Answer {
    future.await
}

async fn calls_back<F: Future<Output = Answer>>(call: impl Fn() -> F) -> Answer {
    call().await
}

#[idempotent]
async fn declared_and_calls_back<F: Future<Output = Answer>>(call: impl Fn() -> F) -> Answer {
    call().await
}

async fn calls_with<F: Future<Output = Answer>>(
    call: impl Fn(&'static Calls) -> F,
    calls: &'static Calls,
) -> Answer {
    call(calls).await
}

type Boxed = Pin<Box<dyn Future<Output = Answer>>>;

fn boxed(calls: &'static Calls) -> Boxed {
    Box::pin(pay(calls))
}

/// A port that says nothing about effects.
trait Silent {
    fn boxed(&self, calls: &'static Calls) -> Boxed;
}
/// A default body that nobody checks.
trait Plain {
    async fn plain(&self, calls: &'static Calls) -> Answer {
        pay(calls).await
    }
}
struct Bank;
impl Plain for Bank {}
impl Silent for Bank {
    fn boxed(&self, calls: &'static Calls) -> Boxed {
        boxed(calls)
    }
}

#[async_trait]
trait Erased {
    async fn pay(&self, calls: &'static Calls) -> Answer;
}
#[async_trait]
impl Erased for Bank {
    #[non_idempotent]
    async fn pay(&self, calls: &'static Calls) -> Answer {
        pay(calls).await
    }
}

macro_rules! awaited {
    ($call:expr) => {
        $call.await
    };
}
macro_rules! paid {
    ($calls:expr) => {
        pay($calls).await
    };
}

holes! {
    what_is_hidden_from_the_compiler_is_stopped_by_the_guard, 1;

    function_without_an_effect_in_between(calls) { unannotated(calls).await }
    function_that_returns_a_future(calls) { returns_a_future(calls).await }
    future_handed_on(calls) { drives(pay(calls)).await }
    future_handed_to_a_declared_function(calls) { declared_and_drives(pay(calls)).await }
    closure_handed_on(calls) { calls_back(|| pay(calls)).await }
    closure_handed_to_a_declared_function(calls) { declared_and_calls_back(|| pay(calls)).await }
    function_handed_on(calls) { calls_with(pay, calls).await }
    function_pointer(calls) {
        let call: fn(&'static Calls) -> Boxed = boxed;
        call(calls).await
    }
    trait_object(calls) {
        let bank: &dyn Silent = &Bank;
        bank.boxed(calls).await
    }
    method_that_says_nothing(calls) { Bank.boxed(calls).await }
    default_body_that_says_nothing(calls) { Plain::plain(&Bank, calls).await }
    async_trait_method(calls) { Bank.pay(calls).await }
    await_in_an_unknown_macro(calls) { awaited!(pay(calls)) }
    call_and_await_in_an_unknown_macro(calls) { paid!(calls) }
    combinator_inside_a_combinator(calls) {
        let inner = async {}.then(|()| pay(calls));
        let outer = inner.map(|answer| answer);
        outer.await
    }
    method_in_the_body(calls) {
        struct Inner;
        impl Inner {
            async fn pay(&self, calls: &'static Calls) -> Answer {
                pay(calls).await
            }
        }
        Inner.pay(calls).await
    }
}

/// A future that comes as an argument says nothing unless its type asks for a `Call`.
#[retry(idempotent)]
async fn future_made_by_an_argument<F: Future<Output = Answer>>(
    calls: &'static Calls,
    call: impl Fn(&'static Calls) -> F,
) -> Answer {
    calls.attempt();
    call(calls).await
}

#[resilient_runtime::test]
async fn a_future_made_by_an_argument_is_stopped_by_the_guard() {
    assert_eq!(
        of(|calls| future_made_by_an_argument(calls, pay)).await,
        (1, 1)
    );
}

async fn spawns(calls: &'static Calls) -> Answer {
    tokio::spawn(pay(calls)).await.expect("it does not panic")
}

async fn blocks(calls: &'static Calls) -> Answer {
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || handle.block_on(pay(calls)))
        .await
        .expect("it does not panic")
}

#[retry(idempotent)]
async fn task_in_a_function_without_an_effect(calls: &'static Calls) -> Answer {
    calls.attempt();
    spawns(calls).await
}

#[retry(idempotent)]
async fn blocking_thread_in_a_function_without_an_effect(calls: &'static Calls) -> Answer {
    calls.attempt();
    blocks(calls).await
}

#[resilient_runtime::test]
async fn nothing_stops_a_payment_that_a_function_without_an_effect_spawns() {
    assert_eq!(of(task_in_a_function_without_an_effect).await, (3, 3));
    assert_eq!(
        of(blocking_thread_in_a_function_without_an_effect).await,
        (3, 3)
    );
}
