//! The attributes of [`resilient-runtime`](https://docs.rs/resilient-runtime): tokens in, tokens out, no
//! policy behaviour. Users depend on the runtime, which re-exports everything here.

#![allow(
    clippy::needless_pass_by_value,
    clippy::missing_errors_doc,
    reason = "token streams are handed on by value as rustc does; nothing here is public but the attributes"
)]

mod check;
mod derive;
mod diagnostics;
mod expand;
mod impl_block;
#[cfg(test)]
mod mangled;
#[cfg(test)]
mod mistakes;
mod options;
#[cfg(test)]
mod pages;
mod paths;
mod plan;
mod policy;
#[cfg(test)]
mod properties;
mod render;
mod rewrite;
#[cfg(test)]
mod snapshots;
mod stack;
mod suggest;
mod target;
mod test;
mod value;

use proc_macro::TokenStream;

/// One attribute for each row, documented by its page and the page of the options all of them share.
macro_rules! attributes {
    ($($name:ident)*) => {
        $(
            #[doc = include_str!(concat!("../docs/", stringify!($name), ".md"))]
            #[doc = include_str!("../docs/common.md")]
            #[proc_macro_attribute]
            pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
                expand::attribute(stringify!($name), args.into(), item.into()).into()
            }
        )*
    };
}

attributes! { read_only idempotent non_idempotent retry hedge timeout breaker rate_limit bulkhead on_unknown failover fallback dependency database }

/// Marks a function whose attributes have been read; changes nothing.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __expanded(_args: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Carries what `#[dependency(..)]` on an `impl` says to one of its methods; alone it changes nothing, and a `strict` one
/// misses the declaration that a condition has taken away.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __shared(args: TokenStream, item: TokenStream) -> TokenStream {
    impl_block::left_over(&args.into(), item.into()).into()
}

/// Makes an async function a test on a paused clock, in a scope of its own.
///
/// Time passes only when nothing else is left to do, and then it jumps: a test of a backoff of ten minutes takes
/// no time. No other test shares a breaker, a bulkhead, a budget or a clock with it, not even when both call
/// the same function; tasks that the test spawns belong to it, other threads do not.
///
/// The function takes no arguments and may return `Result`. `#[should_panic]`, `#[ignore]` and the like go
/// beside it. `crate = path` is for a dependency under another name.
///
/// ```
/// # use std::time::Duration;
/// # async fn charge() -> Result<(), std::io::Error> { Ok(()) }
/// #[resilient_runtime::test]
/// async fn an_open_breaker_lets_a_probe_through_after_a_second() -> Result<(), std::io::Error> {
///     tokio::time::sleep(Duration::from_secs(1)).await; // at once
///     charge().await
/// }
/// ```
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    test::expand(args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/classify.md")]
#[proc_macro_derive(Classify, attributes(failure))]
pub fn classify(input: TokenStream) -> TokenStream {
    derive::classify(input.into()).into()
}

#[doc = include_str!("../docs/from_rejected.md")]
#[proc_macro_derive(FromRejected, attributes(rejected))]
pub fn from_rejected(input: TokenStream) -> TokenStream {
    derive::from_rejected(input.into()).into()
}
