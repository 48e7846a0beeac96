//! Closures, blocks and functions written in the body belong to it.
use resilient_runtime::{idempotent, non_idempotent};

#[non_idempotent]
async fn pay(n: u64) -> u64 {
    n
}
async fn helper<F: Future<Output = u64>>(future: F) -> u64 {
    future.await
}

#[idempotent]
async fn nested_block() -> u64 {
    async { pay(1).await }.await
}
#[idempotent]
async fn block_in_a_variable() -> u64 {
    let block = async move { pay(1).await };
    block.await
}
#[idempotent]
async fn async_closure() -> u64 {
    let call = async || pay(1).await;
    call().await
}
#[idempotent]
async fn closure_returning_a_block() -> u64 {
    let call = || async { pay(1).await };
    call().await
}
#[idempotent]
async fn closure_returning_a_call() -> u64 {
    let call = || pay(1);
    call().await
}
#[idempotent]
async fn block_handed_to_a_helper() -> u64 {
    helper(async { pay(1).await }).await
}
#[idempotent]
async fn block_in_unwrap_or_else(known: Option<u64>) -> u64 {
    match known.map(|n| async move { n }) {
        Some(known) => known.await,
        None => async move { pay(1).await }.await,
    }
}
#[idempotent]
async fn function_in_the_body() -> u64 {
    async fn inner() -> u64 {
        pay(1).await
    }
    inner().await
}

fn main() {}
