//! Every shape of a function under every stack of policies: no error, no warning, nothing for clippy, and `Send`
//! wherever the body is.
//!
//! The folder `shapes` holds the functions; `#[form]` stands for a stack. Each file is checked once for each stack, in
//! edition 2024, and under the largest stacks in edition 2021 too.

use std::sync::Mutex;

use resilient_tests::rustc::{Finding, Libraries};

/// Without retry: takes every function as it is.
const ONCE: &[(&str, &str)] = &[
    ("read_only", "#[read_only]"),
    ("non_idempotent", "#[non_idempotent]"),
    ("timeout", r#"#[timeout("1s")]"#),
    ("breaker", "#[breaker]"),
    ("named", r#"#[breaker("shapes")] #[bulkhead("shapes", 4)]"#),
    (
        "static",
        "#[breaker(crate::STEADY)] #[bulkhead(crate::NARROW)]",
    ),
    ("bulkhead", r#"#[bulkhead(4, wait = "50ms")]"#),
    (
        "rate_limit",
        r#"#[rate_limit("shapes", "100/s", burst = 5, wait = "50ms")]"#,
    ),
    (
        "paid",
        r#"#[non_idempotent] #[timeout("1s", unknown(to_caller))] #[breaker] #[bulkhead(4)]"#,
    ),
    (
        "limited",
        r#"#[idempotent] #[timeout("1s")] #[breaker] #[bulkhead(4)]"#,
    ),
    (
        "dependency",
        r#"#[dependency("partner")] #[idempotent] #[timeout("1s")] #[breaker] #[bulkhead(4)]"#,
    ),
    ("database", "#[read_only] #[database]"),
];

/// With retry; `{clone}` is what the shape says beside its `#[form]`.
const REPEATED: &[(&str, &str)] = &[
    ("retry", "#[retry(idempotent{clone})]"),
    ("not_sent", "#[retry(not_sent{clone})]"),
    ("key", "#[retry(idempotency_key{clone})]"),
    (
        "on_unknown",
        r#"#[retry(not_sent{clone})] #[on_unknown(key("order"), confirm({find}))] #[bulkhead(4)]"#,
    ),
    (
        "resolved_once",
        r#"#[retry(idempotent{clone})] #[on_unknown(key("order"), cancel({void}, fences))]"#,
    ),
    ("hedge", r#"#[idempotent] #[hedge(after = "80ms"{clone})]"#),
    (
        "hedged",
        r#"#[retry(idempotent)] #[hedge(after = "p95", max = 2{clone})] #[breaker] #[rate_limit("100/s")] #[bulkhead(4)] #[timeout(total = "2s", attempt = "1s")]"#,
    ),
    (
        "all",
        r#"#[bulkhead(4)] #[retry(idempotent{clone})] #[breaker] #[rate_limit("100/s")] #[timeout(total = "2s", attempt = "1s")]"#,
    ),
];

/// Without retry, and the remedies need what the body borrows.
const REMEDIED: &[(&str, &str)] = &[(
    "remedied",
    r#"#[non_idempotent] #[on_unknown(key("order"), confirm({find}), cancel({void}, fences), settles = "30s"{clone})] #[timeout(total = "2s", attempt = "1s")]"#,
)];

/// `{breaker}`, `{bulkhead}` and `{key}` come from the shape.
const KEYED: &[(&str, &str)] = &[
    ("breaker", "#[breaker({breaker}{key})]"),
    ("bulkhead", "#[bulkhead({bulkhead}{key})]"),
    ("rate_limit", "#[rate_limit({rate_limit}{key})]"),
    (
        "limited",
        "#[breaker({breaker}{key})] #[bulkhead({bulkhead}{key})]",
    ),
    (
        "hedge",
        r#"#[idempotent] #[hedge(after = "80ms")] #[breaker({breaker}{key})] #[rate_limit({rate_limit}{key})] #[bulkhead({bulkhead}{key})]"#,
    ),
    (
        "all",
        r#"#[retry(idempotent)] #[breaker({breaker}{key})] #[rate_limit({rate_limit}{key})] #[bulkhead({bulkhead}{key})] #[timeout(total = "2s", attempt = "1s")]"#,
    ),
];

/// `{path}` is the function that answers instead, `{clone}` what the shape says behind it.
const ANSWERED: &[(&str, &str)] = &[
    ("failover", "#[idempotent] #[failover({path}{clone})]"),
    ("fallback", "#[idempotent] #[fallback({path}{clone})]"),
    (
        "default",
        "#[idempotent] #[failover({path}{clone})] #[fallback(default, allow(lost_write))]",
    ),
    (
        "hedge",
        r#"#[retry(idempotent)] #[hedge(after = "80ms")] #[failover({path}{clone})] #[rate_limit("100/s")]"#,
    ),
    (
        "resolved",
        r#"#[retry(idempotent)] #[on_unknown(key("order"), confirm({find}))] #[failover({path}{clone})] #[bulkhead(4)]"#,
    ),
    (
        "all",
        r#"#[retry(idempotent)] #[failover({path}, same_system{clone})] #[breaker] #[bulkhead(4)] #[timeout(total = "2s", attempt = "500ms")]"#,
    ),
];

const PRELUDE: &str = include_str!("../shapes/prelude.rs");

#[test]
fn every_shape_takes_every_stack() {
    let any = include_str!("../shapes/any.rs");
    let once = include_str!("../shapes/once.rs");
    let cloned = include_str!("../shapes/cloned.rs");
    let keyed = include_str!("../shapes/keyed.rs");
    let answered = include_str!("../shapes/answered.rs");
    let mut checks: Vec<(String, &str, String)> = Vec::new();
    for (file, source, stacks) in [
        ("any", any, ONCE),
        ("any", any, REPEATED),
        ("any", any, REMEDIED),
        ("cloned", cloned, REMEDIED),
        ("once", once, ONCE),
        ("cloned", cloned, REPEATED),
        ("keyed", keyed, KEYED),
        ("answered", answered, ANSWERED),
    ] {
        for (name, stack) in stacks {
            let text = format!("{PRELUDE}{}", with_stack(source, stack));
            if ["all", "limited"].contains(name) {
                checks.push((format!("{file}_{name}_2021"), "2021", text.clone()));
            }
            checks.push((format!("{file}_{name}"), "2024", text));
        }
    }
    let found = check(checks);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Checks all texts, as many at a time as there are processors.
fn check(checks: Vec<(String, &str, String)>) -> Vec<String> {
    let libraries = Libraries::of_test("shapes");
    let (checks, found) = (Mutex::new(checks), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = checks.lock().expect("nobody panics with it").pop();
                    let Some((name, edition, text)) = next else {
                        return;
                    };
                    let findings = libraries.lint(&name, &text, edition);
                    let lines = findings.iter().map(|finding| show(&name, &text, finding));
                    found.lock().expect("nobody panics with it").extend(lines);
                }
            });
        }
    });
    found.into_inner().expect("nobody panics with it")
}

fn show(name: &str, text: &str, finding: &Finding) -> String {
    let line = usize::try_from(finding.at.0).unwrap_or(0);
    let code = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    format!("{name}: {}\n    {}", finding.text, code.trim())
}

/// The source with a stack in the place of each `#[form]` or `#[form(..)]`.
fn with_stack(source: &str, stack: &str) -> String {
    let mut rest = source.lines();
    let lines = std::iter::from_fn(|| {
        let line = rest.next()?;
        let signature = rest.clone().find(|line| line.contains("fn "));
        Some((line, signature.unwrap_or_default()))
    });
    let lines = lines.map(|(line, signature)| {
        let Some(start) = line.find("#[form") else {
            return line.to_owned();
        };
        let end = line.rfind(']').expect("an attribute stands on one line");
        let options = line[start + "#[form".len()..end].trim_start_matches('(');
        let options = options.strip_suffix(')').unwrap_or(options);
        let stack = if stack.contains("{path}") {
            let (path, clone) = options.split_once(", ").unwrap_or((options, ""));
            cloned(&stack.replace("{path}", path), clone)
        } else if stack.contains("{key}") {
            keyed(stack, options)
        } else {
            cloned(stack, options)
        };
        // Two lanes cannot share what one of them changes.
        let stack = if signature.contains("&mut") {
            without(&stack, "#[hedge")
        } else {
            stack
        };
        // The remedies take what the function takes by reference.
        let of = if signature.contains("self") {
            "_of"
        } else {
            ""
        };
        let stack = stack
            .replace("{find}", &format!("crate::find{of}"))
            .replace("{void}", &format!("crate::void{of}"));
        format!("{}{stack}{}", &line[..start], &line[end + 1..])
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The stack without one attribute.
fn without(stack: &str, attribute: &str) -> String {
    let Some(start) = stack.find(attribute) else {
        return stack.to_owned();
    };
    let end = stack[start..].find(")]").expect("it has options");
    format!("{}{}", &stack[..start], &stack[start + end + 2..])
}

fn cloned(stack: &str, options: &str) -> String {
    let clone = if options.is_empty() {
        String::new()
    } else {
        format!(", {options}")
    };
    stack.replace("{clone}", &clone)
}

/// Options are a breaker, a bulkhead, and a key if there is one; the rate limit is named like the breaker.
fn keyed(stack: &str, options: &str) -> String {
    let mut parts = options.splitn(3, ", ");
    let breaker = parts.next().expect("a breaker");
    let bulkhead = parts.next().expect("a bulkhead");
    let rate_limit = breaker
        .replace("breaker", "rate_limit")
        .replace("STEADY", "PACED");
    let key = parts
        .next()
        .map_or_else(String::new, |key| format!(", key({key})"));
    stack
        .replace("{breaker}", breaker)
        .replace("{bulkhead}", bulkhead)
        .replace("{rate_limit}", &rate_limit)
        .replace("{key}", &key)
}
