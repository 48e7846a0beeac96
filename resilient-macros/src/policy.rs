//! The table of policies: one row each, one file each. Nothing outside a policy's file, its rules and
//! its rendering knows it by name.

pub(crate) mod breaker;
pub(crate) mod bulkhead;
pub(crate) mod clones;
pub(crate) mod common;
pub(crate) mod database;
pub(crate) mod dependency;
pub(crate) mod effect;
pub(crate) mod failover;
pub(crate) mod fallback;
pub(crate) mod hedge;
pub(crate) mod naming;
pub(crate) mod on_unknown;
mod paths;
pub(crate) mod rate_limit;
pub(crate) mod retry;
pub(crate) mod timeout;

use proc_macro2::Span;

use crate::diagnostics::Errors;
use crate::options::{Options, Spec};

/// What one attribute says, read from its options.
pub(crate) trait Policy: Sized {
    /// The options beside the ones every attribute takes.
    const OPTIONS: &'static [Spec];
    /// Whether a bare word is a function's path unless it is an option.
    const PATHS: bool = false;
    /// Reads the options; reports what is wrong with them and still returns what it understood.
    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self;
    /// Whose state it uses, for policies that have one and may name it.
    fn naming(&mut self) -> Option<&mut naming::Naming> {
        None
    }
}

macro_rules! policies {
    ($($name:ident: $type:ty,)*) => {
        /// The attributes that stand for a policy or an effect, by the names users write.
        pub(crate) const NAMES: &[&str] = &["read_only", "idempotent", "non_idempotent", $(stringify!($name),)*];

        /// What the attributes of one function say.
        #[derive(Default)]
        pub(crate) struct Policies {
            $(pub(crate) $name: Option<$type>,)*
        }

        impl Policies {
            /// Reads one attribute's options into its row; false when the name is no policy.
            pub(crate) fn read(&mut self, name: &str, span: Span, options: &mut Options, errors: &mut Errors) -> bool {
                match name {
                    $(stringify!($name) => {
                        let policy = <$type as Policy>::parse(span, options, errors);
                        if self.$name.is_some() { twice(name, span, errors) } else { self.$name = Some(policy) }
                        true
                    })*
                    _ => false,
                }
            }

            /// What the policies say about whose state they use.
            pub(crate) fn namings(&mut self) -> impl Iterator<Item = &mut naming::Naming> {
                let all = [$(self.$name.as_mut().and_then(Policy::naming),)*];
                all.into_iter().flatten()
            }
        }

        /// The options an attribute knows, without the common ones.
        pub(crate) fn options_of(name: &str) -> &'static [Spec] {
            match name {
                $(stringify!($name) => <$type as Policy>::OPTIONS,)*
                _ => &[],
            }
        }

        /// Whether a bare word is a function's path unless it is an option.
        pub(crate) fn takes_paths(name: &str) -> bool {
            match name {
                $(stringify!($name) => <$type as Policy>::PATHS,)*
                _ => false,
            }
        }

        /// The policy an option belongs to and its usage, for "option of another policy".
        pub(crate) fn owner_of(option: &str) -> Option<(&'static str, &'static str)> {
            $(if let Some(spec) = <$type as Policy>::OPTIONS.iter().find(|spec| spec.name == option) {
                return Some((stringify!($name), spec.usage));
            })*
            None
        }
    };
}

policies! {
    retry: retry::Retry,
    hedge: hedge::Hedge,
    timeout: timeout::Timeout,
    breaker: breaker::Breaker,
    rate_limit: rate_limit::RateLimit,
    bulkhead: bulkhead::Bulkhead,
    on_unknown: on_unknown::OnUnknown,
    failover: failover::Failover,
    fallback: fallback::Fallback,
    dependency: dependency::Dependency,
    database: database::Database,
}

pub(crate) fn twice(name: &str, span: Span, errors: &mut Errors) {
    let declares = effect::Effect::of_attribute(name).is_some();
    let write = if declares {
        format!("one `#[{name}]`")
    } else {
        format!("one `#[{name}(..)]` with the options of both")
    };
    errors.at(
        span,
        &format!("`#[{name}]` stands twice on this function"),
        "only one of the two could hold, and nobody could tell which",
        &write,
    );
}
