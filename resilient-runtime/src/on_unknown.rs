//! A call whose answer was lost is confirmed or cancelled, never repeated, never forgotten.
//!
//! In: the intent to call, written to a [`Journal`] before anything is sent. Out: the outcome, found by asking the service under
//! a key: for the caller while it waits, for everybody else by the [`Reconciler`]. Refuses a call that could not be
//! remembered, and a second one under a key whose first call is not resolved.
//!
//! The attribute's page, [`on_unknown`](macro@crate::on_unknown), holds the options. This module holds the journal, to
//! look at and to implement, and the reconciler, which every program that uses the attribute should run:
//!
//! ```
//! # use std::sync::Arc;
//! # use resilient_runtime::on_unknown::{Reconciler, Resolver};
//! # use resilient_runtime::{idempotent, read_only};
//! # struct Client;
//! # impl Client {
//! #     #[read_only] async fn find(&self, key: &str) -> Result<Option<u64>, std::io::Error> { Ok(Some(key.len() as u64)) }
//! #     #[idempotent] async fn void(&self, key: &str) -> Result<(), std::io::Error> { let _ = key; Ok(()) }
//! # }
//! # async fn start(client: Arc<Client>) {
//! let reconciler = Reconciler::new()
//!     .call("shop::payments::charge", Resolver::of(client).confirm(Client::find).cancel(Client::void))
//!     .resolved(|record, outcome| println!("{}: {outcome}", record.call));
//! tokio::spawn(reconciler.run());
//! # }
//! ```

mod course;
mod journal;
mod memory;
mod reconcile;
mod record;
mod remedy;
mod settings;

pub(crate) use self::course::{Course, FAILURES, Remedies, Step, longest_pause};
pub use self::course::{Question, Reply};
pub(crate) use self::journal::end_lease;
pub use self::journal::{Journal, JournalError, Writing};
pub use self::memory::{Counts, MemoryJournal};
pub use self::reconcile::{Ask, Free, Of, Reconciler, Resolver, Round};
pub use self::record::{Intent, Outcome, Record, RecordId, State};
#[doc(hidden)]
pub use self::remedy::{
    Cancellation, Cancels, Confirmation, Confirms, Unasked, cancels, confirms, unasked,
};
pub(crate) use self::settings::drawn;
#[doc(hidden)]
pub use self::settings::{QUESTION, Settings};

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
