//! A payment hidden in a hedged body: the lane that begins it goes on alone, so the other one cannot begin a second.

use resilient_runtime::{failover, hedge, idempotent, in_call, non_idempotent, read_only};
use resilient_tests::events::Events;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, NOT_SENT, OK, Service, Step, fails, ms};

use super::charge;

/// Both lanes read first, so both are under way when one of them comes to the payment.
#[idempotent]
#[hedge(after = "80ms")]
async fn hedged(read: &Service, bank: &Service) -> Result<u32, Error> {
    read.call().await?;
    silent(bank).await
}

async fn silent(bank: &Service) -> Result<u32, Error> {
    charge(bank).await
}

/// The lanes that read like this and pay like that: what comes of it, reads, reads that were given up, payments.
async fn race<const N: usize>(reads: [Step; N], pays: Step) -> (bool, u32, u32, u32) {
    let (read, bank) = (Service::new(reads), Service::new([pays]));
    let paid = hedged(&read, &bank).await.is_ok();
    (paid, read.calls(), read.unfinished(), bank.calls())
}

#[resilient_runtime::test]
async fn the_lane_that_begins_a_payment_goes_on_alone() {
    let events = Events::record();
    let slow = OK.after(ms(500));
    let first = race([OK.after(ms(100)), HANGS], slow).await;
    assert_eq!(first, (true, 2, 1, 1), "the hedge is dropped");
    let hedge = race([HANGS, OK.after(ms(100))], slow).await;
    assert_eq!(hedge, (true, 2, 1, 1), "the first lane is dropped");
    let together = race([OK.after(ms(100)), OK.after(ms(20))], slow).await;
    assert_eq!(together, (true, 2, 1, 1), "in one and the same poll");
    assert_eq!(events.with("came too late").len(), 2);
    assert_eq!(events.with("overtaken").len(), 1);
}

#[resilient_runtime::test]
async fn a_payment_that_is_lost_at_once_is_not_begun_by_the_lane_behind_it() {
    for reads in [
        [OK.after(ms(100)), OK.after(ms(50))],
        [OK.after(ms(100)), OK.after(ms(20))],
        [OK.after(ms(300)), OK.after(ms(50))],
    ] {
        for pays in [fails(LOST), fails(BUSY), fails(LOST).after(ms(30))] {
            assert_eq!(race(reads, pays).await.3, 1, "{reads:?} {pays:?}");
        }
    }
}

#[resilient_runtime::test]
async fn a_payment_that_was_certainly_not_sent_ends_nobody() {
    let (read, bank) = (
        Service::new([OK.after(ms(100)), OK.after(ms(50))]),
        Service::new([fails(NOT_SENT), OK]),
    );
    assert_eq!(hedged(&read, &bank).await, Ok(2));
    assert_eq!(bank.calls(), 2);
}

#[resilient_runtime::test]
async fn a_lane_that_may_pay_in_a_task_goes_on_alone_too() {
    #[idempotent]
    #[hedge(after = "80ms")]
    async fn hedged(read: &Service, bank: &std::sync::Arc<Service>) -> Result<u32, Error> {
        read.call().await?;
        in_a_task(bank).await
    }
    async fn in_a_task(bank: &std::sync::Arc<Service>) -> Result<u32, Error> {
        let bank = std::sync::Arc::clone(bank);
        let task = in_call(async move { silent(&bank).await });
        tokio::spawn(task).await.expect("it does not panic")
    }
    let read = Service::new([OK.after(ms(100)), OK.after(ms(50))]);
    let bank = std::sync::Arc::new(Service::new([OK.after(ms(500))]));
    assert_eq!(hedged(&read, &bank).await, Ok(1));
    assert_eq!(bank.calls(), 1);
}

/// A write first, then a payment that is hidden; and another place for both.
#[idempotent]
#[hedge(after = "80ms")]
#[failover(elsewhere)]
async fn stored_and_paid_or(put: &Service, bank: &Service, _other: &Service) -> Result<u32, Error> {
    put.call().await?;
    silent(bank).await
}

#[idempotent]
#[hedge(after = "80ms")]
async fn stored_and_paid(put: &Service, bank: &Service, _other: &Service) -> Result<u32, Error> {
    put.call().await?;
    silent(bank).await
}

#[non_idempotent]
#[failover(elsewhere)]
async fn checkout(put: &Service, bank: &Service, other: &Service) -> Result<u32, Error> {
    stored_and_paid(put, bank, other).await
}

#[idempotent]
async fn elsewhere(_put: &Service, _bank: &Service, other: &Service) -> Result<u32, Error> {
    other.call().await
}

#[resilient_runtime::test]
async fn a_write_that_was_left_behind_is_unknown_whatever_the_payment_came_to() {
    // The hedge stores and pays while the first lane still stores; the payment is never sent, later on.
    let scripts = || {
        let pays = fails(NOT_SENT).after(ms(50));
        (
            Service::new([HANGS, OK.after(ms(10))]),
            Service::new([pays]),
            Service::new([OK]),
        )
    };
    let (put, bank, other) = scripts();
    let answer = stored_and_paid_or(&put, &bank, &other).await;
    assert!(answer.is_err());
    assert_eq!((put.unfinished(), other.calls()), (1, 0));
    let (put, bank, other) = scripts();
    assert!(checkout(&put, &bank, &other).await.is_err());
    assert_eq!((bank.calls(), other.calls()), (1, 0), "nor further out");
}

#[resilient_runtime::test]
async fn lanes_that_begin_nothing_race_to_the_end() {
    #[read_only]
    #[hedge(after = "80ms")]
    async fn plain(read: &Service) -> Result<u32, Error> {
        read.call().await
    }
    let read = Service::new([fails(BUSY).after(ms(100)), OK.after(ms(200))]);
    assert_eq!(plain(&read).await, Ok(2));
    assert_eq!(read.unfinished(), 0);
}
