//! External calls that hold a database transaction, or a connection beside a client, however it is written.
#![allow(unused_variables)]

use std::io;
use std::sync::Arc;

use resilient_runtime::{non_idempotent, read_only, retry, timeout};

mod sqlx {
    pub struct Postgres;
    pub struct Any;
    pub trait Database {}
    pub trait Executor<'c> {
        type Database;
    }
    pub struct Transaction<'c, DB>(pub &'c DB);
    pub type PgTransaction<'c> = Transaction<'c, Postgres>;
    pub struct PgConnection;
    pub struct Pool<DB>(pub DB);
    pub type PgPool = Pool<Postgres>;
}
mod sea_orm {
    pub struct DatabaseTransaction;
    pub struct DatabaseConnection;
}
mod tonic {
    pub struct Channel;
}
mod reqwest {
    pub struct Client;
}

use sea_orm::{DatabaseConnection, DatabaseTransaction};
use sqlx::{Database, Executor, PgConnection, PgPool, PgTransaction, Pool, Postgres, Transaction};

struct PayClient<T>(T);

#[non_idempotent]
#[timeout("2s", unknown(to_caller))]
async fn charge(tx: &mut Transaction<'_, Postgres>, order: u64) -> io::Result<u64> {
    Ok(order)
}

#[read_only]
async fn by_its_path(tx: sqlx::Transaction<'static, sqlx::Any>) -> io::Result<()> {
    Ok(())
}

#[timeout("2s")]
async fn by_its_name(tx: &mut PgTransaction<'_>, other: Option<DatabaseTransaction>) -> io::Result<()> {
    Ok(())
}

#[retry(read_only)]
async fn generic<DB: Database>(tx: &Arc<Transaction<'_, DB>>) -> io::Result<()> {
    Ok(())
}

trait Port {
    #[read_only]
    async fn balance(&self, tx: &DatabaseTransaction) -> io::Result<u64>;
}

#[timeout("2s")]
async fn a_connection(conn: &mut PgConnection, http: &reqwest::Client) -> io::Result<()> {
    Ok(())
}

#[timeout("2s")]
async fn pools(pay: PayClient<tonic::Channel>, one: &PgPool, other: &Pool<Postgres>) -> io::Result<()> {
    Ok(())
}

#[timeout("2s")]
async fn an_executor<'c, E>(db: E, http: reqwest::Client) -> io::Result<()>
where
    E: Executor<'c, Database = Postgres>,
{
    Ok(())
}

#[timeout("2s")]
async fn some_executor<'c>(
    db: impl Executor<'c, Database = Postgres>,
    also: &DatabaseConnection,
    channel: tonic::Channel,
) -> io::Result<()> {
    Ok(())
}

fn main() {}
