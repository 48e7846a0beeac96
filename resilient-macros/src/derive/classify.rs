//! `#[derive(Classify)]`: a marked enum or struct goes in, `impl Classify` comes out.
//!
//! Refuses a variant whose meaning nobody stated: a guess here would repeat a payment or open a breaker.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Generics, Ident, Member, Path, parse_quote};

use super::mark::{Class, Classed, Mark, Says, marks};
use super::{Mistakes, is_rejected, located, members, mentions_parameter, refuse};
use crate::paths::runtime;

/// What one variant, or a whole struct, answers.
enum Answer<'a> {
    Class(Classed),
    Ask(Member, &'a Field),
}

/// What the attribute on the type says.
#[derive(Default)]
struct OnType {
    class: Option<Mark>,
    default: Option<Class>,
    krate: Option<Path>,
}

pub(super) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let on_type = mistakes
        .note(marks(&input.attrs))
        .map(|marks| on_type(marks, &mut mistakes))
        .unwrap_or_default();
    let krate = runtime(on_type.krate.as_ref());
    let mut generics = input.generics.clone();
    let arms = match &input.data {
        Data::Enum(data) => {
            if let Some(mark) = &on_type.class {
                mistakes.add(refuse::class_on_enum(mark));
            }
            let mut arms = Vec::new();
            for variant in &data.variants {
                let name = &variant.ident;
                let answer = marks(&variant.attrs)
                    .and_then(one_mark)
                    .and_then(|mark| answer(name, &variant.fields, mark, on_type.default));
                if let Some(answer) = mistakes.note(answer) {
                    arms.push(arm(&quote!(Self::#name), &answer, &krate, &mut generics));
                }
            }
            arms
        }
        Data::Struct(data) => {
            let answer = answer(&input.ident, &data.fields, on_type.class, on_type.default);
            mistakes
                .note(answer)
                .map(|answer| arm(&quote!(Self), &answer, &krate, &mut generics))
                .into_iter()
                .collect()
        }
        Data::Union(data) => {
            mistakes.add(refuse::union(data.union_token));
            Vec::new()
        }
    };
    render(&input.ident, &generics, &krate, &arms, &mistakes)
}

fn render(
    name: &Ident,
    generics: &Generics,
    krate: &TokenStream,
    arms: &[TokenStream],
    mistakes: &Mistakes,
) -> TokenStream {
    let (parameters, arguments, bounds) = generics.split_for_impl();
    // With mistakes the arms are incomplete; one that is never run keeps rustc from adding its own.
    let body = if mistakes.is_empty() {
        quote!(match *self { #(#arms)* })
    } else {
        quote!(#krate::__private::Failure::Unknown)
    };
    quote! {
        #[automatically_derived]
        impl #parameters #krate::__private::Classify for #name #arguments #bounds {
            fn failure(&self) -> #krate::__private::Failure {
                #body
            }
        }
        #mistakes
    }
}

fn on_type(marks: Vec<Mark>, mistakes: &mut Mistakes) -> OnType {
    let mut found = OnType::default();
    for mark in marks {
        let twice = match &mark.says {
            Says::Default(class) => found.default.replace(*class).is_some(),
            Says::Crate(path) => found.krate.replace(path.clone()).is_some(),
            Says::Class(_) | Says::From => {
                let twice = found.class.is_some();
                if !twice {
                    found.class = Some(mark);
                    continue;
                }
                twice
            }
        };
        if twice {
            mistakes.add(refuse::said_twice(&mark));
        }
    }
    found
}

/// The one mark of a variant or field.
fn one_mark(marks: Vec<Mark>) -> syn::Result<Option<Mark>> {
    let mut one = None;
    for mark in marks {
        if matches!(mark.says, Says::Default(_) | Says::Crate(_)) {
            return Err(refuse::belongs_on_type(&mark));
        }
        if one.is_some() {
            return Err(refuse::said_twice(&mark));
        }
        one = Some(mark);
    }
    Ok(one)
}

/// What a variant answers, from its own mark, the mark of a field, or the type's default.
fn answer<'a>(
    name: &Ident,
    fields: &'a Fields,
    mark: Option<Mark>,
    default: Option<Class>,
) -> syn::Result<Answer<'a>> {
    let asked = asked_field(fields)?;
    let only = members(fields).next().filter(|_| fields.len() == 1);
    let rejection = members(fields).find(|(_, field)| is_rejected(&field.ty));
    match (mark, asked) {
        (Some(mark), Some(_)) => Err(refuse::said_twice(&mark)),
        (None, Some((member, field))) => Ok(Answer::Ask(member, field)),
        (
            Some(Mark {
                says: Says::Class(class),
                word,
            }),
            None,
        ) => {
            if let Some((_, field)) = rejection {
                return Err(refuse::class_on_rejected(&word, field));
            }
            refuse::unless_wait_exists(name, fields, &class)?;
            Ok(Answer::Class(class))
        }
        (Some(mark), None) => only
            .map(|(member, field)| Answer::Ask(member, field))
            .ok_or_else(|| refuse::nothing_to_ask(&mark, name, fields)),
        // A rejection knows itself whether anything was sent; a default must not overrule it.
        (None, None) => match (rejection, default) {
            (Some((member, field)), _) => Ok(Answer::Ask(member, field)),
            (None, Some(class)) => Ok(Answer::Class(Classed {
                class,
                retry_after: None,
            })),
            (None, None) => Err(refuse::without_class(name)),
        },
    }
}

/// The field marked `#[failure(from)]`.
fn asked_field(fields: &Fields) -> syn::Result<Option<(Member, &Field)>> {
    let mut asked = None;
    for (member, field) in members(fields) {
        match one_mark(marks(&field.attrs)?)? {
            None => {}
            Some(mark) if matches!(mark.says, Says::Class(_)) => {
                return Err(refuse::class_on_field(&mark));
            }
            Some(mark) if asked.is_some() => return Err(refuse::said_twice(&mark)),
            Some(_) => asked = Some((member, field)),
        }
    }
    Ok(asked)
}

/// Input: `Self::Busy` and `overloaded(retry_after = wait)`
/// Output: `Self::Busy { wait: ref wait, .. } => Failure::overloaded(Wait::wait(wait)),`
fn arm(
    path: &TokenStream,
    answer: &Answer<'_>,
    krate: &TokenStream,
    generics: &mut Generics,
) -> TokenStream {
    match answer {
        Answer::Ask(member, field) => {
            let asked = &field.ty;
            if mentions_parameter(asked, generics) {
                generics
                    .make_where_clause()
                    .predicates
                    .push(parse_quote!(#asked: #krate::__private::Classify));
            }
            // At the field's type, so that an error type without a classifier is shown there.
            let ask = located(
                quote!(#krate::__private::Classify::failure(asked)),
                asked.span(),
            );
            quote!(#path { #member: ref asked, .. } => #ask,)
        }
        Answer::Class(Classed { class, retry_after }) => {
            let failure = quote!(#krate::__private::Failure);
            let wait = if let Some(member) = retry_after {
                located(
                    quote!(#krate::__private::Wait::wait(retry_after)),
                    member.span(),
                )
            } else {
                quote!(::core::option::Option::None)
            };
            let field = retry_after
                .as_ref()
                .map(|member| quote!(#member: ref retry_after,));
            let value = match class {
                Class::NotSent => quote!(NotSent),
                Class::Unknown => quote!(Unknown),
                Class::Permanent => quote!(Permanent),
                Class::Transient => quote!(transient(#wait)),
                Class::Overloaded => quote!(overloaded(#wait)),
                Class::Throttled => quote!(throttled(#wait)),
            };
            quote!(#path { #field .. } => #failure::#value,)
        }
    }
}
