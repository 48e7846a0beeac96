//! What kind of function this is, and whether its policies and options can act on it.

use syn::{ReturnType, Type};

use super::{Errors, Stack, Target};
use crate::target::Body;

/// Ports to a service are traits: their methods declare effects; policies belong to the adapters.
pub(super) fn policy_on_trait_method_without_body(
    stack: &Stack,
    target: &Target,
    errors: &mut Errors,
) {
    if !matches!(target.body, Body::None) {
        return;
    }
    if stack.has_policy() {
        errors.over(
            &target.sig.ident,
            "a policy on a trait's method without a body",
            "there is no call here that it could act on, and implementations would not inherit it",
            "the effect here, as in `#[idempotent]`, and the policy on the implementation",
        );
    } else if target.sig.asyncness.is_none() {
        sync_function_text(target, errors);
    }
}

pub(super) fn sync_function(_stack: &Stack, target: &Target, errors: &mut Errors) {
    if matches!(target.body, Body::Sync(_)) {
        sync_function_text(target, errors);
    }
}

fn sync_function_text(target: &Target, errors: &mut Errors) {
    let token = target.sig.fn_token;
    let output = &target.sig.output;
    if quote::quote!(#output).to_string().contains("Future") {
        errors.over(
            token,
            "this function is not `async`: it makes a future",
            "the attributes would act on making the future, which sends nothing yet",
            "`async fn` with the future's output as its return type",
        );
    } else {
        errors.over(
            token,
            "this function is not `async`",
            "a blocking call cannot be cut off by a timeout, and would hold up every other task of its thread",
            "`async fn`, with the blocking part in `tokio::task::spawn_blocking(..).await`",
        );
    }
}

/// A function that returns nothing, or a plain value, cannot say that it failed.
pub(super) fn function_that_cannot_fail(stack: &Stack, target: &Target, errors: &mut Errors) {
    if matches!(target.body, Body::Boxed(_) | Body::Sync(_) | Body::None) {
        return;
    }
    let write = match &target.sig.output {
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => {
            errors.over(
                ty,
                "a function that never returns has no outcome",
                "there is no end of the call to act on",
                "the attributes on the functions that it calls",
            );
            return;
        }
        _ if !stack.has_policy() => return,
        ReturnType::Default => "`-> Result<(), E>`".to_owned(),
        ReturnType::Type(_, ty) if is_no_result(ty) => {
            let written = quote::quote!(#ty).to_string();
            // Tokens print with spaces between them; a path has none of its own.
            let written = if matches!(**ty, Type::Path(_)) {
                written.replace(' ', "")
            } else {
                written
            };
            format!("`-> Result<{written}, E>`")
        }
        ReturnType::Type(..) => return,
    };
    errors.over(
        &target.sig.ident,
        "a policy on a function that cannot fail",
        "it has no way to say that an attempt failed, nor that it was rejected",
        &write,
    );
}

/// Types that are certainly no `Result`; of any other the compiler knows more.
fn is_no_result(ty: &Type) -> bool {
    const PLAIN: &[&str] = &[
        "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
        "i128", "isize", "f32", "f64", "String", "Option", "Vec", "Duration",
    ];
    match ty {
        Type::Tuple(_) | Type::Reference(_) | Type::Array(_) => true,
        Type::Path(path) => PLAIN.contains(&crate::stack::last_segment(&path.path).as_str()),
        _ => false,
    }
}

/// Options that no policy of this function would ever look at.
pub(super) fn option_that_does_nothing(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let common = &stack.common;
    if !stack.classifies() {
        for (name, path) in [("classify", &common.classify), ("failed", &common.failed)] {
            if let Some(path) = path.as_ref().filter(|_| !common.is_inherited(name)) {
                errors.over(
                    path,
                    &format!("`{name}`, but no policy of this function looks at failures"),
                    "the option would do nothing",
                    "`#[retry(..)]` or `#[breaker]` beside it, or no such option",
                );
            }
        }
    }
    let inherited = common.is_inherited("rejected");
    let rejected = common.rejected.as_ref().filter(|_| !inherited);
    if let Some(path) = rejected.filter(|_| !stack.rejects()) {
        errors.over(
            path,
            "`rejected`, but no policy of this function rejects calls",
            "the option would do nothing",
            "`#[timeout(..)]`, `#[breaker]` or `#[bulkhead(..)]` beside it, or no such option",
        );
    }
}

/// A name for nothing: without a policy there is no budget, no event and no state that could bear it.
pub(super) fn dependency_that_names_nothing(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let dependency = stack.policies.dependency.as_ref();
    if let Some(dependency) = dependency.filter(|it| !it.shared && !stack.has_policy()) {
        errors.at(
            dependency.span,
            "`dependency`, but this function has no policy",
            "there is no budget, breaker, limit or event that could bear the name",
            "a policy beside it, such as `#[timeout(\"2s\")]`; or the attribute on the whole `impl`, for the methods that have policies",
        );
    }
}

/// `strict`: an effect and a time limit, whatever the function does.
pub(super) fn strict_says_everything(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(span) = stack.common.strict else {
        return;
    };
    // A database function among those of a service: nothing is said of its calls.
    let elsewhere = stack.policies.database.is_some() && !stack.has_policy();
    if crate::plan::effects(stack).within.is_none() && !elsewhere {
        errors.at(
            span,
            "`strict`: this function does not declare its effect",
            "callers could repeat it without knowing what that does",
            "`#[read_only]`, `#[idempotent]` or `#[non_idempotent]` beside it",
        );
    }
    let limited = stack
        .policies
        .timeout
        .as_ref()
        .is_some_and(|timeout| timeout.whole().is_some() || timeout.attempt.is_some());
    if stack.has_policy() && !limited {
        errors.at(
            span,
            "`strict`: nothing limits the time of this call",
            "a partner that never answers holds this call, its permits and its caller for ever",
            "`#[timeout(total = \"2s\")]` beside it",
        );
    }
}
