//! Replays one pipeline case on the paused clock, step by step, and checks what each expects.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use resilient_runtime::breaker::Phase;
use resilient_runtime::{Scope, registry};
use serde_json::Value;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, sleep, timeout};

use super::build::{self, ms};
use super::case::{Case, Check, Expect, Step};
use super::expect;
use super::fault::Family;
use super::policy::{Policy, Rule};
use super::stack::{self, Does, Lack, Layer, Running};
use super::world::{Call, Polled, World, word};

/// Why a case does not hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Miss {
    /// The runtime has no words for it.
    Lacks(&'static str),
    /// Something else came out.
    Differs(String),
}

impl From<Lack> for Miss {
    fn from(Lack(what): Lack) -> Self {
        Self::Lacks(what)
    }
}

impl From<String> for Miss {
    fn from(what: String) -> Self {
        Self::Differs(what)
    }
}

/// Longer than any call of any case takes.
const FOR_EVER: Duration = Duration::from_secs(1 << 22);

/// Takes layers out of the case's stack, or turns it around: a runner that cannot be made to fail shows nothing.
pub type Meddle = fn(&mut Vec<Layer>);

pub async fn play(case: &Case, meddle: Option<Meddle>) -> Result<(), Miss> {
    let world = Arc::new(World::default());
    let ear = Arc::clone(&world);
    Scope::current().observe(move |event| ear.hear(event));
    let mut play = Play {
        case,
        family: Arc::new(Family(case.error_is_a.clone())),
        world,
        stacks: HashMap::new(),
        running: HashMap::new(),
        meddle,
    };
    let began = Instant::now();
    for (nth, step) in case.steps.iter().enumerate() {
        let at = |miss| match miss {
            Miss::Differs(what) => Miss::Differs(format!("step {}: {what}", nth + 1)),
            lacks @ Miss::Lacks(_) => lacks,
        };
        let done = play.step(step).await;
        play.judges_trials_by_rate()?;
        done.map_err(at)?;
    }
    if let Some(expected) = &case.expected {
        let total = f64::from(play.world.seen().invocations);
        expect::number("invocations_total", expected.invocations_total, total)?;
        expect::number("virtual_ms", expected.virtual_ms, in_ms(began.elapsed()))?;
    }
    Ok(())
}

pub struct Play<'a> {
    case: &'a Case,
    family: Arc<Family>,
    world: Arc<World>,
    /// By `via`.
    pub stacks: HashMap<Option<String>, Arc<Vec<Layer>>>,
    running: HashMap<String, JoinHandle<()>>,
    meddle: Option<Meddle>,
}

fn in_ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Everything runs that can at this instant; the clock stands.
async fn settle() {
    for _ in 0..40 {
        yield_now().await;
    }
}

impl Play<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), Miss> {
        let mut about = None;
        if let Some(call) = &step.call {
            for _ in 0..step.repeat.unwrap_or(1) {
                self.start(call, step)?;
                self.finish(call).await?;
                self.check_expect(step, Some(call))?;
            }
            return Ok(());
        } else if let Some(call) = &step.start {
            self.start(call, step)?;
            settle().await;
            about = Some(call);
        } else if let Some(call) = &step.await_ {
            self.finish(call).await?;
            about = Some(call);
        } else if let Some(call) = &step.look {
            about = Some(call);
        } else if let Some(call) = &step.cancel {
            self.cancel(call).await;
            about = Some(call);
        } else if let Some(hold) = &step.release {
            self.world
                .release(hold, step.with.clone().unwrap_or_default());
            settle().await;
        } else if let Some(advance) = step.advance_ms {
            sleep(ms(advance)).await;
            settle().await;
        } else if let Some(control) = &step.control {
            self.control(control, step)?;
        } else if let Some(limit) = step.resize_bulkhead {
            let name = self.bulkhead()?.0;
            registry()
                .resize(name, limit)
                .map_err(|error| error.to_string())?;
            settle().await;
        } else if let Some(check) = &step.check {
            self.check(check, step.breaker.as_deref())?;
        } else {
            return Err(Miss::Lacks("a step of this kind"));
        }
        self.check_expect(step, about)
    }

    /// The stack of these instances, made when it is first asked for.
    fn stack(&mut self, via: Option<&String>) -> Result<Arc<Vec<Layer>>, Lack> {
        if let Some(stack) = self.stacks.get(&via.cloned()) {
            return Ok(Arc::clone(stack));
        }
        let policies = self.case.policies.iter();
        let mut layers = policies
            .map(|policy| build::layer(policy, &self.family, &self.world, via.map(String::as_str)))
            .collect::<Result<Vec<_>, _>>()?;
        for layer in &layers {
            // Listed in the registry from its first use on.
            match &layer.does {
                Does::Breaker(breaker) => drop(breaker.snapshot()),
                Does::Bulkhead(bulkhead) => drop(bulkhead.snapshot()),
                Does::RateLimit(rate_limit) => drop(rate_limit.snapshot()),
                _ => {}
            }
        }
        if let Some(meddle) = self.meddle {
            meddle(&mut layers);
        }
        let stack = Arc::new(layers);
        self.stacks.insert(via.cloned(), Arc::clone(&stack));
        Ok(stack)
    }

    fn start(&mut self, id: &str, step: &Step) -> Result<(), Miss> {
        let stack = self.stack(step.via.as_ref())?;
        let call = Call {
            began: Some(Instant::now()),
            ..Call::default()
        };
        self.world.seen().calls.insert(id.to_owned(), call);
        let world = Arc::clone(&self.world);
        let (call, without) = (id.to_owned(), step.without.clone());
        let script = step.body.clone().unwrap_or_default();
        let future = Box::pin(async move {
            let with = |layer: &&Layer| !without.contains(&layer.id);
            let layers: Vec<_> = stack.iter().filter(with).collect();
            let body = || -> Running<'_> { world.invoke(&call, &script) };
            let outcome = stack::run(&layers, &body).await;
            if let Some(seen) = world.seen().calls.get_mut(&call) {
                seen.ended = Some(Instant::now());
                seen.outcome = Some(outcome);
            }
        });
        let call = id.to_owned();
        let task = tokio::spawn(Polled { call, future });
        self.running.insert(id.to_owned(), task);
        Ok(())
    }

    async fn finish(&mut self, call: &str) -> Result<(), Miss> {
        if let Some(task) = self.running.get_mut(call) {
            if timeout(FOR_EVER, task).await.is_err() {
                return Err(format!("{call} never ends").into());
            }
            self.running.remove(call);
        }
        settle().await;
        Ok(())
    }

    async fn cancel(&mut self, call: &str) {
        if let Some(task) = self.running.remove(call) {
            task.abort();
            settle().await;
            let cancelled =
                task.is_finished() && task.await.is_err_and(|error| error.is_cancelled());
            if let Some(seen) = self.world.seen().calls.get_mut(call) {
                seen.cancelled = cancelled;
                if cancelled {
                    seen.ended = Some(Instant::now());
                }
            }
        }
    }

    fn control(&mut self, control: &str, step: &Step) -> Result<(), Miss> {
        self.stack(step.via.as_ref())?;
        let (name, shown) = self.breaker(step.breaker.as_deref())?;
        let registry = registry();
        let done = match control {
            "open" => match step.for_ms {
                Some(open) => registry.open_for(name, ms(open)),
                None => registry.open(name),
            },
            "force_open" => registry.force_open(name),
            "disable" => registry.disable(name),
            "metrics_only" => registry.metrics_only(name),
            "half_open" => registry.probe(name),
            "close" if matches!(shown.phase, Phase::Open | Phase::HalfOpen) => registry.reset(name),
            "close" => registry.automatic(name),
            "reset" => registry.reset(name),
            _ => return Err(Miss::Lacks("a control of this name")),
        };
        done.map_err(|error| error.to_string().into())
    }

    /// Half-open this runtime closes after as many successes as there are trials, and opens after one failure. A case
    /// with another rule holds only while nothing is half-open.
    fn judges_trials_by_rate(&self) -> Result<(), Lack> {
        let by_rate = self.case.policies.iter().any(|policy| {
            matches!(policy, Policy::Breaker(breaker) if breaker.half_open.rule == Rule::Rate {})
        });
        let seen = self.world.seen();
        let half_open = seen
            .breakers
            .values()
            .any(|changes| changes.to.contains(&"half_open"));
        if by_rate && half_open {
            return Err(Lack("deciding half-open by the rate of all trials"));
        }
        Ok(())
    }

    fn check_expect(&self, step: &Step, about: Option<&String>) -> Result<(), Miss> {
        let Some(expect) = &step.expect else {
            return Ok(());
        };
        let expect = read(expect)?;
        let states = |name: Option<&str>| Ok(word(self.breaker(name)?.1.phase));
        Self::states(&expect, step, states)?;
        let seen = self.world.seen();
        match about.and_then(|call| seen.calls.get(call)) {
            Some(call) => Ok(expect::call(&expect, call)?),
            None => Ok(expect::no_call(&expect)?),
        }
    }

    fn states(
        expect: &Expect,
        step: &Step,
        state: impl Fn(Option<&str>) -> Result<&'static str, Miss>,
    ) -> Result<(), Miss> {
        let via = step.via.as_ref().map(|via| format!("breaker@{via}"));
        let name = step.breaker.as_deref().or(via.as_deref());
        if let Some(wanted) = &expect.state {
            expect::same("state", wanted.as_str(), state(name)?)?;
        }
        for (breaker, wanted) in expect.states.iter().flatten() {
            expect::same("state", wanted.as_str(), state(Some(breaker))?)?;
        }
        if let Some(allowed) = &expect.state_in {
            let actual = state(name)?;
            if !allowed.iter().any(|allowed| allowed == actual) {
                return Err(format!("state: {actual}, not one of {allowed:?}").into());
            }
        }
        Ok(())
    }

    fn check(&self, check: &Check, breaker: Option<&str>) -> Result<(), Miss> {
        if check.events.is_some() {
            return Err(Miss::Lacks("counting events of any kind"));
        }
        let seen = self.world.seen();
        expect::number(
            "invocations_total",
            check.invocations_total,
            f64::from(seen.invocations),
        )?;
        if let Some(order) = &check.start_order {
            expect::same("start_order", order, &seen.start_order)?;
        }
        let bulkhead = self.bulkhead().ok().map(|(_, shown)| shown);
        let running = bulkhead.map_or(seen.running, |shown| shown.in_flight);
        expect::number("running", check.running, f64::from(running))?;
        if check.queued.is_some() {
            expect::number("queued", check.queued, f64::from(self.bulkhead()?.1.queued))?;
        }
        if !expect::asks_for_a_breaker(check) {
            return Ok(());
        }
        let (name, shown) = self.breaker(breaker)?;
        Ok(expect::breaker(check, &shown, seen.breakers.get(name))?)
    }
}

/// What a step expects of a call.
pub fn read(expect: &Value) -> Result<Expect, String> {
    serde_json::from_value(expect.clone()).map_err(|error| format!("unreadable: {error}"))
}
