//! In goes a source file, out comes the same file with the three policies above every function that fits.
//!
//! Passes over functions in traits (a policy belongs to an implementation), in tests, and in the bodies of macros,
//! which no parser sees.

use std::fmt;
use std::ops::AddAssign;

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{
    Attribute, ImplItemFn, ItemFn, ItemMod, ReturnType, Signature, TraitItemFn, Type, Visibility,
};

const POLICIES: &str = "#[resilient_runtime::bulkhead(100_000)] #[resilient_runtime::breaker] \
    #[resilient_runtime::timeout(\"300s\", classify(crate::resilient_adapter::classify), \
    rejected(crate::resilient_adapter::rejected))] ";

/// How many functions were annotated, and how many fit but stand in a trait.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) annotated: usize,
    pub(crate) in_traits: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.annotated += other.annotated;
        self.in_traits += other.in_traits;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} functions annotated, {} in traits left alone",
            self.annotated, self.in_traits
        )
    }
}

/// The annotated text; `None` for what is no Rust file by itself (a fragment behind `include!`).
pub(crate) fn annotate(text: &str) -> Option<(String, Counts)> {
    let file = syn::parse_file(text).ok()?;
    let mut found = Found::default();
    found.visit_file(&file);
    let mut annotated = text.to_owned();
    for place in found.places.iter().rev() {
        annotated.insert_str(*place, POLICIES);
    }
    Some((annotated, found.counts))
}

/// The names of modules in files of their own that are for tests alone.
pub(crate) fn test_modules(text: &str) -> Vec<String> {
    let Ok(file) = syn::parse_file(text) else {
        return Vec::new();
    };
    let modules = file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.content.is_none() && for_tests(&module.attrs) => {
            Some(module.ident.to_string())
        }
        _ => None,
    });
    modules.collect()
}

#[derive(Default)]
struct Found {
    places: Vec<usize>,
    counts: Counts,
}

impl Found {
    fn see(&mut self, attrs: &[Attribute], vis: &Visibility, sig: &Signature) {
        if !fits(sig) || for_tests(attrs) {
            return;
        }
        let first: Span = match vis {
            Visibility::Inherited => sig.span(),
            vis => vis.span(),
        };
        self.places.push(first.byte_range().start);
        self.counts.annotated += 1;
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.see(&item.attrs, &item.vis, &item.sig);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.see(&item.attrs, &item.vis, &item.sig);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.counts.in_traits += usize::from(fits(&item.sig));
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
}

fn fits(sig: &Signature) -> bool {
    let ReturnType::Type(_, output) = &sig.output else {
        return false;
    };
    let Type::Path(path) = &**output else {
        return false;
    };
    let last = path.path.segments.last();
    sig.asyncness.is_some()
        && last.is_some_and(|segment| segment.ident.to_string().ends_with("Result"))
}

/// `#[cfg(test)]`, `#[test]`, `#[tokio::test]` and their like.
fn for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let last = attr
            .path()
            .segments
            .last()
            .map(|segment| segment.ident.to_string());
        match last.as_deref() {
            Some("test") => true,
            Some("cfg") => attr
                .parse_args::<proc_macro2::TokenStream>()
                .is_ok_and(|words| {
                    let words = words.to_string();
                    words == "test"
                        || words.starts_with("all (test")
                        || words.starts_with("all(test")
                }),
            _ => false,
        }
    })
}
