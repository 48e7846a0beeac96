//! Runs a client's own tests and reads what became of each.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Client, Options};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed,
    Ignored,
    /// Still running when its program's time was over.
    Unfinished,
}

/// Every test of a client by its name, its program's first; nothing when it does not compile.
pub(crate) fn run(
    side: &str,
    client: &Client,
    options: &Options,
) -> Result<BTreeMap<String, Outcome>, String> {
    let folder = options.work.join(side);
    let mut outcomes = BTreeMap::new();
    let Some(programs) = build(&folder, side, client, options)? else {
        return Ok(outcomes);
    };
    for (name, program) in programs {
        let list = start(
            &program,
            &["--list"],
            &folder.join(client.name),
            &folder.join("list.txt"),
        )?;
        wait(list, Duration::from_mins(1))?;
        for line in read(&folder.join("list.txt"))?.lines() {
            if let Some(test) = line.strip_suffix(": test") {
                outcomes.insert(format!("{name} {test}"), Outcome::Unfinished);
            }
        }
        let log = options
            .work
            .join(format!("{side}-{}-{name}.txt", client.name));
        let tests = start(
            &program,
            &["--test-threads=4"],
            &folder.join(client.name),
            &log,
        )?;
        wait(tests, options.limit)?;
        read_outcomes(&name, &read(&log)?, &mut outcomes);
    }
    if options.doc {
        let log = options.work.join(format!("{side}-{}-doc.txt", client.name));
        let mut command = cargo(&folder, client, options);
        command.args(["--doc", "--no-fail-fast"]);
        wait(piped(&mut command, &log)?, Duration::from_hours(1))?;
        read_outcomes("doc", &read(&log)?, &mut outcomes);
    }
    Ok(outcomes)
}

fn cargo(folder: &Path, client: &Client, options: &Options) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["test", "-p", client.name])
        .args(client.features)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", options.work.join("target"));
    command
}

/// The test programs with their names; none when they do not compile.
fn build(
    folder: &Path,
    side: &str,
    client: &Client,
    options: &Options,
) -> Result<Option<Vec<(String, String)>>, String> {
    eprintln!("building the tests of {}, {side}", client.name);
    let output = cargo(folder, client, options)
        .args([
            "--lib",
            "--tests",
            "--no-run",
            "--message-format=json-render-diagnostics",
        ])
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let log = options
        .work
        .join(format!("{side}-{}-build.txt", client.name));
    fs::write(&log, &output.stderr).map_err(|error| error.to_string())?;
    if !output.status.success() {
        println!(
            "{} does not compile, {side}: see {}",
            client.name,
            log.display()
        );
        return Ok(None);
    }
    let mut programs = Vec::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<serde_json::Value>(line) else {
            continue;
        };
        if let (Some(program), Some(name)) = (
            message["executable"].as_str(),
            message["target"]["name"].as_str(),
        ) && message["profile"]["test"] == true
        {
            programs.push((name.to_owned(), program.to_owned()));
        }
    }
    Ok(Some(programs))
}

fn start(
    program: &str,
    words: &[&str],
    folder: &Path,
    log: &Path,
) -> Result<std::process::Child, String> {
    let mut command = Command::new(program);
    command
        .args(words)
        .current_dir(folder)
        .env("CARGO_MANIFEST_DIR", folder);
    piped(&mut command, log)
}

fn piped(command: &mut Command, log: &Path) -> Result<std::process::Child, String> {
    let to = File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
    let errors = to.try_clone().map_err(|error| error.to_string())?;
    command
        .stdin(Stdio::null())
        .stdout(to)
        .stderr(errors)
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))
}

/// Ends it when the time is over.
fn wait(mut child: std::process::Child, limit: Duration) -> Result<(), String> {
    let began = Instant::now();
    while child
        .try_wait()
        .map_err(|error| error.to_string())?
        .is_none()
    {
        if began.elapsed() > limit {
            child.kill().map_err(|error| error.to_string())?;
            child.wait().map_err(|error| error.to_string())?;
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn read_outcomes(program: &str, log: &str, outcomes: &mut BTreeMap<String, Outcome>) {
    for line in log.lines() {
        let Some((test, became)) = line
            .strip_prefix("test ")
            .and_then(|line| line.split_once(" ... "))
        else {
            continue;
        };
        let outcome = match became {
            "ok" => Outcome::Passed,
            became if became.starts_with("FAILED") => Outcome::Failed,
            became if became.starts_with("ignored") => Outcome::Ignored,
            _ => continue,
        };
        let test = test.strip_suffix(" - should panic").unwrap_or(test);
        outcomes.insert(format!("{program} {test}"), outcome);
    }
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
