//! `before_retry(path)`: the user's own work between two attempts, inside the call's deadline.

use std::future::Future;

use super::run::Run;
use crate::clock::Stamp;

/// Awaits the hook; false when the call's time is over.
///
/// The hook is a future of the user's own function, small and run once, so an `async fn` may hold it.
pub async fn within<F: Future<Output = ()>>(run: &mut Run, hook: F) -> bool {
    let deadline = run.deadline();
    let done = if deadline == Stamp::NEVER {
        hook.await;
        true
    } else {
        tokio::time::timeout_at(deadline.to_instant(), hook)
            .await
            .is_ok()
    };
    run.forget_now();
    done
}
