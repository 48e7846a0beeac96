//! Through generics, traits, boxes, `dyn`, another crate and a builder.
use std::future::IntoFuture;
use std::io;
use std::pin::Pin;

use resilient_runtime::effect::NonIdempotent;
use resilient_runtime::{Call, idempotent, non_idempotent, retry};

trait Gateway {
    #[non_idempotent]
    async fn charge(&self) -> io::Result<u64>;
}

#[non_idempotent]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotent)]
async fn generic<G: Gateway>(gateway: &G) -> io::Result<u64> {
    gateway.charge().await
}

#[idempotent]
async fn boxed() -> io::Result<u64> {
    let call = Box::pin(charge());
    call.await
}

#[idempotent]
async fn dynamic(call: Pin<Box<dyn Call<Output = u64, Effect = NonIdempotent>>>) -> u64 {
    call.await
}

#[idempotent]
async fn by_reference() -> io::Result<u64> {
    let mut call = Box::pin(charge());
    (&mut call).await
}

#[retry(idempotent)]
async fn of_another_crate() -> io::Result<u64> {
    resilient_tests::elsewhere::charge(1).await
}

struct Charge(u64);

impl IntoFuture for Charge {
    type Output = io::Result<u64>;
    type IntoFuture = Pin<Box<dyn Call<Output = io::Result<u64>, Effect = NonIdempotent>>>;
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(resilient_tests::elsewhere::charge(self.0))
    }
}

#[retry(idempotent)]
async fn builder() -> io::Result<u64> {
    Charge(1).await
}

fn main() {}
