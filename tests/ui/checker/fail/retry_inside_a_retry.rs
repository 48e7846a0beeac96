//! Attempts multiply: a call that repeats itself is not repeated, whatever wraps it.
use resilient_runtime::{Classify, Failure, idempotent, retry};

#[derive(Debug)]
struct Lost;
impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

#[retry(idempotent)]
async fn repeats() -> Result<u64, Lost> {
    Ok(1)
}
#[retry(not_sent)]
async fn pays() -> Result<u64, Lost> {
    Ok(1)
}

#[retry(idempotent)]
async fn direct() -> Result<u64, Lost> {
    repeats().await
}
#[retry(idempotent)]
async fn in_a_timeout() -> Result<u64, Lost> {
    tokio::time::timeout(std::time::Duration::from_secs(1), repeats()).await.map_err(|_| Lost)?
}
#[retry(idempotent)]
async fn joined() -> Result<u64, Lost> {
    tokio::join!(repeats()).0
}
#[retry(read_only)]
async fn with_a_larger_effect_as_well() -> Result<u64, Lost> {
    repeats().await
}
#[retry(idempotent)]
async fn only_the_effect_is_wrong() -> Result<u64, Lost> {
    pays().await
}
#[idempotent]
async fn not_repeated_here() -> Result<u64, Lost> {
    repeats().await
}

fn main() {}
