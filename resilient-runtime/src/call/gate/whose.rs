//! Whose state a gate leads to. A type for each answer, so that a call through a `static` carries its address
//! and nothing else.

use super::Key;
use crate::keyed::KeyHash;
use crate::shared::{Ref, Shown, State};

/// Where a policy's state is.
pub(super) trait Whose<S: State> {
    fn find(&self) -> Ref<S>;
    /// The name people see.
    fn shown(&self) -> Shown;
}

/// In a `static`: one for each scope.
#[doc(hidden)]
pub struct Global<P: 'static>(pub(super) &'static P);

/// One state for each key.
#[doc(hidden)]
pub struct Keyed<W>(pub(super) W, pub(super) KeyHash);

/// By hand: which of two ways is known only at run time.
#[doc(hidden)]
pub enum Either<A, B> {
    One(A),
    Other(B),
}

impl<S: State, A: Whose<S>, B: Whose<S>> Whose<S> for Either<A, B> {
    fn find(&self) -> Ref<S> {
        match self {
            Self::One(one) => one.find(),
            Self::Other(other) => other.find(),
        }
    }

    fn shown(&self) -> Shown {
        match self {
            Self::One(one) => one.shown(),
            Self::Other(other) => other.shown(),
        }
    }
}

impl<W> Either<W, Keyed<W>> {
    pub(super) fn keyed(whose: W, key: Option<Key>) -> Self {
        match key {
            None => Self::One(whose),
            Some(key) => Self::Other(Keyed(whose, key.0)),
        }
    }
}

/// All four ways at once: of a `static` or a field, with or without a key.
pub(in crate::call) type Way<P, L> =
    Either<Either<Global<P>, Keyed<Global<P>>>, Either<L, Keyed<L>>>;

/// The four ways to the state of one policy: `static` or field, keyed or not.
macro_rules! ways {
    ($policy:ty, $local:ident, $core:ty) => {
        /// In a field: lives and dies with the client.
        #[doc(hidden)]
        pub struct $local($crate::shared::Own<$core>);

        impl Whose<$core> for Global<$policy> {
            #[inline]
            fn find(&self) -> Ref<$core> {
                self.0.0.get()
            }
            fn shown(&self) -> Shown {
                self.0.0.shown()
            }
        }

        impl Whose<$core> for Keyed<Global<$policy>> {
            fn find(&self) -> Ref<$core> {
                self.0.0.0.keyed(self.1)
            }
            fn shown(&self) -> Shown {
                self.0.shown()
            }
        }

        impl Whose<$core> for $local {
            #[inline]
            fn find(&self) -> Ref<$core> {
                self.0.get()
            }
            fn shown(&self) -> Shown {
                self.0.shown()
            }
        }

        impl Whose<$core> for Keyed<$local> {
            fn find(&self) -> Ref<$core> {
                self.0.0.keyed(self.1)
            }
            fn shown(&self) -> Shown {
                self.0.shown()
            }
        }
    };
}

pub(super) use ways;
