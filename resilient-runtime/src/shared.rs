//! Whose state a policy uses: a function's own, a named one, a `static`, or a field of the client.
//!
//! In: settings and the place that wrote them down, in a `static` or a field. Out: a [`Ref`] to the live state
//! of the current scope. Refuses nothing: settings that disagree about one name are both reported, and the
//! stricter one holds.

mod entry;
mod handle;
mod place;

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use entry::Mention;
pub(crate) use entry::{Entry, Listed};
pub(crate) use handle::handle;
pub use place::{Place, Shown};

use crate::clock::Stamp;
use crate::config::Value;
use crate::context;
use crate::keyed::KeyHash;
use crate::registry::Live;
use crate::scope::{Identity, Scope};

/// How many keys one state keeps apart unless told otherwise: the bound of the design, section 8.
pub(crate) const MAX_KEYS: u32 = 1_024;

/// One policy's live state: what [`Ref`] points to, what scopes keep apart and the registry lists.
pub(crate) trait State: Send + Sync + Sized + 'static {
    /// The numbers of the attribute.
    type Settings: Copy + PartialEq + fmt::Debug + Send + Sync + 'static;
    /// The attribute's name.
    const POLICY: &'static str;
    fn new(settings: Self::Settings) -> Self;
    fn settings(&self) -> Self::Settings;
    /// From now on the numbers are these; what is in flight or counted stays.
    fn configure(&self, settings: Self::Settings);
    /// Field by field the stricter of the two: what holds when one name carries two configurations.
    fn stricter(one: Self::Settings, other: Self::Settings) -> Self::Settings;
    /// Nothing in flight, closed, window empty: may be forgotten and made anew without anybody noticing.
    fn is_idle(&self, now: Stamp) -> bool;
    /// As if it had just been made; calls in flight still give back what they hold.
    fn reset(&self, now: Stamp);

    /// Changes one number, by the option's name; other keys are another policy's.
    fn tune(_settings: &mut Self::Settings, _name: &str, _value: Value) {}

    /// What cannot work in these numbers, for `registry().validate()`.
    fn validate(_settings: &Self::Settings) -> Result<(), String> {
        Ok(())
    }
    /// The same for numbers with overrides laid over them; some of those turn a policy off.
    fn validate_tuned(settings: &Self::Settings) -> Result<(), String> {
        Self::validate(settings)
    }
    /// What the registry shows of it.
    fn live(&self, _now: Stamp) -> Live {
        Live::Unseen
    }
    /// A fresh state for another key of this one: its settings, and what an operator has forced upon it.
    fn another(&self, _now: Stamp) -> Self {
        Self::new(self.settings())
    }
}

/// A policy's state while a call uses it: a `static` costs nothing, anything else one reference count.
pub(crate) enum Ref<S: 'static> {
    Static(&'static S),
    Owned(Arc<S>),
}

impl<S> Deref for Ref<S> {
    type Target = S;
    fn deref(&self) -> &S {
        match self {
            Self::Static(state) => state,
            Self::Owned(state) => state,
        }
    }
}

impl<S> Clone for Ref<S> {
    fn clone(&self) -> Self {
        match self {
            Self::Static(state) => Self::Static(state),
            Self::Owned(state) => Self::Owned(Arc::clone(state)),
        }
    }
}

/// Settings that know where their live state is: in a `static`, one state per scope; in a field, one per instance.
///
/// The state is made, and shows up in the registry, when it is first asked for.
pub(crate) struct Shared<S: State> {
    settings: S::Settings,
    identity: Named,
    place: Place,
    max_keys: u32,
    /// For a `static` its state in the process scope, for a field its only state.
    home: OnceLock<Own<S>>,
}

#[derive(Clone, Copy)]
enum Named {
    /// Identified by its address.
    No,
    /// The same, and its function calls this dependency.
    Of(&'static str),
    /// The same; the text is only shown.
    Label(&'static str),
    /// Identified by this name and the crate that wrote it.
    Yes(&'static str),
}

impl<S: State> Shared<S> {
    /// For the `static` of one annotated function: identified by its address.
    pub(crate) const fn unnamed(settings: S::Settings, place: Place) -> Self {
        Self::with(settings, Named::No, place)
    }

    /// The same for a function that calls this dependency; the state is still the function's alone.
    pub(crate) const fn unnamed_of(
        dependency: &'static str,
        settings: S::Settings,
        place: Place,
    ) -> Self {
        Self::with(settings, Named::Of(dependency), place)
    }

    /// For the `static` of an annotated function that names its state: one state for all that write the same
    /// name in the same crate.
    pub(crate) const fn named(name: &'static str, settings: S::Settings, place: Place) -> Self {
        Self::with(settings, Named::Yes(name), place)
    }

    /// For a `static` or a field written by hand.
    #[track_caller]
    pub(crate) const fn new(settings: S::Settings) -> Self {
        Self::with(settings, Named::No, Place::here())
    }

    /// Shown under this name in events and in the registry; its identity stays what it was.
    pub(crate) const fn show_as(&mut self, label: &'static str) {
        self.identity = Named::Label(label);
    }

    /// Keeps at most this many keys apart (at least one). Of several places that write one name, the first
    /// to be used decides.
    pub(crate) const fn bound_keys(&mut self, keys: u32) {
        self.max_keys = keys;
    }

    const fn with(settings: S::Settings, identity: Named, place: Place) -> Self {
        Self {
            settings,
            identity,
            place,
            max_keys: MAX_KEYS,
            home: OnceLock::new(),
        }
    }

    /// The state of the current scope. In the process scope, after the first time, one thread-local and one
    /// atomic load.
    #[inline]
    pub(crate) fn get(&'static self) -> Ref<S> {
        match self.at_home() {
            Some(state) => Ref::Static(state),
            None => self.find(),
        }
    }

    /// The state if it is made and the current scope is the process's.
    #[inline]
    pub(crate) fn at_home(&'static self) -> Option<&'static S> {
        let home = self.home.get()?;
        (!context::scoped()).then_some(&*home.state)
    }

    #[cold]
    #[inline(never)]
    fn find(&'static self) -> Ref<S> {
        if context::scoped() {
            Ref::Owned(Arc::clone(context::current_scope().keep(self).state()))
        } else {
            Ref::Static(&self.process_home().state)
        }
    }

    /// The state of this key in the current scope.
    pub(crate) fn keyed(&'static self, key: KeyHash) -> Ref<S> {
        if context::scoped() {
            context::current_scope().keep(self).keyed(key)
        } else {
            self.process_home().keyed(key)
        }
    }

    /// Makes the state of the current scope, so that the registry lists it before the first call.
    pub(crate) fn register(&'static self) {
        drop(self.get());
    }

    fn process_home(&'static self) -> &'static Own<S> {
        self.home
            .get_or_init(|| Own::of(Scope::process().keep(self)))
    }

    /// The state of this instance, whatever the current scope is; the registry of the scope in which it is
    /// first used lists it for as long as it lives.
    pub(crate) fn own(&self) -> Own<S> {
        self.instance().clone()
    }

    fn instance(&self) -> &Own<S> {
        self.home.get_or_init(|| {
            let entry = Arc::new(self.entry());
            context::current_scope().lend(&entry);
            Own::of(entry)
        })
    }

    /// The name people see.
    pub(crate) fn shown(&self) -> Shown {
        match self.identity {
            Named::No => Shown::unnamed(self.place),
            Named::Of(dependency) => Shown::unnamed_of(self.place, dependency),
            Named::Label(label) => Shown::labelled(label),
            Named::Yes(name) => Shown::named(self.place.krate(), name),
        }
    }

    /// What tells this state from others in one scope.
    pub(crate) fn identity(&'static self) -> Identity {
        match self.identity {
            Named::Yes(name) => Identity::Name {
                krate: self.place.krate(),
                name,
            },
            Named::No | Named::Of(_) | Named::Label(_) => Identity::Address(self.address()),
        }
    }

    /// A fresh state with nothing but these settings.
    pub(crate) fn entry(&self) -> Entry<S> {
        Entry::new(self.shown(), self.mention(), self.max_keys)
    }

    /// Tells a state that was there already that it is written down here, too.
    pub(crate) fn mention_to(&self, entry: &Entry<S>) {
        // Whatever has no name is written down in one place alone.
        if matches!(self.identity, Named::Yes(_)) {
            entry.mention(self.mention());
        }
    }

    fn mention(&self) -> Mention<S::Settings> {
        Mention {
            by: self.address(),
            place: self.place,
            settings: self.settings,
        }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

/// A clone of a client is the same client: both use one state.
impl<S: State> Clone for Shared<S> {
    fn clone(&self) -> Self {
        let &Self {
            settings,
            identity,
            place,
            max_keys,
            ..
        } = self;
        Self {
            settings,
            identity,
            place,
            max_keys,
            home: OnceLock::from(self.own()),
        }
    }
}

impl<S: State> fmt::Debug for Shared<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(S::POLICY)
            .field("name", &format_args!("{}", self.shown()))
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// One state, whatever the scope: a client's own, kept alive by the client and by calls in flight.
pub(crate) struct Own<S: State> {
    /// The entry's own, so that the way to it is one step.
    state: Arc<S>,
    entry: Arc<Entry<S>>,
}

impl<S: State> Own<S> {
    fn of(entry: Arc<Entry<S>>) -> Self {
        Self {
            state: Arc::clone(entry.state()),
            entry,
        }
    }

    /// The state: one reference count.
    #[inline]
    pub(crate) fn get(&self) -> Ref<S> {
        Ref::Owned(Arc::clone(&self.state))
    }

    /// The state of this key.
    pub(crate) fn keyed(&self, key: KeyHash) -> Ref<S> {
        self.entry.keyed(key)
    }

    /// The name people see.
    pub(crate) fn shown(&self) -> Shown {
        self.entry.shown()
    }
}

impl<S: State> Clone for Own<S> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            entry: Arc::clone(&self.entry),
        }
    }
}

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;
