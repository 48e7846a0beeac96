//! Whether a lost call can be asked about, and whether an answer to that would ever be final.

use std::time::Duration;

use syn::Block;
use syn::parse::Parser as _;
use syn::visit::{self, Visit};

use super::moves::gives_away;
use super::{Errors, Stack, Target};
use crate::plan;
use crate::policy::effect::Effect;
use crate::target::{Argument, reference};
use crate::value::show;

/// No service carries out a call a month after it was given up; what is written so was meant otherwise.
const LONGEST_SETTLES: Duration = Duration::from_secs(30 * 86_400);

/// A lost call is asked about by its key.
pub(super) fn on_unknown_without_key(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(on_unknown) = &stack.policies.on_unknown else {
        return;
    };
    if on_unknown.key.is_none() {
        errors.at(
            on_unknown.span,
            "`on_unknown` without a `key`",
            "nobody could ask the service what became of a call whose answer was lost",
            "`key(order_id)`, an expression over the arguments by which the service knows the call",
        );
    }
}

/// There has to be something to ask.
pub(super) fn on_unknown_without_remedy(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(on_unknown) = &stack.policies.on_unknown else {
        return;
    };
    if on_unknown.confirm.is_none() && on_unknown.cancel.is_none() {
        errors.at(
            on_unknown.span,
            "`on_unknown` with neither `confirm` nor `cancel`",
            "a call whose answer was lost would be remembered, and never resolved",
            "`confirm(Self::find_charge)` to look it up by its key, `cancel(Self::cancel_charge)` to undo it, or both",
        );
    }
}

/// The original may overtake a cancel.
pub(super) fn cancel_that_is_never_final(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(on_unknown) = &stack.policies.on_unknown else {
        return;
    };
    let Some(cancel) = &on_unknown.cancel else {
        return;
    };
    if !cancel.fences && on_unknown.settles.is_none() {
        errors.at(
            cancel.span,
            "a `cancel` without `settles` or `fences` is never final",
            "the service may carry out the original behind the cancel, and nobody would know when that can happen no more",
            "`settles = \"30s\"`, the longest time the service may still carry out a call that was given up; or `cancel(.., fences)` if it refuses the original once it is cancelled",
        );
    }
}

/// Reads need no remedy, and what nobody declares may be one.
pub(super) fn on_unknown_of_a_read(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(on_unknown) = &stack.policies.on_unknown else {
        return;
    };
    match plan::effects(stack).outward {
        Some(Effect::ReadOnly) => errors.at(
            on_unknown.span,
            "`on_unknown` on a read",
            "a read whose answer was lost has changed nothing: there is nothing to confirm or to cancel",
            "`#[retry(read_only)]` in its place: a read is simply asked again",
        ),
        None => errors.at(
            on_unknown.span,
            "`on_unknown` on a function that does not declare its effect",
            "callers would repeat it without knowing that every execution may count",
            "`#[non_idempotent]` or `#[idempotent]` beside it",
        ),
        Some(_) => {}
    }
}

/// A time to settle that is longer than any service takes.
pub(super) fn settles_too_long(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let settles = stack.policies.on_unknown.as_ref().and_then(|it| it.settles);
    if let Some(settles) = settles.filter(|settles| settles.value > LONGEST_SETTLES) {
        errors.at(
            settles.span,
            &format!("`settles` of {} is longer than makes sense", show(settles.value)),
            "the outcome of a lost call would stay open for so long",
            "the longest time the service may still carry out a call that was given up, seconds or minutes mostly",
        );
    }
}

/// When an attempt uses up the total, nothing is left to ask in.
pub(super) fn on_unknown_never_starts(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let (Some(_), Some(timeout)) = (&stack.policies.on_unknown, &stack.policies.timeout) else {
        return;
    };
    if timeout.attempt.is_some() || stack.common.allows("total_too_short") {
        return;
    }
    if let Some(total) = timeout.whole() {
        errors.at(
            total.span,
            &format!(
                "after a call that timed out, `on_unknown` can never start within {}",
                show(total.value)
            ),
            "the call itself may use up the total, and then its caller is told that the outcome is unknown, however soon the service could say it",
            &format!(
                "`timeout(total = \"{}\", attempt = \"{}\")`: what is behind the attempt is for `confirm` and `cancel`; `allow(total_too_short)` if the reconciler alone shall find out",
                show(total.value.saturating_mul(2)),
                show(total.value)
            ),
        );
    }
}

/// Two plans for one outcome.
pub(super) fn unknown_to_caller_beside_on_unknown(
    stack: &Stack,
    _target: &Target,
    errors: &mut Errors,
) {
    let (Some(_), Some(timeout)) = (&stack.policies.on_unknown, &stack.policies.timeout) else {
        return;
    };
    if let Some(span) = timeout.to_caller {
        errors.at(
            span,
            "`unknown(to_caller)` beside `on_unknown`",
            "the option would do nothing: the outcome is looked for first, and the caller gets what nobody could find out",
            "one of the two",
        );
    }
}

/// Whoever asks behind the call needs the client that the body gave away.
pub(super) fn remedy_without_self(stack: &Stack, target: &Target, errors: &mut Errors) {
    let by_value = target.receiver().filter(|it| reference(it).is_none());
    let (Some(_), Some(receiver)) = (&stack.policies.on_unknown, by_value) else {
        return;
    };
    let Some(statements) = target.body.statements() else {
        return;
    };
    let Ok(mut stmts) = Block::parse_within.parse2(statements.clone()) else {
        return;
    };
    crate::rewrite::instrument::lend(&mut stmts);
    // With a retry the same is said of the second attempt.
    let said = stack.policies.retry.is_some() || stack.clones("self");
    if !said && gives_away(&stmts, "self") {
        errors.over(
            receiver,
            "the body gives `self` away, and `confirm` or `cancel` needs it behind the body",
            "there would be no client left to ask with",
            "`clone(self)` in `on_unknown(..)`, or take `&self`",
        );
    }
}

/// The call goes on when its caller, and what that has lent, are gone.
pub(super) fn detach_with_a_borrow(stack: &Stack, target: &Target, errors: &mut Errors) {
    let detach = stack.policies.on_unknown.as_ref().and_then(|it| it.detach);
    if detach.is_none() {
        return;
    }
    let mut text = |tokens: &dyn quote::ToTokens, write: &str| {
        errors.over(
            tokens.to_token_stream(),
            "`detach` with a borrowed argument",
            "the call goes on when its caller is gone, and with it what it has lent",
            write,
        );
    };
    if let Some(receiver) = target.receiver().filter(|it| reference(it).is_some()) {
        text(receiver, "`self: Arc<Self>`, or a free function");
    }
    for Argument { ty, .. } in target.arguments() {
        let mut borrows = Borrows(false);
        borrows.visit_type(&ty);
        if borrows.0 {
            text(&ty, "an owned value, or an `Arc` of it");
        }
    }
}

/// Whether a type borrows for less than `'static`.
struct Borrows(bool);

impl<'ast> Visit<'ast> for Borrows {
    fn visit_type_reference(&mut self, ty: &'ast syn::TypeReference) {
        self.0 |= ty.lifetime.as_ref().is_none_or(|it| it.ident != "static");
        visit::visit_type_reference(self, ty);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        self.0 |= lifetime.ident != "static";
    }

    /// The lifetimes in the type of a function are its own.
    fn visit_type_fn_ptr(&mut self, _ty: &'ast syn::TypeFnPtr) {}
}
