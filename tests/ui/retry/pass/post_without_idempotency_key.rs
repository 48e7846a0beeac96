//! A key in the chain, a key that may be there, reads, and the two ways out.
#![deny(warnings)]

use resilient_runtime::retry;

#[retry(idempotency_key(order_id))]
pub async fn charge(client: &reqwest::Client, order_id: &str) -> anyhow::Result<()> {
    let charges = "https://pay.example/charges";
    client
        .post(charges)
        .header("Idempotency-Key", order_id)
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

// What is in the map nobody can see here, so nothing is said.
#[retry(idempotent)]
pub async fn signed(
    client: &reqwest::Client,
    headers: &reqwest::header::HeaderMap,
) -> anyhow::Result<()> {
    client
        .post("https://pay.example")
        .headers(headers.clone())
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

// A search that is posted because its query is long.
#[retry(read_only)]
pub async fn search(client: &reqwest::Client) -> anyhow::Result<()> {
    client
        .post("https://shop.example/search")
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

#[retry(idempotent, allow(post))]
pub async fn deduplicated_by_the_body(client: &reqwest::Client) -> anyhow::Result<()> {
    client
        .post("https://shop.example/orders")
        .body("{\"id\":7}")
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

#[retry(not_sent)]
pub async fn order(client: &reqwest::Client) -> anyhow::Result<()> {
    client
        .post("https://shop.example/orders")
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

fn main() {}
