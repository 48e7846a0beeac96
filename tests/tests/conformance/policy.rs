//! The policies of a case, as they are written. Refuses every field it does not know.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "policy", rename_all = "snake_case")]
pub enum Policy {
    Retry(Retry),
    Timeout(Timeout),
    Breaker(Breaker),
    Bulkhead(Bulkhead),
    Fallback(Fallback),
    RateLimit(RateLimit),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the words of the cases")]
pub struct Retry {
    pub id: Option<String>,
    pub max_attempts: i64,
    pub delay: Option<Delay>,
    pub max_duration_ms: Option<f64>,
    pub max_duration_rule: Option<String>,
    pub retry_on: Option<Vec<String>>,
    #[serde(default)]
    pub abort_on: Vec<String>,
    #[serde(default)]
    pub retry_on_value: Vec<Value>,
    pub on_exhausted: Option<String>,
    #[serde(default)]
    pub honor_retry_after: bool,
    pub retry_after_cap_ms: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    pub kind: Grows,
    pub base_ms: Option<f64>,
    pub factor: Option<f64>,
    #[serde(rename = "list_ms", default)]
    _list_ms: Value,
    pub jitter: Option<Jitter>,
    pub cap_ms: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grows {
    Constant,
    Linear,
    Exponential,
    List,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Jitter {
    Absolute { ms: f64 },
    Fraction { ratio: f64 },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeout {
    pub id: Option<String>,
    pub ms: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breaker {
    pub id: Option<String>,
    pub window: Window,
    pub open_when: Option<OpenWhen>,
    pub open_ms: Value,
    pub half_open: HalfOpen,
    pub fail_on: Option<Vec<String>>,
    #[serde(default)]
    pub skip_on: Vec<String>,
    #[serde(default)]
    pub ignore_on: Vec<String>,
    #[serde(default)]
    pub fail_on_value: Vec<Value>,
    pub evaluate_on: Option<String>,
    pub late_results: Option<String>,
    pub on_cancel: Option<String>,
    pub initial: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Window {
    Count { size: u32, min_calls: u32 },
    Time { ms: f64, min_calls: u32 },
    Consecutive { n: u32 },
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenWhen {
    pub failure_rate: Option<f64>,
    pub failures_at_least: Option<u32>,
    pub slow_rate: Option<f64>,
    pub slow_ms: Option<f64>,
    #[serde(default)]
    pub never: bool,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HalfOpen {
    pub trials: u32,
    pub rule: Rule,
    pub max_wait_ms: Option<f64>,
    #[serde(rename = "after_max_wait")]
    pub after_max_wait: Option<Then>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    Open,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    Quota { need: u32, of: u32 },
    Rate {},
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bulkhead {
    pub id: Option<String>,
    pub max_concurrent: u32,
    #[serde(default)]
    pub queue: u32,
    pub queue_wait_ms: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    pub id: Option<String>,
    pub value: Option<Value>,
    pub error: Option<String>,
    pub ms: Option<f64>,
    pub apply_on: Option<Vec<String>>,
    #[serde(default)]
    pub skip_on: Vec<String>,
    #[serde(default)]
    pub apply_on_value: Vec<Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    pub id: Option<String>,
    pub kind: Rate,
    pub permits: Option<u32>,
    pub period_ms: Option<f64>,
    pub interval_ms: Option<f64>,
    pub wait_ms: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    Cycle,
    Bursty,
    Smooth,
}
