//! seatbelt, which has no bulkhead and no rate limit.

use layered::{Execute, Service, Stack as _};
use seatbelt::breaker::Breaker;
use seatbelt::retry::Retry;
use seatbelt::timeout::Timeout;
use seatbelt::{RecoveryInfo, ResilienceContext};
use tick::Clock;

use super::{ATTEMPT, Driven};
use crate::open::{HOUR, refused};
use crate::{Answer, CallError, LOST, bare, drive, poll_on};

fn driven(service: impl Service<u32, Out = Answer> + 'static) -> Driven {
    Box::new(move |pending| drive(pending, service.execute(pending)))
}

fn context() -> ResilienceContext<u32, Answer> {
    ResilienceContext::new(Clock::new_tokio())
}

fn recovery(answer: &Answer) -> RecoveryInfo {
    match answer {
        Err(CallError::Failed) => RecoveryInfo::retry(),
        _ => RecoveryInfo::never(),
    }
}

macro_rules! retries {
    () => {
        Retry::layer("retry", &context())
            .clone_input()
            .recovery_with(|answer, _| recovery(answer))
    };
}

macro_rules! circuit {
    () => {
        Breaker::layer("breaker", &context())
            .recovery_with(|answer, _| recovery(answer))
            .rejected_input_error(|_, _| CallError::Refused)
    };
}

macro_rules! limit {
    () => {
        Timeout::layer("timeout", &context())
            .timeout_output(|_| Err(CallError::Failed))
            .timeout(ATTEMPT)
    };
}

pub(super) fn timeout() -> Driven {
    driven((limit!(), Execute::new(bare)).into_service())
}

pub(super) fn retry() -> Driven {
    driven((retries!(), Execute::new(bare)).into_service())
}

pub(super) fn breaker() -> Driven {
    driven((circuit!(), Execute::new(bare)).into_service())
}

pub(super) fn three() -> Driven {
    driven((retries!(), circuit!(), limit!(), Execute::new(bare)).into_service())
}

pub(crate) fn open() -> Driven {
    let breaker = circuit!()
        .failure_threshold(0.1)
        .min_throughput(10)
        .break_duration(HOUR);
    let service = (breaker, Execute::new(bare)).into_service();
    for _ in 0..1_000 {
        drop(poll_on(service.execute(LOST)));
    }
    Box::new(move |pending| refused(&poll_on(service.execute(pending))))
}
