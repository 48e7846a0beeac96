//! `before_retry(path)`: the user's own work between two attempts, inside the call's deadline.

use std::future::{Future, poll_fn};
use std::pin::pin;

use super::inside::poll_counted;
use super::run::Run;
use crate::clock::Stamp;

/// Awaits the hook; false when the call's time is over.
///
/// It is part of the call as much as the body is: what it calls inherits the deadline, and a non-idempotent
/// call that it started ends the repeating. The hook is a future of the user's own function, small and run
/// once, so an `async fn` may hold it.
pub async fn within<F: Future<Output = ()>>(run: &mut Run, hook: F) -> bool {
    let mut hook = pin!(hook);
    run.look_around();
    let deadline = run.deadline();
    let hooked = poll_fn(|cx| poll_counted(run, deadline, hook.as_mut(), cx));
    let done = if deadline == Stamp::FOREVER {
        hooked.await;
        true
    } else {
        tokio::time::timeout_at(deadline.to_instant(), hooked)
            .await
            .is_ok()
    };
    run.forget_now();
    if !done {
        run.attempts_over();
    }
    done
}
