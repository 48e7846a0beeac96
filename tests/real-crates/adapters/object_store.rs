//! Many of its error types are private and one function is generic over its error, so a rejection ends the test: none
//! is expected.

use resilient_runtime::{Failure, Rejected};

pub(crate) fn rejected<E>(rejected: Rejected) -> E {
    panic!("{rejected}")
}

pub(crate) fn classify<E>(_: &E) -> Failure {
    Failure::Permanent
}
