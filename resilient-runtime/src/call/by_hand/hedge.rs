//! A hedge around a closure that makes a future for each lane.

use std::future::Future;

use super::Handle;
use super::judge::{Classified, Failing, Judge, OfItsType};
use super::lanes::Lanes;
use crate::call::Answer;
use crate::clock::Stamp;
use crate::effect::Class;
use crate::failure::Failure;
use crate::hedge::{self, Core, Settings, Snapshot};
use crate::retry::budget::{self, Budget};
use crate::shared::Ref;

/// Sends a call that takes unusually long once more beside itself, and takes the first answer; the page of the
/// [attribute](macro@crate::hedge) says when there is no hedge, and which answer counts.
///
/// The constructor answers the question *what happens if the service does this twice at the same time?* Nobody checks the
/// answer at compile time. At run time the guard does what it can: after a lane has begun an annotated non-idempotent call
/// no other is sent.
///
/// The closure is called once for each lane; lanes are polled by one task. Stand breaker, bulkhead and rate limit by hand
/// *inside* of it: then a hedge takes what is free at that moment, queues nowhere, and is not sent when something is
/// missing. (Behind a rate limit its token is spent all the same. Annotated calls inside let it queue.) What is waited for
/// inside counts as time that the first lane takes.
///
/// A hedge costs a token of the budget, and takes it only when it is sent. Losers count as nothing, and are dropped before
/// the answer is returned. Clones share state and budget. Dropping the future of [`run`](Self::run) drops all lanes; each
/// counts as dropped.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use std::time::Duration;
/// use resilient_runtime::by_hand::Hedge;
/// use resilient_runtime::hedge::Settings;
///
/// static SEARCH: Hedge = Hedge::read_only(Settings::after(Duration::from_millis(80))).named("search");
///
/// let start = tokio::time::Instant::now();
/// let mut sent = 0;
/// let answer = SEARCH.run(|| {
///     sent += 1;
///     let takes = Duration::from_secs(if sent == 1 { 3 } else { 0 });
///     async move { tokio::time::sleep(takes).await; std::io::Result::Ok(5) }
/// });
/// assert_eq!(answer.await.ok(), Some(5));
/// assert_eq!(start.elapsed().as_millis(), 80);
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Hedge<J = OfItsType> {
    pub(super) name: &'static str,
    pub(super) class: Class,
    handle: Handle<hedge::Hedge>,
    purse: Purse,
    pub(super) judge: J,
}

/// What hedges are paid from.
#[derive(Debug, Clone)]
enum Purse {
    Own(Budget),
    Shared(&'static Budget),
    /// A retry around fills it.
    OfRetry(&'static Budget),
}

impl Hedge {
    /// For calls that change nothing.
    #[track_caller]
    #[must_use]
    pub const fn read_only(settings: Settings) -> Self {
        Self::with(Class::READ_ONLY, settings)
    }

    /// For calls of which two at the same time do the same as one.
    #[track_caller]
    #[must_use]
    pub const fn idempotent(settings: Settings) -> Self {
        Self::with(Class::IDEMPOTENT, settings)
    }

    #[track_caller]
    const fn with(class: Class, settings: Settings) -> Self {
        Self {
            name: "hedge",
            class,
            handle: Handle::Own(hedge::Hedge::new(settings)),
            purse: Purse::Own(Budget::new(budget::Settings::new())),
            judge: OfItsType,
        }
    }
}

impl<J> Hedge<J> {
    /// Shown under this name in events, unless a [`LogicalCall`](super::LogicalCall) is around; without one as `hedge`. In the registry it is
    /// shown by file and line, unless a `static` with a name of its own is its [`state`](Self::state).
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// With the numbers and the state of a `static`: one for each scope.
    #[must_use]
    pub fn state(mut self, hedge: &'static hedge::Hedge) -> Self {
        self.handle = Handle::Shared(hedge);
        self
    }

    /// Hedges are paid from this budget, shared with all who name it; successes here fill it, too.
    #[must_use]
    pub fn budget(mut self, budget: &'static Budget) -> Self {
        self.purse = Purse::Shared(budget);
        self
    }

    /// Hedges are paid from the budget of a [`Retry`](super::Retry) around, which fills it.
    #[must_use]
    pub fn budget_of_retry(mut self, budget: &'static Budget) -> Self {
        self.purse = Purse::OfRetry(budget);
        self
    }

    /// Hedges are paid from a budget of this policy's own with these numbers. Default: the numbers of the attribute.
    #[track_caller]
    #[must_use]
    pub fn own_budget(mut self, settings: budget::Settings) -> Self {
        self.purse = Purse::Own(Budget::new(settings));
        self
    }

    /// Asks this function what an error means, instead of its type.
    #[must_use]
    pub fn classify<E, C: Fn(&E) -> Failure>(self, classify: C) -> Hedge<Classified<C>> {
        self.judged(|_| Classified(classify))
    }

    /// Takes answers that are `Ok` for failures where this function says so.
    #[must_use]
    pub fn failed<T, F: Fn(&T) -> Option<Failure>>(self, failed: F) -> Hedge<Failing<J, F>> {
        self.judged(|judge| Failing(judge, failed))
    }

    fn judged<N>(self, judge: impl FnOnce(J) -> N) -> Hedge<N> {
        Hedge {
            name: self.name,
            class: self.class,
            handle: self.handle,
            purse: self.purse,
            judge: judge(self.judge),
        }
    }

    /// What it shows; of a `static` in the current scope.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        match &self.handle {
            Handle::Shared(hedge) => hedge.snapshot(),
            Handle::Own(hedge) => hedge.own_snapshot(),
        }
    }

    /// Calls the closure and runs its future, and once more when that takes unusually long.
    ///
    /// The answer is the first success; if all lanes fail, of an idempotent write the latest error whose outcome is unknown,
    /// else a permanent one, else the last.
    pub fn run<R, F, M>(&self, make: M) -> impl Future<Output = R> + use<'_, R, F, M, J>
    where
        R: Answer,
        F: Future<Output = R>,
        M: FnMut() -> F,
        J: Judge<R>,
    {
        Lanes::new(self, make)
    }

    pub(super) fn core(&self) -> Ref<Core> {
        match &self.handle {
            Handle::Shared(hedge) => hedge.0.get(),
            Handle::Own(hedge) => hedge.0.own().get(),
        }
    }

    /// Takes a token for the hedge about to be sent.
    pub(super) fn pay(&self, now: Stamp) -> Option<Ref<budget::Core>> {
        let core = self.purse();
        core.spend(false, now).then_some(core)
    }

    /// A lane answered.
    pub(super) fn earn(&self, now: Stamp) {
        if !matches!(self.purse, Purse::OfRetry(_)) {
            self.purse().earn(now);
        }
    }

    fn purse(&self) -> Ref<budget::Core> {
        match &self.purse {
            Purse::Own(budget) => budget.0.own().get(),
            Purse::Shared(budget) | Purse::OfRetry(budget) => budget.0.get(),
        }
    }
}
