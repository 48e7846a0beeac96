//! `#[resilient_runtime::test]`: an async test in, a `#[test]` with a paused clock and a scope of its own out.
//!
//! Refuses what a test cannot be: sync, generic, with arguments, a test twice. Everything that is wrong is reported
//! at once, and the function is handed on as it was, so that nothing else breaks. The body stays raw tokens.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Meta, Path, Safety, Signature, Token, Visibility};

use crate::diagnostics::Errors;

/// Expands the attribute; what does not even read as a function is handed on untouched.
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let test = match syn::parse2::<Test>(item.clone()) {
        Ok(test) => test,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut errors = Errors::new();
    let runtime = runtime(args, &mut errors);
    test.check(&mut errors);
    if errors.is_empty() {
        return test.render(&runtime);
    }
    let errors = errors.into_tokens();
    quote!(#errors #item)
}

/// The annotated function; its body is not looked at.
struct Test {
    attrs: Vec<Attribute>,
    vis: Visibility,
    sig: Signature,
    body: TokenStream,
}

impl Parse for Test {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl Test {
    fn check(&self, errors: &mut Errors) {
        let sig = &self.sig;
        if sig.asyncness.is_none() {
            errors.at(
                sig.fn_token.span,
                "a test on a paused clock is an `async fn`",
                "",
                "`async fn`, or plain `#[test]` for a test that awaits nothing",
            );
        }
        let none = "no arguments, and make inside what the test needs";
        if !sig.inputs.is_empty() {
            errors.over(
                &sig.inputs,
                "a test has no arguments: nobody passes them",
                "",
                none,
            );
        }
        if !sig.generics.params.is_empty() {
            errors.over(
                &sig.generics,
                "a test is not generic: nobody chooses the type",
                "",
                "",
            );
        }
        if let Safety::Unsafe(unsafety) = &sig.safety {
            errors.over(
                unsafety,
                "a test is not `unsafe`: it is called by safe code",
                "",
                "",
            );
        }
        if let Some(abi) = &sig.abi {
            errors.over(
                abi,
                "a test has no ABI: an `async fn` cannot be called from C",
                "",
                "",
            );
        }
        for attr in self.attrs.iter().filter(|attr| is_test(attr.path())) {
            errors.over(
                attr,
                "this function is a test already",
                "it would run twice, once without the paused clock and the scope",
                "only one of the two attributes",
            );
        }
    }

    /// Input:
    ///
    /// ```text
    /// #[ignore] async fn name() -> Result<(), Error> { body }
    /// ```
    ///
    /// Output:
    ///
    /// ```text
    /// #[::core::prelude::v1::test]
    /// #[ignore] fn name() -> Result<(), Error> {
    ///     async fn name() -> Result<(), Error> { body }
    ///     ::resilient_runtime::testing::run(name())
    /// }
    /// ```
    fn render(&self, runtime: &TokenStream) -> TokenStream {
        let Self {
            attrs,
            vis,
            sig,
            body,
        } = self;
        let (name, output) = (&sig.ident, &sig.output);
        // A test without an await is fine: it may still need a runtime, the clock or the scope.
        let allow = quote!(#[allow(clippy::unused_async, reason = "what calls it awaits it")]);
        quote! {
            #[::core::prelude::v1::test]
            #(#attrs)*
            #vis fn #name() #output {
                #allow
                #sig #body
                #runtime::testing::run(#name())
            }
        }
    }
}

/// The runtime crate as the generated code names it: `crate = path`, or the usual name.
fn runtime(args: TokenStream, errors: &mut Errors) -> TokenStream {
    let usual = quote!(::resilient_runtime);
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    let options = match syn::parse::Parser::parse2(parser, args) {
        Ok(options) => options,
        Err(error) => {
            errors.syntax(error);
            return usual;
        }
    };
    let mut given: Option<Path> = None;
    for option in options {
        match option {
            Meta::NameValue(pair) if pair.path.is_ident("crate") => match pair.value {
                Expr::Path(path) if given.is_none() => given = Some(path.path),
                Expr::Path(_) => errors.over(pair.path, "`crate` is given twice", "", ""),
                other => errors.over(other, "this is not a path", "", "`crate = ::other_name`"),
            },
            unknown => {
                let name = unknown.path().to_token_stream();
                errors.over(
                    unknown,
                    &format!("`{name}` is no option of a test; the only one is `crate = path`"),
                    "the clock is always paused and there is one thread, so that every run is the same",
                    "",
                );
            }
        }
    }
    given.map_or(usual, ToTokens::into_token_stream)
}

/// `#[test]`, `#[tokio::test]`, `#[::core::prelude::v1::test]`, and the like.
fn is_test(path: &Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| last.ident == "test")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(args: TokenStream, item: TokenStream) -> String {
        expand(args, &item).to_string()
    }

    fn errors(args: TokenStream, item: TokenStream) -> usize {
        expanded(args, item).matches("compile_error").count()
    }

    #[test]
    fn an_async_fn_becomes_a_test_around_itself() {
        let output = expanded(
            quote!(),
            quote!(
                async fn works() -> Result<(), E> {
                    call().await
                }
            ),
        );
        let expected = quote! {
            #[::core::prelude::v1::test]
            fn works() -> Result<(), E> {
                #[allow(clippy::unused_async, reason = "what calls it awaits it")]
                async fn works() -> Result<(), E> { call().await }
                ::resilient_runtime::testing::run(works())
            }
        };
        assert_eq!(output, expected.to_string());
    }

    #[test]
    fn attributes_go_on_the_test_and_the_crate_can_have_another_name() {
        let item = quote!(
            #[ignore]
            #[should_panic(expected = "x")]
            pub(crate) async fn works() {}
        );
        let output = expanded(quote!(crate = ::renamed::inner), item);
        let head = quote! {
            #[::core::prelude::v1::test]
            #[ignore]
            #[should_panic(expected = "x")]
            pub(crate) fn works()
        };
        assert!(output.starts_with(&head.to_string()), "{output}");
        assert!(output.contains(&quote!(::renamed::inner::testing::run(works())).to_string()));
    }

    #[test]
    fn everything_that_is_wrong_is_reported_at_once_and_the_function_stays() {
        let item = quote!(
            #[tokio::test]
            unsafe fn wrong<T>(argument: T) {}
        );
        let output = expanded(quote!(start_paused = true, crate = 5), item.clone());
        assert_eq!(output.matches("compile_error").count(), 7, "{output}");
        assert!(output.ends_with(&item.to_string()), "{output}");
    }

    #[test]
    fn a_sync_test_is_told_what_to_write() {
        let output = expanded(
            quote!(),
            quote!(
                fn sync() {}
            ),
        );
        assert!(
            output.contains("write: `async fn`, or plain `#[test]`"),
            "{output}"
        );
    }

    #[test]
    fn a_half_typed_body_is_handed_on_and_its_error_is_rustcs() {
        let item = quote!(async fn typing() { let x = });
        assert_eq!(errors(quote!(), item), 0);
    }

    #[test]
    fn something_other_than_a_function_is_an_error_and_stays() {
        let output = expanded(
            quote!(),
            quote!(
                struct NotATest;
            ),
        );
        assert!(output.contains("compile_error") && output.contains("struct NotATest ;"));
    }

    #[test]
    fn an_option_given_twice_is_an_error() {
        assert_eq!(
            errors(
                quote!(crate = a, crate = b),
                quote!(
                    async fn works() {}
                )
            ),
            1
        );
    }
}
