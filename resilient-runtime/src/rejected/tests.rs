//! What a rejection proves, says and carries.

use super::*;

#[test]
fn a_scripted_rejection_means_what_its_script_says() {
    for failure in [
        Failure::NotSent,
        Failure::Unknown,
        Failure::transient(Some(LIMIT)),
    ] {
        let rejected = Rejected::unsent(Kind::Scripted { failure }, "test::call");
        assert_eq!(rejected.failure(), failure);
        assert_eq!(rejected.retry_after(), failure.retry_after());
    }
}

const LIMIT: Duration = Duration::from_secs(2);

fn every_kind() -> [Kind; 12] {
    [
        Kind::TotalTimeout { limit: LIMIT },
        Kind::AttemptTimeout { limit: LIMIT },
        Kind::DeadlineExceeded,
        Kind::BreakerOpen {
            retry_after: Some(LIMIT),
        },
        Kind::RateLimited { retry_after: LIMIT },
        Kind::BulkheadFull,
        Kind::BulkheadTimeout { wait: LIMIT },
        Kind::Cancelled,
        Kind::Unresolved,
        Kind::JournalFull,
        Kind::JournalFailed,
        Kind::UnfitKey,
    ]
}

#[test]
fn a_refusal_before_the_body_was_polled_proves_not_sent() {
    for kind in every_kind() {
        let rejected = Rejected::unsent(kind, "test::call");
        assert!(!rejected.is_unknown());
        assert_eq!(
            rejected.failure(),
            Failure::Rejected {
                retry_after: rejected.retry_after()
            }
        );
    }
}

#[test]
fn a_call_ended_after_its_body_was_polled_is_unknown() {
    for kind in every_kind() {
        assert_eq!(
            Rejected::sent(kind, "test::call").failure(),
            Failure::Unknown,
            "{kind:?}"
        );
    }
}

#[test]
fn a_rejection_says_when_to_come_back_only_where_somebody_knows() {
    let known: Vec<_> = every_kind()
        .map(|kind| Rejected::unsent(kind, "test::call").retry_after())
        .into();
    let after: Vec<_> = known.iter().flatten().collect();
    assert_eq!(after, [&LIMIT, &LIMIT]);
    assert_eq!((known[3], known[4]), (Some(LIMIT), Some(LIMIT)));
}

#[test]
fn a_rejection_names_its_policy_and_whether_time_ran_out() {
    let told = every_kind().map(|kind| {
        let rejected = Rejected::unsent(kind, "test::call");
        (rejected.policy(), rejected.is_timeout())
    });
    assert_eq!(
        told,
        [
            ("timeout", true),
            ("timeout", true),
            ("timeout", true),
            ("breaker", false),
            ("rate_limit", false),
            ("bulkhead", false),
            ("bulkhead", false),
            ("on_unknown", false),
            ("on_unknown", false),
            ("on_unknown", false),
            ("on_unknown", false),
            ("on_unknown", false)
        ]
    );
}

#[test]
fn a_rejection_stays_small_enough_for_every_error_type() {
    assert!(size_of::<Rejected>() <= 56, "{}", size_of::<Rejected>());
}

#[test]
fn what_is_certainly_not_carried_out_may_be_sent_again() {
    let rejected = Rejected::unsent(Kind::NotCarriedOut, "test::call");
    assert_eq!(rejected.failure(), Failure::NotSent);
    assert_eq!(rejected.policy(), "on_unknown");
}

#[cfg(feature = "runtime")]
#[test]
fn the_key_can_be_asked_for_and_is_in_no_text() {
    let rejected = Rejected::sent(Kind::Unresolved, "test::call")
        .with_key(&"order-17".into())
        .with_source("connection reset");
    assert_eq!(rejected.key(), Some("order-17"));
    assert!(rejected.source().is_some());
    let texts = format!("{rejected} {rejected:?}");
    assert!(!texts.contains("order-17"), "{texts}");
}

#[test]
fn the_source_is_shown_and_not_compared() {
    let bare = Rejected::sent(Kind::DeadlineExceeded, "test::call");
    let caused = bare.clone().with_source("connection reset");
    assert_eq!(bare, caused);
    assert_eq!(
        caused.source().map(ToString::to_string).as_deref(),
        Some("connection reset")
    );
    assert!(bare.source().is_none());
}
