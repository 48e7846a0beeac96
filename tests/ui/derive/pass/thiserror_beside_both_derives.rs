//! The usual neighbours: thiserror's attributes on the same variants.
#![deny(warnings)]

use resilient_runtime::{Classify, FromRejected, Rejected};

#[derive(Debug, thiserror::Error, Classify, FromRejected)]
pub enum PaymentError {
    #[error("the card was declined")]
    #[failure(permanent)]
    Declined,
    #[error(transparent)]
    #[failure(from)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    #[rejected]
    Policy(Rejected),
}

fn main() {
    let _ = PaymentError::Declined;
}
