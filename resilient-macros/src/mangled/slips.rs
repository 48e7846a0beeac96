//! Tokens with slips, and tokens of no meaning; both as text, which is what a failure shows.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// What stands in attributes, and what does not.
const WORDS: &[&str] = &[
    "idempotent",
    "read_only",
    "key",
    "self",
    "Self",
    "crate",
    "r#fn",
    "async",
    "attempts",
    "\"2s\"",
    "\"50%\"",
    "\"\"",
    "0",
    "3",
    "18446744073709551616",
    "1.5",
    "1e400",
    "'a'",
    "b\"x\"",
    "r#\"raw\"#",
    "true",
    "=",
    "=>",
    "::",
    ",",
    ";",
    "|",
    "&",
    "?",
    "#",
    "!",
    "<",
    ">",
    "-",
    "$",
    "'life",
    "..",
    "é",
    "clone",
    "allow",
    "default",
];

/// A slip of the fingers at a place that is as deep as there are groups on the way.
#[derive(Debug, Clone)]
struct Slip {
    way: Vec<Index>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Lost,
    Doubled,
    CutOff,
    Swapped(Index),
    Replaced(&'static str),
    Put(&'static str),
    /// Parentheses become brackets or braces, other tokens get some.
    Wrapped(Delimiter),
}

fn slip() -> impl Strategy<Value = Slip> {
    let word = || prop::sample::select(WORDS);
    let delimiter = prop::sample::select(vec![
        Delimiter::Parenthesis,
        Delimiter::Brace,
        Delimiter::Bracket,
    ]);
    let kind = prop_oneof![
        3 => Just(Kind::Lost),
        2 => Just(Kind::Doubled),
        1 => Just(Kind::CutOff),
        2 => any::<Index>().prop_map(Kind::Swapped),
        3 => word().prop_map(Kind::Replaced),
        2 => word().prop_map(Kind::Put),
        1 => delimiter.prop_map(Kind::Wrapped),
    ];
    (vec(any::<Index>(), 1..5), kind).prop_map(|(way, kind)| Slip { way, kind })
}

fn word(text: &str) -> Option<TokenTree> {
    text.parse::<TokenStream>().ok()?.into_iter().next()
}

fn apply(tokens: TokenStream, way: &[Index], kind: &Kind) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let Some((place, deeper)) = way.split_first().filter(|_| !tokens.is_empty()) else {
        if let Kind::Put(text) = kind {
            tokens.extend(word(text));
        }
        return tokens.into_iter().collect();
    };
    let at = place.index(tokens.len());
    if let (TokenTree::Group(group), false) = (&tokens[at], deeper.is_empty()) {
        let inner = apply(group.stream(), deeper, kind);
        tokens[at] = TokenTree::Group(Group::new(group.delimiter(), inner));
        return tokens.into_iter().collect();
    }
    match kind {
        Kind::Lost => drop(tokens.remove(at)),
        Kind::Doubled => tokens.insert(at, tokens[at].clone()),
        Kind::CutOff => tokens.truncate(at),
        Kind::Swapped(other) => {
            let other = other.index(tokens.len());
            tokens.swap(at, other);
        }
        Kind::Replaced(text) => {
            tokens.splice(at..=at, word(text));
        }
        Kind::Put(text) => {
            tokens.splice(at..at, word(text));
        }
        Kind::Wrapped(delimiter) => {
            let inner = match &tokens[at] {
                TokenTree::Group(group) => group.stream(),
                other => other.clone().into(),
            };
            tokens[at] = TokenTree::Group(Group::new(*delimiter, inner));
        }
    }
    tokens.into_iter().collect()
}

/// These tokens with less than so many slips.
pub(super) fn slipped_tokens(text: &'static str, end: usize) -> impl Strategy<Value = String> {
    vec(slip(), 0..end).prop_map(move |slips| {
        let tokens: TokenStream = text.parse().expect("the cases are tokens");
        let mangled = slips
            .iter()
            .fold(tokens, |tokens, slip| apply(tokens, &slip.way, &slip.kind));
        mangled.to_string()
    })
}

/// Any tokens, in groups of groups.
pub(super) fn any_tokens() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(WORDS).prop_map(str::to_owned);
    let group = |inner: BoxedStrategy<String>| {
        let delimiters = prop::sample::select(vec![("(", ")"), ("[", "]"), ("{", "}")]);
        (delimiters, vec(inner, 0..6))
            .prop_map(|((open, close), inner)| format!("{open}{}{close}", inner.join(" ")))
    };
    let tree = leaf.prop_recursive(4, 40, 6, move |inner| group(inner.boxed()));
    vec(tree, 0..10).prop_map(|trees| trees.join(" "))
}
