//! A task outlives the attempt that spawned it, so nothing at run time would stop the repetition.
use resilient_runtime::{idempotent, non_idempotent};

#[non_idempotent]
async fn pay(n: u64) -> u64 {
    n
}

#[idempotent]
async fn spawn() -> Option<u64> {
    tokio::spawn(pay(1)).await.ok()
}
#[idempotent]
async fn task_spawn() {
    tokio::task::spawn(pay(1));
}
#[idempotent]
async fn spawn_of_a_block() -> Option<u64> {
    tokio::spawn(async { pay(1).await }).await.ok()
}
#[idempotent]
async fn spawn_of_a_variable() -> Option<u64> {
    let future = pay(1);
    tokio::spawn(future).await.ok()
}
#[idempotent]
async fn join_set() {
    let mut set = tokio::task::JoinSet::new();
    set.spawn(pay(1));
    while let Some(Ok(_)) = set.join_next().await {}
}
#[idempotent]
async fn spawn_local() {
    tokio::task::spawn_local(pay(1));
}
#[idempotent]
async fn block_on() -> u64 {
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| handle.block_on(pay(1)))
}
#[idempotent]
async fn handle_spawn() {
    tokio::runtime::Handle::current().spawn(pay(1));
}

fn main() {}
