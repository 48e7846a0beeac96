//! Timeouts, joins, selects, spans, printing macros and tasks do not hide a call.
use std::io;
use std::time::Duration;

use resilient_runtime::{idempotent, non_idempotent};
use tracing::Instrument as _;

#[non_idempotent]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
async fn timeout() -> io::Result<u64> {
    tokio::time::timeout(Duration::from_secs(1), charge()).await?
}

#[idempotent]
async fn join() -> io::Result<u64> {
    let (one, _) = tokio::join!(charge(), async {});
    one
}

#[idempotent]
async fn select() -> io::Result<u64> {
    tokio::select! {
        paid = charge() => paid,
        () = tokio::time::sleep(Duration::from_secs(1)) => Ok(0),
    }
}

#[idempotent]
async fn instrument() -> io::Result<u64> {
    charge().instrument(tracing::info_span!("charge")).await
}

#[idempotent]
async fn print() {
    println!("{:?}", charge().await);
}

#[idempotent]
async fn spawn() {
    tokio::spawn(charge());
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(charge());
}

#[idempotent]
async fn joined_futures() {
    let _ = futures::future::join(charge(), charge()).await;
}

fn main() {}
