//! A payment awaited directly, whatever stands around it: each error is at the called name.
use std::sync::Arc;

use resilient_runtime::{idempotent, non_idempotent, read_only, retry, Classify, Failure};

#[derive(Debug)]
struct Lost;
impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

#[non_idempotent]
async fn pay(n: u64) -> u64 {
    n
}
#[non_idempotent]
async fn try_pay(n: u64) -> Result<u64, Lost> {
    Ok(n)
}
#[idempotent]
async fn put(n: u64) -> u64 {
    n
}

struct Client;
impl Client {
    #[non_idempotent]
    async fn pay(&self, n: u64) -> u64 {
        n
    }
}
mod elsewhere {
    pub(crate) use super::pay as charge;
}
macro_rules! make_call {
    ($n:expr) => {
        pay($n)
    };
}
struct Slot<F> {
    future: F,
}

#[idempotent]
async fn direct() -> u64 {
    pay(1).await
}
#[retry(idempotent)]
async fn inside_a_retry() -> Result<u64, Lost> {
    try_pay(1).await
}
#[read_only]
async fn a_write_in_a_read() -> u64 {
    put(1).await
}
#[idempotent]
async fn method(client: &Client) -> u64 {
    client.pay(1).await
}
#[idempotent]
async fn through_deref(client: Arc<Client>) -> u64 {
    client.pay(1).await
}
#[idempotent]
async fn by_path(client: &Client) -> u64 {
    Client::pay(client, 1).await
}
#[idempotent]
async fn re_export() -> u64 {
    elsewhere::charge(1).await
}
#[idempotent]
async fn question_mark_and_method_after() -> Result<String, Lost> {
    Ok(try_pay(1).await?.to_string())
}
#[idempotent]
async fn stored_in_a_variable() -> u64 {
    let future = pay(1);
    future.await
}
#[idempotent]
async fn stored_in_a_field() -> u64 {
    let slot = Slot { future: pay(1) };
    slot.future.await
}
#[idempotent]
async fn destructured() -> u64 {
    let (future, _) = (pay(1), 2);
    future.await
}
#[idempotent]
async fn taken_from_an_option() -> u64 {
    let mut slot = Some(pay(1));
    match slot.take() {
        Some(future) => future.await,
        None => 0,
    }
}
#[idempotent]
async fn from_a_list() -> u64 {
    let mut sum = 0;
    for future in vec![pay(1), pay(2)] {
        sum += future.await;
    }
    sum
}
#[idempotent]
async fn from_a_branch(yes: bool) -> u64 {
    (if yes { pay(1) } else { pay(2) }).await
}
#[idempotent]
async fn in_parentheses_and_a_block() -> u64 {
    ({ pay(1) }).await
}
#[idempotent]
async fn as_the_argument_of_a_harmless_call() -> u64 {
    put(pay(1).await).await
}
#[idempotent]
async fn in_a_match_guard(n: u64) -> u64 {
    match n {
        0 if pay(1).await == 1 => 1,
        _ => 2,
    }
}
#[idempotent]
async fn in_the_condition_of_a_loop() {
    while pay(1).await > 1 {}
}
#[idempotent]
async fn as_an_index(list: &[u64; 4]) -> u64 {
    list[usize::try_from(pay(1).await).unwrap_or(0)]
}
#[idempotent]
async fn in_let_else() -> u64 {
    let Ok(n) = try_pay(1).await else { return 0 };
    n
}
#[idempotent]
async fn call_made_by_a_macro() -> u64 {
    make_call!(1).await
}
#[non_idempotent]
async fn larger_than_its_own_recursion(n: u64) -> u64 {
    if n == 0 { 0 } else { Box::pin(smaller(n - 1)).await }
}
#[idempotent]
async fn smaller(n: u64) -> u64 {
    Box::pin(larger_than_its_own_recursion(n)).await
}

fn main() {}
