//! Options every attribute of a stack takes, each once: how failures are read, how rejections become
//! errors, where the runtime lives, and the ways out of rules.

use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::{Ident, Path};

use crate::check::ALLOWABLE;
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec, split_at_commas};
use crate::suggest;

pub(crate) const OPTIONS: &[Spec] = &[
    spec("classify", Form::List, "classify(path::to::function)"),
    spec("failed", Form::List, "failed(path::to::function)"),
    spec("rejected", Form::List, "rejected(path::to::function)"),
    spec(
        "crate",
        Form::Assign,
        "crate = ::path::to::resilient_runtime",
    ),
    spec("allow", Form::List, "allow(rule)"),
    spec("strict", Form::Flag, "strict"),
];

/// The options that may stand on any attribute of the stack.
#[derive(Default)]
pub(crate) struct Common {
    pub(crate) classify: Option<Path>,
    pub(crate) failed: Option<Path>,
    pub(crate) rejected: Option<Path>,
    pub(crate) runtime: Option<Path>,
    pub(crate) strict: Option<Span>,
    allowed: Vec<Ident>,
    /// What the `impl` around the function said, for all of its methods.
    inherited: Vec<&'static str>,
}

impl Common {
    pub(crate) fn read(&mut self, options: &mut Options, errors: &mut Errors) {
        for (name, slot) in [
            ("classify", &mut self.classify),
            ("failed", &mut self.failed),
            ("rejected", &mut self.rejected),
        ] {
            if let Some((key, tokens)) = options.list(name) {
                once(name, &key, slot, path(name, &key, tokens, errors), errors);
            }
        }
        if let Some((key, value)) = options.assign("crate") {
            let parsed = syn::parse2::<Path>(quote::ToTokens::to_token_stream(&value)).ok();
            if parsed.is_none() {
                errors.over(
                    &value,
                    "`crate` is not a path",
                    "",
                    "`crate = ::path::to::resilient_runtime`",
                );
            }
            once("crate", &key, &mut self.runtime, parsed, errors);
        }
        if let Some(opt) = options.take("strict") {
            once(
                "strict",
                &opt.key,
                &mut self.strict,
                Some(opt.key.span()),
                errors,
            );
        }
        if let Some((key, tokens)) = options.list("allow") {
            if tokens.is_empty() {
                errors.at(
                    key.span(),
                    "`allow` names no rule",
                    "",
                    "`allow(..)` with the name that the rule's error gives, or no `allow`",
                );
            }
            self.allow(tokens, errors);
        }
    }

    /// Takes from the `impl` around the function what the function does not say itself; `here` is its name.
    pub(crate) fn inherit(&mut self, around: Self, here: Span) {
        let Self {
            classify,
            failed,
            rejected,
            runtime,
            strict,
            allowed,
            inherited: _,
        } = around;
        for (name, slot, value) in [
            ("classify", &mut self.classify, classify),
            ("failed", &mut self.failed, failed),
            ("rejected", &mut self.rejected, rejected),
            ("crate", &mut self.runtime, runtime),
        ] {
            if slot.is_none() && value.is_some() {
                *slot = value;
                self.inherited.push(name);
            }
        }
        self.strict = self.strict.or(strict.map(|_| here));
        self.allowed.extend(allowed);
    }

    /// Whether an option stands on the `impl` around the function, for whichever methods it concerns.
    pub(crate) fn is_inherited(&self, name: &str) -> bool {
        self.inherited.contains(&name)
    }

    /// The options as they were written.
    pub(crate) fn written(&self) -> TokenStream {
        let paths = [
            ("classify", &self.classify),
            ("failed", &self.failed),
            ("rejected", &self.rejected),
        ];
        let paths = paths.into_iter().filter_map(|(name, path)| {
            let (name, path) = (Ident::new(name, Span::call_site()), path.as_ref()?);
            Some(quote::quote!(#name(#path),))
        });
        let runtime = self.runtime.iter();
        let strict = self.strict.map(|span| {
            let strict = Ident::new("strict", span);
            quote::quote!(#strict,)
        });
        let allowed = &self.allowed;
        let allow = (!allowed.is_empty()).then(|| quote::quote!(allow(#(#allowed),*),));
        quote::quote!(#(#paths)* #(crate = #runtime,)* #strict #allow)
    }

    fn allow(&mut self, tokens: TokenStream, errors: &mut Errors) {
        for part in split_at_commas(tokens) {
            match syn::parse2::<Ident>(part.clone()) {
                Ok(rule) if ALLOWABLE.contains(&rule.to_string().as_str()) => {
                    self.allowed.push(rule);
                }
                Ok(rule) => {
                    let name = rule.to_string();
                    let near = suggest::closest(&name, ALLOWABLE).map_or_else(
                        || format!("one of `{}`", ALLOWABLE.join("`, `")),
                        |near| format!("`allow({near})`"),
                    );
                    errors.over(
                        rule,
                        &format!("there is no rule `{name}` to allow"),
                        "",
                        &near,
                    );
                }
                Err(_) => errors.over(
                    part,
                    "`allow` takes the names of rules",
                    "",
                    "`allow(many_attempts)`",
                ),
            }
        }
    }

    /// Whether a rule was switched off.
    pub(crate) fn allows(&self, rule: &str) -> bool {
        debug_assert!(
            ALLOWABLE.contains(&rule),
            "`{rule}` cannot be allowed, so nobody may ask"
        );
        self.allowed.iter().any(|allowed| allowed == rule)
    }
}

fn once<T>(name: &str, key: &Ident, slot: &mut Option<T>, value: Option<T>, errors: &mut Errors) {
    if slot.is_some() {
        errors.at(
            key.span(),
            &format!("`{name}` is given twice on this function"),
            "every policy of a function uses the same one",
            &format!("`{name}` on one of the attributes"),
        );
    } else {
        *slot = value;
    }
}

/// Reads `option(path)`.
pub(crate) fn path(
    name: &str,
    key: &Ident,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Option<Path> {
    let parsed = Path::parse_mod_style.parse2(tokens.clone());
    let path = parsed.or_else(|_| syn::parse2(tokens.clone())).ok();
    if path.is_none() {
        let hint = format!("`{name}(path::to::function)`; give a closure a name first");
        if tokens.is_empty() {
            errors.at(
                key.span(),
                &format!("`{name}` names no function"),
                "",
                &hint,
            );
        } else {
            errors.over(
                tokens,
                &format!("`{name}` takes the path of a function"),
                "",
                &hint,
            );
        }
    }
    path
}
