//! The call goes into a wrapper before it is awaited: the wrapper passes the effect on, or its argument is asked.
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use resilient_runtime::effect::NonIdempotent;
use resilient_runtime::{Call, idempotent, non_idempotent};
use tracing::Instrument;

#[non_idempotent]
async fn pay(n: u64) -> u64 {
    n
}

struct Order(u64);
impl IntoFuture for Order {
    type Output = u64;
    type IntoFuture = Pin<Box<dyn Call<Output = u64, Effect = NonIdempotent> + Send>>;
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(pay(self.0))
    }
}
fn boxed_call(n: u64) -> Pin<Box<dyn Call<Output = u64, Effect = NonIdempotent> + Send>> {
    Box::pin(pay(n))
}
fn says_its_effect(n: u64) -> impl Call<Output = u64, Effect = NonIdempotent> {
    pay(n)
}
tokio::task_local! {
    static REQUEST: u64;
}

#[idempotent]
async fn tokio_timeout() -> Option<u64> {
    tokio::time::timeout(Duration::from_secs(1), pay(1)).await.ok()
}
#[idempotent]
async fn tokio_timeout_of_a_variable() -> Option<u64> {
    let future = tokio::time::timeout(Duration::from_secs(1), pay(1));
    future.await.ok()
}
#[idempotent]
async fn boxed_and_pinned() -> u64 {
    Box::pin(pay(1)).await
}
#[idempotent]
async fn as_a_trait_object() -> u64 {
    let future: Pin<Box<dyn Future<Output = u64> + Send>> = Box::pin(pay(1));
    future.await
}
#[idempotent]
async fn pinned_by_std() -> u64 {
    let future = std::pin::pin!(pay(1));
    future.await
}
#[idempotent]
async fn pinned_by_tokio() -> u64 {
    let future = pay(1);
    tokio::pin!(future);
    future.await
}
#[idempotent]
async fn by_mutable_reference() -> u64 {
    let mut future = Box::pin(pay(1));
    (&mut future).await
}
#[idempotent]
async fn trait_object_of_a_call() -> u64 {
    boxed_call(1).await
}
#[idempotent]
async fn unannotated_function_that_says_its_effect() -> u64 {
    says_its_effect(1).await
}
#[idempotent]
async fn builder_that_becomes_a_call() -> u64 {
    Order(1).await
}
#[idempotent]
async fn instrumented() -> u64 {
    pay(1).instrument(tracing::Span::none()).await
}
#[idempotent]
async fn instrumented_variable() -> u64 {
    let future = pay(1);
    future.instrument(tracing::Span::none()).await
}
#[idempotent]
async fn unconstrained() -> u64 {
    tokio::task::unconstrained(pay(1)).await
}
#[idempotent]
async fn scope_of_a_task_local() -> u64 {
    REQUEST.scope(7, pay(1)).await
}
#[idempotent]
async fn in_a_local_set() -> u64 {
    tokio::task::LocalSet::new().run_until(pay(1)).await
}
#[idempotent]
async fn unwind_caught() -> Option<u64> {
    use futures::FutureExt;
    std::panic::AssertUnwindSafe(pay(1)).catch_unwind().await.ok()
}
#[idempotent]
async fn polled_by_hand() -> bool {
    use futures::FutureExt;
    pay(1).now_or_never().is_some()
}

fn main() {}
