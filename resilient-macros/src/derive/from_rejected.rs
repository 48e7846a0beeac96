//! `#[derive(FromRejected)]`: an error type with a place for a policy's rejection goes in, `From<Rejected>` comes out.
//!
//! Refuses a type without exactly one such place.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident, Member, Path, Token};

use super::{Mistakes, is_rejected, located, mistake};
use crate::paths::runtime;

/// A variant, or the struct itself, with its one field.
struct Place<'a> {
    path: TokenStream,
    member: Member,
    field: &'a Field,
}

pub(super) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let krate = runtime(mistakes.note(crate_path(&input.attrs)).flatten().as_ref());
    let place = mistakes.note(place(input));
    let body = if let Some(Place {
        path,
        member,
        field,
    }) = &place
    {
        let value = quote!(#krate::__private::FromRejected::from_rejected(rejected));
        // At the field's type, so that one that cannot hold a rejection is shown there.
        let value = located(value, field.ty.span());
        quote!(#path { #member: #value })
    } else {
        // Never run: keeps rustc from adding errors of its own to ours.
        quote!({
            let _ = rejected;
            ::core::unreachable!()
        })
    };
    let name = &input.ident;
    let (parameters, arguments, bounds) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters ::core::convert::From<#krate::__private::Rejected> for #name #arguments #bounds {
            fn from(rejected: #krate::__private::Rejected) -> Self {
                #body
            }
        }
        #mistakes
    }
}

/// `#[rejected(crate = path)]` on the type.
fn crate_path(attributes: &[Attribute]) -> syn::Result<Option<Path>> {
    let Some(attribute) = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("rejected"))
    else {
        return Ok(None);
    };
    let parse = |input: syn::parse::ParseStream<'_>| {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        Path::parse_mod_style(input)
    };
    attribute.parse_args_with(parse).map(Some).map_err(|_| {
        mistake(
            attribute,
            "on the type this attribute can only say where the runtime is",
            "",
            "`#[rejected(crate = path)]`, or `#[rejected]` on the variant that carries the rejection",
        )
    })
}

fn place(input: &DeriveInput) -> syn::Result<Place<'_>> {
    let places: Vec<(&Ident, &[Attribute], &Fields, TokenStream)> = match &input.data {
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let name = &variant.ident;
                (
                    name,
                    variant.attrs.as_slice(),
                    &variant.fields,
                    quote!(Self::#name),
                )
            })
            .collect(),
        Data::Struct(data) => vec![(&input.ident, &[], &data.fields, quote!(Self))],
        Data::Union(data) => return Err(no_place(data.union_token, &input.ident)),
    };
    let marked: Vec<_> = places
        .iter()
        .filter(|(_, attributes, fields, _)| is_marked(attributes, fields))
        .collect();
    let fitting = || {
        places
            .iter()
            .filter(|(_, _, fields, _)| only(fields).is_some_and(|field| is_rejected(&field.ty)))
    };
    let chosen = match marked.as_slice() {
        [] => {
            let mut fitting = fitting();
            let first = fitting
                .next()
                .ok_or_else(|| no_place(&input.ident, &input.ident))?;
            if let Some((second, ..)) = fitting.next() {
                return Err(two_places(second));
            }
            first
        }
        [one] => one,
        [_, (second, ..), ..] => return Err(two_places(second)),
    };
    let (name, _, fields, path) = chosen;
    match (fields.members().next(), only(fields)) {
        (Some(member), Some(field)) => Ok(Place {
            path: path.clone(),
            member,
            field,
        }),
        _ => Err(wrong_shape(name)),
    }
}

/// Marked on itself or on one of its fields.
fn is_marked(attributes: &[Attribute], fields: &Fields) -> bool {
    let marks = |attributes: &[Attribute]| {
        attributes
            .iter()
            .any(|attribute| attribute.path().is_ident("rejected"))
    };
    marks(attributes) || fields.iter().any(|field| marks(&field.attrs))
}

fn only(fields: &Fields) -> Option<&Field> {
    fields.iter().next().filter(|_| fields.len() == 1)
}

fn no_place(at: impl quote::ToTokens, name: &Ident) -> syn::Error {
    mistake(
        at,
        &format!("`{name}` has no place for a policy's rejection"),
        "when time is up or the breaker is open there would be no error to return",
        "a further variant `#[rejected] Policy(Rejected)`",
    )
}

fn two_places(second: &Ident) -> syn::Error {
    mistake(
        second,
        "a rejection could go here and into an earlier variant",
        "nobody could say which of the two a caller has to match",
        "`#[rejected]` on exactly one of them",
    )
}

fn wrong_shape(name: &Ident) -> syn::Error {
    mistake(
        name,
        &format!("`{name}` cannot be made from a rejection alone"),
        "the proof whether anything was sent would be lost, or other fields would have no value",
        "one field and no other: `Policy(Rejected)`",
    )
}
