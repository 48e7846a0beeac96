//! A trait's methods declare effects, and callers that know nothing but the trait are checked.
use resilient_runtime::{Classify, Failure, idempotent, non_idempotent, read_only, retry};

#[derive(Debug)]
struct Lost;
impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

trait Gateway {
    #[non_idempotent]
    async fn charge(&self, n: u64) -> Result<u64, Lost>;
    #[idempotent]
    async fn cancel(&self, n: u64) -> Result<u64, Lost>;
    #[read_only]
    async fn status(&self) -> Result<u64, Lost>;
    #[non_idempotent]
    async fn charge_and_look(&self, n: u64) -> Result<u64, Lost> {
        self.charge(n).await
    }
    /// Its body does more than it says.
    #[idempotent]
    async fn understated(&self) -> Result<u64, Lost> {
        self.charge(1).await
    }
}

struct Bank;
impl Gateway for Bank {
    // An idempotent charge is allowed, and who knows the bank may repeat it.
    #[idempotent]
    async fn charge(&self, n: u64) -> Result<u64, Lost> {
        Ok(n)
    }
    #[idempotent]
    async fn cancel(&self, n: u64) -> Result<u64, Lost> {
        Ok(n)
    }
    #[read_only]
    async fn status(&self) -> Result<u64, Lost> {
        Ok(1)
    }
}

#[retry(idempotent)]
async fn generic<G: Gateway>(gateway: &G) -> Result<u64, Lost> {
    gateway.charge(1).await
}
#[retry(idempotent)]
async fn where_clause<G>(gateway: &G) -> Result<u64, Lost>
where
    G: Gateway,
{
    gateway.charge(1).await
}
#[retry(idempotent)]
async fn by_path<G: Gateway>(gateway: &G) -> Result<u64, Lost> {
    G::charge(gateway, 1).await
}
#[retry(read_only)]
async fn cancel_in_a_read<G: Gateway>(gateway: &G) -> Result<u64, Lost> {
    gateway.cancel(1).await
}
#[retry(idempotent)]
async fn default_body<G: Gateway>(gateway: &G) -> Result<u64, Lost> {
    gateway.charge_and_look(1).await
}
#[retry(read_only)]
async fn the_concrete_method_decides(bank: &Bank) -> Result<u64, Lost> {
    bank.charge(1).await
}

struct Server<G> {
    gateway: G,
}
impl<G: Gateway> Server<G> {
    #[retry(idempotent)]
    async fn handle(&self) -> Result<u64, Lost> {
        self.gateway.charge(1).await
    }
}

fn main() {}
