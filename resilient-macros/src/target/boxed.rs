//! The boxed block that `#[async_trait]` makes: a sync function's signature and body go in, the user's
//! statements and what stands around them come out. Refuses every other sync function.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{ReturnType, Signature, Token, Type};

/// The parts of `Box::pin(async move { .. })`.
pub(crate) struct Boxed {
    /// Statements in front of the call of `Box::pin`.
    pub(crate) before: TokenStream,
    /// `Box::pin`, as written.
    pub(crate) pin: TokenStream,
    /// What the async block holds in front of the user's statements: `async_trait`'s rebinding.
    pub(crate) prelude: TokenStream,
    /// The user's statements.
    pub(crate) statements: TokenStream,
    /// What `async_trait` puts behind them.
    pub(crate) epilogue: TokenStream,
    /// The type the async block resolves to, where it is written.
    pub(crate) output: TokenStream,
}

impl Boxed {
    /// The `mut` of an argument, which `async_trait` moves from the signature to its rebinding; `self` is `__self` there.
    pub(crate) fn mutability(&self, name: &str) -> Option<Token![mut]> {
        let prelude: Vec<TokenTree> = self.prelude.clone().into_iter().collect();
        let at = prelude
            .windows(3)
            .position(|words| binds_mut(words, name))?;
        Some(Token![mut](prelude[at + 1].span()))
    }

    /// The rebinding, where a clone takes the place of these names: no `mut` is left to them.
    pub(crate) fn prelude_without_mut(&self, names: &[String]) -> TokenStream {
        let prelude: Vec<TokenTree> = self.prelude.clone().into_iter().collect();
        let is_mut = |at: usize| {
            let words = at.checked_sub(1).and_then(|at| prelude.get(at..at + 3));
            words.is_some_and(|words| names.iter().any(|name| binds_mut(words, name)))
        };
        let kept = prelude.iter().enumerate().filter(|(at, _)| !is_mut(*at));
        kept.map(|(_, token)| token.clone()).collect()
    }
}

/// `let mut name`.
fn binds_mut(words: &[TokenTree], name: &str) -> bool {
    let expected = ["let", "mut", name];
    let mut pairs = words.iter().zip(expected);
    pairs.all(|(token, word)| matches!(token, TokenTree::Ident(ident) if ident == word))
}

/// Recognises `Box::pin(async move { .. })` as the last expression.
pub(super) fn recognise(sig: &Signature, stream: TokenStream) -> Option<Boxed> {
    let output = boxed_output(sig)?;
    let mut tokens: Vec<TokenTree> = stream.into_iter().collect();
    let call = match tokens.pop()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => group,
        _ => return None,
    };
    let start = tokens.iter().rposition(|token| {
        matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
            || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    });
    let pin: TokenStream = tokens
        .split_off(start.map_or(0, |at| at + 1))
        .into_iter()
        .collect();
    if !pin.to_string().replace(' ', "").ends_with("Box::pin") {
        return None;
    }
    let mut inner = call.stream().into_iter();
    let is = |token: Option<TokenTree>, word: &str| matches!(token, Some(TokenTree::Ident(ident)) if ident == word);
    if !is(inner.next(), "async") || !is(inner.next(), "move") {
        return None;
    }
    let Some(TokenTree::Group(block)) = inner.next() else {
        return None;
    };
    let (prelude, statements, epilogue) = unwrap_ret(block.stream());
    Some(Boxed {
        before: tokens.into_iter().collect(),
        pin,
        prelude,
        statements,
        epilogue,
        output,
    })
}

/// Finds the user's statements inside `let __ret: T = { .. };`, where `async_trait` puts them.
fn unwrap_ret(stream: TokenStream) -> (TokenStream, TokenStream, TokenStream) {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    let at = tokens.windows(2).position(|pair| {
        matches!(&pair[0], TokenTree::Ident(word) if word == "let")
            && matches!(&pair[1], TokenTree::Ident(name) if name == "__ret")
    });
    let block = at.and_then(|at| {
        let offset = tokens[at..].iter().position(
            |token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace),
        )?;
        Some(at + offset)
    });
    match block {
        Some(block) => {
            let TokenTree::Group(group) = &tokens[block] else {
                return (TokenStream::new(), stream, TokenStream::new());
            };
            let statements = group.stream();
            (
                tokens[..block].iter().cloned().collect(),
                statements,
                tokens[block + 1..].iter().cloned().collect(),
            )
        }
        None => (TokenStream::new(), stream, TokenStream::new()),
    }
}

/// `T` out of `Pin<Box<dyn Future<Output = T> + ..>>`.
fn boxed_output(sig: &Signature) -> Option<TokenStream> {
    let ReturnType::Type(_, ty) = &sig.output else {
        return None;
    };
    let boxed = first_argument(ty, "Pin")?;
    let Type::TraitObject(object) = first_argument(&boxed, "Box")? else {
        return None;
    };
    object.bounds.iter().find_map(|bound| {
        let syn::TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let segment = bound.path.segments.last()?;
        let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::AssocType(binding) if binding.ident == "Output" => {
                Some(binding.ty.to_token_stream())
            }
            _ => None,
        })
    })
}

fn first_argument(ty: &Type, name: &str) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}
