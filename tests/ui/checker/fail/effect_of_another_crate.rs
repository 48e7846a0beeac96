//! Functions, methods and ports of another crate say what they do, also there.
use resilient_runtime::{idempotent, read_only, retry};
use upstream::{Client, Error, Gateway, boxed_payment, pay, set};

#[retry(idempotent)]
async fn function() -> Result<u64, Error> {
    pay(1).await
}
#[read_only]
async fn function_with_a_smaller_effect() -> Result<u64, Error> {
    set(1).await
}
#[retry(idempotent)]
async fn method(client: &Client) -> Result<u64, Error> {
    client.pay(1).await
}
#[retry(idempotent)]
async fn method_of_a_port(client: &Client) -> Result<u64, Error> {
    client.charge(1).await
}
#[retry(idempotent)]
async fn method_of_a_port_by_path(client: &Client) -> Result<u64, Error> {
    Gateway::charge(client, 1).await
}
#[retry(idempotent)]
async fn port_through_a_generic<G: Gateway>(gateway: &G) -> Result<u64, Error> {
    gateway.charge(1).await
}
#[retry(idempotent)]
async fn port_through_impl_trait(gateway: &impl Gateway) -> Result<u64, Error> {
    gateway.charge(1).await
}
#[read_only]
async fn cancel_in_a_read<G: Gateway>(gateway: &G) -> Result<(), Error> {
    gateway.cancel(1).await
}
#[retry(idempotent)]
async fn default_body_of_a_port<G: Gateway + Sync>(gateway: &G) -> Result<u64, Error> {
    gateway.charge_twice(1).await
}
#[retry(idempotent)]
async fn boxed() -> Result<u64, Error> {
    boxed_payment(1).await
}

fn main() {}
