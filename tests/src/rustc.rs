//! Asks rustc about source text that is written at run time.
//!
//! In: source text, its edition. Out: what rustc finds in it, with the place of each finding. The libraries it
//! is checked against are those that the running test itself was linked with, so nothing is built a second time.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The libraries of a test, by crate name.
pub struct Libraries {
    externs: BTreeMap<String, PathBuf>,
    folder: PathBuf,
}

/// An error or a warning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Line and column, from 1, where its primary span starts.
    pub at: (u64, u64),
    /// An error, and no warning.
    pub error: bool,
    /// The error's number or the lint's name, and the text.
    pub text: String,
}

impl Libraries {
    /// Those of one test of this package.
    ///
    /// # Panics
    ///
    /// When cargo does not answer, or lists no `resilient_runtime`.
    #[must_use]
    pub fn of_test(test: &str) -> Self {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([
            "test",
            "--offline",
            "--no-run",
            "--message-format=json",
            "-p",
            "resilient-tests",
        ]);
        cargo.args(["--test", test]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let output = cargo.output().expect("cargo started this test");
        let mut externs = BTreeMap::new();
        for message in messages(&output.stdout) {
            let file = message["filenames"]
                .as_array()
                .and_then(|files| files.iter().find_map(library));
            if let (Some(name), Some(file)) = (message["target"]["name"].as_str(), file) {
                externs.insert(name.replace('-', "_"), file);
            }
        }
        let runtime = externs.get("resilient_runtime").unwrap_or_else(|| {
            panic!(
                "cargo lists no runtime: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
        let folder = runtime
            .parent()
            .expect("cargo gives whole paths")
            .to_owned();
        Self { externs, folder }
    }

    /// What rustc finds in this text, without the lints named in `allowed`.
    ///
    /// # Panics
    ///
    /// When rustc does not start.
    #[must_use]
    pub fn check(&self, name: &str, source: &str, edition: &str, allowed: &[&str]) -> Vec<Finding> {
        self.ask(
            Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())),
            name,
            source,
            edition,
            allowed,
        )
    }

    /// The same with clippy, where it is installed.
    ///
    /// # Panics
    ///
    /// When neither starts.
    #[must_use]
    pub fn lint(&self, name: &str, source: &str, edition: &str) -> Vec<Finding> {
        let installed = Command::new("clippy-driver")
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success());
        if !installed {
            return self.check(name, source, edition, &["unknown_lints"]);
        }
        self.ask(Command::new("clippy-driver"), name, source, edition, &[])
    }

    fn ask(
        &self,
        mut compiler: Command,
        name: &str,
        source: &str,
        edition: &str,
        allowed: &[&str],
    ) -> Vec<Finding> {
        let folder = self.folder.join("../rustc");
        std::fs::create_dir_all(&folder).expect("the target folder can be written to");
        let file = folder.join(format!("{name}.rs"));
        std::fs::write(&file, source).expect("the target folder can be written to");
        compiler.args([
            "--crate-type=lib",
            "--emit=metadata",
            "--error-format=json",
            "--edition",
            edition,
        ]);
        compiler.arg("--out-dir").arg(&folder);
        compiler
            .arg("-L")
            .arg(format!("dependency={}", self.folder.display()));
        for (name, file) in &self.externs {
            compiler
                .arg("--extern")
                .arg(format!("{name}={}", file.display()));
        }
        for lint in allowed {
            compiler.arg("-A").arg(lint);
        }
        let output = compiler
            .arg(&file)
            .output()
            .expect("the compiler of this test is there");
        let mut findings: Vec<Finding> = messages(&output.stderr)
            .flat_map(|message| finding(&message))
            .collect();
        findings.sort();
        findings.dedup();
        findings
    }
}

fn messages(lines: &[u8]) -> impl Iterator<Item = Value> {
    lines
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
}

fn library(file: &Value) -> Option<PathBuf> {
    let path = PathBuf::from(file.as_str()?);
    let extension = path.extension()?.to_str()?;
    ["rlib", "so", "dylib", "dll"]
        .contains(&extension)
        .then_some(path)
}

/// One for each primary span.
fn finding(message: &Value) -> Vec<Finding> {
    let level = message["level"].as_str().unwrap_or_default();
    if !["error", "warning"].contains(&level) {
        return Vec::new();
    }
    let code = message["code"]["code"].as_str().unwrap_or_default();
    let text = format!(
        "{code}: {}",
        message["message"].as_str().unwrap_or_default()
    );
    let spans = message["spans"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let primary = spans.iter().filter(|span| span["is_primary"] == true);
    primary
        .map(|span| Finding {
            at: (
                span["line_start"].as_u64().unwrap_or(0),
                span["column_start"].as_u64().unwrap_or(0),
            ),
            error: level == "error",
            text: text.clone(),
        })
        .collect()
}
