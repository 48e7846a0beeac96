//! The bulkhead under real threads. Bounded: a lost wake-up fails instead of hanging.

use std::sync::atomic::AtomicU32;
use std::thread;
use std::time::Instant;

use super::*;

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for the permit like an executor, a thread for a task.
pub(super) fn block_on(mut waiting: Waiting) -> Permit {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        if let Poll::Ready(permit) = waiting.poll(&mut cx) {
            return permit;
        }
        thread::park_timeout(Duration::from_secs(5));
        assert!(Instant::now() < patience, "a wake-up was lost");
    }
}

/// Enters, waits, gives up or runs, many times over; `inside` counts who is in. `most` is the largest limit
/// and the queue.
fn come_and_go(core: &Ref<Core>, inside: &AtomicU32, most: (u32, u32), seed: u64) {
    let (limit, queue) = most;
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..2_000 {
        let entry = Core::try_enter(core);
        let queued = core.snapshot().queued;
        assert!(queued <= queue, "{queued} waiting, {queue} places");
        let permit = match entry {
            Entry::Entered(permit) => permit,
            Entry::Full => continue,
            Entry::Queued(mut waiting) => match random.u32(0..8) {
                0 => continue,
                1 => {
                    let _ = poll(&mut waiting, &Arc::default());
                    continue;
                }
                2 => match waiting.expire() {
                    Some(permit) => permit,
                    None => continue,
                },
                _ => block_on(waiting),
            },
        };
        let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
        assert!(now <= limit, "{now} inside, limit {limit}");
        if random.u32(0..4) == 0 {
            thread::yield_now();
        }
        inside.fetch_sub(1, Ordering::SeqCst);
        drop(permit);
    }
}

#[test]
fn never_more_inside_than_the_limit_and_nobody_forgotten_under_threads() {
    for (limit, queue) in [(1, 1), (1, 6), (2, 2), (3, 6)] {
        let core = bulkhead(Settings::new(limit).wait(WAIT).queue(queue));
        let inside = AtomicU32::new(0);
        thread::scope(|scope| {
            for seed in 0..6 {
                let (core, inside) = (&core, &inside);
                scope.spawn(move || come_and_go(core, inside, (limit, queue), seed));
            }
        });
        assert!(core.is_idle(Stamp::FIRST));
        assert_eq!(counts(&core), (0, 0));
    }
}

#[test]
fn a_limit_that_keeps_changing_forgets_nobody_under_threads() {
    const LARGEST: u32 = 3;
    const QUEUE: u32 = 2;
    let core = bulkhead(Settings::new(LARGEST).wait(WAIT).queue(QUEUE));
    let inside = AtomicU32::new(0);
    thread::scope(|scope| {
        for seed in 10..14 {
            let (core, inside) = (&core, &inside);
            scope.spawn(move || come_and_go(core, inside, (LARGEST, QUEUE), seed));
        }
        for round in 0..2_000 {
            core.resize(round % (LARGEST + 1));
            thread::yield_now();
        }
        core.resize(1);
    });
    assert!(core.is_idle(Stamp::FIRST));
    assert_eq!(counts(&core), (0, 0));
}
