//! What annotations cost the compiler: a crate of 1,000 functions, plain, annotated, under `tracing::instrument`, and as
//! methods of an `#[async_trait]`; each built in dev and release, one after the other and round after round.
//!
//! Prints the best round's milliseconds a function beyond the plain crate, and the bytes of the stripped library.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const FUNCTIONS: u32 = 1_000;
const ROUNDS: usize = 3;

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

const fn kind(name: &'static str, attributes: &'static str, methods: bool) -> Kind {
    Kind {
        name,
        attributes,
        methods,
    }
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/compile");
    for kind in KINDS {
        write(&folder, kind);
    }
    println!(
        "{:<16} {:>12} {:>12} {:>14}",
        "ms a function", "dev", "release", "release bytes"
    );
    let mut times = vec![[f64::INFINITY; 2]; KINDS.len()];
    for _ in 0..ROUNDS {
        for (kind, times) in KINDS.iter().zip(&mut times) {
            for (profile, best) in ["dev", "release"].iter().zip(times) {
                *best = best.min(build(&folder, kind, profile));
            }
        }
    }
    for (kind, [dev, release]) in KINDS.iter().zip(&times) {
        let plain = if kind.methods { 5 } else { 0 };
        let each =
            |time: f64, profile: usize| (time - times[plain][profile]) * 1e3 / f64::from(FUNCTIONS);
        println!(
            "{:<16} {:>12.2} {:>12.2} {:>14}",
            kind.name,
            each(*dev, 0),
            each(*release, 1),
            size(&folder, kind)
        );
    }
}

fn place(folder: &Path, kind: &Kind) -> PathBuf {
    folder.join(kind.name.replace(' ', "_"))
}

/// The crate's manifest and source.
fn write(folder: &Path, kind: &Kind) {
    let place = place(folder, kind);
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../resilient-runtime");
    fs::create_dir_all(place.join("src")).expect("the target folder can be written to");
    let manifest = format!(
        "[package]\nname = \"measured\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[lib]\ncrate-type = [\"rlib\"]\n\
         [dependencies]\nresilient-runtime = {{ path = {:?} }}\ntracing = \"0.1\"\nasync-trait = \"0.1\"\n",
        runtime.display().to_string()
    );
    fs::write(place.join("Cargo.toml"), manifest).expect("the folder is ours");
    fs::write(place.join("src/lib.rs"), source(kind)).expect("the folder is ours");
}

/// Every function is driven by one of its own, so that it is compiled to the end.
fn source(kind: &Kind) -> String {
    let mut text = "use std::io;\nuse std::pin::Pin;\nuse std::task::{Context, Poll, Waker};\n\
        async fn ask(n: u32) -> io::Result<u32> { std::future::ready(Ok(n)).await }\n\
        fn poll<F: Future>(future: F) -> bool { let mut future = Box::pin(future); \
        Pin::as_mut(&mut future).poll(&mut Context::from_waker(Waker::noop())) .is_ready() }\n"
        .to_owned();
    let body = |n: u32| format!("{{ let got = ask(n).await?; Ok(got + {n}) }}\n");
    if kind.methods {
        let (mut asked, mut given) = (String::new(), String::new());
        for n in 0..FUNCTIONS {
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
        for n in 0..FUNCTIONS {
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

/// The bytes of the release library without what only debuggers read.
fn size(folder: &Path, kind: &Kind) -> u64 {
    cargo(folder, kind, "release");
    let library = folder.join("built/release/libmeasured.rlib");
    let stripped = folder.join("stripped.rlib");
    let status = Command::new("strip")
        .arg("--strip-debug")
        .arg("-o")
        .arg(&stripped)
        .arg(&library)
        .status();
    let file = if status.is_ok_and(|status| status.success()) {
        stripped
    } else {
        library
    };
    fs::metadata(file).map_or(0, |file| file.len())
}
