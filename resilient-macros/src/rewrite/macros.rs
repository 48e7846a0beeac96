//! Awaits and futures inside macro calls: the arguments of the macros everybody uses are parsed and
//! checked; any other macro stays raw.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, Pat, Token, parse_quote};

use super::Rewrite;

/// Macros that drive every argument.
const JOINS: &[&str] = &["join", "try_join"];

/// Macros whose arguments are ordinary expressions.
const EXPRESSIONS: &[&str] = &[
    "print",
    "println",
    "eprint",
    "eprintln",
    "format",
    "write",
    "writeln",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "vec",
    "dbg",
    "matches",
    "todo",
    "unreachable",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "event",
    "bail",
    "ensure",
    "anyhow",
];

impl Rewrite<'_> {
    pub(super) fn macro_call(&mut self, mac: &mut syn::Macro) {
        let name = crate::stack::last_segment(&mac.path);
        let rewritten = if JOINS.contains(&name.as_str()) {
            self.join(&mac.tokens)
        } else if name == "select" {
            self.select(&mac.path, &mac.tokens)
        } else if EXPRESSIONS.contains(&name.as_str()) {
            self.expressions(&mac.tokens)
        } else {
            None
        };
        match rewritten {
            Some(tokens) => mac.tokens = tokens,
            None if self.checks.strict && mentions_await(mac.tokens.clone()) => self.errors.over(
                &mac.path,
                "`strict`: this macro hides an await",
                "the checker cannot see which call it is, so a retry could repeat a payment in it",
                "the await in a `let` in front of the macro",
            ),
            None => {}
        }
    }

    fn join(&mut self, tokens: &TokenStream) -> Option<TokenStream> {
        let (biased, rest) = strip_biased(tokens);
        let mut futures = Punctuated::<Expr, Token![,]>::parse_terminated
            .parse2(rest)
            .ok()?;
        for future in &mut futures {
            self.visit_expr_mut(future);
            *future = self.driven(future);
        }
        Some(quote!(#biased #futures))
    }

    fn expressions(&mut self, tokens: &TokenStream) -> Option<TokenStream> {
        if !mentions_await(tokens.clone()) {
            return Some(tokens.clone());
        }
        let repeat = |input: ParseStream<'_>| -> syn::Result<(Expr, Expr)> {
            let value = input.parse()?;
            input.parse::<Token![;]>()?;
            Ok((value, input.parse()?))
        };
        if let Ok((mut value, mut count)) = repeat.parse2(tokens.clone()) {
            self.visit_expr_mut(&mut value);
            self.visit_expr_mut(&mut count);
            return Some(quote!(#value; #count));
        }
        let mut values = Punctuated::<Expr, Token![,]>::parse_terminated
            .parse2(tokens.clone())
            .ok()?;
        for value in &mut values {
            self.visit_expr_mut(value);
        }
        Some(values.into_token_stream())
    }

    fn select(&mut self, path: &syn::Path, tokens: &TokenStream) -> Option<TokenStream> {
        let (biased, rest) = strip_biased(tokens);
        let mut arms = syn::parse2::<Arms>(rest).ok()?.0;
        let takes = Takes::of(path, !biased.is_empty(), &arms);
        for arm in &mut arms {
            if let Some((_, future, condition)) = &mut arm.future {
                self.visit_expr_mut(future);
                match (&future, takes) {
                    (Expr::Path(_), Takes::Unknown) => {}
                    (Expr::Path(variable), Takes::Reference) => {
                        *future = self.driven(&parse_quote!(&mut #variable));
                    }
                    _ => *future = self.driven(future),
                }
                if let Some(condition) = condition {
                    self.visit_expr_mut(condition);
                }
            }
            match &mut arm.handler {
                Handler::Block(block) => self.visit_block_mut(block),
                Handler::Expr(expr) => self.visit_expr_mut(expr),
            }
        }
        Some(quote!(#biased #(#arms)*))
    }
}

/// What a `select!` does with a variable in the place of a future.
#[derive(Clone, Copy)]
enum Takes {
    /// tokio's moves it.
    Value,
    /// That of `futures` polls it where it is, so that a loop can do so again.
    Reference,
    Unknown,
}

impl Takes {
    fn of(path: &syn::Path, biased: bool, arms: &[Arm]) -> Self {
        let crates = path
            .segments
            .first()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default();
        let words = |known: &[&str]| {
            arms.iter().any(|arm| {
                arm.word
                    .as_ref()
                    .is_some_and(|word| known.iter().any(|known| word == known))
            })
        };
        if crates == "tokio" || biased || words(&["else"]) {
            Self::Value
        } else if crates.starts_with("futures") || words(&["complete", "default"]) {
            Self::Reference
        } else {
            Self::Unknown
        }
    }
}

/// `biased;` in front of the rest.
fn strip_biased(tokens: &TokenStream) -> (TokenStream, TokenStream) {
    let mut rest = tokens.clone().into_iter();
    if let (Some(TokenTree::Ident(word)), Some(TokenTree::Punct(semi))) = (rest.next(), rest.next())
    {
        if word == "biased" && semi.as_char() == ';' {
            return (quote!(#word #semi), rest.collect());
        }
    }
    (TokenStream::new(), tokens.clone())
}

pub(super) fn mentions_await(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "await",
        TokenTree::Group(group) => mentions_await(group.stream()),
        _ => false,
    })
}

struct Arms(Vec<Arm>);

/// `pat = future, if condition => handler`, or `else => handler` and its like.
struct Arm {
    word: Option<Ident>,
    future: Option<(Pat, Expr, Option<Expr>)>,
    handler: Handler,
}

enum Handler {
    Block(Block),
    Expr(Expr),
}

impl Parse for Arms {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut arms = Vec::new();
        while !input.is_empty() {
            arms.push(input.parse()?);
        }
        Ok(Self(arms))
    }
}

impl Parse for Arm {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut word, mut future) = (None, None);
        if input.peek(Ident::peek_any) && input.peek2(Token![=>]) {
            word = Some(input.call(Ident::parse_any)?);
        } else {
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            let expr: Expr = input.parse()?;
            let mut condition = None;
            if input.peek(Token![,]) && input.peek2(Token![if]) {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                condition = Some(input.parse()?);
            }
            future = Some((pat, expr, condition));
        }
        input.parse::<Token![=>]>()?;
        let handler = if input.peek(syn::token::Brace) {
            let block = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            Handler::Block(block)
        } else {
            let expr = input.parse()?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            Handler::Expr(expr)
        };
        Ok(Self {
            word,
            future,
            handler,
        })
    }
}

impl ToTokens for Arm {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.word.to_tokens(tokens);
        if let Some((pat, future, condition)) = &self.future {
            let condition = condition.as_ref().map(|condition| quote!(, if #condition));
            tokens.extend(quote!(#pat = #future #condition));
        }
        match &self.handler {
            Handler::Block(block) => tokens.extend(quote!(=> #block)),
            Handler::Expr(expr) => tokens.extend(quote!(=> #expr,)),
        }
    }
}
