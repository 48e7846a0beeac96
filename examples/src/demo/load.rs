//! The load: in, two clients; out, a record of every call. It never waits for an answer before it makes the next call.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::wire::Wire;
use crate::service::{Charge, Refund};

/// Calls a second to each client: five eighths of what the healthy service can take.
pub const CALLS_PER_SECOND: u32 = 50;

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A read.
    Balance,
    /// A write that is carried out as often as it is asked.
    Charge,
    /// A write with an idempotency key.
    Refund,
}

/// One logical call.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Its place in the load, from zero; also its order.
    pub number: u64,
    /// What it asks for.
    pub kind: Kind,
    /// Zero if it is one of the mistakes that the service answers with 422.
    pub cents: u64,
}

/// What the caller was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The service answered with what was asked for.
    Answered,
    /// The service answered that the call makes no sense.
    Invalid,
    /// Turned away by the client's own policies, before it cost the service anything.
    RejectedEarly,
    /// "It may have been carried out": the caller knows that it does not know.
    Unknown,
    /// "It failed."
    Failed,
}

/// What became of a call.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// The call.
    pub call: Call,
    /// When it was made, from the start of the load.
    pub made: Duration,
    /// How long its caller waited.
    pub took: Duration,
    /// What its caller was told.
    pub ended: Ended,
}

impl Record {
    /// Whether the caller got the answer that this call deserves: for a mistake, that is 422.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let deserved = if self.call.cents == 0 {
            Ended::Invalid
        } else {
            Ended::Answered
        };
        self.ended == deserved
    }
}

/// A client of the payments service, reduced to what the comparison needs.
pub trait Payments: Send + Sync + 'static {
    /// What its attempts go through.
    fn wire(&self) -> &Wire;
    /// Reads a balance.
    fn balance(&self, user: &str) -> impl Future<Output = Ended> + Send;
    /// Charges an order.
    fn charge(&self, charge: Charge) -> impl Future<Output = Ended> + Send;
    /// Refunds an order.
    fn refund(&self, refund: Refund) -> impl Future<Output = Ended> + Send;
}

/// The calls of one client that have ended so far.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Vec<Record>>>);

impl Ledger {
    /// All of them, in the order in which they ended.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn push(&self, record: Record) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(record);
    }
}

/// The `number`-th call of the load, the same in every run: half of the calls read, four of ten charge, one of ten refunds.
#[must_use]
pub const fn nth(number: u64) -> Call {
    let kind = match number % 10 {
        0 | 2 | 4 | 6 | 8 => Kind::Balance,
        5 => Kind::Refund,
        _ => Kind::Charge,
    };
    let mistake = !matches!(kind, Kind::Balance) && number % 23 == 7;
    let cents = if mistake {
        0
    } else {
        500 + number * 37 % 20 * 250
    };
    Call {
        number,
        kind,
        cents,
    }
}

/// Makes the calls on time, whatever becomes of them, and returns when the last one has ended.
pub async fn run<P: Payments>(client: Arc<P>, ledger: Ledger, start: Instant, length: Duration) {
    let interval = Duration::from_secs(1) / CALLS_PER_SECOND;
    let mut calls = JoinSet::new();
    let mut made = Duration::ZERO;
    for number in 0.. {
        if made >= length {
            break;
        }
        sleep_until(start + made).await;
        let (client, ledger) = (Arc::clone(&client), ledger.clone());
        calls.spawn(async move {
            let call = nth(number);
            let began = Instant::now();
            let ended = make(&*client, call).await;
            ledger.push(Record {
                call,
                made,
                took: began.elapsed(),
                ended,
            });
        });
        made += interval;
    }
    calls.join_all().await;
}

async fn make(client: &impl Payments, call: Call) -> Ended {
    let Call {
        number: order,
        kind,
        cents,
    } = call;
    match kind {
        Kind::Balance => client.balance(&format!("user-{}", order % 7)).await,
        Kind::Charge => client.charge(Charge { order, cents }).await,
        Kind::Refund => client.refund(Refund { order, cents }).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_of_a_hundred_calls_charge_and_some_of_them_are_mistakes() {
        let calls: Vec<Call> = (0..1_000).map(nth).collect();
        let charges = calls.iter().filter(|call| call.kind == Kind::Charge);
        let mistakes = calls.iter().filter(|call| call.cents == 0);

        assert_eq!(charges.count(), 400);
        assert!((15..40).contains(&mistakes.count()));
    }

    #[test]
    fn a_refused_mistake_is_a_good_answer_and_an_accepted_one_is_not() {
        let mistake = (0..100).map(nth).find(|call| call.cents == 0).unwrap();
        let record = |ended| Record {
            call: mistake,
            made: Duration::ZERO,
            took: Duration::ZERO,
            ended,
        };

        assert!(record(Ended::Invalid).is_good());
        assert!(!record(Ended::Answered).is_good());
    }
}
