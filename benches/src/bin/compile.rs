//! What annotations cost whoever builds them.
//!
//! 1. A crate of 1,000 functions: plain, annotated, under `tracing::instrument`, and as methods of an `#[async_trait]`; each
//!    built in dev and release, one after the other and round after round. Prints the best round's milliseconds a function
//!    beyond the plain crate, and the bytes of code and data a function.
//! 2. A crate that depends on `resilient-runtime` with its default features, and one on what a hand-written stack takes: how
//!    many crates that is, and how long a build from nothing lasts.
//!
//! `compile [functions] [rounds]`, 1,000 and 3 unless told otherwise.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

#[path = "compile/clean.rs"]
mod clean;

/// A way to write the same functions.
struct Kind {
    name: &'static str,
    /// What stands above each function.
    attributes: &'static str,
    /// The functions are methods of one trait and its implementation.
    methods: bool,
}

const KINDS: &[Kind] = &[
    kind("plain", "", false),
    kind("effect", "#[resilient_runtime::read_only]", false),
    kind("timeout", "#[resilient_runtime::timeout(\"2s\")]", false),
    kind(
        "four policies",
        "#[resilient_runtime::retry(read_only)] #[resilient_runtime::timeout(total = \"2s\", attempt = \"500ms\")]
         #[resilient_runtime::breaker] #[resilient_runtime::bulkhead(32)]",
        false,
    ),
    kind("instrument", "#[tracing::instrument(skip_all)]", false),
    kind("plain trait", "", true),
    kind("async_trait", "#[async_trait::async_trait]", true),
];
/// Beside which the methods are shown.
const PLAIN_METHODS: usize = 5;

const fn kind(name: &'static str, attributes: &'static str, methods: bool) -> Kind {
    Kind {
        name,
        attributes,
        methods,
    }
}

/// How much is built.
#[derive(Clone, Copy)]
struct Extent {
    functions: u32,
    rounds: u32,
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|argument| {
        let number = argument.parse::<u32>().ok().filter(|number| *number > 0);
        number.expect("`compile [functions] [rounds]`, two numbers above zero")
    });
    let extent = Extent {
        functions: numbers.next().unwrap_or(1_000),
        rounds: numbers.next().unwrap_or(3),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/compile");
    functions(&folder, extent);
    clean::builds(&folder, extent.rounds);
}

/// Milliseconds and bytes for each of the functions.
fn functions(folder: &Path, extent: Extent) {
    for kind in KINDS {
        write(folder, kind, extent.functions);
    }
    let mut times = vec![[f64::INFINITY; 2]; KINDS.len()];
    for _ in 0..extent.rounds {
        for (kind, times) in KINDS.iter().zip(&mut times) {
            for (profile, best) in ["dev", "release"].iter().zip(times) {
                *best = best.min(build(folder, kind, profile));
            }
        }
    }
    let each = |all: f64| all / f64::from(extent.functions);
    println!(
        "{:<16} {:>12} {:>12} {:>14}",
        "a function", "dev ms", "release ms", "release bytes"
    );
    let sizes: Vec<f64> = KINDS.iter().map(|kind| size(folder, kind)).collect();
    for (at, kind) in KINDS.iter().enumerate() {
        let plain = if kind.methods { PLAIN_METHODS } else { 0 };
        let beyond = |profile: usize| each(times[at][profile] - times[plain][profile]) * 1e3;
        println!(
            "{:<16} {:>12.2} {:>12.2} {:>14.0}",
            kind.name,
            beyond(0),
            beyond(1),
            each(sizes[at] - sizes[plain])
        );
    }
    let [dev, release] = times[0].map(each);
    println!(
        "(the plain one itself: {:.2} ms, {:.2} ms, {:.0} bytes)",
        dev * 1e3,
        release * 1e3,
        each(sizes[0])
    );
}

/// Of its own, or cargo would take one crate's library for the other's.
fn name(kind: &Kind) -> String {
    format!("measured_{}", kind.name.replace(' ', "_"))
}

fn place(folder: &Path, kind: &Kind) -> PathBuf {
    folder.join(name(kind))
}

/// The crate's manifest and source.
fn write(folder: &Path, kind: &Kind, functions: u32) {
    let place = place(folder, kind);
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../resilient-runtime");
    fs::create_dir_all(place.join("src")).expect("the target folder can be written to");
    let manifest = format!(
        "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[lib]\ncrate-type = [\"rlib\"]\n\
         [dependencies]\nresilient-runtime = {{ path = {:?} }}\ntracing = \"0.1\"\nasync-trait = \"0.1\"\n",
        name(kind),
        runtime.display().to_string()
    );
    fs::write(place.join("Cargo.toml"), manifest).expect("the folder is ours");
    fs::write(place.join("src/lib.rs"), source(kind, functions)).expect("the folder is ours");
}

/// Every function is driven by one of its own, so that it is compiled to the end.
fn source(kind: &Kind, functions: u32) -> String {
    let mut text = "use std::io;\nuse std::pin::Pin;\nuse std::task::{Context, Waker};\n\
        async fn ask(n: u32) -> io::Result<u32> { std::future::ready(Ok(n)).await }\n\
        fn poll<F: Future>(future: F) -> bool { let mut future = Box::pin(future); \
        Pin::as_mut(&mut future).poll(&mut Context::from_waker(Waker::noop())) .is_ready() }\n"
        .to_owned();
    let body = |n: u32| format!("{{ let got = ask(n).await?; Ok(got + {n}) }}\n");
    if kind.methods {
        let (mut asked, mut given) = (String::new(), String::new());
        for n in 0..functions {
            let _ = writeln!(asked, "async fn f{n}(&self, n: u32) -> io::Result<u32>;");
            let _ = write!(
                given,
                "async fn f{n}(&self, n: u32) -> io::Result<u32> {}",
                body(n)
            );
            let _ = writeln!(
                text,
                "pub fn d{n}(n: u32) -> bool {{ poll(Client.f{n}(n)) }}"
            );
        }
        let attributes = kind.attributes;
        let _ = write!(
            text,
            "#[allow(async_fn_in_trait)] {attributes} pub trait Port {{ {asked} }}\npub struct Client;\n{attributes} impl Port for Client {{ {given} }}\n"
        );
    } else {
        for n in 0..functions {
            let _ = writeln!(
                text,
                "{} async fn f{n}(n: u32) -> io::Result<u32> {}pub fn d{n}(n: u32) -> bool {{ poll(f{n}(n)) }}",
                kind.attributes,
                body(n)
            );
        }
    }
    text
}

fn cargo(folder: &Path, kind: &Kind, profile: &str) {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--profile", profile, "--target-dir"])
        .arg(folder.join("built"))
        .current_dir(place(folder, kind))
        .env("CARGO_INCREMENTAL", "0")
        .status()
        .expect("cargo is running this");
    assert!(status.success(), "{} does not build", kind.name);
}

/// Seconds for the crate alone: what it depends on is built before.
fn build(folder: &Path, kind: &Kind, profile: &str) -> f64 {
    cargo(folder, kind, profile);
    let source = place(folder, kind).join("src/lib.rs");
    let text = fs::read_to_string(&source).expect("it was written above");
    fs::write(&source, text).expect("the folder is ours");
    let began = Instant::now();
    cargo(folder, kind, profile);
    began.elapsed().as_secs_f64()
}

/// The bytes of code and data in the release library, without what compilers and debuggers read; by binutils' `size`.
fn size(folder: &Path, kind: &Kind) -> f64 {
    cargo(folder, kind, "release");
    let library = folder.join(format!("built/release/lib{}.rlib", name(kind)));
    let sizes = Command::new("size").arg("--totals").arg(&library).output();
    let told = sizes
        .expect("binutils is installed, as every linker needs it")
        .stdout;
    let told = String::from_utf8_lossy(&told).into_owned();
    let total = told.lines().find(|line| line.ends_with("(TOTALS)"));
    let columns = total.into_iter().flat_map(str::split_whitespace).take(2);
    columns
        .map(|column| column.parse::<f64>().expect("a number of bytes"))
        .sum()
}
