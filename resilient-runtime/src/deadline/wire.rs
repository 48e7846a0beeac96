//! A deadline as the value of a header. Goes in: a duration, or a header's text. Comes out: the text, rounded down, or
//! the duration. Refuses: what is no number of a known unit, and what no caller can mean.

use std::fmt;
use std::time::Duration;

/// Longer than any deadline that is meant: thirty years, what tokio's clock takes for the far future.
const LONGEST: Duration = Duration::from_secs(86_400 * 365 * 30);

/// The digits that the gRPC protocol allows.
const DIGITS: usize = 8;
const TOO_MANY: u128 = 100_000_000;

/// The units of `grpc-timeout` from the finest on, in nanoseconds.
const UNITS: [(char, u128); 6] = [
    ('n', 1),
    ('u', 1_000),
    ('m', 1_000_000),
    ('S', 1_000_000_000),
    ('M', 60 * 1_000_000_000),
    ('H', 3_600 * 1_000_000_000),
];

/// Why a header's value is no deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BadDeadline {
    /// Empty, signed, fractional, with blanks, or something else than ASCII digits.
    NotANumber,
    /// `grpc-timeout` ends with none of `H`, `M`, `S`, `m`, `u`, `n`.
    Unit,
    /// More digits than the format allows: 8 for `grpc-timeout`, 20 for milliseconds.
    TooManyDigits,
    /// More than thirty years.
    TooLong,
}

impl fmt::Display for BadDeadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "a deadline must be written in ASCII digits",
            Self::Unit => "a `grpc-timeout` must end with H, M, S, m, u or n",
            Self::TooManyDigits => "a deadline has too many digits",
            Self::TooLong => "a deadline of more than thirty years",
        })
    }
}

impl std::error::Error for BadDeadline {}

/// The finest unit in which the time has at most eight digits; what is left over is cut off.
pub(super) fn grpc(left: Duration) -> String {
    let nanos = left.as_nanos();
    let fits = |&&(_, unit): &&(char, u128)| nanos / unit < TOO_MANY;
    let (name, unit) = UNITS
        .iter()
        .find(fits)
        .expect("a duration of 64 bits of nanoseconds has fewer hours");
    format!("{}{name}", nanos / unit)
}

/// Reads what [`grpc`] writes.
pub(super) fn from_grpc(value: &str) -> Result<Duration, BadDeadline> {
    let mut characters = value.chars();
    let last = characters.next_back().ok_or(BadDeadline::NotANumber)?;
    if last.is_ascii_digit() {
        return Err(BadDeadline::Unit);
    }
    let known = UNITS.iter().find(|(name, _)| *name == last);
    let (_, unit) = known.ok_or(BadDeadline::Unit)?;
    within_reason(number(characters.as_str(), DIGITS)? * unit)
}

/// Reads whole milliseconds.
pub(super) fn from_millis(value: &str) -> Result<Duration, BadDeadline> {
    within_reason(number(value, 20)?.saturating_mul(1_000_000))
}

fn number(digits: &str, most: usize) -> Result<u128, BadDeadline> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadDeadline::NotANumber);
    }
    if digits.len() > most {
        return Err(BadDeadline::TooManyDigits);
    }
    digits.parse().map_err(|_| BadDeadline::NotANumber)
}

fn within_reason(nanos: u128) -> Result<Duration, BadDeadline> {
    if nanos > LONGEST.as_nanos() {
        return Err(BadDeadline::TooLong);
    }
    let nanos = u64::try_from(nanos).map_err(|_| BadDeadline::TooLong)?;
    Ok(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_takes_the_finest_unit_that_has_room_and_is_cut_off_below_it() {
        let secs = Duration::from_secs;
        for (left, header) in [
            (Duration::ZERO, "0n"),
            (Duration::from_nanos(99_999_999), "99999999n"),
            (Duration::from_nanos(100_000_999), "100000u"),
            (Duration::from_millis(2_500), "2500000u"),
            (secs(100), "100000m"),
            (
                secs(99_999) + Duration::from_nanos(999_999_999),
                "99999999m",
            ),
            (secs(100_000), "100000S"),
            (secs(100_000_000), "1666666M"),
            (Duration::from_nanos(u64::MAX), "5124095H"),
        ] {
            assert_eq!(grpc(left), header);
            assert!(header.len() <= DIGITS + 1);
        }
    }

    #[test]
    fn whoever_reads_it_believes_in_no_more_time_and_in_little_less() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..100_000 {
            let nanos = random.u64(..) >> random.u32(5..64);
            let left = Duration::from_nanos(nanos).min(LONGEST);
            let read = from_grpc(&grpc(left)).expect("what was written can be read");
            assert!(read <= left, "{left:?}");
            // Eight digits: five of them count after a change of units by a thousand, six after one by sixty.
            assert!(
                left.saturating_sub(read) <= left / 99_999,
                "{left:?} was read as {read:?}"
            );
        }
    }

    #[test]
    fn what_is_no_deadline_says_why() {
        use BadDeadline::{NotANumber, TooLong, TooManyDigits, Unit};
        for (value, why) in [
            ("", NotANumber),
            ("5", Unit),
            ("5s", Unit),
            ("5 S", NotANumber),
            (" 5S", NotANumber),
            ("S", NotANumber),
            ("-5S", NotANumber),
            ("+5S", NotANumber),
            ("1.5S", NotANumber),
            ("٣S", NotANumber),
            ("5µ", Unit),
            ("5S\r\nX-Admin: 1", Unit),
            ("123456789n", TooManyDigits),
            ("000000001n", TooManyDigits),
            ("99999999H", TooLong),
            ("99999999M", TooLong),
        ] {
            assert_eq!(from_grpc(value), Err(why), "{value:?}");
        }
        for (value, why) in [
            ("", NotANumber),
            ("5m", NotANumber),
            ("-1", NotANumber),
            ("18446744073709551616", TooLong),
            ("99999999999999999999", TooLong),
            ("000000000000000000001", TooManyDigits),
        ] {
            assert_eq!(from_millis(value), Err(why), "{value:?}");
        }
        assert_eq!(from_millis("250"), Ok(Duration::from_millis(250)));
        assert_eq!(from_grpc("262800H"), Ok(LONGEST));
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut random = fastrand::Rng::with_seed(11);
        let alphabet: Vec<char> = "0189HMSmun -+.eEx\u{663}µ\0".chars().collect();
        for _ in 0..20_000 {
            let length = random.usize(0..24);
            let text: String = (0..length)
                .map(|_| alphabet[random.usize(..alphabet.len())])
                .collect();
            let _ = (from_grpc(&text), from_millis(&text));
        }
    }
}
