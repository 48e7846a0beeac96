//! Attributes that fingers slipped over, and tokens that nobody meant: the macro never panics, never loses the function,
//! and makes Rust again or says what is wrong.
//!
//! Seeds are fixed and can be set, see `tests/properties/common.rs`; a failure is made as small as it can be.

use proc_macro2::{TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::properties::{cases, refuted};
use crate::{derive, expand};
use slips::{any_tokens, slipped_tokens};

mod slips;

/// Attributes with their arguments, every option at least once.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("read_only", "strict"),
    ("idempotent", ""),
    ("non_idempotent", "allow(effect), crate = ::elsewhere"),
    (
        "retry",
        "read_only, attempts = 5, jitter(none), budget(none)",
    ),
    (
        "retry",
        "idempotent, backoff(\"100ms\", factor = 1.5, max = \"2s\"), when(is_fine), clone(body, self)",
    ),
    (
        "retry",
        "idempotency_key(order.id), before_retry(Self::refresh), max_server_delay = \"30s\"",
    ),
    (
        "retry",
        "not_sent, budget(\"pay\", earn = \"12.5%\", save = 3), backoff(fixed, \"1s\"), classify(of)",
    ),
    ("timeout", "\"2s\""),
    (
        "timeout",
        "total = \"2s\", attempt = \"500ms\", least = \"10ms\", unknown(to_caller)",
    ),
    (
        "breaker",
        "\"payments\", failure_rate = \"50%\", min_calls = 20, window = \"10s\", consecutive = 5",
    ),
    (
        "breaker",
        "PAYMENTS, ignore(a::b), failed(of), rejected(|it| it)",
    ),
    (
        "breaker",
        "self.breaker, key((region, 1)), slow = \"1s\", slow_rate = \"80%\", open = \"1s\", max_open = \"30s\", probes = 1",
    ),
    (
        "dependency",
        "\"payments\", strict, classify(of), allow(nested)",
    ),
    ("database", ""),
    ("hedge", "after = \"80ms\", max = 2, clone(body)"),
    ("hedge", "after = \"p95\", idempotent"),
    ("fallback", "Self::cached, any, clone(body, t)"),
    ("fallback", "default, allow(effect)"),
    ("failover", "second::pay, third, clone(body), same_system"),
    (
        "on_unknown",
        "key(order_id), confirm(Self::ask), cancel(undo, fences), settles = \"30s\", detach",
    ),
    (
        "on_unknown",
        "key(&order.id), journal(best_effort), confirm(ask)",
    ),
    (
        "rate_limit",
        "\"100/s\", burst = 20, wait = \"50ms\", key(region)",
    ),
    ("rate_limit", "\"payments\", \"1/2s\", rejected(of)"),
    ("bulkhead", "10, wait = \"50ms\", queue = 10, key(region)"),
    (
        "bulkhead",
        "adaptive, min = 1, max = 200, wait = \"50ms\", queue = 10",
    ),
    (
        "bulkhead",
        "\"payments\", 10, allow(nested, post, several_calls)",
    ),
];

/// Functions, and what is hardly one.
const ITEMS: &[&str] = &[
    "async fn subject() -> Result<(), E> { Ok(()) }",
    "pub(crate) async fn subject<T: Copy>(&mut self, mut body: String, (a, _): (u8, u8), t: T) -> io::Result<&[u8]> where T: Send { self.send(body, a).await?; t.go().await }",
    "#[doc = \"Text.\"] #[timeout(total = \"2s\")] async fn subject(mut self, r#type: impl Into<String>) -> Answer { join!(one(r#type), other()).await }",
    "#[breaker(PAYMENTS)] #[cfg_attr(test, retry(idempotent))] #[allow(dead_code)] async fn subject(self: Arc<Self>) { loop {} }",
    "async fn subject(&self, id: u64) -> Result<(), E>;",
    "#[retry(idempotent)] #[hedge(after = \"80ms\")] #[fallback(cached)] #[failover(second)] async fn subject(&self, id: u64) -> Result<u8, E> { self.ask(id).await }",
    "#[timeout(total = \"2s\", unknown(to_caller))] #[bulkhead(10)] async fn subject(&self, order_id: &str) -> Result<(), E> { select! { _ = self.pay(order_id) => {} } Ok(()) }",
    "fn subject<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'a>> { Box::pin(async move { let __self = self; let __ret: Result<(), E> = { __self.get().await }; __ret }) }",
    "fn subject() -> u8 { 1 }",
    "#[instrument] async fn subject() -> Result<(), E> { client.post(url).send().await }",
    "async fn subject(body: String) -> Result<(), E> { let half = body.; }",
    "unsafe extern \"C\" fn subject();",
    "impl subject { #[retry(read_only)] async fn get(&self) -> Result<(), E> { let half = body.; } const A: u8 = { 1 }; #[doc = \"Text.\"] pub async fn put(&self) {} }",
    "struct subject;",
    "",
];

/// What the derives stand on.
const TYPES: &[&str] = &[
    "enum subject { #[failure(not_sent)] One, #[failure(transient(retry_after = wait))] Two { wait: Duration }, #[failure(from)] Three(io::Error), #[rejected] Four(Rejected) }",
    "#[failure(unknown)] struct subject<T: Copy>(#[rejected] Rejected, T);",
    "union subject { a: u8 }",
];

/// The words and signs of the output, at any depth and without spaces.
fn flat(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => flat(group.stream()),
            other => vec![other.to_string()],
        })
        .collect()
}

fn has(words: &[String], wanted: [&str; 2]) -> bool {
    words.windows(2).any(|pair| pair == wanted)
}

fn parses(tokens: &TokenStream) -> bool {
    syn::parse2::<syn::File>(tokens.clone()).is_ok()
        || syn::parse2::<syn::TraitItemFn>(tokens.clone()).is_ok()
}

/// An attribute, its arguments, and what it stands on, as text.
type Case = (&'static str, String, String);

fn keeps_the_function(
    (name, args, item): Case,
    expand: impl Fn(&str, TokenStream, TokenStream) -> TokenStream,
) -> TestCaseResult {
    let (args, item) = (args.parse::<TokenStream>(), item.parse::<TokenStream>());
    let (Ok(args), Ok(item)) = (args, item) else {
        return Err(TestCaseError::reject("no tokens"));
    };
    let output = expand(name, args, item.clone());
    let words = flat(output.clone());
    prop_assert!(
        !has(&flat(item.clone()), ["fn", "subject"]) || has(&words, ["fn", "subject"]),
        "lost the function: {}",
        output
    );
    // A body that does not parse keeps the compiler's own error, so it is handed on as it is.
    prop_assert!(
        !parses(&item) || parses(&output) || has(&words, ["compile_error", "!"]),
        "neither Rust nor an error: {}",
        output
    );
    Ok(())
}

fn attribute() -> impl Strategy<Value = Case> {
    let attribute = prop::sample::select(ATTRIBUTES);
    attribute.prop_flat_map(|(name, args)| {
        let args = prop_oneof![
            6 => slipped_tokens(args, 4),
            1 => prop::sample::select(ATTRIBUTES).prop_map(|(_, args)| args.to_owned()),
            2 => any_tokens(),
        ];
        let item = prop::sample::select(ITEMS).prop_flat_map(|item| {
            prop_oneof![
                3 => Just(item.to_owned()),
                1 => slipped_tokens(item, 3),
            ]
        });
        (Just(name), args, item)
    })
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_mangled_attribute_never_panics_and_never_loses_the_function(case in attribute()) {
        keeps_the_function(case, expand::attribute)?;
    }

    #[test]
    fn a_mangled_test_never_panics_and_never_loses_the_function(
        args in any_tokens(), item in prop::sample::select(ITEMS).prop_flat_map(|item| slipped_tokens(item, 3)),
    ) {
        keeps_the_function(("test", args, item), |_, args, item| crate::test::expand(args, &item))?;
    }

    #[test]
    fn a_mangled_type_makes_its_derives_say_what_is_wrong(
        item in prop::sample::select(TYPES).prop_flat_map(|item| slipped_tokens(item, 4)),
    ) {
        let item = item.parse::<TokenStream>();
        prop_assume!(item.is_ok());
        let item = item.expect("looked at above");
        for output in [derive::classify(item.clone()), derive::from_rejected(item)] {
            prop_assert!(parses(&output) || has(&flat(output.clone()), ["compile_error", "!"]), "{}", output);
        }
    }
}

#[test]
fn a_macro_that_gives_only_its_errors_or_only_the_function_is_refuted() {
    let wrong = |args: TokenStream| syn::parse2::<syn::Path>(args).is_err();
    refuted(&attribute(), |case| {
        keeps_the_function(case, |name, args, item| {
            if wrong(args.clone()) {
                quote::quote!(compile_error!("wrong");)
            } else {
                expand::attribute(name, args, item)
            }
        })
    });
    refuted(&attribute(), |case| {
        keeps_the_function(case, |name, args, item| {
            let output = expand::attribute(name, args, item.clone());
            if has(&flat(output.clone()), ["compile_error", "!"]) {
                quote::quote!(#item #item ?)
            } else {
                output
            }
        })
    });
}
