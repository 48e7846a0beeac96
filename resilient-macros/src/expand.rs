//! The pipeline in one screen: read the item, take the siblings, check the stack, render; on any error
//! the errors and the function as it was, so that nothing else breaks.
//!
//! ```text
//! tokens -> options -> target -> stack -> check -> plan + rewrite -> render -> tokens
//! ```

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::diagnostics::Errors;
use crate::policy::Policies;
use crate::stack::{Stack, others_first};
use crate::target::Target;
use crate::value::At;
use crate::{check, plan, render, rewrite};

/// Expands one policy or effect attribute together with its siblings.
pub(crate) fn attribute(name: &str, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut target: Target = match syn::parse2(item.clone()) {
        Ok(target) => target,
        Err(_) if name == "dependency" && kind(&item) == Some("an `impl`") => {
            return crate::impl_block::expand(args, item);
        }
        Err(error) => return not_a_function(name, &item, &error),
    };
    if let Some(reordered) = others_first(name, &args, &target) {
        return reordered;
    }
    let mut errors = Errors::new();
    let stack = Stack::collect(name, args, &mut target, &mut errors);
    if !stack.alone {
        check::run(&stack, &target, &mut errors);
    }
    let private = {
        let runtime = crate::paths::runtime(stack.common.runtime.as_ref());
        quote!(#runtime::__private)
    };
    let rewritten = rewrite::target(&target, &plan::checks(&stack), &private, &mut errors);
    if errors.is_empty() && (stack.has_policy() || stack.effect.is_some()) {
        return render::function(&stack, &target, rewritten);
    }
    let mut tokens = errors.into_tokens();
    tokens.extend(without_policies(stack, target, rewritten));
    tokens
}

/// The function as it is without its policies, beside the errors: its effect still holds, for the callers
/// and for the awaits of its body, so that one compile shows what is wrong with those as well.
fn without_policies(stack: Stack, mut target: Target, rewritten: TokenStream) -> TokenStream {
    let effect = plan::effects(&stack)
        .outward
        .filter(|_| target.may_declare());
    let receipts = stack.receipts();
    let Some(effect) = effect else {
        target.body = target.body.with_statements(&receipts, rewritten);
        return target.into_token_stream();
    };
    let declared = Stack {
        effect: Some(At::new(effect, Span::call_site())),
        policies: Policies::default(),
        ..stack
    };
    render::function(&declared, &target, rewritten)
}

/// The item is no function, or its signature does not parse.
fn not_a_function(name: &str, item: &TokenStream, error: &syn::Error) -> TokenStream {
    let mut errors = Errors::new();
    match kind(item) {
        Some(kind) if name == "dependency" => errors.at(
            Span::call_site(),
            &format!("`dependency` stands on {kind}"),
            "there is no call it could name",
            "`#[dependency(\"payments\")]` on an `async fn`, or on a whole `impl`",
        ),
        Some(kind) => errors.at(
            Span::call_site(),
            &format!("`{name}` stands on {kind}"),
            "there is no call it could act on",
            &if matches!(kind, "an `impl`" | "a `trait`" | "a `mod`") {
                format!("`#[{name}(..)]` on the `async fn`s in it")
            } else {
                format!("`#[{name}(..)]` on an `async fn`")
            },
        ),
        None => errors.at(
            error.span(),
            &format!("`{name}` cannot read this function: {error}"),
            "",
            "",
        ),
    }
    let mut tokens = errors.into_tokens();
    tokens.extend(item.clone());
    tokens
}

/// What the item is, when it is certainly no function.
fn kind(item: &TokenStream) -> Option<&'static str> {
    let mut words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    let mut before = String::new();
    loop {
        let word = words.next()?;
        let kind = match (before.as_str(), word.as_str()) {
            // A `const` may also stand in front of a function.
            ("const", "fn" | "async" | "unsafe" | "extern") | (_, "fn") => return None,
            ("const", _) => "a `const`",
            ("extern", "crate") => "an `extern crate`",
            (_, "struct") => "a `struct`",
            (_, "enum") => "an `enum`",
            (_, "union") => "a `union`",
            (_, "impl") => "an `impl`",
            (_, "trait") => "a `trait`",
            (_, "mod") => "a `mod`",
            (_, "static") => "a `static`",
            (_, "type") => "a `type`",
            (_, "use") => "a `use`",
            (_, "macro_rules") => "a macro",
            _ => {
                before = word;
                continue;
            }
        };
        return Some(kind);
    }
}
