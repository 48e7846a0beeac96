//! The combinators of the `futures` crate pass effects on, also the larger one of two.
use futures::future::{self, Either, FutureExt, OptionFuture, TryFutureExt};
use resilient_runtime::{idempotent, non_idempotent};

#[derive(Debug, Clone)]
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
async fn try_plain(n: u64) -> Result<u64, Lost> {
    Ok(n)
}
#[idempotent]
async fn put(n: u64) -> u64 {
    n
}

#[idempotent]
async fn map() -> u64 {
    pay(1).map(|n| n + 1).await
}
#[idempotent]
async fn map_of_a_variable() -> u64 {
    let mapped = pay(1).map(|n| n + 1);
    mapped.await
}
#[idempotent]
async fn then() -> u64 {
    pay(1).then(plain).await
}
#[idempotent]
async fn then_where_the_second_is_the_larger() -> u64 {
    plain(1).then(|n| pay(n)).await
}
#[idempotent]
async fn then_stored_where_the_second_is_the_larger() -> u64 {
    let both = put(1).then(pay);
    both.await
}
#[idempotent]
async fn and_then() -> Result<u64, Lost> {
    try_plain(1).and_then(|n| try_pay(n)).await
}
#[idempotent]
async fn or_else() -> Result<u64, Lost> {
    try_plain(1).or_else(|_| try_pay(1)).await
}
#[idempotent]
async fn map_ok() -> Result<u64, Lost> {
    try_pay(1).map_ok(|n| n + 1).await
}
#[idempotent]
async fn map_err() -> Result<u64, String> {
    let mapped = try_pay(1).map_err(|_| String::new());
    mapped.await
}
#[idempotent]
async fn err_into() -> Result<u64, Lost> {
    let into = try_pay(1).err_into::<Lost>();
    into.await
}
#[idempotent]
async fn boxed() -> u64 {
    pay(1).boxed().await
}
#[idempotent]
async fn boxed_variable() -> u64 {
    let future = pay(1);
    future.boxed().await
}
#[idempotent]
async fn fuse() -> u64 {
    let fused = pay(1).fuse();
    fused.await
}
#[idempotent]
async fn shared() -> u64 {
    let shared = pay(1).shared();
    shared.await
}
#[idempotent]
async fn flattened() -> u64 {
    let flat = async { pay(1) }.flatten();
    flat.await
}
#[idempotent]
async fn join() -> (u64, u64) {
    future::join(put(1), pay(2)).await
}
#[idempotent]
async fn join_of_a_variable() -> (u64, u64) {
    let both = future::join(put(1), pay(2));
    both.await
}
#[idempotent]
async fn join_with_an_undeclared_half() -> (u64, u64) {
    future::join(plain(1), pay(2)).await
}
#[idempotent]
async fn join_of_three() -> (u64, u64, u64) {
    let all = future::join3(put(1), put(2), pay(3));
    all.await
}
#[idempotent]
async fn try_join() -> Result<(u64, u64), Lost> {
    future::try_join(try_plain(1), try_pay(2)).await
}
#[idempotent]
async fn select() {
    let _ = future::select(Box::pin(put(1)), Box::pin(pay(2))).await;
}
#[idempotent]
async fn select_with_an_undeclared_half() {
    let either = future::select(Box::pin(pay(1)), Box::pin(plain(2)));
    let _ = either.await;
}
#[idempotent]
async fn either(yes: bool) -> u64 {
    let either = if yes { Either::Left(put(1)) } else { Either::Right(pay(1)) };
    either.await
}
#[idempotent]
async fn either_with_an_undeclared_half(yes: bool) -> u64 {
    (if yes { plain(1).left_future() } else { pay(1).right_future() }).await
}
#[idempotent]
async fn join_all() -> Vec<u64> {
    future::join_all([1, 2].map(pay)).await
}
#[idempotent]
async fn try_join_all() -> Result<Vec<u64>, Lost> {
    future::try_join_all((0..2).map(try_pay)).await
}
#[idempotent]
async fn select_all() -> u64 {
    future::select_all([Box::pin(pay(1))]).await.0
}
#[idempotent]
async fn select_ok() -> Option<u64> {
    Some(future::select_ok([Box::pin(try_pay(1))]).await.ok()?.0)
}
#[idempotent]
async fn option_future() -> Option<u64> {
    OptionFuture::from(Some(pay(1))).await
}
#[idempotent]
async fn abortable() -> Option<u64> {
    let (future, _handle) = future::abortable(pay(1));
    future.await.ok()
}

fn main() {}
