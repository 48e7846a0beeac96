//! `in_call`: what a spawned task takes along from its call, and what counts for it.

use std::sync::Arc;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Deadline, Scope, breaker, idempotency_key, in_call, remaining, retry, timeout,
};
use resilient_tests::events::Events;
use resilient_tests::service::{
    BUSY, Error, HANGS, LOST, NOT_SENT, OK, PANICS, Service, Step, fails, ms,
};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::charge;

const FAILED: Error = Error::answered(BUSY, 0);

fn service(step: Step) -> Arc<Service> {
    Arc::new(Service::new([step]))
}

/// How often the service is called when this stands in an attempt, behind a function that says nothing.
async fn charged<F: Future<Output = Result<u32, Error>>>(
    service: &Arc<Service>,
    program: impl Fn(Arc<Service>) -> F,
) -> u32 {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn repeated<F: Future<Output = Result<u32, Error>>>(
        service: &Arc<Service>,
        program: &impl Fn(Arc<Service>) -> F,
    ) -> Result<u32, Error> {
        program(Arc::clone(service)).await
    }
    let _ = repeated(service, &program).await;
    service.calls()
}

#[resilient_runtime::test]
async fn a_payment_in_a_spawned_task_is_not_repeated() {
    let paid = service(fails(LOST));
    let events = Events::record();
    let calls = charged(&paid, |paid| async move {
        let task = tokio::spawn(in_call(async move { charge(&paid).await }));
        task.await.expect("it does not panic")
    })
    .await;
    assert_eq!(calls, 1);
    assert_eq!(events.with("must not be done twice").len(), 1);
    let plain = service(fails(LOST));
    let calls = charged(&plain, |plain| async move {
        let task = tokio::spawn(in_call(async move { plain.call().await }));
        task.await.expect("it does not panic")
    })
    .await;
    assert_eq!(calls, 3, "a read is");
    let unsent = service(fails(NOT_SENT));
    let calls = charged(&unsent, |unsent| async move {
        let task = tokio::spawn(in_call(async move { charge(&unsent).await }));
        task.await.expect("it does not panic")
    })
    .await;
    assert_eq!(calls, 3, "and so is a payment that was certainly not sent");
}

#[resilient_runtime::test]
async fn through_tasks_of_tasks_and_retries_in_them_it_counts_for_every_attempt_around() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn inner(paid: &Arc<Service>) -> Result<u32, Error> {
        hides_spawn(paid).await
    }
    async fn hides_spawn(paid: &Arc<Service>) -> Result<u32, Error> {
        let paid = Arc::clone(paid);
        let deepest = in_call(async move { charge(&paid).await });
        let task = in_call(async move { tokio::spawn(deepest).await.expect("no panic") });
        let _ = tokio::spawn(task).await.expect("it does not panic");
        Err(FAILED)
    }
    let paid = service(OK);
    assert_eq!(
        charged(&paid, |paid| async move { inner(&paid).await }).await,
        1
    );
    let paid = service(OK);
    let calls = charged(&paid, |paid| async move {
        let task = tokio::spawn(in_call(async move { inner(&paid).await }));
        task.await.expect("it does not panic")
    })
    .await;
    assert_eq!(calls, 1);
    // Made inside of a task, spawned there.
    let paid = service(OK);
    let calls = charged(&paid, |paid| async move {
        let outer = in_call(async move {
            let deeper = tokio::spawn(in_call(async move { charge(&paid).await }));
            deeper.await.expect("it does not panic")
        });
        let _ = tokio::spawn(outer).await.expect("it does not panic");
        Err::<u32, _>(FAILED)
    })
    .await;
    assert_eq!(calls, 1);
}

#[resilient_runtime::test]
async fn while_a_task_runs_the_attempt_is_not_repeated_since_it_may_pay_next() {
    let late = service(OK);
    let calls = charged(&late, |late| async move {
        let mut tasks = JoinSet::new();
        tasks.spawn(in_call(async move {
            sleep(ms(100)).await;
            charge(&late).await
        }));
        tasks.detach_all();
        Err::<u32, _>(FAILED)
    })
    .await;
    assert_eq!(calls, 0, "not yet");
    sleep(ms(1_000)).await;
    assert_eq!(late.calls(), 1, "once, and not three times");
}

#[resilient_runtime::test]
async fn a_task_that_was_aborted_or_panicked_counts_as_far_as_it_came() {
    let before = service(OK);
    let attempts = Arc::new(Service::new([fails(BUSY)]));
    let own = Arc::clone(&attempts);
    charged(&before, |before| {
        let own = Arc::clone(&own);
        async move {
            let task = tokio::spawn(in_call(async move { charge(&before).await }));
            task.abort();
            assert!(task.await.is_err());
            own.call().await
        }
    })
    .await;
    assert_eq!((before.calls(), attempts.calls()), (0, 3), "it never began");

    let hangs = service(HANGS);
    let attempts = Arc::new(Service::new([fails(BUSY)]));
    let own = Arc::clone(&attempts);
    charged(&hangs, |hangs| {
        let own = Arc::clone(&own);
        async move {
            let task = tokio::spawn(in_call(async move { charge(&hangs).await }));
            sleep(ms(10)).await;
            task.abort();
            assert!(task.await.is_err());
            own.call().await
        }
    })
    .await;
    assert_eq!((hangs.calls(), attempts.calls()), (1, 1), "it had begun");

    let panics = service(PANICS);
    let calls = charged(&panics, |panics| async move {
        let task = tokio::spawn(in_call(async move { charge(&panics).await }));
        assert!(task.await.is_err());
        Err::<u32, _>(FAILED)
    })
    .await;
    assert_eq!(calls, 1);
}

#[resilient_runtime::test]
async fn a_task_of_one_call_is_not_held_against_another() {
    let paid = service(OK);
    let read = Service::new([fails(BUSY)]);
    let pays = async {
        charged(&paid, |paid| async move {
            let _ = tokio::spawn(in_call(async move { charge(&paid).await })).await;
            Err::<u32, _>(FAILED)
        })
        .await
    };
    #[retry(idempotent, jitter(none), budget(none))]
    async fn plain(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (calls, _) = tokio::join!(pays, plain(&read));
    assert_eq!((calls, read.calls()), (1, 3));
    let outside = tokio::spawn(in_call(async { remaining() }));
    assert_eq!(outside.await.expect("it does not panic"), None);
    let _ = plain(&read).await;
    assert_eq!(read.calls(), 6);
}

#[resilient_runtime::test]
async fn a_call_in_a_task_ends_with_the_call_it_belongs_to() {
    #[timeout("10s")]
    async fn inner(service: Arc<Service>) -> Result<u32, Error> {
        service.call().await
    }
    #[breaker(consecutive = 5)]
    async fn without_a_limit(service: Arc<Service>) -> Result<u32, Error> {
        inner(service).await
    }
    #[timeout("1s")]
    async fn outer(service: Arc<Service>, ends: Arc<Service>) -> Result<u32, Error> {
        sleep(ms(300)).await;
        let left = Deadline::current();
        let task = tokio::spawn(in_call(async move {
            assert_eq!(Deadline::current(), left);
            let started = Instant::now();
            let cut = without_a_limit(service).await.expect_err("it hangs");
            assert_eq!(
                (cut.kind(), started.elapsed()),
                (Kind::DeadlineExceeded, ms(700))
            );
            ends.call().await
        }));
        task.await.expect("it does not panic")
    }
    let (hangs, ends) = (service(HANGS), service(OK));
    assert!(outer(Arc::clone(&hangs), Arc::clone(&ends)).await.is_err());
    sleep(ms(1)).await;
    assert_eq!(
        (hangs.unfinished(), ends.calls()),
        (1, 1),
        "the task saw its end"
    );
}

#[resilient_runtime::test]
async fn a_call_with_less_time_of_its_own_keeps_that_in_a_task() {
    #[timeout("100ms")]
    async fn inner(service: Arc<Service>) -> Result<u32, Error> {
        service.call().await
    }
    #[timeout("1s")]
    async fn outer(service: Arc<Service>) -> Result<u32, Error> {
        let task = tokio::spawn(in_call(inner(service)));
        task.await.expect("it does not panic")
    }
    let error = outer(service(HANGS)).await.expect_err("it hangs");
    assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(100) });
}

#[resilient_runtime::test]
async fn a_task_keeps_the_scope_and_the_key_of_its_call() {
    #[retry(idempotency_key, attempts = 2)]
    async fn keyed() -> Result<bool, Error> {
        let own = idempotency_key().expect("the retry makes one");
        let task = tokio::spawn(in_call(async move { idempotency_key() == Some(own) }));
        Ok(task.await.expect("it does not panic"))
    }
    assert_eq!(keyed().await, Ok(true));
    let tenant = Scope::new();
    let heard = Arc::new(Service::new([OK]));
    let ears = Arc::clone(&heard);
    tenant.observe(move |_| {
        let _ = futures::FutureExt::now_or_never(ears.call());
    });
    let inside = async {
        let task = tokio::spawn(in_call(async { keyed().await }));
        task.await.expect("it does not panic").expect("it succeeds")
    };
    assert!(tenant.run(inside).await);
    assert!(heard.calls() > 0, "its observers are told");
}

#[test]
fn a_runtime_that_goes_down_drops_what_it_carries_and_nothing_panics() {
    let paid = service(HANGS);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a timer");
    let carried = Arc::clone(&paid);
    runtime.block_on(async {
        tokio::spawn(in_call(async move { charge(&carried).await }));
        tokio::task::yield_now().await;
    });
    drop(runtime);
    assert_eq!((paid.calls(), paid.unfinished()), (1, 1));
}
