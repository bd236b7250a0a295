//! Planted leaks and decoys: what the generator in `tests/planted` plants, keysweep must find.
//!
//! The score is kept from getting worse: each figure below is one that has been reached.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::expect::cut;
use crate::support::json::{Finding, Report, sha256, text, texts};
use crate::support::keysweep::sweep_json;

/// The seed whose score is recorded. `KEYSWEEP_PLANTED_SEED` tries another, without the floors.
const SEED: &str = "1";

/// Per class: at least this share of the leaks is found, with the secret, with the right pair.
const FLOORS: [(&str, [(&str, f64); 3]); 3] = [
    ("plain", [("found", 99.9), ("secret", 99.9), ("pair", 99.9)]),
    ("hard", [("found", 99.5), ("secret", 99.5), ("pair", 99.5)]),
    ("rest", [("found", 98.5), ("secret", 98.0), ("pair", 98.0)]),
];

/// At most so many pairs whose halves do not belong together.
const WRONG_PAIRS_MAX: u64 = 0;

/// At most so many findings that nobody planted.
const DECOYS_MAX: u64 = 0;

fn planted() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/planted")
}

fn seed() -> String {
    std::env::var("KEYSWEEP_PLANTED_SEED").unwrap_or_else(|_| SEED.to_owned())
}

/// Runs one of the scripts, with nothing of the environment but the path.
#[track_caller]
fn python(script: &str, args: &[&str]) -> String {
    let output = Command::new("python3")
        .arg(planted().join(script))
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("python3 is there");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{script} {args:?}:\n{shown}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    shown
}

#[test]
fn the_planted_truth_holds() {
    // Two runs with one seed are equal, and every range of the truth decodes to its value.
    python("check.py", &["--seed", &seed()]);
}

/// The contents of objects, as git gives them.
fn contents(repo: &Path, ids: &BTreeSet<&str>) -> BTreeMap<String, Vec<u8>> {
    let mut git = Command::new("git")
        .args(["-c", "safe.directory=*", "--no-replace-objects", "-C"])
        .arg(repo)
        .args(["cat-file", "--batch", "--buffer"])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = git.stdin.take().unwrap();
    let asked = ids.iter().flat_map(|id| [*id, "\n"]).collect::<String>();
    // The thread ends with git, at the latest.
    std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = git.wait_with_output().unwrap().stdout;
    let (mut found, mut rest) = (BTreeMap::new(), &output[..]);
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let head = std::str::from_utf8(&rest[..end]).unwrap();
        let words: Vec<&str> = head.split(' ').collect();
        let [id, _, size] = words[..] else {
            panic!("git has no such object: {head}")
        };
        let size: usize = size.parse().unwrap();
        found.insert(id.to_owned(), rest[end + 1..end + 1 + size].to_vec());
        rest = &rest[end + 2 + size..];
    }
    found
}

/// The hash that a finding states for a part of it.
fn stated(finding: Finding<'_>, part: &str) -> Option<String> {
    match part {
        "id" => finding
            .text("/access_key_id")
            .map(|id| sha256(id.as_bytes())),
        "token" => finding.text("/token_sha256").map(str::to_owned),
        _ => finding.text("/secret_sha256").map(str::to_owned),
    }
}

/// Every occurrence that is not encoded must be the bytes whose hash the finding states. Returns
/// how many there were.
fn assert_bytes(repo: &Path, report: &Report) -> usize {
    let mut places = Vec::new();
    for finding in report.findings() {
        for part in ["id", "secret", "token", "key"] {
            for place in finding.occurrences(part) {
                let plain = texts(place, "/encodings").is_empty();
                let hash = stated(finding, part).filter(|_| plain);
                places.extend(text(place, "/object").zip(hash).map(|(o, h)| (o, h, place)));
            }
        }
    }
    let ids = places.iter().map(|(object, ..)| *object).collect();
    let contents = contents(repo, &ids);
    for (object, hash, place) in &places {
        let found = sha256(cut(&contents[*object], place));
        assert_eq!(&found, hash, "{}: {place:#}", repo.display());
    }
    places.len()
}

#[test]
fn what_is_planted_is_found_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let repos = folder.path().join("repos");
    let repos = repos.to_str().unwrap();
    python("generate.py", &["--seed", &seed(), "--out", repos]);
    let truth = std::fs::read(Path::new(repos).join("truth.json")).unwrap();
    let truth: Value = serde_json::from_slice(&truth).unwrap();
    let clean = text(&truth, "/clean").unwrap();
    let mut checked = 0;
    for name in texts(&truth, "/repos") {
        let path = Path::new(repos).join(&name);
        let (run, report) = sweep_json(&path, &[]);
        // Keysweep ends as it should, having read everything.
        run.expect_code(i32::from(name != clean));
        assert!(report.complete(), "{name}: {:#?}", report.gaps());
        checked += assert_bytes(&path, &report);
    }
    assert!(checked > 1000, "only {checked} occurrences were compared");
    let figures = folder.path().join("figures.json");
    let args = ["--planted", repos, "--json", figures.to_str().unwrap()];
    let keysweep = ["--keysweep", env!("CARGO_BIN_EXE_keysweep")];
    let shown = python("score.py", &[&args[..], &keysweep[..]].concat());
    let figures: Value = serde_json::from_slice(&std::fs::read(figures).unwrap()).unwrap();
    assert_score(&figures["keysweep"], &shown);
}

/// The recorded score is still reached.
fn assert_score(figures: &Value, shown: &str) {
    let wrong = figures["occurrences"]["bytes wrong"].as_u64();
    assert_eq!(wrong.unwrap_or(0), 0, "bytes that do not decode:\n{shown}");
    if seed() != SEED {
        return;
    }
    for (class, floors) in FLOORS {
        for (what, floor) in floors {
            let share = figures["classes"][class][what].as_str().unwrap();
            let share: f64 = share.parse().unwrap();
            assert!(
                share >= floor,
                "{class}: {what} {share} %, it was {floor} %:\n{shown}"
            );
        }
    }
    for (name, ceiling) in [
        ("wrong_pairs", WRONG_PAIRS_MAX),
        ("decoys_reported", DECOYS_MAX),
    ] {
        let count = figures[name].as_u64().unwrap();
        assert!(
            count <= ceiling,
            "{name}: {count}, at most {ceiling}:\n{shown}"
        );
    }
}
