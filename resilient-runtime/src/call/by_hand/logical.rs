//! One logical call made of policies by hand: a name, an effect, a frame for events, spans and figures.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::body::Body;
use super::frame::Frame;
use super::judge::{Classified, Failing, Judge, OfItsType};
use crate::call::Answer;
use crate::clock::Stamp;
use crate::dependency::Dependency;
use crate::effect::Class;
use crate::event::{self, End, Event};
use crate::failure::Failure;
use crate::trace::{self, Spans};

/// Makes one logical call of whatever policies stand inside, with all that an annotated function shows of itself:
/// [`CallStarted`](Event::CallStarted) and [`CallFinished`](Event::CallFinished), a span for the call and one for each
/// attempt, the call's name and dependency in every event and rejection in between, rows in
/// [`Counters`](crate::event::Counters).
///
/// It acts in nothing. The effect is what events and spans say of the call; nobody checks it.
///
/// Its closure is given a [`Body`], and puts it around what an attempt sends. Then a refusal is no attempt, and each
/// attempt's events and span are about the body alone. Left out, the call shows no attempts.
///
/// Policies find their call on the thread while it is being polled: one inside of a spawned task, or of the body, goes by
/// its own name. Dropping the future of [`run`](Self::run) drops what is inside, and then says
/// [`End::Dropped`]; a future that is never polled says nothing. With nobody listening a call costs the swap of
/// one thread-local for each poll; one that began while somebody listened allocates for itself and for each attempt.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use std::io::{ErrorKind, Result};
/// use std::time::Duration;
/// use resilient_runtime::Scope;
/// use resilient_runtime::by_hand::{LogicalCall, Retry, Timeout};
///
/// static RATES: LogicalCall = LogicalCall::read_only("rates").dependency("shop/partner");
/// static RETRY: Retry = Retry::read_only().attempts(2);
/// const TOTAL: Timeout = Timeout::new(Duration::from_secs(2));
///
/// let _told = Scope::current().subscribe(|event| println!("{event}"));
/// let rate = RATES.run(|body| {
///     let attempt = move || body.run(async { Result::<f64>::Err(ErrorKind::ConnectionRefused.into()) });
///     TOTAL.run(RETRY.run(attempt))
/// });
/// assert!(rate.await.is_err()); // rates: failed (NotSent) after 87ms and 2 attempt(s)
/// # });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LogicalCall<J = OfItsType> {
    name: &'static str,
    class: Class,
    dependency: Option<&'static str>,
    pub(super) judge: J,
}

impl LogicalCall {
    /// A call that changes nothing.
    #[must_use]
    pub const fn read_only(name: &'static str) -> Self {
        Self::of(name, Class::READ_ONLY)
    }

    /// A call of which two do the same as one.
    #[must_use]
    pub const fn idempotent(name: &'static str) -> Self {
        Self::of(name, Class::IDEMPOTENT)
    }

    /// Any other call.
    #[must_use]
    pub const fn non_idempotent(name: &'static str) -> Self {
        Self::of(name, Class::NON_IDEMPOTENT)
    }

    const fn of(name: &'static str, class: Class) -> Self {
        Self {
            name,
            class,
            dependency: None,
            judge: OfItsType,
        }
    }
}

impl<J> LogicalCall<J> {
    /// The service it calls, as `my_crate/payments`: what [`Event::dependency`] says.
    #[must_use]
    pub const fn dependency(mut self, name: &'static str) -> Self {
        self.dependency = Some(name);
        self
    }

    /// Asks this function what an error means, instead of its type.
    #[must_use]
    pub fn classify<E, C: Fn(&E) -> Failure>(self, classify: C) -> LogicalCall<Classified<C>> {
        self.judged(|_| Classified(classify))
    }

    /// Takes answers that are `Ok` for failures where this function says so.
    #[must_use]
    pub fn failed<T, F: Fn(&T) -> Option<Failure>>(self, failed: F) -> LogicalCall<Failing<J, F>> {
        self.judged(|judge| Failing(judge, failed))
    }

    fn judged<N>(self, judge: impl FnOnce(J) -> N) -> LogicalCall<N> {
        LogicalCall {
            name: self.name,
            class: self.class,
            dependency: self.dependency,
            judge: judge(self.judge),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn whose(&self) -> Option<Dependency> {
        let name = self.dependency?;
        let (krate, name) = name.split_once('/').unwrap_or(("", name));
        Some(Dependency::new(krate, name))
    }

    /// Runs what the closure makes of the call's body as one logical call.
    pub fn run<'a, R, F, M>(&'a self, make: M) -> impl Future<Output = R> + use<'a, R, F, M, J>
    where
        R: Answer,
        F: Future<Output = R>,
        M: FnOnce(Body<'a, J>) -> F,
        J: Judge<R>,
    {
        Calling {
            call: self,
            frame: Frame {
                call: Some(self.name),
                dependency: self.whose(),
                ..Frame::NONE
            },
            begun: false,
            story: None,
            inner: Some(make(Body(self))),
        }
    }

    #[cold]
    fn began(&self) -> Story {
        let spans = Spans::of_call(self.name, self.class);
        {
            let _span = spans.enter();
            event::observe(&Event::CallStarted {
                call: self.name,
                dependency: self.whose(),
                effect: self.class,
            });
        }
        Story {
            began: Stamp::now(),
            spans,
        }
    }

    #[cold]
    fn ended(&self, story: &Story, frame: &Frame, end: End) {
        let _span = story.spans.enter();
        event::observe(&Event::CallFinished {
            call: self.name,
            dependency: self.whose(),
            effect: self.class,
            attempts: frame.bodies,
            delay: frame.delay,
            elapsed: Stamp::now().since(story.began),
            end,
        });
        story.spans.end_call(frame.bodies, end);
    }
}

/// What is told about one call.
struct Story {
    began: Stamp,
    spans: Spans,
}

pin_project! {
    struct Calling<'a, J, F> {
        call: &'a LogicalCall<J>,
        frame: Frame,
        begun: bool,
        // Until its end was told; none when nobody listened at its beginning.
        story: Option<Box<Story>>,
        #[pin]
        inner: Option<F>,
    }

    impl<J, F> PinnedDrop for Calling<'_, J, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            this.inner.set(None);
            if let Some(story) = this.story.take() {
                this.call.ended(&story, this.frame, End::Dropped);
            }
        }
    }
}

impl<J, F> Future for Calling<'_, J, F>
where
    F: Future<Output: Answer>,
    J: Judge<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if !*this.begun {
            *this.begun = true;
            if event::listening() || trace::wanted() {
                *this.story = Some(Box::new(this.call.began()));
            }
        }
        let Some(inner) = this.inner.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let polled = {
            let _frame = this.frame.enter();
            let _span = this.story.as_ref().map(|story| story.spans.enter());
            inner.poll(cx)
        };
        if let Poll::Ready(answer) = &polled {
            this.inner.set(None);
            if let Some(story) = this.story.take() {
                let end = this.call.judge.judge(answer).end();
                this.call.ended(&story, this.frame, end);
            }
        }
        polled
    }
}
