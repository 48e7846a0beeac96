//! A function with policies and no declared effect may not hide a payment; `strict` asks every call.
use resilient_runtime::{Classify, FromRejected, Rejected, idempotent, non_idempotent, read_only, timeout};

#[derive(Debug, Classify, FromRejected)]
enum Error {
    #[failure(from)]
    Refused(Rejected),
}
#[non_idempotent]
async fn pay(n: u64) -> Result<u64, Error> {
    Ok(n)
}
#[read_only]
async fn look(n: u64) -> Result<u64, Error> {
    Ok(n)
}
async fn plain(n: u64) -> Result<u64, Error> {
    Ok(n)
}

#[timeout("1s")]
async fn with_a_policy_only() -> Result<u64, Error> {
    look(1).await?;
    plain(1).await?;
    pay(1).await
}
#[timeout("1s")]
async fn in_one_half() -> Result<u64, Error> {
    use futures::TryFutureExt;
    plain(1).and_then(pay).await
}
#[idempotent(strict)]
async fn strict_about_a_function() -> Result<u64, Error> {
    look(1).await?;
    plain(1).await
}
#[idempotent(strict)]
async fn strict_about_a_macro() -> Result<u64, Error> {
    my_own!(plain(1).await);
    look(1).await
}
macro_rules! my_own {
    ($e:expr) => {
        $e
    };
}
use my_own;

fn main() {}
