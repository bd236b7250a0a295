//! Rules about the source that no compiler checks: who may import whom, sizes, and no key-shaped
//! literal in any tracked file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

use crate::support::oracle::key_ids;
use crate::support::seed::entropy;

/// What each module may import of the others. `*` is everything.
const IMPORTS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("rules", &["model"]),
    ("scan", &["model", "rules"]),
    ("placeholders", &["model"]),
    ("canaries", &["model"]),
    ("explain", &["model", "placeholders", "canaries"]),
    ("known", &["model"]),
    ("mirror", &["model"]),
    ("pairing", &["model"]),
    ("verification", &["model"]),
    ("prove", &["model"]),
    ("grading", &["model"]),
    ("suppression", &["model"]),
    ("git", &["model"]),
    ("cache", &["model"]),
    ("remediation", &["model"]),
    ("inventory", &["model"]),
    ("investigation", &["model"]),
    ("report", &["model"]),
    (
        "sweep",
        &[
            "model",
            "rules",
            "scan",
            "placeholders",
            "canaries",
            "pairing",
            "verification",
            "grading",
            "suppression",
            "git",
            "cache",
        ],
    ),
    ("cli", &["*"]),
];

/// Crates that only some modules may name.
const CRATES: &[(&str, &[&str])] = &[
    ("gix", &["git"]),
    ("rayon", &["git", "investigation"]),
    ("libdeflater", &["git"]),
    ("flate2", &["git", "scan", "investigation"]),
    ("bzip2", &["scan"]),
    ("lzma_rust2", &["scan"]),
    ("ruzstd", &["scan"]),
    ("ignore", &["git"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("ctrlc", &["cli"]),
    ("aws_sdk_sts", &["verification"]),
    ("aws_smithy_http_client", &["verification"]),
    ("aws_smithy_types", &["verification"]),
    ("http_body_util", &["verification"]),
    ("tokio", &["verification"]),
    (
        "serde_json",
        &[
            "known",
            "report",
            "sweep",
            "suppression",
            "remediation",
            "inventory",
            "investigation",
            "cli",
        ],
    ),
    ("regex", &["rules", "scan"]),
    ("aho_corasick", &["rules", "scan"]),
    (
        "toml",
        &[
            "rules",
            "placeholders",
            "canaries",
            "suppression",
            "cli",
            "remediation",
            "investigation",
        ],
    ),
];

/// Published values that contain no word such as `EXAMPLE`: account number vectors.
const PUBLISHED: [&str; 3] = [
    "AKIARZPUZDIKGB2VALC4",
    "ASIAQNZGKIQY56JQ7WML",
    "ASIAY34FZKBOKMUTVV7A",
];

const LINES_MAX: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All tracked files, and those that would be; without git, all files but build output.
fn files() -> Vec<PathBuf> {
    let args = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let listed = Command::new("git").current_dir(root()).args(args).output();
    let names: Vec<PathBuf> = match listed {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).unwrap();
            text.split('\0')
                .filter(|name| !name.is_empty())
                .map(PathBuf::from)
                .collect()
        }
        _ => ignore::Walk::new(root())
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| path.is_file())
            .map(|path| path.strip_prefix(root()).unwrap().to_owned())
            .collect(),
    };
    let mut names: Vec<PathBuf> = names
        .into_iter()
        .filter(|name| root().join(name).is_file())
        .collect();
    names.sort();
    assert!(
        names.contains(&PathBuf::from("Cargo.toml")),
        "the list is right"
    );
    names
}

fn read(name: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(root().join(name)).unwrap()).into_owned()
}

/// Rust files below a folder, with their text.
fn rust_below(folder: &str) -> Vec<(PathBuf, String)> {
    let is_rust = |name: &PathBuf| name.extension().is_some_and(|e| e == "rs");
    let all = files()
        .into_iter()
        .filter(|name| name.starts_with(folder))
        .filter(is_rust);
    all.map(|name| (name.clone(), read(&name))).collect()
}

/// A line without its comment. A `//` in a string cuts too much, never too little of a path.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(before, _)| before)
}

/// The module a file belongs to: the first folder or file below `src`.
fn module(name: &Path) -> String {
    let first = name
        .components()
        .nth(1)
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules that a text names through `crate::`, groups such as `crate::{a, b::C}` included.
fn imports(text: &str) -> BTreeSet<String> {
    let text: String = text.lines().map(code).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, prefix) in text.match_indices("crate::") {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads_of_group(group)),
            None => found.extend(head(rest)),
        }
    }
    found
}

/// The identifier at the beginning of a text.
fn head(text: &str) -> Option<String> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// The first identifier of each item of a `use` group, whose opening brace is already gone.
fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut item, mut heads) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.extend(head(&group[item..at]));
                item = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads
}

#[test]
fn the_import_parser_reads_groups() {
    let text = "use crate::model::{Gap, GapKind};\nuse crate::{git::Repo, scan::{A, B}, rules};\n\
                // crate::cli\nlet x = crate::sweep::sweep(); pub(crate) fn f() {}";
    let expected = ["git", "model", "rules", "scan", "sweep"].map(str::to_owned);
    assert_eq!(imports(text), expected.into());
}

#[test]
fn stages_do_not_import_each_other() {
    let mut wrong = Vec::new();
    for (name, text) in rust_below("src") {
        let own = module(&name);
        if own == "lib" || own == "main" {
            continue;
        }
        let row = IMPORTS.iter().find(|(module, _)| *module == own);
        let Some((_, allowed)) = row else {
            wrong.push(format!(
                "{}: module {own} is not in the table",
                name.display()
            ));
            continue;
        };
        for import in imports(&text) {
            let known = IMPORTS.iter().any(|(module, _)| *module == import);
            let fine = import == own || allowed.contains(&"*") || allowed.contains(&&*import);
            if known && !fine {
                wrong.push(format!("{}: {own} imports {import}", name.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// True for files that hold unit tests only; those may read what another stage's crate wrote.
fn is_unit_test(name: &Path) -> bool {
    name.file_stem().is_some_and(|stem| {
        let stem = stem.to_string_lossy();
        stem == "tests" || stem.ends_with("_tests")
    })
}

#[test]
fn crates_stay_in_their_modules() {
    let mut wrong = Vec::new();
    for (name, text) in rust_below("src") {
        if is_unit_test(&name) {
            continue;
        }
        for (krate, modules) in CRATES {
            let named = Regex::new(&format!(r"(^|[^\w:.]){krate}(::|;)")).unwrap();
            let own = module(&name);
            // Tests may read what the module under test only writes.
            if name.ends_with("tests.rs") {
                continue;
            }
            if !modules.contains(&&*own) && text.lines().any(|line| named.is_match(code(line))) {
                wrong.push(format!("{}: names {krate}", name.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for (name, text) in rust_below("src") {
        let lines = text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!(
                "{}: {lines} lines, {LINES_MAX} are enough",
                name.display()
            ));
        }
    }
    for folder in ["src", "tests", "benches"] {
        for (name, text) in rust_below(folder) {
            if !text.starts_with("//!") {
                wrong.push(format!("{}: no `//!` on the first line", name.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_undone_or_skipped() {
    // Put together here, so that this file does not contain them.
    let words = [
        ["todo", "!("],
        ["unimplemented", "!("],
        ["#[", "ignore"],
        ["FIX", "ME"],
        ["XX", "X:"],
    ];
    let words = words.map(|[a, b]| format!("{a}{b}"));
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (name, text) in rust_below(folder) {
            for word in &words {
                if text.contains(word.as_str()) {
                    wrong.push(format!("{}: {word}", name.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Access key IDs that may stand in a file: published ones, by value.
fn is_published(id: &str) -> bool {
    let placeholders = std::fs::read_to_string(root().join("patterns/placeholders.toml"));
    id.contains("EXAMPLE")
        || PUBLISHED.contains(&id)
        || placeholders.is_ok_and(|list| list.contains(id))
}

/// 40 characters that could be a secret: not part of a longer token, mixed, of high entropy.
fn secret_shaped(text: &str) -> Vec<&str> {
    let token = Regex::new(r"[A-Za-z0-9+/=_-]+").unwrap();
    let tokens = token.find_iter(text).map(|found| found.as_str());
    tokens
        .filter(|token| {
            let has = |test: fn(&u8) -> bool| token.bytes().any(|b| test(&b));
            token.len() == 40
                && !token.contains(['=', '_', '-'])
                && has(u8::is_ascii_uppercase)
                && has(u8::is_ascii_lowercase)
                && has(u8::is_ascii_digit)
                && entropy(token.as_bytes()) >= 4.0
                && !token.contains("EXAMPLE")
        })
        .collect()
}

#[test]
fn no_key_shaped_literal_is_tracked() {
    let mut wrong = Vec::new();
    for name in files() {
        let text = read(&name);
        for id in key_ids(text.as_bytes()) {
            if !is_published(&id) {
                wrong.push(format!(
                    "{}: an access key ID, {}…",
                    name.display(),
                    &id[..6]
                ));
            }
        }
        let published = name == Path::new("patterns/placeholders.toml");
        for secret in secret_shaped(&text) {
            if !published {
                wrong.push(format!(
                    "{}: a secret's shape, {}…",
                    name.display(),
                    &secret[..4]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_path_of_a_machine_is_tracked() {
    let folders = ["work", "home", "Users", "root"].map(|name| format!("/{name}/"));
    let mut wrong = Vec::new();
    for name in files() {
        let text = read(&name);
        for (number, line) in text.lines().enumerate() {
            let starts = |at: usize| {
                let before = line[..at].chars().next_back();
                before.is_none_or(|c| !(c.is_alphanumeric() || "._-/}~".contains(c)))
            };
            for folder in &folders {
                if line
                    .match_indices(folder.as_str())
                    .any(|(at, _)| starts(at))
                {
                    wrong.push(format!("{}:{}: {line}", name.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
