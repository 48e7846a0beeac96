//! `#[async_trait]` erases the effect for callers, but the body of the method itself is checked.
use async_trait::async_trait;
use resilient_runtime::{Classify, Failure, idempotent, non_idempotent, retry};

#[derive(Debug)]
struct Lost;
impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

#[non_idempotent]
async fn pay(n: u64) -> Result<u64, Lost> {
    Ok(n)
}

#[async_trait]
trait Gateway {
    async fn declared(&self) -> Result<u64, Lost>;
    async fn repeated(&self, n: u64) -> Result<u64, Lost>;
    #[idempotent]
    async fn default_body(&self) -> Result<u64, Lost> {
        pay(1).await
    }
}
struct Bank;
#[async_trait]
impl Gateway for Bank {
    #[idempotent]
    async fn declared(&self) -> Result<u64, Lost> {
        pay(1).await
    }
    #[retry(idempotent)]
    async fn repeated(&self, n: u64) -> Result<u64, Lost> {
        pay(n).await
    }
}

fn main() {}
