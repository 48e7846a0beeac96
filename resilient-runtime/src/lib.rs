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

/// Beside each attribute a module of its name: a sibling that is taken off a function is mentioned by its
/// receipt, so that its import stays used and a foreign attribute of the same name is found out.
macro_rules! receipts {
    ($($name:ident)*) => {
        $(
            #[doc(hidden)]
            pub mod $name {
                #[doc(hidden)]
                pub const RECEIPT: crate::__private::Receipt = ();
            }
        )*
    };
}

receipts! { read_only idempotent non_idempotent }

#[cfg(feature = "runtime")]
pub use call::{Answer, IdempotencyKey, idempotency_key};
pub use effect::{Call, assume_idempotent, assume_read_only};
pub use failure::{Classify, Failure};
#[cfg(feature = "runtime")]
pub use registry::registry;
pub use rejected::{FromRejected, Rejected};
#[cfg(feature = "testing")]
pub use resilient_macros::test;
#[doc(inline)]
pub use resilient_macros::{Classify, FromRejected, idempotent, non_idempotent, read_only};
#[cfg(feature = "runtime")]
#[doc(inline)]
pub use resilient_macros::{breaker, bulkhead, retry, timeout};
#[cfg(feature = "runtime")]
pub use scope::{Scope, Scoped};
