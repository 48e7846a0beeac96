//! Where this runtime decides otherwise than a case reads it, and why. In: a case that is not met. Out: the decision.

use super::case::Case;

/// By the name of the choice; the case's own id comes first where one choice has several answers.
const DECISIONS: &[(&str, &str)] = &[
    (
        "evaluate_on",
        "any outcome is looked at: the call that completes the window opens it, whichever way it ended",
    ),
    (
        "half_open_rule",
        "all `probes` must succeed and the first failure opens again: a service that fails one of three is not back, and \
         each further trial is a caller's call",
    ),
    (
        "cb-half-open-slots",
        "as for `half_open_rule`; a dropped probe gives its slot back here, too",
    ),
    (
        "cb-half-open-only-ignored",
        "as for `half_open_rule`; an ignored probe gives its slot back here, too",
    ),
    (
        "late_results",
        "an outcome counts only in the cycle that admitted its call: old news closes nothing and opens nothing",
    ),
    (
        "cb-cancelled-closed-neutral",
        "a dropped call is neutral, except when the window holds `min_calls` of them and no finished one: a service that \
         hangs until its callers leave is down",
    ),
    (
        "on_exhausted",
        "the caller gets the error or the value of an attempt, unchanged: wrappers hide what callers match on",
    ),
    (
        "delay_list",
        "a backoff is fixed, linear or exponential: three attempts need no list",
    ),
    (
        "jitter_sign",
        "jitter is a share of the delay, so none of a delay of zero",
    ),
    (
        "retry_hint",
        "a server's delay is a lower bound: the ordinary delay goes on top, since all callers were told the same \
         instant",
    ),
    (
        "rate_model",
        "a token bucket by GCRA: a call takes one token and each token comes back by itself, so no boundary of a period lets \
         two periods' calls through at once",
    ),
    (
        "rate_change",
        "`set_rate` takes effect at once: there are no cycles to wait for",
    ),
    (
        "zero_permits",
        "the attribute refuses a bulkhead of 0, and so does `validate`: it would be a switch, and the registry has one",
    ),
];

/// Choices that are met, though not by default.
const ASKED_FOR: &[(&str, &str)] = &[
    (
        "refusal_retryable",
        "by `classify(..)`; by default a refusal ends the loop",
    ),
    (
        "refusal_counts",
        "by `classify(..)`; by default a refusal counts as nothing",
    ),
    (
        "nested_retry",
        "by `allow_nested()`; by default what was repeated inside is left at that",
    ),
    ("threshold_unit", "as the share 2 of 3"),
    ("value_classification", "by `failed(..)`"),
    (
        "open_boundary",
        "by `no_jitter()`; by default the open time is drawn from its upper half",
    ),
    (
        "open_wait",
        "by `no_jitter()` and `max_open(..)`; by default it doubles once",
    ),
    (
        "ignored_outcome",
        "by `ignore(..)`, or as `Failure::Permanent` with `classify(..)`",
    ),
];

pub fn asked_for(case: &Case) -> Option<&'static str> {
    let choice = case.choice.as_ref()?;
    let asked = ASKED_FOR.iter().find(|(name, _)| *name == choice.name);
    asked.map(|(_, how)| *how)
}

pub fn of(case: &Case) -> Option<&'static str> {
    let choice = case.choice.as_ref()?;
    let find = |name: &str| DECISIONS.iter().find(|(named, _)| *named == name);
    let decided = find(&case.id).or_else(|| find(&choice.name));
    decided.map(|(_, why)| *why)
}

/// Every name above, so that none outlives its case.
pub fn names() -> impl Iterator<Item = &'static str> {
    DECISIONS.iter().chain(ASKED_FOR).map(|(name, _)| *name)
}
