//! Where generated code points: `::resilient_runtime`, or what `crate = path` says.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Meta, Path};

use crate::diagnostics::Errors;
use crate::options::Options;
use crate::policy::NAMES;
use crate::stack::{SHARED, last_segment};
use crate::target::Target;

/// The runtime crate as generated code names it.
pub(crate) fn runtime(given: Option<&Path>) -> TokenStream {
    given.map_or_else(|| quote!(::resilient_runtime), ToTokens::to_token_stream)
}

/// The same for attributes that are put back on the function unread.
pub(crate) fn reemitted(args: &TokenStream, target: &Target) -> TokenStream {
    let siblings = target.attrs.iter().filter(|attr| {
        let name = last_segment(attr.path());
        NAMES.contains(&name.as_str()) || name == SHARED
    });
    let lists = siblings.filter_map(|attr| match &attr.meta {
        Meta::List(list) => Some(list.tokens.clone()),
        _ => None,
    });
    let given = std::iter::once(args.clone())
        .chain(lists)
        .find_map(|tokens| {
            // What is wrong with the options is reported when the attribute is expanded for good.
            let mut unread = Errors::new();
            let mut options = Options::parse(tokens, &mut unread);
            let (_, value) = options.assign("crate")?;
            syn::parse2::<Path>(value.to_token_stream()).ok()
        });
    runtime(given.as_ref())
}
