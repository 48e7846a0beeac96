//! Six policies in each of their 720 orders, given up after every number of polls, and with a body that panics:
//! whatever stands around what, nothing is left behind.

use std::future::Future;
use std::pin::Pin;

use resilient_runtime::by_hand::{Breaker, Bulkhead, Fallback, RateLimit, Retry, Timeout};
use resilient_runtime::rate_limit::{self, Rate};
use resilient_runtime::retry::Jitter;
use resilient_runtime::{breaker, bulkhead};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, OK, PANICS, Service, Step, fails, ms};

type Running<'a> = Pin<Box<dyn Future<Output = Result<u32, Error>> + Send + 'a>>;

#[derive(Clone, Copy, Debug)]
enum Policy {
    Fallback,
    Timeout,
    Retry,
    RateLimit,
    Bulkhead,
    Breaker,
}

const ALL: [Policy; 6] = [
    Policy::Fallback,
    Policy::Timeout,
    Policy::Retry,
    Policy::RateLimit,
    Policy::Bulkhead,
    Policy::Breaker,
];

#[derive(Clone)]
struct Stack {
    fallback: Fallback,
    timeout: Timeout,
    retry: Retry,
    rate_limit: RateLimit,
    bulkhead: Bulkhead,
    breaker: Breaker,
}

impl Stack {
    fn new() -> Self {
        let two_hundred = rate_limit::Settings::new(Rate::per_second(200)).burst(1);
        let queued = bulkhead::Settings::new(1).wait(ms(1_000)).queue(4);
        Self {
            fallback: Fallback::for_reads(),
            timeout: Timeout::new(ms(5_000)),
            retry: Retry::read_only().jitter(Jitter::None),
            rate_limit: RateLimit::new(two_hundred.wait(ms(1_000))),
            bulkhead: Bulkhead::new(queued),
            breaker: Breaker::new(breaker::Settings::new()),
        }
    }

    fn run<'a>(&'a self, order: &'a [Policy], service: &'a Service) -> Running<'a> {
        let Some((outer, inner)) = order.split_first() else {
            return Box::pin(service.call());
        };
        let inside = move || self.run(inner, service);
        match outer {
            Policy::Fallback => Box::pin(self.fallback.run(inside(), |_failed| async { Ok(99) })),
            Policy::Timeout => Box::pin(self.timeout.run(inside())),
            Policy::Retry => Box::pin(self.retry.run(inside)),
            Policy::RateLimit => Box::pin(self.rate_limit.run(inside())),
            Policy::Bulkhead => Box::pin(self.bulkhead.run(inside())),
            Policy::Breaker => Box::pin(self.breaker.run(inside())),
        }
    }

    /// Nobody holds anything, and the next call is let in.
    async fn assert_empty(&self, order: &[Policy], service: &Service, at: &str) {
        let bulkhead = self.bulkhead.snapshot();
        assert_eq!((bulkhead.in_flight, bulkhead.queued), (0, 0), "{at}");
        assert_eq!(self.rate_limit.snapshot().queued, 0, "{at}");
        assert_eq!(self.breaker.snapshot().probes, 0, "{at}");
        assert_eq!(service.in_flight(), 0, "{at}");
        let next = Service::new([OK]);
        assert_eq!(self.run(order, &next).await, Ok(1), "{at}");
    }
}

/// Every order of the six.
fn orders() -> Vec<Vec<Policy>> {
    fn extend(order: &mut Vec<Policy>, left: &[Policy], into: &mut Vec<Vec<Policy>>) {
        if left.is_empty() {
            into.push(order.clone());
        }
        for (nth, policy) in left.iter().enumerate() {
            let others = [&left[..nth], &left[nth + 1..]].concat();
            order.push(*policy);
            extend(order, &others, into);
            order.pop();
        }
    }
    let mut found = Vec::new();
    extend(&mut Vec::new(), &ALL, &mut found);
    found
}

#[resilient_runtime::test]
async fn given_up_after_any_number_of_polls_they_leave_nothing_behind() {
    let orders = orders();
    assert_eq!(orders.len(), 720);
    let mut given_up = 0;
    for order in &orders {
        for polls in 0.. {
            let (stack, at) = (Stack::new(), format!("{order:?}, {polls} polls"));
            let (other, step) = (Service::new([OK.after(ms(3))]), ms(5));
            let service = Service::new([fails(BUSY).after(step), OK.after(step)]);
            // Somebody holds the permit and has taken the token.
            let (first, answer) = tokio::join!(
                biased;
                stack.run(order, &other),
                give_up_after(polls, stack.run(order, &service)),
            );
            assert!(first.is_ok(), "{at}");
            stack.assert_empty(order, &service, &at).await;
            if answer.is_some() {
                break;
            }
            given_up += 1;
        }
    }
    assert!(
        given_up > 720 * 4,
        "there are more points to leave at than {given_up}"
    );
}

#[resilient_runtime::test]
async fn a_body_that_panics_leaves_nothing_behind() {
    let script: [Step; 2] = [fails(BUSY).after(ms(5)), PANICS];
    for order in orders() {
        let (stack, service) = (Stack::new(), std::sync::Arc::new(Service::new(script)));
        let (task, path, same) = (stack.clone(), order.clone(), service.clone());
        // A fallback inside the retry answers before there is a second attempt.
        let joined = tokio::spawn(async move { task.run(&path, &same).await }).await;
        assert!(joined.is_err() || service.calls() == 1, "{order:?}");
        stack
            .assert_empty(&order, &service, &format!("{order:?}"))
            .await;
    }
}
