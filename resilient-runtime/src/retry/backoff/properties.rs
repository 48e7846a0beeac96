//! A backoff beside its formula in double precision.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::*;
use crate::properties::{cases, refuted};

/// `min(max, base * factor^n)` in seconds.
fn formula(backoff: &Backoff, n: u32) -> f64 {
    let base = backoff.base.as_secs_f64();
    let grown = match backoff.kind {
        Kind::Fixed => base,
        Kind::Linear => base * (f64::from(n) + 1.0),
        Kind::Exponential => base * f64::from(backoff.factor).powf(f64::from(n)),
    };
    grown.min(backoff.max.as_secs_f64())
}

/// What a user may write.
fn sensible() -> impl Strategy<Value = Backoff> {
    let kind = prop_oneof![
        1 => Just(Kind::Fixed),
        1 => Just(Kind::Linear),
        4 => Just(Kind::Exponential),
    ];
    let base = prop_oneof![
        (1_u64..60_000).prop_map(|ms| ms * 1_000_000),
        1_000_000_u64..90_000_000_000
    ];
    let factor = prop_oneof![Just(2.0_f32), Just(1.0), 1.0_f32..1.1, 1.0_f32..100.0];
    let room = prop_oneof![1_u32..40, 1_u32..1_000_000];
    (kind, base, factor, room).prop_map(|(kind, base, factor, room)| {
        let base = Duration::from_nanos(base);
        Backoff {
            kind,
            base,
            factor,
            max: base * room,
        }
    })
}

/// What nobody may write, and by hand can all the same.
fn wild() -> impl Strategy<Value = Backoff> {
    let kind = prop_oneof![
        Just(Kind::Fixed),
        Just(Kind::Linear),
        Just(Kind::Exponential)
    ];
    let time = || {
        prop_oneof![
            Just(Duration::ZERO),
            Just(Duration::MAX),
            (any::<u64>(), 0_u32..1_000_000_000)
                .prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
            any::<u64>().prop_map(Duration::from_nanos),
        ]
    };
    let factor = prop_oneof![
        any::<f32>(),
        Just(f32::NAN),
        Just(f32::INFINITY),
        Just(-1.0),
        Just(1.000_000_1)
    ];
    (kind, time(), factor, time()).prop_map(|(kind, base, factor, max)| Backoff {
        kind,
        base,
        factor,
        max,
    })
}

fn jitter() -> impl Strategy<Value = Jitter> {
    prop_oneof![
        Just(Jitter::Full),
        Just(Jitter::None),
        any::<u16>().prop_map(|share| Jitter::Spread(Ratio::hundredths(share))),
    ]
}

fn nth() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0_u32..12, 2 => 0_u32..200, 1 => any::<u32>()]
}

/// The least and the most that may be waited, and what is drawn in between.
fn stays_within(
    (backoff, n, jitter): (Backoff, u32, Jitter),
    delay: impl FnOnce(&Backoff) -> Duration,
) -> TestCaseResult {
    let ceiling = backoff.ceiling(n);
    let (least, most) = match jitter {
        Jitter::None => (ceiling, ceiling),
        Jitter::Full => (Duration::ZERO, ceiling),
        Jitter::Spread(share) => {
            let share = f64::from(share.as_hundredths().min(10_000)) / 10_000.0;
            let nanos = Duration::from_nanos(2);
            let reach = ceiling.mul_f64(share * (1.0 + 1e-9)) + nanos;
            (
                ceiling.saturating_sub(reach),
                (ceiling + reach).min(backoff.max),
            )
        }
    };
    let drawn = delay(&backoff);
    prop_assert!(
        least <= drawn && drawn <= most,
        "{:?} is not from {:?} to {:?}",
        drawn,
        least,
        most
    );
    prop_assert!(drawn <= backoff.max, "{:?} is past the cap", drawn);
    Ok(())
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn the_delay_is_that_of_the_formula_to_five_digits_and_six_within_fifty_repeats(backoff in sensible(), n in 0_u32..1_000) {
        prop_assert_eq!(backoff.validate(), Ok(()));
        let (exact, found) = (formula(&backoff, n), backoff.ceiling(n).as_secs_f64());
        let error = (found / exact - 1.0).abs();
        let most = if n <= 50 { 6e-6 } else { 6e-5 };
        prop_assert!(error < most, "{} s, not {} s: off by {:e}", found, exact, error);
    }

    #[test]
    fn no_delay_is_shorter_than_the_one_before_it_or_longer_than_the_cap(backoff in sensible(), n in nth()) {
        let (one, next) = (backoff.ceiling(n), backoff.ceiling(n.saturating_add(1)));
        prop_assert!(one <= next && next <= backoff.max, "{:?}, then {:?}", one, next);
    }

    #[test]
    fn jitter_stays_within_its_bounds_whatever_is_drawn(
        backoff in sensible(), n in nth(), jitter in jitter(), drawn in any::<u64>(), obeys in any::<bool>(),
    ) {
        let random = |most: u64| match most.checked_add(1) {
            Some(end) if obeys => drawn % end,
            _ => drawn,
        };
        stays_within((backoff, n, jitter), |backoff| backoff.delay_by(n, jitter, random))?;
        stays_within((backoff, n, jitter), |backoff| backoff.delay(n, jitter))?;
    }

    #[test]
    fn a_servers_delay_is_waited_in_full_or_ends_the_loop(
        asked in any::<u32>(), ordinary in any::<u32>(), most in any::<u32>(), left in any::<Option<u32>>(),
    ) {
        let [asked, ordinary, most] = [asked, ordinary, most].map(|ms| Duration::from_millis(ms.into()));
        let left = left.map(|ms| Duration::from_millis(ms.into()));
        match server_delay(asked, ordinary, most, left) {
            ServerDelay::Wait(wait) => {
                prop_assert_eq!(wait, asked + ordinary);
                prop_assert!(asked <= most && left.is_none_or(|left| wait <= left));
            }
            ServerDelay::TooLong { .. } => prop_assert!(asked > most),
            ServerDelay::NoTime { .. } => prop_assert!(left.is_some_and(|left| asked + ordinary > left)),
        }
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn no_number_whatever_makes_it_panic_or_pass_the_cap(
        backoff in wild(), n in nth(), jitter in jitter(), drawn in any::<u64>(),
    ) {
        prop_assert!(backoff.ceiling(n) <= backoff.max);
        prop_assert!(backoff.delay_by(n, jitter, |_| drawn) <= backoff.max);
        let _ = backoff.validate();
    }
}

#[test]
fn b12_jitter_that_is_added_above_the_cap_is_refuted() {
    refuted(&(sensible(), nth(), any::<u64>()), |(backoff, n, drawn)| {
        let above = |backoff: &Backoff| {
            let ceiling = backoff.ceiling(n);
            ceiling + Duration::from_nanos(drawn % u64::try_from(ceiling.as_nanos()).unwrap())
        };
        stays_within((backoff, n, Jitter::Full), above)
    });
}
