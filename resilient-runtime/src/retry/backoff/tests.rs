//! What a backoff promises, one sentence each.

use super::*;

const MS: Duration = Duration::from_millis(1);

fn ceilings(backoff: Backoff, count: u32) -> Vec<Duration> {
    (0..count).map(|n| backoff.ceiling(n)).collect()
}

#[test]
fn the_delay_doubles_to_two_seconds_by_default() {
    let expected = [100, 200, 400, 800, 1600, 2000, 2000].map(|ms| ms * MS);
    assert_eq!(ceilings(Backoff::default(), 7), expected);
    assert_eq!(Backoff::default().validate(), Ok(()));
}

#[test]
fn growth_is_exact_to_six_digits() {
    let slow = Backoff::exponential(70 * MS)
        .factor(1.5)
        .max(3600 * 1000 * MS);
    for n in 0..20 {
        let exact = 0.070 * 1.5_f64.powi(i32::try_from(n).unwrap());
        let error = (slow.ceiling(n).as_secs_f64() / exact - 1.0).abs();
        assert!(error < 6e-6, "n {n}: {:?}, not {exact} s", slow.ceiling(n));
    }
    // A paused clock that moves in milliseconds sees the written number.
    let doubling = Backoff::exponential(100 * MS).max(1000 * 1000 * MS);
    assert_eq!(doubling.ceiling(9), 51_200 * MS);
    assert_eq!(doubling.ceiling(13), 819_200 * MS);
}

#[test]
fn a_base_is_taken_as_it_is_written() {
    let odd = Duration::from_nanos(123_456_789);
    assert_eq!(Backoff::exponential(odd).ceiling(0), odd);
    assert_eq!(Backoff::fixed(odd).ceiling(9), odd);
}

#[test]
fn six_digits_never_make_a_delay_shorter_than_the_first() {
    let odd = Duration::from_nanos(29_182_600_001);
    let level = Backoff::exponential(odd).factor(1.0).max(2 * odd);
    assert_eq!(level.ceiling(1), odd);
}

#[test]
fn a_fixed_backoff_never_grows() {
    let fixed = Backoff::fixed(200 * MS).factor(7.0);
    assert_eq!(ceilings(fixed, 4), [200 * MS; 4]);
    assert_eq!(fixed.ceiling(u32::MAX), 200 * MS);
    assert_eq!(Backoff::fixed(5000 * MS).ceiling(0), 5000 * MS);
}

#[test]
fn the_cap_holds_for_the_first_delay_too() {
    let backwards = Backoff::exponential(500 * MS).max(200 * MS);
    assert_eq!(backwards.ceiling(0), 200 * MS);
    assert!(
        backwards
            .validate()
            .unwrap_err()
            .contains("shorter than the first delay")
    );
}

#[test]
fn full_jitter_draws_every_length_from_nothing_to_the_ceiling() {
    let backoff = Backoff::default();
    assert_eq!(backoff.delay_by(1, Jitter::Full, |_| 0), Duration::ZERO);
    assert_eq!(backoff.delay_by(1, Jitter::Full, |most| most), 200 * MS);
    assert_eq!(backoff.delay_by(1, Jitter::Full, |most| most / 4), 50 * MS);
    assert_eq!(backoff.delay_by(1, Jitter::None, |_| 0), 200 * MS);

    let mut random = fastrand::Rng::with_seed(7);
    let mut tenths = [0_u32; 10];
    for _ in 0..10_000 {
        let delay = backoff.delay_by(1, Jitter::Full, |most| random.u64(..=most));
        tenths[usize::try_from(delay.as_nanos() / 20_000_001).unwrap()] += 1;
    }
    assert!(
        tenths.iter().all(|drawn| (850..1150).contains(drawn)),
        "{tenths:?}"
    );
}

#[test]
fn b12_jitter_never_exceeds_the_cap() {
    let backoff = Backoff::default();
    for n in [0, 4, 5, 20, u32::MAX] {
        for _ in 0..500 {
            assert!(backoff.delay(n, Jitter::Full) <= backoff.ceiling(n));
        }
        // Not even when the source of randomness says more than it was asked for.
        assert!(backoff.delay_by(n, Jitter::Full, |_| u64::MAX) <= 2000 * MS);
    }
}

#[test]
fn b12_jitter_is_drawn_anew_each_time_and_is_on_by_default() {
    let backoff = Backoff::default();
    let mut drawn: Vec<_> = (0..50)
        .map(|_| backoff.delay(3, Jitter::default()))
        .collect();
    drawn.sort();
    drawn.dedup();
    assert!(drawn.len() > 45, "{} different delays of 50", drawn.len());
}

#[test]
fn b12_jitter_is_not_always_zero_even_for_short_delays() {
    for base in [Duration::from_nanos(1), MS] {
        let backoff = Backoff::exponential(base);
        assert!(
            (0..200).any(|_| !backoff.delay(0, Jitter::Full).is_zero()),
            "{base:?}"
        );
    }
}

#[test]
fn b13_a_servers_delay_is_a_lower_bound_with_jitter_on_top() {
    let backoff = Backoff::default();
    let (asked, left) = (3000 * MS, Some(60_000 * MS));
    let mut seen = Vec::new();
    for _ in 0..50 {
        let ordinary = backoff.delay(1, Jitter::Full);
        match server_delay(asked, ordinary, MAX_SERVER_DELAY, left) {
            ServerDelay::Wait(delay) => seen.push(delay),
            other => panic!("{other:?}"),
        }
    }
    assert!(
        seen.iter()
            .all(|delay| (asked..=asked + 200 * MS).contains(delay))
    );
    assert!(
        seen.iter().any(|delay| *delay != seen[0]),
        "all callers come back at once"
    );
}

#[test]
fn b13_a_servers_delay_beyond_the_limit_ends_the_loop() {
    let (asked, most) = (30_001 * MS, MAX_SERVER_DELAY);
    let ended = ServerDelay::TooLong { asked, most };
    assert_eq!(server_delay(asked, MS, most, None), ended);
    assert_eq!(
        server_delay(Duration::MAX, MS, most, None),
        ServerDelay::TooLong {
            asked: Duration::MAX,
            most
        }
    );
    // The limit is on what the service asked for; jitter may go beyond.
    assert_eq!(
        server_delay(most, MS, most, None),
        ServerDelay::Wait(most + MS)
    );
}

#[test]
fn b13_a_servers_delay_beyond_the_time_left_ends_the_loop() {
    let wait = |left| server_delay(100 * MS, 20 * MS, MAX_SERVER_DELAY, Some(left * MS));
    assert_eq!(wait(120), ServerDelay::Wait(120 * MS));
    let (needed, left) = (120 * MS, 119 * MS);
    assert_eq!(wait(119), ServerDelay::NoTime { needed, left });
    // No limit at all: nothing overflows.
    let endless = server_delay(Duration::MAX, MS, Duration::MAX, None);
    assert_eq!(endless, ServerDelay::Wait(Duration::MAX));
}

#[test]
fn a_server_that_asks_for_no_delay_gets_the_ordinary_one() {
    let waited = server_delay(Duration::ZERO, 70 * MS, MAX_SERVER_DELAY, None);
    assert_eq!(waited, ServerDelay::Wait(70 * MS));
}

#[test]
fn b18_a_huge_attempt_number_does_not_panic_and_stays_at_the_cap() {
    let n = u32::MAX;
    assert_eq!(Backoff::default().ceiling(n), 2000 * MS);
    let endless = Backoff::default().max(Duration::MAX);
    assert_eq!(endless.ceiling(n), Duration::MAX);
    assert!(endless.delay(n, Jitter::Full) <= Duration::from_nanos(u64::MAX));
}

#[test]
fn b18_no_setting_panics_or_exceeds_its_cap_however_extreme() {
    let lengths = [
        Duration::ZERO,
        Duration::from_nanos(1),
        100 * MS,
        Duration::MAX,
    ];
    let factors = [
        0.0,
        -1.0,
        0.5,
        1.0,
        1.000_000_1,
        1.001,
        2.0,
        f32::MIN_POSITIVE,
        f32::MAX,
        f32::INFINITY,
        f32::NAN,
    ];
    for base in lengths {
        for max in lengths {
            for factor in factors {
                let backoff = Backoff::exponential(base).factor(factor).max(max);
                for n in [0, 1, 2, 31, 32, 1000, u32::MAX] {
                    assert!(backoff.ceiling(n) <= max, "{backoff:?}, n {n}");
                    assert!(backoff.delay(n, Jitter::Full) <= max, "{backoff:?}, n {n}");
                }
            }
        }
    }
}

#[test]
fn the_delay_never_shrinks_from_repeat_to_repeat() {
    for factor in [0.5, 1.0, 1.1, 1.5, 2.0, 10.0] {
        let backoff = Backoff::exponential(3 * MS).factor(factor).max(60_000 * MS);
        let all = ceilings(backoff, 60);
        assert!(
            all.windows(2).all(|pair| pair[0] <= pair[1]),
            "factor {factor}: {all:?}"
        );
    }
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    let first = Backoff::exponential(100 * MS);
    for factor in [0.9, 0.0, -2.0, f32::NAN, f32::INFINITY] {
        assert!(
            first
                .factor(factor)
                .validate()
                .unwrap_err()
                .contains("at least 1")
        );
    }
    assert!(
        Backoff::exponential(Duration::ZERO)
            .validate()
            .unwrap_err()
            .contains("at once")
    );
    assert!(Backoff::fixed(Duration::ZERO).validate().is_err());
    assert_eq!(Backoff::fixed(100 * MS).factor(f32::NAN).validate(), Ok(()));
}

#[test]
fn a_linear_backoff_grows_by_its_step_up_to_its_cap() {
    let linear = Backoff::linear(700 * MS);
    assert_eq!(
        ceilings(linear, 4),
        [700, 1400, 2000, 2000].map(|ms| ms * MS)
    );
    assert_eq!(linear.validate(), Ok(()));
    let endless = linear.max(Duration::MAX);
    assert_eq!(endless.ceiling(u32::MAX), 700 * MS * u32::MAX);
    assert_eq!(
        Backoff::linear(Duration::MAX).max(Duration::MAX).ceiling(9),
        Duration::MAX
    );
}

#[test]
fn a_spread_lies_around_the_delay_and_never_above_the_cap() {
    let quarter = Jitter::Spread(Ratio::percent(25));
    let backoff = Backoff::linear(400 * MS);
    let drawn = |n, halves: u64| backoff.delay_by(n, quarter, |most| most / 2 * halves);
    assert_eq!(
        [drawn(0, 0), drawn(0, 1), drawn(0, 2)],
        [300, 400, 500].map(|ms| ms * MS)
    );
    assert_eq!(drawn(1, 2), 1000 * MS);
    assert_eq!(drawn(3, 2), 2000 * MS, "1,600 and a quarter is 2,000");
    assert_eq!(drawn(9, 2), 2000 * MS, "the cap");
    assert_eq!(drawn(9, 0), 1500 * MS);
    let more_than_all = Jitter::Spread(Ratio::percent(200));
    assert_eq!(backoff.delay_by(0, more_than_all, |_| 0), Duration::ZERO);
    for _ in 0..1_000 {
        let delay = backoff.delay(0, quarter);
        assert!((300 * MS..=500 * MS).contains(&delay), "{delay:?}");
    }
}
