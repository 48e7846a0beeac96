//! Durations as text: `"500ms"` goes in, a duration comes out, and back again.

use std::time::Duration;

/// Sums of numbers with units, as `humantime` reads them.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        if number.is_empty() {
            return Err(format!("`{rest}` does not start with a number"));
        }
        let behind = behind.trim_start();
        let letters = behind
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(letters);
        let part = part(number, unit)?;
        total = total.checked_add(part).ok_or("it is too long")?;
        rest = behind.trim_start();
    }
    // What the run time adds to its stamps is 64 bits of nanoseconds: 584 years.
    if u64::try_from(total.as_nanos()).is_err() {
        return Err("it is too long".to_owned());
    }
    Ok(total)
}

fn part(number: &str, unit: &str) -> Result<Duration, String> {
    let nanos: u64 = match unit {
        "ns" | "nsec" | "nanos" => 1,
        "us" | "usec" | "µs" => 1_000,
        "ms" | "msec" | "millis" => 1_000_000,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000_000_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000_000_000,
        "d" | "day" | "days" => 86_400_000_000_000,
        "" => {
            return Err(format!(
                "`{number}` has no unit, did you mean `{number}ms` or `{number}s`?"
            ));
        }
        other => {
            return Err(format!(
                "`{other}` is not a unit; the units are ns, us, ms, s, m, h, d"
            ));
        }
    };
    let bad = || format!("`{number}` is not a number that fits");
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || decimals.contains('.') || number.ends_with('.') || decimals.len() > 9 {
        return Err(bad());
    }
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let mut sum = whole.checked_mul(nanos).ok_or_else(bad)?;
    if !decimals.is_empty() {
        let scale = 10u128.pow(u32::try_from(decimals.len()).map_err(|_| bad())?);
        let fraction: u128 = decimals.parse().map_err(|_| bad())?;
        let extra = fraction * u128::from(nanos);
        if extra % scale != 0 {
            return Err(format!("`{number}{unit}` is finer than a nanosecond"));
        }
        let extra = u64::try_from(extra / scale).map_err(|_| bad())?;
        sum = sum.checked_add(extra).ok_or_else(bad)?;
    }
    Ok(Duration::from_nanos(sum))
}

/// A duration the way the attributes write it.
pub(crate) fn show(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    for (unit, name) in [
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
    ] {
        if nanos >= unit && nanos % unit == 0 {
            return format!("{}{name}", nanos / unit);
        }
        if nanos >= unit && unit == 1_000_000_000 && nanos % 1_000_000 == 0 {
            return format!(
                "{}s",
                format!("{:.3}", duration.as_secs_f64()).trim_end_matches('0')
            );
        }
    }
    format!("{nanos}ns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_humantime_reads_them() {
        for (text, millis) in [
            ("500ms", 500),
            ("1m 30s", 90_000),
            ("1.5s", 1_500),
            ("2 min", 120_000),
            ("1h1s", 3_601_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in [
            "",
            "ms",
            "5",
            "5 parsec",
            "1..2s",
            "99999999999999999999s",
            "9999999999h",
            "-1s",
            "1.s",
            "1.5ns",
            "18000000000s 999999999s",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_shown_the_way_they_are_written() {
        for text in ["500ms", "2s", "1m", "1.5s", "90s", "10us", "3ns"] {
            let duration = parse(text).unwrap();
            assert_eq!(parse(&show(duration)), Ok(duration), "{text}");
        }
        assert_eq!(show(Duration::from_millis(1_500)), "1.5s");
    }
}
