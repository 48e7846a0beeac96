//! Two mistakes of other attributes, made impossible here: options that are swallowed, attributes that do nothing.

use proc_macro2::TokenStream;

use crate::expand;
use crate::policy::{NAMES, options_of, takes_paths};

const EFFECTS: &[&str] = &["read_only", "idempotent", "non_idempotent"];

/// What an attribute needs to be said beside it, and inside of it.
fn smallest(name: &str) -> (&'static str, &'static str) {
    match name {
        "retry" => ("", "read_only"),
        "hedge" => ("#[read_only]", "after = \"80ms\""),
        "timeout" => ("", "\"2s\""),
        "rate_limit" => ("", "\"100/s\""),
        "bulkhead" => ("", "10"),
        "on_unknown" => (
            "#[non_idempotent]",
            "key(\"order\"), confirm(find), settles = \"30s\"",
        ),
        "failover" => ("#[read_only]", "second"),
        "fallback" => ("#[read_only]", "stored"),
        "dependency" => ("#[breaker]", "\"payments\""),
        _ => ("", ""),
    }
}

fn read(text: &str) -> TokenStream {
    text.parse().expect("the cases are tokens")
}

fn expand(name: &str, args: &str) -> String {
    let item = format!(
        "{} async fn subject(id: u64) -> Result<u64, E> {{ get(id).await }}",
        smallest(name).0
    );
    expand::attribute(name, read(args), read(&item)).to_string()
}

/// With a comma where one is needed.
fn with(args: &str, more: &str) -> String {
    if args.is_empty() {
        more.to_owned()
    } else {
        format!("{args}, {more}")
    }
}

#[test]
fn b19_no_attribute_swallows_an_option_of_another_or_one_that_nobody_knows() {
    for name in NAMES {
        let (_, args) = smallest(name);
        let fine = expand(name, args);
        assert!(!fine.contains("compile_error"), "{name}: {fine}");
        let others = NAMES.iter().flat_map(|other| options_of(other));
        let own = |option: &str| options_of(name).iter().any(|own| own.name == option);
        let foreign = others.filter(|spec| !own(spec.name)).map(|spec| spec.usage);
        for usage in foreign.chain(["nobody_knows = 3", "nobody_knows(3)"]) {
            // A bare word is a function's path there, and may be called as it likes.
            if takes_paths(name) && syn::parse_str::<syn::Ident>(usage).is_ok() {
                continue;
            }
            let output = expand(name, &with(args, usage));
            assert!(output.contains("compile_error"), "{name}: {usage}");
        }
    }
}

#[test]
fn b19_no_option_is_taken_with_a_value_that_cannot_be_read() {
    for name in NAMES {
        for spec in options_of(name)
            .iter()
            .filter(|spec| spec.usage.contains(" = "))
        {
            let args = with(
                smallest(name).1,
                &format!("{} = \"no such value\"", spec.name),
            );
            let output = expand(name, &args);
            assert!(output.contains("compile_error"), "{name}: {}", spec.name);
        }
    }
}

#[test]
fn b20_no_attribute_compiles_to_nothing() {
    let body = "get (id) . await";
    for name in NAMES {
        let output = expand(name, smallest(name).1);
        assert!(output.contains("__private"), "{name}: {output}");
        // Whatever is awaited may do no more than a `non_idempotent` function.
        if *name != "non_idempotent" && smallest(name).0 != "#[non_idempotent]" {
            assert!(!output.contains(body), "{name} leaves the await as it was");
        }
        if !EFFECTS.contains(name) && *name != "database" {
            let declared = expand("read_only", "");
            assert_ne!(output, declared, "{name} only declares");
        }
        let sync = expand::attribute(
            name,
            read(smallest(name).1),
            read("fn subject(id: u64) -> Result<u64, E> { get(id) }"),
        );
        assert!(
            sync.to_string().contains("compile_error"),
            "{name} on a sync function"
        );
    }
}
