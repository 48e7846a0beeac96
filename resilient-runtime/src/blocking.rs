//! Blocking work inside an annotated function, on a thread of its own that keeps the permit.
//!
//! Goes in: a function that blocks. Comes out: what it returns. Refuses nothing; and cannot stop a thread, nobody can.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::context::Claim;
use crate::in_call::Carried;

/// Runs a function that blocks on one of tokio's threads for it, as a part of the call.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::{Rejected, blocking, bulkhead, read_only, timeout};
///
/// #[read_only]
/// #[timeout("2s")]
/// #[bulkhead(4)] // never more than four threads, also while callers give up
/// async fn resolve(host: String) -> Result<usize, Rejected> {
///     Ok(blocking(move || host.len() /* getaddrinfo(host) */).await)
/// }
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async { assert_eq!(resolve("eu".into()).await, Ok(2)); });
/// ```
///
/// The function starts when the future is first polled. It sees the time that is left
/// ([`remaining`](crate::remaining)), the scope and the idempotency key of its call, and what annotated calls it starts
/// (by `Handle::block_on`) counts for the attempt, as in [`in_call`](crate::in_call).
///
/// # Cancellation
///
/// A thread cannot be stopped. When the call ends before it, by a timeout, a drop, or a panic, the caller has its answer at
/// once, and the *permit* of the innermost annotated function with a bulkhead or a breaker stays with the thread until
/// that is done: ten permits are never more than ten threads. The breaker counts the end that the caller saw. A function
/// that no thread has picked up yet is not started any more. When the runtime goes down, running threads keep theirs to
/// the end, as tokio waits for them.
///
/// A panic in the function is a panic in the caller.
///
/// # Panics
///
/// When polled outside of a tokio runtime, and when polled after it was ready.
pub fn blocking<F, T>(function: F) -> Blocking<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Blocking {
        function: Some(function),
        thread: None,
    }
}

pin_project! {
    /// Blocking work that belongs to its call; see [`blocking`].
    #[must_use = "nothing is started before it is polled"]
    pub struct Blocking<F, T> {
        function: Option<F>,
        #[pin]
        thread: Option<JoinHandle<T>>,
    }

    impl<F, T> PinnedDrop for Blocking<F, T> {
        fn drop(this: Pin<&mut Self>) {
            if let Some(thread) = this.project().thread.as_pin_mut() {
                // No effect on one that runs.
                thread.abort();
            }
        }
    }
}

impl<F, T> Future for Blocking<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let mut this = self.project();
        if let Some(function) = this.function.take() {
            this.thread.set(Some(start(function)));
        }
        let thread = this.thread.as_mut().as_pin_mut();
        match thread.expect("polled after it was ready").poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(value)) => {
                this.thread.set(None);
                Poll::Ready(value)
            }
            Poll::Ready(Err(error)) => {
                this.thread.set(None);
                match error.try_into_panic() {
                    Ok(panic) => resume_unwind(panic),
                    // The runtime is going down, and whoever waits for this with it.
                    Err(_cancelled) => Poll::Pending,
                }
            }
        }
    }
}

fn start<F, T>(function: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let mut carried = Carried::from_here();
    // It begins nothing by itself: what it starts is counted when it does.
    carried.end();
    let done = Done(Claim::new(false));
    spawn_blocking(move || {
        // By value, so that it is dropped behind the work, also when that panics, or never ran.
        let _done = done;
        carried.within(function)
    })
}

/// Gives the permit back when the thread is done.
struct Done(Arc<Claim>);

impl Drop for Done {
    fn drop(&mut self) {
        drop(self.0.end());
    }
}
