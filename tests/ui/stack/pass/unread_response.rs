//! A response that has been looked at, one that `failed(..)` looks at, and the way out.
#![deny(warnings)]

use resilient_runtime::{read_only, retry, timeout};

#[retry(read_only)]
pub async fn looked_at(client: &reqwest::Client) -> anyhow::Result<String> {
    let answer = client.get("https://shop.example").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

#[retry(read_only, failed(resilient_runtime::failure::response))]
pub async fn judged(client: &reqwest::Client) -> anyhow::Result<reqwest::Response> {
    Ok(client.get("https://shop.example").send().await?)
}

// A proxy hands every answer on, whatever its status.
#[retry(read_only, allow(unread_response))]
pub async fn handed_on(client: &reqwest::Client) -> anyhow::Result<reqwest::Response> {
    Ok(client.get("https://shop.example").send().await?)
}

// No policy looks at what it means.
#[read_only]
#[timeout("2s")]
pub async fn limited(client: &reqwest::Client) -> anyhow::Result<reqwest::Response> {
    Ok(client.get("https://shop.example").send().await?)
}

fn main() {}
