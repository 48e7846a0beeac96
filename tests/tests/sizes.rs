//! What annotations add to the size of a future, measured by `size_of_val`.
//!
//! A future's size is paid for every call that waits, and an outer future holds the inner ones: what a layer adds must
//! not grow with what it wraps.

use std::io;

use resilient_runtime::{
    breaker, bulkhead, failover, fallback, hedge, idempotent, non_idempotent, on_unknown,
    rate_limit, read_only, retry, timeout,
};

/// A body as large as a small client's.
const BUFFER: usize = 512;

async fn body() -> io::Result<u64> {
    let buffer = [1_u8; BUFFER];
    tokio::task::yield_now().await;
    Ok(u64::from(buffer[0]))
}

/// Layers without policies over the same body.
mod declared {
    use super::{idempotent, io};

    #[idempotent]
    pub(super) async fn one() -> io::Result<u64> {
        super::body().await
    }
    #[idempotent]
    pub(super) async fn two() -> io::Result<u64> {
        one().await
    }
    #[idempotent]
    pub(super) async fn three() -> io::Result<u64> {
        two().await
    }
    #[idempotent]
    pub(super) async fn four() -> io::Result<u64> {
        three().await
    }
}

/// The same layers without attributes.
mod plain {
    use super::io;

    pub(super) async fn one() -> io::Result<u64> {
        super::body().await
    }
    pub(super) async fn two() -> io::Result<u64> {
        one().await
    }
    pub(super) async fn three() -> io::Result<u64> {
        two().await
    }
    pub(super) async fn four() -> io::Result<u64> {
        three().await
    }
}

/// A layer that takes its argument through.
mod with_an_argument {
    use super::{io, read_only};

    #[read_only]
    pub(super) async fn one(buffer: [u8; super::BUFFER]) -> io::Result<u64> {
        tokio::task::yield_now().await;
        Ok(u64::from(buffer[0]))
    }
    #[expect(clippy::large_types_passed_by_value, reason = "it is what is measured")]
    pub(super) async fn plain(buffer: [u8; super::BUFFER]) -> io::Result<u64> {
        tokio::task::yield_now().await;
        Ok(u64::from(buffer[0]))
    }
}

#[non_idempotent]
async fn write() -> io::Result<u64> {
    body().await
}

#[timeout("1s")]
async fn limited() -> io::Result<u64> {
    body().await
}

#[breaker]
async fn broken() -> io::Result<u64> {
    body().await
}

#[bulkhead(4)]
async fn bulkheaded() -> io::Result<u64> {
    body().await
}

#[retry(read_only)]
async fn retried() -> io::Result<u64> {
    body().await
}

#[timeout("1s")]
#[breaker]
#[bulkhead(4)]
#[read_only]
async fn three_policies() -> io::Result<u64> {
    body().await
}

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker]
#[bulkhead(4)]
async fn four_policies() -> io::Result<u64> {
    body().await
}

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker("sizes")]
#[bulkhead(4, wait = "50ms", key(tenant))]
async fn four_policies_with_a_key_and_a_queue(tenant: u64) -> io::Result<u64> {
    body().await
}

#[rate_limit("100/s")]
async fn paced() -> io::Result<u64> {
    body().await
}

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker]
#[rate_limit("100/s")]
#[bulkhead(4)]
async fn five_policies() -> io::Result<u64> {
    body().await
}

#[idempotent]
async fn elsewhere() -> io::Result<u64> {
    body().await
}

async fn stored() -> io::Result<u64> {
    body().await
}

/// What asks for a lost answer.
#[read_only]
async fn found(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
#[failover(elsewhere)]
async fn failed_over() -> io::Result<u64> {
    body().await
}

#[idempotent]
#[fallback(stored)]
async fn fallen_back() -> io::Result<u64> {
    body().await
}

#[idempotent]
#[fallback(default, allow(lost_write))]
async fn fallen_back_to_a_default() -> io::Result<u64> {
    body().await
}

#[idempotent]
#[hedge(after = "80ms")]
async fn hedged() -> io::Result<u64> {
    body().await
}

#[retry(not_sent)]
#[on_unknown(key("order"), confirm(found))]
#[timeout(total = "2s", attempt = "1s")]
async fn resolved() -> io::Result<u64> {
    body().await
}

fn beside_the_body<F>(future: &F) -> usize {
    size_of_val(future) - size_of_val(&body())
}

#[test]
fn a_declaration_adds_at_most_sixteen_bytes_a_layer_to_what_a_plain_layer_takes() {
    let declared = [
        size_of_val(&declared::one()),
        size_of_val(&declared::two()),
        size_of_val(&declared::three()),
        size_of_val(&declared::four()),
    ];
    let plain = [
        size_of_val(&plain::one()),
        size_of_val(&plain::two()),
        size_of_val(&plain::three()),
        size_of_val(&plain::four()),
    ];
    println!(
        "leaf {}, declared {declared:?}, plain {plain:?}",
        size_of_val(&body())
    );
    for layer in 0..4 {
        let most = plain[layer] + 16 * (layer + 1);
        assert!(
            declared[layer] <= most,
            "layer {layer}: {} > {most}",
            declared[layer]
        );
    }
}

#[test]
fn an_argument_is_stored_as_often_as_in_a_plain_async_fn() {
    let (declared, plain) = (
        with_an_argument::one([1; BUFFER]),
        with_an_argument::plain([1; BUFFER]),
    );
    println!(
        "declared {}, plain {}",
        size_of_val(&declared),
        size_of_val(&plain)
    );
    assert!(size_of_val(&declared) <= size_of_val(&plain) + 16);
}

/// Five policies fit into the 400 bytes of the design, with 8 for the script of the feature `testing`. A key makes a gate that
/// each call has to carry, so a key with a queue takes 24 more: a bound to lower.
#[test]
fn five_policies_take_at_most_four_hundred_bytes_beside_the_body_and_a_key_little_more() {
    let sizes = [
        ("non_idempotent", beside_the_body(&write())),
        ("timeout", beside_the_body(&limited())),
        ("breaker", beside_the_body(&broken())),
        ("bulkhead", beside_the_body(&bulkheaded())),
        ("rate_limit", beside_the_body(&paced())),
        ("retry", beside_the_body(&retried())),
        ("three", beside_the_body(&three_policies())),
        ("on_unknown", beside_the_body(&resolved())),
        ("failover", beside_the_body(&failed_over())),
        ("fallback", beside_the_body(&fallen_back())),
        (
            "fallback, default",
            beside_the_body(&fallen_back_to_a_default()),
        ),
        ("hedge", beside_the_body(&hedged())),
        ("four", beside_the_body(&four_policies())),
        ("five", beside_the_body(&five_policies())),
        (
            "four, key and queue",
            beside_the_body(&four_policies_with_a_key_and_a_queue(1)),
        ),
    ];
    println!("{sizes:?}");
    for (policies, size) in sizes {
        let most = match policies {
            "four, key and queue" => 424,
            // A journal's record beside the attempt, or a race of lanes around it.
            "on_unknown" => 600,
            "hedge" => 560,
            _ => 400,
        };
        assert!(size <= most, "{policies}: {size}");
    }
}
