//! Given up after any number of polls, a stack by hand leaves nothing behind.

use resilient_runtime::by_hand::{Breaker, Bulkhead, Retry, Timeout};
use resilient_runtime::retry::budget::Settings;
use resilient_runtime::{breaker, bulkhead};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{Error, LOST, OK, Service, fails, ms};

struct Stack {
    total: Timeout,
    retry: Retry,
    breaker: Breaker,
    bulkhead: Bulkhead,
}

impl Stack {
    fn new() -> Self {
        let queued = bulkhead::Settings::new(1).wait(ms(1_000)).queue(4);
        Self {
            total: Timeout::new(ms(60_000)),
            retry: Retry::idempotent().own_budget(Settings::new().save(100)),
            breaker: Breaker::new(breaker::Settings::new()),
            bulkhead: Bulkhead::new(queued),
        }
    }

    async fn outside(&self, service: &Service) -> Result<u32, Error> {
        let attempt = || self.breaker.run(self.bulkhead.run(service.call()));
        self.total.run(self.retry.run(attempt)).await
    }

    async fn inside(&self, service: &Service) -> Result<u32, Error> {
        let repeated = self.retry.run(|| self.total.run(service.call()));
        self.bulkhead.run(self.breaker.run(repeated)).await
    }

    fn assert_empty(&self) {
        let seen = self.bulkhead.snapshot();
        assert_eq!((seen.in_flight, seen.queued), (0, 0));
        assert_eq!(self.breaker.snapshot().probes, 0);
    }
}

#[resilient_runtime::test]
async fn whatever_it_waits_for() {
    for polls in 0..12 {
        let (stack, service) = (
            Stack::new(),
            Service::new([fails(LOST).after(ms(5)), OK.after(ms(5))]),
        );
        let others = Service::new([OK.after(ms(7))]);
        let (_, given_up, kept, _) = tokio::join!(
            biased;
            stack.outside(&others),
            give_up_after(polls, stack.outside(&service)),
            stack.inside(&others),
            give_up_after(polls, stack.inside(&service)),
        );
        assert!(
            given_up.is_none_or(|answer| answer.is_ok()),
            "after {polls} polls"
        );
        assert!(
            kept.is_ok(),
            "those that stay are let in, after {polls} polls"
        );
        assert_eq!(service.in_flight(), 0);
        stack.assert_empty();
    }
}

#[resilient_runtime::test]
async fn ten_thousand_times() {
    let (stack, service) = (Stack::new(), Service::new([OK.after(ms(5))]));
    for round in 0..10_000 {
        let _ = give_up_after(round % 4, stack.outside(&service)).await;
        let _ = give_up_after(round % 3, stack.inside(&service)).await;
    }
    stack.assert_empty();
    assert_eq!(service.in_flight(), 0);
}
