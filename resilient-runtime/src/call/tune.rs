//! A plan with other numbers: the attribute's plan and overrides go in, the plan that holds comes out. Refuses numbers of
//! policies that the function does not have, and what the attribute's rules would refuse; why a call may be repeated,
//! what of it may be and who pays cannot be said here at all.

use std::sync::Arc;
use std::time::Duration;

use super::site::{Plan, Retry};
use crate::clock::nanos;
use crate::config::{Key, Set, Value};
use crate::registry::CallSettings;
use crate::retry::{Backoff, Jitter};

/// More attempts than this help nobody, unless the source says otherwise; as in the attribute.
const MANY: u32 = 5;

type Refused = Vec<(Arc<Set>, String)>;

impl Plan {
    /// The plan with these laid over it, the last one on top.
    ///
    /// # Errors
    ///
    /// Everything that cannot work.
    pub(crate) fn tuned(&self, sets: &[Arc<Set>]) -> Result<Self, Refused> {
        let mut plan = self.clone();
        let mut refused = Vec::new();
        let least_follows = self.least == self.usual_least();
        for set in sets {
            if let Err(reason) = plan.set(self, set) {
                refused.push((Arc::clone(set), reason));
            }
        }
        let says_least = sets.iter().any(|set| set.key.name == "least");
        if least_follows && !says_least {
            plan.least = plan.usual_least();
        }
        if let (true, Some(last)) = (refused.is_empty(), sets.last()) {
            if let Err(reason) = plan.contradiction(self) {
                refused.push((Arc::clone(last), reason));
            }
        }
        if refused.is_empty() {
            Ok(plan)
        } else {
            Err(refused)
        }
    }

    /// Whether it has this number at all, so that another can take its place.
    pub(crate) fn has(&self, key: &Key) -> bool {
        match (key.section, key.name) {
            ("timeout", "total") => self.total != 0,
            ("timeout", "attempt") => self.attempt != 0,
            ("timeout", _) => self.total != 0 || self.attempt != 0,
            ("retry", "backoff_factor" | "backoff_max") => self
                .retry
                .as_ref()
                .is_some_and(|retry| retry.backoff.kind != crate::retry::Kind::Fixed),
            ("retry", _) => self.retry.is_some(),
            ("on_unknown", _) => self.noted.is_some(),
            _ => false,
        }
    }

    /// Its numbers as the registry shows them.
    pub(crate) fn settings(&self) -> CallSettings {
        let time = |nanos: u64| (nanos != 0).then(|| Duration::from_nanos(nanos));
        let retry = self.retry.as_ref();
        CallSettings {
            total: time(self.total),
            attempt: time(self.attempt),
            least: time(self.least),
            attempts: retry.map_or(1, |retry| retry.attempts),
            backoff: retry.map(|retry| retry.backoff),
            max_server_delay: retry.map(|retry| retry.max_server_delay),
            question: self.noted.map(|_| self.question()),
        }
    }

    fn set(&mut self, source: &Self, set: &Set) -> Result<(), String> {
        let none = |what: &str| {
            format!("it has no `{what}`: only what the source says can be said otherwise")
        };
        match (set.key.section, set.key.name, set.value) {
            ("timeout", "total", Value::Time(total)) if source.total != 0 => {
                self.total = nanos(total);
            }
            ("timeout", "attempt", Value::Time(attempt)) if source.attempt != 0 => {
                self.attempt = nanos(attempt);
            }
            ("timeout", "least", Value::Time(least))
                if source.total != 0 || source.attempt != 0 =>
            {
                self.least = nanos(least);
            }
            ("on_unknown", _, Value::Time(question)) if source.noted.is_some() => {
                self.noted = Some(nanos(question));
            }
            ("on_unknown", _, _) => return Err(none("on_unknown")),
            ("timeout", name, _) => return Err(none(&format!("timeout({name})"))),
            ("retry", name, value) => {
                let Some(retry) = &mut self.retry else {
                    return Err(none("retry"));
                };
                let most = source.retry.as_ref().map_or(MANY, |retry| retry.attempts);
                return retry.set(name, value, most.max(MANY));
            }
            _ => {}
        }
        Ok(())
    }

    /// What must be left for an attempt to start when nobody says: as [`attempt`](Self::attempt) computes it.
    fn usual_least(&self) -> u64 {
        if self.class.is_non_idempotent() {
            self.attempt
        } else {
            self.attempt / 4
        }
    }

    /// The rules of the attributes about times that stand beside each other; what the source allows itself stays allowed.
    fn contradiction(&self, source: &Self) -> Result<(), String> {
        let show = Duration::from_nanos;
        let (total, attempt, least) = (self.total, self.attempt, self.least);
        if total != 0 && attempt >= total {
            return Err(format!(
                "an attempt of {:?} does not fit into a total of {:?}",
                show(attempt),
                show(total)
            ));
        }
        if [total, attempt]
            .iter()
            .any(|limit| *limit != 0 && least > *limit)
        {
            return Err(format!(
                "`least` of {:?} is longer than a limit: no attempt could ever start",
                show(least)
            ));
        }
        if self.second_never_starts() && !source.second_never_starts() {
            return Err(format!(
                "after an attempt that timed out, a second one can never start within {:?}",
                show(total)
            ));
        }
        match &self.retry {
            Some(retry) if retry.backoff.base > retry.backoff.max => Err(format!(
                "the first backoff of {:?} is longer than the longest of {:?}",
                retry.backoff.base, retry.backoff.max
            )),
            _ => Ok(()),
        }
    }

    fn second_never_starts(&self) -> bool {
        let Some(retry) = self.retry.as_ref().filter(|retry| retry.attempts > 1) else {
            return false;
        };
        let first = if retry.only_not_sent { 0 } else { self.attempt };
        let backoff = match retry.jitter {
            Jitter::None => nanos(retry.backoff.base),
            _ => 0,
        };
        let sum = first.saturating_add(backoff).saturating_add(self.least);
        self.total != 0 && sum > self.total
    }
}

impl Retry {
    fn set(&mut self, name: &str, value: Value, most: u32) -> Result<(), String> {
        let fixed = self.backoff.kind == crate::retry::Kind::Fixed;
        match (name, value) {
            ("attempts", Value::Count(attempts)) if attempts > most => {
                return Err(format!(
                    "{attempts} attempts: at most {most}, more than that help nobody"
                ));
            }
            ("attempts", Value::Count(attempts)) => self.attempts = attempts,
            ("backoff", Value::Time(base)) if fixed => self.backoff = Backoff::fixed(base),
            ("backoff", Value::Time(base)) => self.backoff.base = base,
            ("backoff_factor" | "backoff_max", _) if fixed => {
                return Err("its backoff is fixed and does not grow".to_owned());
            }
            ("backoff_factor", Value::Factor(factor)) => self.backoff.factor = factor,
            ("backoff_max", Value::Time(max)) => self.backoff.max = max,
            ("max_server_delay", Value::Time(longest)) => self.max_server_delay = longest,
            _ => {}
        }
        Ok(())
    }
}
