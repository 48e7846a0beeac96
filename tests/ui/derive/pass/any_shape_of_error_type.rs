//! Every shape of type derives without a warning: empty, generic, borrowed, documented, deprecated, re-exported.
#![deny(warnings, missing_docs, deprecated)]

use std::time::Duration;

use resilient_runtime::{Classify, Failure, FromRejected, Rejected};

/// A crate that re-exports the runtime under its own name.
pub mod facade {
    pub use resilient_runtime::*;
}

/// No variant at all.
#[derive(Classify)]
pub enum Never {}

/// Two parameters, one of them asked.
#[derive(Classify)]
pub enum Generic<'a, E: std::error::Error, const N: usize>
where
    E: 'static,
{
    /// Asks the parameter.
    #[failure(from)]
    Inner(E),
    /// Does not.
    #[failure(permanent)]
    Text(&'a [u8; N]),
}

/// Asks an associated type.
#[derive(Classify)]
#[failure(from)]
pub struct Associated<I: Iterator>(I::Item);

/// Marks on old variants.
#[derive(Classify)]
#[failure(default = permanent)]
#[non_exhaustive]
pub enum Aged {
    /// Out of use.
    #[deprecated]
    Old,
    /// In use.
    New {
        /// Unread by the mark.
        text: String,
    },
}

/// Names the runtime by another path.
#[derive(Classify, FromRejected)]
#[failure(default = unknown, crate = self::facade)]
#[rejected(crate = self::facade)]
pub enum Elsewhere {
    /// An answer.
    #[failure(throttled(retry_after = r#in))]
    Slow {
        /// A raw name.
        r#in: Option<Duration>,
    },
    /// The rejection.
    Policy(#[rejected] Rejected),
}

mod without_prelude_names {
    //! User types named as ours, or as the standard ones, do not get in the way.
    #![allow(dead_code)]
    struct Option;
    struct Failure;
    enum Result {}
    struct Some;

    #[derive(resilient_runtime::Classify)]
    enum Error {
        #[failure(transient)]
        Some,
        #[failure(overloaded(retry_after = asked))]
        Failure { asked: std::time::Duration, retry_after: u8 },
    }
}

fn main() {
    let rejected = || std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    assert_eq!(Generic::<_, 1>::Inner(rejected()).failure(), Failure::NotSent);
    assert_eq!(Associated::<std::vec::IntoIter<std::io::Error>>(rejected()).failure(), Failure::NotSent);
    assert_eq!(Aged::New { text: String::new() }.failure(), Failure::Permanent);
}
