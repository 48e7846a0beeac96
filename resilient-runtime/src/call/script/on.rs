//! The feature `testing` is on: an attempt asks the scope's scripts what to do.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Sleep, sleep};

use super::Played;
use crate::call::Verdict;
use crate::failure::Failure;
use crate::rejected::{Kind, Rejected};
use crate::scope::Scope;
use crate::testing::stage::{self, Hanging, Stage, Step, Then};

/// What the script has for this attempt; mostly nothing.
pub(in crate::call) struct Script(Option<Box<Scene>>);

enum Scene {
    /// Waits, then goes on.
    Sleeping(Pin<Box<Sleep>>, Then),
    /// Never answers.
    Hangs {
        _counted: Hanging,
    },
    Panics,
    Ends(Kind),
    /// It ended so, which no classifier may see otherwise.
    Ended(Failure),
}

impl Script {
    pub(in crate::call) const NONE: Self = Self(None);

    /// An attempt is about to poll its body for the first time.
    #[inline]
    pub(in crate::call) fn begin(&mut self, call: &'static str) {
        self.0 = if stage::is_set() {
            Self::next(call)
        } else {
            None
        };
    }

    #[cold]
    fn next(call: &'static str) -> Option<Box<Scene>> {
        let scope = Scope::current();
        let scene = match scope.stage(|stage| stage.next(call))? {
            Step { after, then } if !after.is_zero() => {
                Scene::Sleeping(Box::pin(sleep(after)), then)
            }
            Step { then, .. } => Scene::of(then, &scope)?,
        };
        Some(Box::new(scene))
    }

    /// Whether the attempt ends in front of its body, as by a policy; asked where something is done between the two.
    #[inline]
    pub(in crate::call) fn refuses(&mut self, call: &'static str) -> Option<Kind> {
        if stage::is_set() {
            self.refusal(call)
        } else {
            None
        }
    }

    #[cold]
    fn refusal(&mut self, call: &'static str) -> Option<Kind> {
        let scope = Scope::current();
        let Then::End(kind) = scope.stage(|stage| stage.peek(call))?.then else {
            return None;
        };
        if matches!(kind, Kind::Scripted { .. }) || is_sent(kind) {
            return None;
        }
        scope.stage(|stage| stage.next(call));
        let failure = crate::Classify::failure(&rejected(kind, call));
        self.0 = Some(Box::new(Scene::Ended(failure)));
        Some(kind)
    }

    /// What the attempt does in this poll.
    #[inline]
    pub(in crate::call) fn play(&mut self, call: &'static str, cx: &mut Context<'_>) -> Played {
        if self.0.is_none() {
            Played::Body
        } else {
            self.perform(call, cx)
        }
    }

    #[cold]
    fn perform(&mut self, call: &'static str, cx: &mut Context<'_>) -> Played {
        if let Some(Scene::Sleeping(sleep, then)) = self.0.as_deref_mut() {
            let Poll::Ready(()) = sleep.as_mut().poll(cx) else {
                return Played::Waits;
            };
            let next = Scene::of(*then, &Scope::current());
            self.0 = next.map(Box::new);
        }
        match self.0.as_deref() {
            None => Played::Body,
            Some(Scene::Ends(kind)) => {
                let rejected = rejected(*kind, call);
                self.0 = Some(Box::new(Scene::Ended(crate::Classify::failure(&rejected))));
                Played::Ends(rejected)
            }
            Some(Scene::Panics) => panic!("`{call}` panics because its script says so"),
            Some(Scene::Hangs { .. } | Scene::Sleeping(..) | Scene::Ended(_)) => Played::Waits,
        }
    }

    /// A scripted failure is what the script says, whatever the function's classifier makes of the error that carries it.
    #[inline]
    pub(in crate::call) fn overrule(&self, verdict: &mut Verdict) {
        if let Some(Scene::Ended(failure)) = self.0.as_deref() {
            verdict.failure = Some(*failure);
            verdict.refused = matches!(failure, Failure::Rejected { .. });
        }
    }
}

impl Scene {
    fn of(then: Then, scope: &Scope) -> Option<Self> {
        match then {
            Then::Body => None,
            Then::Hang => Some(Self::Hangs {
                _counted: scope.stage(Stage::hang),
            }),
            Then::Panic => Some(Self::Panics),
            Then::End(kind) => Some(Self::Ends(kind)),
        }
    }
}

/// As the policy itself, or the service, would have said it.
fn rejected(kind: Kind, call: &'static str) -> Rejected {
    if is_sent(kind) {
        Rejected::sent(kind, call)
    } else {
        Rejected::unsent(kind, call)
    }
}

/// Whether it ends an attempt whose body was polled, and may have been carried out.
const fn is_sent(kind: Kind) -> bool {
    match kind {
        Kind::Scripted { failure } => failure.is_unknown(),
        Kind::AttemptTimeout { .. } | Kind::TotalTimeout { .. } => true,
        _ => false,
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Script(on)"
        } else {
            "Script(none)"
        })
    }
}
