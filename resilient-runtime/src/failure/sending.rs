//! Proofs that a request was left alone, which HTTP clients have in common. Goes in: one cause of an error. Comes out: whether
//! the request was certainly not processed. Refuses to take a kind of error for a proof.

use std::error::Error as StdError;

/// What lies below an error.
#[cfg(any(feature = "reqwest", feature = "hyper"))]
pub(super) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause: &&'a (dyn StdError + 'static)| {
        cause.source()
    })
}

/// One side refused the other's certificate, which stays so. By its text, since none of the TLS back ends is a dependency.
#[cfg(any(feature = "reqwest", feature = "hyper"))]
pub(super) fn certificate(cause: &(dyn StdError + 'static)) -> bool {
    let text = cause.to_string();
    text.to_ascii_lowercase().contains("certificate")
}

/// The answer had begun: a stream that is refused only then had been processed. hyper tells the two apart by its text alone.
#[cfg(any(feature = "tonic", feature = "hyper"))]
pub(super) fn reads_answer(cause: &(dyn StdError + 'static)) -> bool {
    cause
        .downcast_ref::<hyper::Error>()
        .is_some_and(|error| error.to_string().contains("body"))
}

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
