//! The delta-aware scan against the full scan: the same report, byte for byte, on every repository.

use std::ops::Range;
use std::path::Path;

use crate::support::history::{Shape, generate};
use crate::support::keysweep::{JSON, sweep};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// Sweeps both ways; gives the report, which is the same.
fn both(path: &Path, what: &str) -> String {
    let run = |more: &[&str]| {
        let args: Vec<&str> = JSON.iter().chain(more).copied().collect();
        let run = sweep(path, &args);
        (run.code, run.out())
    };
    let (delta_aware, full) = (
        run(&["--show-suppressed"]),
        run(&["--show-suppressed", "--full-scan"]),
    );
    assert!(
        delta_aware == full,
        "{what}: the two ways of scanning differ"
    );
    delta_aware.1
}

/// A place in the text that is not inside a character; nearly always near a key.
fn near_a_key(seed: &mut Seed, text: &[u8], pairs: &[Pair]) -> usize {
    let pair = seed.pick(pairs);
    let key = if seed.chance(50) {
        &pair.id
    } else {
        &pair.secret
    };
    let at = text.windows(key.len()).position(|w| w == key.as_bytes());
    match at.filter(|_| seed.chance(90)) {
        Some(at) => (at + seed.below(90)).saturating_sub(30).min(text.len()),
        None => seed.below(text.len() + 1),
    }
}

/// A run of the text with both ends near keys.
fn run_of(seed: &mut Seed, text: &[u8], pairs: &[Pair]) -> Range<usize> {
    let (a, b) = (near_a_key(seed, text, pairs), near_a_key(seed, text, pairs));
    a.min(b)..a.max(b)
}

/// The next version of a file: an edit inside a key, a piece moved, a piece doubled, a key added.
fn edit(seed: &mut Seed, text: &mut Vec<u8>, pairs: &[Pair]) {
    match seed.below(5) {
        0 => {
            let at = near_a_key(seed, text, pairs);
            let new = *seed.pick(&[&b"X"[..], b"\n", b"AKIA", b"aws_secret_access_key = ", b"="]);
            text.splice(at..at, new.iter().copied());
        }
        1 => {
            let run = run_of(seed, text, pairs);
            let cut = run.start..run.end.min(run.start + 50);
            text.drain(cut);
        }
        2 => {
            let piece: Vec<u8> = text.drain(run_of(seed, text, pairs)).collect();
            let at = near_a_key(seed, text, pairs);
            text.splice(at..at, piece);
        }
        3 if text.len() < 20_000 => {
            let piece = text[run_of(seed, text, pairs)].to_vec();
            let at = near_a_key(seed, text, pairs);
            text.splice(at..at, piece);
        }
        _ => {
            let pair = seed.pick(pairs);
            let key = match seed.below(4) {
                0 => pair.ini(),
                1 => pair.line(),
                2 => pair.id.clone(),
                _ => format!("secret: \"{}\"\n", pair.secret),
            };
            let at = near_a_key(seed, text, pairs);
            text.splice(at..at, key.into_bytes());
        }
    }
}

/// Many versions of a file with keys, stored as blobs and, as names, in trees.
fn versions(repo: &Repo, seed: &mut Seed) {
    let pairs: Vec<Pair> = (0..4).map(|_| seed.pair()).collect();
    let mut text = seed.prose(6000);
    for pair in &pairs {
        let at = seed.below(text.len());
        text.splice(at..at, pair.ini().into_bytes());
    }
    let mut names: Vec<String> = (0..200).map(|n| format!("file-{n:03}")).collect();
    let empty = repo.blob("");
    let mut tip: Vec<String> = Vec::new();
    for version in 0..30 {
        for _ in 0..=seed.below(3) {
            edit(seed, &mut text, &pairs);
        }
        let blob = repo.blob(&text);
        let at = seed.below(names.len());
        names[at] = if seed.chance(50) {
            format!("{}-{}", seed.pick(&pairs).name().replace('/', "-"), at)
        } else {
            format!("renamed-{version}-{at}")
        };
        names.sort();
        names.dedup();
        let rows = names
            .iter()
            .map(|name| format!("100644 blob {empty}\t{name}\n"));
        let rows: String = rows.chain([format!("100644 blob {blob}\tzz\n")]).collect();
        let tree = String::from_utf8(repo.feed(&["mktree"], rows.as_bytes())).unwrap();
        // git makes deltas of what is reachable only.
        tip = vec![repo.commit_tree(
            tree.trim(),
            &tip.iter().map(String::as_str).collect::<Vec<_>>(),
            "next",
        )];
    }
    repo.git(&["update-ref", "refs/heads/main", &tip[0]]);
}

#[test]
fn agree_on_edits_around_keys() {
    let rounds = std::env::var("KEYSWEEP_HISTORIES").map_or(6, |n| n.parse().unwrap());
    let mut deltas = 0;
    for round in 0..rounds {
        let repo = Repo::new();
        let mut seed = Seed::new(700 + round);
        versions(&repo, &mut seed);
        let loose = both(repo.path(), "loose objects");
        let pack = repo.pack_all();
        let listing = repo.git(&["verify-pack", "-v", pack.to_str().unwrap()]);
        // Name, kind, size, size in the pack, offset; of a delta also its depth and base.
        deltas += listing
            .lines()
            .filter(|line| line.split_whitespace().count() == 7)
            .count();
        let packed = both(repo.path(), "a pack");
        assert!(loose == packed, "round {round}: packing changed the report");
    }
    assert!(deltas > 0, "git made no deltas");
}

#[test]
fn agree_on_random_histories() {
    for round in 0..3 {
        let repo = Repo::new();
        let mut seed = Seed::new(800 + round);
        let shape = Shape {
            commits: 30,
            keys: 6,
            skewed: false,
        };
        generate(&repo, &mut seed, shape);
        repo.pack_all();
        both(repo.path(), "a history");
    }
}

/// Repositories named in `KEYSWEEP_ORACLE_REPOS`, separated by colons.
#[test]
fn agree_on_given_repositories() {
    let list = std::env::var_os("KEYSWEEP_ORACLE_REPOS").unwrap_or_default();
    for path in std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()) {
        both(&path, &path.display().to_string());
    }
}
