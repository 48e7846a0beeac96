//! Scripts: what a named function's attempts do instead of their bodies.
//!
//! In: the name of an annotated function and what its next attempts should meet. Out: exactly that, behind all of its policies.
//! Refuses to end a test in which a script was not used up: the function was not called as often as the test believes, or
//! the name is wrong.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::stage::{Left, Stage, Step, Then};
use crate::failure::Failure;
use crate::registry::closest;
use crate::rejected::Kind;
use crate::scope::Scope;

/// What the next attempts of a function do, in the current scope, for as long as this lives.
///
/// `call` is an annotated function with at least one policy, as `crate::module::function` or the end of that. Each attempt
/// that passed its gates takes one step; when none is left, and before the first is written, attempts run the real body.
///
/// ```
/// use resilient_runtime::{Failure, Rejected, retry, testing, timeout};
///
/// #[retry(idempotent)]
/// #[timeout(total = "10s", attempt = "2s")]
/// async fn rate() -> Result<u32, Rejected> {
///     Ok(42)
/// }
///
/// # testing::run(async {
/// let told = testing::Recorder::start();
/// let _script = testing::script("rate").fail(Failure::NotSent).hang(); // then the real body
/// assert_eq!(rate().await.unwrap(), 42);
/// told.assert_attempts("rate", 3);
/// # });
/// ```
///
/// A scripted failure is a [`Rejected`](crate::Rejected) of kind [`Kind::Scripted`] as the function's own error, and means what the
/// script says to every policy, also under `classify(path)`. A successful answer cannot be scripted, since a script knows no
/// types: let the real body answer, from a fake behind it.
pub fn script(call: &str) -> Script {
    let scope = Scope::current();
    let number = scope.stage(|stage| stage.add(call));
    Script {
        scope,
        call: call.to_owned(),
        number,
        may_be_left: false,
    }
}

/// What the next attempts of one function do; see [`script`].
///
/// # Panics
///
/// When dropped with steps that no attempt took, unless the test panics already or [`may_be_left`](Self::may_be_left) was
/// said.
#[must_use = "a script holds only while it lives: `let _script = ..`"]
pub struct Script {
    scope: Scope,
    call: String,
    number: u64,
    may_be_left: bool,
}

impl Script {
    /// One attempt fails at once, with this meaning.
    pub fn fail(self, failure: Failure) -> Self {
        self.fail_after(Duration::ZERO, failure)
    }

    /// One attempt fails after this time.
    pub fn fail_after(self, after: Duration, failure: Failure) -> Self {
        self.step(after, Then::End(Kind::Scripted { failure }))
    }

    /// One attempt is ended as a policy would have ended it: by a timeout after its body was polled, otherwise before.
    pub fn reject(self, kind: Kind) -> Self {
        self.step(Duration::ZERO, Then::End(kind))
    }

    /// One attempt runs the real body, after this time.
    pub fn delay(self, after: Duration) -> Self {
        self.step(after, Then::Body)
    }

    /// One attempt runs the real body.
    pub fn pass(self) -> Self {
        self.delay(Duration::ZERO)
    }

    /// One attempt never answers: a limit ends it, or a drop. See [`drop_mid_flight`].
    pub fn hang(self) -> Self {
        self.step(Duration::ZERO, Then::Hang)
    }

    /// One attempt panics.
    pub fn panic(self) -> Self {
        self.step(Duration::ZERO, Then::Panic)
    }

    /// The last step so many times in all; zero is one.
    pub fn times(self, times: usize) -> Self {
        let more = times.saturating_sub(1);
        self.scope
            .stage(|stage| stage.repeat_last(self.number, more));
        self
    }

    /// The last step again and again. It has to be taken once at least.
    pub fn for_ever(self) -> Self {
        self.scope.stage(|stage| stage.for_ever(self.number));
        self
    }

    /// The test does not care whether every step is taken.
    pub fn may_be_left(mut self) -> Self {
        self.may_be_left = true;
        self
    }

    /// How many attempts took a step so far.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.scope.stage(|stage| stage.taken(self.number))
    }

    fn step(self, after: Duration, then: Then) -> Self {
        let step = Step { after, then };
        self.scope.stage(|stage| stage.push(self.number, step));
        self
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let left = self.scope.stage(|stage| stage.remove(self.number));
        let forgiven = self.may_be_left || std::thread::panicking();
        assert!(
            left.steps.is_empty() || forgiven,
            "{}",
            unused(&self.call, &left)
        );
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}

/// What is wrong, and what was probably meant.
fn unused(call: &str, left: &Left) -> String {
    let (steps, taken) = (left.steps.len(), left.taken);
    let text = format!(
        "the script of `{call}` was not used up: {taken} step(s) taken, {steps} left, the next being {}",
        described(left.steps[0])
    );
    if left.ran.iter().any(|ran| super::names::is_named(ran, call)) {
        return text + ". The function was not attempted that often";
    }
    let hint = if let Some(meant) = closest(call, &left.ran) {
        format!("did you mean `{meant}`?")
    } else if left.ran.is_empty() {
        "nor was any other with a policy; one that only declares its effect cannot be scripted"
            .to_owned()
    } else {
        format!("but these: {}", left.ran.join(", "))
    };
    text + ". No function of that name was attempted: " + &hint
}

fn described(Step { after, then }: Step) -> String {
    let what = match then {
        Then::Body => "the real body".to_owned(),
        Then::Hang => "a hang".to_owned(),
        Then::Panic => "a panic".to_owned(),
        Then::End(Kind::Scripted { failure }) => format!("a failure ({failure:?})"),
        Then::End(kind) => format!("a rejection ({kind:?})"),
    };
    if after.is_zero() {
        what
    } else {
        format!("{what} after {after:?}")
    }
}

/// Polls a future until one of its attempts hangs by a [`script`], and drops it there: its caller is gone in the middle.
///
/// # Panics
///
/// When the future is ready before anything hangs.
pub async fn drop_mid_flight<F: Future>(future: F) {
    let mut future = pin!(future);
    let scope = Scope::current();
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(_) => {
            panic!("the future was ready before an attempt in it hung: script a `hang()`")
        }
        Poll::Pending if scope.stage(Stage::hangs) => Poll::Ready(()),
        Poll::Pending => Poll::Pending,
    })
    .await;
}
