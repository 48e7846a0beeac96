//! Errors that wrap errors: pointers ask what they point to, erased errors are walked along their sources.
//!
//! The first known type from the outside in decides, because it knows more than what it wraps; a chain
//! with nothing known in it is [`Failure::Unknown`].

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

#[cfg(feature = "aws")]
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::{Classify, Failure};
use crate::Rejected;

/// Asks the first known error of a chain.
pub(super) fn failure_of(outermost: &(dyn Error + 'static)) -> Failure {
    known_in(outermost).unwrap_or(Failure::Unknown)
}

/// The class of the first known error of a chain, if there is one.
pub(super) fn known_in(outermost: &(dyn Error + 'static)) -> Option<Failure> {
    let mut next = Some(outermost);
    while let Some(error) = next {
        let class = known(error);
        if class.is_some() {
            return class;
        }
        next = error.source();
    }
    None
}

/// The class of this very error, if its type is known.
fn known(error: &(dyn Error + 'static)) -> Option<Failure> {
    let class = ask::<Rejected>(error).or_else(|| ask::<std::io::Error>(error));
    #[cfg(feature = "runtime")]
    let class = class.or_else(|| ask::<tokio::time::error::Elapsed>(error));
    #[cfg(feature = "reqwest")]
    let class = class.or_else(|| ask::<::reqwest::Error>(error));
    #[cfg(feature = "tonic")]
    let class = class.or_else(|| ask::<::tonic::Status>(error));
    #[cfg(feature = "sqlx")]
    let class = class.or_else(|| ask::<::sqlx::Error>(error));
    #[cfg(feature = "redis")]
    let class = class.or_else(|| ask::<::redis::RedisError>(error));
    #[cfg(feature = "object_store")]
    let class = class.or_else(|| ask::<::object_store::Error>(error));
    #[cfg(feature = "object_store")]
    let class = class.or_else(|| ask::<::object_store::client::HttpError>(error));
    #[cfg(feature = "aws")]
    let class = class.or_else(|| ask::<ConnectorError>(error));
    #[cfg(feature = "hyper")]
    let class = class.or_else(|| ask::<hyper_util::client::legacy::Error>(error));
    #[cfg(feature = "hyper")]
    let class = class.or_else(|| ask::<::hyper::Error>(error));
    class
}

/// The class of the first of our own rejections in a chain.
#[cfg(feature = "tonic")]
pub(super) fn rejection_in(outermost: &(dyn Error + 'static)) -> Option<Failure> {
    std::iter::successors(Some(outermost), |&error: &&(dyn Error + 'static)| {
        error.source()
    })
    .find_map(ask::<Rejected>)
}

/// Asks `error` when it is an `E`, also behind the pointer that makes a foreign error `Clone`: the `source` of an
/// `Arc<E>` is the source of `E`, so the walk would step over it.
fn ask<E: Classify + Error + 'static>(error: &(dyn Error + 'static)) -> Option<Failure> {
    if let Some(known) = error.downcast_ref::<E>() {
        return Some(known.failure());
    }
    if let Some(shared) = error.downcast_ref::<Arc<E>>() {
        return Some(shared.failure());
    }
    error.downcast_ref::<Box<E>>().map(Classify::failure)
}

#[diagnostic::do_not_recommend]
impl<E: Classify + ?Sized> Classify for &E {
    fn failure(&self) -> Failure {
        (**self).failure()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Classify + ?Sized> Classify for Box<E> {
    fn failure(&self) -> Failure {
        (**self).failure()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Classify + ?Sized> Classify for Arc<E> {
    fn failure(&self) -> Failure {
        (**self).failure()
    }
}

/// Never asked: there is no such error.
impl Classify for Infallible {
    fn failure(&self) -> Failure {
        match *self {}
    }
}

/// The first known error along the sources; a type of your own is not known here, so give it a classifier of its own.
#[diagnostic::do_not_recommend]
impl Classify for dyn Error + 'static {
    fn failure(&self) -> Failure {
        failure_of(self)
    }
}

/// As for `dyn Error`.
#[diagnostic::do_not_recommend]
impl Classify for dyn Error + Send + 'static {
    fn failure(&self) -> Failure {
        failure_of(self)
    }
}

/// As for `dyn Error`.
#[diagnostic::do_not_recommend]
impl Classify for dyn Error + Send + Sync + 'static {
    fn failure(&self) -> Failure {
        failure_of(self)
    }
}

/// As for boxed errors: the first known error along the chain.
#[cfg(feature = "anyhow")]
impl Classify for anyhow::Error {
    fn failure(&self) -> Failure {
        failure_of(self.as_ref())
    }
}

/// A limit set with [`tokio::time::timeout`] passed: whatever was on its way may still arrive.
#[cfg(feature = "runtime")]
impl Classify for tokio::time::error::Elapsed {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::io;

    use super::*;
    use crate::rejected::Kind;

    #[derive(Debug)]
    struct Context(Option<Box<dyn Error + Send + Sync>>);

    impl fmt::Display for Context {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("while paying")
        }
    }

    impl Error for Context {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.as_ref().map(|error| &**error as _)
        }
    }

    fn around(error: impl Error + Send + Sync + 'static) -> Context {
        Context(Some(Box::new(error)))
    }

    fn full() -> Rejected {
        Rejected::unsent(Kind::BulkheadFull, "test::call")
    }

    #[test]
    fn a_chain_with_nothing_known_is_unknown() {
        let boxed: Box<dyn Error> = Box::new(around(Context(None)));
        assert_eq!(boxed.failure(), Failure::Unknown);
        let boxed: Box<dyn Error + Send + Sync> = "no type at all".into();
        assert_eq!(boxed.failure(), Failure::Unknown);
    }

    #[test]
    fn a_known_error_is_found_at_any_depth_and_in_every_box() {
        let deep = || around(around(around(full())));
        let class = Failure::Rejected { retry_after: None };
        assert_eq!((Box::new(deep()) as Box<dyn Error>).failure(), class);
        assert_eq!((Box::new(deep()) as Box<dyn Error + Send>).failure(), class);
        assert_eq!(
            (Box::new(deep()) as Box<dyn Error + Send + Sync>).failure(),
            class
        );
        assert_eq!(
            (Arc::new(deep()) as Arc<dyn Error + Send + Sync>).failure(),
            class
        );
    }

    #[test]
    fn an_error_that_a_pointer_made_cloneable_is_not_stepped_over() {
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(failure_of(&around(Arc::new(refused()))), Failure::NotSent);
        assert_eq!(failure_of(&around(Box::new(refused()))), Failure::NotSent);
    }

    #[test]
    fn the_outermost_known_error_decides() {
        let sent = Rejected::sent(Kind::BulkheadFull, "test::call");
        let inner = around(io::Error::other(around(sent)));
        assert_eq!(failure_of(&inner), Failure::Unknown);
        let refused = around(io::Error::from(io::ErrorKind::ConnectionRefused));
        assert_eq!(
            failure_of(&full().with_source(refused)),
            Failure::Rejected { retry_after: None }
        );
    }

    #[test]
    fn pointers_ask_what_they_point_to() {
        assert_eq!((&&full()).failure(), full().failure());
        assert_eq!(Box::new(full()).failure(), full().failure());
        assert_eq!(Arc::new(full()).failure(), full().failure());
    }

    #[cfg(feature = "anyhow")]
    #[test]
    fn anyhow_errors_are_walked_through_their_context() {
        let error = anyhow::Error::new(full())
            .context("charging")
            .context("order 7");
        assert_eq!(error.failure(), full().failure());
        assert_eq!(anyhow::anyhow!("a sentence").failure(), Failure::Unknown);
    }

    #[cfg(feature = "testing")]
    #[test]
    fn a_timeout_of_tokio_is_unknown() {
        let clock = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        let elapsed = clock.expect("a runtime without io").block_on(async {
            tokio::time::timeout(
                std::time::Duration::from_secs(1),
                std::future::pending::<()>(),
            )
            .await
        });
        assert_eq!(
            elapsed.map_err(|error| failure_of(&around(error))),
            Err(Failure::Unknown)
        );
    }
}
