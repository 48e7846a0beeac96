//! The attributes of [`resilient-runtime`](https://docs.rs/resilient-runtime): tokens in, tokens out, no
//! policy behaviour. Users depend on the runtime, which re-exports everything here.

#![allow(
    clippy::needless_pass_by_value,
    clippy::missing_errors_doc,
    reason = "token streams are handed on by value as rustc does; nothing here is public but the attributes"
)]

mod check;
mod diagnostics;
mod expand;
mod options;
mod paths;
mod plan;
mod policy;
mod render;
mod rewrite;
mod stack;
mod suggest;
mod target;
mod value;

use proc_macro::TokenStream;

/// One attribute for each row, documented by its page.
macro_rules! attributes {
    ($($name:ident)*) => {
        $(
            #[doc = include_str!(concat!("../docs/", stringify!($name), ".md"))]
            #[proc_macro_attribute]
            pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
                expand::attribute(stringify!($name), args.into(), item.into()).into()
            }
        )*
    };
}

attributes! { read_only idempotent non_idempotent retry timeout breaker bulkhead }

/// Marks a function whose attributes have been read; changes nothing.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __expanded(_args: TokenStream, item: TokenStream) -> TokenStream {
    item
}
