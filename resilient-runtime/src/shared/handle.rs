//! The public face of a policy's state: what users put into a `static` or a field, and generated code into
//! the function it annotates.

/// Declares `$name`, a newtype around the shared state of one policy.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $core:ty, $settings:ty) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub(crate) $crate::shared::Shared<$core>);

        impl $name {
            /// For a `static`, one state for all who name it, or for a field, one state per client.
            ///
            /// The state is made on first use, in the current scope. Clones share it.
            #[track_caller]
            #[must_use]
            pub const fn new(settings: $settings) -> Self {
                Self($crate::shared::Shared::new(settings))
            }

            /// Shown under this name in events and in the registry, and steered by it; without one by file
            /// and line. What is shown under one name is steered together, otherwise it stays apart.
            #[must_use]
            pub const fn shown_as(mut self, name: &'static str) -> Self {
                self.0.show_as(name);
                self
            }

            /// With a `key`: how many keys have a state of their own at a time, at least 1; 1,024 by default.
            ///
            /// Only keys of which nothing is remembered make room for new ones. When there is none, the new
            /// keys share one state with the same settings, and an event says so.
            #[must_use]
            pub const fn max_keys(mut self, keys: u32) -> Self {
                self.0.bound_keys(keys);
                self
            }

            /// Lists it in the registry of the current scope before the first call, so that
            /// `registry().validate()` sees it.
            pub fn register(&'static self) {
                self.0.register();
            }

            /// For generated code: the state of one annotated function.
            #[doc(hidden)]
            #[must_use]
            pub const fn unnamed(settings: $settings, place: $crate::shared::Place) -> Self {
                Self($crate::shared::Shared::unnamed(settings, place))
            }

            /// For generated code: the state of all functions of a crate that write this name.
            #[doc(hidden)]
            #[must_use]
            pub const fn named(
                name: &'static str,
                settings: $settings,
                place: $crate::shared::Place,
            ) -> Self {
                Self($crate::shared::Shared::named(name, settings, place))
            }
        }
    };
}

pub(crate) use handle;
