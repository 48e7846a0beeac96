//! Sibling attributes: the first policy that rustc expands takes the others off the function, reads them
//! all, and leaves a receipt for each, so that its import stays used and a foreign attribute of the same
//! name is found out.

mod uses;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned as _;
use syn::{Attribute, LitStr, Meta, Path};

use crate::diagnostics::Errors;
use crate::options::Options;
use crate::policy::common::{self, Common};
use crate::policy::dependency::{self, Dependency};
use crate::policy::effect::Effect;
use crate::policy::retry::Budget;
use crate::policy::{NAMES, Policies, options_of, owner_of, takes_paths, twice};
use crate::target::Target;
use crate::value::At;

/// The attribute that marks a function whose stack has been expanded already.
pub(crate) const MARK: &str = "__expanded";

/// The attribute that carries what `#[dependency(..)]` on an `impl` says to each of its annotated methods.
pub(crate) const SHARED: &str = "__shared";

/// Everything the attributes of one function say.
#[derive(Default)]
pub(crate) struct Stack {
    pub(crate) effect: Option<At<Effect>>,
    pub(crate) policies: Policies,
    pub(crate) common: Common,
    /// The attributes whose options have errors.
    pub(crate) broken: Vec<String>,
    /// Imported under another name: nothing is known of the other policies.
    pub(crate) alone: bool,
    /// The siblings' paths as the user wrote them.
    pub(crate) receipts: Vec<Path>,
}

impl Stack {
    /// Reads the attribute being expanded and takes its siblings off the target.
    pub(crate) fn collect(
        name: &str,
        args: TokenStream,
        target: &mut Target,
        errors: &mut Errors,
    ) -> Self {
        let mut stack = Self::default();
        if let Some(mark) = target
            .attrs
            .iter()
            .position(|attr| last_segment(attr.path()) == MARK)
        {
            target.attrs.remove(mark);
            stack.alone = true;
            let at_run_time = if Effect::of_attribute(name).is_some() {
                "the policies would act as if nothing were declared"
            } else {
                "the policies would wrap each other in the order they were written, not in the one safe order"
            };
            errors.at(
                Span::call_site(),
                &format!("`{name}` is imported under another name, so the other attributes of this function did not see it"),
                at_run_time,
                &format!("`use resilient_runtime::{name};` without `as`"),
            );
            return stack;
        }
        stack.read(name, Span::call_site(), args, errors);
        let siblings: Vec<Attribute> = {
            let (siblings, others) = std::mem::take(&mut target.attrs)
                .into_iter()
                .partition(|attr| NAMES.contains(&last_segment(attr.path()).as_str()));
            target.attrs = others;
            siblings
        };
        let around = target
            .attrs
            .iter()
            .position(|attr| last_segment(attr.path()) == SHARED);
        let around = around.map(|at| target.attrs.remove(at));
        for attr in siblings {
            let name = last_segment(attr.path());
            let path = attr.path().clone();
            match arguments(&attr, errors) {
                Some(arguments) => stack.read(&name, path.span(), arguments, errors),
                None => stack.broken.push(name),
            }
            stack.receipts.push(path);
        }
        if let Some(Meta::List(around)) = around.map(|attr| attr.meta) {
            stack.inherit(around.tokens, target.sig.ident.span());
        }
        stack.name_by_dependency();
        stack
    }

    /// Reads what the `impl` around the function says; what is wrong with it was reported there.
    fn inherit(&mut self, around: TokenStream, here: Span) {
        let mut reported = Errors::new();
        let mut options = Options::parse(around, &mut reported);
        let mut common = Common::default();
        common.read(&mut options, &mut reported);
        self.common.inherit(common, here);
        if !options.is_empty() && self.policies.dependency.is_none() {
            self.policies.dependency = Some(Dependency {
                span: here,
                name: dependency::name(here, &mut options, &mut reported),
                shared: true,
            });
        }
    }

    /// The service's name is the name of the budget and of all state that has none.
    fn name_by_dependency(&mut self) {
        let dependency = self.policies.dependency.as_ref();
        let Some(name) = dependency.and_then(|dependency| dependency.name.clone()) else {
            return;
        };
        for naming in self.policies.namings() {
            naming.default_to(&name);
        }
        let retry = self.policies.retry.as_mut().map(|retry| &mut retry.budget);
        let free = matches!(retry, Some(Some(Budget::None)));
        if let Some(hedge) = &mut self.policies.hedge {
            // A hedge that says nothing is paid by the retry.
            if retry.is_none() || free || hedge.budget.is_some() {
                name_budget(&mut hedge.budget, &name);
            }
        }
        if let Some(budget) = retry {
            name_budget(budget, &name);
        }
    }

    /// Reads one attribute, and remembers whether all of it was understood.
    fn read(&mut self, name: &str, span: Span, args: TokenStream, errors: &mut Errors) {
        let before = errors.count();
        self.read_options(name, span, args, errors);
        if errors.count() > before {
            self.broken.push(name.to_owned());
        }
    }

    /// Whether everything this attribute says is known; true when it is not there.
    pub(crate) fn understood(&self, name: &str) -> bool {
        !self.broken.iter().any(|broken| broken == name)
    }

    fn read_options(&mut self, name: &str, span: Span, args: TokenStream, errors: &mut Errors) {
        let mut options = Options::parse(args, errors);
        let known: Vec<_> = options_of(name)
            .iter()
            .chain(common::OPTIONS)
            .copied()
            .collect();
        // Before unknown options are reported: `#[breaker(PAYMENTS)]` names a `static`.
        if known.iter().any(|spec| spec.name == "key") {
            options.constants_are_values();
        }
        if takes_paths(name) {
            options.words_are_values(&known);
        }
        let elsewhere = |option: &str| owner_of(option).filter(|(owner, _)| *owner != name);
        options.keep_known(name, &known, &elsewhere, errors);
        self.common.read(&mut options, errors);
        if self.policies.read(name, span, &mut options, errors) {
            return;
        }
        let effect = Effect::of_attribute(name)
            .expect("the entry points and NAMES list policies and effects only");
        for value in options.take_unnamed() {
            errors.over(
                &value,
                &format!("`{name}` takes no value"),
                "",
                &format!("`#[{name}]`"),
            );
        }
        match &self.effect {
            Some(other) if other.value == effect => twice(name, span, errors),
            Some(other) => errors.at(
                span,
                &format!(
                    "this function is declared both `{}` and `{name}`",
                    other.value.word()
                ),
                "callers would repeat it or not, depending on which declaration they believe",
                "the one that is true when the service carries the call out twice",
            ),
            None => self.effect = Some(At::new(effect, span)),
        }
    }

    /// Whether anything acts at run time.
    pub(crate) fn has_policy(&self) -> bool {
        let Policies {
            retry,
            hedge,
            timeout,
            breaker,
            rate_limit,
            bulkhead,
            on_unknown,
            failover,
            fallback,
            dependency: _,
            database: _,
        } = &self.policies;
        retry.is_some()
            || hedge.is_some()
            || timeout.is_some()
            || breaker.is_some()
            || rate_limit.is_some()
            || bulkhead.is_some()
            || on_unknown.is_some()
            || failover.is_some()
            || fallback.is_some()
    }

    /// Whether a policy may answer in the service's place.
    pub(crate) fn rejects(&self) -> bool {
        let Policies {
            retry: _,
            hedge: _,
            timeout,
            breaker,
            rate_limit,
            bulkhead,
            on_unknown,
            failover: _,
            fallback: _,
            dependency: _,
            database: _,
        } = &self.policies;
        timeout.is_some()
            || breaker.is_some()
            || rate_limit.is_some()
            || bulkhead.is_some()
            || on_unknown.is_some()
    }

    /// Whether a policy asks what a failure means.
    pub(crate) fn classifies(&self) -> bool {
        let Policies {
            retry,
            hedge,
            timeout: _,
            breaker,
            rate_limit: _,
            bulkhead,
            on_unknown,
            failover,
            fallback,
            dependency: _,
            database: _,
        } = &self.policies;
        let adaptive = bulkhead.as_ref().is_some_and(|it| it.adaptive.is_some());
        retry.is_some()
            || hedge.is_some()
            || breaker.is_some()
            || on_unknown.is_some()
            || failover.is_some()
            || fallback.is_some()
            || adaptive
    }

    /// One mention of each sibling, so that its import counts as used, and of `crate = path`, so that a wrong one
    /// is reported where it stands.
    pub(crate) fn receipts(&self) -> TokenStream {
        let receipts = self.receipts.iter().map(|path| {
            // Found where the sibling stands; its name is what a reader of the error needs to know.
            let span = path
                .segments
                .last()
                .map_or_else(Span::call_site, |segment| segment.ident.span());
            let receipt = proc_macro2::Ident::new(
                "ATTRIBUTE_OF_RESILIENT_RUNTIME",
                Span::call_site().located_at(span),
            );
            quote!(const _: () = #path::#receipt;)
        });
        let runtime = self.common.runtime.iter();
        quote!(#(#receipts)* #(use #runtime as _;)*)
    }
}

/// A budget of the function's own goes by the dependency's name instead.
fn name_budget(budget: &mut Option<Budget>, name: &LitStr) {
    let (earn, save) = match budget {
        None => (None, None),
        Some(Budget::Own { earn, save }) => (*earn, *save),
        Some(Budget::None | Budget::Named { .. }) => return,
    };
    let name = name.clone();
    *budget = Some(Budget::Named { name, earn, save });
}

fn arguments(attr: &Attribute, errors: &mut Errors) -> Option<TokenStream> {
    match &attr.meta {
        Meta::Path(_) => Some(TokenStream::new()),
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::NameValue(pair) => {
            let name = last_segment(&pair.path);
            errors.over(
                pair,
                &format!("`{name}` takes its options in parentheses"),
                "",
                &format!("`#[{name}(..)]`"),
            );
            None
        }
    }
}

pub(crate) fn last_segment(path: &Path) -> String {
    path.segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

/// Puts attributes that rustc must read before us in front of our own: `cfg_attr`, which may hold siblings,
/// and `instrument`, so that it sees an `async fn`: one span per attempt.
pub(crate) fn others_first(name: &str, args: &TokenStream, target: &Target) -> Option<TokenStream> {
    let at = target.attrs.iter().position(|attr| {
        matches!(
            last_segment(attr.path()).as_str(),
            "cfg_attr" | "instrument"
        )
    })?;
    let runtime = crate::paths::reemitted(args, target);
    let own = proc_macro2::Ident::new(name, Span::call_site());
    let own = if args.is_empty() {
        quote!(#[#runtime::#own])
    } else {
        quote!(#[#runtime::#own(#args)])
    };
    let mut rest = TokenStream::new();
    target.without_attribute(at, &mut rest);
    let other = &target.attrs[at];
    Some(quote!(#other #own #rest))
}
