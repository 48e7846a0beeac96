//! `#[failure(..)]`: one attribute goes in, what it says comes out.
//!
//! Refuses words it does not know, with the one that was probably meant.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Member, Path, Token, parenthesized};

use super::mistake;
use crate::suggest::closest;

/// The classes a mark can name, in the order a classifier asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    NotSent,
    Unknown,
    Transient,
    Overloaded,
    Throttled,
    Permanent,
}

const CLASSES: [(&str, Class); 6] = [
    ("not_sent", Class::NotSent),
    ("unknown", Class::Unknown),
    ("transient", Class::Transient),
    ("overloaded", Class::Overloaded),
    ("throttled", Class::Throttled),
    ("permanent", Class::Permanent),
];

/// Every word of the attribute; the last two belong on the type.
const WORDS: [&str; 9] = [
    "not_sent",
    "unknown",
    "transient",
    "overloaded",
    "throttled",
    "permanent",
    "from",
    "default",
    "crate",
];

/// A class with the field that holds the service's wait.
pub(super) struct Classed {
    pub(super) class: Class,
    pub(super) retry_after: Option<Member>,
}

/// One entry of `#[failure(..)]`, with the word it began with.
pub(super) struct Mark {
    pub(super) word: Ident,
    pub(super) says: Says,
}

pub(super) enum Says {
    /// This class.
    Class(Classed),
    /// Ask the error it wraps.
    From,
    /// This class for every variant without a mark.
    Default(Class),
    /// Where the runtime is.
    Crate(Path),
}

/// All marks of one variant, field or type.
pub(super) fn marks(attributes: &[Attribute]) -> syn::Result<Vec<Mark>> {
    let mut all = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("failure"))
    {
        if !matches!(&attribute.meta, syn::Meta::List(list) if !list.tokens.is_empty()) {
            return Err(mistake(
                attribute,
                "this attribute does not name a class",
                "the failure would have no meaning",
                "a class, say `#[failure(unknown)]`",
            ));
        }
        all.extend(attribute.parse_args_with(Punctuated::<Mark, Token![,]>::parse_terminated)?);
    }
    Ok(all)
}

impl Parse for Mark {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let word = input.call(Ident::parse_any)?;
        let says = match word.to_string().as_str() {
            "from" => Says::From,
            "default" => {
                input.parse::<Token![=]>()?;
                Says::Default(class(&input.call(Ident::parse_any)?)?)
            }
            "crate" => {
                input.parse::<Token![=]>()?;
                Says::Crate(input.call(Path::parse_mod_style)?)
            }
            _ => Says::Class(Classed {
                class: class(&word)?,
                retry_after: wait(&word, input)?,
            }),
        };
        Ok(Self { word, says })
    }
}

fn class(word: &Ident) -> syn::Result<Class> {
    let name = word.to_string();
    match CLASSES.iter().find(|(known, _)| *known == name) {
        Some((_, class)) => Ok(*class),
        None => Err(unknown_word(word, &name)),
    }
}

/// `(retry_after = field)` behind a class, if it is there.
fn wait(class: &Ident, input: ParseStream<'_>) -> syn::Result<Option<Member>> {
    if !input.peek(syn::token::Paren) {
        return Ok(None);
    }
    let content;
    parenthesized!(content in input);
    let key = content.call(Ident::parse_any)?;
    if key != "retry_after" {
        let did_you_mean = closest(&key.to_string(), &["retry_after"])
            .map_or("", |_| " (did you mean `retry_after`?)");
        return Err(mistake(
            &key,
            &format!("`{key}` is not an option of `{class}`{did_you_mean}"),
            "",
            &format!("`{class}(retry_after = field)`"),
        ));
    }
    if !["transient", "overloaded", "throttled"]
        .iter()
        .any(|known| class == known)
    {
        return Err(mistake(
            &key,
            &format!("`{class}` has no `retry_after`"),
            "the wait would be ignored, because only an answer of the service can ask for one",
            "`transient(retry_after = ..)`, `overloaded(retry_after = ..)` or `throttled(retry_after = ..)`",
        ));
    }
    content.parse::<Token![=]>()?;
    let field: Member = content.parse()?;
    content.parse::<Option<Token![,]>>()?;
    if !content.is_empty() {
        return Err(content.error(format!(
            "`{class}` has no further option; the only one is `retry_after = field`"
        )));
    }
    Ok(Some(field))
}

fn unknown_word(word: &Ident, name: &str) -> syn::Error {
    let meant = other_worlds(name).or_else(|| closest(name, &WORDS));
    let did_you_mean = meant
        .map(|meant| format!(" (did you mean `{meant}`?)"))
        .unwrap_or_default();
    mistake(
        word,
        &format!("`{name}` is not a class of failures{did_you_mean}"),
        "nobody would know whether to repeat the call",
        &one_of_the_classes(),
    )
}

/// Our word for a class that other libraries and languages call `name`.
fn other_worlds(name: &str) -> Option<&'static str> {
    Some(match name {
        "connect" | "unsent" | "not_delivered" | "refused" | "never_sent" => "not_sent",
        "timeout" | "timed_out" | "maybe" | "indeterminate" | "unsure" => "unknown",
        "retry" | "retryable" | "temporary" | "again" | "later" | "unavailable" => "transient",
        "overload" | "busy" | "exhausted" => "overloaded",
        "throttle" | "throttling" | "rate_limit" | "rate_limited" | "too_many_requests" => {
            "throttled"
        }
        "fatal" | "terminal" | "failed" | "abort" | "never" | "invalid" | "non_retryable" => {
            "permanent"
        }
        "source" | "transparent" | "forward" | "inner" | "delegate" | "rejected" => "from",
        _ => return None,
    })
}

/// The choices, for the last part of a text.
pub(super) fn one_of_the_classes() -> String {
    let classes = CLASSES.map(|(word, _)| format!("`{word}`")).join(", ");
    format!("{classes}, or `from` to ask the error it wraps")
}
