//! `#[dependency(..)]` on a whole `impl`: what it says goes to each annotated method as one more attribute, which
//! the method's own attributes take off again. In: the `impl` as tokens. Out: the same tokens with that attribute
//! in them. Reads no body and no signature, so half-typed code stays as it is.
//!
//! Refuses, with `strict`, an `async fn` that nothing is said about.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::diagnostics::Errors;
use crate::options::Options;
use crate::policy::common::{self, Common};
use crate::policy::{NAMES, dependency, owner_of};
use crate::stack::SHARED;

/// Expands `#[dependency(..)]` on an `impl`.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let mut options = Options::parse(args, &mut errors);
    let elsewhere = |option: &str| owner_of(option);
    options.keep_known("dependency", common::OPTIONS, &elsewhere, &mut errors);
    let mut common = Common::default();
    common.read(&mut options, &mut errors);
    let name = dependency::name(Span::call_site(), &mut options, &mut errors);
    let runtime = crate::paths::runtime(common.runtime.as_ref());
    let shared = Ident::new(SHARED, Span::call_site());
    let (name, written) = (name.iter(), common.written());
    let shared = quote!(#[#runtime::__private::#shared(#(#name,)* #written)]);
    let mut block = Block {
        shared,
        strict: common.strict.is_some(),
        annotated: false,
        opaque: false,
        errors: &mut errors,
    };
    let item = block.item(item);
    if !block.annotated && !block.opaque {
        block.errors.at(
            Span::call_site(),
            "`dependency`, but no method of this `impl` has a policy or an effect",
            "there is nothing that could bear the name or use the options",
            "`#[timeout(..)]`, `#[retry(..)]`, `#[read_only]` and the like on its methods, or no `dependency`",
        );
    }
    let mut tokens = errors.into_tokens();
    tokens.extend(item);
    tokens
}

/// What is left on a method that every condition has taken its declarations from.
pub(crate) fn left_over(args: &TokenStream, item: TokenStream) -> TokenStream {
    let strict = args
        .clone()
        .into_iter()
        .any(|token| matches!(token, TokenTree::Ident(word) if word == "strict"));
    let mut errors = Errors::new();
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    if strict {
        undeclared(&tokens, &mut errors);
    }
    let mut out = errors.into_tokens();
    out.extend(item);
    out
}

struct Block<'a> {
    /// The attribute that annotated methods get.
    shared: TokenStream,
    strict: bool,
    /// A method is annotated.
    annotated: bool,
    /// A macro may make methods that are.
    opaque: bool,
    errors: &'a mut Errors,
}

impl Block<'_> {
    /// The `impl`: its attributes and head as they are, its items in braces at the end.
    fn item(&mut self, item: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = item.into_iter().collect();
        for attribute in tokens.windows(2).filter_map(attribute) {
            if last_segment(&attribute).is_some_and(|name| name == "dependency") {
                self.errors.over(
                    attribute.stream(),
                    "`#[dependency(..)]` stands twice on this `impl`",
                    "only one of the two could hold, and nobody could tell which",
                    "one of them",
                );
            }
        }
        let last = tokens.len().saturating_sub(1);
        let items = tokens
            .into_iter()
            .enumerate()
            .map(|(at, token)| match token {
                TokenTree::Group(group) if at == last && group.delimiter() == Delimiter::Brace => {
                    let mut inside = Group::new(Delimiter::Brace, self.items(group.stream()));
                    inside.set_span(group.span());
                    TokenTree::Group(inside)
                }
                token => token,
            });
        items.collect()
    }

    /// The items, one after the other: attributes, then everything up to a semicolon or a body.
    fn items(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens = ungrouped(tokens);
        let (mut out, mut at) = (TokenStream::new(), 0);
        while at < tokens.len() {
            if let Some(inner) = inner_attribute(&tokens[at..]) {
                out.extend(inner.iter().cloned());
                at += inner.len();
                continue;
            }
            let start = at;
            while tokens[at..].windows(2).next().and_then(attribute).is_some() {
                at += 2;
            }
            let attributes = &tokens[start..at];
            let end = tokens[at..].iter().position(is_end);
            let end = end.map_or(tokens.len(), |end| at + end + 1);
            let rest = &tokens[at..end];
            let annotated = attributes.windows(2).filter_map(attribute).any(is_ours);
            out.extend(attributes.iter().cloned());
            if annotated {
                self.annotated = true;
                out.extend(self.shared.clone());
            } else {
                self.unannotated(rest);
            }
            out.extend(rest.iter().cloned());
            at = end;
        }
        out
    }

    /// An item that nothing is said about.
    fn unannotated(&mut self, item: &[TokenTree]) {
        if !item.iter().any(|token| is(token, "fn")) {
            self.opaque |= item
                .iter()
                .any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!'));
        } else if self.strict {
            undeclared(item, self.errors);
        }
    }
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// `strict`: an `async fn` that nothing is said about.
fn undeclared(item: &[TokenTree], errors: &mut Errors) {
    let Some(function) = item.iter().position(|token| is(token, "fn")) else {
        return;
    };
    let asynchronous = item[..function].iter().any(|token| is(token, "async"));
    if let Some(TokenTree::Ident(name)) = item.get(function + 1).filter(|_| asynchronous) {
        errors.over(
            name,
            &format!("`strict`: `{name}` does not declare its effect"),
            "its calls reach the service without a time limit, a breaker or a budget, and callers may repeat them",
            "`#[read_only]`, `#[idempotent]` or `#[non_idempotent]` on it, or an `impl` of its own if it calls nobody",
        );
    }
}

/// `#[..]` as two tokens.
fn attribute(tokens: &[TokenTree]) -> Option<Group> {
    match tokens {
        [TokenTree::Punct(punct), TokenTree::Group(group)]
            if punct.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
        {
            Some(group.clone())
        }
        _ => None,
    }
}

/// `#![..]` at the front: it belongs to the `impl`, and the item behind it is a new one.
fn inner_attribute(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [
            TokenTree::Punct(hash),
            TokenTree::Punct(bang),
            TokenTree::Group(group),
            ..,
        ] if hash.as_char() == '#'
            && bang.as_char() == '!'
            && group.delimiter() == Delimiter::Bracket =>
        {
            Some(&tokens[..3])
        }
        _ => None,
    }
}

/// Whether it is one of our attributes, or holds one that a `cfg_attr` may put here.
fn is_ours(attribute: Group) -> bool {
    let Some(name) = last_segment(&attribute) else {
        return false;
    };
    if name == "cfg_attr" {
        return mentions_ours(attribute.stream());
    }
    NAMES.contains(&name.as_str())
}

fn mentions_ours(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => NAMES.contains(&word.to_string().as_str()),
        TokenTree::Group(group) => mentions_ours(group.stream()),
        _ => false,
    })
}

/// The attribute's name without its path.
fn last_segment(attribute: &Group) -> Option<String> {
    let path = ungrouped(attribute.stream()).into_iter();
    let path = path.take_while(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    match path.last()? {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    }
}

/// The tokens without the groups nobody sees, in which `macro_rules!` hands fragments on.
fn ungrouped(tokens: TokenStream) -> Vec<TokenTree> {
    let open = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            ungrouped(group.stream())
        }
        token => vec![token],
    };
    tokens.into_iter().flat_map(open).collect()
}

/// Where an item ends: at its semicolon, or behind its body.
fn is_end(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}
