//! `#[database]`: no service is called while a transaction is open. The wish to call is written into an outbox in
//! the transaction, and a worker calls after the commit.
//!
//! Were `charge` to take the transaction, it would not compile: "an external call that takes a database transaction".

use std::sync::{Mutex, PoisonError};

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::begin;
use resilient_examples::service::Charge;
use resilient_runtime::{database, non_idempotent, read_only, timeout};

/// As much of a database as it takes: what a transaction wrote is there once it is committed.
#[derive(Default)]
struct Database {
    outbox: Mutex<Vec<u64>>,
}

/// Named like the one of `sqlx`, and taken for it.
struct PgTransaction<'d> {
    database: &'d Database,
    written: Vec<u64>,
}

impl Database {
    fn begin(&self) -> PgTransaction<'_> {
        PgTransaction {
            database: self,
            written: Vec::new(),
        }
    }
}

impl PgTransaction<'_> {
    fn commit(self) {
        let mut outbox = self
            .database
            .outbox
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        outbox.extend(self.written);
    }
}

/// A query has its place inside the transaction, and may have a time limit of its own.
#[non_idempotent]
#[database]
#[timeout("1s", unknown(to_caller))]
async fn write_down(tx: &mut PgTransaction<'_>, order: u64) -> anyhow::Result<()> {
    tx.written.push(order);
    Ok(())
}

/// What is written down and not yet called; it takes no transaction, so it needs no mark.
#[read_only]
async fn open_orders(database: &Database) -> Vec<u64> {
    let outbox = database.outbox.lock();
    outbox.unwrap_or_else(PoisonError::into_inner).clone()
}

/// The external call: outside of every transaction.
#[non_idempotent]
#[timeout("2s", unknown(to_caller))]
async fn charge(service: &Wire, order: u64) -> anyhow::Result<String> {
    let charge = Charge { order, cents: 100 };
    let answer = service.post("/charges").json(&charge).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;
    let database = Database::default();

    println!("two orders are taken; one transaction is rolled back");
    let mut tx = database.begin();
    write_down(&mut tx, 17).await?;
    tx.commit();
    let mut tx = database.begin();
    write_down(&mut tx, 18).await?;
    drop(tx);
    assert!(wire.attempts().is_empty(), "nobody is called in between");

    println!("the worker charges what was committed");
    for order in open_orders(&database).await {
        println!("  {}", charge(&wire, order).await?);
    }
    assert_eq!(wire.attempts().len(), 1);
    assert_eq!(service.books().totals().reached, 1);
    Ok(())
}
