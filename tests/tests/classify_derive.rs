//! The two derives: what a marked type answers, and where a rejection ends up.

use std::sync::Arc;
use std::time::Duration;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{Classify, Failure, FromRejected, Rejected};

const WAIT: Duration = Duration::from_secs(3);

#[derive(Debug, thiserror::Error, Classify)]
enum PaymentError {
    #[error("no route")]
    #[failure(not_sent)]
    NoRoute,
    #[error("silence")]
    #[failure(unknown)]
    Silence,
    #[error("locked")]
    #[failure(transient)]
    Locked,
    #[error("later")]
    #[failure(transient(retry_after = 1))]
    Later(String, Duration),
    #[error("busy")]
    #[failure(overloaded(retry_after = wait))]
    Busy { wait: Option<Duration> },
    #[error("slow down")]
    #[failure(throttled(retry_after = wait))]
    SlowDown { wait: Duration },
    #[error("declined: {reason}")]
    #[failure(permanent)]
    Declined { reason: &'static str },
    #[error(transparent)]
    #[failure(from)]
    Io(#[from] std::io::Error),
    #[error("while {step}")]
    Step {
        step: &'static str,
        #[failure(from)]
        source: std::io::Error,
    },
    #[error(transparent)]
    Policy(#[from] Rejected),
}

fn open() -> Rejected {
    Rejected::unsent(
        Kind::BreakerOpen {
            retry_after: Some(WAIT),
        },
        "pay::charge",
    )
}

fn late() -> Rejected {
    Rejected::sent(Kind::TotalTimeout { limit: WAIT }, "pay::charge")
}

fn refused() -> std::io::Error {
    std::io::ErrorKind::ConnectionRefused.into()
}

#[test]
fn each_variant_answers_what_it_is_marked() {
    for (error, class) in [
        (PaymentError::NoRoute, Failure::NotSent),
        (PaymentError::Silence, Failure::Unknown),
        (PaymentError::Locked, Failure::transient(None)),
        (
            PaymentError::Declined { reason: "limit" },
            Failure::Permanent,
        ),
    ] {
        assert_eq!(error.failure(), class, "{error}");
    }
}

#[test]
fn a_wait_is_read_from_the_field_that_holds_it() {
    assert_eq!(
        PaymentError::Later("x".into(), WAIT).failure(),
        Failure::transient(Some(WAIT))
    );
    assert_eq!(
        PaymentError::Busy { wait: Some(WAIT) }.failure(),
        Failure::overloaded(Some(WAIT))
    );
    assert_eq!(
        PaymentError::Busy { wait: None }.failure(),
        Failure::overloaded(None)
    );
    assert_eq!(
        PaymentError::SlowDown { wait: WAIT }.failure(),
        Failure::throttled(Some(WAIT))
    );
}

#[test]
fn a_variant_marked_from_asks_the_error_it_wraps() {
    assert_eq!(PaymentError::from(refused()).failure(), Failure::NotSent);
    let error = PaymentError::Step {
        step: "charging",
        source: std::io::ErrorKind::TimedOut.into(),
    };
    assert_eq!(error.failure(), Failure::Unknown);
}

#[test]
fn a_variant_that_wraps_a_rejection_needs_no_mark() {
    assert_eq!(
        PaymentError::from(open()).failure(),
        Failure::Rejected {
            retry_after: Some(WAIT)
        }
    );
    assert_eq!(PaymentError::from(late()).failure(), Failure::Unknown);
}

#[derive(Debug, PartialEq, Classify)]
#[failure(default = permanent)]
enum Answer {
    NotFound,
    Gone(u16),
    #[failure(unknown)]
    Lost,
    Policy(Box<Rejected>),
    Counted {
        attempt: u32,
        rejected: Rejected,
    },
}

#[test]
fn a_default_stands_for_every_variant_without_a_mark_except_a_rejection() {
    assert_eq!(Answer::NotFound.failure(), Failure::Permanent);
    assert_eq!(Answer::Gone(7).failure(), Failure::Permanent);
    assert_eq!(Answer::Lost.failure(), Failure::Unknown);
    assert_eq!(Answer::Policy(Box::new(late())).failure(), Failure::Unknown);
    let counted = Answer::Counted {
        attempt: 2,
        rejected: late(),
    };
    assert_eq!(counted.failure(), Failure::Unknown);
}

#[derive(Debug, Classify)]
#[failure(permanent)]
struct Invalid;

#[derive(Debug, Classify)]
#[failure(overloaded(retry_after = 0))]
struct Busy(Duration);

#[derive(Debug, Classify)]
#[failure(from)]
struct Opaque(Arc<std::io::Error>);

#[derive(Debug, Classify)]
struct Attributed<'a, E> {
    #[failure(from)]
    kind: E,
    url: &'a str,
}

#[test]
fn a_struct_has_one_class_or_asks_one_field() {
    assert_eq!(Invalid.failure(), Failure::Permanent);
    assert_eq!(Busy(WAIT).failure(), Failure::overloaded(Some(WAIT)));
    assert_eq!(Opaque(Arc::new(refused())).failure(), Failure::NotSent);
    let error = Attributed {
        kind: PaymentError::Silence,
        url: "/charges",
    };
    assert_eq!((error.failure(), error.url), (Failure::Unknown, "/charges"));
}

#[derive(Debug, PartialEq, FromRejected, Classify)]
enum Marked {
    #[failure(permanent)]
    Declined,
    #[rejected]
    Policy(Rejected),
    #[failure(from)]
    Earlier(Rejected),
}

#[derive(Debug, PartialEq, FromRejected)]
enum Found {
    Declined(u8),
    Policy { rejected: Box<Rejected> },
}

#[derive(Debug, PartialEq, FromRejected)]
struct Wrapped(Arc<Rejected>);

#[test]
fn a_rejection_goes_where_it_is_marked_or_into_the_only_place_for_one() {
    assert_eq!(Marked::from(open()), Marked::Policy(open()));
    assert_ne!(Marked::from(open()), Marked::Earlier(open()));
    assert_eq!(
        Found::from(open()),
        Found::Policy {
            rejected: Box::new(open())
        }
    );
    assert_ne!(Found::from(open()), Found::Declined(1));
    assert_eq!(Wrapped::from(open()), Wrapped(Arc::new(open())));
    assert_ne!(Marked::from(open()), Marked::Declined);
}

#[test]
fn every_type_with_a_place_for_a_rejection_can_be_returned_by_a_policy() {
    fn returned<E: FromRejected>() -> E {
        E::from_rejected(open())
    }
    assert!(matches!(
        returned::<PaymentError>(),
        PaymentError::Policy(_)
    ));
    assert!(matches!(returned::<Found>(), Found::Policy { .. }));
    assert!(returned::<anyhow::Error>().is::<Rejected>());
}
