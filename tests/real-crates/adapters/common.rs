//! What a rejection becomes in this client, and what its errors mean: an `io::Error` or a rejection somewhere in the
//! chain says what became of the call, everything else is an answer.

use std::error::Error;
use std::io;
use std::iter::successors;

use resilient_runtime::{Classify, Failure, Rejected};

pub(crate) trait Adapted: Error + Sized + 'static {
    fn rejected(rejected: Rejected) -> Self;
}

pub(crate) fn rejected<E: Adapted>(rejected: Rejected) -> E {
    E::rejected(rejected)
}

pub(crate) fn classify<E: Adapted>(error: &E) -> Failure {
    successors(Some(error as &(dyn Error + 'static)), |&error| error.source())
        .find_map(|error| {
            let rejected = error.downcast_ref::<Rejected>().map(Classify::failure);
            rejected.or_else(|| error.downcast_ref::<io::Error>().map(Classify::failure))
        })
        .unwrap_or(Failure::Permanent)
}

impl Adapted for io::Error {
    fn rejected(rejected: Rejected) -> Self {
        rejected.into()
    }
}
