//! `before_retry(path)`: the user's own work between two attempts, inside the call's deadline.

use std::future::Future;

use super::run::Run;

/// Awaits the hook; false when the call's time is over.
///
/// The hook is a future of the user's own function, small and run once, so an `async fn` may hold it.
pub async fn within<F: Future<Output = ()>>(run: &mut Run, hook: F) -> bool {
    let done = match run.deadline() {
        Some(deadline) => tokio::time::timeout_at(deadline, hook).await.is_ok(),
        None => {
            hook.await;
            true
        }
    };
    run.forget_now();
    done
}
