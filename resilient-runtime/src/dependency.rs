//! The service that annotated functions call, by the name `#[dependency("payments")]` gives it.
//!
//! In: the name, and the crate that wrote it. Out: one value to group events and figures by. Acts in nothing: the
//! state that goes by the name is the breaker's, the limit's, the budget's own.

use std::fmt;

/// A service by its name: what `#[dependency("payments")]` says of a function, or of every function in an `impl`.
///
/// It is shown as `my_crate/payments`, like the breaker, the limits and the budget that go by the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Dependency {
    /// The crate that wrote the name.
    pub krate: &'static str,
    /// The name.
    pub name: &'static str,
}

impl Dependency {
    #[cfg(feature = "runtime")]
    pub(crate) const fn new(krate: &'static str, name: &'static str) -> Self {
        Self { krate, name }
    }
}

/// `my_crate/payments`.
impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.krate.is_empty() {
            return f.write_str(self.name);
        }
        write!(f, "{}/{}", self.krate, self.name)
    }
}

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
