//! `#[breaker]`: stops calling a service that fails, and finds out quickly when it is back.

use std::time::Duration;

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, switch};
use resilient_examples::service::Mode;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Rejected, breaker};
use tokio::time::{Instant, sleep};

/// Five calls, so that few are enough to show it; the default looks at 20 or more within 10 s.
#[breaker("payments", failure_rate = "50%", min_calls = 5)]
async fn balance(service: &Wire) -> anyhow::Result<String> {
    let answer = service.get("/balance/ann").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// How long an open breaker asks to stay away; none when the error is another one.
fn open(error: &anyhow::Error) -> Option<Duration> {
    match error.downcast_ref::<Rejected>()?.kind() {
        Kind::BreakerOpen { retry_after } => retry_after,
        _ => None,
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;

    println!("the service is gone: the fifth failure opens the breaker");
    switch(&service, Mode::Refusing).await;
    for _ in 0..5 {
        let error = balance(&wire).await.expect_err("nobody listens");
        assert!(open(&error).is_none(), "each of them is tried");
    }

    println!("now a call costs nothing");
    let began = Instant::now();
    let error = balance(&wire).await.expect_err("the breaker is open");
    println!("  after {:?}: {error}", began.elapsed());
    let wait = open(&error).expect("the error is the breaker's");
    assert_eq!(wire.attempts().len(), 5);

    println!("the service is back: after the open time one probe closes the breaker");
    service.switch_to(Mode::Healthy);
    sleep(wait).await;
    for _ in 0..4 {
        println!("  {}", balance(&wire).await?);
    }
    assert_eq!(service.books().totals().reached, 4);
    Ok(())
}
