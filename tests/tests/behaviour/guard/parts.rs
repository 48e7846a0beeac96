//! What a payment inside of a body means for whoever stands around it when the body hides the outcome: the table of the guard.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::FutureExt;
use resilient_runtime::by_hand::Fallback;
use resilient_runtime::{
    Scope, bulkhead, failover, fallback, idempotent, in_call, non_idempotent, on_unknown,
    read_only, retry,
};
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, OVERLOADED, PANICS, Service, Step, THROTTLED,
    fails, ms,
};
use tokio::time::{sleep, timeout};

use super::charge;

const INSTEAD: u32 = 99;

/// What becomes of the payment, and what the body makes of it: it always fails with something else.
#[derive(Debug, Clone, Copy)]
enum Payment {
    Ends(Step),
    /// By a bulkhead of its own.
    Refused,
    /// The body drops it.
    Dropped,
    Panics,
    /// In a task, beyond the body's end.
    GoesOn,
}

/// What is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    NotSent,
    AnsweredNo,
    Done,
    Nothing,
}

const PAYMENTS: [(Payment, Known); 12] = [
    (Payment::Ends(fails(NOT_SENT)), Known::NotSent),
    (Payment::Refused, Known::NotSent),
    (Payment::Ends(fails(BUSY)), Known::AnsweredNo),
    (Payment::Ends(fails(OVERLOADED)), Known::AnsweredNo),
    (Payment::Ends(fails(THROTTLED)), Known::AnsweredNo),
    (Payment::Ends(fails(DECLINED)), Known::AnsweredNo),
    (Payment::Ends(OK), Known::Done),
    (Payment::Ends(OK.after(ms(10))), Known::Done),
    (Payment::Ends(fails(LOST)), Known::Nothing),
    (Payment::Dropped, Known::Nothing),
    (Payment::Panics, Known::Nothing),
    (Payment::GoesOn, Known::Nothing),
];

/// Every way to say that the whole was not carried out.
const SAYS: [resilient_runtime::Failure; 4] = [NOT_SENT, BUSY, OVERLOADED, DECLINED];

#[bulkhead("parts", 1)]
#[non_idempotent]
async fn one_at_a_time(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// A body that declares nothing, and swallows whatever becomes of its payment.
async fn body(payment: Payment, says: resilient_runtime::Failure) -> Result<u32, Error> {
    match payment {
        Payment::Ends(step) => {
            let _swallowed = charge(&Service::new([step])).await;
        }
        Payment::Refused => {
            let hanging = Service::new([HANGS]);
            let scope = Scope::current();
            // Not of this attempt: it only takes the permit.
            let other = tokio::spawn(scope.run(async move { one_at_a_time(&hanging).await }));
            sleep(ms(1)).await;
            let refused = one_at_a_time(&Service::new([OK])).await;
            assert!(refused.expect_err("another call runs").is_refusal());
            other.abort();
            let _gone = other.await;
        }
        Payment::Dropped => {
            let hanging = Service::new([HANGS]);
            assert!(timeout(ms(10), charge(&hanging)).await.is_err());
        }
        Payment::Panics => {
            let service = Service::new([PANICS]);
            let call = AssertUnwindSafe(charge(&service)).catch_unwind();
            assert!(call.await.is_err());
        }
        Payment::GoesOn => {
            drop(tokio::spawn(in_call(async {
                charge(&Service::new([OK.after(ms(60_000))])).await
            })));
        }
    }
    Err(Error::answered(says, 0))
}

fn case(payment: Payment, says: resilient_runtime::Failure) -> String {
    format!("{payment:?}, and the body says {says}")
}

/// The record of this call, and how often it was asked about.
struct Shop {
    asked: AtomicU32,
    finds: bool,
}

impl Shop {
    fn new(finds: bool) -> Self {
        let asked = AtomicU32::new(0);
        Self { asked, finds }
    }

    #[read_only]
    async fn find(&self, _key: &str) -> Result<Option<u32>, Error> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.finds.then_some(17))
    }

    #[non_idempotent]
    #[on_unknown(key("17"), confirm(Self::find), settles = "10s")]
    async fn order(
        &self,
        payment: Payment,
        says: resilient_runtime::Failure,
    ) -> Result<u32, Error> {
        body(payment, says).await
    }

    #[retry(not_sent, attempts = 2, jitter(none), budget(none))]
    #[on_unknown(key("17"), confirm(Self::find), settles = "10s")]
    async fn repeated(&self, payment: Payment, attempts: &AtomicU32) -> Result<u32, Error> {
        attempts.fetch_add(1, Ordering::Relaxed);
        body(payment, NOT_SENT).await
    }
}

#[resilient_runtime::test]
async fn a_record_is_closed_by_the_bodys_word_only_while_no_part_is_done_or_lost() {
    for (payment, known) in PAYMENTS {
        for says in SAYS {
            let (shop, case, scope) = (Shop::new(true), case(payment, says), Scope::new());
            let answer = scope.run(shop.order(payment, says)).await;
            let (asked, counts) = (shop.asked.load(Ordering::Relaxed), scope.journal().counts());
            if matches!(known, Known::NotSent | Known::AnsweredNo) {
                assert_eq!(answer, Err(Error::answered(says, 0)), "{case}");
                assert_eq!((asked, counts.not_carried_out), (0, 1), "{case}");
            } else {
                assert_eq!(answer, Ok(17), "{case}: the service knows it");
                assert_eq!((asked, counts.succeeded), (1, 1), "{case}");
            }
            assert_eq!(scope.journal().records().len(), 0, "{case}");
        }
    }
}

#[resilient_runtime::test]
async fn not_found_proves_nothing_of_a_part_that_was_done() {
    for (payment, known) in PAYMENTS {
        let (shop, case, scope) = (Shop::new(false), case(payment, NOT_SENT), Scope::new());
        let error = scope.run(shop.order(payment, NOT_SENT)).await.unwrap_err();
        let asked = shop.asked.load(Ordering::Relaxed) > 0;
        let unresolved = scope.journal().counts().unresolved;
        let failure = resilient_runtime::Classify::failure(&error);
        match known {
            Known::NotSent | Known::AnsweredNo => {
                assert_eq!((asked, unresolved, failure), (false, 0, NOT_SENT), "{case}");
            }
            Known::Nothing => {
                assert_eq!((asked, unresolved, failure), (true, 0, NOT_SENT), "{case}");
            }
            Known::Done => {
                assert_eq!((asked, unresolved, failure), (true, 1, LOST), "{case}");
            }
        }
    }
}

/// With the remedies in between: what was certainly not carried out may be repeated, half of a payment may not.
#[resilient_runtime::test]
async fn under_a_retry_a_part_that_was_done_is_never_done_again() {
    for (payment, known) in PAYMENTS {
        let (shop, attempts) = (Shop::new(false), AtomicU32::new(0));
        let case = case(payment, NOT_SENT);
        let answer = Scope::new().run(shop.repeated(payment, &attempts)).await;
        assert!(answer.is_err(), "{case}");
        // A task that goes on may still pay: the record cannot know.
        let goes_on = matches!(payment, Payment::GoesOn);
        let free = !goes_on && matches!(known, Known::NotSent | Known::Nothing);
        let expected = if free { 2 } else { 1 };
        assert_eq!(attempts.load(Ordering::Relaxed), expected, "{case}");
    }
}

#[resilient_runtime::test]
async fn a_repeat_stops_at_everything_that_was_not_certainly_not_sent() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn repeated(payment: Payment, attempts: &Service) -> Result<u32, Error> {
        assert!(attempts.call().await.is_ok());
        body(payment, BUSY).await
    }
    for (payment, known) in PAYMENTS {
        let attempts = Service::new([OK]);
        assert!(repeated(payment, &attempts).await.is_err());
        let expected = if known == Known::NotSent { 3 } else { 1 };
        assert_eq!(attempts.calls(), expected, "{}", case(payment, BUSY));
    }
}

#[resilient_runtime::test]
async fn somebody_else_answers_only_while_no_part_is_done_or_lost() {
    #[idempotent]
    #[fallback(instead, any)]
    async fn falls(payment: Payment, says: resilient_runtime::Failure) -> Result<u32, Error> {
        body(payment, says).await
    }
    #[read_only]
    async fn instead(_: Payment, _: resilient_runtime::Failure) -> Result<u32, Error> {
        Ok(INSTEAD)
    }
    #[idempotent]
    #[failover(instead)]
    async fn fails_over(payment: Payment, says: resilient_runtime::Failure) -> Result<u32, Error> {
        body(payment, says).await
    }
    for (payment, known) in PAYMENTS {
        let free = matches!(known, Known::NotSent | Known::AnsweredNo);
        for says in SAYS {
            let case = case(payment, says);
            let own = Err(Error::answered(says, 0));
            let expected = if free { Ok(INSTEAD) } else { own.clone() };
            assert_eq!(falls(payment, says).await, expected, "fallback: {case}");
            let by_hand = Fallback::for_writes().any();
            let by_hand = by_hand.run(body(payment, says), |_| async { Ok(INSTEAD) });
            // By hand nobody asks what a task does that outlives the future.
            if !matches!(payment, Payment::GoesOn) {
                assert_eq!(by_hand.await, expected, "by hand: {case}");
            }
            // An answer that is final is nobody else's business.
            let expected = if says == DECLINED { own } else { expected };
            assert_eq!(
                fails_over(payment, says).await,
                expected,
                "failover: {case}"
            );
        }
    }
}

/// The outer call says "declined", and is free to; what was lost inside of it stays lost for the call around that.
#[resilient_runtime::test]
async fn what_was_lost_two_calls_deep_is_lost_for_all_of_them() {
    #[non_idempotent]
    async fn swallows(payment: Payment) -> Result<u32, Error> {
        body(payment, DECLINED).await
    }
    #[idempotent]
    #[fallback(instead, any)]
    async fn outer(payment: Payment) -> Result<u32, Error> {
        hidden(payment).await
    }
    async fn hidden(payment: Payment) -> Result<u32, Error> {
        swallows(payment).await
    }
    #[read_only]
    async fn instead(_: Payment) -> Result<u32, Error> {
        Ok(INSTEAD)
    }
    for (payment, known) in PAYMENTS {
        let free = matches!(known, Known::NotSent | Known::AnsweredNo);
        assert_eq!(outer(payment).await.is_ok(), free, "{payment:?}");
    }
}
