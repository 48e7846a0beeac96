//! The plan of one function: what its attributes come to once the rules have passed.

use crate::policy::effect::Effect;
use crate::policy::retry::Reason;
use crate::rewrite::Checks;
use crate::stack::Stack;

/// The effect of a function, seen from both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effects {
    /// What the awaits of the body may be at most; none when the function declares nothing.
    pub(crate) within: Option<Effect>,
    /// What the function's own type says to its callers.
    pub(crate) outward: Option<Effect>,
    /// Whether its type says that it repeats its body.
    pub(crate) retried: bool,
}

/// Derives both sides from the declaration and the retry's reason.
pub(crate) fn effects(stack: &Stack) -> Effects {
    let effects = said(stack);
    let outward = match effects.outward {
        // Twice at one system may be like once, once at each of two is not: a caller that repeats the function may reach
        // the one and then the other, which does not know the first one's keys either.
        Some(Effect::Idempotent) if reaches_another_system(stack) => Some(Effect::NonIdempotent),
        outward => outward,
    };
    Effects { outward, ..effects }
}

/// The same without a look at who else is called.
fn said(stack: &Stack) -> Effects {
    let declared = stack.effect.map(|at| at.value);
    let reason = stack
        .policies
        .retry
        .as_ref()
        .and_then(|retry| retry.reason.as_ref())
        .map(|at| &at.value);
    match reason {
        Some(Reason::Effect(effect)) => Effects {
            within: Some(*effect),
            outward: Some(*effect),
            retried: true,
        },
        Some(Reason::Key(Some(_))) => Effects {
            within: Some(Effect::Idempotent),
            outward: Some(Effect::Idempotent),
            retried: true,
        },
        // The key is made for one logical call: a caller that repeats the function makes another one.
        Some(Reason::Key(None)) => Effects {
            within: Some(Effect::Idempotent),
            outward: Some(Effect::NonIdempotent),
            retried: true,
        },
        Some(Reason::NotSent) => {
            let effect = declared.unwrap_or(Effect::NonIdempotent);
            Effects {
                within: Some(effect),
                outward: Some(effect),
                retried: false,
            }
        }
        None => Effects {
            within: declared,
            outward: declared,
            retried: stack.policies.retry.is_some(),
        },
    }
}

/// Whether a call may end up at a service that has never heard of the first one's calls.
pub(crate) fn reaches_another_system(stack: &Stack) -> bool {
    let failover = stack.policies.failover.as_ref();
    failover.is_some_and(|failover| !failover.same_system)
}

impl Effects {
    /// What the function does to the service as far as its policies are concerned: the worst when nobody says.
    pub(crate) fn class(self) -> Effect {
        self.within.unwrap_or(Effect::NonIdempotent)
    }
}

/// What the awaits of the body must prove.
pub(crate) fn checks(stack: &Stack) -> Checks {
    let effects = effects(stack);
    let retry = stack.policies.retry.as_ref();
    Checks {
        own: effects.within,
        repeated: stack.reuses_arguments(),
        once: retry.is_some() && !stack.common.allows("nested"),
        not_sent: retry.is_some_and(crate::policy::retry::Retry::not_sent)
            && effects.within == Some(Effect::NonIdempotent)
            && !stack.common.allows("several_calls"),
        strict: stack.common.strict.is_some(),
        off: stack.common.allows("effect"),
    }
}
