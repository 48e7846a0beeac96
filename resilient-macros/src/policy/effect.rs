//! `#[read_only]`, `#[idempotent]`, `#[non_idempotent]`: what a call does to the service.

use proc_macro2::TokenStream;
use quote::quote;

/// `read_only` < `idempotent` < `non_idempotent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    ReadOnly,
    Idempotent,
    NonIdempotent,
}

impl Effect {
    pub(crate) fn of_attribute(name: &str) -> Option<Self> {
        match name {
            "read_only" => Some(Self::ReadOnly),
            "idempotent" => Some(Self::Idempotent),
            "non_idempotent" => Some(Self::NonIdempotent),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Idempotent => "idempotent",
            Self::NonIdempotent => "non_idempotent",
        }
    }

    /// The name of the value in the runtime.
    pub(crate) fn class(self) -> TokenStream {
        match self {
            Self::ReadOnly => quote!(READ_ONLY),
            Self::Idempotent => quote!(IDEMPOTENT),
            Self::NonIdempotent => quote!(NON_IDEMPOTENT),
        }
    }

    /// The name of the type in the runtime.
    pub(crate) fn name(self) -> TokenStream {
        match self {
            Self::ReadOnly => quote!(ReadOnly),
            Self::Idempotent => quote!(Idempotent),
            Self::NonIdempotent => quote!(NonIdempotent),
        }
    }

    /// The bound of a trait method that declares this effect.
    pub(crate) fn upper_bound(self) -> TokenStream {
        match self {
            Self::ReadOnly => quote!(UpToReadOnly),
            Self::Idempotent => quote!(UpToIdempotent),
            Self::NonIdempotent => quote!(UpToNonIdempotent),
        }
    }
}
