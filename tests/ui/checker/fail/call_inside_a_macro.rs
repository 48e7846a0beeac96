//! The futures of `join!`, `try_join!` and `select!`, and the awaits in macros that everybody uses.
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
async fn plain(n: u64) -> u64 {
    n
}

#[idempotent]
async fn tokio_join() -> (u64, u64) {
    tokio::join!(plain(1), pay(2))
}
#[idempotent]
async fn tokio_join_biased() -> (u64, u64) {
    tokio::join!(biased; pay(1), plain(2))
}
#[idempotent]
async fn tokio_try_join() -> Result<(u64, u64), Lost> {
    tokio::try_join!(async { Ok(1) }, try_pay(2))
}
#[idempotent]
async fn futures_join() -> (u64, u64) {
    futures::join!(plain(1), pay(2))
}
#[idempotent]
async fn futures_try_join() -> Result<(u64,), Lost> {
    futures::try_join!(try_pay(2))
}
#[idempotent]
async fn tokio_select() -> u64 {
    tokio::select! {
        n = plain(1) => n,
        n = pay(2) => n,
    }
}
#[idempotent]
async fn tokio_select_biased_with_a_condition(yes: bool) -> u64 {
    tokio::select! {
        biased;
        n = pay(1), if yes => n,
        else => 0,
    }
}
#[idempotent]
async fn tokio_select_of_a_reference() -> u64 {
    let mut future = Box::pin(pay(1));
    tokio::select! {
        n = &mut future => n,
        n = plain(1) => n,
    }
}
#[idempotent]
async fn handler_of_tokio_select() -> u64 {
    tokio::select! {
        n = plain(1) => {
            let paid = pay(n).await;
            paid + 1
        }
    }
}
#[idempotent]
async fn handler_of_tokio_select_without_braces() -> u64 {
    tokio::select! {
        n = plain(1) => pay(n).await,
    }
}
#[idempotent]
async fn futures_select() -> u64 {
    use futures::FutureExt;
    futures::select! {
        n = Box::pin(pay(1).fuse()) => n,
        n = Box::pin(plain(1).fuse()) => n,
    }
}
#[idempotent]
async fn in_format() -> String {
    format!("{} {:?}", pay(1).await, 2)
}
#[idempotent]
async fn in_println() {
    println!("{n}", n = pay(1).await);
}
#[idempotent]
async fn in_assert() {
    assert!(pay(1).await == 1, "paid");
}
#[idempotent]
async fn in_assert_eq() {
    assert_eq!(pay(1).await, 1);
}
#[idempotent]
async fn in_vec() -> Vec<u64> {
    vec![pay(1).await, 2]
}
#[idempotent]
async fn in_a_repeating_vec() -> Vec<u64> {
    vec![pay(1).await; 2]
}
#[idempotent]
async fn in_dbg() -> u64 {
    dbg!(pay(1).await)
}
#[idempotent]
async fn in_matches() -> bool {
    matches!(try_pay(1).await, Ok(1))
}
#[idempotent]
async fn in_tracing() {
    tracing::info!(paid = pay(1).await, "paid {}", 1);
}

fn main() {}
