//! `tests/real-crates/run`: bulkhead, breaker and timeout on every `Result`-returning async function of published
//! clients, and their own tests before and after.
//!
//! In goes the list below; out come two folders of sources, `before` and `after`, and a line per client. Fails when a
//! client does not compile, or when a test that passed before fails after and is not in `EXPECTED`.
//!
//! Options: `--work FOLDER` (default `target/real-crates`), `--only NAME`, `--limit SECONDS` for one test program
//! (default 300), `--doc` for their doc tests as well.

mod annotate;
mod sources;
mod tests_of;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use tests_of::Outcome;

/// A published client.
struct Client {
    name: &'static str,
    version: &'static str,
    /// What `cargo test` is told beside the name.
    features: &'static [&'static str],
    /// What its tests need and its published manifest lost, in TOML.
    unpublished: &'static str,
}

const CLIENTS: &[Client] = &[
    Client {
        name: "fantoccini",
        version: "0.22.1",
        features: &[],
        unpublished: "",
    },
    Client {
        name: "tokio-postgres",
        version: "0.7.18",
        features: &[],
        unpublished: "",
    },
    Client {
        name: "zbus",
        version: "5.19.0",
        features: &[
            "--no-default-features",
            "--features",
            "tokio,blocking-api,p2p",
        ],
        unpublished: "\n[dev-dependencies.zbus_xml]\nversion = \"5\"\n",
    },
    Client {
        name: "object_store",
        version: "0.14.2",
        features: &["--features", "aws,azure,gcp,http,integration"],
        unpublished: "",
    },
    Client {
        name: "octocrab",
        version: "0.44.1",
        features: &["--features", "stream"],
        unpublished: "",
    },
];

/// What three policies change by their nature, with the page that says so.
const EXPECTED: &[(&str, &str)] = &[
    (
        "client::http::spawn::tests::test_spawn",
        "it polls outside of any runtime; docs/deadlines.md, Without a timer",
    ),
    (
        "fdo::tests::signal",
        "its runtime has no timer; docs/deadlines.md, Without a timer",
    ),
    (
        "connection::tests::test_graceful_shutdown",
        "it lets a receive wait for ever on a paused clock; resilient-macros/docs/timeout.md",
    ),
];

struct Options {
    work: PathBuf,
    only: Option<String>,
    limit: Duration,
    doc: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        work: sources::root().join("target/real-crates"),
        only: None,
        limit: Duration::from_mins(5),
        doc: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
        match word.as_str() {
            "--work" => options.work = PathBuf::from(value()?),
            "--only" => options.only = Some(value()?),
            "--limit" => {
                let seconds = value()?.parse().map_err(|error| format!("{error}"))?;
                options.limit = Duration::from_secs(seconds);
            }
            "--doc" => options.doc = true,
            _ => {
                return Err(format!(
                    "`{word}` is no option: --work, --only, --limit, --doc"
                ));
            }
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    match options().and_then(|options| run(&options)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(broken) => {
            println!("\n{broken} clients behave otherwise than before");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// How many clients compile no more, or fail where they did not.
fn run(options: &Options) -> Result<usize, String> {
    let clients: Vec<&Client> = CLIENTS
        .iter()
        .filter(|client| options.only.as_ref().is_none_or(|only| client.name == only))
        .collect();
    let counts = sources::lay_out(&options.work, &clients)?;
    let mut broken = 0;
    for client in clients {
        let before = tests_of::run("before", client, options)?;
        let after = tests_of::run("after", client, options)?;
        let lost = lost(&before, &after);
        println!(
            "\n{} {}: {}",
            client.name, client.version, counts[client.name]
        );
        println!("  before: {}", summary(&before));
        println!("  after:  {}", summary(&after));
        for (test, outcome) in &lost {
            let why = EXPECTED.iter().find(|(name, _)| test.ends_with(name));
            println!(
                "  {outcome:?}: {test}{}",
                why.map_or(String::new(), |(_, why)| format!(" ({why})"))
            );
        }
        let unexpected = |test: &str| !EXPECTED.iter().any(|(name, _)| test.ends_with(name));
        broken += usize::from(after.is_empty() || lost.iter().any(|(test, _)| unexpected(test)));
    }
    Ok(broken)
}

/// The tests that passed before and do not after.
fn lost(
    before: &BTreeMap<String, Outcome>,
    after: &BTreeMap<String, Outcome>,
) -> Vec<(String, Outcome)> {
    before
        .iter()
        .filter(|(_, outcome)| **outcome == Outcome::Passed)
        .map(|(test, _)| {
            (
                test.clone(),
                after.get(test).copied().unwrap_or(Outcome::Unfinished),
            )
        })
        .filter(|(_, outcome)| *outcome != Outcome::Passed)
        .collect()
}

fn summary(tests: &BTreeMap<String, Outcome>) -> String {
    let count = |wanted| tests.values().filter(|outcome| **outcome == wanted).count();
    format!(
        "{} tests, {} passed, {} failed, {} unfinished, {} ignored",
        tests.len(),
        count(Outcome::Passed),
        count(Outcome::Failed),
        count(Outcome::Unfinished),
        count(Outcome::Ignored),
    )
}
