//! In go the names of clients, out come two workspaces with their sources: `before` as published, `after` annotated.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::Client;
use crate::annotate::{Counts, annotate, test_modules};

/// The root of this repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Fetches, copies and annotates; how many functions were annotated, by client.
pub(crate) fn lay_out(
    work: &Path,
    clients: &[&Client],
) -> Result<BTreeMap<&'static str, Counts>, String> {
    let published = fetch(&work.join("fetch"), clients)?;
    let mut counts = BTreeMap::new();
    for side in ["before", "after"] {
        let _ = fs::remove_dir_all(work.join(side));
        for client in clients {
            let to = work.join(side).join(client.name);
            copy(&published[client.name], &to)
                .map_err(|error| format!("{}: {error}", client.name))?;
            append(&to.join("Cargo.toml"), client.unpublished)?;
        }
        write(&work.join(side).join("Cargo.toml"), &workspace(clients))?;
    }
    for client in clients {
        counts.insert(
            client.name,
            change(&work.join("after").join(client.name), client.name)?,
        );
    }
    Ok(counts)
}

fn workspace(clients: &[&Client]) -> String {
    let members: Vec<String> = clients
        .iter()
        .map(|client| format!("{:?}", client.name))
        .collect();
    format!(
        "[workspace]\nresolver = \"2\"\nmembers = [{}]\n[profile.dev]\ndebug = false\nincremental = false\n",
        members.join(", ")
    )
}

/// Where the sources of each client lie once cargo has fetched them.
fn fetch(folder: &Path, clients: &[&Client]) -> Result<BTreeMap<String, PathBuf>, String> {
    let mut manifest = String::from(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[lib]\npath = \"lib.rs\"\n[dependencies]\n",
    );
    for client in clients {
        manifest.extend([client.name, " = \"=", client.version, "\"\n"]);
    }
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("lib.rs"), "")?;
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1"])
        .current_dir(folder)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let mut found = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let wanted = |name: &str| {
            clients
                .iter()
                .any(|client| client.name == name && package["version"] == client.version)
        };
        if let (Some(name), Some(manifest)) =
            (package["name"].as_str(), package["manifest_path"].as_str())
            && wanted(name)
        {
            found.insert(name.to_owned(), PathBuf::from(manifest).with_file_name(""));
        }
    }
    Ok(found)
}

/// Annotates the sources below `src` and adds the adapter and the dependency.
fn change(folder: &Path, name: &str) -> Result<Counts, String> {
    let mut counts = Counts::default();
    let sources = rust_files(&folder.join("src")).map_err(|error| error.to_string())?;
    let mut for_tests: Vec<PathBuf> = Vec::new();
    for path in &sources {
        let folder = path.with_file_name("");
        let own = match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("lib" | "mod") | None => folder,
            Some(stem) => folder.join(stem),
        };
        for module in test_modules(&read(path)?) {
            for_tests.extend([own.join(format!("{module}.rs")), own.join(module)]);
        }
    }
    for path in sources
        .iter()
        .filter(|path| !for_tests.iter().any(|test| path.starts_with(test)))
    {
        if let Some((text, here)) = annotate(&read(path)?) {
            counts += here;
            write(path, &text)?;
        }
    }
    let adapters = root().join("tests/real-crates/adapters");
    let own = read(&adapters.join(format!("{name}.rs")))?;
    let common = if own.contains("Adapted") {
        read(&adapters.join("common.rs"))?
    } else {
        String::new()
    };
    let adapter = common + &own;
    write(&folder.join("src/resilient_adapter.rs"), &adapter)?;
    let lib = folder.join("src/lib.rs");
    write(&lib, &format!("{}\nmod resilient_adapter;\n", read(&lib)?))?;
    let runtime = root()
        .join("resilient-runtime")
        .canonicalize()
        .map_err(|error| error.to_string())?;
    let dependency = format!(
        "\n[dependencies.resilient-runtime]\npath = \"{}\"\n",
        runtime.display()
    );
    append(&folder.join("Cargo.toml"), &dependency)?;
    Ok(counts)
}

fn append(path: &Path, text: &str) -> Result<(), String> {
    write(path, &(read(path)? + text))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.with_file_name("");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn rust_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if entry.file_name() != "Cargo.lock" {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
