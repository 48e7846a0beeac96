//! The annotated function: an item goes in, its signature and its raw body come out.
//!
//! The body stays raw tokens, so that half-typed code keeps its own errors. Three shapes are known: a
//! body, no body (a trait's method), and the boxed block that `#[async_trait]` makes.

mod boxed;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, FnArg, Ident, Pat, PatIdent, Receiver, ReceiverKind, ReturnType, Signature, Token,
    Type, Visibility,
};

pub(crate) use boxed::Boxed;

pub(crate) struct Target {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    /// `async fn .. { .. }`: the statements.
    Async(TokenStream, Span),
    /// `async fn ..;` in a trait.
    None,
    /// `fn .. -> Pin<Box<dyn Future>> { Box::pin(async move { .. }) }`, as `#[async_trait]` leaves it.
    Boxed(Boxed),
    /// A function that is not `async`.
    Sync(TokenStream),
}

impl Parse for Target {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig: Signature = input.parse()?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            Body::None
        } else {
            let group: Group = input.parse()?;
            body(&sig, &group)
        };
        Ok(Self {
            attrs,
            vis,
            sig,
            body,
        })
    }
}

fn body(sig: &Signature, group: &Group) -> Body {
    if sig.asyncness.is_some() {
        return Body::Async(group.stream(), group.span());
    }
    match boxed::recognise(sig, group.stream()) {
        Some(boxed) => Body::Boxed(boxed),
        None => Body::Sync(group.to_token_stream()),
    }
}

impl Body {
    /// The user's statements, where there are any.
    pub(crate) fn statements(&self) -> Option<&TokenStream> {
        match self {
            Self::Async(statements, _) => Some(statements),
            Self::Boxed(boxed) => Some(&boxed.statements),
            Self::None | Self::Sync(_) => None,
        }
    }

    /// The same body with other statements, and `items` in front of everything.
    pub(crate) fn with_statements(self, items: &TokenStream, statements: TokenStream) -> Self {
        match self {
            Self::Async(_, span) => Self::Async(quote!(#items #statements), span),
            Self::Boxed(mut boxed) => {
                let before = &boxed.before;
                boxed.before = quote!(#items #before);
                boxed.statements = statements;
                Self::Boxed(boxed)
            }
            Self::Sync(group) if items.is_empty() => Self::Sync(group),
            Self::Sync(group) => Self::Sync(quote!({ #items #group })),
            Self::None => Self::None,
        }
    }
}

/// One argument as the emitted signature and the body see it.
pub(crate) struct Argument {
    /// `#[cfg(..)]` and lint levels, which hold for the binding in the body as well.
    pub(crate) attrs: Vec<Attribute>,
    /// The name in the emitted signature.
    pub(crate) name: Ident,
    /// The pattern the body binds.
    pub(crate) pat: Pat,
    pub(crate) ty: Type,
    /// `name: T` or `mut name: T`, and not a pattern.
    pub(crate) plain: bool,
    pub(crate) mutability: Option<Token![mut]>,
}

impl Argument {
    /// `&mut T`.
    pub(crate) fn is_lent_mutably(&self) -> bool {
        matches!(&self.ty, Type::Reference(reference) if reference.mutability.is_some())
    }

    /// The `#[cfg(..)]`s alone.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        let names = ["cfg", "cfg_attr"];
        self.attrs
            .iter()
            .filter(move |attr| names.iter().any(|name| attr.path().is_ident(name)))
    }
}

impl Target {
    /// Whether this is a function whose type can say its effect.
    pub(crate) fn may_declare(&self) -> bool {
        self.sig.asyncness.is_some()
    }

    /// The arguments without the receiver.
    pub(crate) fn arguments(&self) -> Vec<Argument> {
        let typed = self.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            FnArg::Receiver(_) => None,
        });
        typed
            .enumerate()
            .map(|(index, typed)| {
                let ty = (*typed.ty).clone();
                match &*typed.pat {
                    Pat::Ident(PatIdent {
                        by_ref: None,
                        mutability,
                        ident,
                        subpat: None,
                        ..
                    }) => Argument {
                        attrs: typed.attrs.clone(),
                        name: ident.clone(),
                        pat: (*typed.pat).clone(),
                        ty,
                        plain: true,
                        mutability: mutability.or_else(|| match &self.body {
                            Body::Boxed(boxed) => boxed.mutability(&ident.to_string()),
                            _ => None,
                        }),
                    },
                    pat => {
                        let name = Ident::new(&format!("__arg{index}"), Span::mixed_site());
                        Argument {
                            attrs: typed.attrs.clone(),
                            name,
                            pat: pat.clone(),
                            ty,
                            plain: false,
                            mutability: None,
                        }
                    }
                }
            })
            .collect()
    }

    /// The signature's inputs with every pattern replaced by a name. Each of them is used, so what is
    /// expected of the user's binding is expected in the body.
    pub(crate) fn inputs(&self) -> Punctuated<FnArg, Token![,]> {
        let mut arguments = self.arguments().into_iter();
        let mut inputs = self.sig.inputs.clone();
        for input in &mut inputs {
            if let FnArg::Typed(typed) = input {
                let argument = arguments
                    .next()
                    .expect("`arguments` lists every typed input of the same signature");
                let name = argument.name;
                *typed.pat = syn::parse_quote!(#name);
                typed.attrs.retain(|attr| !attr.path().is_ident("expect"));
            }
        }
        inputs
    }

    /// What the function resolves to.
    pub(crate) fn output(&self) -> TokenStream {
        if let Body::Boxed(boxed) = &self.body {
            return boxed.output.clone();
        }
        match &self.sig.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => ty.to_token_stream(),
        }
    }

    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        self.sig.receiver()
    }

    /// The `mut` of `mut self`.
    pub(crate) fn mut_self(&self) -> Option<Token![mut]> {
        let written = self.receiver().and_then(|receiver| receiver.mutability);
        written.or_else(|| match &self.body {
            Body::Boxed(boxed) => boxed.mutability("__self"),
            _ => None,
        })
    }
}

/// The lifetime and mutability of a receiver taken by reference; none when it is taken by value.
pub(crate) fn reference(receiver: &Receiver) -> Option<(Option<String>, bool)> {
    match &receiver.kind {
        ReceiverKind::Reference(_, lifetime, mutability) => Some((
            lifetime.as_ref().map(ToString::to_string),
            mutability.is_some(),
        )),
        ReceiverKind::Typed(_, ty) => match &**ty {
            Type::Reference(reference) => Some((
                reference.lifetime.as_ref().map(ToString::to_string),
                reference.mutability.is_some(),
            )),
            _ => None,
        },
        _ => None,
    }
}

impl ToTokens for Target {
    /// The function as it came, without the attribute that is being expanded.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.without_attribute(self.attrs.len(), tokens);
    }
}

impl Target {
    /// The function as it came, without the attribute at this place.
    pub(crate) fn without_attribute(&self, at: usize, tokens: &mut TokenStream) {
        for (_, attr) in self
            .attrs
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != at)
        {
            attr.to_tokens(tokens);
        }
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        match &self.body {
            Body::Async(statements, span) => {
                let mut group = Group::new(Delimiter::Brace, statements.clone());
                group.set_span(*span);
                group.to_tokens(tokens);
            }
            Body::None => <Token![;]>::default().to_tokens(tokens),
            Body::Boxed(boxed) => {
                let Boxed {
                    before,
                    pin,
                    prelude,
                    statements,
                    epilogue,
                    ..
                } = boxed;
                let block = if epilogue.is_empty() && prelude.is_empty() {
                    quote!(#statements)
                } else {
                    quote!(#prelude { #statements } #epilogue)
                };
                tokens.extend(quote!({ #before #pin(async move { #block }) }));
            }
            Body::Sync(group) => group.to_tokens(tokens),
        }
    }
}
