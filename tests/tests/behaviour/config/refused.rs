//! What is wrong is said with its place, and nothing has changed.

use std::time::Duration;

use resilient_runtime::config::Target;
use resilient_runtime::registry::Problem;
use resilient_runtime::{bulkhead, registry, retry, timeout};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{Error, HANGS, OK, Service, ms};
use tokio::time::Instant;

use super::{file, listed};

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[bulkhead("whole-or-nothing", 3)]
async fn checked(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn everything_that_is_wrong_is_said_with_its_place_and_nothing_has_changed() {
    let _ = checked(&Service::new([OK])).await;
    let refused = file(
        "[call.\"behaviour::config::refused::checked\"]\n\
         timeout.total = \"400ms\"\n\
         breaker.opn = \"1s\"\n\
         timeouts.total = \"1s\"\n\
         retry.attempts = 0\n\
         [calls.\"x\"]\n\
         [bulkhead.\"behaviour/whole-or-nothing\"]\n\
         limit = [1]\n",
    );
    assert_eq!(
        refused.unwrap_err().to_string(),
        "this configuration was not applied\n  \
         line 3:9: `breaker` has no key `opn`; did you mean `open`?\n  \
         line 4:10: there is no section `timeouts`; did you mean `timeout`?\n  \
         line 5:18: `retry.attempts`: 0: it must be at least 1\n  \
         line 6:2: there is no table `calls`; did you mean `call`?\n  \
         line 8:9: `bulkhead.limit` is a string or a number"
    );
    let refused = file(
        "[call.\"behaviour::config::refused::checked\"]\n\
         timeout.total = \"400ms\"\n\
         [bulkhead.\"behaviour/whole-or-nothing\"]\n\
         limit = 7\n\
         queue = 3\n",
    );
    let refused = refused.unwrap_err();
    assert_eq!(refused.len(), 2, "{refused}");
    assert_eq!(refused[0].at, "line 2:9");
    assert!(
        refused[0]
            .reason
            .contains("does not fit into a total of 400ms"),
        "{refused}"
    );
    assert!(
        refused[1].reason.contains("nobody waits in this queue"),
        "{refused}"
    );
    assert_eq!(listed("refused::checked").settings.total, Some(ms(2_000)));
    assert_eq!(look::bulkhead("whole-or-nothing").limit, 3);
    assert!(registry().snapshot().overrides.is_empty());
    registry().validate().unwrap();
}

#[timeout("1s")]
async fn met_late(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn what_cannot_work_where_it_is_met_is_left_out_told_and_listed() {
    let events = Events::record();
    file("[call.\"behaviour::config::refused::met_late\"]\ntimeout.attempt = \"1s\"").unwrap();
    let start = Instant::now();
    let _ = met_late(&Service::new([HANGS])).await;
    let _ = met_late(&Service::new([OK])).await;
    assert_eq!(start.elapsed(), ms(1_000));
    assert_eq!(events.with("left out").len(), 1, "{:?}", events.lines());
    let problems = registry().validate().unwrap_err();
    assert!(
        matches!(&problems[..], [Problem::Override { refused, .. }] if refused.key == "timeout.attempt"),
        "{problems}"
    );
    assert_eq!(listed("refused::met_late").settings.attempt, None);
    assert!(listed("refused::met_late").overrides.is_empty());
}

#[retry(
    read_only,
    attempts = 7,
    allow(many_attempts),
    backoff(fixed, "1s"),
    jitter(none)
)]
#[timeout(total = "1m", attempt = "4s")]
async fn generous(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn what_the_source_allows_itself_stays_allowed_and_what_follows_from_a_number_follows_it() {
    let _ = generous(&Service::new([OK])).await;
    let target = Target::call("behaviour::config::refused::generous");
    let set = |key, value| registry().set(&target, key, value);
    assert_eq!(listed("refused::generous").settings.least, Some(ms(1_000)));
    set("timeout.attempt", "8s").unwrap();
    assert_eq!(
        listed("refused::generous").settings.least,
        Some(ms(2_000)),
        "a quarter of an attempt"
    );
    set("timeout.least", "3s").unwrap();
    assert_eq!(
        listed("refused::generous").settings.least,
        Some(Duration::from_secs(3))
    );
    set("retry.attempts", "7").unwrap();
    assert!(set("retry.attempts", "8").is_err());
    assert!(
        set("retry.backoff_max", "2s").is_err(),
        "a fixed backoff does not grow"
    );
    assert!(set("timeout.total", "8500ms").is_err(), "no second attempt");
    assert!(
        set("timeout.least", "9s").is_err(),
        "longer than an attempt"
    );
    assert!(set("total", "1s").is_err(), "no section");
}
