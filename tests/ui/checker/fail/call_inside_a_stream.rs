//! Streams that drive calls, and what waits for them, pass effects on.
use futures::stream::{self, FuturesOrdered, FuturesUnordered, StreamExt, TryStreamExt};
use resilient_runtime::{idempotent, non_idempotent};

#[derive(Debug)]
struct Lost;
#[non_idempotent]
async fn pay(n: u64) -> u64 {
    n
}
#[non_idempotent]
async fn try_pay(n: u64) -> Result<u64, Lost> {
    Ok(n)
}

#[idempotent]
async fn unordered_and_collected() -> Vec<u64> {
    let stream: FuturesUnordered<_> = (0..2).map(pay).collect();
    stream.collect().await
}
#[idempotent]
async fn unordered_and_pushed() -> Option<u64> {
    let mut stream = FuturesUnordered::new();
    stream.push(pay(1));
    stream.next().await
}
#[idempotent]
async fn unordered_and_collected_to_a_result() -> Result<Vec<u64>, Lost> {
    let stream: FuturesUnordered<_> = (0..2).map(try_pay).collect();
    stream.try_collect().await
}
#[idempotent]
async fn ordered() -> Option<u64> {
    let mut stream: FuturesOrdered<_> = (0..2).map(pay).collect();
    stream.next().await
}
#[idempotent]
async fn buffered() -> Vec<u64> {
    stream::iter(0..2).map(pay).buffered(2).collect().await
}
#[idempotent]
async fn buffer_unordered() -> Vec<u64> {
    stream::iter(0..2).map(pay).buffer_unordered(2).collect().await
}
#[idempotent]
async fn next_of_buffer_unordered() -> Option<u64> {
    let mut stream = stream::iter(0..2).map(pay).buffer_unordered(2);
    stream.next().await
}
#[idempotent]
async fn stream_then() -> Vec<u64> {
    stream::iter(0..2).then(|n| pay(n)).collect().await
}
#[idempotent]
async fn stream_and_then() -> Result<Vec<u64>, Lost> {
    stream::iter((0..2).map(Ok)).and_then(try_pay).try_collect().await
}
#[idempotent]
async fn filtered_by_a_call() -> Vec<u64> {
    stream::iter(0..2).filter_map(|n| async move { Some(pay(n).await) }).collect().await
}
#[idempotent]
async fn for_each_with_a_block() {
    stream::iter(0..2).for_each(|n| async move { drop(pay(n).await) }).await;
}
#[non_idempotent]
async fn pay_for_nothing(_n: u64) {}
#[idempotent]
async fn for_each_with_a_call() {
    stream::iter(0..2).for_each(|n| pay_for_nothing(n)).await;
}
#[idempotent]
async fn for_each_concurrent() {
    stream::iter(0..2).for_each_concurrent(2, pay_for_nothing).await;
}
#[idempotent]
async fn while_let() -> u64 {
    let mut stream = stream::iter(0..2).map(pay);
    let mut sum = 0;
    while let Some(future) = stream.next().await {
        sum += future.await;
    }
    sum
}

fn main() {}
