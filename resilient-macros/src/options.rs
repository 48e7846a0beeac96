//! The one option grammar of all attributes: tokens in, options out.
//!
//! An option is a flag, `key = literal` or `key(list)`, the three forms rustfmt formats; before them an
//! attribute may take unnamed values. Every option keeps its key's and its value's span. Refuses
//! duplicates, unknown keys and wrong forms, and goes on behind each of them.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Token, parenthesized};

use crate::diagnostics::{self, Errors};
use crate::suggest;

/// How an option is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Flag,
    Assign,
    List,
    /// `key` or `key(..)`.
    FlagOrList,
}

/// One option an attribute knows: its name, form, and an example of its use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) usage: &'static str,
}

pub(crate) const fn spec(name: &'static str, form: Form, usage: &'static str) -> Spec {
    Spec { name, form, usage }
}

#[derive(Clone)]
pub(crate) enum Value {
    Flag,
    Assign(Expr),
    List(TokenStream),
}

#[derive(Clone)]
pub(crate) struct Opt {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// The parsed arguments of one attribute; policies take out what they know.
#[derive(Default)]
pub(crate) struct Options {
    /// Each with its place among all arguments.
    unnamed: Vec<(usize, Expr)>,
    named: Vec<(usize, Opt)>,
    /// Something was refused, so what seems to be missing may only be misspelt.
    refused: bool,
}

impl Options {
    /// Reads all arguments; a broken one is reported and skipped up to its comma.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let before = errors.len();
        for comma in stray_commas(tokens.clone()) {
            errors.at(
                comma,
                "there is no option before this comma",
                "",
                "one comma between two options",
            );
        }
        for (place, part) in split_at_commas(tokens).into_iter().enumerate() {
            match parse_option.parse2(part) {
                Ok(Parsed::Named(opt)) => options.add(place, opt, errors),
                Ok(Parsed::Unnamed(expr)) => options.unnamed.push((place, expr)),
                Err(error) => errors.syntax(error),
            }
        }
        options.refused = errors.len() > before;
        options
    }

    /// Whether something was refused, so that what seems to be missing may only be misspelt.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    /// Whether there was nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.unnamed.is_empty() && self.named.is_empty() && !self.refused
    }

    fn add(&mut self, place: usize, opt: Opt, errors: &mut Errors) {
        if self.named.iter().any(|(_, other)| other.key == opt.key) {
            errors.at(
                opt.key.span(),
                &format!("`{}` is given twice", opt.key),
                "only one of the two could hold, and nobody could tell which",
                &format!("`{}` once", opt.key),
            );
        } else {
            self.named.push((place, opt));
        }
    }

    /// Takes the values without a key, in the order they were written.
    pub(crate) fn take_unnamed(&mut self) -> Vec<Expr> {
        let mut unnamed = std::mem::take(&mut self.unnamed);
        unnamed.sort_by_key(|(place, _)| *place);
        unnamed.into_iter().map(|(_, expr)| expr).collect()
    }

    /// Takes an option in whatever form it was written.
    pub(crate) fn take(&mut self, name: &str) -> Option<Opt> {
        let at = self.named.iter().position(|(_, opt)| opt.key == name)?;
        Some(self.named.remove(at).1)
    }

    pub(crate) fn flag(&mut self, name: &str) -> Option<Span> {
        self.take(name).map(|opt| opt.key.span())
    }

    pub(crate) fn assign(&mut self, name: &str) -> Option<(Ident, Expr)> {
        match self.take(name)? {
            Opt {
                key,
                value: Value::Assign(expr),
            } => Some((key, expr)),
            _ => None,
        }
    }

    pub(crate) fn list(&mut self, name: &str) -> Option<(Ident, TokenStream)> {
        match self.take(name)? {
            Opt {
                key,
                value: Value::List(tokens),
            } => Some((key, tokens)),
            _ => None,
        }
    }

    /// Flags that look like the name of a `static`, as in `#[breaker(PAYMENTS)]`, become unnamed values.
    pub(crate) fn constants_are_values(&mut self) {
        self.flags_are_values(|word| word.starts_with(|first: char| first.is_ascii_uppercase()));
    }

    /// Flags that are no option, nor a slip of the pen for one, become unnamed values: `#[failover(charge_b)]` names a
    /// function.
    pub(crate) fn words_are_values(&mut self, known: &[Spec]) {
        let names: Vec<&str> = known.iter().map(|spec| spec.name).collect();
        self.flags_are_values(|word| !names.iter().any(|name| suggest::is_slip(word, name)));
    }

    fn flags_are_values(&mut self, is_value: impl Fn(&str) -> bool) {
        let (values, named): (Vec<_>, _) =
            std::mem::take(&mut self.named)
                .into_iter()
                .partition(|(_, opt)| {
                    matches!(opt.value, Value::Flag) && is_value(&opt.key.unraw().to_string())
                });
        self.named = named;
        self.unnamed.extend(values.into_iter().map(|(place, opt)| {
            let key = opt.key;
            (place, syn::parse_quote!(#key))
        }));
    }

    /// Removes and reports what `known` does not list and what is written in another form than it says.
    pub(crate) fn keep_known(
        &mut self,
        attribute: &str,
        known: &[Spec],
        elsewhere: &dyn Fn(&str) -> Option<(&'static str, &'static str)>,
        errors: &mut Errors,
    ) {
        let before = errors.len();
        self.named.retain(|(_, opt)| {
            let name = opt.key.unraw().to_string();
            let Some(spec) = known.iter().find(|spec| spec.name == name) else {
                let (what, write) =
                    suggest::unknown(attribute, &name, &opt.value, known, elsewhere);
                errors.at(opt.key.span(), &what, "", &write);
                return false;
            };
            if fits(spec.form, &opt.value) {
                return true;
            }
            errors.over(
                opt,
                &format!("`{name}` is not written like this"),
                "",
                &format!("`{}`", spec.usage),
            );
            false
        });
        self.refused |= errors.len() > before;
    }
}

fn fits(form: Form, value: &Value) -> bool {
    match value {
        Value::Flag => matches!(form, Form::Flag | Form::FlagOrList),
        Value::Assign(_) => form == Form::Assign,
        Value::List(_) => matches!(form, Form::List | Form::FlagOrList),
    }
}

enum Parsed {
    Named(Opt),
    Unnamed(Expr),
}

fn parse_option(input: ParseStream<'_>) -> syn::Result<Parsed> {
    assigned_otherwise(input)?;
    let keyed = input.peek(Ident::peek_any)
        && (input.peek2(Token![=]) || input.peek2(syn::token::Paren) || is_single(input));
    if !keyed || (input.peek(Token![self]) && !input.peek2(syn::token::Paren)) {
        let value = input.parse()?;
        return ended(input).map(|()| Parsed::Unnamed(value));
    }
    let key = input.call(Ident::parse_any)?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if input.is_empty() {
            return Err(syn::Error::new(
                key.span(),
                format!("`{key} =` has no value"),
            ));
        }
        Value::Assign(input.parse()?)
    } else if input.peek(syn::token::Paren) {
        let list;
        parenthesized!(list in input);
        Value::List(list.parse()?)
    } else {
        Value::Flag
    };
    ended(input).map(|()| Parsed::Named(Opt { key, value }))
}

/// `attempts: 3`, `attempts => 3` and `attempts == 3`, as values are given elsewhere.
fn assigned_otherwise(input: ParseStream<'_>) -> syn::Result<()> {
    let sign = match input.peek(Ident::peek_any) {
        true if input.peek2(Token![==]) => "==",
        true if input.peek2(Token![=>]) => "=>",
        true if input.peek2(Token![:]) && !input.peek2(Token![::]) => ":",
        _ => return Ok(()),
    };
    let key = input.call(Ident::parse_any)?;
    let text = diagnostics::text(
        &format!("the value of `{key}` stands behind `=`, not behind `{sign}`"),
        "",
        &format!("`{key} = ..`"),
    );
    Err(syn::Error::new(key.span(), text))
}

fn ended(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() {
        Ok(())
    } else {
        Err(input.error("expected `,` before the next option"))
    }
}

/// Whether nothing follows the first token.
fn is_single(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    fork.call(Ident::parse_any).is_ok() && fork.is_empty()
}

/// The arguments of an attribute one by one, so that a broken one does not hide the next.
pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![Vec::<TokenTree>::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(Vec::new()),
            _ => parts
                .last_mut()
                .expect("there is always a part: one was pushed at the start")
                .push(token),
        }
    }
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(TokenStream::from_iter)
        .collect()
}

/// Commas with no option in front of them.
fn stray_commas(tokens: TokenStream) -> Vec<Span> {
    let mut strays = Vec::new();
    let mut nothing_before = true;
    for token in tokens {
        let comma = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
        if comma && nothing_before {
            strays.push(token.span());
        }
        nothing_before = comma;
    }
    strays
}

impl ToTokens for Opt {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.key.to_tokens(tokens);
        match &self.value {
            Value::Flag => {}
            Value::Assign(expr) => expr.to_tokens(tokens),
            Value::List(list) => list.to_tokens(tokens),
        }
    }
}
