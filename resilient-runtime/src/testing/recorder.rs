//! What happened in a test: attempts, delays, refusals, ends, and every event as a line.
//!
//! In: the events of a scope. Out: lists by the name of a function, and assertions that show the whole story when they
//! fail. Refuses to know a function by anything but the end of its path.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::names::is_named;
use crate::event::{End, Event, Refusal, Subscription};
use crate::rejected::Kind;
use crate::scope::Scope;

/// Writes down what happens in a scope until it is dropped.
///
/// Functions are named by their path, `crate::module::function`, or the end of it.
#[derive(Debug)]
pub struct Recorder {
    told: Arc<Mutex<Vec<Told>>>,
    _subscription: Subscription,
}

/// One event.
#[derive(Debug)]
struct Told {
    call: String,
    line: String,
    fact: Fact,
}

#[derive(Debug, Clone, Copy)]
enum Fact {
    Call(End),
    Attempt(End),
    Delay(Duration),
    Rejected(Kind),
    Refused(Refusal),
    Other,
}

impl Recorder {
    /// Writes down the events of the current scope from now on.
    #[must_use = "it writes only while it lives"]
    pub fn start() -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&told);
        let subscription = Scope::current().subscribe(move |event| {
            let one = Told {
                call: event.call().unwrap_or_default().to_owned(),
                line: event.to_string(),
                fact: fact(event),
            };
            into.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(one);
        });
        Self {
            told,
            _subscription: subscription,
        }
    }

    /// How the attempts of a function ended, in that order; of all of its calls. A refusal is no attempt.
    #[must_use]
    pub fn attempts(&self, call: &str) -> Vec<End> {
        self.all(call, |fact| match fact {
            Fact::Attempt(end) => Some(end),
            _ => None,
        })
    }

    /// How its calls ended, as their callers saw it.
    #[must_use]
    pub fn calls(&self, call: &str) -> Vec<End> {
        self.all(call, |fact| match fact {
            Fact::Call(end) => Some(end),
            _ => None,
        })
    }

    /// The waits between its attempts.
    #[must_use]
    pub fn delays(&self, call: &str) -> Vec<Duration> {
        self.all(call, |fact| match fact {
            Fact::Delay(delay) => Some(delay),
            _ => None,
        })
    }

    /// Why policies refused or ended it.
    #[must_use]
    pub fn rejections(&self, call: &str) -> Vec<Kind> {
        self.all(call, |fact| match fact {
            Fact::Rejected(kind) => Some(kind),
            _ => None,
        })
    }

    /// Why it was not repeated although attempts were left.
    #[must_use]
    pub fn refusals(&self, call: &str) -> Vec<Refusal> {
        self.all(call, |fact| match fact {
            Fact::Refused(why) => Some(why),
            _ => None,
        })
    }

    /// Every event as one line.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.told().iter().map(|told| told.line.clone()).collect()
    }

    /// The function made so many attempts, in all of its calls.
    ///
    /// # Panics
    ///
    /// When it did not.
    #[track_caller]
    pub fn assert_attempts(&self, call: &str, expected: usize) {
        let seen = self.attempts(call);
        self.assert(seen.len() == expected, call, "attempts", &expected, &seen);
    }

    /// These were the waits between its attempts.
    ///
    /// # Panics
    ///
    /// When they were not.
    #[track_caller]
    pub fn assert_delays(&self, call: &str, expected: &[Duration]) {
        let seen = self.delays(call);
        self.assert(seen == expected, call, "delays", &expected, &seen);
    }

    /// So its calls ended.
    ///
    /// # Panics
    ///
    /// When they did not.
    #[track_caller]
    pub fn assert_calls(&self, call: &str, expected: &[End]) {
        let seen = self.calls(call);
        self.assert(seen == expected, call, "calls", &expected, &seen);
    }

    /// The policy, as its attribute is called, refused or ended it at least once.
    ///
    /// # Panics
    ///
    /// When it did not.
    #[track_caller]
    pub fn assert_rejected(&self, call: &str, policy: &str) {
        let seen = self.rejections(call);
        let by = seen.iter().any(|kind| kind.policy() == policy);
        self.assert(by, call, "rejections", &policy, &seen);
    }

    /// No policy refused or ended it.
    ///
    /// # Panics
    ///
    /// When one did.
    #[track_caller]
    pub fn assert_not_rejected(&self, call: &str) {
        let seen = self.rejections(call);
        self.assert(seen.is_empty(), call, "rejections", &"none", &seen);
    }

    /// Some event's line contains this text.
    ///
    /// # Panics
    ///
    /// When none does.
    #[track_caller]
    pub fn assert_told(&self, text: &str) {
        let told = self.told().iter().any(|told| told.line.contains(text));
        assert!(told, "no event says {text:?}\n{}", self.story());
    }

    #[track_caller]
    fn assert(&self, holds: bool, call: &str, what: &str, expected: &dyn Debug, seen: &dyn Debug) {
        assert!(
            holds,
            "{what} of `{call}`: expected {expected:?}, seen {seen:?}\n{}",
            self.story()
        );
    }

    fn story(&self) -> String {
        let lines = self.lines();
        if lines.is_empty() {
            return "nothing was told: no annotated function with a policy was called in this scope".to_owned();
        }
        format!("this was told:\n    {}", lines.join("\n    "))
    }

    fn all<T>(&self, call: &str, of: impl Fn(Fact) -> Option<T>) -> Vec<T> {
        let told = self.told();
        let of_call = told.iter().filter(|told| is_named(&told.call, call));
        of_call.filter_map(|told| of(told.fact)).collect()
    }

    fn told(&self) -> MutexGuard<'_, Vec<Told>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fact(event: &Event<'_>) -> Fact {
    match *event {
        Event::CallFinished { end, .. } => Fact::Call(end),
        Event::AttemptFinished { end, .. } => Fact::Attempt(end),
        Event::RetryScheduled { delay, .. } => Fact::Delay(delay),
        Event::Rejected { kind, .. } => Fact::Rejected(kind),
        Event::RetryRefused { why, .. } => Fact::Refused(why),
        _ => Fact::Other,
    }
}
