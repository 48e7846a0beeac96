//! Who uses the arguments of a call, and how often: attempts, and those who answer instead. The policies go in; whether
//! the body may have the arguments, and what must be cloned, comes out.

use syn::{ExprPath, Ident};

use super::Stack;
use crate::policy::Policies;
use crate::policy::fallback::Fallback;

impl Stack {
    /// Whether something stands around the attempts: a loop, or whoever answers instead. Then the body is a block inside
    /// the function's own.
    pub(crate) fn layered(&self) -> bool {
        let Policies {
            fallback,
            on_unknown,
            ..
        } = &self.policies;
        self.reuses_arguments() || fallback.is_some() || on_unknown.is_some()
    }

    /// Whether the arguments are used more than once: by another attempt, or by somebody who answers instead. Then the
    /// body only borrows them.
    pub(crate) fn reuses_arguments(&self) -> bool {
        let Policies { retry, hedge, .. } = &self.policies;
        retry.is_some() || hedge.is_some() || self.others().next().is_some()
    }

    /// Who is called with the function's own arguments after its attempts, in this order.
    pub(crate) fn others(&self) -> impl Iterator<Item = &ExprPath> {
        let Policies {
            failover, fallback, ..
        } = &self.policies;
        let providers = failover.iter().flat_map(|failover| &failover.providers);
        providers.chain(fallback.as_ref().and_then(Fallback::path))
    }

    /// The arguments, `self` among them, that every use but the last gets a clone of; whichever attribute says so.
    pub(crate) fn cloned(&self) -> Vec<&Ident> {
        let Policies {
            retry,
            hedge,
            on_unknown,
            failover,
            fallback,
            ..
        } = &self.policies;
        let lists = [
            retry.as_ref().map(|retry| &retry.clone),
            hedge.as_ref().map(|hedge| &hedge.clone),
            on_unknown.as_ref().map(|on_unknown| &on_unknown.clone),
            failover.as_ref().map(|failover| &failover.clone),
            fallback.as_ref().map(|fallback| &fallback.clone),
        ];
        let mut names: Vec<&Ident> = Vec::new();
        for name in lists.into_iter().flatten().flatten() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The attribute that `clone(..)` belongs into.
    pub(crate) fn cloner(&self) -> &'static str {
        if self.policies.retry.is_some() {
            "retry"
        } else if self.policies.hedge.is_some() {
            "hedge"
        } else if self.policies.failover.is_some() {
            "failover"
        } else if self.policies.on_unknown.is_some() {
            "on_unknown"
        } else {
            "fallback"
        }
    }

    pub(crate) fn clones(&self, name: &str) -> bool {
        self.cloned().into_iter().any(|cloned| cloned == name)
    }
}
