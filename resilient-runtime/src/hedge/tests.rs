//! What a hedge knows about latencies, held against a model that does it the long way.

use std::time::Duration;

use super::latencies::{Latencies, WINDOW, edge};
use super::*;
use crate::breaker::Ratio;
use crate::clock::Stamp;
use crate::shared::State;

const P95: Ratio = Ratio::percent(95);

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The last thousand as they came, and Efron's algorithm: whoever was cut off leaves its share to all that took longer.
/// (B. Efron, *The two sample problem with censored data*, 1967: the same estimate as Kaplan and Meier's.)
#[derive(Default)]
struct Naive(Vec<(u64, bool)>);

impl Naive {
    fn add(&mut self, nanos: u64, cut_off: bool) {
        self.0.push((edge_above(nanos), cut_off));
        if self.0.len() > WINDOW {
            self.0.remove(0);
        }
    }

    fn percentile(&self, share: Ratio) -> Option<Duration> {
        let share = f64::from(share.as_hundredths()) / 10_000.0;
        let needed = (5.0 / (1.0 - share) - 1e-6).ceil().max(30.0);
        let all = self.0.len();
        if (count(all)) < needed {
            return None;
        }
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let mut weights = vec![1.0 / count(all); all];
        let mut answered = 0.0;
        for at in 0..all {
            let (time, cut_off) = sorted[at];
            if cut_off {
                let each = weights[at] / count(all - at - 1).max(1.0);
                for later in &mut weights[at + 1..] {
                    *later += each;
                }
            } else {
                answered += weights[at];
                if answered >= share - 1e-7 {
                    return Some(Duration::from_nanos(time));
                }
            }
        }
        sorted.last().map(|(time, _)| Duration::from_nanos(*time))
    }
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap())
}

/// The upper edge of the bucket that holds this, found by looking at all of them.
fn edge_above(nanos: u64) -> u64 {
    (0..528)
        .map(edge)
        .find(|edge| *edge > nanos)
        .unwrap_or(edge(527))
}

#[test]
fn an_edge_is_at_most_a_sixteenth_above_what_its_bucket_holds() {
    let mut below = 0;
    for bucket in 0..528 {
        let edge = edge(bucket);
        assert!(edge > below, "{bucket}");
        assert!(
            bucket < 16 || (edge - below) * 16 <= below,
            "{bucket}: {below} to {edge}"
        );
        below = edge;
    }
    assert!(Duration::from_nanos(below) > Duration::from_secs(3_600));
}

#[test]
fn the_percentile_is_the_one_of_the_model_whatever_was_cut_off() {
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..60 {
        let (mut fast, mut naive) = (Latencies::new(), Naive::default());
        let cut_share = [0.0, 0.02, 0.3, 0.9][round % 4];
        for nth in 1..=random.usize(1..2_500) {
            let nanos = 1_u64 << random.u32(5..43);
            let nanos = nanos + random.u64(0..nanos);
            let cut_off = random.f64() < cut_share;
            fast.add(nanos, cut_off);
            naive.add(nanos, cut_off);
            if nth % 97 == 0 || nth < 40 {
                for percent in [50, 75, 90, 95, 99] {
                    let share = Ratio::percent(percent);
                    assert_eq!(
                        fast.percentile(share),
                        naive.percentile(share),
                        "round {round}, after {nth}, p{percent}"
                    );
                }
            }
        }
        assert!(fast.len() <= WINDOW);
    }
}

#[test]
fn without_cuts_it_is_the_ordinary_percentile() {
    let mut seen = Latencies::new();
    for nth in 1..=1_000 {
        seen.add(nth * 1_000_000, false);
    }
    for percent in [50_u8, 90, 95, 99] {
        let found = seen.percentile(Ratio::percent(percent)).unwrap();
        let exact = ms(u64::from(percent) * 10);
        assert!(
            found > exact && found <= exact + exact / 16,
            "p{percent}: {found:?}"
        );
    }
}

#[test]
fn a_percentile_is_believed_when_five_attempts_lie_beyond_it() {
    for (percent, needed) in [(50, 30), (75, 30), (90, 50), (95, 100), (99, 500)] {
        let share = Ratio::percent(percent);
        let mut seen = Latencies::new();
        for _ in 1..needed {
            seen.add(1_000_000, false);
        }
        assert_eq!(seen.percentile(share), None, "p{percent}");
        seen.add(1_000_000, false);
        assert!(seen.percentile(share).is_some(), "p{percent}");
    }
}

#[test]
fn b01_what_a_thousand_later_attempts_pushed_out_counts_no_more() {
    let mut seen = Latencies::new();
    for _ in 0..5_000 {
        seen.add(1_000_000_000, false);
    }
    for _ in 0..940 {
        seen.add(1_000_000, false);
    }
    assert!(
        seen.percentile(P95).unwrap() > ms(900),
        "60 of 1,000 are slow"
    );
    for _ in 0..20 {
        seen.add(1_000_000, false);
    }
    assert!(seen.percentile(P95).unwrap() < ms(2), "40 are");
}

/// Answers of a service that takes 10 ms on average, hedged by what is known of it; returns the wait it ends up with.
fn hedged(service: impl Fn(&mut fastrand::Rng) -> Duration, hears_of_losers: bool) -> Duration {
    let core = Core::new(Settings::percentile(P95));
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..30_000 {
        let (first, hedge) = (service(&mut random), service(&mut random));
        match core.wait() {
            Some(wait) if wait + hedge < first && hears_of_losers => core.took(wait + hedge, true),
            Some(wait) if wait + hedge < first => {}
            _ => core.took(first, false),
        }
    }
    core.wait().unwrap()
}

fn exponential(random: &mut fastrand::Rng) -> Duration {
    Duration::from_secs_f64(-0.01 * (1.0 - random.f64()).ln())
}

#[test]
fn losers_do_not_bend_the_percentile_that_made_them_lose() {
    // The 95th percentile of the exponential distribution is ln 20 times its mean.
    let truth = 0.01 * 20_f64.ln();
    let found = hedged(exponential, true).as_secs_f64();
    assert!(
        (found / truth - 1.0).abs() < 0.15,
        "{found} instead of {truth}"
    );
}

#[test]
fn a_percentile_of_the_answers_alone_falls_further_and_further() {
    let truth = 0.01 * 20_f64.ln();
    let found = hedged(exponential, false).as_secs_f64();
    assert!(
        found < truth * 0.85,
        "{found}: then losers need not be counted"
    );
}

#[test]
fn where_nobody_waits_long_enough_to_know_the_wait_grows_until_somebody_does() {
    let core = Core::new(Settings::percentile(P95));
    // One call in ten takes 1 s, its hedge 10 ms.
    for nth in 0..20_000 {
        let first = if nth % 10 == 0 { ms(1_000) } else { ms(10) };
        match core.wait() {
            Some(wait) if wait + ms(10) < first => core.took(wait + ms(10), true),
            _ => core.took(first, false),
        }
    }
    let wait = core.wait().unwrap();
    assert!(
        wait > ms(900),
        "{wait:?}: a tenth of the calls is hedged by the 95th percentile"
    );
}

#[test]
fn a_percentile_waits_at_least_a_millisecond() {
    let core = Core::new(Settings::percentile(P95));
    for _ in 0..100 {
        core.took(Duration::from_micros(3), false);
    }
    assert_eq!(core.wait(), Some(ms(1)));
}

#[test]
fn a_set_wait_is_known_at_once_and_looks_at_no_latency() {
    let core = Core::new(Settings::after(ms(80)).max(2));
    core.took(ms(5), false);
    assert_eq!((core.wait(), core.max()), (Some(ms(80)), 2));
    assert!(!core.measures());
    assert_eq!(core.snapshot().samples, 0);
    assert_eq!(core.settings(), Settings::after(ms(80)).max(2));
}

#[test]
fn other_numbers_keep_what_was_seen_and_a_reset_does_not() {
    let core = Core::new(Settings::percentile(P95));
    for nth in 0..200 {
        core.took(ms(if nth % 4 == 0 { 100 } else { 10 }), false);
    }
    let median = Settings::percentile(Ratio::percent(50)).max(3);
    core.configure(median);
    assert_eq!(core.settings(), median);
    assert!(core.wait().unwrap() < ms(11), "{:?}", core.wait());
    core.configure(Settings::after(ms(7)));
    assert_eq!(core.wait(), Some(ms(7)));
    core.configure(Settings::percentile(P95));
    assert!(core.wait().unwrap() > ms(99));
    core.count_sent();
    core.reset(Stamp::FIRST);
    let shown = core.snapshot();
    assert_eq!((shown.after, shown.samples, shown.sent), (None, 0, 0));
}

#[test]
fn of_two_settings_the_one_that_asks_less_holds() {
    let percentile = |percent| Settings::percentile(Ratio::percent(percent));
    for (one, other, stricter) in [
        (
            Settings::after(ms(5)).max(2),
            Settings::after(ms(9)),
            Settings::after(ms(9)),
        ),
        (percentile(95), percentile(90).max(2), percentile(95)),
        (Settings::after(ms(5)), percentile(90), percentile(90)),
    ] {
        assert_eq!(Core::stricter(one, other), stricter);
        assert_eq!(Core::stricter(other, one), stricter);
    }
}

#[test]
fn numbers_that_cannot_work_are_refused() {
    let percentile = |percent| Settings::percentile(Ratio::percent(percent));
    for fits in [
        Settings::after(ms(1)),
        Settings::after(Duration::from_secs(86_400)),
        percentile(50),
        percentile(99).max(4),
    ] {
        assert_eq!(fits.validate(), Ok(()), "{fits:?}");
    }
    for refused in [
        Settings::after(Duration::from_micros(999)),
        Settings::after(Duration::from_secs(86_401)),
        percentile(49),
        percentile(100),
        Settings::after(ms(1)).max(0),
        Settings::after(ms(1)).max(5),
    ] {
        assert!(refused.validate().is_err(), "{refused:?}");
    }
}
