//! One case as `tests/conformance/README.md` describes it. Refuses every field it does not know: no expectation is
//! passed over.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::policy::Policy;

/// A whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub cases: Vec<Value>,
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: Value,
    #[serde(rename = "time_unit")]
    _time_unit: String,
    #[serde(rename = "clock")]
    _clock: Value,
    #[serde(rename = "policies_order")]
    _policies_order: Value,
    #[serde(rename = "sources", default)]
    _sources: Value,
    #[serde(rename = "choices", default)]
    _choices: Value,
    #[serde(rename = "groups", default)]
    _groups: Value,
    #[serde(rename = "counts", default)]
    _counts: Value,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    pub group: String,
    pub title: String,
    pub class: Class,
    pub choice: Option<Choice>,
    #[serde(rename = "source")]
    _source: Value,
    pub kind: Kind,
    #[serde(rename = "needs", default)]
    _needs: Vec<String>,
    #[serde(default)]
    pub policies: Vec<Policy>,
    #[serde(default)]
    pub steps: Vec<Step>,
    #[serde(default)]
    pub error_is_a: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub randomized: bool,
    pub expected: Option<Expected>,
    /// The names of separate sets of instances, as `via` uses them.
    #[serde(rename = "scopes", default)]
    _scopes: Value,
    pub unit: Option<Unit>,
    pub config: Option<Value>,
    pub expect_delays_ms: Option<Vec<f64>>,
    pub expect_bounds_ms: Option<Vec<[f64; 2]>>,
    pub expect_delay_at: Option<BTreeMap<u32, f64>>,
    pub random: Option<Vec<f64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Universal,
    Choice,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub name: String,
    pub takes: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Pipeline,
    Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Backoff,
    RateLimiter,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub invocations_total: Option<Range>,
    pub virtual_ms: Option<Range>,
}

/// A number, or the lowest and the highest.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Range {
    One(f64),
    Within([f64; 2]),
}

impl Range {
    /// To a thousandth: what is computed in nanoseconds is written in milliseconds.
    pub fn holds(self, actual: f64) -> bool {
        let (low, high) = match self {
            Self::One(one) => (one, one),
            Self::Within([low, high]) => (low, high),
        };
        actual >= low - 0.001 && actual <= high + 0.001
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub call: Option<String>,
    pub start: Option<String>,
    #[serde(rename = "await")]
    pub await_: Option<String>,
    pub look: Option<String>,
    pub cancel: Option<String>,
    pub release: Option<String>,
    pub with: Option<Body>,
    pub control: Option<String>,
    pub for_ms: Option<f64>,
    pub resize_bulkhead: Option<u32>,
    pub check: Option<Check>,
    pub breaker: Option<String>,
    pub advance_ms: Option<f64>,
    pub body: Option<Vec<Body>>,
    pub repeat: Option<u32>,
    #[serde(default)]
    pub without: Vec<String>,
    pub via: Option<String>,
    /// Of calls an [`Expect`], of a rate limiter's reservation a wait or a word.
    pub expect: Option<Value>,
    #[serde(rename = "at_ms", default)]
    _at_ms: Value,
    #[serde(rename = "reserve", default)]
    _reserve: Value,
    #[serde(rename = "max_wait_ms", default)]
    _max_wait_ms: Value,
    #[serde(rename = "change_permits", default)]
    _change_permits: Value,
}

/// What one invocation does.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    pub ok: Option<Value>,
    pub err: Option<String>,
    pub ms: Option<f64>,
    pub hold: Option<String>,
    pub retry_after_ms: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub ok: Option<Value>,
    pub err: Option<String>,
    pub cancelled: Option<bool>,
    pub err_cause: Option<String>,
    pub retry_after_ms: Option<Range>,
    pub invocations: Option<Range>,
    pub retries: Option<Range>,
    pub timeouts: Option<Range>,
    pub body_cancelled: Option<Range>,
    pub delays_ms: Option<Vec<f64>>,
    pub delays_within_ms: Option<[f64; 2]>,
    pub elapsed_ms: Option<Range>,
    pub fallback_used: Option<bool>,
    pub running: Option<bool>,
    pub waiting: Option<bool>,
    pub finished: Option<bool>,
    pub rejected_by: Option<String>,
    pub state: Option<String>,
    pub states: Option<BTreeMap<String, String>>,
    pub state_in: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub recorded: Option<Range>,
    pub failures: Option<Range>,
    pub successes: Option<Range>,
    pub slow: Option<Range>,
    pub failure_rate: Option<f64>,
    pub slow_rate: Option<f64>,
    pub rejected: Option<Range>,
    pub transitions: Option<Vec<String>>,
    pub events: Option<Value>,
    pub running: Option<Range>,
    pub queued: Option<Range>,
    pub invocations_total: Option<Range>,
    pub start_order: Option<Vec<String>>,
    pub state: Option<String>,
}
