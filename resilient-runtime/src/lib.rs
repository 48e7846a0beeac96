//! Resilient calls to services you don't control, as annotations checked by the compiler.

#[cfg(feature = "runtime")]
pub mod breaker;
#[cfg(feature = "runtime")]
pub mod bulkhead;
#[cfg(feature = "runtime")]
mod call;
#[cfg(feature = "runtime")]
pub mod clock;
#[cfg(feature = "runtime")]
mod context;
pub mod effect;
#[cfg(feature = "runtime")]
pub mod event;
pub mod failure;
#[cfg(feature = "runtime")]
mod keyed;
#[cfg(feature = "runtime")]
pub mod registry;
pub mod rejected;
#[cfg(feature = "runtime")]
pub mod retry;
#[cfg(feature = "runtime")]
mod scope;
#[cfg(feature = "runtime")]
mod shared;
#[cfg(feature = "runtime")]
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "runtime")]
pub mod timeout;

#[doc(hidden)]
pub mod __private;

pub use effect::Call;
pub use failure::{Classify, Failure};
pub use rejected::{FromRejected, Rejected};
#[doc(inline)]
pub use resilient_macros::{Classify, FromRejected};
#[cfg(feature = "runtime")]
pub use registry::registry;
#[cfg(feature = "runtime")]
pub use scope::{Scope, Scoped};
#[cfg(feature = "testing")]
pub use resilient_macros::test;
