//! The same client with annotations: in, calls; out, answers, or errors that say what is known about the call.

use std::io;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use resilient_runtime::{
    Classify, FromRejected, Rejected, breaker, bulkhead, failure, retry, timeout,
};

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
    Invalid,
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
        let client = Client::builder()
            .connect_timeout(Duration::from_millis(300))
            .no_proxy()
            .build();
        Ok(Self {
            wire: Wire::new(client.map_err(io::Error::other)?, base),
        })
    }

    /// Harmless to repeat.
    #[retry(read_only)]
    #[timeout(total = "2s", attempt = "500ms")]
    #[breaker("payments")]
    #[bulkhead(64)]
    async fn balance(&self, user: &str) -> Result<Balance, PayError> {
        let answer = self.wire.get(&format!("/balance/{user}")).send().await?;
        Ok(accepted(answer)?.json().await?)
    }

    /// Moves money: repeated only when it was certainly not sent.
    #[retry(not_sent)]
    #[timeout(total = "2s", attempt = "800ms", unknown(to_caller))]
    #[breaker("payments")]
    async fn charge(&self, charge: Charge) -> Result<Receipt, PayError> {
        let answer = self.wire.post("/charges").json(&charge).send().await?;
        Ok(accepted(answer)?.json().await?)
    }

    /// Moves money once per key, however often it is sent.
    #[retry(idempotency_key(refund.order))]
    #[timeout(total = "2s", attempt = "800ms")]
    #[breaker("payments")]
    async fn refund(&self, refund: Refund) -> Result<Receipt, PayError> {
        let key = format!("refund-{}", refund.order);
        let request = self.wire.post("/refunds").header("Idempotency-Key", key);
        let answer = request.json(&refund).send().await?;
        Ok(accepted(answer)?.json().await?)
    }
}

/// The answer, unless its status says that the service did not do what was asked.
fn accepted(answer: Response) -> Result<Response, PayError> {
    let wait = failure::response(&answer).and_then(|failure| failure.retry_after());
    match (answer.status(), wait) {
        (_, Some(wait)) => Err(PayError::Busy(wait)),
        (StatusCode::UNPROCESSABLE_ENTITY, _) => Err(PayError::Invalid),
        _ => Ok(answer.error_for_status()?),
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
        Err(PayError::Invalid) => Ended::Invalid,
        Err(error) if error.failure().is_unknown() => Ended::Unknown,
        Err(PayError::Policy(_)) => Ended::RejectedEarly,
        Err(_) => Ended::Failed,
    }
}
