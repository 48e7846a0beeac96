//! The numbers of a retry budget, and what it shows of itself.
//!
//! Goes in: what the attribute or a configuration says. Comes out: checked settings. Refuses: a budget that can
//! never pay, and one that pays for everything.

use crate::breaker::Ratio;

/// Units in one token: a share in hundredths of a percent is a whole number of them, so nothing is rounded.
pub(super) const TOKEN: u64 = 10_000;

/// What an answer earns, and how much is saved.
///
/// A repeat costs one token, after an unknown outcome two (the service may still be at work on the attempt
/// that was given up). Tokens are saved up to the larger of `save` and what the last full second earned: a
/// client with many calls may answer a short burst of errors, a quiet one has a floor.
///
/// ```
/// use resilient_runtime::breaker::Ratio;
/// use resilient_runtime::retry::budget::Settings;
///
/// const FRUGAL: Settings = Settings::new().earn(Ratio::percent(10)).save(3);
/// assert_eq!(FRUGAL.validate(), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// Tokens per `Ok`, as a share of one; more than nothing, at most 100 %. Default 20 %: every fifth answer
    /// pays for one repeat (the ratio of Envoy, Finagle and failsafe-go).
    pub earn: Ratio,
    /// Tokens that are saved however few calls there are, and what it starts with; at least 2. Default 5.
    pub save: u32,
}

impl Settings {
    /// 20 % of an `Ok`, 5 saved.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            earn: Ratio::percent(20),
            save: 5,
        }
    }

    /// An `Ok` earns this share of a token.
    #[must_use]
    pub const fn earn(mut self, earn: Ratio) -> Self {
        self.earn = earn;
        self
    }

    /// Saves so many tokens however few calls there are, and starts with as many.
    #[must_use]
    pub const fn save(mut self, save: u32) -> Self {
        self.save = save;
        self
    }

    /// Whether these numbers make sense together; the same rules as the attribute's.
    ///
    /// # Errors
    ///
    /// The sentence says which number is wrong and what to write instead.
    pub fn validate(&self) -> Result<(), String> {
        let earn = u64::from(self.earn.as_hundredths());
        if earn == 0 {
            return Err(
                "a budget that earns 0% is spent once and never again: say `earn = \"20%\"`".into(),
            );
        }
        if earn > TOKEN {
            let earn = self.earn;
            return Err(format!(
                "an answer pays for at most one repeat, 100%, not {earn}"
            ));
        }
        if self.save < 2 {
            return Err("a repeat after an unknown outcome costs 2: save at least as much".into());
        }
        Ok(())
    }

    /// Field by field the stricter: earns less, saves less.
    pub(super) fn stricter(one: Self, other: Self) -> Self {
        let earn = one.earn.as_hundredths().min(other.earn.as_hundredths());
        Self {
            earn: Ratio::hundredths(earn),
            save: one.save.min(other.save),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// What a retry budget shows of itself.
///
/// Read without stopping anybody: under traffic each number is right, but not all are of one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// What can be spent now, exact to a ten-thousandth; never more than `cap`.
    pub tokens: f64,
    /// What is saved at most, as of now: the larger of `save` and what the last full second earned.
    pub cap: f64,
    /// Repeats that were paid for and sent, since the start or the last reset.
    pub repeats: u64,
    /// Repeats that were not sent because there was too little, since then.
    pub refused: u64,
    /// How often it started anew because the clock stood more than 10 s before what it had seen. More than
    /// none outside tests means that two clocks drive one budget.
    pub clock_resets: u64,
}
