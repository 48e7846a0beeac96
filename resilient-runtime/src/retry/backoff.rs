//! How long to wait before a repeat.
//!
//! Goes in: how many repeats there were, and a random number. Comes out: a delay within its bounds, or, when
//! the service itself named a delay, that one or the end of the loop. Refuses: to grow past `max`, to panic
//! or overflow at any number, to come back to a service sooner than it asked.
//!
//! Growth is `backon`'s. Its jitter is not used: that is added to the delay after the cap, so that a `max` of
//! 2 s waits up to 4 s.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::breaker::Ratio;

/// The longest delay that a service may ask for unless told otherwise: 30 s.
///
/// Beyond it the caller is better served by an error now. (Our choice; AWS SDKs never wait more than 20 s.)
pub const MAX_SERVER_DELAY: Duration = Duration::from_secs(30);

/// So many times at most the delay grows, so that a loop that would take longer ends: with a factor of 1.001
/// from a nanosecond to centuries.
const MOST_STEPS: u32 = 1 << 16;

/// How the delay before a repeat grows.
///
/// The delay before repeat `n` (0 for the first) is at most `min(max, base * factor^n)`; [`Jitter`] says how
/// much of that is waited.
///
/// ```
/// use resilient_runtime::retry::{Backoff, Jitter};
/// use std::time::Duration;
///
/// const BACKOFF: Backoff = Backoff::exponential(Duration::from_millis(100)).max(Duration::from_secs(1));
/// assert_eq!(BACKOFF.ceiling(2), Duration::from_millis(400));
/// assert_eq!(BACKOFF.ceiling(40), Duration::from_secs(1));
/// assert!(BACKOFF.delay(2, Jitter::Full) <= Duration::from_millis(400));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Backoff {
    /// Whether it grows at all.
    pub kind: Kind,
    /// The delay before the first repeat. Default 100 ms (as in gRPC's [retry design A6]; AWS SDKs take 50 ms
    /// to 1 s, Envoy 25 ms).
    ///
    /// [retry design A6]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md
    pub base: Duration,
    /// Every delay is so many times the one before it. Default 2. Not looked at when fixed.
    pub factor: f32,
    /// No delay is longer, jitter included. Default 2 s; for a fixed backoff its own length.
    pub max: Duration,
}

/// Whether the delay grows from repeat to repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Always `base`. For a service known to be back after a set time.
    Fixed,
    /// `base * (n + 1)`: grows by `base` each time. For a service whose recovery is known to take some such steps.
    Linear,
    /// `base * factor^n`. Callers that cannot know how long an outage lasts ask less and less often: the
    /// default, and the only one that ends a retry storm (*Site Reliability Engineering*, ch. 22, "Retries":
    /// <https://sre.google/sre-book/addressing-cascading-failures/>).
    Exponential,
}

/// How much of the delay is waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Jitter {
    /// Anything from nothing to the whole, each length as likely as the other, drawn anew every time. The
    /// default: callers that failed together do not come back together, and least work is done in all
    /// ("Full Jitter" in M. Brooker, *Exponential Backoff And Jitter*, AWS Architecture Blog, 2015:
    /// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
    #[default]
    Full,
    /// The whole. For one caller alone, or for a test.
    None,
    /// The delay plus or minus this share of it, each length as likely as the other; what it adds stays below `max`
    /// too. Keeps a distance that callers rely on, and spreads less than [`Full`](Self::Full) does. By hand only:
    /// the attribute has none.
    Spread(Ratio),
}

impl Backoff {
    /// Grows from `base`, doubling, to 2 s.
    #[must_use]
    pub const fn exponential(base: Duration) -> Self {
        Self {
            kind: Kind::Exponential,
            base,
            factor: 2.0,
            max: Duration::from_secs(2),
        }
    }

    /// Always `delay`.
    #[must_use]
    pub const fn fixed(delay: Duration) -> Self {
        Self {
            kind: Kind::Fixed,
            base: delay,
            factor: 1.0,
            max: delay,
        }
    }

    /// `step`, twice `step`, three times `step` and so on, to 2 s.
    #[must_use]
    pub const fn linear(step: Duration) -> Self {
        Self {
            kind: Kind::Linear,
            ..Self::exponential(step)
        }
    }

    /// Every delay is so many times the one before it.
    #[must_use]
    pub const fn factor(mut self, factor: f32) -> Self {
        self.factor = factor;
        self
    }

    /// No delay is longer, jitter included.
    #[must_use]
    pub const fn max(mut self, max: Duration) -> Self {
        self.max = max;
        self
    }

    /// Whether these numbers make sense together; the same rules as the attribute's.
    ///
    /// # Errors
    ///
    /// The sentence says which number is wrong and what to write instead.
    pub fn validate(&self) -> Result<(), String> {
        let Self {
            kind,
            base,
            factor,
            max,
        } = *self;
        if base.is_zero() {
            return Err(
                "a backoff of 0 s repeats at once, into the same fault: give it a base".into(),
            );
        }
        if kind == Kind::Exponential && !(factor.is_finite() && factor >= 1.0) {
            return Err(format!(
                "a backoff grows by a factor of at least 1, not {factor}"
            ));
        }
        if max < base {
            return Err(format!(
                "`max` ({max:?}) is shorter than the first delay ({base:?})"
            ));
        }
        Ok(())
    }

    /// The delay before repeat `n`, 0 for the first, without jitter: `min(max, base * factor^n)`, or
    /// `min(max, base * (n + 1))`.
    ///
    /// Exact to six digits, to five beyond fifty repeats (`backon` grows in single precision). Never panics: what does not fit is `max`.
    /// Takes at most 65,536 steps; where the delay still grows after as many repeats, it stays as it is.
    #[must_use]
    pub fn ceiling(&self, n: u32) -> Duration {
        match self.kind {
            Kind::Fixed => self.base,
            Kind::Linear => self.base.saturating_mul(n.saturating_add(1)),
            Kind::Exponential => self.grown(n),
        }
        .min(self.max)
    }

    /// The delay before repeat `n`, 0 for the first: with [`Jitter::Full`] drawn anew from
    /// `0..=self.ceiling(n)`, with [`Jitter::Spread`] from around the ceiling. Never longer than `max`.
    #[must_use]
    pub fn delay(&self, n: u32, jitter: Jitter) -> Duration {
        self.delay_by(n, jitter, |most| fastrand::u64(..=most))
    }

    /// The same with `random` as the source: given `most`, it says a number in `0..=most`.
    pub(crate) fn delay_by(
        &self,
        n: u32,
        jitter: Jitter,
        random: impl FnOnce(u64) -> u64,
    ) -> Duration {
        let ceiling = self.ceiling(n);
        // Half a millennium is enough to wait.
        let most = u64::try_from(ceiling.as_nanos()).unwrap_or(u64::MAX);
        match jitter {
            Jitter::None => ceiling,
            Jitter::Full => Duration::from_nanos(random(most).min(most)),
            Jitter::Spread(share) => {
                let share = u128::from(share.min(Ratio::ALL).as_hundredths());
                let reach = u64::try_from(u128::from(most) * share / 10_000)
                    .expect("a share of a number is at most the number");
                let both = reach.saturating_mul(2);
                let drawn = (most - reach).saturating_add(random(both).min(both));
                Duration::from_nanos(drawn).min(self.max)
            }
        }
    }

    fn grown(&self, n: u32) -> Duration {
        let mut delays = ExponentialBuilder::new()
            .with_min_delay(self.base)
            .with_factor(self.factor)
            .with_max_delay(self.max)
            .without_max_times()
            .build();
        let mut reached = delays.next().unwrap_or(self.max);
        for _ in 0..n.min(MOST_STEPS) {
            let next = delays.next().unwrap_or(self.max);
            // At its maximum, or too small a factor to move it: it will not grow in 4 billion steps either.
            if next <= reached {
                break;
            }
            reached = next;
        }
        // What the user wrote stays as written; only what was computed has digits too many.
        if n == 0 || reached >= self.max {
            reached
        } else {
            six_digits(reached).max(self.base)
        }
    }
}

impl Default for Backoff {
    /// 100 ms, 200 ms, 400 ms and so on to 2 s.
    fn default() -> Self {
        Self::exponential(Duration::from_millis(100))
    }
}

/// Drops the digits that single precision makes up: 100 ms doubled would be 200.000003 ms, which a timer of
/// milliseconds rounds up to 201.
fn six_digits(delay: Duration) -> Duration {
    const NANOS: u128 = 1_000_000_000;
    let nanos = delay.as_nanos();
    let digits = nanos.checked_ilog10().map_or(0, |log| log + 1);
    let unit = 10_u128.pow(digits.saturating_sub(6));
    let nanos = (nanos + unit / 2) / unit * unit;
    match (u64::try_from(nanos / NANOS), u32::try_from(nanos % NANOS)) {
        (Ok(seconds), Ok(rest)) => Duration::new(seconds, rest),
        _ => Duration::MAX,
    }
}

/// What follows from a delay that the service asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it may say that the loop ends"]
pub enum ServerDelay {
    /// Repeat after this time.
    Wait(Duration),
    /// The service asked for more than it may: no repeat.
    TooLong {
        /// What it asked for.
        asked: Duration,
        /// The longest it may ask for.
        most: Duration,
    },
    /// The caller's time would be over by then: no repeat.
    NoTime {
        /// The delay with jitter.
        needed: Duration,
        /// The time in which the next attempt has to start.
        left: Duration,
    },
}

/// The delay before a repeat when the service named one (`Retry-After`).
///
/// What it `asked` for is a lower bound. The `ordinary` delay, that is [`Backoff::delay`] of this repeat, goes
/// on top: the service tells all its callers the same, and without it they would come back in the same
/// instant. With full jitter that is between nothing and the backoff's ceiling; with none, the ceiling.
///
/// A delay above `most` (default [`MAX_SERVER_DELAY`]) or, with jitter, above the time `left` ends the loop: to
/// shorten it would be to come back too early for certain. `left` is none when nothing bounds the call.
pub fn server_delay(
    asked: Duration,
    ordinary: Duration,
    most: Duration,
    left: Option<Duration>,
) -> ServerDelay {
    if asked > most {
        return ServerDelay::TooLong { asked, most };
    }
    let needed = asked.saturating_add(ordinary);
    match left {
        Some(left) if needed > left => ServerDelay::NoTime { needed, left },
        _ => ServerDelay::Wait(needed),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
