//! Retry and timeout beside a model of them in thirty lines, script by script.

use std::time::Duration;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{Classify, Failure, retry, timeout};
use resilient_tests::service::{
    BUSY, DECLINED, Error, LOST, NOT_SENT, OK, OVERLOADED, Service, Step, THROTTLED, fails, ms,
};
use tokio::time::Instant;

#[retry(
    read_only,
    attempts = 4,
    backoff("100ms", max = "300ms"),
    jitter(none),
    budget(none)
)]
#[timeout(total = "1500ms", attempt = "400ms")]
async fn read(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(
    idempotent,
    attempts = 4,
    backoff("100ms", max = "300ms"),
    jitter(none),
    budget(none)
)]
#[timeout(total = "1500ms", attempt = "400ms")]
async fn idempotent(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(
    not_sent,
    attempts = 4,
    backoff("100ms", max = "300ms"),
    jitter(none),
    budget(none)
)]
#[timeout(total = "1500ms", attempt = "400ms", unknown(to_caller))]
async fn write(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Effect {
    Read,
    Idempotent,
    NonIdempotent,
}

/// How an attempt ends: by itself, after so long, or by a limit.
#[derive(Clone, Copy, PartialEq, Debug)]
enum End {
    Answer(u32),
    Error(u32, Failure),
    CutOff(Kind),
}

#[derive(PartialEq, Debug)]
struct Story {
    starts: Vec<u64>,
    end: End,
    at: u64,
}

const TOTAL: u64 = 1_500;
const ATTEMPT: u64 = 400;

/// What should happen: every attempt's time and failure (none for an answer) are given.
fn predict(effect: Effect, script: &[(u64, Option<Failure>)]) -> Story {
    let least = if effect == Effect::NonIdempotent {
        ATTEMPT
    } else {
        ATTEMPT / 4
    };
    let (mut now, mut starts, mut kept): (u64, Vec<u64>, Option<End>) = (0, Vec::new(), None);
    for (nth, &(takes, failure)) in (1..=4).zip(script) {
        starts.push(now);
        let limit = ATTEMPT.min(TOTAL - now);
        let (end, failure) = match failure {
            _ if takes > limit && limit == ATTEMPT && ATTEMPT < TOTAL - now => (
                End::CutOff(Kind::AttemptTimeout { limit: ms(ATTEMPT) }),
                LOST,
            ),
            _ if takes > limit => (End::CutOff(Kind::TotalTimeout { limit: ms(TOTAL) }), LOST),
            None => {
                return Story {
                    starts,
                    end: End::Answer(nth),
                    at: now + takes,
                };
            }
            Some(failure) => (End::Error(nth, failure), failure),
        };
        now += takes.min(limit);
        let unknown = kept.is_some_and(|kept| matches!(kept, End::CutOff(_) | End::Error(_, LOST)));
        if effect == Effect::Read || !unknown || failure == LOST {
            kept = Some(end);
        }
        let repeats = match failure {
            NOT_SENT => true,
            DECLINED => false,
            _ => effect != Effect::NonIdempotent,
        };
        let backoff = 300.min(100 << (nth - 1));
        let asked = failure
            .retry_after()
            .map_or(0, |asked| u64::try_from(asked.as_millis()).expect("short"));
        if !repeats || nth == 4 || now + asked + backoff + least > TOTAL {
            break;
        }
        now += asked + backoff;
    }
    Story {
        starts,
        end: kept.expect("there was an attempt"),
        at: now,
    }
}

async fn observe(effect: Effect, steps: Vec<Step>) -> Story {
    let (service, started) = (Service::new(steps), Instant::now());
    let answer = match effect {
        Effect::Read => read(&service).await,
        Effect::Idempotent => idempotent(&service).await,
        Effect::NonIdempotent => write(&service).await,
    };
    let end = match answer {
        Ok(call) => End::Answer(call),
        Err(Error::Answered { failure, call }) => End::Error(call, failure),
        Err(refused) => {
            assert_eq!(refused.failure(), LOST);
            End::CutOff(refused.kind())
        }
    };
    let at = u64::try_from(started.elapsed().as_millis()).expect("a short test");
    Story {
        starts: service.starts(),
        end,
        at,
    }
}

#[resilient_runtime::test]
async fn three_thousand_scripts_go_as_the_model_says() {
    let mut state = 0x5EED_u64;
    let mut dice = move |sides: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    for nth in 0..3_000 {
        let script: Vec<_> = (0..4)
            .map(|_| {
                let asked = Some(Duration::from_millis(dice(900)));
                let failure = match dice(12) {
                    0 | 1 => None,
                    2 | 3 => Some(NOT_SENT),
                    4 | 5 => Some(LOST),
                    6 => Some(DECLINED),
                    7 => Some(OVERLOADED),
                    8 => Some(THROTTLED),
                    9 => Some(Failure::transient(asked)),
                    10 => Some(Failure::overloaded(asked)),
                    _ => Some(BUSY),
                };
                let longest = if dice(3) == 0 { 700 } else { 200 };
                (dice(longest), failure)
            })
            .collect();
        let steps = || {
            script
                .iter()
                .map(|(takes, failure)| failure.map_or(OK, fails).after(ms(*takes)))
                .collect()
        };
        for effect in [Effect::Read, Effect::Idempotent, Effect::NonIdempotent] {
            let (expected, seen) = (predict(effect, &script), observe(effect, steps()).await);
            assert_eq!(seen, expected, "script {nth}, {effect:?}: {script:?}");
        }
    }
}
