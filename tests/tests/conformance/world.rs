//! The world of one case: the bodies that its calls run, and what was seen of them.
//!
//! In: what each invocation is to do, events of the runtime. Out: counts and times. Refuses nothing.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use resilient_runtime::breaker::Phase;
use resilient_runtime::event::Event;
use resilient_runtime::rejected::Kind;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::build::ms;
use super::case::Body;
use super::fault::{Answer, Fault};
use super::stack::Running;

#[derive(Default)]
pub struct World {
    seen: Mutex<Seen>,
    holds: Mutex<HashMap<String, Hold>>,
}

#[derive(Default)]
pub struct Seen {
    pub calls: BTreeMap<String, Call>,
    pub start_order: Vec<String>,
    pub invocations: u32,
    pub running: u32,
    pub breakers: HashMap<String, Changes>,
}

/// What observers were told of one breaker.
#[derive(Default)]
pub struct Changes {
    pub to: Vec<&'static str>,
    /// Refusals in all, and those before the last opening.
    pub refusals: u64,
    pub before_opening: u64,
}

/// One call.
#[derive(Default)]
pub struct Call {
    pub began: Option<Instant>,
    pub ended: Option<Instant>,
    pub outcome: Option<Answer>,
    pub cancelled: bool,
    pub invocations: u32,
    pub running: u32,
    pub body_cancelled: u32,
    pub retries: u32,
    pub delays_ms: Vec<f64>,
    pub timeouts: u32,
    pub fallback_used: bool,
}

#[derive(Default, Clone)]
struct Hold(Arc<(Mutex<VecDeque<Body>>, Notify)>);

thread_local! {
    /// The call that is being polled; events are its.
    static POLLED: RefCell<Option<String>> = const { RefCell::new(None) };
}

impl World {
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, name: &str) -> Hold {
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        holds.entry(name.to_owned()).or_default().clone()
    }

    /// One of those who wait for this, now or later, goes on with the outcome.
    pub fn release(&self, name: &str, with: Body) {
        let Hold(hold) = self.hold(name);
        let mut released = hold.0.lock().unwrap_or_else(PoisonError::into_inner);
        released.push_back(with);
        drop(released);
        hold.1.notify_one();
    }

    /// The next invocation of a call's body.
    pub fn invoke<'a>(self: &'a Arc<Self>, call: &'a str, script: &'a [Body]) -> Running<'a> {
        Box::pin(async move {
            let mut inside = Inside::begin(self, call);
            let step = script.get(inside.nth).or(script.last());
            let answer = self.act(step.cloned().unwrap_or_default()).await;
            inside.finished = true;
            answer
        })
    }

    async fn act(&self, body: Body) -> Answer {
        if let Some(after) = body.ms {
            sleep(ms(after)).await;
        }
        let body = match &body.hold {
            Some(hold) => self.released(hold).await,
            None => body,
        };
        match (body.ok, body.err) {
            (_, Some(kind)) => Err(Fault::of(&kind, body.retry_after_ms.map(ms))),
            (value, None) => Ok(value.unwrap_or(Value::Null)),
        }
    }

    async fn released(&self, name: &str) -> Body {
        let Hold(hold) = self.hold(name);
        loop {
            let next = hold
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            match next {
                Some(body) => return body,
                None => hold.1.notified().await,
            }
        }
    }

    /// The call that is being polled is answered by its fallback.
    pub fn fell_back(&self) {
        polled(&mut self.seen(), |call| call.fallback_used = true);
    }

    /// An observer of the case's scope.
    pub fn hear(&self, event: &Event<'_>) {
        let mut seen = self.seen();
        match *event {
            Event::BreakerTransition { state, to, .. } => {
                let changes = seen.breakers.entry(state.to_string()).or_default();
                changes.to.push(word(to));
                if matches!(to, Phase::Open | Phase::ForcedOpen) {
                    changes.before_opening = changes.refusals;
                }
            }
            Event::Rejected { call, kind, .. } => match kind {
                Kind::BreakerOpen { .. } => {
                    seen.breakers.entry(call.to_owned()).or_default().refusals += 1;
                }
                Kind::TotalTimeout { .. } | Kind::AttemptTimeout { .. } => {
                    polled(&mut seen, |call| call.timeouts += 1);
                }
                _ => {}
            },
            Event::RetryScheduled { delay, .. } => polled(&mut seen, |call| {
                call.retries += 1;
                call.delays_ms.push(delay.as_secs_f64() * 1_000.0);
            }),
            _ => {}
        }
    }
}

fn polled(seen: &mut Seen, change: impl FnOnce(&mut Call)) {
    let call = POLLED.with_borrow(Clone::clone);
    if let Some(call) = call.and_then(|call| seen.calls.get_mut(&call)) {
        change(call);
    }
}

/// A breaker's phase in the words of the cases.
pub fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Closed | Phase::ForcedClosed => "closed",
        Phase::Open => "open",
        Phase::HalfOpen => "half_open",
        Phase::ForcedOpen => "forced_open",
        Phase::Disabled => "disabled",
        Phase::MetricsOnly => "metrics_only",
    }
}

/// One invocation; ends when it is dropped.
struct Inside<'a> {
    world: &'a World,
    call: &'a str,
    nth: usize,
    finished: bool,
}

impl<'a> Inside<'a> {
    fn begin(world: &'a World, call: &'a str) -> Self {
        let mut seen = world.seen();
        seen.start_order.push(call.to_owned());
        seen.invocations += 1;
        seen.running += 1;
        let this = seen.calls.entry(call.to_owned()).or_default();
        let nth = this.invocations as usize;
        this.invocations += 1;
        this.running += 1;
        Self {
            world,
            call,
            nth,
            finished: false,
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let mut seen = self.world.seen();
        seen.running -= 1;
        if let Some(call) = seen.calls.get_mut(self.call) {
            call.running -= 1;
            call.body_cancelled += u32::from(!self.finished);
        }
    }
}

/// The future of a call, so that it is known whose events are heard.
pub struct Polled<F> {
    pub call: String,
    pub future: Pin<Box<F>>,
}

impl<F: Future> Future for Polled<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        POLLED.set(Some(self.call.clone()));
        let polled = self.future.as_mut().poll(cx);
        POLLED.set(None);
        polled
    }
}
