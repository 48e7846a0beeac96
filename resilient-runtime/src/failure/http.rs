//! HTTP: what a status means, and how long `Retry-After` asks to wait.
//!
//! Refuses every `Retry-After` it cannot read with certainty; the header is then as good as absent.

use std::time::Duration;

use super::Failure;

impl Failure {
    /// What an HTTP status means, `None` where the status is no failure (below 400).
    ///
    /// | status | class | why |
    /// |---|---|---|
    /// | 429 | `Overloaded`, `throttled` | this caller asked too much, the service is healthy (RFC 6585) |
    /// | 503 with a `Retry-After` | `Overloaded` | the service itself refused, and says when to come back (RFC 9110, 15.6.4) |
    /// | 503 without one | `Unknown` | proxies answer 503 for a service that died while it worked |
    /// | 408, 500, 502, 504, every other 5xx and above | `Unknown` | may have been carried out before it failed |
    /// | 501 and every other 4xx | `Permanent` | answered: not like this |
    ///
    /// `retry_after` is the header's value as [`Duration`], see `failure::retry_after`.
    #[must_use]
    pub const fn from_status(status: u16, retry_after: Option<Duration>) -> Option<Self> {
        Some(match status {
            0..=399 => return None,
            429 => Self::throttled(retry_after),
            503 if retry_after.is_some() => Self::overloaded(retry_after),
            408 => Self::Unknown,
            400..=499 | 501 => Self::Permanent,
            _ => Self::Unknown,
        })
    }
}

/// The wait an HTTP `Retry-After` asks for.
///
/// `value` is the header as it came: whole seconds of at most nine digits, or an HTTP date, which is
/// read against the `Date` header of the same response, so that no clock but the service's own is
/// trusted. A date that has passed is a wait of zero. Anything else is `None`, as if the header were
/// absent: fractions, signs, units, lists, a date without `Date`.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::failure::retry_after;
///
/// assert_eq!(retry_after(b"7", None), Some(Duration::from_secs(7)));
/// let (later, now) = (b"Wed, 21 Oct 2026 07:28:30 GMT", b"Wed, 21 Oct 2026 07:28:00 GMT");
/// assert_eq!(retry_after(later, Some(now)), Some(Duration::from_secs(30)));
/// assert_eq!(retry_after(b"soon", None), None);
/// ```
#[cfg(any(feature = "reqwest", feature = "aws"))]
#[must_use]
pub fn retry_after(value: &[u8], date: Option<&[u8]>) -> Option<Duration> {
    let value = std::str::from_utf8(value).ok()?.trim_matches([' ', '\t']);
    if let Some(wait) = delta_seconds(value) {
        return Some(wait);
    }
    let date = std::str::from_utf8(date?).ok()?;
    let until = httpdate::parse_http_date(value).ok()?;
    let now = httpdate::parse_http_date(date).ok()?;
    Some(until.duration_since(now).unwrap_or(Duration::ZERO))
}

/// RFC 9110's `delta-seconds`, as long as the number means a wait: nine digits are 31 years.
#[cfg(any(feature = "reqwest", feature = "aws"))]
fn delta_seconds(value: &str) -> Option<Duration> {
    let digits =
        !value.is_empty() && value.len() <= 9 && value.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return None;
    }
    value.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Option<Duration> = Some(Duration::from_secs(2));

    #[test]
    fn every_status_has_the_class_of_the_table() {
        for status in 0..=u16::MAX {
            let expected = match status {
                0..=399 => None,
                429 => Some(Failure::throttled(None)),
                408 | 500 | 502..=u16::MAX => Some(Failure::Unknown),
                _ => Some(Failure::Permanent),
            };
            assert_eq!(Failure::from_status(status, None), expected, "{status}");
        }
    }

    #[test]
    fn only_429_and_503_listen_to_retry_after() {
        assert_eq!(
            Failure::from_status(429, WAIT),
            Some(Failure::throttled(WAIT))
        );
        assert_eq!(
            Failure::from_status(503, WAIT),
            Some(Failure::overloaded(WAIT))
        );
        for status in [200, 301, 400, 404, 408, 500, 501, 502, 504, 599] {
            assert_eq!(
                Failure::from_status(status, WAIT),
                Failure::from_status(status, None),
                "{status}"
            );
        }
    }
}

#[cfg(all(test, any(feature = "reqwest", feature = "aws"), feature = "runtime"))]
mod retry_after_tests {
    use super::*;

    const DATE: &[u8] = b"Sun, 06 Nov 1994 08:49:37 GMT";

    fn seconds(value: &str) -> Option<u64> {
        retry_after(value.as_bytes(), Some(DATE)).map(|wait| wait.as_secs())
    }

    #[test]
    fn whole_seconds_of_up_to_nine_digits_are_a_wait() {
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("007"), Some(7));
        assert_eq!(seconds(" \t5 "), Some(5));
        assert_eq!(seconds("999999999"), Some(999_999_999));
    }

    #[test]
    fn a_date_is_read_against_the_date_of_the_same_answer() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10));
        assert_eq!(seconds("Sunday, 06-Nov-94 08:49:47 GMT"), Some(10));
        assert_eq!(seconds("Sun Nov  6 08:49:47 1994"), Some(10));
        assert_eq!(
            seconds("Sun, 06 Nov 1994 08:49:27 GMT"),
            Some(0),
            "already passed"
        );
        let value = b"Sun, 06 Nov 1994 08:49:47 GMT";
        assert_eq!(
            retry_after(value, None),
            None,
            "no clock to read it against"
        );
        assert_eq!(retry_after(value, Some(b"yesterday")), None);
    }

    #[test]
    fn anything_else_is_as_good_as_absent() {
        for hostile in [
            "",
            " ",
            "-1",
            "+1",
            "1.5",
            "1e3",
            "0x10",
            "1s",
            "soon",
            "1, 2",
            "10 20",
            "1000000000",
            "99999999999999999999999999999999999999",
            "NaN",
            "inf",
            "\u{0661}",
            "\u{a0}1",
            "1\0",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 0000 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:61:61 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(seconds(hostile), None, "{hostile:?}");
        }
        assert_eq!(retry_after(b"\xff\xfe1", Some(DATE)), None);
    }

    #[test]
    fn no_input_makes_it_panic() {
        let seeds: [&[u8]; 4] = [
            DATE,
            b"Sunday, 06-Nov-94 08:49:37 GMT",
            b"Sun Nov  6 08:49:37 1994",
            b"999999999",
        ];
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..200_000 {
            let mut value = random
                .choice(seeds)
                .expect("the list is not empty")
                .to_vec();
            for _ in 0..random.usize(1..6) {
                let at = random.usize(..value.len());
                value[at] = if random.bool() {
                    random.u8(..)
                } else {
                    random.u8(b'0'..=b'9')
                };
            }
            value.truncate(random.usize(..=value.len()));
            let _ = retry_after(&value, Some(DATE));
            let _ = retry_after(DATE, Some(&value));
            let _ = retry_after(&value, Some(&value));
        }
    }
}
