//! Where state was written down in the source, and under which name people see it.

use std::fmt;

/// Where state was written down: an attribute on a function, or the line that made a `static` or a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The `module_path!()` of an attribute; empty for a line of plain code.
    pub module: &'static str,
    /// The annotated function; empty for a line of plain code.
    pub function: &'static str,
    /// The source file as the compiler names it.
    pub file: &'static str,
    /// The line in it, from 1.
    pub line: u32,
}

impl Place {
    /// An attribute on a function.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        module: &'static str,
        function: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            module,
            function,
            file,
            line,
        }
    }

    /// The line of plain code that calls the function which calls this.
    #[track_caller]
    pub(crate) const fn here() -> Self {
        let caller = std::panic::Location::caller();
        Self::new("", "", caller.file(), caller.line())
    }

    /// The crate an attribute was written in: the first segment of its module.
    pub(crate) fn krate(&self) -> &'static str {
        self.module
            .split_once("::")
            .map_or(self.module, |(first, _)| first)
    }
}

/// `my_crate::payments::charge@42`, or `src/payments.rs:42` for a line of plain code.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.module.is_empty() {
            write!(f, "{}:{}", self.file, self.line)
        } else {
            write!(f, "{}::{}@{}", self.module, self.function, self.line)
        }
    }
}

/// The name people see and type: in events, in the registry, in its commands.
///
/// Named state reads `my_crate/payments`, unnamed state reads like its [`Place`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Named {
        krate: &'static str,
        name: &'static str,
    },
    Labelled(&'static str),
    Unnamed(Place),
    /// The same, of a function that calls this dependency.
    Of(Place, &'static str),
}

impl Shown {
    pub(crate) const fn named(krate: &'static str, name: &'static str) -> Self {
        Self(Kind::Named { krate, name })
    }

    pub(crate) const fn labelled(label: &'static str) -> Self {
        Self(Kind::Labelled(label))
    }

    pub(crate) const fn unnamed(place: Place) -> Self {
        Self(Kind::Unnamed(place))
    }

    pub(crate) const fn unnamed_of(place: Place, dependency: &'static str) -> Self {
        Self(Kind::Of(place, dependency))
    }

    /// The dependency whose overrides are about it, too: one of the same name, or the one that its function calls.
    pub(crate) fn dependency(&self) -> Option<String> {
        match &self.0 {
            Kind::Named { .. } => Some(self.to_string()),
            Kind::Of(place, dependency) => Some(format!("{}/{dependency}", place.krate())),
            Kind::Labelled(_) | Kind::Unnamed(_) => None,
        }
    }

    /// The annotated function whose own state this is, as `my_crate::module::function`.
    pub(crate) fn call(&self) -> Option<String> {
        match &self.0 {
            Kind::Unnamed(place) | Kind::Of(place, _) if !place.module.is_empty() => {
                Some(format!("{}::{}", place.module, place.function))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Named { krate, name } => write!(f, "{krate}/{name}"),
            Kind::Labelled(label) => f.write_str(label),
            Kind::Unnamed(place) | Kind::Of(place, _) => place.fmt(f),
        }
    }
}
