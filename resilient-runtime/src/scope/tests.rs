//! Scopes keep state apart, however their futures are polled and dropped.

use std::future::{pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use super::*;
use crate::shared::fake::Fake;

static CALLS: Shared<Fake> = Shared::new(1);

fn calls_in(scope: &Scope) -> usize {
    scope.within(|| CALLS.get().calls())
}

/// Calls once per poll, forever.
fn calling() -> impl Future<Output = ()> {
    poll_fn(|_| {
        CALLS.get().call();
        Poll::Pending
    })
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn b27_two_scopes_do_not_share() {
    let (one, two) = (Scope::new(), Scope::new());
    one.within(|| CALLS.get().call());
    assert_eq!((calls_in(&one), calls_in(&two)), (1, 0));
}

#[test]
fn a_clone_is_the_same_scope() {
    let one = Scope::new();
    one.clone().within(|| CALLS.get().call());
    assert_eq!(calls_in(&one), 1);
}

#[test]
fn two_futures_polled_in_turns_never_see_each_others_scope() {
    let (one, two) = (Scope::new(), Scope::new());
    let mut first = pin!(one.run(calling()));
    let mut second = pin!(two.run(calling()));
    for _ in 0..3 {
        assert!(poll(first.as_mut()).is_pending());
        assert!(
            Scope::current().is_process(),
            "between two polls nothing is installed"
        );
        assert!(poll(second.as_mut()).is_pending());
    }
    assert!(poll(first.as_mut()).is_pending());
    assert_eq!((calls_in(&one), calls_in(&two)), (4, 3));
}

#[test]
fn the_innermost_scope_holds_and_the_outer_one_comes_back() {
    let (outer, inner) = (Scope::new(), Scope::new());
    outer.within(|| {
        inner.within(|| {
            CALLS.get().call();
            Scope::process().within(|| assert!(Scope::current().is_process()));
            CALLS.get().call();
        });
        CALLS.get().call();
    });
    assert_eq!((calls_in(&outer), calls_in(&inner)), (1, 2));
}

#[test]
fn a_scope_runs_inside_itself() {
    let scope = Scope::new();
    let mut nested = pin!(scope.run(scope.run(calling())));
    assert!(poll(nested.as_mut()).is_pending());
    assert_eq!(calls_in(&scope), 1);
}

#[test]
fn a_panic_in_a_poll_leaves_no_scope_behind() {
    let scope = Scope::new();
    let mut panicking = pin!(scope.run(poll_fn(|_| -> Poll<()> { panic!("the body") })));
    let caught = catch_unwind(AssertUnwindSafe(|| poll(panicking.as_mut())));
    assert!(caught.is_err());
    assert!(Scope::current().is_process());
}

#[test]
fn what_a_dropped_future_gives_up_is_counted_in_its_scope() {
    struct CallsWhenDropped;
    impl Drop for CallsWhenDropped {
        fn drop(&mut self) {
            CALLS.get().call();
        }
    }
    let scope = Scope::new();
    let guard = CallsWhenDropped;
    let never = async move {
        let _guard = guard;
        pending::<()>().await;
    };
    drop(scope.run(never));
    assert_eq!(calls_in(&scope), 1, "dropped before it was polled");

    let mut done = Box::pin(scope.run(async {
        let _guard = CallsWhenDropped;
    }));
    assert!(poll(done.as_mut()).is_ready());
    assert_eq!(calls_in(&scope), 2, "dropped by itself when ready");
}

#[test]
fn a_scope_lives_as_long_as_a_future_in_it() {
    const SIZE: u32 = 7_003;
    static LONG: Shared<Fake> = Shared::new(SIZE);
    let mut running = Box::pin(Scope::new().run(poll_fn(|_| {
        LONG.get().call();
        Poll::<()>::Pending
    })));
    assert!(poll(running.as_mut()).is_pending());
    assert_eq!(Fake::alive(SIZE), 1);
    drop(running);
    assert_eq!(Fake::alive(SIZE), 0);
}

#[test]
fn a_scoped_future_can_move_between_threads() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let scope = Scope::new();
    let mut future = Box::pin(assert_send(scope.run(calling())));
    assert!(poll(future.as_mut()).is_pending());
    std::thread::scope(|threads| {
        threads.spawn(|| assert!(poll(future.as_mut()).is_pending()));
    });
    assert_eq!(calls_in(&scope), 2);
    drop(assert_send(scope.run(ready(()))));
}

#[test]
fn a_state_of_the_process_scope_is_not_a_scopes() {
    static BOTH: Shared<Fake> = Shared::new(1);
    BOTH.get().call();
    let scope = Scope::new();
    scope.within(|| assert_eq!(BOTH.get().calls(), 0));
    assert_eq!(BOTH.get().calls(), 1);
}

#[test]
fn many_short_lived_clients_leave_nothing_behind() {
    let scope = Scope::new();
    scope.within(|| {
        for _ in 0..10_000 {
            let client = Shared::<Fake>::new(1);
            client.own().get().call();
        }
    });
    assert_eq!(scope.listed().len(), 0);
    assert!(scope.states().remembered() <= 2 * 16);
}

#[test]
fn observers_of_a_dropped_scope_are_dropped() {
    struct Heard(Arc<AtomicBool>);
    impl Drop for Heard {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let gone = Arc::new(AtomicBool::new(false));
    let heard = Heard(Arc::clone(&gone));
    let scope = Scope::new();
    scope.observe(move |_| {
        let _alive = &heard;
    });
    drop(scope);
    assert!(gone.load(Ordering::Relaxed));
}

#[test]
fn a_call_in_a_scope_says_the_effect_it_says_outside() {
    struct Payment;
    impl Future for Payment {
        type Output = ();
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            Poll::Ready(())
        }
    }
    impl Call for Payment {
        type Effect = crate::effect::NonIdempotent;
    }
    fn class<C: Call>(_: &C) -> crate::effect::Class {
        <C::Effect as crate::effect::Effect>::CLASS
    }
    assert_eq!(
        class(&Scope::new().run(Payment)),
        crate::effect::Class::NON_IDEMPOTENT
    );
}
