//! `#[rate_limit]`: keeps to what a partner allows, and spreads a wave of calls instead of handing it on.

use std::time::Duration;

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::begin;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Rejected, rate_limit};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Three at once, then one every 50 ms; the rest is refused at once.
#[rate_limit("20/s", burst = 3)]
async fn hasty(service: Wire) -> anyhow::Result<String> {
    let answer = service.get("/balance/ann").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// The same, and whoever would not wait longer than 250 ms waits for its turn, first come, first served.
#[rate_limit("20/s", burst = 3, wait = "250ms")]
async fn patient(service: Wire) -> anyhow::Result<String> {
    let answer = service.get("/balance/ann").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// Awaits twelve calls; how many were answered, and how long it took.
async fn outcome(mut calls: JoinSet<anyhow::Result<String>>) -> anyhow::Result<(usize, Duration)> {
    let (began, mut answered) = (Instant::now(), 0);
    while let Some(call) = calls.join_next().await {
        match call? {
            Ok(_) => answered += 1,
            Err(error) => match error.downcast_ref().map(Rejected::kind) {
                Some(Kind::RateLimited { retry_after }) => assert!(!retry_after.is_zero()),
                _ => return Err(error),
            },
        }
    }
    let took = began.elapsed();
    println!("  {answered} answered in {took:?}, the rest was told when to come back");
    Ok((answered, took))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (_service, wire) = begin()?;
    let at_first = wire.attempts().len();

    println!("twelve calls at once, three of them may start at once");
    let calls = (0..12).map(|_| hasty(wire.clone())).collect();
    let (answered, _) = outcome(calls).await?;
    assert!((3..12).contains(&answered), "{answered}");

    println!("twelve calls at once, and those whose turn comes within 250 ms wait for it");
    let calls = (0..12).map(|_| patient(wire.clone())).collect();
    let (waited, took) = outcome(calls).await?;
    assert!(waited > answered, "{waited}");
    assert!(took >= Duration::from_millis(200), "they were spread");
    assert_eq!(
        wire.attempts().len() - at_first,
        answered + waited,
        "nothing else was sent"
    );
    Ok(())
}
