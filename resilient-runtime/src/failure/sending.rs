//! Proofs that a request was left alone, which HTTP clients have in common. Goes in: one cause of an error. Comes out: whether
//! the request was certainly not processed. Refuses to take a kind of error for a proof.

use std::error::Error as StdError;

/// hyper's own word that it wrote nothing, or the peer's that it processed nothing.
#[cfg(feature = "reqwest")]
pub(super) fn left_alone(cause: &(dyn StdError + 'static)) -> bool {
    canceled(cause) || unprocessed(cause)
}

/// hyper took the request and wrote nothing of it.
pub(super) fn canceled(cause: &(dyn StdError + 'static)) -> bool {
    cause
        .downcast_ref::<hyper::Error>()
        .is_some_and(hyper::Error::is_canceled)
}

/// The peer says that it processed nothing: a proof only while no answer has begun.
///
/// RFC 9113, 8.7: `REFUSED_STREAM` and streams above the last of a `GOAWAY` were not processed.
pub(super) fn unprocessed(cause: &(dyn StdError + 'static)) -> bool {
    let Some(error) = cause.downcast_ref::<h2::Error>() else {
        return false;
    };
    let reason = error.reason();
    error.is_remote()
        && ((error.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM))
            || (error.is_go_away() && reason == Some(h2::Reason::NO_ERROR)))
}
