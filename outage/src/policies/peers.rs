//! Peers that live on tokio's clock, through their own crates, as their guides put them together.

use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::timeout;
use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use tower::retry::budget::{Budget, TpsBudget};
use tower::util::BoxService;
use tower::util::rng::HasherRng;
use tower::{ServiceBuilder, ServiceExt as _};

use super::{Client, Policy};
use crate::service::{CallError, Service};

const ATTEMPT: Duration = Duration::from_millis(500);
const TOTAL: Duration = Duration::from_secs(3);

async fn attempt(service: &Service, id: usize) -> Result<(), CallError> {
    let sent = timeout(ATTEMPT, service.send(id)).await;
    sent.unwrap_or(Err(CallError::TimedOut))
}

pub(super) const BACKON: Policy = Policy {
    name: "backon: 3 retries, exponential, jitter",
    client: |service, id| backon(service, id),
    targets: None,
};

fn backon(service: Service, id: usize) -> Client {
    Box::new(move || {
        let service = service.clone();
        Box::pin(async move {
            let delays = ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(100))
                .with_max_delay(Duration::from_secs(2))
                .with_max_times(3)
                .with_jitter();
            let repeated = (|| attempt(&service, id)).retry(delays);
            timeout(TOTAL, repeated)
                .await
                .unwrap_or(Err(CallError::TimedOut))
        })
    })
}

pub(super) const TOWER: Policy = Policy {
    name: "tower: 3 retries, budget of 20 % and 10/s",
    client: |service, id| tower(service, id),
    targets: None,
};

/// Retries everything, as long as the budget lets it.
#[derive(Clone)]
struct Retries {
    budget: Arc<TpsBudget>,
    left: u32,
    delays: ExponentialBackoff,
}

impl tower::retry::Policy<usize, (), tower::BoxError> for Retries {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        _request: &mut usize,
        result: &mut Result<(), tower::BoxError>,
    ) -> Option<Self::Future> {
        if result.is_ok() {
            self.budget.deposit();
            return None;
        }
        if self.left == 0 || !self.budget.withdraw() {
            return None;
        }
        self.left -= 1;
        Some(self.delays.next_backoff())
    }

    fn clone_request(&mut self, request: &usize) -> Option<usize> {
        Some(*request)
    }
}

fn tower(service: Service, id: usize) -> Client {
    let budget = Arc::new(TpsBudget::new(Duration::from_secs(10), 10, 0.2));
    let delays = ExponentialBackoffMaker::new(
        Duration::from_millis(100),
        Duration::from_secs(2),
        0.5,
        HasherRng::default(),
    );
    let mut delays = delays.expect("the numbers are in order");
    Box::new(move || {
        let service = service.clone();
        let policy = Retries {
            budget: Arc::clone(&budget),
            left: 3,
            delays: delays.make_backoff(),
        };
        let stack = ServiceBuilder::new()
            .timeout(TOTAL)
            .retry(policy)
            .timeout(ATTEMPT)
            .service_fn(move |id: usize| {
                let service = service.clone();
                async move {
                    service
                        .send(id)
                        .await
                        .map_err(|error| -> tower::BoxError { Box::new(error) })
                }
            });
        let sent = BoxService::new(stack).oneshot(id);
        Box::pin(async move { sent.await.map_err(|_| CallError::TimedOut) })
    })
}
