//! Client settings that attributes cannot reach: connecting, idle connections, hidden repeats.
//!
//! In: nothing, or the service's keep-alive time. Out: a [`reqwest::ClientBuilder`] to go on with. Refuses: a limit of the
//! whole call, which is `#[timeout]`'s; set in the client it hides whether anything was sent.

use std::time::Duration;

use reqwest::{ClientBuilder, redirect};

/// How long connecting may take. Long enough for one lost SYN, which Linux and Windows send again after 1 s (RFC 6298,
/// section 2); no service in use needs longer to accept.
pub const CONNECT: Duration = Duration::from_secs(2);

/// How long nothing may come, between two reads. A limit of last resort for calls without `#[timeout]`.
pub const READ: Duration = Duration::from_secs(30);

/// The shortest keep-alive time in wide use: Node.js, Apache and uvicorn close what was idle for 5 s.
pub const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// A client for services that close idle connections after 5 s or more; see [`reqwest_beside`].
///
/// ```
/// let client = resilient_runtime::client::reqwest().user_agent("shop/1.0").build()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
pub fn reqwest() -> ClientBuilder {
    reqwest_beside(KEEP_ALIVE)
}

/// A client for a service that closes connections which were idle for `keep_alive`.
///
/// | setting | value | why |
/// |---|---|---|
/// | `connect_timeout` | [`CONNECT`] | a failed connect proves that nothing was sent; a limit of the whole call proves nothing |
/// | `read_timeout` | [`READ`] | it counts anew with every byte, so it bounds no call; it ends those that have no other limit |
/// | `pool_idle_timeout` | [`idle_below`] `keep_alive` | a request on a connection that the service is closing is lost, and nobody can tell whether it was carried out |
/// | `tcp_keepalive` | 15 s, then 3 probes 5 s apart | a peer that is gone is found out in half a minute, where the kernel takes two hours (RFC 1122, section 4.2.3.6) |
/// | `redirect` | none | a redirected request is a second request that no policy sees |
/// | `retry` | never | the same: `#[retry]` repeats, and counts |
///
/// Everything can be set again on the builder.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::client;
///
/// // Behind nginx, whose `keepalive_timeout` is 75 s unless configured.
/// let client = client::reqwest_beside(Duration::from_secs(75)).build()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
pub fn reqwest_beside(keep_alive: Duration) -> ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .read_timeout(READ)
        .pool_idle_timeout(idle_below(keep_alive))
        .tcp_keepalive(Duration::from_secs(15))
        .tcp_keepalive_interval(Duration::from_secs(5))
        .tcp_keepalive_retries(3)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
}

/// How long to keep an idle connection to a service that keeps it for `keep_alive`: a fifth less, and at least 50 ms less,
/// for the request that is on its way when the service's time ends. Zero, no idle connection at all, below 50 ms.
#[must_use]
pub fn idle_below(keep_alive: Duration) -> Duration {
    let margin = (keep_alive / 5).max(Duration::from_millis(50));
    keep_alive.saturating_sub(margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_connections_are_closed_before_the_service_closes_them() {
        let idle = |milliseconds| idle_below(Duration::from_millis(milliseconds)).as_millis();
        assert_eq!([5_000, 75_000, 200, 60].map(idle), [4_000, 60_000, 150, 10]);
        assert_eq!([50, 1, 0].map(idle), [0; 3]);
        assert!(idle_below(Duration::MAX) < Duration::MAX);
    }

    #[test]
    fn a_client_can_be_built_of_it() {
        assert!(reqwest().build().is_ok());
    }
}
