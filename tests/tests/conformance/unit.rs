//! The cases about one pure function each.

use resilient_runtime::retry::{Backoff, Jitter};

use super::build;
use super::case::{Case, Unit};
use super::play::Miss;
use super::policy::Delay;

/// How often a delay with jitter is drawn.
const DRAWS: u32 = 200;

pub fn check(case: &Case) -> Result<(), Miss> {
    match case.unit {
        Some(Unit::Backoff) => backoff(case),
        Some(Unit::RateLimiter) => Err(Miss::Lacks(
            "reservations without a call, of several permits at once",
        )),
        None => Err(Miss::Differs("a unit without a name".to_owned())),
    }
}

fn in_ms(backoff: Backoff, n: u32, jitter: Jitter) -> f64 {
    backoff.delay(n, jitter).as_secs_f64() * 1_000.0
}

fn backoff(case: &Case) -> Result<(), Miss> {
    if case.random.is_some() {
        return Err(Miss::Lacks("random numbers handed out in order"));
    }
    if !case.steps.is_empty() {
        return Err(Miss::Lacks("steps of a backoff"));
    }
    let config = case.config.clone().unwrap_or_default();
    let delay: Delay = serde_json::from_value(config).map_err(|error| error.to_string())?;
    let (backoff, jitter) = build::delay(&delay)?;
    let exact = case.expect_delays_ms.iter().flatten().zip(0..);
    let at = case.expect_delay_at.iter().flatten();
    let at = at.map(|(n, wanted)| (wanted, n.saturating_sub(1)));
    for (wanted, n) in exact.chain(at) {
        let actual = in_ms(backoff, n, jitter);
        if (actual - wanted).abs() > 0.001 {
            return Err(format!("delay {}: {actual} ms, not {wanted} ms", n + 1).into());
        }
    }
    for ([low, high], n) in case.expect_bounds_ms.iter().flatten().zip(0..) {
        let mut drawn = (0..DRAWS).map(|_| in_ms(backoff, n, jitter));
        // Growth is exact to six digits.
        let slack = high * 1e-5;
        if let Some(out) = drawn.find(|drawn| *drawn < low - slack || *drawn > high + slack) {
            return Err(format!("delay {}: {out} ms, not {low} to {high} ms", n + 1).into());
        }
    }
    Ok(())
}
