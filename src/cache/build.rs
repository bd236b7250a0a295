//! Build script: a digest of all code that reads and scans, so that no cache outlives a change of
//! it, be it between releases or while somebody develops.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

fn main() {
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files);
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.to_string_lossy().replace('\\', "/").hash(&mut hasher);
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    // Others' code unpacks.
    fs::read("Cargo.lock").unwrap_or_default().hash(&mut hasher);
    // What one build cannot unpack, another may.
    for feature in ["ARCHIVES", "LIBDEFLATE"] {
        std::env::var_os(format!("CARGO_FEATURE_{feature}")).hash(&mut hasher);
    }
    say(&format!("rustc-env=KEYSWEEP_CODE={:016x}", hasher.finish()));
    for path in ["src", "patterns", "Cargo.lock"] {
        say(&format!("rerun-if-changed={path}"));
    }
}

#[allow(clippy::print_stdout, reason = "this is how a build script speaks")]
fn say(line: &str) {
    println!("cargo::{line}");
}

/// Code that decides what is found: not what it looks like in the end.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default();
        if name == "cli" || name == "report" {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
