//! The mistakes that `#[derive(Classify)]` refuses, in words.

use syn::{Field, Fields, Ident, Member};

use super::mark::{Classed, Mark, Says, one_of_the_classes};
use super::mistake;

pub(super) fn without_class(name: &Ident) -> syn::Error {
    mistake(
        name,
        &format!("nothing says what a failure `{name}` means"),
        "nobody could tell whether the call was sent, may have been carried out, or failed for good",
        &format!(
            "`#[failure(..)]` with {}; or `#[failure(default = ..)]` on the type",
            one_of_the_classes()
        ),
    )
}

pub(super) fn class_on_enum(mark: &Mark) -> syn::Error {
    let word = &mark.word;
    let (what, write) = match mark.says {
        Says::From => (
            "an enum has no single error to ask",
            "`#[failure(from)]` on the variants that wrap one".to_owned(),
        ),
        _ => (
            "an enum has a class for each variant",
            format!("`#[failure(default = {word})]` if it is meant for every unmarked variant"),
        ),
    };
    mistake(
        word,
        what,
        "variants with different meanings would be treated alike",
        &write,
    )
}

pub(super) fn class_on_rejected(word: &Ident, field: &Field) -> syn::Error {
    mistake(
        &field.ty,
        &format!("this failure is marked `{word}`, but it carries a policy's rejection"),
        "a timeout whose call may have been carried out, and a refusal before anything was sent, would be treated alike",
        "`#[failure(from)]`: the rejection knows itself which of the two it is",
    )
}

pub(super) fn nothing_to_ask(mark: &Mark, name: &Ident, fields: &Fields) -> syn::Error {
    if fields.is_empty() {
        return mistake(
            &mark.word,
            &format!("`{name}` wraps no error that could be asked"),
            "its failure would have no meaning",
            &format!("its class: {}", one_of_the_classes()),
        );
    }
    mistake(
        &mark.word,
        &format!("`{name}` has several fields, and only one of them is the error to ask"),
        "the wrong one would decide whether the call is repeated",
        "`#[failure(from)]` on that field",
    )
}

pub(super) fn said_twice(mark: &Mark) -> syn::Error {
    let word = &mark.word;
    mistake(
        word,
        &format!("`{word}` is one mark too many"),
        "with two of a kind nobody could say which one the policies follow",
        "one of the two only",
    )
}

pub(super) fn class_on_field(mark: &Mark) -> syn::Error {
    let word = &mark.word;
    mistake(
        word,
        &format!("`{word}` is said of a field, but only the failure that holds it has a class"),
        "the other fields would say nothing about it",
        &format!("`#[failure({word})]` on the variant, or `#[failure(from)]` here"),
    )
}

pub(super) fn belongs_on_type(mark: &Mark) -> syn::Error {
    let word = &mark.word;
    syn::Error::new_spanned(
        word,
        format!("`{word} = ..` speaks of the whole type; write it on the type"),
    )
}

pub(super) fn union(keyword: syn::Token![union]) -> syn::Error {
    mistake(
        keyword,
        "a union does not know which of its fields it holds",
        "its failure could not be told",
        "`impl Classify` by hand, or make it an enum",
    )
}

fn shown(member: &Member) -> String {
    match member {
        Member::Named(field) => field.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// The field that `retry_after` names has to be there.
pub(super) fn unless_wait_exists(
    name: &Ident,
    fields: &Fields,
    class: &Classed,
) -> syn::Result<()> {
    let Some(wait) = &class.retry_after else {
        return Ok(());
    };
    if fields.members().any(|member| member == *wait) {
        return Ok(());
    }
    let shown = shown(wait);
    let known: Vec<String> = fields
        .members()
        .map(|member| self::shown(&member))
        .collect();
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let did_you_mean =
        crate::suggest::closest(&shown, &names).map(|meant| format!(" (did you mean `{meant}`?)"));
    Err(mistake(
        wait,
        &format!(
            "`{name}` has no field `{shown}`{}",
            did_you_mean.unwrap_or_default()
        ),
        "the wait the service asked for would be lost, and the next attempt would come too early",
        "a field of type `Duration` or `Option<Duration>`; those of a tuple are `0`, `1`, ..",
    ))
}
