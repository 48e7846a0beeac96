//! A response with status 503 is `Ok`: nothing would be repeated.
use resilient_runtime::{breaker, retry};

#[retry(read_only)]
async fn get(client: &reqwest::Client) -> anyhow::Result<reqwest::Response> {
    Ok(client.get("https://shop.example").send().await?)
}

#[breaker]
async fn raw(client: &reqwest::Client) -> Result<reqwest::Response, Error> {
    Ok(client.get("https://shop.example").send().await?)
}

#[derive(resilient_runtime::Classify, resilient_runtime::FromRejected)]
enum Error {
    #[failure(from)]
    Http(reqwest::Error),
    #[failure(from)]
    Policy(resilient_runtime::Rejected),
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

fn main() {
    let _ = Error::Policy;
}
