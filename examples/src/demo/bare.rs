//! The client as it is usually written: in, calls; out, answers or the last error. It retries everything but 4xx.
//!
//! Nothing here is a strawman. A time limit, three retries, a growing pause and no retry after a 4xx are what reviews ask
//! for, and the loop is right for reads. It does not know that a timeout says nothing about what the service did.

use std::io;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use super::load::{Ended, Payments};
use super::wire::Wire;
use crate::service::{Balance, Charge, Receipt, Refund};

const RETRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// A payments client around one hand-written retry loop.
pub struct BareClient {
    wire: Wire,
}

impl BareClient {
    /// A client for the service at `base`.
    ///
    /// # Errors
    /// When `reqwest` cannot be set up.
    pub fn new(base: String) -> io::Result<Self> {
        let client = Client::builder()
            .timeout(Duration::from_millis(800))
            .no_proxy()
            .build();
        Ok(Self {
            wire: Wire::new(client.map_err(io::Error::other)?, base),
        })
    }

    async fn balance(&self, user: &str) -> reqwest::Result<Balance> {
        with_retries(|| self.wire.get(&format!("/balance/{user}"))).await
    }

    async fn charge(&self, charge: Charge) -> reqwest::Result<Receipt> {
        with_retries(|| self.wire.post("/charges").json(&charge)).await
    }

    async fn refund(&self, refund: Refund) -> reqwest::Result<Receipt> {
        let key = format!("refund-{}", refund.order);
        with_retries(|| {
            self.wire
                .post("/refunds")
                .header("Idempotency-Key", &key)
                .json(&refund)
        })
        .await
    }
}

async fn with_retries<T: DeserializeOwned>(
    request: impl Fn() -> RequestBuilder,
) -> reqwest::Result<T> {
    let mut retried = 0;
    loop {
        match request().send().await.and_then(Response::error_for_status) {
            Ok(response) => return response.json().await,
            Err(error) if retried == RETRIES || is_client_error(&error) => return Err(error),
            Err(_) => sleep(FIRST_PAUSE * 2_u32.pow(retried)).await,
        }
        retried += 1;
    }
}

fn is_client_error(error: &reqwest::Error) -> bool {
    error
        .status()
        .is_some_and(|status| status.is_client_error())
}

impl Payments for BareClient {
    fn wire(&self) -> &Wire {
        &self.wire
    }

    async fn balance(&self, user: &str) -> Ended {
        ended(self.balance(user).await)
    }

    async fn charge(&self, charge: Charge) -> Ended {
        ended(self.charge(charge).await)
    }

    async fn refund(&self, refund: Refund) -> Ended {
        ended(self.refund(refund).await)
    }
}

/// What the caller of a hand-written loop learns: it worked, it was refused, or it failed.
fn ended<T>(result: reqwest::Result<T>) -> Ended {
    match result {
        Ok(_) => Ended::Answered,
        Err(error) if is_client_error(&error) => Ended::Invalid,
        Err(_) => Ended::Failed,
    }
}
