//! The two windows by themselves: what slides out, when, and what a change of size keeps.

use crate::breaker::ring::LARGEST_COUNT;
use crate::breaker::window::{Counts, Entry, Tally};

use super::*;

const GOOD: Entry = Entry {
    failed: false,
    slow: false,
};
const BAD: Entry = Entry {
    failed: true,
    slow: false,
};
const SLOW: Entry = Entry {
    failed: false,
    slow: true,
};

fn at(milliseconds: u64) -> Stamp {
    Stamp::FIRST.plus(ms(milliseconds))
}

fn timed(milliseconds: u64) -> Tally {
    Tally::new(Window::Time(ms(milliseconds)), at(0))
}

fn counted(calls: u32) -> Tally {
    Tally::new(Window::Count(calls), at(0))
}

const fn finished(finished: u64, failed: u64, slow: u64) -> Counts {
    Counts {
        finished,
        failed,
        slow,
        dropped: 0,
    }
}

#[test]
fn a_time_window_loses_a_tenth_at_a_time() {
    let mut window = timed(10_000);
    for second in 0..10 {
        window.push(BAD, at(second * 1_000));
        window.push(GOOD, at(second * 1_000 + 999));
    }
    assert_eq!(window.counts(), finished(20, 10, 0));
    assert_eq!(window.counts_at(at(9_999)), finished(20, 10, 0));
    for gone in 1..=10 {
        let seen = window.counts_at(at(9_000 + gone * 1_000));
        assert_eq!(seen, finished(20 - 2 * gone, 10 - gone, 0));
    }
    assert_eq!(window.counts_at(at(1_000_000)), Counts::default());
    assert_eq!(
        window.counts(),
        finished(20, 10, 0),
        "looking changes nothing"
    );
}

#[test]
fn what_comes_after_a_long_silence_finds_an_empty_window() {
    for silence in [10_000, 10_001, 19_999, 20_000, 123_456_789] {
        let mut window = timed(10_000);
        window.push(SLOW, at(0));
        window.push_dropped(at(0));
        window.push(GOOD, at(silence));
        assert_eq!(window.counts(), finished(1, 0, 0), "after {silence} ms");
    }
}

#[test]
fn a_bucket_is_cleared_before_it_is_used_again() {
    let mut window = timed(1_000);
    for step in 0..100 {
        window.push(BAD, at(step * 100));
        window.push(SLOW, at(step * 100));
        window.push_dropped(at(step * 100));
        let buckets = (step + 1).min(10);
        let expected = Counts {
            finished: 2 * buckets,
            failed: buckets,
            slow: buckets,
            dropped: buckets,
        };
        assert_eq!(window.counts(), expected);
    }
}

#[test]
fn an_outcome_that_comes_late_counts_as_news() {
    let mut window = timed(10_000);
    window.push(GOOD, at(50_000));
    window.push(BAD, at(45_000));
    window.push(BAD, at(0));
    assert_eq!(window.counts_at(at(59_999)), finished(3, 2, 0));
    assert_eq!(window.counts_at(at(60_000)), Counts::default());
}

#[test]
fn a_call_that_failed_slowly_is_one_call() {
    for mut window in [timed(1_000), counted(5)] {
        window.push(
            Entry {
                failed: true,
                slow: true,
            },
            at(0),
        );
        assert_eq!(window.counts(), finished(1, 1, 1));
    }
}

#[test]
fn the_newest_bucket_begins_and_ends_where_it_says() {
    let Tally::Time(window) = timed(10_000) else {
        unreachable!()
    };
    assert_eq!((window.from(), window.until()), (at(0), at(1_000)));
    let mut window = Tally::Time(window);
    window.push(GOOD, at(1_000));
    let Tally::Time(window) = window else {
        unreachable!()
    };
    assert_eq!((window.from(), window.until()), (at(1_000), at(2_000)));
}

#[test]
fn a_window_too_short_for_ten_steps_still_works() {
    let mut window = Tally::new(Window::Time(Duration::ZERO), Stamp::NEVER);
    window.push(BAD, at(1));
    assert_eq!(window.counts(), finished(1, 1, 0));
    let mut endless = Tally::new(Window::Time(Duration::MAX), Stamp::NEVER);
    endless.push(BAD, at(1));
    assert_eq!(
        endless.counts_at(Stamp::from_nanos(u64::MAX)),
        finished(1, 1, 0)
    );
}

#[test]
fn a_count_window_slides_by_one_call() {
    for size in [1, 2, 31, 32, 33, 64, 100] {
        let mut window = counted(size);
        let mut last = Vec::new();
        for call in 0..500_u32 {
            let entry = Entry {
                failed: call % 3 == 0,
                slow: call % 7 == 0,
            };
            window.push(entry, at(0));
            last.push(entry);
            let newest = &last[last.len().saturating_sub(size as usize)..];
            let failed = newest.iter().filter(|entry| entry.failed).count();
            let slow = newest.iter().filter(|entry| entry.slow).count();
            let expected = [newest.len(), failed, slow].map(|count| count as u64);
            let Counts {
                finished,
                failed,
                slow,
                dropped,
            } = window.counts();
            assert_eq!(
                ([finished, failed, slow], dropped),
                (expected, 0),
                "size {size}"
            );
        }
        assert_eq!(
            window.counts_at(at(u64::MAX / 10_000_000)),
            window.counts(),
            "no age"
        );
    }
}

#[test]
fn dropped_calls_push_nothing_out_of_a_count_window_until_they_fill_it() {
    let mut window = counted(3);
    window.push(BAD, at(0));
    window.push_dropped(at(0));
    window.push_dropped(at(0));
    assert_eq!(
        window.counts(),
        Counts {
            dropped: 2,
            ..finished(1, 1, 0)
        }
    );
    window.push_dropped(at(0));
    assert_eq!(
        window.counts(),
        Counts {
            dropped: 3,
            ..Counts::default()
        }
    );
    window.push(GOOD, at(0));
    assert_eq!(
        window.counts(),
        finished(2, 1, 0),
        "the service is there after all"
    );
}

#[test]
fn a_count_window_is_at_least_one_and_not_boundless() {
    let mut one = counted(0);
    one.push(BAD, at(0));
    one.push(GOOD, at(0));
    assert_eq!(one.counts(), finished(1, 0, 0));
    let mut large = counted(u32::MAX);
    for _ in 0..=LARGEST_COUNT {
        large.push(GOOD, at(0));
    }
    assert_eq!(large.counts(), finished(u64::from(LARGEST_COUNT), 0, 0));
}

#[test]
fn a_resized_time_window_keeps_what_fits() {
    let mut window = timed(10_000);
    for second in 0..10 {
        window.push(BAD, at(second * 1_000));
        window.push(SLOW, at(second * 1_000));
    }
    window.push_dropped(at(9_000));
    let mut longer = window.resized(Window::Time(ms(60_000)));
    assert_eq!(
        longer.counts(),
        Counts {
            dropped: 1,
            ..finished(20, 10, 10)
        }
    );
    assert_eq!(
        longer.counts_at(at(59_999)).finished,
        20,
        "one bucket of six seconds"
    );
    longer.push(GOOD, at(10_000));
    let shorter = longer.resized(Window::Time(ms(5_000)));
    assert_eq!(
        shorter.counts().finished,
        9,
        "those since the beginning of the last six seconds"
    );
}

#[test]
fn a_window_of_the_same_size_stays_as_it_is() {
    let mut window = timed(10_000);
    window.push(BAD, at(500));
    let window = window.resized(Window::Time(ms(10_000)));
    assert_eq!(window.counts(), finished(1, 1, 0));
}

#[test]
fn a_resized_count_window_keeps_the_newest_calls() {
    let mut window = counted(5);
    for entry in [GOOD, GOOD, BAD, SLOW, GOOD, BAD, BAD] {
        window.push(entry, at(0));
    }
    window.push_dropped(at(0));
    let mut larger = window.resized(Window::Count(8));
    assert_eq!(
        larger.counts(),
        Counts {
            dropped: 1,
            ..finished(5, 3, 1)
        }
    );
    for _ in 0..4 {
        larger.push(GOOD, at(0));
    }
    assert_eq!(larger.counts(), finished(8, 2, 1));
    assert_eq!(larger.resized(Window::Count(5)).counts(), finished(5, 1, 0));
}

#[test]
fn between_a_time_and_a_count_nothing_is_kept() {
    let mut window = timed(10_000);
    window.push(BAD, at(0));
    let mut window = window.resized(Window::Count(5));
    assert_eq!(window.counts(), Counts::default());
    window.push(BAD, at(0));
    let mut window = window.resized(Window::Time(ms(1_000)));
    assert_eq!(window.counts(), Counts::default());
    window.push(BAD, at(5_000));
    assert_eq!(window.counts_at(at(5_500)), finished(1, 1, 0));
}
