//! A POST that the service cannot tell from its repetition.
use resilient_runtime::retry;

#[retry(idempotent)]
async fn charge(client: &reqwest::Client, cents: u64) -> anyhow::Result<u64> {
    let answer = client
        .post("https://pay.example/charges")
        .header("Accept", "application/json")
        .json(&cents)
        .send()
        .await?;
    Ok(answer.error_for_status()?.json().await?)
}

#[retry(idempotency_key(order_id))]
async fn order(client: &reqwest::Client, order_id: &str) -> anyhow::Result<()> {
    let _ = order_id;
    client
        .patch("https://shop.example/orders")
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

fn main() {}
