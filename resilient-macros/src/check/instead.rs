//! Who answers in a service's place: whether that is safe for what the function does, and what is left to call them with.

use syn::ExprPath;

use super::moves::never_copy;
use super::{Errors, Stack, Target};
use crate::plan;
use crate::policy::effect::Effect;
use crate::policy::fallback::Source;
use crate::render::shown;
use crate::target::Argument;

const DECLARE: &str = "`#[read_only]`, `#[idempotent]` or `#[non_idempotent]` beside it";

/// Whether nothing says what the function does; a retry is asked by a rule of its own.
fn says_nothing(stack: &Stack) -> bool {
    plan::effects(stack).within.is_none() && stack.policies.retry.is_none()
}

/// After a lost answer a read goes to the next provider, and a write must not.
pub(super) fn failover_without_effect(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let failover = stack.policies.failover.as_ref();
    let Some(failover) = failover.filter(|_| says_nothing(stack)) else {
        return;
    };
    errors.at(
        failover.span,
        "`failover` does not say what happens if two providers do this",
        "after a lost answer a read asks the next provider; a payment that does is made twice",
        DECLARE,
    );
}

/// After a lost answer a read is answered from elsewhere; of a write nobody knows.
pub(super) fn fallback_without_effect(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let fallback = stack.policies.fallback.as_ref();
    let undeclared = says_nothing(stack) && stack.policies.failover.is_none();
    let Some(fallback) = fallback.filter(|_| undeclared) else {
        return;
    };
    errors.at(
        fallback.span,
        "`fallback` on a function that does not declare its effect",
        "after a lost answer a read is answered from elsewhere; a write may have been carried out, and its caller would not hear of it",
        DECLARE,
    );
}

/// The default of an answer looks like a write that was carried out.
pub(super) fn fallback_hides_a_write(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let fallback = stack.policies.fallback.as_ref();
    let Some(Source::Default(span)) = fallback.and_then(|fallback| fallback.source.as_ref()) else {
        return;
    };
    let writes = plan::effects(stack)
        .within
        .is_some_and(|effect| effect != Effect::ReadOnly);
    if writes && !stack.common.allows("lost_write") {
        errors.at(
            *span,
            "`fallback(default)` on a function that writes",
            "the caller takes a write that was not carried out for one that was",
            "`fallback(path)` with a function that keeps it for later or says so in its answer; `allow(lost_write)` if nobody will miss it",
        );
    }
}

/// A function that answers in its own place never ends.
pub(super) fn answers_with_itself(stack: &Stack, target: &Target, errors: &mut Errors) {
    let own = target.sig.ident.to_string();
    let itself = |path: &&ExprPath| {
        let words: Vec<String> = path
            .path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        match words.as_slice() {
            // A method of this name is another function than a free one.
            [name] => *name == own && target.receiver().is_none(),
            [this, name] => this == "Self" && *name == own,
            _ => false,
        }
    };
    for path in stack.others().filter(itself) {
        errors.over(
            path,
            &format!("`{own}` is to answer in its own place"),
            "it would call itself until the time or the stack is used up",
            "the path of another function",
        );
    }
}

/// What two callees take by value only the last of them can have.
pub(super) fn argument_for_several(stack: &Stack, target: &Target, errors: &mut Errors) {
    let others: Vec<String> = stack.others().map(shown).collect();
    let [.., before, last] = others.as_slice() else {
        return;
    };
    for Argument {
        name, ty, plain, ..
    } in target.arguments()
    {
        if plain && never_copy(&ty, target) && !stack.clones(&name.to_string()) {
            errors.over(
                &name,
                &format!(
                    "`{before}` and `{last}` both take `{name}`, and only one of them can have it"
                ),
                "there would be nothing left to call the last one with",
                &format!(
                    "`clone({name})` in `{}(..)`, or take it by reference",
                    stack.cloner()
                ),
            );
        }
    }
}

/// A clone for whom?
pub(super) fn clone_for_nobody(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let first = stack.cloned().into_iter().next();
    let used = stack.reuses_arguments() || stack.policies.on_unknown.is_some();
    if let Some(name) = first.filter(|_| !used) {
        errors.over(
            name,
            "`clone`, but the arguments are used once",
            "the option would do nothing",
            "no such option beside `fallback(default)`",
        );
    }
}
