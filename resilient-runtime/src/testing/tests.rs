//! Every test has a clock and a scope of its own.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::clock::Stamp;
use crate::scope::Scope;
use crate::shared::Shared;
use crate::shared::fake::Fake;

static CALLS: Shared<Fake> = Shared::new(1);

#[resilient_macros::test(crate = crate)]
async fn b22_the_paused_clock_drives_stamps() {
    let (wall, before) = (std::time::Instant::now(), Stamp::now());
    sleep(Duration::from_secs(36_000)).await;
    assert_eq!(Stamp::now().since(before), Duration::from_secs(36_000));
    assert!(wall.elapsed() < Duration::from_secs(60));
}

#[resilient_macros::test(crate = crate)]
async fn b22_stamps_stand_still_while_nothing_waits() {
    let before = Stamp::now();
    tokio::task::yield_now().await;
    assert_eq!(Stamp::now(), before);
    assert_eq!(Stamp::of(Instant::now()), before);
}

#[resilient_macros::test(crate = crate)]
async fn a_test_has_a_scope_of_its_own() {
    assert!(!Scope::current().is_process());
    CALLS.get().call();
    assert_eq!(CALLS.get().calls(), 1);
}

#[resilient_macros::test(crate = crate)]
async fn another_test_that_calls_the_same_function_shares_nothing_with_it() {
    CALLS.get().call();
    assert_eq!(CALLS.get().calls(), 1);
}

#[resilient_macros::test(crate = crate)]
async fn a_spawned_task_belongs_to_its_test() {
    CALLS.get().call();
    let spawned = tokio::spawn(async { CALLS.get().calls() });
    assert_eq!(spawned.await.unwrap(), 1);
}

#[resilient_macros::test(crate = crate)]
async fn a_test_may_return_a_result() -> Result<(), std::num::ParseIntError> {
    let number: u32 = "5".parse()?;
    sleep(Duration::from_secs(u64::from(number))).await;
    if number == 5 {
        return Ok(());
    }
    Err("no".parse::<u32>().unwrap_err())
}

#[resilient_macros::test(crate = crate)]
#[should_panic(expected = "on purpose")]
async fn a_test_may_panic_on_purpose() {
    sleep(Duration::from_secs(1)).await;
    panic!("on purpose");
}

#[resilient_macros::test(crate = crate)]
#[ignore = "shows that it is not run"]
async fn an_ignored_test_is_not_run() {
    panic!("it was run");
}

#[test]
fn a_task_that_is_left_over_is_dropped_in_its_scope() {
    struct CallsWhenDropped(std::sync::Arc<std::sync::atomic::AtomicBool>);
    impl Drop for CallsWhenDropped {
        fn drop(&mut self) {
            let own = !Scope::current().is_process();
            self.0.store(own, std::sync::atomic::Ordering::Relaxed);
        }
    }
    let own = std::sync::Arc::default();
    let left_over = CallsWhenDropped(std::sync::Arc::clone(&own));
    super::run(async {
        tokio::spawn(async move {
            let _left_over = left_over;
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
    });
    assert!(own.load(std::sync::atomic::Ordering::Relaxed));
}

#[test]
fn a_test_that_panics_leaves_no_scope_on_its_thread() {
    let panicked = std::panic::catch_unwind(|| super::run(async { panic!("the test") }));
    assert!(panicked.is_err());
    assert!(Scope::current().is_process());
}
