//! Where state lives: the process scope, or one of its own for a test, a tenant, a simulation.
//!
//! In: a future. Out: the same future, inside of which every `static`, name and observer means this scope's.
//! Refuses nothing. State held in a field belongs to its instance and is the same in every scope.

mod states;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::config::{Errors, Layers, Set};
use crate::context;
use crate::effect::Call;
use crate::event::{Event, Observer, Observers, Subscription};
use crate::on_unknown::MemoryJournal;
use crate::registry::Registry;
use crate::shared::{Entry, Listed, Shared, State};
#[cfg(feature = "testing")]
use crate::testing::stage::Stage;
pub(crate) use states::Identity;
use states::States;

/// Holds all live state of one process, test or tenant: breakers, bulkheads, budgets, and who observes them.
///
/// The process scope is the default. Another one is current only while a future that was given to
/// [`run`](Self::run) is polled; a task spawned from there is on its own, in the process scope.
/// A clone is the same scope. The state of a scope goes with its last clone and the last future in it.
///
/// ```
/// # use resilient_runtime::Scope;
/// # async fn charge() {}
/// # async fn example() {
/// let tenant = Scope::new();
/// tenant.observe(|event| println!("{event}"));
/// tenant.run(charge()).await; // this tenant's breakers; nobody else's
/// # }
/// ```
#[derive(Clone)]
pub struct Scope(Option<Arc<Contents>>);

/// What a scope holds.
pub(crate) struct Contents {
    states: Mutex<States>,
    observers: Observers,
    #[cfg(feature = "testing")]
    stage: Stage,
    layers: Layers,
    journal: MemoryJournal,
}

static PROCESS: Contents = Contents::new();

impl Contents {
    pub(crate) const fn new() -> Self {
        Self {
            states: Mutex::new(States::new()),
            observers: Observers::new(),
            #[cfg(feature = "testing")]
            stage: Stage::new(),
            layers: Layers::new(),
            journal: MemoryJournal::new(),
        }
    }
}

impl Scope {
    /// An empty scope: nothing called yet, nobody observing.
    #[must_use]
    pub fn new() -> Self {
        Self(Some(Arc::new(Contents::new())))
    }

    /// The scope of everything that runs in no other.
    #[must_use]
    pub const fn process() -> Self {
        Self(None)
    }

    /// The scope whose [`run`](Self::run) is polling the caller, or the process scope.
    #[must_use]
    pub fn current() -> Self {
        context::current_scope()
    }

    /// Whether this is the process scope.
    #[must_use]
    pub const fn is_process(&self) -> bool {
        self.0.is_none()
    }

    /// Runs a future in this scope, also one that already runs in another: the innermost holds.
    ///
    /// Dropping the future drops the inner one inside the scope, so that what it gives up is counted there.
    pub fn run<F: Future>(&self, future: F) -> Scoped<F> {
        Scoped {
            scope: self.0.clone(),
            future: Some(future),
        }
    }

    /// Runs plain code in this scope, for example to look at the registry.
    pub fn within<T>(&self, code: impl FnOnce() -> T) -> T {
        let mut scope = self.0.clone();
        let _inside = context::enter_scope(&mut scope);
        code()
    }

    /// Calls `observer` with every event of this scope from now on, on the thread and at the moment it happens.
    ///
    /// No lock is held meanwhile: an observer may use the registry, add observers, and use any policy.
    /// Its panic is contained: the call goes on and the other observers are told. It should return soon,
    /// for the call waits for it. Observers stay for the life of the scope.
    pub fn observe(&self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) {
        self.contents().observers.add(Arc::new(observer));
    }

    /// The same until the guard is dropped.
    ///
    /// ```
    /// # use resilient_runtime::Scope;
    /// # fn upload() {}
    /// let _log = Scope::process().subscribe(|event| eprintln!("{event}"));
    /// upload(); // heard; nothing after `_log` is gone
    /// ```
    pub fn subscribe(&self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Subscription {
        let number = self.contents().observers.add(Arc::new(observer));
        Subscription::new(self.0.as_ref().map(Arc::downgrade), number)
    }

    /// What has been called or registered in this scope.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::of(self.clone())
    }

    /// The journal of all calls in this scope whose `on_unknown` names no other.
    #[must_use]
    pub fn journal(&self) -> &MemoryJournal {
        &self.contents().journal
    }

    #[inline]
    pub(crate) const fn of(contents: Option<Arc<Contents>>) -> Self {
        Self(contents)
    }

    /// What it holds; none for the process scope.
    pub(crate) fn into_contents(self) -> Option<Arc<Contents>> {
        self.0
    }

    pub(crate) fn observers(&self) -> Option<Arc<[(u64, Observer)]>> {
        self.contents().observers.all()
    }

    pub(crate) fn with_observers(&self, use_them: impl FnOnce(&Observers)) {
        use_them(&self.contents().observers);
    }

    #[cfg(feature = "testing")]
    pub(crate) fn stage<T>(&self, ask: impl FnOnce(&Stage) -> T) -> T {
        ask(&self.contents().stage)
    }

    /// This scope's state of a `static`, made if this is its first use here.
    pub(crate) fn keep<S: State>(&self, shared: &'static Shared<S>) -> Arc<Entry<S>> {
        let (entry, known) = self.states().keep(shared.identity(), || shared.entry());
        if known {
            shared.mention_to(&entry);
        } else {
            self.layers().tune(&*entry);
        }
        entry
    }

    /// Lists a field's state for as long as its client lives.
    pub(crate) fn lend<S: State>(&self, entry: &Arc<Entry<S>>) {
        self.states().lend(entry);
        self.layers().tune(&**entry);
    }

    /// Numbers that override those of the source.
    pub(crate) fn layers(&self) -> &Layers {
        &self.contents().layers
    }

    /// Replaces them by what `change` makes of them, if that can work.
    pub(crate) fn override_with(
        &self,
        change: impl FnOnce(&[Arc<Set>]) -> Vec<Arc<Set>>,
    ) -> Result<(), Errors> {
        // Waking callers and telling observers belongs to this scope.
        self.within(|| self.layers().replace(self, change))
    }

    /// Everything in it; the caller asks each without holding any lock of the scope.
    pub(crate) fn listed(&self) -> Vec<Arc<dyn Listed>> {
        self.states().all()
    }

    fn states(&self) -> MutexGuard<'_, States> {
        self.contents()
            .states
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn contents(&self) -> &Contents {
        self.0.as_deref().unwrap_or(&PROCESS)
    }
}

/// An empty scope.
impl Default for Scope {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_process() {
            "Scope(process)"
        } else {
            "Scope(own)"
        })
    }
}

pin_project! {
    /// A future in a [`Scope`]; see [`Scope::run`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        scope: Option<Arc<Contents>>,
        // An option, so that it can be dropped while the scope is current.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Scoped<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                let _inside = context::enter_scope(this.scope);
                this.future.set(None);
            }
        }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    /// # Panics
    ///
    /// When polled after it was ready.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _inside = context::enter_scope(this.scope);
        let future = this
            .future
            .as_mut()
            .as_pin_mut()
            .expect("polled after it was ready");
        let polled = future.poll(cx);
        if polled.is_ready() {
            this.future.set(None);
        }
        polled
    }
}

/// A scope changes whose state a call meets, not what the call does.
#[diagnostic::do_not_recommend]
impl<C: Call> Call for Scoped<C> {
    type Effect = C::Effect;
}

#[cfg(test)]
mod tests;
