//! The same wrappers around calls that may be repeated.
#![deny(warnings)]

use std::io;
use std::time::Duration;

use resilient_runtime::{idempotent, read_only};
use tracing::Instrument as _;

#[read_only]
pub async fn balance() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
pub async fn wrapped() -> io::Result<u64> {
    let one = tokio::time::timeout(Duration::from_secs(1), balance()).await??;
    let (two, ()) = tokio::join!(balance(), async {});
    let three = tokio::select! {
        read = balance() => read,
        () = tokio::time::sleep(Duration::from_secs(1)) => Ok(0),
    };
    let four = balance().instrument(tracing::info_span!("balance")).await?;
    println!("{:?}", balance().await);
    let five = tokio::spawn(balance()).await??;
    Ok(one + two? + three? + four + five)
}

fn main() {}
