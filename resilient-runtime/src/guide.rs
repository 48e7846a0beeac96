//! Longer pages, each of whose examples is compiled and run with the tests.
//!
//! They exist in the documentation alone: no program contains them.

/// One module for each page; its examples need the feature `testing`.
macro_rules! pages {
    ($($name:ident: $file:literal,)*) => {
        $(
            #[cfg_attr(
                any(not(doctest), feature = "testing"),
                doc = include_str!(concat!("../docs/", $file))
            )]
            pub mod $name {}
        )*
    };
}

pages! {
    blocking: "blocking.md",
    by_hand: "by-hand.md",
    cannot_see: "what-the-checker-cannot-see.md",
    deadlines: "deadlines.md",
    defaults: "defaults.md",
    library_authors: "library-authors.md",
    observability: "observability.md",
    testing: "testing.md",
    streams: "streams.md",
}

/// The README's own examples.
#[cfg(all(doctest, feature = "testing", feature = "anyhow", feature = "reqwest"))]
#[doc = include_str!("../../README.md")]
mod readme {}
