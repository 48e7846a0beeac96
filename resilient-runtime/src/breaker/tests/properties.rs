//! Windows beside a list of (time, outcome) that is counted anew each time.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::super::window::{Counts, Entry, Tally};
use super::*;
use crate::properties::{cases, refuted};

/// What may happen to a window.
#[derive(Debug, Clone)]
enum Step {
    Wait(Duration),
    /// Learned so much later than it happened.
    Finished(Entry, Duration),
    Dropped,
    Resized(Window),
}

/// The real one, or one that is wrong on purpose.
trait Counting: Sized {
    fn push(&mut self, entry: Entry, at: Stamp);
    fn push_dropped(&mut self, at: Stamp);
    fn resized(self, window: Window) -> Self;
    fn counts(&self, now: Stamp) -> Counts;
}

impl Counting for Tally {
    fn push(&mut self, entry: Entry, at: Stamp) {
        self.push(entry, at);
    }
    fn push_dropped(&mut self, at: Stamp) {
        self.push_dropped(at);
    }
    fn resized(self, window: Window) -> Self {
        self.resized(window)
    }
    fn counts(&self, now: Stamp) -> Counts {
        self.counts_at(now)
    }
}

/// B1: a window that starts anew when it is over, and does not slide.
struct Tumbling {
    window: Window,
    began: Stamp,
    tally: Tally,
}

impl Tumbling {
    fn new(window: Window) -> Self {
        let (began, tally) = (Stamp::FIRST, Tally::new(window, Stamp::FIRST));
        Self {
            window,
            began,
            tally,
        }
    }

    fn turn(&mut self, at: Stamp) {
        let over = match self.window {
            Window::Time(time) => at.since(self.began) >= time,
            Window::Count(calls) => self.tally.counts().finished >= u64::from(calls),
        };
        if over {
            self.began = at;
            self.tally = Tally::new(self.window, at);
        }
    }
}

impl Counting for Tumbling {
    fn push(&mut self, entry: Entry, at: Stamp) {
        self.turn(at);
        self.tally.push(entry, at);
    }
    fn push_dropped(&mut self, at: Stamp) {
        self.turn(at);
        self.tally.push_dropped(at);
    }
    fn resized(self, window: Window) -> Self {
        Self::new(window)
    }
    fn counts(&self, now: Stamp) -> Counts {
        self.tally.counts_at(now)
    }
}

/// Everything that happened, with its time; a dropped call has no entry.
struct Log {
    window: Window,
    lines: Vec<(u64, Option<Entry>)>,
    /// The newest time that anything is known of.
    newest: u64,
}

impl Log {
    fn new(window: Window) -> Self {
        Self {
            window,
            lines: Vec::new(),
            newest: Stamp::FIRST.as_nanos(),
        }
    }

    fn width(&self) -> u64 {
        match self.window {
            Window::Time(time) => u64::try_from(time.as_nanos() / 10).unwrap().max(1),
            Window::Count(_) => u64::MAX,
        }
    }

    /// What is learned late counts as news.
    fn push(&mut self, entry: Option<Entry>, at: u64) {
        self.newest = self.newest.max(at);
        self.lines.push((self.newest, entry));
    }

    fn resize(&mut self, window: Window) {
        let old = self.width();
        match (self.window, window) {
            (Window::Time(_), Window::Time(_)) => {
                let last = self.newest / old;
                self.lines.retain(|(at, _)| at / old + 10 > last);
                self.window = window;
                if self.width() != old {
                    // Each tenth goes, whole, where it began.
                    self.lines.iter_mut().for_each(|(at, _)| *at -= *at % old);
                    self.newest -= self.newest % old;
                }
            }
            (Window::Count(_), Window::Count(_)) => {
                self.lines = self.last_finished();
                self.window = window;
            }
            _ => {
                *self = Self::new(window);
                // What a count knows nothing of starts at the beginning of time.
                self.newest = 0;
            }
        }
    }

    /// The last calls of a count, and those that were dropped since the last of them.
    fn last_finished(&self) -> Vec<(u64, Option<Entry>)> {
        let Window::Count(size) = self.window else {
            return self.lines.clone();
        };
        let is_finished = |line: &&(u64, Option<Entry>)| line.1.is_some();
        let mut lines: Vec<_> = self.lines.iter().filter(is_finished).copied().collect();
        lines.drain(..lines.len().saturating_sub(size as usize));
        let since = self.lines.iter().rev().take_while(|line| line.1.is_none());
        lines.extend(since.copied());
        lines
    }

    fn counts(&self, now: u64) -> Counts {
        let mut lines = self.last_finished();
        if let Window::Time(_) = self.window {
            let present = self.newest.max(now) / self.width();
            lines.retain(|(at, _)| at / self.width() + 10 > present);
        }
        let counts = count(&lines);
        match self.window {
            Window::Count(size) if counts.dropped >= u64::from(size) => Counts {
                dropped: counts.dropped,
                ..Counts::default()
            },
            _ => counts,
        }
    }
}

fn count(lines: &[(u64, Option<Entry>)]) -> Counts {
    let many = |is: &dyn Fn(&Option<Entry>) -> bool| {
        lines.iter().filter(|(_, entry)| is(entry)).count() as u64
    };
    Counts {
        finished: many(&|entry| entry.is_some()),
        failed: many(&|entry| entry.is_some_and(|entry| entry.failed)),
        slow: many(&|entry| entry.is_some_and(|entry| entry.slow)),
        dropped: many(&|entry| entry.is_none()),
    }
}

fn agrees<C: Counting>(mut seen: C, window: Window, steps: &[Step]) -> TestCaseResult {
    let (mut log, mut now) = (Log::new(window), Stamp::FIRST);
    for step in steps {
        match *step {
            Step::Wait(time) => now = now.plus(time),
            Step::Finished(entry, late) => {
                let at = Stamp::from_nanos(now.as_nanos().saturating_sub(nanos(late)));
                seen.push(entry, at);
                log.push(Some(entry), at.as_nanos());
            }
            Step::Dropped => {
                seen.push_dropped(now);
                log.push(None, now.as_nanos());
            }
            Step::Resized(window) => {
                seen = seen.resized(window);
                log.resize(window);
            }
        }
        prop_assert_eq!(seen.counts(now), log.counts(now.as_nanos()));
    }
    Ok(())
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap()
}

/// Without tenths: what is younger than nine of them is counted, what is as old as all ten is not.
fn forgets_what_is_old<C: Counting>(
    mut seen: C,
    window: Duration,
    steps: &[Step],
) -> TestCaseResult {
    let (mut lines, mut now) = (Vec::new(), Stamp::FIRST);
    for step in steps {
        match *step {
            Step::Wait(time) => now = now.plus(time),
            Step::Finished(entry, _) => {
                seen.push(entry, now);
                lines.push((now.as_nanos(), Some(entry)));
            }
            Step::Dropped | Step::Resized(_) => {
                seen.push_dropped(now);
                lines.push((now.as_nanos(), None));
            }
        }
        let within = |age: Duration| {
            let young = |(at, _): &&(u64, _)| now.as_nanos() - at < nanos(age);
            count(&lines.iter().filter(young).copied().collect::<Vec<_>>())
        };
        let (least, most, counts) = (
            within((window * 9 / 10).saturating_sub(Duration::from_nanos(9))),
            within(window),
            seen.counts(now),
        );
        prop_assert!(least.finished <= counts.finished && counts.finished <= most.finished);
        prop_assert!(least.failed <= counts.failed && counts.failed <= most.failed);
        prop_assert!(least.slow <= counts.slow && counts.slow <= most.slow);
        prop_assert!(least.dropped <= counts.dropped && counts.dropped <= most.dropped);
    }
    Ok(())
}

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (100_u64..20_000_000_000).prop_map(Duration::from_nanos),
        (1_u64..20).prop_map(Duration::from_secs),
    ]
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        time().prop_map(Window::Time),
        (1_u32..70).prop_map(Window::Count),
    ]
}

fn finished() -> impl Strategy<Value = Step> {
    let late = prop_oneof![
        4 => Just(Duration::ZERO),
        1 => (0_u64..30_000_000_000).prop_map(Duration::from_nanos),
    ];
    (any::<bool>(), any::<bool>(), late)
        .prop_map(|(failed, slow, late)| Step::Finished(Entry { failed, slow }, late))
}

fn wait() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0_u64..30_000_000_000).prop_map(Duration::from_nanos),
        (0_u64..900).prop_map(Duration::from_millis),
        (0_u64..100).prop_map(|tenths| Duration::from_millis(tenths * 100)),
    ]
    .prop_map(Step::Wait)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![4 => finished(), 1 => Just(Step::Dropped), 2 => wait()];
    vec(step, 0..150)
}

fn steps_and_sizes() -> impl Strategy<Value = Vec<Step>> {
    let sizes = window().prop_map(Step::Resized);
    let step = prop_oneof![12 => finished(), 3 => Just(Step::Dropped), 6 => wait(), 1 => sizes];
    vec(step, 0..150)
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_window_counts_what_a_list_of_all_outcomes_counts(window in window(), steps in steps_and_sizes()) {
        agrees(Tally::new(window, Stamp::FIRST), window, &steps)?;
    }

    #[test]
    fn a_time_window_forgets_what_is_as_old_as_it_and_nothing_younger_than_nine_tenths(
        window in time(), steps in steps(),
    ) {
        forgets_what_is_old(Tally::new(Window::Time(window), Stamp::FIRST), window, &steps)?;
    }
}

#[test]
fn b01_a_window_that_does_not_slide_is_refuted() {
    refuted(&(window(), steps()), |(window, steps)| {
        agrees(Tumbling::new(window), window, &steps)
    });
    refuted(&(time(), steps()), |(window, steps)| {
        forgets_what_is_old(Tumbling::new(Window::Time(window)), window, &steps)
    });
}

#[test]
fn b06_a_window_that_is_one_too_large_is_refuted() {
    let larger = |window| match window {
        Window::Time(time) => Window::Time(time * 11 / 10),
        Window::Count(calls) => Window::Count(calls + 1),
    };
    refuted(&(window(), steps()), |(window, steps)| {
        agrees(Tally::new(larger(window), Stamp::FIRST), window, &steps)
    });
    refuted(&(time(), steps()), |(window, steps)| {
        let longer = Window::Time(window * 12 / 10);
        forgets_what_is_old(Tally::new(longer, Stamp::FIRST), window, &steps)
    });
}
