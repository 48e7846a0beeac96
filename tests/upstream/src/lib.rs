//! A library of another crate: it declares what its calls do, and its callers' compiler knows.
#![deny(warnings)]

use std::pin::Pin;

use resilient_runtime::effect::NonIdempotent;
use resilient_runtime::{
    Call, Classify, FromRejected, Rejected, idempotent, non_idempotent, read_only, retry,
};

/// Why a call did not succeed.
#[derive(Debug, Classify, FromRejected)]
pub enum Error {
    /// The answer got lost.
    #[failure(unknown)]
    Lost,
    /// A policy refused.
    #[failure(from)]
    Refused(Rejected),
}

/// A payment: every execution counts.
///
/// # Errors
///
/// Never.
#[non_idempotent]
pub async fn pay(amount: u64) -> Result<u64, Error> {
    Ok(amount)
}

/// Sets a balance: doing it twice is like doing it once.
///
/// # Errors
///
/// Never.
#[idempotent]
pub async fn set(amount: u64) -> Result<u64, Error> {
    Ok(amount)
}

/// Reads a balance, up to three times.
///
/// # Errors
///
/// Never.
#[retry(read_only)]
pub async fn balance() -> Result<u64, Error> {
    Ok(1)
}

/// A port to a payment provider: its methods say what they do at most.
pub trait Gateway {
    /// Every execution counts.
    #[non_idempotent]
    async fn charge(&self, amount: u64) -> Result<u64, Error>;

    /// Doing it twice is like doing it once.
    #[idempotent]
    async fn cancel(&self, id: u64) -> Result<(), Error>;

    /// Changes nothing.
    #[read_only]
    async fn status(&self, id: u64) -> Result<u64, Error>;

    /// A method with a body may do what it says.
    #[non_idempotent]
    async fn charge_twice(&self, amount: u64) -> Result<u64, Error>
    where
        Self: Sync,
    {
        Ok(self.charge(amount).await? + self.charge(amount).await?)
    }
}

/// A client whose methods are annotated.
#[derive(Debug, Clone, Default)]
pub struct Client;

impl Client {
    /// Every execution counts.
    ///
    /// # Errors
    ///
    /// Never.
    #[non_idempotent]
    pub async fn pay(&self, amount: u64) -> Result<u64, Error> {
        Ok(amount)
    }
}

impl Gateway for Client {
    #[non_idempotent]
    async fn charge(&self, amount: u64) -> Result<u64, Error> {
        Ok(amount)
    }
    #[idempotent]
    async fn cancel(&self, _id: u64) -> Result<(), Error> {
        Ok(())
    }
    #[read_only]
    async fn status(&self, id: u64) -> Result<u64, Error> {
        Ok(id)
    }
}

/// A call behind a pointer keeps its effect.
pub type BoxedCall<T> = Pin<Box<dyn Call<Output = T, Effect = NonIdempotent> + Send>>;

/// A payment as a trait object.
#[must_use]
pub fn boxed_payment(amount: u64) -> BoxedCall<Result<u64, Error>> {
    Box::pin(pay(amount))
}
