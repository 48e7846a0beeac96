//! Errors: every rule adds its own, all are reported in one compile.
//!
//! A text has three parts: what is wrong; what it would do at run time; what to write instead.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// What is wrong with one annotated function, collected until everything has been looked at.
#[derive(Debug, Default)]
#[must_use = "errors that nobody reports are lost"]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds an error at a span, in its three parts; an empty part is left out.
    pub(crate) fn at(&mut self, span: Span, what: &str, at_run_time: &str, write: &str) {
        self.0
            .push(syn::Error::new(span, text(what, at_run_time, write)));
    }

    /// The same over all of `tokens`.
    pub(crate) fn over(
        &mut self,
        tokens: impl ToTokens,
        what: &str,
        at_run_time: &str,
        write: &str,
    ) {
        self.0.push(syn::Error::new_spanned(
            tokens,
            text(what, at_run_time, write),
        ));
    }

    /// Adds what syn says, as it is.
    pub(crate) fn syntax(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// One `compile_error!` for each.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}

/// The three parts as one text; an empty part is left out.
pub(crate) fn text(what: &str, at_run_time: &str, write: &str) -> String {
    let mut text = what.to_owned();
    if !at_run_time.is_empty() {
        text.push_str("\nat run time: ");
        text.push_str(at_run_time);
    }
    if !write.is_empty() {
        text.push_str("\nwrite: ");
        text.push_str(write);
    }
    text
}
