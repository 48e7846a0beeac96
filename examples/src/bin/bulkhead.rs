//! `#[bulkhead]`: sends a service no more than it can take, and keeps its slowness out of the rest of the program.

use std::time::Duration;

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::begin;
use resilient_examples::service::Mode;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Rejected, bulkhead};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Two at a time; the third is refused at once.
#[bulkhead(2)]
async fn hasty(service: Wire) -> anyhow::Result<String> {
    let answer = service.get("/balance/ann").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// Two at a time; four more wait for their turn, first come, first served, and for a second at most.
#[bulkhead(2, wait = "1s", queue = 4)]
async fn patient(service: Wire) -> anyhow::Result<String> {
    let answer = service.get("/balance/ann").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// Awaits eight calls; how many were answered, and when the last one was refused.
async fn outcome(mut calls: JoinSet<anyhow::Result<String>>) -> anyhow::Result<(usize, Duration)> {
    let began = Instant::now();
    let (mut answered, mut refused) = (0, Duration::ZERO);
    while let Some(call) = calls.join_next().await {
        match call? {
            Ok(_) => answered += 1,
            Err(error) => {
                let kind = error.downcast_ref().map(Rejected::kind);
                assert_eq!(kind, Some(Kind::BulkheadFull), "{error}");
                refused = began.elapsed();
            }
        }
    }
    println!("  {answered} answered, the last one refused after {refused:?}");
    Ok((answered, refused))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;

    println!("eight calls at once to a service that takes a second for each");
    service.switch_to(Mode::Slow);
    let calls = (0..8).map(|_| hasty(wire.clone())).collect();
    let (answered, refused) = outcome(calls).await?;
    assert_eq!(answered, 2);
    assert!(
        refused < Duration::from_millis(500),
        "nobody waited for the slow service"
    );

    println!("eight calls at once, four of them may wait for the first two");
    service.switch_to(Mode::Healthy);
    let calls = (0..8).map(|_| patient(wire.clone())).collect();
    let (answered, _) = outcome(calls).await?;
    assert_eq!(answered, 6);
    assert_eq!(wire.attempts().len(), 8, "of 16 calls");
    Ok(())
}
