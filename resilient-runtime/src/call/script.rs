//! Where a test's script takes the place of a body, see `testing::script`.
//!
//! In: an attempt that is about to poll its body. Out: "poll it", "wait", or a rejection that stands for an answer. Without the
//! feature `testing` it is always "poll it", at no cost; with it and no script in the process that is one load.

#[cfg(not(feature = "testing"))]
mod off;
#[cfg(feature = "testing")]
mod on;

#[cfg(not(feature = "testing"))]
pub(super) use off::Script;
#[cfg(feature = "testing")]
pub(super) use on::Script;

use crate::rejected::Rejected;

/// What an attempt does in this poll.
pub(super) enum Played {
    /// What the source says.
    Body,
    /// Nothing yet.
    #[cfg_attr(
        not(feature = "testing"),
        expect(dead_code, reason = "only a script waits")
    )]
    Waits,
    /// It ends so.
    #[cfg_attr(
        not(feature = "testing"),
        expect(dead_code, reason = "only a script ends an attempt")
    )]
    Ends(Rejected),
}
