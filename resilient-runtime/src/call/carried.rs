//! The user's error as the source of a rejection, where its type allows that.
//!
//! The choice is an inherent method winning over a trait's: an error that is neither `Error + Send + Sync` nor a string is
//! dropped, and the rejection has no source.

use std::error::Error;

/// An answer whose error is to be kept.
#[derive(Debug)]
pub struct Carried<R>(pub R);

impl<T, E: Into<Box<dyn Error + Send + Sync>>> Carried<Result<T, E>> {
    /// The error, if it is one.
    #[doc(hidden)]
    #[must_use]
    pub fn __source(self) -> Option<Box<dyn Error + Send + Sync>> {
        self.0.err().map(Into::into)
    }
}

/// An error that nothing can carry.
pub trait Uncarried: Sized {
    #[doc(hidden)]
    #[must_use]
    fn __source(self) -> Option<Box<dyn Error + Send + Sync>> {
        None
    }
}

impl<R> Uncarried for Carried<R> {}
