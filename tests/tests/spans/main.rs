//! What the feature `tracing` writes: a span for every logical call and every attempt, lines for what happens in between.

mod recording;

use std::time::Duration;

use recording::Recording;
use resilient_runtime::by_hand::{LogicalCall, Retry};
use resilient_runtime::{breaker, bulkhead, non_idempotent, retry, timeout};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::sleep;
use tracing::Level;

const CALL: &str = "resilience.call";
const ATTEMPT: &str = "resilience.attempt";

#[retry(idempotent, backoff(fixed, "1s"), jitter(none))]
#[timeout(total = "10s", attempt = "3s")]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_call_is_a_span_and_each_attempt_a_span_in_it() {
    let (seen, _guard) = Recording::start(Level::INFO);
    call(&Service::new([fails(BUSY).after(ms(10)), OK.after(ms(10))]))
        .await
        .unwrap();
    let calls = seen.spans(CALL);
    assert_eq!(calls.len(), 1);
    let (id, span) = &calls[0];
    assert_eq!(
        (span.parent, span.target, span.closed),
        (None, "resilient_runtime", true)
    );
    assert_eq!(span.field("otel.kind"), "internal");
    assert_eq!(span.field("resilience.pipeline.name"), "spans::call");
    assert_eq!(span.field("resilience.effect"), "idempotent");
    assert_eq!(span.field("resilience.attempts"), "2");
    assert_eq!(span.field("resilience.outcome"), "success");
    assert_eq!(span.field("error.type"), "");
    let attempts = seen.spans(ATTEMPT);
    let told: Vec<_> = attempts
        .iter()
        .map(|(_, span)| {
            assert_eq!((span.parent, span.closed), (Some(*id), true));
            let of = |name| span.field(name).to_owned();
            [
                of("resilience.attempt.index"),
                of("resilience.attempt.is_last"),
                of("resilience.outcome"),
                of("error.type"),
            ]
        })
        .collect();
    assert_eq!(
        told,
        [
            ["1", "false", "failure", "transient"],
            ["2", "false", "success", ""]
        ]
    );
}

#[resilient_runtime::test]
async fn a_call_by_hand_has_the_same_spans() {
    let (seen, _guard) = Recording::start(Level::INFO);
    let service = Service::new([fails(BUSY).after(ms(10)), OK.after(ms(10))]);
    let by_hand = LogicalCall::idempotent("by hand");
    let retry = Retry::idempotent();
    let inside = std::cell::RefCell::new(Vec::new());
    let answer = by_hand.run(|body| {
        let (inside, seen, service) = (&inside, &seen, &service);
        let attempt = move || {
            body.run(async {
                inside.borrow_mut().push(seen.current());
                service.call().await
            })
        };
        retry.run(attempt)
    });
    answer.await.unwrap();
    let (calls, attempts) = (seen.spans(CALL), seen.spans(ATTEMPT));
    assert_eq!(calls.len(), 1);
    let (id, span) = &calls[0];
    assert!(span.closed);
    for (field, value) in [
        ("resilience.pipeline.name", "by hand"),
        ("resilience.effect", "idempotent"),
        ("resilience.attempts", "2"),
        ("resilience.outcome", "success"),
    ] {
        assert_eq!(span.field(field), value);
    }
    let ids: Vec<_> = attempts.iter().map(|(id, _)| Some(*id)).collect();
    assert_eq!(*inside.borrow(), ids, "each body runs in its attempt");
    for ((_, span), (index, outcome)) in attempts.iter().zip([("1", "failure"), ("2", "success")]) {
        assert_eq!((span.parent, span.closed), (Some(*id), true));
        assert_eq!(span.field("resilience.attempt.index"), index);
        assert_eq!(span.field("resilience.outcome"), outcome);
        assert_eq!(span.field("resilience.attempt.is_last"), "false");
    }
}

#[resilient_runtime::test]
async fn the_body_runs_inside_its_attempt_and_nothing_else_does() {
    #[retry(read_only, backoff(fixed, "1s"), jitter(none))]
    async fn looks(seen: &Recording) -> Result<Vec<Option<u64>>, Error> {
        let first = seen.current();
        sleep(ms(10)).await;
        Ok(vec![first, seen.current()])
    }
    let (seen, _guard) = Recording::start(Level::INFO);
    let elsewhere = async {
        let mut inside = Vec::new();
        for _ in 0..5 {
            inside.push(seen.current());
            sleep(ms(3)).await;
        }
        inside
    };
    let (inside, elsewhere) = tokio::join!(looks(&seen), elsewhere);
    let attempt = seen.spans(ATTEMPT)[0].0;
    assert_eq!(inside.unwrap(), [Some(attempt), Some(attempt)]);
    assert_eq!(elsewhere, [None; 5], "no span is held across an await");
    assert_eq!(seen.current(), None);
}

#[resilient_runtime::test]
async fn a_call_inside_a_call_is_a_span_inside_its_attempt() {
    #[timeout("20s")]
    async fn outer(service: &Service) -> Result<u32, Error> {
        call(service).await
    }
    let (seen, _guard) = Recording::start(Level::INFO);
    outer(&Service::new([OK])).await.unwrap();
    let (calls, attempts) = (seen.spans(CALL), seen.spans(ATTEMPT));
    assert_eq!(calls[0].1.field("resilience.pipeline.name"), "spans::outer");
    assert_eq!(calls[1].1.parent, Some(attempts[0].0));
    assert_eq!(attempts[0].1.parent, Some(calls[0].0));
}

#[resilient_runtime::test]
async fn a_refused_call_is_a_span_without_attempts_that_says_rejected() {
    #[bulkhead(1)]
    #[non_idempotent]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (seen, _guard) = Recording::start(Level::INFO);
    let service = Service::new([OK.after(ms(30))]);
    let (_, refused) = tokio::join!(limited(&service), limited(&service));
    assert!(refused.unwrap_err().is_refusal());
    let calls = seen.spans(CALL);
    assert_eq!(calls[1].1.field("resilience.outcome"), "rejected");
    assert_eq!(calls[1].1.field("resilience.attempts"), "0");
    assert_eq!(seen.spans(ATTEMPT).len(), 1);
    let line = &seen.lines()[0];
    assert_eq!((line.level, line.inside), (Level::INFO, Some(calls[1].0)));
    assert_eq!(line.field("resilience.event.name"), "rejected");
    assert_eq!(line.field("resilience.strategy.name"), "bulkhead");
}

#[resilient_runtime::test]
async fn a_dropped_call_says_so_and_closes_its_spans() {
    let (seen, _guard) = Recording::start(Level::INFO);
    let service = Service::new([OK.after(ms(30))]);
    assert_eq!(give_up_after(1, call(&service)).await, None);
    for name in [CALL, ATTEMPT] {
        let (_, span) = &seen.spans(name)[0];
        assert!(span.closed);
        assert_eq!(span.field("resilience.outcome"), "dropped");
    }
}

#[resilient_runtime::test]
async fn an_error_that_is_hidden_is_told_and_the_span_says_what_the_caller_got() {
    let (seen, _guard) = Recording::start(Level::INFO);
    let _ = call(&Service::new([fails(LOST), fails(NOT_SENT)])).await;
    assert_eq!(seen.spans(CALL)[0].1.field("error.type"), "unknown");
    let hidden: Vec<_> = seen
        .lines()
        .into_iter()
        .filter(|line| line.field("resilience.event.name") == "error_hidden")
        .collect();
    assert_eq!(hidden.len(), 2);
    assert_eq!(hidden[0].field("error.type"), "not_sent");
}

#[resilient_runtime::test]
async fn a_repeat_is_worth_a_line_and_the_last_one_a_warning() {
    let (seen, _guard) = Recording::start(Level::INFO);
    let _ = call(&Service::new([fails(BUSY)])).await;
    let call = seen.spans(CALL)[0].0;
    let lines = seen.lines();
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.level,
                line.inside,
                line.field("resilience.attempt.index"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Level::INFO, Some(call), "1"),
            (Level::WARN, Some(call), "2")
        ]
    );
    assert_eq!(
        lines[0].field("message"),
        "spans::call: attempt 1 failed (Transient { retry_after: None }), the next in 1s"
    );
}

#[resilient_runtime::test]
async fn a_breaker_that_opens_is_a_warning_inside_the_call_that_opened_it() {
    #[breaker(failure_rate = "50%", min_calls = 2)]
    #[non_idempotent]
    async fn broken(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (seen, _guard) = Recording::start(Level::INFO);
    let service = Service::new([fails(BUSY)]);
    for _ in 0..2 {
        let _ = broken(&service).await;
    }
    let lines = seen.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].level, Level::WARN);
    assert_eq!(lines[0].field("resilience.circuit_breaker.state"), "open");
    let attempt = seen.spans(ATTEMPT)[1].0;
    assert_eq!(lines[0].inside, Some(attempt));
}

#[resilient_runtime::test]
async fn a_dry_budget_warns_at_most_once_a_second() {
    #[retry(idempotent, backoff(fixed, "100ms"), jitter(none), budget("spans-dry"))]
    async fn dry(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (seen, _guard) = Recording::start(Level::DEBUG);
    let service = Service::new([fails(NOT_SENT)]);
    for _ in 0..60 {
        let _ = dry(&service).await;
    }
    let lines = seen.lines();
    let refused = |level| {
        let of = |line: &&recording::Line| {
            line.level == level && line.field("resilience.event.name") == "retry_refused"
        };
        lines.iter().filter(of).collect::<Vec<_>>()
    };
    let (warned, quiet) = (refused(Level::WARN), refused(Level::DEBUG));
    // Five repeats in two and a half calls, then about ten refusals a second for almost six seconds.
    assert_eq!(warned.len(), 6, "of {}", warned.len() + quiet.len());
    assert_eq!(warned.len() + quiet.len(), 58);
    assert_eq!(warned[0].field("suppressed"), "0");
    assert_eq!(warned[1].field("suppressed"), "9");
}

#[resilient_runtime::test]
async fn a_filter_that_turns_spans_off_leaves_the_warnings() {
    let (seen, _guard) = Recording::start(Level::WARN);
    let _ = call(&Service::new([fails(BUSY)])).await;
    assert!(seen.spans(CALL).is_empty() && seen.spans(ATTEMPT).is_empty());
    assert_eq!(seen.lines().len(), 1);
}

#[resilient_runtime::test]
async fn nothing_of_arguments_keys_or_errors_is_written() {
    #[retry(idempotency_key(secret), backoff(fixed, "1s"), jitter(none))]
    #[timeout(total = "10s", attempt = "3s")]
    #[breaker(key(secret), consecutive = 1)]
    async fn pay(secret: &str) -> Result<u32, std::io::Error> {
        sleep(Duration::from_millis(1)).await;
        Err(std::io::Error::new(
            std::io::ErrorKind::ConnectionReset,
            format!("no {secret}"),
        ))
    }
    let (seen, _guard) = Recording::start(Level::TRACE);
    let _ = pay("4111-1111").await;
    let _ = pay("4111-1111").await;
    let spans = format!("{:?} {:?}", seen.spans(CALL), seen.spans(ATTEMPT));
    let lines = format!("{:?}", seen.lines());
    assert!(!spans.is_empty() && !lines.is_empty());
    assert!(
        !spans.contains("4111") && !lines.contains("4111"),
        "{spans} {lines}"
    );
}
