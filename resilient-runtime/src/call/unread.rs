//! The check that a returned `reqwest::Response` has been looked at: a response with status 503 is `Ok`.
//!
//! An inherent method for the one type that needs `failed(..)` wins over a trait method for all others.

/// An answer about to be judged without `failed(..)`.
#[derive(Debug)]
pub struct Unread<'a, R>(pub &'a R);

/// Every answer that says by itself whether it failed.
pub trait MayBeUnread {
    /// Nothing to check.
    #[inline]
    fn __is_read(&self) {}
}

impl<R> MayBeUnread for Unread<'_, R> {}

/// Answers that are `Ok` whatever they say.
#[cfg(feature = "reqwest")]
pub trait Silent {}
#[cfg(feature = "reqwest")]
impl Silent for reqwest::Response {}

#[cfg(feature = "reqwest")]
impl<T: Silent, E> Unread<'_, Result<T, E>> {
    /// Does not compile: the response needs `failed(..)`.
    #[inline]
    pub fn __is_read(&self)
    where
        T: SaysItFailed,
    {
    }
}

/// Never holds for a [`Silent`] answer: its text is the error.
#[cfg(feature = "reqwest")]
#[diagnostic::on_unimplemented(
    message = "an unread `{Self}` is returned as a success, whatever its status",
    label = "a response with status 503 is `Ok`",
    note = "at run time no attempt would be repeated, and the breaker would count every 503 as a success",
    note = "write `failed(resilient_runtime::failure::response)` in one attribute, or call `.error_for_status()?` in the body and return what it holds"
)]
pub trait SaysItFailed {}
#[cfg(feature = "reqwest")]
impl SaysItFailed for () {}
