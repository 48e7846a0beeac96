//! Whatever three banks do with it, and whenever its caller leaves: an order is carried out at one of them at most.
//!
//! A stack is one function. Scripts are drawn at random from a fixed seed; what became of the order is counted when all
//! the banks will ever do is done.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use resilient_runtime::{
    Classify, Failure, Scope, failover, fallback, hedge, idempotent, non_idempotent, on_unknown,
    read_only, retry, timeout,
};
use resilient_tests::bank::{Bank, BankError, Does};
use resilient_tests::service::ms;

/// The bank that is asked first, the next provider, and the one behind the fallback.
struct Banks([Arc<Bank>; 3]);

impl Banks {
    #[read_only]
    async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.0[0].look_up(key).await
    }

    #[idempotent]
    async fn void(&self, key: &str) -> Result<(), BankError> {
        self.0[0].undo(key).await
    }

    #[read_only]
    async fn find_next(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.0[1].look_up(key).await
    }

    #[non_idempotent]
    async fn pay_next(&self, order: &str) -> Result<u32, BankError> {
        self.0[1].post(order).await
    }

    #[non_idempotent]
    #[timeout(total = "60s", attempt = "5s")]
    #[on_unknown(key(order), confirm(Self::find_next), settles = "25s")]
    async fn pay_next_for_certain(&self, order: &str) -> Result<u32, BankError> {
        self.0[1].post(order).await
    }

    #[non_idempotent]
    async fn pay_last(&self, order: &str) -> Result<u32, BankError> {
        self.0[2].post(order).await
    }

    #[idempotent]
    async fn put_next(&self, order: &str) -> Result<u32, BankError> {
        self.0[1].post(order).await
    }

    #[idempotent]
    async fn put_last(&self, order: &str) -> Result<u32, BankError> {
        self.0[2].post(order).await
    }

    #[non_idempotent]
    #[timeout(total = "60s", attempt = "5s", unknown(to_caller))]
    #[failover(Self::pay_next)]
    #[fallback(Self::pay_last)]
    async fn left_to_the_caller(&self, order: &str) -> Result<u32, BankError> {
        self.0[0].post(order).await
    }

    #[retry(not_sent, jitter(none))]
    #[timeout(total = "90s", attempt = "5s")]
    #[on_unknown(key(order), confirm(Self::find), settles = "25s")]
    #[failover(Self::pay_next)]
    #[fallback(Self::pay_last)]
    async fn looked_for(&self, order: &str) -> Result<u32, BankError> {
        self.0[0].post(order).await
    }

    #[retry(not_sent, jitter(none))]
    #[timeout(total = "90s", attempt = "5s")]
    #[on_unknown(
        key(order),
        confirm(Self::find),
        cancel(Self::void, fences),
        settles = "25s"
    )]
    #[failover(Self::pay_next_for_certain)]
    #[fallback(Self::pay_last)]
    async fn fenced(&self, order: &str) -> Result<u32, BankError> {
        self.0[0].post(order).await
    }

    #[non_idempotent]
    #[timeout(total = "90s", attempt = "5s")]
    #[on_unknown(key(order), cancel(Self::void), settles = "25s")]
    #[failover(Self::pay_next_for_certain, Self::pay_last)]
    async fn cancelled(&self, order: &str) -> Result<u32, BankError> {
        self.0[0].post(order).await
    }

    /// Too little time to find out.
    #[non_idempotent]
    #[timeout(total = "12s", attempt = "5s")]
    #[on_unknown(key(order), confirm(Self::find), cancel(Self::void), settles = "25s")]
    #[fallback(Self::pay_last)]
    async fn hasty(&self, order: &str) -> Result<u32, BankError> {
        self.0[0].post(order).await
    }

    #[hedge(after = "1s")]
    #[idempotent]
    #[timeout(total = "60s", attempt = "5s", unknown(to_caller))]
    #[failover(Self::put_next)]
    #[fallback(Self::put_last)]
    async fn hedged(&self, order: &str) -> Result<u32, BankError> {
        self.0[0].post(order).await
    }

    #[hedge(after = "1s", max = 2)]
    #[idempotent]
    #[timeout(total = "90s", attempt = "5s")]
    #[on_unknown(key(order), confirm(Self::find), settles = "25s")]
    #[failover(Self::put_next)]
    #[fallback(Self::put_last)]
    async fn hedged_and_looked_for(&self, order: &str) -> Result<u32, BankError> {
        self.0[0].post(order).await
    }

    #[hedge(after = "1s")]
    #[retry(idempotent, jitter(none), budget(none))]
    #[timeout(total = "90s", attempt = "5s")]
    #[on_unknown(
        key(order),
        confirm(Self::find),
        cancel(Self::void, fences),
        settles = "25s"
    )]
    #[failover(Self::put_next)]
    #[fallback(Self::put_last)]
    async fn hedged_and_repeated(&self, order: &str) -> Result<u32, BankError> {
        self.0[0].post(order).await
    }
}

type Call<'a> = Pin<Box<dyn Future<Output = Result<u32, BankError>> + 'a>>;
type Stack = (&'static str, for<'a> fn(&'a Banks) -> Call<'a>);

macro_rules! stacks {
    ($($name:ident),*) => {
        &[$((stringify!($name), |banks| Box::pin(banks.$name(ORDER)))),*]
    };
}

const ORDER: &str = "17";
/// Carried out twice is charged twice.
const ONCE: &[Stack] = stacks!(left_to_the_caller, looked_for, fenced, cancelled, hasty);
/// Carried out twice at one bank is like once.
const AT_ONE_PLACE: &[Stack] = stacks!(hedged, hedged_and_looked_for, hedged_and_repeated);

/// An answer that is likely, or a mishap.
fn drawn(random: &mut fastrand::Rng) -> Does {
    const SAID: [Failure; 6] = [
        Failure::NotSent,
        Failure::Unknown,
        Failure::transient(None),
        Failure::overloaded(None),
        Failure::throttled(None),
        Failure::Permanent,
    ];
    match random.u32(0..10) {
        0 | 1 => Does::After(ms(random.u64(0..4_000))),
        // Cut off, and carried out long before `settles` is over.
        2 | 3 => Does::After(ms(random.u64(4_000..20_000))),
        4 => Does::Loses,
        5 => Does::AnswerLost,
        _ => Does::Refuses(SAID[random.usize(..SAID.len())]),
    }
}

/// Whether a bank fences, answers no questions or never comes to their end is drawn too.
fn banks(random: &mut fastrand::Rng) -> (Banks, String) {
    let scripts: [Vec<Does>; 3] = std::array::from_fn(|_| (0..6).map(|_| drawn(random)).collect());
    let said = format!("{scripts:?}");
    let banks = Banks(scripts.map(|script| Bank::new(script, true)));
    for bank in &banks.0 {
        bank.deaf.store(random.u32(0..5) == 0, Ordering::Relaxed);
        bank.hangs.store(random.u32(0..10) == 0, Ordering::Relaxed);
    }
    (banks, said)
}

/// How often each bank has charged the order when nothing more happens.
async fn charged(banks: &Banks) -> [i32; 3] {
    tokio::time::sleep(Duration::from_mins(1)).await;
    std::array::from_fn(|at| banks.0[at].charged(ORDER))
}

/// What an answer says has to be so.
fn holds(answer: &Result<u32, BankError>, charged: [i32; 3], once: bool) -> bool {
    let places = charged.iter().filter(|charged| **charged > 0).count();
    let times: i32 = charged.iter().sum();
    let certain = match answer.as_ref().map_err(Classify::failure) {
        Ok(_) => places == 1,
        Err(Failure::Unknown) => true,
        Err(_) => places == 0,
    };
    certain && places <= 1 && (!once || times <= 1)
}

#[resilient_runtime::test]
async fn an_order_is_carried_out_at_one_place_at_most_and_as_its_answer_says() {
    let mut random = fastrand::Rng::with_seed(0x000d_e150);
    let (mut answered, mut unknown) = ([0; 3], 0);
    for round in 0..400 {
        for (stacks, once) in [(ONCE, true), (AT_ONE_PLACE, false)] {
            for (name, call) in stacks {
                let (banks, said) = banks(&mut random);
                // A fallback stands outside of the total, and this one has no limit of its own.
                let patience = Duration::from_mins(10);
                let answer = Scope::new()
                    .run(tokio::time::timeout(patience, call(&banks)))
                    .await;
                let answer = answer.unwrap_or(Err(BankError::Bank(Failure::Unknown)));
                let charged = charged(&banks).await;
                assert!(
                    holds(&answer, charged, once),
                    "round {round}: {name} answered {answer:?}, charged {charged:?}, script {said}"
                );
                unknown += u32::from(
                    answer
                        .as_ref()
                        .is_err_and(|error| error.failure() == Failure::Unknown),
                );
                for (answered, charged) in answered.iter_mut().zip(charged) {
                    *answered += u32::from(answer.is_ok() && charged > 0);
                }
            }
        }
    }
    // Otherwise the scripts say nothing about who answers.
    assert!(
        unknown > 100 && answered.iter().all(|bank| *bank > 50),
        "{unknown} unknown, answered by {answered:?}"
    );
}

#[resilient_runtime::test]
async fn an_order_whose_caller_leaves_is_carried_out_at_one_place_at_most() {
    let mut random = fastrand::Rng::with_seed(0x1ea5e);
    let mut left = 0;
    for round in 0..300 {
        for (stacks, once) in [(ONCE, true), (AT_ONE_PLACE, false)] {
            for (name, call) in stacks {
                let (banks, said) = banks(&mut random);
                let patience = ms(random.u64(0..40_000));
                let answer = Scope::new()
                    .run(tokio::time::timeout(patience, call(&banks)))
                    .await;
                left += u32::from(answer.is_err());
                let charged = charged(&banks).await;
                let answer = answer.unwrap_or(Err(BankError::Bank(Failure::Unknown)));
                assert!(
                    holds(&answer, charged, once),
                    "round {round}: {name} left after {patience:?}, charged {charged:?}, script {said}"
                );
            }
        }
    }
    assert!(left > 200, "{left} left");
}

/// The first bank loses the order or carries it out late; nobody can say which.
#[resilient_runtime::test]
async fn an_unresolved_write_goes_to_nobody_else() {
    for (name, call) in ONCE.iter().chain(AT_ONE_PLACE) {
        for does in [Does::Loses, Does::After(ms(9_000)), Does::AnswerLost] {
            let banks = Banks([
                Bank::new([does], true),
                Bank::new([Does::After(ms(10))], true),
                Bank::new([Does::After(ms(10))], true),
            ]);
            banks.0[0].deaf.store(true, Ordering::Relaxed);
            let answer = Scope::new().run(call(&banks)).await;
            let error = answer.expect_err("nobody answered");
            assert_eq!(error.failure(), Failure::Unknown, "{name}: {error:?}");
            let others = [banks.0[1].arrived(), banks.0[2].arrived()];
            assert_eq!(others, [0, 0], "{name}, {does:?}");
        }
    }
}

#[resilient_runtime::test]
async fn what_was_certainly_not_carried_out_is_repeated_before_anybody_else_is_called() {
    let banks = Banks([
        Bank::new([Does::Loses, Does::After(ms(10))], true),
        Bank::new([Does::After(ms(10))], true),
        Bank::new([Does::After(ms(10))], true),
    ]);
    assert!(banks.looked_for(ORDER).await.is_ok());
    assert_eq!(banks.0[0].arrived(), 2);
    assert_eq!(charged(&banks).await, [1, 0, 0]);
}

#[resilient_runtime::test]
async fn a_cancelled_write_is_not_repeated_and_answered_by_the_next_in_line() {
    let late = || Bank::new([Does::After(ms(20_000))], true);
    let prompt = || Bank::new([Does::After(ms(10))], true);
    let refuses = || Bank::new([Does::Refuses(Failure::NotSent)], true);
    let banks = Banks([late(), prompt(), prompt()]);
    assert!(banks.cancelled(ORDER).await.is_ok());
    assert_eq!(charged(&banks).await, [0, 1, 0]);
    // The next one is not there either.
    let banks = Banks([late(), refuses(), prompt()]);
    assert!(Scope::new().run(banks.cancelled(ORDER)).await.is_ok());
    assert_eq!(banks.0[0].arrived(), 1, "a cancelled order is not repeated");
    assert_eq!(charged(&banks).await, [0, 0, 1]);
    // The next one loses it: nobody comes behind.
    let banks = Banks([late(), Bank::new([Does::AnswerLost], true), prompt()]);
    banks.0[1].deaf.store(true, Ordering::Relaxed);
    assert!(Scope::new().run(banks.cancelled(ORDER)).await.is_err());
    assert_eq!(banks.0[2].arrived(), 0);
}
