//! How a record's key gets to the functions that ask the service, and to the client they are methods of.
//!
//! In: the paths of annotated functions. Out: closures that own what they need. Refuses a `confirm` that is not read-only and a
//! `cancel` that is not idempotent.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::super::course::Reply;
use crate::effect::{AtMost, Call, Idempotent, ReadOnly};

/// Asks, given a key.
type Asker = Box<dyn Fn(Arc<str>) -> Pin<Box<dyn Future<Output = Reply> + Send>> + Send + Sync>;

/// The questions that can be asked about the calls of one function.
#[derive(Default)]
pub(super) struct Asking {
    pub(super) confirm: Option<Asker>,
    pub(super) cancel: Option<Asker>,
}

/// How the lost calls of one function are resolved: the functions of its `confirm(..)` and `cancel(..)`.
///
/// Times and `fences` are not repeated here: every record remembers those of its call.
pub struct Resolver<W> {
    whom: Arc<W>,
    asking: Asking,
}

/// Functions without a receiver: `async fn find(key: &str)`.
#[derive(Debug, Clone, Copy)]
pub struct Free;

/// Methods of a client: `async fn find(&self, key: &str)`.
#[derive(Debug)]
pub struct Of<S: ?Sized>(Arc<S>);

impl Resolver<Free> {
    /// By functions that take the key alone.
    #[expect(
        clippy::new_without_default,
        reason = "without a question it resolves nothing"
    )]
    #[must_use]
    pub fn new() -> Self {
        Self::with(Free)
    }
}

impl<S: ?Sized> Resolver<Of<S>> {
    /// By methods of this client.
    #[must_use]
    pub fn of(client: Arc<S>) -> Self {
        Self::with(Of(client))
    }
}

impl<W> Resolver<W> {
    fn with(whom: W) -> Self {
        Self {
            whom: Arc::new(whom),
            asking: Asking::default(),
        }
    }
}

impl<W: Send + Sync + 'static> Resolver<W> {
    /// The function of `confirm(..)`: `Ok(Some(_))` for "carried out", `Ok(None)` for "not known".
    #[must_use]
    pub fn confirm<F>(mut self, confirm: F) -> Self
    where
        F: for<'a> Ask<'a, W, Looking> + Send + Sync + 'static,
    {
        self.asking.confirm = Some(self.asker(confirm));
        self
    }

    /// The function of `cancel(..)`: `Ok(_)` for "cancelled, or never carried out".
    #[must_use]
    pub fn cancel<F>(mut self, cancel: F) -> Self
    where
        F: for<'a> Ask<'a, W, Cancelling> + Send + Sync + 'static,
    {
        self.asking.cancel = Some(self.asker(cancel));
        self
    }

    fn asker<Q: 'static, F>(&self, ask: F) -> Asker
    where
        F: for<'a> Ask<'a, W, Q> + Send + Sync + 'static,
    {
        let (whom, ask) = (Arc::clone(&self.whom), Arc::new(ask));
        Box::new(move |key| {
            let (whom, ask) = (Arc::clone(&whom), Arc::clone(&ask));
            Box::pin(async move { ask.ask(&whom, &key).await })
        })
    }
}

impl<W> From<Resolver<W>> for Asking {
    fn from(resolver: Resolver<W>) -> Self {
        resolver.asking
    }
}

impl<W> fmt::Debug for Resolver<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver")
            .field("confirms", &self.asking.confirm.is_some())
            .field("cancels", &self.asking.cancel.is_some())
            .finish_non_exhaustive()
    }
}

/// The question of `confirm`, as a type.
#[doc(hidden)]
#[derive(Debug)]
pub struct Looking;

/// The question of `cancel`, as a type.
#[doc(hidden)]
#[derive(Debug)]
pub struct Cancelling;

/// A function that can be asked about a key: by its path, as in `Client::find`; a closure has no effect to declare.
#[diagnostic::on_unimplemented(
    message = "this function cannot resolve a lost call",
    label = "neither `fn(&Client, &str)` nor `fn(&str)` with the effect and the result that are needed",
    note = "a `confirm` is declared `#[read_only]` and returns `Result<Option<_>, _>`, a `cancel` is declared `#[idempotent]` and returns a \
            `Result`: both are asked again and again until the outcome is certain",
    note = "name an `async fn(&self, key: &str)` behind `Resolver::of(client)`, or an `async fn(key: &str)` behind `Resolver::new()`"
)]
pub trait Ask<'a, W, Q> {
    #[doc(hidden)]
    fn ask(&self, whom: &'a W, key: &'a str) -> Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;
}

#[diagnostic::do_not_recommend]
impl<'a, S, F, C, T, E> Ask<'a, Of<S>, Looking> for F
where
    S: ?Sized + 'a,
    F: Fn(&'a S, &'a str) -> C,
    C: Call<Output = Result<Option<T>, E>, Effect: AtMost<ReadOnly>> + Send + 'a,
{
    fn ask(
        &self,
        whom: &'a Of<S>,
        key: &'a str,
    ) -> Pin<Box<dyn Future<Output = Reply> + Send + 'a>> {
        let call = self(&whom.0, key);
        Box::pin(async move { found(&call.await) })
    }
}

#[diagnostic::do_not_recommend]
impl<'a, F, C, T, E> Ask<'a, Free, Looking> for F
where
    F: Fn(&'a str) -> C,
    C: Call<Output = Result<Option<T>, E>, Effect: AtMost<ReadOnly>> + Send + 'a,
{
    fn ask(
        &self,
        _whom: &'a Free,
        key: &'a str,
    ) -> Pin<Box<dyn Future<Output = Reply> + Send + 'a>> {
        let call = self(key);
        Box::pin(async move { found(&call.await) })
    }
}

#[diagnostic::do_not_recommend]
impl<'a, S, F, C, T, E> Ask<'a, Of<S>, Cancelling> for F
where
    S: ?Sized + 'a,
    F: Fn(&'a S, &'a str) -> C,
    C: Call<Output = Result<T, E>, Effect: AtMost<Idempotent>> + Send + 'a,
{
    fn ask(
        &self,
        whom: &'a Of<S>,
        key: &'a str,
    ) -> Pin<Box<dyn Future<Output = Reply> + Send + 'a>> {
        let call = self(&whom.0, key);
        Box::pin(async move { done(&call.await) })
    }
}

#[diagnostic::do_not_recommend]
impl<'a, F, C, T, E> Ask<'a, Free, Cancelling> for F
where
    F: Fn(&'a str) -> C,
    C: Call<Output = Result<T, E>, Effect: AtMost<Idempotent>> + Send + 'a,
{
    fn ask(
        &self,
        _whom: &'a Free,
        key: &'a str,
    ) -> Pin<Box<dyn Future<Output = Reply> + Send + 'a>> {
        let call = self(key);
        Box::pin(async move { done(&call.await) })
    }
}

fn found<T, E>(answer: &Result<Option<T>, E>) -> Reply {
    match answer {
        Ok(Some(_)) => Reply::Found,
        Ok(None) => Reply::NotFound,
        Err(_) => Reply::Failed,
    }
}

fn done<T, E>(answer: &Result<T, E>) -> Reply {
    if answer.is_ok() {
        Reply::Done
    } else {
        Reply::Failed
    }
}
