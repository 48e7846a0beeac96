//! Whose state it is: apart between tests that run at the same time, one under one name.

use resilient_runtime::breaker::Phase;
use resilient_runtime::registry::Problem;
use resilient_runtime::{breaker, bulkhead, registry, retry, testing};
use resilient_tests::look;
use resilient_tests::service::{Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::sleep;

#[retry(idempotent, attempts = 2, jitter(none))]
#[breaker("apart", consecutive = 2, open = "30s")]
#[bulkhead("apart", 1)]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// Opens the breaker, empties the budget, takes the permit and turns the clock forward.
fn one_test() {
    testing::run(async {
        for _ in 0..5 {
            assert!(
                call(&Service::new([fails(NOT_SENT)]))
                    .await
                    .is_err_and(|error| !error.is_refusal())
            );
        }
        for _ in 0..2 {
            assert!(
                call(&Service::new([fails(LOST)]))
                    .await
                    .is_err_and(|error| !error.is_refusal())
            );
        }
        assert_eq!(look::breaker("apart").phase, Phase::Open);
        assert!(look::budget("::call@").tokens < 1.0);
        sleep(ms(60_000)).await;
        let hanging = Service::new([HANGS]);
        assert!(
            tokio::time::timeout(ms(1_000), call(&hanging))
                .await
                .is_err()
        );
    });
}

/// Meets none of that.
fn other_test() {
    testing::run(async {
        for nth in 0..20 {
            assert_eq!(call(&Service::new([OK.after(ms(1))])).await, Ok(1), "{nth}");
        }
        assert_eq!(call(&Service::new([fails(NOT_SENT), OK])).await, Ok(2));
        let seen = look::breaker("apart");
        assert_eq!(
            (seen.phase, seen.calls, seen.failures),
            (Phase::Closed, 22, 1)
        );
        assert_eq!(look::bulkhead("apart").rejected, 0);
    });
}

#[test]
fn two_tests_of_one_function_never_meet_however_often_they_run_at_the_same_time() {
    let threads: Vec<_> = [one_test as fn(), other_test, one_test, other_test]
        .map(|test| std::thread::spawn(move || (0..200).for_each(|_| test())))
        .into();
    for thread in threads {
        thread.join().expect("no test failed");
    }
}

mod conflict {
    use super::{Error, Service, breaker, bulkhead};

    #[breaker("conflict", consecutive = 4, open = "1s")]
    #[bulkhead("conflict", 3)]
    pub(super) async fn one(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[breaker("conflict", consecutive = 2, open = "10s")]
    #[bulkhead("conflict", 1)]
    pub(super) async fn other(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[resilient_runtime::test]
async fn of_two_configurations_of_one_name_the_stricter_holds_and_both_places_are_told() {
    assert!(conflict::one(&Service::new([OK])).await.is_ok());
    registry()
        .validate()
        .expect("the other place was never reached");
    assert!(conflict::other(&Service::new([OK])).await.is_ok());

    let problems = registry().validate().expect_err("they disagree");
    assert_eq!(problems.len(), 2, "breaker and bulkhead: {problems}");
    for problem in problems.iter() {
        let Problem::Conflict {
            name, written_at, ..
        } = problem
        else {
            panic!("{problem}")
        };
        assert_eq!(name.to_string(), "behaviour/conflict");
        let places: Vec<_> = written_at
            .iter()
            .map(|written| written.place.function)
            .collect();
        assert_eq!(places, ["one", "other"]);
        let text = problem.to_string();
        assert!(
            text.contains("identity::conflict::one@")
                && text.contains("identity::conflict::other@"),
            "{text}"
        );
    }
    assert_eq!(look::bulkhead("conflict").limit, 1);
    let settings = look::breaker("conflict").settings;
    assert_eq!((settings.consecutive, settings.open), (Some(2), ms(10_000)));

    for _ in 0..2 {
        let _ = conflict::one(&Service::new([fails(LOST)])).await;
    }
    assert_eq!(
        look::breaker("conflict").phase,
        Phase::Open,
        "two are enough, also through the laxer place"
    );
}
