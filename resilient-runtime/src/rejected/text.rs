//! A rejection in words: which call, why, and whether the service may still carry it out.

use std::fmt;
use std::time::Duration;

use super::{Kind, Rejected};

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.call;
        match self.kind {
            // These say themselves what became of the call.
            Kind::Scripted { failure } => {
                return write!(
                    f,
                    "an attempt of `{call}` failed as its script says: {failure}"
                );
            }
            Kind::NotCarriedOut => {
                return write!(f, "the answer to `{call}` was lost; it was not carried out");
            }
            Kind::Cancelled => {
                return write!(f, "the answer to `{call}` was lost; it was cancelled");
            }
            Kind::Unresolved => {
                return write!(
                    f,
                    "the outcome of `{call}` is unknown, and still being looked for"
                );
            }
            Kind::TotalTimeout { limit } => {
                write!(f, "`{call}` timed out after {}", Rounded(limit))
            }
            Kind::AttemptTimeout { limit } => {
                write!(
                    f,
                    "an attempt of `{call}` timed out after {}",
                    Rounded(limit)
                )
            }
            Kind::DeadlineExceeded if self.sent => {
                write!(f, "`{call}` was cut off: the caller's time ran out")
            }
            Kind::DeadlineExceeded => write!(
                f,
                "`{call}` was not started: too little of the caller's time was left"
            ),
            kind => write!(f, "`{call}` was refused: {}", Refused(kind)),
        }?;
        f.write_str(if self.sent {
            "; the service may have carried it out"
        } else {
            "; nothing was sent"
        })
    }
}

/// Why a policy refused a call.
struct Refused(Kind);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::BreakerOpen {
                retry_after: Some(wait),
            } => write!(f, "its breaker is open for another {}", Rounded(wait)),
            Kind::BreakerOpen { retry_after: None } => f.write_str("its breaker was forced open"),
            Kind::RateLimited { retry_after } => {
                let wait = Rounded(retry_after);
                write!(f, "its rate limit has no room for another {wait}")
            }
            Kind::BulkheadFull => f.write_str("its bulkhead and the queue before it are full"),
            Kind::BulkheadTimeout { wait } => {
                let wait = Rounded(wait);
                write!(f, "no permit of its bulkhead came free within {wait}")
            }
            Kind::JournalFull => f.write_str("its journal is full"),
            Kind::JournalFailed => f.write_str("its journal could not be written"),
            Kind::UnfitKey => f.write_str("no service could be asked by its key"),
            // Told by the rejection itself.
            Kind::TotalTimeout { .. }
            | Kind::AttemptTimeout { .. }
            | Kind::DeadlineExceeded
            | Kind::Scripted { .. }
            | Kind::NotCarriedOut
            | Kind::Cancelled
            | Kind::Unresolved => Ok(()),
        }
    }
}

/// A duration with the digits a reader needs: whole milliseconds from one millisecond on.
pub(crate) struct Rounded(pub(crate) Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.subsec_nanos();
        let millis = Duration::new(self.0.as_secs(), nanos - nanos % 1_000_000);
        write!(f, "{:?}", if millis.is_zero() { self.0 } else { millis })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: Kind) -> String {
        Rejected::unsent(kind, "pay::charge").to_string()
    }

    #[test]
    fn the_text_says_which_call_and_why() {
        let ms = Duration::from_millis;
        assert_eq!(
            text(Kind::BreakerOpen {
                retry_after: Some(Duration::from_nanos(812_345_678))
            }),
            "`pay::charge` was refused: its breaker is open for another 812ms; nothing was sent"
        );
        assert_eq!(
            text(Kind::BreakerOpen { retry_after: None }),
            "`pay::charge` was refused: its breaker was forced open; nothing was sent"
        );
        assert_eq!(
            text(Kind::RateLimited {
                retry_after: ms(20)
            }),
            "`pay::charge` was refused: its rate limit has no room for another 20ms; nothing was sent"
        );
        assert_eq!(
            text(Kind::BulkheadFull),
            "`pay::charge` was refused: its bulkhead and the queue before it are full; nothing was sent"
        );
        assert_eq!(
            text(Kind::BulkheadTimeout { wait: ms(50) }),
            "`pay::charge` was refused: no permit of its bulkhead came free within 50ms; nothing was sent"
        );
        assert_eq!(
            text(Kind::DeadlineExceeded),
            "`pay::charge` was not started: too little of the caller's time was left; nothing was sent"
        );
    }

    #[test]
    fn the_text_says_what_became_of_a_lost_call() {
        assert_eq!(
            text(Kind::NotCarriedOut),
            "the answer to `pay::charge` was lost; it was not carried out"
        );
        assert_eq!(
            text(Kind::Cancelled),
            "the answer to `pay::charge` was lost; it was cancelled"
        );
        let unresolved = Rejected::sent(Kind::Unresolved, "pay::charge");
        assert_eq!(
            unresolved.to_string(),
            "the outcome of `pay::charge` is unknown, and still being looked for"
        );
        assert_eq!(
            text(Kind::JournalFull),
            "`pay::charge` was refused: its journal is full; nothing was sent"
        );
        assert_eq!(
            text(Kind::JournalFailed),
            "`pay::charge` was refused: its journal could not be written; nothing was sent"
        );
        assert_eq!(
            text(Kind::UnfitKey),
            "`pay::charge` was refused: no service could be asked by its key; nothing was sent"
        );
    }

    #[test]
    fn the_text_warns_when_the_service_may_have_carried_it_out() {
        let late = |kind| Rejected::sent(kind, "pay::charge").to_string();
        assert_eq!(
            late(Kind::TotalTimeout {
                limit: Duration::from_secs(2)
            }),
            "`pay::charge` timed out after 2s; the service may have carried it out"
        );
        assert_eq!(
            late(Kind::AttemptTimeout {
                limit: Duration::from_millis(500)
            }),
            "an attempt of `pay::charge` timed out after 500ms; the service may have carried it out"
        );
        assert_eq!(
            late(Kind::DeadlineExceeded),
            "`pay::charge` was cut off: the caller's time ran out; the service may have carried it out"
        );
    }

    #[test]
    fn short_waits_keep_their_digits() {
        assert_eq!(Rounded(Duration::from_micros(250)).to_string(), "250µs");
        assert_eq!(Rounded(Duration::from_micros(1_250)).to_string(), "1ms");
        assert_eq!(Rounded(Duration::ZERO).to_string(), "0ns");
    }
}
