//! Attributes that fingers slipped over: whatever is typed, the macro never panics, never loses the function,
//! and makes Rust again or says what is wrong.
//!
//! Every case is a valid attribute with tokens deleted, doubled, swapped or replaced, by a generator with a
//! fixed seed: a failure names the case, and happens again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Group, TokenStream, TokenTree};

use crate::expand;

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
    "fn subject<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'a>> { Box::pin(async move { let __self = self; let __ret: Result<(), E> = { __self.get().await }; __ret }) }",
    "fn subject() -> u8 { 1 }",
    "#[instrument] async fn subject() -> Result<(), E> { client.post(url).send().await }",
    "async fn subject(body: String) -> Result<(), E> { let half = body.; }",
    "unsafe extern \"C\" fn subject();",
    "impl subject { #[retry(read_only)] async fn get(&self) -> Result<(), E> { let half = body.; } const A: u8 = { 1 }; #[doc = \"Text.\"] pub async fn put(&self) {} }",
    "struct subject;",
    "",
];

struct Dice(u64);

impl Dice {
    /// Xorshift (Marsaglia 2003): good enough to slip with.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).expect("below a usize")
    }
}

/// One slip somewhere in the tokens, at any depth.
fn slip(tokens: TokenStream, dice: &mut Dice, others: &TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if tokens.is_empty() {
        return others.clone().into_iter().take(1).collect();
    }
    let at = dice.below(tokens.len());
    if let TokenTree::Group(group) = &tokens[at] {
        if dice.below(2) == 0 {
            let inner = slip(group.stream(), dice, others);
            tokens[at] = TokenTree::Group(Group::new(group.delimiter(), inner));
            return tokens.into_iter().collect();
        }
    }
    match dice.below(5) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[at].clone()),
        2 => {
            let other = dice.below(tokens.len());
            tokens.swap(at, other);
        }
        3 => tokens.truncate(at),
        _ => {
            let others: Vec<TokenTree> = others.clone().into_iter().collect();
            if !others.is_empty() {
                tokens[at] = others[dice.below(others.len())].clone();
            }
        }
    }
    tokens.into_iter().collect()
}

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

#[test]
fn a_mangled_attribute_never_panics_and_never_loses_the_function() {
    let read = |text: &str| text.parse::<TokenStream>().expect("the cases are tokens");
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for case in 0..2_000 {
        let (name, valid) = ATTRIBUTES[dice.below(ATTRIBUTES.len())];
        let others = read(ATTRIBUTES[dice.below(ATTRIBUTES.len())].1);
        let mut args = read(valid);
        for _ in 0..dice.below(4) {
            args = slip(args, &mut dice, &others);
        }
        let mut item = read(ITEMS[dice.below(ITEMS.len())]);
        if dice.below(4) == 0 {
            item = slip(item, &mut dice, &others);
        }
        let shown = format!("case {case}: #[{name}({args})] {item}");
        let output = catch_unwind(AssertUnwindSafe(|| {
            expand::attribute(name, args, item.clone())
        }))
        .unwrap_or_else(|_| panic!("panicked: {shown}"));
        let words = flat(output.clone());
        if has(&flat(item.clone()), ["fn", "subject"]) {
            assert!(
                has(&words, ["fn", "subject"]),
                "lost the function: {shown}\n{output}"
            );
        }
        // A body that does not parse keeps the compiler's own error, so it is handed on as it is.
        assert!(
            !parses(&item) || parses(&output) || has(&words, ["compile_error", "!"]),
            "neither Rust nor an error: {shown}\n{output}"
        );
    }
}
