//! A sweep that remembers says what a sweep that remembers nothing says.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::support::history::{Shape, generate};
use crate::support::keysweep::{JSON, sweep};
use crate::support::repo::{Repo, edit};
use crate::support::seed::Seed;

/// How many objects a sweep read, and how many it knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) read: u64,
    pub(crate) cached: u64,
}

/// Sets aside what a cache may change: which objects were read now and which before.
pub(crate) fn without_counts(report: &mut Value) -> Counts {
    let mut counts = Counts { read: 0, cached: 0 };
    let coverage = &mut report["coverage"];
    coverage["bytes"] = 0.into();
    for (_, kind) in coverage["objects"].as_object_mut().unwrap() {
        let (read, cached) = (
            kind["read"].as_u64().unwrap(),
            kind["cached"].as_u64().unwrap(),
        );
        counts.read += read;
        counts.cached += cached;
        kind["read"] = (read + cached).into();
        kind["cached"] = 0.into();
    }
    counts
}

fn run(path: &Path, args: &[&str]) -> (Option<i32>, Value) {
    let args: Vec<&str> = JSON.iter().chain(args).copied().collect();
    let run = sweep(path, &args);
    (run.code, run.report().0)
}

/// Sweeps with and without a cache, and compares.
#[track_caller]
pub(crate) fn same(path: &Path, cache: &Path, args: &[&str], what: &str) -> Counts {
    let with = [&["--cache-dir", cache.to_str().unwrap()], args].concat();
    let without = [&["--no-cache"], args].concat();
    let (code, mut known) = run(path, &with);
    let (plain_code, mut plain) = run(path, &without);
    let counts = without_counts(&mut known);
    without_counts(&mut plain);
    if known != plain {
        let lines = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        let (known, plain) = (lines(&known), lines(&plain));
        let differ = known.lines().zip(plain.lines()).filter(|(a, b)| a != b);
        let differ: Vec<_> = differ.take(20).collect();
        panic!("{what}: the cache changes the report: {differ:#?}");
    }
    assert_eq!(code, plain_code, "{what}: exit code");
    counts
}

/// Waits until the files of a repository are so old that their times tell of any change.
pub(crate) fn come_to_rest(path: &Path) {
    let age = Duration::from_millis(60);
    let newest = || {
        let walk = ignore::WalkBuilder::new(path)
            .standard_filters(false)
            .build();
        let changed = walk.filter_map(|entry| {
            use std::os::unix::fs::MetadataExt;
            let metadata = entry.ok()?.metadata().ok()?;
            let since = Duration::new(metadata.ctime() as u64, metadata.ctime_nsec() as u32);
            Some(UNIX_EPOCH + since)
        });
        changed.max().unwrap_or(UNIX_EPOCH)
    };
    let newest = newest();
    while SystemTime::now() < newest + age {
        std::thread::yield_now();
    }
}

/// Sweeps until nothing is read any more but what is read always: files must have come to rest
/// before anything is taken for granted.
#[track_caller]
pub(crate) fn settle(path: &Path, cache: &Path) -> Counts {
    come_to_rest(path);
    let mut last = Counts {
        read: u64::MAX,
        cached: 0,
    };
    for _ in 0..20 {
        let counts = same(path, cache, &[], "settling");
        if counts == last && counts.cached > 0 {
            return counts;
        }
        last = counts;
    }
    panic!("it never comes to rest: {last:?}");
}

/// A history without keys.
fn calm() -> Repo {
    let repo = Repo::new();
    for n in 0..6 {
        repo.commit_file(&format!("folder/{n}"), format!("text {n}\n"));
        repo.tick();
    }
    repo
}

fn with_keys(seed: &mut Seed) -> Repo {
    let repo = calm();
    repo.commit_file("keys", seed.pair().ini());
    repo.tick();
    repo.commit_file("keys", "gone\n");
    repo.commit_file("more/keys", seed.pair().ini());
    repo
}

#[test]
fn nothing_is_read_twice() {
    for pack in [false, true] {
        let repo = calm();
        if pack {
            repo.pack_all();
        }
        let cache = repo.root().join("cache");
        let first = same(repo.path(), &cache, &[], "first");
        assert_eq!(first.cached, 0);
        let settled = settle(repo.path(), &cache);
        assert_eq!(
            (settled.read, settled.cached),
            (0, first.read),
            "packed: {pack}"
        );

        repo.commit_file("folder/new", "new\n");
        let grown = same(repo.path(), &cache, &[], "grown");
        // git stamps anew what it would have written again; such loose objects are read again.
        let read = if pack { 4..=4 } else { 4..=12 };
        assert!(read.contains(&grown.read), "{grown:?}, packed: {pack}");
        assert_eq!(grown.read + grown.cached, first.read + 4);
        repo.pack_all();
        let moved = same(repo.path(), &cache, &[], "repacked");
        assert_eq!(
            (moved.read, moved.cached),
            (0, first.read + 4),
            "packed: {pack}"
        );
    }
}

#[test]
fn objects_with_keys_are_read_again_and_nothing_else() {
    let repo = with_keys(&mut Seed::new(700));
    repo.pack_all();
    let cache = repo.root().join("cache");
    let first = same(repo.path(), &cache, &[], "first");
    let settled = settle(repo.path(), &cache);
    assert_eq!((settled.read, settled.cached), (2, first.read - 2));
    same(
        repo.path(),
        &cache,
        &["--show-suppressed"],
        "with suppressed",
    );
    // History is asked anew: what has structure is read, known contents are not.
    repo.commit_file("folder/new", "new\n");
    let changed = same(repo.path(), &cache, &[], "changed");
    assert!(changed.cached >= 6, "{changed:?}");
    settle(repo.path(), &cache);
    repo.git(&["branch", "other", "HEAD~2"]);
    same(repo.path(), &cache, &[], "a new ref");
}

#[test]
fn a_key_that_comes_later_is_found() {
    let mut seed = Seed::new(701);
    let repo = calm();
    repo.pack_all();
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    repo.blob(seed.pair().ini());
    same(repo.path(), &cache, &[], "dangling");
    settle(repo.path(), &cache);
    repo.commit_file(&seed.pair().name(), "a key in a name\n");
    repo.git(&["branch", &seed.pair().name()]);
    same(repo.path(), &cache, &[], "in names");
    settle(repo.path(), &cache);
}

/// An object file that was taken away or damaged: where it lay, and what it held.
type Hurt = Option<(PathBuf, Vec<u8>)>;

/// One thing that happens to repositories.
fn happen(repo: &Repo, seed: &mut Seed) -> (String, Hurt) {
    let (n, step) = (seed.below(1000), seed.below(18));
    let (file, branch, tag) = (
        format!("f/{}", n % 7),
        format!("b{}", n % 3),
        format!("t{}", n % 3),
    );
    // Some of these have nothing to do; git then fails.
    let git = |args: &[&str]| drop(repo.attempt(args, b""));
    repo.tick();
    let mut hurt = None;
    match step {
        0 | 1 => drop(repo.commit_file(&file, seed.prose(300))),
        2 => drop(repo.commit_file(&file, seed.pair().ini())),
        3 => git(&["repack", "-q", "-adf"]),
        4 => git(&["gc", "-q", "--prune=now"]),
        5 => git(&["reflog", "expire", "--all", "--expire=now"]),
        6 => git(&["branch", "-f", &branch, "HEAD~1"]),
        7 => git(&["branch", "-D", &branch]),
        8 => git(&["commit", "-q", "--amend", "-m", &format!("amended {n}")]),
        9 => {
            repo.write("f/0", seed.pair().line());
            git(&["stash", "-q"]);
        }
        10 => {
            repo.write("staged", seed.prose(100));
            git(&["add", "staged"]);
        }
        11 => git(&["tag", "-f", "-m", &seed.pair().line(), &tag]),
        12 => drop(repo.blob(seed.pair().ini())),
        13 => repo.unpack_all(),
        14 => {
            hurt = hurt_loose(repo, "HEAD^{tree}", |path| {
                std::fs::remove_file(path).unwrap();
            });
        }
        15 => {
            hurt = hurt_loose(repo, "HEAD", |path| {
                edit(path, |bytes| bytes.truncate(bytes.len() / 2));
            });
        }
        16 => git(&["notes", "add", "-f", "-m", &format!("note {n}")]),
        _ => git(&["repack", "-q", "-d"]),
    }
    (format!("step {step}"), hurt)
}

/// Does something bad to a loose object, if it is one.
fn hurt_loose(repo: &Repo, rev: &str, harm: impl Fn(&Path)) -> Hurt {
    let path = repo.loose(&repo.id(rev));
    let bytes = std::fs::read(&path).ok()?;
    harm(&path);
    Some((path, bytes))
}

#[test]
fn whatever_happens_the_report_is_the_same() {
    for number in 0..4 {
        let mut seed = Seed::new(710 + number);
        let sha256 = ["--object-format=sha256"];
        let repo = Repo::with(if number == 1 { &sha256 } else { &[] });
        let keys = if number < 2 { 0 } else { 2 };
        generate(
            &repo,
            &mut seed,
            Shape {
                commits: 8,
                keys,
                skewed: false,
            },
        );
        repo.commit_file("f/0", "begin\n");
        let cache = repo.root().join("cache");
        for turn in 0..16 {
            let (what, hurt) = happen(&repo, &mut seed);
            let what = format!("seed {number}, turn {turn}: {what}");
            same(repo.path(), &cache, &[], &what);
            if let Some((path, bytes)) = hurt {
                same(repo.path(), &cache, &[], &format!("{what}, again"));
                std::fs::remove_file(&path).ok();
                std::fs::write(&path, bytes).unwrap();
                same(repo.path(), &cache, &[], &format!("{what}, undone"));
            }
        }
    }
}

#[test]
fn damage_that_comes_later_is_seen() {
    for seed in [None, Some(702)] {
        let repo = seed.map_or_else(calm, |seed| with_keys(&mut Seed::new(seed)));
        let pack = repo.pack_all();
        repo.commit_file("folder/loose", "loose\n");
        let cache = repo.root().join("cache");
        settle(repo.path(), &cache);
        let loose = repo.loose(&repo.id("HEAD:folder/loose"));
        let whole = std::fs::read(&loose).unwrap();
        edit(&loose, |bytes| bytes[8] ^= 0x55);
        assert!(run(repo.path(), &["--cache-dir", cache.to_str().unwrap()]).0 != Some(0));
        same(repo.path(), &cache, &[], "a loose object is damaged");
        std::fs::remove_file(&loose).unwrap();
        std::fs::write(&loose, whole).unwrap();
        settle(repo.path(), &cache);
        edit(&pack, |bytes| {
            let at = bytes.len() / 2;
            bytes[at] ^= 0x55;
        });
        let args = ["--cache-dir", cache.to_str().unwrap()];
        let (_, report) = run(repo.path(), &args);
        assert_eq!(report["complete"], false, "the pack is damaged");
        same(repo.path(), &cache, &[], "a pack is damaged");
    }
}

#[test]
fn forks_and_clones_share_what_they_know() {
    for seed in [None, Some(703)] {
        let repo = seed.map_or_else(calm, |seed| with_keys(&mut Seed::new(seed)));
        let cache = repo.root().join("cache");
        let all = same(repo.path(), &cache, &[], "the first");
        let fork = repo.clone_to("fork", &[]);
        fork.commit_file("folder/of-the-fork", "new\n");
        let counts = same(fork.path(), &cache, &[], "the fork");
        if seed.is_none() {
            assert_eq!(counts.read, 4, "of {all:?}");
        }
        assert!(counts.cached > 0);
        repo.commit_file("folder/of-the-first", "also\n");
        repo.git(&["fetch", "-q", fork.path().to_str().unwrap(), "main:theirs"]);
        same(repo.path(), &cache, &[], "the first has fetched");
        settle(repo.path(), &cache);
        settle(fork.path(), &cache);
        let shallow = repo.clone_to("shallow", &["--depth=1"]);
        same(shallow.path(), &cache, &[], "a shallow clone");
        settle(shallow.path(), &cache);
        shallow.git(&["fetch", "-q", "--unshallow"]);
        same(shallow.path(), &cache, &[], "not shallow any more");
        let borrower = repo.clone_to("borrower", &["--bare"]);
        let objects = repo.git_path("objects");
        let alternates = borrower.path().join("objects/info/alternates");
        std::fs::write(alternates, format!("{}\n", objects.display())).unwrap();
        same(borrower.path(), &cache, &[], "alternates");
        settle(borrower.path(), &cache);
    }
}

#[test]
fn by_default_repositories_learn_nothing_from_each_other() {
    let repo = calm();
    let fork = repo.clone_to("fork", &[]);
    let home = crate::support::keysweep::home();
    let read = |path: &Path| {
        let mut command = crate::support::keysweep::command(Path::new("/"), home.path());
        command.arg("sweep").arg(path).args(JSON);
        let output = crate::support::keysweep::finish(command);
        let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
        without_counts(&mut report)
    };
    assert_eq!(read(repo.path()).cached, 0);
    assert!(read(repo.path()).cached > 0);
    assert_eq!(read(fork.path()).cached, 0);
    assert!(read(fork.path()).cached > 0);
    assert!(home.path().join("cache/keysweep").is_dir());
}

#[test]
fn submodules_remember_for_themselves() {
    let part = with_keys(&mut Seed::new(704));
    let repo = calm();
    let url = part.path().to_str().unwrap();
    repo.git(&["submodule", "add", "-q", url, "part"]);
    repo.commit("with a part");
    let cache = repo.root().join("cache");
    let args = ["--recurse-submodules"];
    same(repo.path(), &cache, &args, "first");
    come_to_rest(repo.path());
    same(repo.path(), &cache, &args, "second");
    let counts = same(repo.path(), &cache, &args, "third");
    assert_eq!(counts.read, 2, "{counts:?}");
    let inside = repo.path().join("cache");
    same(repo.path(), &inside, &args, "refused for all");
    assert!(!inside.exists());
}

#[test]
fn other_options_know_nothing() {
    let repo = calm();
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    for args in [&["--full-scan"][..], &["--max-object-size", "1m"]] {
        let counts = same(repo.path(), &cache, args, "other options");
        assert_eq!(counts.cached, 0, "{args:?}");
    }
    let refs = same(repo.path(), &cache, &["--refs", "main"], "a part");
    assert_eq!(refs.cached, 0);
}
