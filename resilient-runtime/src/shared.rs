//! Whose state a policy uses: a function's own, a named one, a `static`, or a field of the client.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::clock::Stamp;

/// One policy's live state: what [`Ref`] points to, what scopes keep apart and the registry lists.
pub(crate) trait State: Send + Sync + Sized + 'static {
    /// The numbers of the attribute.
    type Settings: Copy + PartialEq + fmt::Debug + Send + Sync + 'static;
    /// The attribute's name.
    const POLICY: &'static str;
    fn new(settings: Self::Settings) -> Self;
    fn settings(&self) -> Self::Settings;
    /// From now on the numbers are these; what is in flight or counted stays.
    fn configure(&self, settings: Self::Settings);
    /// Field by field the stricter of the two: what holds when one name carries two configurations.
    fn stricter(one: Self::Settings, other: Self::Settings) -> Self::Settings;
    /// Nothing in flight, closed, window empty: may be forgotten and made anew without anybody noticing.
    fn is_idle(&self, now: Stamp) -> bool;
    /// As if it had just been made; calls in flight still give back what they hold.
    fn reset(&self, now: Stamp);
}

/// A policy's state while a call uses it: a `static` costs nothing, anything else one reference count.
pub(crate) enum Ref<S: 'static> {
    Static(&'static S),
    Owned(Arc<S>),
}

impl<S> Deref for Ref<S> {
    type Target = S;
    fn deref(&self) -> &S {
        match self {
            Self::Static(state) => state,
            Self::Owned(state) => state,
        }
    }
}

impl<S> Clone for Ref<S> {
    fn clone(&self) -> Self {
        match self {
            Self::Static(state) => Self::Static(state),
            Self::Owned(state) => Self::Owned(Arc::clone(state)),
        }
    }
}
