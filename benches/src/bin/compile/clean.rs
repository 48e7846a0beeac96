//! Builds from nothing: what a user waits for once, and how many crates it takes.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// A crate and what it depends on.
struct User {
    name: &'static str,
    dependencies: &'static str,
}

const USERS: &[User] = &[
    User {
        name: "resilient-runtime",
        dependencies: "",
    },
    User {
        name: "by hand",
        dependencies: "tokio = { version = \"1.45\", default-features = false, features = [\"rt\", \"time\"] }\n\
             backon = { version = \"1.6\", default-features = false }\n\
             governor = { version = \"0.10\", default-features = false, features = [\"no_std\"] }\n",
    },
];

/// Builds each of them so often, and prints the best.
pub(crate) fn builds(folder: &Path, rounds: u32) {
    println!(
        "\n{:<20} {:>8} {:>10} {:>12}",
        "a build from nothing", "crates", "dev s", "release s"
    );
    for user in USERS {
        let place = folder.join("clean").join(user.name.replace(' ', "_"));
        write(&place, user);
        let best = |profile: &str| {
            let rounds = (0..rounds).map(|_| build(&place, profile));
            rounds.fold(f64::INFINITY, f64::min)
        };
        let (dev, release) = (best("dev"), best("release"));
        println!(
            "{:<20} {:>8} {dev:>10.1} {release:>12.1}",
            user.name,
            crates(&place)
        );
    }
}

fn write(place: &Path, user: &User) {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../resilient-runtime");
    let dependencies = match user.dependencies {
        "" => format!(
            "resilient-runtime = {{ path = {:?} }}\n",
            runtime.display().to_string()
        ),
        written => written.to_owned(),
    };
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n{dependencies}"
    );
    fs::create_dir_all(place.join("src")).expect("the target folder can be written to");
    fs::write(place.join("Cargo.toml"), manifest).expect("the folder is ours");
    fs::write(place.join("src/lib.rs"), "").expect("the folder is ours");
}

/// Cargo in the user's folder, with a target of its own.
fn cargo(place: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(place)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", place.join("target"))
        .output()
        .expect("cargo is running this");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Seconds from an empty target to the end. What has to be downloaded is there before.
fn build(place: &Path, profile: &str) -> f64 {
    cargo(place, &["fetch"]);
    cargo(place, &["clean"]);
    let began = Instant::now();
    cargo(place, &["build", "--quiet", "--profile", profile]);
    began.elapsed().as_secs_f64()
}

/// The crates that are compiled for it, of macros and their parsers as well, without the user's own.
fn crates(place: &Path) -> usize {
    let tree = cargo(
        place,
        &[
            "tree",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--no-dedupe",
        ],
    );
    let mut crates: Vec<&str> = tree.lines().filter(|line| !line.is_empty()).collect();
    crates.sort_unstable();
    crates.dedup();
    crates.len().saturating_sub(1)
}
