//! The retry budget's state: tokens, and how many answers there were in this second and the one before.
//!
//! Goes in: `Ok`, a wish to repeat, a repeat that was not sent after all; each with the time. Comes out: yes or
//! no. Refuses: a lock, where threads do not meet.
//!
//! # Why the counts hold under any interleaving
//!
//! * Tokens change by compare-exchange only, from a value that was looked at: a spender takes all of its cost
//!   or nothing, an earner never writes more than the cap it read. So the word is never negative, and above
//!   the present cap only for as long as the cap has fallen since; what is seen and spent is the smaller of
//!   the two, and the first to count in a new second takes the surplus away.
//! * Answers of second `s` are counted in slot `s mod 2`, a word of (second, count), so a slot says itself
//!   what it is about: no second word has to be published before or after it, and turning it over to its next
//!   second is one compare-exchange, which one thread wins.
//! * The last full second is looked for by its number; a slot turned over meanwhile does not answer to it.
//!   Whoever slept a whole second between reading the two slots may see less saved than there is. Never more.
//!
//! * Two threads that meet at a slot get words of their own, see [`super::parked`].
//!
//! Orderings: nothing outside these words is published by them, so relaxed is enough everywhere.
//!
//! # Time
//!
//! An answer may carry the time its attempt *started*, to save a read of the clock. So an old stamp on an
//! answer says nothing about the clock: it is counted in the newest second known. A wish to repeat comes right
//! after waiting and is dated exactly: when it is far behind, the clock went back, and the budget starts anew.

use super::parked::Parked;
use super::seconds::{Second, Seconds, number};
use super::settings::{Settings, Snapshot, TOKEN};
use crate::breaker::Ratio;
use crate::clock::Stamp;
use crate::config::Value;
use crate::registry::Live;
use crate::shared::State;
use crate::sync::{AtomicU64, Ordering};
use crate::trace::Quiet;

/// So many seconds a wish to repeat may be behind the newest second known, through a thread that was stopped
/// between reading the clock and asking, before the clock is said to have gone back.
const STOPPED: u64 = 10;

/// The state of one budget.
pub(crate) struct Core {
    seconds: [AtomicU64; 2],
    /// In units of `TOKEN`.
    tokens: AtomicU64,
    /// `save` (upper half) and `earn`, in one word so that both are always of one configuration.
    settings: AtomicU64,
    repeats: AtomicU64,
    refused: AtomicU64,
    clock_resets: AtomicU64,
    pub(super) parked: Parked,
    quiet: Quiet,
}

impl Core {
    /// An answer: `Ok`, nothing else. `now` may be the time the attempt started.
    ///
    /// One read-modify-write, and a second one while the budget is not full and threads have not met.
    #[inline]
    pub(crate) fn earn(&self, now: Stamp) {
        let second = number(now);
        if self.parked.stripes.are_there() {
            return self.park(second);
        }
        let seconds = self.seconds();
        let newest = seconds.newest.number();
        if second > newest {
            return self.earn_first(1, second);
        }
        // Looked at before the count: what waits for a read-modify-write is not read any faster after it.
        let (earn, save) = self.numbers();
        let cap = (seconds.last_full(newest) * earn).max(save);
        let full = self.tokens.load(Ordering::Relaxed) >= cap;
        let (seen, slot) = (seconds.newest.0, self.slot(newest));
        let alone = slot.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed);
        if alone.is_err() {
            slot.fetch_add(1, Ordering::Relaxed);
            self.spread();
        }
        if !full {
            self.add(earn, cap);
        }
    }

    /// So many answers that were counted elsewhere, in this second or an earlier one than the newest.
    pub(super) fn earn_late(&self, answers: u64, second: u64) {
        let newest = self.seconds().newest.number();
        if second > newest {
            return self.earn_first(answers, second);
        }
        let (earn, _) = self.numbers();
        let cap = self.cap(newest);
        self.slot(newest).fetch_add(answers, Ordering::Relaxed);
        self.add(answers * earn, cap);
    }

    /// Whether one repeat may be sent; if so it is paid for. Costs one token, after an unknown outcome two: all
    /// or nothing. `now` is to be read when the backoff has ended.
    #[must_use]
    pub(crate) fn spend(&self, after_unknown: bool, now: Stamp) -> bool {
        let second = number(now);
        self.settle();
        let seen = self.seconds();
        if seen.newest.number() > second + STOPPED {
            self.start_anew(seen, second);
        }
        let cap = self.cap(second);
        let cost = cost(after_unknown);
        let paid = self
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| {
                tokens.min(cap).checked_sub(cost)
            });
        let counter = if paid.is_ok() {
            &self.repeats
        } else {
            &self.refused
        };
        counter.fetch_add(1, Ordering::Relaxed);
        paid.is_ok()
    }

    /// When its refusals were last logged.
    pub(crate) fn quiet(&self) -> &Quiet {
        &self.quiet
    }

    /// A repeat that was paid for was refused by a breaker or bulkhead before it was sent: such a refusal costs
    /// nothing. The same `after_unknown` as before, once per `spend`.
    pub(crate) fn give_back(&self, after_unknown: bool, now: Stamp) {
        self.settle();
        let cap = self.cap(number(now));
        self.add(cost(after_unknown), cap);
        // After a reset in between there is nothing to take back.
        let _ = self
            .repeats
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |repeats| {
                repeats.checked_sub(1)
            });
    }

    /// What can be spent now, in ten-thousandths of a token.
    #[cfg(test)]
    pub(crate) fn tokens(&self, now: Stamp) -> u64 {
        self.settle();
        let cap = self.cap(number(now));
        self.tokens.load(Ordering::Relaxed).min(cap)
    }

    /// What it shows.
    pub(crate) fn snapshot(&self, now: Stamp) -> Snapshot {
        self.settle();
        let cap = self.cap(number(now));
        Snapshot {
            tokens: in_tokens(self.tokens.load(Ordering::Relaxed).min(cap)),
            cap: in_tokens(cap),
            repeats: self.repeats.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            clock_resets: self.clock_resets.load(Ordering::Relaxed),
        }
    }

    /// Adds as much as fits under the cap. What is above it already is left to `earn_first` and `spend`.
    #[inline]
    fn add(&self, units: u64, cap: u64) {
        let mut tokens = self.tokens.load(Ordering::Relaxed);
        while tokens < cap {
            let more = (tokens + units).min(cap);
            let added = self.tokens.compare_exchange_weak(
                tokens,
                more,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            match added {
                Ok(_) => return,
                Err(changed) => tokens = changed,
            }
        }
    }

    /// Answers in a new second, whose slot forgets the second before the last.
    #[cold]
    fn earn_first(&self, answers: u64, second: u64) {
        let slot = self.slot(second);
        let turned = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |seen| {
            (Second(seen).number() < second).then_some(Second::with(second, answers).0)
        });
        let cap = self.cap(second);
        if turned.is_ok() {
            // A second that earned less saves less.
            self.tokens.fetch_min(cap, Ordering::Relaxed);
        } else {
            slot.fetch_add(answers, Ordering::Relaxed);
        }
        let (earn, _) = self.numbers();
        self.add(answers * earn, cap);
    }

    /// The clock went back, by what was `seen`. Several threads may see it; the one that clears the newest second
    /// starts anew, and looking again here would let a later one clear what is cleared already.
    #[cold]
    fn start_anew(&self, seen: Seconds, second: u64) {
        let Seconds { newest, other } = seen;
        self.forget_parked();
        // The other one first: were it the newest for a moment, a second thread would reset once more.
        if other.number() > second + STOPPED {
            self.clear(other);
        }
        if self.clear(newest) {
            let (_, save) = self.numbers();
            self.tokens.store(save, Ordering::Relaxed);
            self.clock_resets.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn clear(&self, seen: Second) -> bool {
        let slot = self.slot(seen.number());
        // Answers that are counted meanwhile are of that clock, too.
        slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |word| {
            (Second(word).number() == seen.number()).then_some(0)
        })
        .is_ok()
    }

    /// The larger of `save` and what the last full second earned, in units.
    fn cap(&self, second: u64) -> u64 {
        let (earn, save) = self.numbers();
        (self.seconds().last_full(second) * earn).max(save)
    }

    #[inline]
    fn seconds(&self) -> Seconds {
        let [even, odd] = &self.seconds;
        let read = |slot: &AtomicU64| Second(slot.load(Ordering::Relaxed));
        Seconds::of(read(even), read(odd))
    }

    #[inline]
    fn slot(&self, second: u64) -> &AtomicU64 {
        &self.seconds[usize::from(second & 1 == 1)]
    }

    /// What an answer earns and what is saved, in units.
    #[inline]
    fn numbers(&self) -> (u64, u64) {
        let word = self.settings.load(Ordering::Relaxed);
        (word & 0xFFFF, (word >> 32) * TOKEN)
    }
}

impl State for Core {
    type Settings = Settings;
    const POLICY: &'static str = "budget";

    fn new(settings: Settings) -> Self {
        Self {
            seconds: [AtomicU64::new(0), AtomicU64::new(0)],
            tokens: AtomicU64::new(u64::from(settings.save) * TOKEN),
            settings: AtomicU64::new(word(settings)),
            repeats: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            clock_resets: AtomicU64::new(0),
            parked: Parked::none(),
            quiet: Quiet::new(),
        }
    }

    fn settings(&self) -> Settings {
        let (earn, save) = self.numbers();
        let earn = u16::try_from(earn).expect("a mask of 16 bits");
        let save = u32::try_from(save / TOKEN).expect("it was the upper half of a word");
        Settings::new().earn(Ratio::hundredths(earn)).save(save)
    }

    fn configure(&self, settings: Settings) {
        // What was answered before earned what it earned then.
        self.settle();
        self.settings.store(word(settings), Ordering::Relaxed);
    }

    fn stricter(one: Settings, other: Settings) -> Settings {
        Settings::stricter(one, other)
    }

    /// Full, and no second counts any more.
    fn is_idle(&self, now: Stamp) -> bool {
        self.settle();
        let (_, save) = self.numbers();
        self.seconds().newest.number() + 1 < number(now)
            && self.tokens.load(Ordering::Relaxed) >= save
    }

    fn reset(&self, _now: Stamp) {
        let (_, save) = self.numbers();
        self.forget_parked();
        for word in self
            .seconds
            .iter()
            .chain([&self.repeats, &self.refused, &self.clock_resets])
        {
            word.store(0, Ordering::Relaxed);
        }
        self.tokens.store(save, Ordering::Relaxed);
    }

    fn tune(settings: &mut Settings, name: &str, value: Value) {
        match (name, value) {
            ("earn", Value::Share(earn)) => settings.earn = earn,
            ("save", Value::Count(save)) => settings.save = save,
            _ => {}
        }
    }

    fn validate(settings: &Settings) -> Result<(), String> {
        settings.validate()
    }

    fn live(&self, now: Stamp) -> Live {
        Live::Budget(self.snapshot(now))
    }
}

const fn cost(after_unknown: bool) -> u64 {
    if after_unknown { 2 * TOKEN } else { TOKEN }
}

fn word(settings: Settings) -> u64 {
    u64::from(settings.save) << 32 | u64::from(settings.earn.as_hundredths())
}

/// Exact: fewer than 2^53 ten-thousandths.
#[allow(
    clippy::cast_precision_loss,
    reason = "at most 2^32 answers of 2^16 units make 2^48"
)]
fn in_tokens(units: u64) -> f64 {
    units as f64 / TOKEN as f64
}
