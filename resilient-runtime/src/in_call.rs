//! Work that leaves the task and stays in the call: [`in_call`] for what is spawned.
//!
//! Goes in: a future. Comes out: the same future, which takes the call's deadline, scope, idempotency key and depth of
//! retries along, and whose non-idempotent calls count for the attempt it was made in. Refuses nothing: made outside of a
//! call it carries nothing.

mod carried;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::effect::Call;
pub(crate) use carried::Carried;

/// Makes a future stay in the call it is made in, wherever it is polled: in a spawned task, in a `JoinSet`, behind an
/// actor.
///
/// ```
/// use resilient_runtime::{Classify, in_call, non_idempotent, retry};
/// # use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
///
/// #[derive(Debug, Classify)]
/// #[failure(unknown)]
/// struct Lost;
/// # static CHARGES: AtomicU32 = AtomicU32::new(0);
///
/// #[non_idempotent]
/// async fn charge() -> Result<(), Lost> {
///     # CHARGES.fetch_add(1, Relaxed);
///     Err(Lost)
/// }
///
/// async fn in_a_task() -> Result<(), Lost> {
///     tokio::spawn(in_call(charge())).await.expect("it does not panic")
/// }
///
/// #[retry(idempotent)]
/// async fn checkout() -> Result<(), Lost> { in_a_task().await }
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// assert!(checkout().await.is_err());
/// # assert_eq!(CHARGES.load(Relaxed), 1);
/// # });
/// // charged once: without `in_call` the retry could not know of the payment, and would make it three times
/// ```
///
/// What it takes along is that of the moment at which `in_call` is called, so call it in the body and not beforehand:
///
/// * **The deadline.** Annotated calls in it inherit the time that is left, and end by themselves when it is over, as
///   nobody else is there to end them: with [`DeadlineExceeded`](crate::rejected::Kind::DeadlineExceeded). The future as a
///   whole is not cut off, and neither is a call whose only policy is `retry`; [`remaining`](crate::remaining) tells it.
/// * **The guard.** A non-idempotent call that begins in it counts for the attempt, as if it had begun there. While the
///   future is neither finished nor dropped, the attempt is not repeated either: the next thing it does may be a payment.
/// * **The scope** and the **idempotency key**, and the depth of retries. Not a transaction: its connection stays where it is.
///
/// # Cancellation
///
/// Dropping the call does not end a task that it spawned; that is tokio's rule, and `JoinSet` or `AbortOnDrop` are the
/// ways around it. What the task does then counts for nobody. Dropping this future, by `abort`, a panic, or the end of the
/// runtime, drops the inner one inside its scope; what it had begun stays begun.
pub fn in_call<F: Future>(future: F) -> InCall<F> {
    InCall {
        carried: Carried::from_here(),
        future: Some(future),
    }
}

impl<F: Future> InCall<F> {
    /// The same for a call that goes on without its caller: what it begins counts for the attempt around, and nothing else is
    /// taken along but the scope.
    pub(crate) fn detached(future: F) -> Self {
        Self {
            carried: Carried::detached(),
            future: Some(future),
        }
    }
}

pin_project! {
    /// A future that stays in its call; see [`in_call`].
    #[must_use = "futures do nothing unless polled"]
    pub struct InCall<F> {
        carried: Carried,
        // An option, so that it can be dropped while the scope is current.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for InCall<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                this.carried.within(|| this.future.set(None));
            }
            this.carried.end();
        }
    }
}

impl<F: Future> Future for InCall<F> {
    type Output = F::Output;

    /// # Panics
    ///
    /// When polled after it was ready.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let carried = this.carried;
        let polled = carried.within(|| {
            let future = this.future.as_mut().as_pin_mut();
            let polled = future.expect("polled after it was ready").poll(cx);
            if polled.is_ready() {
                this.future.set(None);
            }
            polled
        });
        if polled.is_ready() {
            carried.end();
        }
        polled
    }
}

/// Where a call is polled changes nothing about what it does.
#[diagnostic::do_not_recommend]
impl<C: Call> Call for InCall<C> {
    type Effect = C::Effect;
}
