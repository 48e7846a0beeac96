//! An effect that is too large and an ordinary mistake in one body: one compile shows both.
use resilient_runtime::{idempotent, non_idempotent};

#[non_idempotent]
async fn pay(n: u64) -> u64 {
    n
}

#[idempotent]
async fn both() -> u64 {
    let paid = pay(1).await;
    let text: String = paid;
    text.len()
}
#[idempotent]
async fn in_one_expression() -> String {
    pay("1").await
}

fn main() {}
