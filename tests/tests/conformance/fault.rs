//! What the bodies of cases fail with: an error by its kind, or a rejection of a policy in the words of the cases.

use std::collections::BTreeMap;
use std::time::Duration;

use resilient_runtime::Rejected;
use resilient_runtime::rejected::Kind;
use serde_json::Value;

pub type Answer = Result<Value, Fault>;

#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub kind: String,
    pub retry_after: Option<Duration>,
    /// The policy that refused, by its name.
    pub refused_by: Option<&'static str>,
}

impl Fault {
    pub fn of(kind: &str, retry_after: Option<Duration>) -> Self {
        Self {
            kind: kind.to_owned(),
            retry_after,
            refused_by: None,
        }
    }
}

impl From<Rejected> for Fault {
    fn from(rejected: Rejected) -> Self {
        let kind = match rejected.kind() {
            _ if rejected.is_timeout() => "timeout",
            Kind::BreakerOpen { retry_after: None } => "breaker_forced_open",
            Kind::BreakerOpen { .. } => "breaker_open",
            Kind::RateLimited { .. } => "rate_limited",
            Kind::BulkheadFull | Kind::BulkheadTimeout { .. } => "bulkhead_full",
            other => panic!("a rejection the cases have no word for: {other:?}"),
        };
        Self {
            kind: kind.to_owned(),
            retry_after: rejected.retry_after(),
            refused_by: (!rejected.is_timeout()).then(|| rejected.call()),
        }
    }
}

/// Which kinds of errors are others, too.
#[derive(Debug)]
pub struct Family(pub BTreeMap<String, Vec<String>>);

impl Family {
    /// Whether the kind or one of its ancestors is listed.
    pub fn is_one_of(&self, kind: &str, listed: &[String]) -> bool {
        let ancestors = self.0.get(kind).into_iter().flatten();
        let mut all = std::iter::once(kind).chain(ancestors.map(String::as_str));
        all.any(|kind| listed.iter().any(|listed| listed == kind))
    }
}
