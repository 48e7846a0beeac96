//! Expansion snapshots: each file in `tests/expand` shows an annotated function above what it becomes.
//!
//! `cargo insta review` accepts a wanted change; without that tool, run the tests with
//! `INSTA_UPDATE=always` and read the difference.

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::expand;
use crate::stack::last_segment;

/// Expands the first policy attribute of an item, as rustc would, and pretty-prints the outcome.
fn expand(input: &str) -> String {
    let mut item: syn::File = syn::parse_str(input).expect("the input of a snapshot is Rust");
    let (attrs, rest): (&mut Vec<syn::Attribute>, _) = match &mut item.items[0] {
        syn::Item::Fn(item) => (&mut item.attrs, ()),
        syn::Item::Impl(item) => (&mut item.attrs, ()),
        other => panic!(
            "a snapshot shows a function or an `impl`, not {}",
            other.to_token_stream()
        ),
    };
    let () = rest;
    let first = attrs.remove(0);
    let args = match &first.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let name = last_segment(first.path());
    let output = expand::attribute(&name, args, item.items[0].to_token_stream());
    let output = syn::parse2(output).expect("what the macro makes is Rust");
    format!(
        "{}\n// becomes\n\n{}",
        input.trim_start(),
        prettyplease::unparse(&output)
    )
}

macro_rules! snapshots {
    ($($name:ident: $input:literal)*) => {
        $(
            #[test]
            fn $name() {
                let mut settings = insta::Settings::clone_current();
                settings.set_snapshot_path("../../tests/expand");
                settings.set_prepend_module_to_snapshot(false);
                settings.set_omit_expression(true);
                settings.bind(|| insta::assert_snapshot!(stringify!($name), expand($input)));
            }
        )*
    };
}

snapshots! {
    read_only: "
#[read_only]
async fn rate(&self, currency: &str) -> Result<Rate, PayError> {
    self.fetch(currency).await
}
"
    idempotent: "
#[idempotent]
async fn set_limit(user: UserId, limit: u32) -> Result<(), PayError> {
    put(user, limit).await
}
"
    non_idempotent: "
#[non_idempotent]
pub async fn charge(&self, mut order: Order, (from, to): (Account, Account)) -> Result<Receipt, PayError> {
    order.seal();
    self.send(order, from, to).await
}
"
    timeout: "
#[timeout(\"2s\")]
async fn rate(currency: &str) -> Result<Rate, PayError> {
    fetch(currency).await
}
"
    bulkhead: "
#[bulkhead(10, wait = \"50ms\", queue = 20)]
async fn rate(&mut self, currency: &str) -> io::Result<Rate> {
    self.fetch(currency).await
}
"
    rate_limit: "
#[rate_limit(\"rates\", \"100/s\", burst = 20, wait = \"50ms\", key(currency))]
async fn rate(currency: &str) -> Result<Rate, PayError> {
    fetch(currency).await
}
"
    bulkhead_adaptive: "
#[bulkhead(\"rates\", adaptive, max = 100, wait = \"50ms\")]
#[timeout(\"2s\")]
async fn rate(currency: &str) -> Result<Rate, PayError> {
    fetch(currency).await
}
"
    breaker: "
#[breaker(\"rates\", key(currency), failure_rate = \"25%\", window = 100, min_calls = 10, ignore(is_expected))]
async fn rate(currency: &str) -> Result<Rate, PayError> {
    fetch(currency).await
}
"
    breaker_of_the_client: "
#[breaker(self.breaker)]
async fn rate(&self) -> Result<Rate, PayError> {
    self.fetch().await
}
"
    on_unknown: "
#[non_idempotent]
#[on_unknown(key(order.id), confirm(Self::find), cancel(Self::void, fences), settles = \"30s\")]
#[timeout(total = \"20s\", attempt = \"5s\")]
async fn charge(&self, order: &Order) -> Result<Receipt, PayError> {
    self.post(order).await
}
"
    on_unknown_of_an_idempotent_write: "
#[retry(idempotent)]
#[on_unknown(key(id), confirm(find), settles = \"30s\", journal(JOURNAL, best_effort), detach)]
async fn rename(id: UserId, name: String) -> Result<(), PayError> {
    put(id, &name).await
}
"
    retry: "
#[retry(idempotent)]
async fn rate(currency: &str) -> Result<Rate, PayError> {
    fetch(currency).await
}
"
    retry_with_everything: "
#[retry(read_only, attempts = 4, backoff(\"50ms\", factor = 3, max = \"1s\"), jitter(none), budget(\"rates\", earn = \"10%\", save = 3), when(is_retryable), before_retry(refresh), clone(body), max_server_delay = \"5s\")]
async fn search(client: &Client, body: impl Into<Bytes>) -> Result<Found, PayError> {
    client.search(body.into()).await
}
"
    retry_idempotency_key: "
#[retry(idempotency_key(order.id))]
async fn refund(&self, order: &Order) -> Result<Refund, PayError> {
    self.post(order).await
}
"
    retry_not_sent: "
#[retry(not_sent)]
#[timeout(total = \"2s\", attempt = \"800ms\", unknown(to_caller))]
async fn charge(&self, order: &Order) -> Result<Receipt, PayError> {
    let token = self.token(order).await?;
    self.post(order, token).await
}
"
    retry_clone_self: "
#[retry(idempotent, clone(self))]
async fn send(self) -> Result<(), PayError> {
    self.client.send(self.request).await
}
"
    hedge: "
#[hedge(after = \"p95\")]
#[read_only]
async fn search(&self, query: &Query) -> Result<Found, PayError> {
    self.http.get(query).await
}
"
    hedge_with_everything: "
#[hedge(after = \"80ms\", max = 2, budget(\"search\", earn = \"10%\"), clone(body))]
#[retry(idempotent)]
#[breaker]
async fn put(&self, body: Bytes) -> Result<(), PayError> {
    self.http.put(body).await
}
"
    four_policies: "
#[retry(idempotent)]
#[timeout(total = \"2s\", attempt = \"500ms\")]
#[breaker(\"payments\")]
#[bulkhead(32)]
async fn balance(&self, user: &UserId) -> Result<Balance, PayError> {
    self.http.get(user).await?.json().await
}
"
    dependency: "
#[dependency(\"payments\")]
#[retry(read_only, budget(earn = \"10%\"))]
#[breaker]
#[bulkhead(\"slow\", 32)]
async fn balance(user: &UserId) -> Result<Balance, PayError> {
    fetch(user).await
}
"
    dependency_of_an_impl: "
#[dependency(\"payments\", classify(what_it_means), strict, allow(nested))]
impl Payments {
    const LIMIT: u64 = { 3 };
    /// Charges.
    #[non_idempotent]
    async fn charge(&self) -> Result<Receipt, PayError> {
        self.send().await
    }
    fn plain(&self) -> u64 {
        Self::LIMIT
    }
}
"
    dependency_of_a_method: "
#[retry(idempotent)]
#[__shared(\"payments\", classify(what_it_means), allow(nested),)]
async fn refund(&self) -> Result<Receipt, PayError> {
    self.send().await
}
"
    database: "
#[read_only]
#[database]
async fn orders(tx: &mut Transaction<'_, Postgres>) -> Result<Vec<Order>, sqlx::Error> {
    select(tx).await
}
"
    database_alone: "
#[database]
async fn orders(tx: &mut Transaction<'_, Postgres>) -> Result<Vec<Order>, sqlx::Error> {
    select(tx).await
}
"
    five_policies: "
#[rate_limit(\"1/2s\")]
#[bulkhead(32)]
#[breaker(\"payments\")]
#[timeout(total = \"2s\", attempt = \"500ms\")]
#[retry(idempotent)]
async fn balance(&self, user: &UserId) -> Result<Balance, PayError> {
    self.http.get(user).await?.json().await
}
"
    order_in_the_source_does_not_matter: "
#[bulkhead(32)]
#[breaker(\"payments\")]
#[timeout(total = \"2s\", attempt = \"500ms\")]
#[retry(idempotent)]
async fn balance(&self, user: &UserId) -> Result<Balance, PayError> {
    self.http.get(user).await?.json().await
}
"
    failover: "
#[non_idempotent]
#[timeout(\"2s\", attempt = \"800ms\", unknown(to_caller))]
#[failover(Self::charge_at_second, Self::charge_at_third, clone(order))]
async fn charge(&self, order: Order) -> Result<Receipt, PayError> {
    self.first.charge(order).await
}
"
    failover_to_the_second_door_of_one_system: "
#[retry(idempotency_key(order.id))]
#[failover(refund_over_vpn, same_system)]
async fn refund(order: &Order) -> Result<Refund, PayError> {
    post(order).await
}
"
    fallback: "
#[retry(read_only)]
#[fallback(Self::cached, any)]
async fn rate(&self, currency: &str) -> Result<Rate, PayError> {
    self.fetch(currency).await
}
"
    fallback_default: "
#[read_only]
#[fallback(default)]
async fn suggestions(user: UserId) -> Result<Vec<Item>, PayError> {
    fetch(user).await
}
"
    fallback_behind_failover: "
#[read_only]
#[failover(rate_elsewhere)]
#[fallback(cached)]
async fn rate(currency: &str) -> Result<Rate, PayError> {
    fetch(currency).await
}
"
    async_trait: "
#[retry(idempotent)]
#[timeout(total = \"2s\", attempt = \"500ms\")]
fn send<'a>(&'a self, n: u32) -> Pin<Box<dyn Future<Output = Result<u32, PayError>> + Send + 'a>> {
    Box::pin(async move {
        let __self = self;
        let n = n;
        let __ret: Result<u32, PayError> = { __self.post(n).await };
        __ret
    })
}
"
    instrument_goes_first: "
#[retry(idempotent)]
#[instrument(skip_all)]
#[timeout(total = \"2s\", attempt = \"500ms\")]
async fn balance(user: &UserId) -> Result<Balance, PayError> {
    fetch(user).await
}
"
    awaits_in_macros_are_checked: "
#[retry(idempotent)]
async fn both(&self) -> Result<(u32, u32), PayError> {
    let (a, b) = tokio::join!(self.first(), self.second());
    tracing::info!(count = self.count().await, \"done\");
    tokio::spawn(self.third()).await;
    Ok((a?, b?))
}
"
    errors_keep_the_function: "
#[retry]
#[timeout(500)]
async fn balance(user: &UserId) -> Result<Balance, PayError> {
    fetch(user).await
}
"
}
