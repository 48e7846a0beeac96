//! A call by hand tells what the annotated function of the same policies tells.

use std::sync::{Arc, Mutex};

use resilient_runtime::by_hand::{Bulkhead, Hedge, LogicalCall, Retry, Timeout};
use resilient_runtime::event::{Counters, Event};
use resilient_runtime::hedge::Settings as Hedged;
use resilient_runtime::retry::{Backoff, Jitter};
use resilient_runtime::{Scope, bulkhead, dependency, hedge, idempotent, registry, retry, timeout};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, HANGS, OK, Service, Step, fails, ms};

/// What one event says, whose it is, and of which attempt.
type Line = (String, String, Option<u32>);

/// Everything that is told, with the call's name taken out, and the name of its dependency.
fn told() -> Arc<Mutex<Vec<Line>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&told);
    Scope::current().observe(move |event| {
        let call = event.call().expect("nothing else happens here");
        let line = match event {
            Event::CallStarted { effect, .. } => format!("started, {effect:?}"),
            Event::CallFinished { delay, .. } => format!("{event} and {delay:?}"),
            other => other.to_string(),
        };
        let dependency = event.dependency().map(|it| it.to_string());
        into.lock().expect("no observer panics").push((
            line.replace(call, "call"),
            dependency.unwrap_or_default(),
            event.attempt(),
        ));
    });
    told
}

fn text(error: &Error) -> String {
    match error {
        Error::Refused(rejected) => rejected.to_string(),
        Error::Answered { .. } => String::new(),
    }
}

#[dependency("partner")]
#[retry(idempotent, backoff(fixed, "1s"), jitter(none), budget(none))]
#[timeout(total = "10s", attempt = "3s")]
#[bulkhead(1, wait = "100ms")]
async fn annotated(service: &Service) -> Result<u32, Error> {
    service.call().await
}

struct ByHand {
    call: LogicalCall,
    total: Timeout,
    retry: Retry,
    bulkhead: Bulkhead,
}

impl ByHand {
    fn new() -> Self {
        let backoff = Backoff::fixed(ms(1_000));
        Self {
            call: LogicalCall::idempotent("by_hand").dependency("behaviour/partner"),
            total: Timeout::new(ms(10_000)).named("the total"),
            retry: Retry::idempotent()
                .backoff(backoff)
                .jitter(Jitter::None)
                .no_budget(),
            bulkhead: Bulkhead::new(bulkhead::Settings::new(1).wait(ms(100))),
        }
    }

    async fn run(&self, service: &Service) -> Result<u32, Error> {
        let call = self.call.run(|body| {
            let attempt = move || self.bulkhead.run(body.run(service.call()));
            self.total.run(self.retry.run(attempt))
        });
        call.await
    }
}

#[resilient_runtime::test]
async fn each_event_of_a_call_by_hand_is_the_one_of_the_annotated_call() {
    let scripts: [&[Step]; 4] = [
        &[OK],
        &[fails(BUSY), OK.after(ms(10))],
        &[fails(BUSY)],
        &[
            fails(BUSY).after(ms(20)),
            fails(resilient_tests::service::DECLINED),
        ],
    ];
    for script in scripts {
        let service = || Service::new(script);
        let events = told();
        let by_hand = ByHand::new().run(&service()).await;
        let hand = std::mem::take(&mut *events.lock().expect("no observer panics"));
        assert_eq!(by_hand, annotated(&service()).await);
        let macros = events.lock().expect("no observer panics").clone();
        assert_eq!(hand, macros);
        assert!(hand.len() >= 4, "{hand:?}");
    }
}

#[resilient_runtime::test]
async fn a_refusal_is_no_attempt_and_says_whose_it_is() {
    let by_hand = ByHand::new();
    let (busy, service) = (Service::new([OK.after(ms(500))]), Service::new([OK]));
    let first = by_hand.run(&busy);
    let second = async {
        tokio::task::yield_now().await;
        let events = told();
        let refused = by_hand.run(&service).await.expect_err("the queue is slow");
        let lines = events.lock().expect("no observer panics").clone();
        (refused, lines)
    };
    let (_, (refused, lines)) = tokio::join!(first, second);
    assert!(text(&refused).contains("`by_hand`"), "{refused:?}");
    let lines: Vec<_> = lines.iter().map(|(line, ..)| line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "started, Class(1)",
            "call: attempt 1 refused: no permit of the bulkhead came free within 100ms",
            "call: failed (Rejected { retry_after: None }) after 100ms and 0 attempt(s) and 0ns",
        ]
    );
}

#[resilient_runtime::test]
async fn a_limit_around_the_attempts_is_about_the_call_as_a_whole() {
    let call = LogicalCall::read_only("whole");
    let (total, attempt) = (Timeout::new(ms(50)), Timeout::new(ms(30)));
    let retry = Retry::read_only().at_once();
    let events = told();
    let answer = call
        .run(|body| {
            let attempt = move || async move { attempt.run(body.run(hanging().call())).await };
            total.run(retry.run(attempt))
        })
        .await;
    assert!(answer.is_err());
    let lines = events.lock().expect("no observer panics").clone();
    let timeouts: Vec<_> = lines
        .iter()
        .filter(|it| it.0.contains("timed out"))
        .collect();
    assert_eq!(timeouts.len(), 2, "{lines:?}");
    assert_eq!((timeouts[0].2, timeouts[1].2), (Some(1), None));
}

fn hanging() -> &'static Service {
    static HANGING: std::sync::OnceLock<Service> = std::sync::OnceLock::new();
    HANGING.get_or_init(|| Service::new([HANGS]))
}

#[resilient_runtime::test]
async fn dropped_it_ends_its_attempt_and_then_itself() {
    let by_hand = ByHand::new();
    let service = Service::new([HANGS]);
    let events = told();
    drop(by_hand.run(&service));
    assert!(
        events.lock().expect("no observer panics").is_empty(),
        "never polled"
    );
    give_up_after(1, by_hand.run(&service)).await;
    let lines = events.lock().expect("no observer panics").clone();
    let lines: Vec<_> = lines.iter().map(|(line, ..)| line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "started, Class(1)",
            "call: attempt 1 started",
            "call: attempt 1 was dropped before it ended",
            "call: was dropped before it ended after 0ns and 1 attempt(s) and 0ns",
        ]
    );
    assert_eq!(by_hand.bulkhead.snapshot().in_flight, 0);
}

#[resilient_runtime::test]
async fn what_the_body_does_goes_by_its_own_name() {
    static INNER: Timeout = Timeout::new(ms(10)).named("inner");
    let call = LogicalCall::read_only("outer");
    let service = Service::new([HANGS]);
    let answer = call
        .run(|body| body.run(INNER.run(service.call())))
        .await
        .expect_err("it hangs");
    assert!(text(&answer).contains("`inner`"), "{answer:?}");
    let answer = call
        .run(|_| INNER.run(service.call()))
        .await
        .expect_err("it hangs");
    assert!(text(&answer).contains("`outer`"), "{answer:?}");
}

#[resilient_runtime::test]
async fn counters_have_a_row_for_it() {
    let counters = Counters::new();
    let _counting = counters.count(&Scope::current());
    let by_hand = ByHand::new();
    by_hand.run(&Service::new([fails(BUSY), OK])).await.unwrap();
    let all = counters.all();
    let row = all.get("by_hand").expect("it goes by its name");
    assert_eq!(row.ended_in("success"), 1);
    assert!(
        counters
            .prometheus(&registry())
            .contains("name=\"by_hand\"")
    );
}

#[idempotent]
#[hedge(after = "80ms")]
async fn annotated_hedge(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn the_lanes_of_a_hedge_end_once_each() {
    let ends = |events: &Arc<Mutex<Vec<Line>>>| {
        let mut told = std::mem::take(&mut *events.lock().expect("no observer panics"));
        told.sort();
        told
    };
    let slow = || Service::new([OK.after(ms(500)), OK.after(ms(10))]);
    let events = told();
    let call = LogicalCall::idempotent("hedged");
    let hedged = Hedge::idempotent(Hedged::after(ms(80)));
    let service = slow();
    let of = &service;
    let answer = call.run(|body| hedged.run(move || body.run(of.call())));
    assert_eq!(answer.await, Ok(2));
    let hand = ends(&events);
    assert_eq!(annotated_hedge(&slow()).await, Ok(2));
    let macros = ends(&events);
    let started = |told: &[Line]| {
        told.iter()
            .filter(|it| it.0.contains("attempt 1 started"))
            .count()
    };
    assert_eq!(started(&hand), 2);
    // Of an annotated call the hedge itself says that its lane began.
    let others = |told: Vec<Line>| -> Vec<_> {
        told.into_iter()
            .filter(|it| !it.0.contains("attempt 1 started") && !it.0.contains("attempt(s)"))
            .collect()
    };
    assert_eq!(others(hand), others(macros));
}
