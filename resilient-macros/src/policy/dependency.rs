//! `#[dependency("payments")]`: the service that a function calls. It acts in nothing of its own: it names the
//! budget, and every breaker or limit of the function that has no name.

use proc_macro2::Span;
use syn::LitStr;

use super::Policy;
use super::naming::check_name;
use crate::diagnostics::Errors;
use crate::options::{Options, Spec};
use crate::value;

pub(crate) struct Dependency {
    pub(crate) span: Span,
    /// None when what was written is no name; that has been reported.
    pub(crate) name: Option<LitStr>,
    /// It stands on the `impl` around the function.
    pub(crate) shared: bool,
}

impl Policy for Dependency {
    const OPTIONS: &'static [Spec] = &[];

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        Self {
            span,
            name: name(span, options, errors),
            shared: false,
        }
    }
}

/// The name, the only unnamed value.
pub(crate) fn name(span: Span, options: &mut Options, errors: &mut Errors) -> Option<LitStr> {
    let mut unnamed = options.take_unnamed().into_iter();
    let Some(first) = unnamed.next() else {
        if !options.refused() {
            errors.at(
                span,
                "`dependency` has no name",
                "nobody could tell whose breaker, budget and figures these are",
                "`#[dependency(\"payments\")]`",
            );
        }
        return None;
    };
    for extra in unnamed {
        errors.over(
            &extra,
            "`dependency` has two names",
            "",
            "one of them: a function that calls two services is two functions",
        );
    }
    let name = value::string(&first).cloned();
    match &name {
        Some(name) => check_name("dependency", name, errors),
        None => errors.over(
            &first,
            "`dependency` is named by a string",
            "",
            "`#[dependency(\"payments\")]`",
        ),
    }
    name
}

#[cfg(test)]
mod tests {
    use crate::expand;
    use crate::policy::{NAMES, options_of};

    #[test]
    fn every_policy_whose_state_may_have_a_name_goes_by_the_dependencys() {
        let mut found = 0;
        for name in NAMES {
            let may_have_a_name = options_of(name).iter().any(|it| it.usage == "key(region)");
            if !may_have_a_name {
                continue;
            }
            found += 1;
            let args = match *name {
                "bulkhead" => "10",
                "rate_limit" => "\"100/s\"",
                _ => "",
            };
            let item = format!("#[{name}({args})] async fn get() -> Result<(), E> {{ Ok(()) }}");
            let item = item.parse().expect("tokens");
            let args = "\"payments\"".parse().expect("tokens");
            let expanded = expand::attribute("dependency", args, item).to_string();
            assert!(
                expanded.contains("named (\"payments\""),
                "{name}: is `Policy::naming` missing?"
            );
        }
        assert!(found >= 2);
    }
}
