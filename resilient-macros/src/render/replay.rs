//! Arguments that every attempt gets a clone of, `self` among them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{PathArguments, Type, TypeParamBound};

use crate::stack::Stack;
use crate::target::{Argument, Body, Target};

/// Where the clones of an argument, or of `self`, come from.
pub(super) fn slot(target: &Target, name: &Ident) -> Ident {
    format_ident!(
        "__replay_{}",
        replayed(target, name),
        span = Span::mixed_site()
    )
}

/// What is cloned for every attempt; `#[async_trait]` calls `self` by another name.
pub(super) fn replayed(target: &Target, name: &Ident) -> Ident {
    if name == "self" && matches!(target.body, Body::Boxed(_)) {
        Ident::new("__self", Span::call_site())
    } else {
        name.clone()
    }
}

/// `X` out of `impl Into<X>`: under `clone(..)` converted once, before the loop.
pub(super) fn into_target(ty: &Type) -> Option<Type> {
    let Type::ImplTrait(ty) = ty else { return None };
    ty.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let segment = bound
            .path
            .segments
            .last()
            .filter(|segment| segment.ident == "Into")?;
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        })
    })
}

/// Under which `#[cfg(..)]`s the argument is there.
pub(super) fn conditions(target: &Target, name: &Ident) -> TokenStream {
    let arguments = target.arguments();
    let argument = arguments.iter().find(|argument| argument.name == *name);
    let conditions = argument.into_iter().flat_map(Argument::conditions);
    quote!(#(#conditions)*)
}

/// The name an attempt's clone gets, `mut` where the argument is.
pub(super) fn bound(target: &Target, name: &Ident) -> TokenStream {
    if name == "self" {
        let mutability = target.mut_self();
        return quote!(#mutability __self);
    }
    let mutability = target
        .arguments()
        .into_iter()
        .find(|argument| argument.name == *name)
        .and_then(|argument| argument.mutability);
    quote!(#mutability #name)
}

/// `self` as `__self`, so that a clone can stand in for it; a method written in the body keeps its own.
pub(super) fn rename_self(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut renamed = TokenStream::new();
    let mut own: Option<Delimiter> = None;
    while let Some(token) = tokens.next() {
        let token = match token {
            TokenTree::Ident(word) if word == "fn" => {
                own = matches!(tokens.peek(), Some(TokenTree::Ident(_)))
                    .then_some(Delimiter::Parenthesis);
                TokenTree::Ident(word)
            }
            TokenTree::Ident(word) if word == "self" => {
                let path = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
                TokenTree::Ident(if path {
                    word
                } else {
                    Ident::new("__self", word.span())
                })
            }
            TokenTree::Group(group) if own == Some(group.delimiter()) => {
                own = (group.delimiter() == Delimiter::Parenthesis).then_some(Delimiter::Brace);
                TokenTree::Group(group)
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), rename_self(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        };
        renamed.extend([token]);
    }
    renamed
}

/// The function's own arguments as somebody else is called with them, `self` first; of those that are cloned the value
/// itself where `last` is true.
pub(super) fn passed(stack: &Stack, target: &Target, last: &TokenStream) -> TokenStream {
    let own = |name: &Ident, own: TokenStream| {
        if stack.clones(&name.to_string()) {
            let slot = slot(target, name);
            quote!(#slot.next(#last))
        } else {
            own
        }
    };
    let receiver = target.receiver().map(|receiver| {
        let this = Ident::new("self", receiver.self_token.span);
        let tokens = if matches!(target.body, Body::Boxed(_)) {
            quote!(__self)
        } else {
            receiver.self_token.to_token_stream()
        };
        own(&this, tokens)
    });
    let arguments = target.arguments();
    let names = arguments.iter().map(|argument| {
        let conditions = argument.conditions();
        let passed = own(&argument.name, argument.name.to_token_stream());
        quote!(#(#conditions)* #passed)
    });
    let all = receiver.into_iter().chain(names);
    quote!(#(#all),*)
}

/// Whether this word is among the tokens.
pub(super) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}
