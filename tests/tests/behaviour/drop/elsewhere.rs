//! Work that left its task, dropped at every one of its awaits: `in_call` and `blocking`.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};

use resilient_runtime::bulkhead::{Bulkhead, Settings};
use resilient_runtime::{blocking, breaker, bulkhead, in_call, non_idempotent, retry, testing};
use resilient_tests::look;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, OK, Service, ms};
use tokio::task::yield_now;

/// Waits in the queue, in front of the payment, in it and behind it.
#[non_idempotent]
#[breaker("dropped-elsewhere")]
#[bulkhead("dropped-elsewhere", 1, wait = "1s", queue = 10)]
async fn pay(service: &Service) -> Result<u32, Error> {
    yield_now().await;
    let paid = service.call().await;
    yield_now().await;
    paid
}

#[bulkhead("dropped-elsewhere", 1, wait = "1s", queue = 10)]
async fn be_in_the_way() -> Result<(), Error> {
    tokio::time::sleep(ms(3)).await;
    Ok(())
}

/// Gives the payment up after so many polls, and fails; says whether the payment was over before.
async fn silent(service: &Service, polls: usize) -> (bool, Result<u32, Error>) {
    let paid = give_up_after(polls, in_call(pay(service))).await;
    (paid.is_some(), Err(Error::answered(BUSY, 0)))
}

#[retry(idempotent, budget(none), jitter(none), backoff(fixed, "10ms"))]
async fn order(
    service: &Service,
    polls: usize,
    made: &AtomicU32,
    over: &AtomicU32,
) -> Result<u32, Error> {
    made.fetch_add(1, Ordering::Relaxed);
    let (paid, answer) = silent(service, polls).await;
    over.fetch_add(u32::from(paid), Ordering::Relaxed);
    answer
}

#[test]
fn what_is_carried_along_is_given_up_at_every_await_without_a_second_payment() {
    let mut points = 0;
    loop {
        let (made, paid, over) = testing::run(async move {
            let service = Service::new([OK.after(ms(5))]);
            let (made, over) = (AtomicU32::new(0), AtomicU32::new(0));
            let calls = order(&service, points, &made, &over);
            let (_, answer) = tokio::join!(be_in_the_way(), calls);
            assert!(answer.is_err());
            let bulkhead = look::bulkhead("dropped-elsewhere");
            assert_eq!((bulkhead.in_flight, bulkhead.queued), (0, 0), "{points}");
            (made.into_inner(), service.calls(), over.into_inner())
        });
        assert!(paid <= 1, "{points}");
        let repeated = if points == 0 { 3 } else { 1 };
        assert_eq!(made, repeated, "what was not begun is repeated: {points}");
        if over > 0 {
            break;
        }
        points += 1;
    }
    assert!(points >= 5, "it waits in {points} places");
}

#[test]
fn a_runtime_that_goes_down_takes_nothing_with_it_that_was_carried_along() {
    struct Client(Bulkhead);
    impl Client {
        #[bulkhead(self.0)]
        async fn work(&self) -> Result<(), Error> {
            std::future::pending().await
        }
        #[bulkhead(self.0)]
        async fn spawns(self: Arc<Self>) -> Result<(), Error> {
            let inner = Arc::clone(&self);
            let task = tokio::spawn(in_call(async move { inner.work().await }));
            task.await.expect("it is not aborted")
        }
    }
    let client = Arc::new(Client(Bulkhead::new(Settings::new(2))));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.spawn(Arc::clone(&client).spawns());
    runtime.block_on(async {
        for _ in 0..5 {
            yield_now().await;
        }
    });
    assert_eq!(client.0.own_snapshot().in_flight, 2);
    drop(runtime);
    assert_eq!(client.0.own_snapshot().in_flight, 0);
}

struct Threads(Bulkhead);

impl Threads {
    /// Waits in front of its thread, for it, and behind it.
    #[breaker("dropped-threads")]
    #[bulkhead(self.0)]
    async fn work(&self, gate: mpsc::Receiver<()>) -> Result<bool, Error> {
        yield_now().await;
        let opened = blocking(move || gate.recv().is_ok()).await;
        yield_now().await;
        Ok(opened)
    }

    fn in_flight(&self) -> u32 {
        self.0.own_snapshot().in_flight
    }
}

/// On the real clock, in which the threads live: nothing is timed but an order of events.
#[tokio::test]
async fn a_thread_whose_call_is_dropped_at_any_await_keeps_its_permit_and_no_longer() {
    for (polls, opens, held) in [(0, false, 0), (1, false, 0), (2, false, 1), (3, true, 0)] {
        let threads = Threads(Bulkhead::new(Settings::new(1)));
        let (open, gate) = mpsc::channel();
        if opens {
            open.send(()).expect("the gate is there");
        }
        // A thread may be done before it is asked for the first time, and its call an await further.
        let answer = give_up_after(polls, threads.work(gate)).await;
        assert!(answer.is_none() || (opens && answer == Some(Ok(true))));
        if !opens {
            assert_eq!(threads.in_flight(), held, "given up after {polls}");
            // One that was never started has taken its gate along.
            assert_eq!(open.send(()).is_ok(), held == 1);
        }
        let mut waits = 0;
        while threads.in_flight() > 0 {
            waits += 1;
            assert!(waits < 2_000, "the permit never came back: {polls}");
            tokio::time::sleep(ms(5)).await;
        }
    }
}
