//! Words that many threads count in at once: one for every thread, more or less, once two have met.
//!
//! Goes in: "two threads have met at this state". Comes out: a word on a cache line that, with luck, no other thread
//! writes. Refuses to cost anything before: a state that one thread uses at a time has one word, and nothing on the heap.
//!
//! A cache line that two cores write goes back and forth between them, which takes longer than everything else that a
//! successful call does: 50 ns and more for each read-modify-write, where one that stays takes 5. What the words add up to is
//! the business of whoever owns them.

use std::sync::OnceLock;

use crate::sync::{AtomicU64, lane};

/// More threads than this share words: whoever needs the sum reads so many lines.
const MOST: usize = 8;

/// None, or one word for every thread up to [`MOST`]. Small as long as there are none.
#[derive(Debug)]
pub(crate) struct Stripes {
    words: OnceLock<Box<Words>>,
}

#[derive(Debug)]
struct Words {
    /// How many are used, less one: a power of two, so that a remainder is a mask.
    mask: usize,
    words: [Padded; MOST],
}

/// Two lines, since some processors fetch lines in pairs.
#[derive(Debug)]
#[repr(align(128))]
struct Padded(AtomicU64);

impl Stripes {
    pub(crate) const fn none() -> Self {
        Self {
            words: OnceLock::new(),
        }
    }

    /// How many there are once there are any.
    pub(crate) fn number() -> usize {
        number()
    }

    #[inline]
    pub(crate) fn are_there(&self) -> bool {
        self.words.get().is_some()
    }

    /// The word of this thread; none before [`Stripes::grow`].
    #[inline]
    pub(crate) fn mine(&self) -> Option<&AtomicU64> {
        let words = self.words.get()?;
        let word = words.words.get(lane() & words.mask)?;
        Some(&word.0)
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &AtomicU64> {
        let words = self.words.get();
        words.into_iter().flat_map(|words| {
            let used = words.words.iter().take(words.mask + 1);
            used.map(|word| &word.0)
        })
    }

    /// Makes them, each with this in it; false if they are made already.
    pub(crate) fn grow(&self, first: u64) -> bool {
        let made = || Words {
            mask: number() - 1,
            words: std::array::from_fn(|_| Padded(AtomicU64::new(first))),
        };
        self.words.get().is_none() && self.words.set(Box::new(made())).is_ok()
    }
}

/// How many: a power of two, and at least two.
#[cfg(not(all(test, resilient_model)))]
fn number() -> usize {
    static NUMBER: OnceLock<usize> = OnceLock::new();
    *NUMBER.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(MOST, std::num::NonZero::get);
        cores.clamp(2, MOST).next_power_of_two()
    })
}

#[cfg(all(test, resilient_model))]
fn number() -> usize {
    2
}

#[cfg(all(test, not(resilient_model)))]
mod tests {
    use super::*;
    use crate::sync::Ordering;

    #[test]
    fn there_are_none_until_they_are_made_and_they_are_made_once() {
        let stripes = Stripes::none();
        assert!(stripes.mine().is_none());
        assert_eq!(stripes.all().count(), 0);
        assert!(stripes.grow(7));
        assert!(!stripes.grow(8));
        assert!(stripes.all().all(|word| word.load(Ordering::Relaxed) == 7));
        let number = stripes.all().count();
        assert!((2..=MOST).contains(&number) && number.is_power_of_two());
    }

    #[test]
    fn a_thread_keeps_its_word_and_the_next_thread_has_another() {
        let stripes = Stripes::none();
        stripes.grow(0);
        let address = || stripes.mine().map(|word| std::ptr::from_ref(word).addr());
        assert_eq!(address(), address());
        let used = std::thread::scope(|scope| {
            // As many as there are words, one after the other: other tests' threads come in between.
            let threads = (0..64).map(|_| scope.spawn(address).join().unwrap());
            threads.collect::<std::collections::HashSet<_>>().len()
        });
        assert_eq!(used, stripes.all().count());
    }
}
