//! Calls of the database itself, the way out, and types that only sound alike.
#![deny(warnings)]

use std::io;

use resilient_runtime::{database, non_idempotent, read_only, retry, timeout};

pub mod sqlx {
    pub struct Postgres;
    pub trait Executor<'c> {
        type Database;
    }
    pub struct Transaction<'c, DB>(pub &'c DB);
    pub struct PgPool;
}
pub mod web3 {
    pub struct Transaction {
        pub nonce: u64,
    }
    pub struct Signed<T>(pub T);
}
pub mod runtime {
    pub trait Executor {}
}
pub mod reqwest {
    pub struct Client;
}

use sqlx::{Executor, PgPool, Postgres};
use web3::{Signed, Transaction};

#[read_only]
#[database]
#[timeout("1s")]
pub async fn orders(tx: &mut sqlx::Transaction<'_, Postgres>) -> io::Result<Vec<u64>> {
    let _ = tx.0;
    Ok(vec![17])
}

#[database]
pub async fn only_marked(tx: &mut sqlx::Transaction<'_, Postgres>) -> io::Result<()> {
    let _ = tx.0;
    Ok(())
}

pub trait Store {
    #[non_idempotent]
    #[database]
    async fn insert(&self, tx: &mut sqlx::Transaction<'_, Postgres>) -> io::Result<()>;
}

#[non_idempotent]
#[timeout("2s", unknown(to_caller), allow(in_transaction))]
pub async fn must_be_inside(tx: &mut sqlx::Transaction<'_, Postgres>) -> io::Result<()> {
    let _ = tx.0;
    Ok(())
}

#[retry(read_only)]
pub async fn of_a_block_chain(one: &Transaction, other: &Signed<Transaction>) -> io::Result<u64> {
    Ok(one.nonce + other.0.nonce)
}

#[timeout("2s")]
pub async fn without_a_client<'c>(
    pool: &PgPool,
    db: impl Executor<'c, Database = Postgres>,
) -> io::Result<()> {
    let _ = (pool, db);
    Ok(())
}

#[timeout("2s")]
pub async fn another_executor(of: impl runtime::Executor, http: reqwest::Client) -> io::Result<()> {
    let _ = (of, http);
    Ok(())
}

#[database]
#[timeout("2s")]
pub async fn marked_beside_a_client(pool: &PgPool, http: &reqwest::Client) -> io::Result<()> {
    let _ = (pool, http);
    Ok(())
}

fn main() {}
