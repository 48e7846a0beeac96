//! A marked stretch of a database transaction: calls of other services inside of it are reported.
//!
//! Goes in: the future that holds the transaction. Comes out: the same future. Refuses nothing: the event says what the
//! compiler refuses where a type tells.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::context;
use crate::effect::Call;

/// Marks a future as the inside of a database transaction.
///
/// While it is polled, an annotated call with a policy that is neither [`database`](macro@crate::database) nor
/// `allow(in_transaction)` is reported as [`CallInTransaction`](crate::event::Event::CallInTransaction): once for each
/// function in each marked stretch, however often it is called. The call goes on. For drivers whose transactions no type
/// shows, and for what unannotated functions hide; where a type shows it the compiler refuses the call.
///
/// ```
/// use resilient_runtime::{Rejected, Scope, in_transaction, read_only, timeout};
/// # use std::sync::{Arc, atomic::{AtomicU32, Ordering::Relaxed}};
///
/// #[read_only]
/// #[timeout("2s")]
/// async fn rate(currency: &str) -> Result<f64, Rejected> { Ok(1.08) }
///
/// async fn order() -> Result<f64, Rejected> {
///     in_transaction(async {
///         // insert into orders ..
///         rate("EUR").await // holds the connection and its locks while the service takes its time
///     })
///     .await
/// }
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// # let told = Arc::new(AtomicU32::new(0));
/// # let count = told.clone();
/// Scope::current().observe(move |event| {
///     if event.name() == "call_in_transaction" {
///         println!("{event}"); // crate::rate: called inside a database transaction
///         # count.fetch_add(1, Relaxed);
///     }
/// });
/// # order().await.unwrap();
/// # assert_eq!(told.load(Relaxed), 1);
/// # });
/// ```
///
/// Dropping it drops the future, as ever. A spawned task is outside of it, also with [`in_call`](crate::in_call).
pub fn in_transaction<F: Future>(future: F) -> InTransaction<F> {
    InTransaction {
        marked: Some(Arc::new(Marked::default())),
        future,
    }
}

pin_project! {
    /// A future inside of a transaction; see [`in_transaction`].
    #[must_use = "futures do nothing unless polled"]
    pub struct InTransaction<F> {
        marked: Option<Arc<Marked>>,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for InTransaction<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _inside = context::enter_transaction(this.marked);
        this.future.poll(cx)
    }
}

/// A transaction around a call is not what the call does.
#[diagnostic::do_not_recommend]
impl<C: Call> Call for InTransaction<C> {
    type Effect = C::Effect;
}

/// The functions that were reported, by the addresses of their statics; as many as the stretch calls.
#[derive(Debug, Default)]
pub(crate) struct Marked(Mutex<Vec<usize>>);

impl Marked {
    /// Whether this function is reported for the first time.
    pub(crate) fn is_new<T>(&self, site: &'static T) -> bool {
        let address = std::ptr::from_ref(site) as usize;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(&address) {
            return false;
        }
        known.push(address);
        true
    }
}
