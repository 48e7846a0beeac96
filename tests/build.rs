//! Lists the UI cases that must compile, each as a module of the `ui_pass` test.
//!
//! As modules of one crate they cost a second together; as programs of their own a second each. They show shapes
//! and not style, so clippy passes them over; what is generated for them it sees in `bodies`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=ui");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("ui");
    let mut modules = String::new();
    for folder in sorted(&root) {
        for case in sorted(&folder.join("pass")) {
            if case.extension().is_some_and(|extension| extension == "rs") {
                let name = format!("{}_{}", stem(&folder), stem(&case));
                writeln!(
                    modules,
                    "#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]\n#[path = {:?}]\nmod {name};",
                    case.to_string_lossy()
                )
                .expect("a string takes whatever is written");
            }
        }
    }
    let to = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("pass.rs");
    fs::write(&to, modules).expect("cargo's own folder can be written to");
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
