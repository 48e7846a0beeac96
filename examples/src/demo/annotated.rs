//! The same client with annotations: in, calls; out, answers, or errors that say what is known about the call.

use std::io;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use resilient_runtime::{
    Classify, FromRejected, Rejected, breaker, bulkhead, failure, read_only, retry, timeout,
};
use serde::de::DeserializeOwned;

use super::load::{Ended, Payments};
use super::wire::Wire;
use crate::service::{Balance, Charge, Receipt, Refund};

/// What went wrong, and what that means for the call.
#[derive(Debug, Classify, FromRejected)]
pub enum PayError {
    /// No answer, or an error status: `reqwest` knows what that means.
    #[failure(from)]
    Http(reqwest::Error),
    /// The call makes no sense; it would make none the second time.
    #[failure(permanent)]
    Invalid(String),
    /// Not carried out, come back later.
    #[failure(overloaded(retry_after = 0))]
    Busy(Duration),
    /// Ended by one of the policies.
    Policy(Rejected),
}

impl From<reqwest::Error> for PayError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

/// A payments client whose methods say what may be repeated.
pub struct AnnotatedClient {
    wire: Wire,
}

impl AnnotatedClient {
    /// A client for the service at `base`.
    ///
    /// # Errors
    /// When `reqwest` cannot be set up.
    pub fn new(base: String) -> io::Result<Self> {
        // Shorter than any attempt: a connect that times out by itself proves that nothing was sent.
        let client = Client::builder().connect_timeout(Duration::from_millis(300)).no_proxy().build();
        Ok(Self { wire: Wire::new(client.map_err(io::Error::other)?, base) })
    }

    /// Harmless to repeat.
    #[retry(read_only)]
    #[timeout(total = "2s", attempt = "500ms")]
    #[breaker("payments", max_open = "2s")]
    #[bulkhead(64)]
    async fn balance(&self, user: &str) -> Result<Balance, PayError> {
        let response = self.wire.get(&format!("/balance/{user}")).send().await?;
        answer(response).await
    }

    /// Moves money: repeated only when it was certainly not sent.
    #[retry(not_sent)]
    #[timeout(total = "2s", attempt = "800ms", unknown(to_caller))]
    #[breaker("payments", max_open = "2s")]
    async fn charge(&self, charge: Charge) -> Result<Receipt, PayError> {
        let response = self.wire.post("/charges").json(&charge).send().await?;
        answer(response).await
    }

    /// Moves money once per key, however often it is sent.
    #[retry(idempotency_key(refund.order))]
    #[timeout(total = "2s", attempt = "800ms")]
    #[breaker("payments", max_open = "2s")]
    async fn refund(&self, refund: Refund) -> Result<Receipt, PayError> {
        let key = format!("refund-{}", refund.order);
        let request = self.wire.post("/refunds").header("Idempotency-Key", key);
        answer(request.json(&refund).send().await?).await
    }
}

/// Reads an answer to its end. Whatever it says, reading it changes nothing.
#[read_only]
async fn answer<T: DeserializeOwned>(response: Response) -> Result<T, PayError> {
    let wait = failure::response(&response).and_then(|failure| failure.retry_after());
    match (response.status(), wait) {
        (_, Some(wait)) => Err(PayError::Busy(wait)),
        (StatusCode::UNPROCESSABLE_ENTITY, _) => Err(PayError::Invalid(response.text().await?)),
        _ => Ok(response.error_for_status()?.json().await?),
    }
}

impl Payments for AnnotatedClient {
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

/// What the caller of an annotated function learns: besides yes and no, "never sent" and "unknown".
fn ended<T>(result: Result<T, PayError>) -> Ended {
    match result {
        Ok(_) => Ended::Answered,
        Err(PayError::Invalid(_)) => Ended::Invalid,
        Err(error) if error.failure().is_unknown() => Ended::Unknown,
        Err(PayError::Policy(_)) => Ended::RejectedEarly,
        Err(_) => Ended::Failed,
    }
}
