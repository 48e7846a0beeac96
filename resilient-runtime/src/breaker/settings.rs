//! The numbers of a breaker: in come the options of `#[breaker(..)]`, out comes a checked [`Settings`].
//!
//! Refuses zero, reversed and out-of-range numbers, with a sentence that says what would happen.

use std::time::Duration;

use super::ratio::Ratio;
use super::ring::LARGEST_COUNT;
use crate::retry::MAX_SERVER_DELAY;

/// Which calls a breaker judges by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The calls that ended in the last so-and-so long. Slides in ten steps, so at any moment it
    /// covers between nine tenths and the whole of this time.
    Time(Duration),
    /// The last so many calls that finished. Slides by one call: a new one pushes the oldest out.
    Count(u32),
}

/// When a breaker opens, for how long, and what closes it again.
///
/// | field | default | where the number comes from |
/// |---|---|---|
/// | `failure_rate` | 50 % | Hystrix `errorThresholdPercentage`, Resilience4j `failureRateThreshold` |
/// | `min_calls` | 20 | Hystrix and MicroProfile `requestVolumeThreshold` |
/// | `window` | 10 s | Hystrix: 10 s in ten buckets |
/// | `consecutive` | 5 | Finagle `consecutiveFailures`, Envoy `consecutive_5xx`: the evidence a client with few calls can get |
/// | `slow` | off | only the caller knows what is slow |
/// | `slow_rate` | 80 % | our choice: below the 100 % of Resilience4j, which one fast answer defeats |
/// | `open` | 1 s | our outage model: with one probe it recovers in 2 to 3 s where 60 s takes 62 s |
/// | `jittered` | yes | Finagle's equal jitter: clients that were refused together do not come back together |
/// | `max_open` | twice `open`, and `open` again after 8 unanswered probes in a row; 30 s for a `Retry-After` | our outage model: every doubling more adds its time to the recovery, and saves a probe in some seconds |
/// | `probes` | 1 | the same outage model; Hystrix lets one call through as well |
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::breaker::{Ratio, Settings, Window};
/// const PAYMENTS: Settings = Settings::new()
///     .failure_rate(Ratio::percent(30))
///     .window(Window::Count(100))
///     .slow(Duration::from_secs(2));
/// assert_eq!(PAYMENTS.validate(), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// Opens when this share of the window's calls failed, or more. None: the share is not looked at.
    pub failure_rate: Option<Ratio>,
    /// No share is looked at before the window holds this many calls; with exactly this many it is.
    pub min_calls: u32,
    /// Which calls count.
    pub window: Window,
    /// Opens after this many unknown outcomes in a row, each of a call admitted after the one before
    /// it ended: a lost connection with fifty calls in flight counts once. None: off.
    pub consecutive: Option<u32>,
    /// A call that takes this long or longer is slow. None: none is.
    pub slow: Option<Duration>,
    /// Opens when this share of the window's calls was slow, or more. Looked at only with `slow`.
    pub slow_rate: Ratio,
    /// How long it stays open the first time; the time used is drawn from half of it to all of it. After a failed probe it
    /// counts from when that was sent, and a quarter of `open` is left of it at least.
    pub open: Duration,
    /// Whether it is drawn. Without that it stays open for exactly so long: for one caller alone, or for a test.
    pub jittered: bool,
    /// No open time is longer than this, neither one doubled by failing probes nor a `Retry-After`.
    /// None: the time doubles once, until 8 probes in a row went unanswered (the service is not slow but gone), and a `Retry-After` counts up to 30 s, or up to `open` if that is longer.
    pub max_open: Option<Duration>,
    /// How many calls are let through half-open, and how many of them must succeed: all.
    pub probes: u32,
}

/// One day: the longest time anybody means; more is a unit gone wrong.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// Ten buckets of one millisecond, the step of tokio's timers.
const SHORTEST_WINDOW: Duration = Duration::from_millis(10);
/// More probes than this are not probes.
const MOST_PROBES: u32 = 1_000;

impl Settings {
    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            failure_rate: Some(Ratio::percent(50)),
            min_calls: 20,
            window: Window::Time(Duration::from_secs(10)),
            consecutive: Some(5),
            slow: None,
            slow_rate: Ratio::percent(80),
            open: Duration::from_secs(1),
            jittered: true,
            max_open: None,
            probes: 1,
        }
    }

    /// Opens at this share of failures.
    #[must_use]
    pub const fn failure_rate(mut self, rate: Ratio) -> Self {
        self.failure_rate = Some(rate);
        self
    }

    /// Looks at no share of failures (and so at no dropped calls either).
    #[must_use]
    pub const fn no_failure_rate(mut self) -> Self {
        self.failure_rate = None;
        self
    }

    /// Looks at no share before the window holds this many calls.
    #[must_use]
    pub const fn min_calls(mut self, calls: u32) -> Self {
        self.min_calls = calls;
        self
    }

    /// Judges by these calls.
    #[must_use]
    pub const fn window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Opens after this many unknown outcomes in a row.
    #[must_use]
    pub const fn consecutive(mut self, outcomes: u32) -> Self {
        self.consecutive = Some(outcomes);
        self
    }

    /// Does not look at outcomes in a row.
    #[must_use]
    pub const fn no_consecutive(mut self) -> Self {
        self.consecutive = None;
        self
    }

    /// Calls a call slow from this duration on.
    #[must_use]
    pub const fn slow(mut self, slow: Duration) -> Self {
        self.slow = Some(slow);
        self
    }

    /// Opens at this share of slow calls.
    #[must_use]
    pub const fn slow_rate(mut self, rate: Ratio) -> Self {
        self.slow_rate = rate;
        self
    }

    /// Stays open this long the first time.
    #[must_use]
    pub const fn open(mut self, open: Duration) -> Self {
        self.open = open;
        self
    }

    /// Stays open for exactly `open`, doubled or not, instead of a time drawn from its upper half.
    #[must_use]
    pub const fn no_jitter(mut self) -> Self {
        self.jittered = false;
        self
    }

    /// Never stays open longer than this at a stretch.
    #[must_use]
    pub const fn max_open(mut self, max_open: Duration) -> Self {
        self.max_open = Some(max_open);
        self
    }

    /// Lets this many calls through half-open, and closes when all of them succeeded.
    #[must_use]
    pub const fn probes(mut self, probes: u32) -> Self {
        self.probes = probes;
        self
    }

    /// Whether a breaker with these numbers can do its work.
    ///
    /// # Errors
    /// The first number that is zero, reversed or out of range, as a sentence that names the option.
    pub fn validate(&self) -> Result<(), String> {
        self.validate_shares()?;
        self.validate_window()?;
        self.validate_times()?;
        match self.probes {
            0 => Err("probes is 0: an open breaker could never close again".to_owned()),
            more if more > MOST_PROBES => Err(format!(
                "probes is {more}: at most {MOST_PROBES}, or half-open protects nobody"
            )),
            _ => Ok(()),
        }
    }

    fn validate_shares(&self) -> Result<(), String> {
        let shares = [
            ("failure_rate", self.failure_rate),
            ("slow_rate", Some(self.slow_rate)),
        ];
        for (name, share) in shares {
            match share {
                Some(share) if !share.is_sensible() => {
                    return Err(format!(
                        "{name} is {share}: it must be above 0% and at most 100%"
                    ));
                }
                _ => {}
            }
        }
        if self.consecutive == Some(0) {
            return Err("consecutive is 0: it must be 1 or more outcomes in a row".to_owned());
        }
        if self.failure_rate.is_none() && self.consecutive.is_none() && self.slow.is_none() {
            return Err("failure_rate, consecutive and slow are all off: \
                        nothing could ever open this breaker"
                .to_owned());
        }
        Ok(())
    }

    fn validate_window(&self) -> Result<(), String> {
        if self.min_calls == 0 {
            return Err(
                "min_calls is 0: one failure would be a rate of 100%, say 1 if that is meant"
                    .to_owned(),
            );
        }
        match self.window {
            Window::Time(time) if time < SHORTEST_WINDOW => Err(format!(
                "window is {time:?}: it slides in ten steps and must be {SHORTEST_WINDOW:?} or longer"
            )),
            Window::Time(time) if time > LONGEST => Err(too_long("window", time)),
            Window::Count(calls) if calls < self.min_calls => Err(format!(
                "window is {calls} calls: it can never hold min_calls = {}, so no rate would be looked at",
                self.min_calls
            )),
            Window::Count(calls) if calls > LARGEST_COUNT => Err(format!(
                "window is {calls} calls: at most {LARGEST_COUNT}, or say a time"
            )),
            _ => Ok(()),
        }
    }

    fn validate_times(&self) -> Result<(), String> {
        let times = [
            ("slow", self.slow),
            ("open", Some(self.open)),
            ("max_open", self.max_open),
        ];
        for (name, time) in times {
            match time {
                Some(Duration::ZERO) => return Err(format!("{name} is zero: say how long")),
                Some(time) if time > LONGEST => return Err(too_long(name, time)),
                _ => {}
            }
        }
        match self.max_open {
            Some(max_open) if self.open > max_open => Err(format!(
                "open is {:?}, longer than max_open = {max_open:?}: swap them, or leave max_open out",
                self.open
            )),
            _ => Ok(()),
        }
    }

    /// The longest open time that failing probes lead to.
    pub(super) fn longest_open(&self) -> Duration {
        self.max_open.unwrap_or(self.open.saturating_mul(2))
    }

    /// What is left of an open time that counts from when the failed probe was sent: a quarter of `open` at least, so that slow
    /// probes do not follow each other without a pause. Exact times (`jittered` off) count from the probe's end.
    pub(super) fn rest_of(&self, whole: Duration, took: Duration) -> Duration {
        if self.jittered {
            whole.saturating_sub(took).max(self.open / 4)
        } else {
            whole
        }
    }

    /// The longest `Retry-After` that counts.
    pub(super) fn longest_asked(&self) -> Duration {
        self.max_open.unwrap_or(MAX_SERVER_DELAY.max(self.open))
    }

    /// Field by field the one that refuses more; what holds when one name carries two configurations.
    ///
    /// | field | stricter |
    /// |---|---|
    /// | `failure_rate`, `consecutive`, `slow` | set rather than off; then the smaller |
    /// | `min_calls`, `slow_rate` | the smaller: opens on less |
    /// | `window` | a count rather than a time, since a failure in it never grows old; then the larger |
    /// | `open`, `max_open` | the longer |
    /// | `jittered` | not, since what is drawn is shorter |
    /// | `probes` | the more: all of them must succeed before it closes |
    pub(super) fn stricter(one: Self, other: Self) -> Self {
        Self {
            failure_rate: smaller(one.failure_rate, other.failure_rate),
            min_calls: one.min_calls.min(other.min_calls),
            window: match (one.window, other.window) {
                (Window::Time(one), Window::Time(other)) => Window::Time(one.max(other)),
                (Window::Count(one), Window::Count(other)) => Window::Count(one.max(other)),
                (Window::Count(calls), Window::Time(_))
                | (Window::Time(_), Window::Count(calls)) => Window::Count(calls),
            },
            consecutive: smaller(one.consecutive, other.consecutive),
            slow: smaller(one.slow, other.slow),
            slow_rate: one.slow_rate.min(other.slow_rate),
            open: one.open.max(other.open),
            jittered: one.jittered && other.jittered,
            max_open: longer(&one, &other),
            probes: one.probes.max(other.probes),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// The longer of two maxima; where only one is set it meets the other's doubled time.
fn longer(one: &Settings, other: &Settings) -> Option<Duration> {
    (one.max_open.is_some() || other.max_open.is_some())
        .then(|| one.longest_open().max(other.longest_open()))
}

/// The smaller of what is set; `Option`'s own order would call "off" the smallest.
fn smaller<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn too_long(name: &str, time: Duration) -> String {
    format!("{name} is {time:?}: more than {LONGEST:?}, a day, is surely a unit gone wrong")
}
