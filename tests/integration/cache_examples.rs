//! What a cache remembers of published examples: where only they stand need not be read again, and
//! the report is the same.

use std::path::Path;

use crate::cache::{come_to_rest, same, settle};
use crate::cache_files::files;
use crate::support::repo::Repo;
use crate::support::seed::Seed;

/// A published pair, as a page of documentation shows it, and a link that somebody signed.
fn page(seed: &mut Seed) -> String {
    let mut prose = || String::from_utf8_lossy(&seed.prose(40)).into_owned();
    format!(
        "{}\n[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
         aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n{}\n\
         https://b.s3.amazonaws.com/o?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=\
         AKIAI44QH8DHBEXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&\
         X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400\n",
        prose(),
        prose()
    )
}

/// Only the ID.
const ID_ALONE: &str = "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\n";

/// Four pages, a page with a real key, and a file with one.
fn documented(seed: &mut Seed) -> Repo {
    let repo = Repo::new();
    for n in 0..4 {
        repo.commit_file(&format!("doc/{n}"), page(seed));
        repo.tick();
    }
    repo.commit_file("doc/mixed", page(seed) + &seed.pair().ini());
    repo.commit_file("folder/keys", seed.pair().ini());
    repo.commit_file("plain", "plain\n");
    repo.pack_all();
    repo
}

fn is_named(cache: &Path, value: &str) -> bool {
    let holds = |bytes: Vec<u8>| bytes.windows(value.len()).any(|w| w == value.as_bytes());
    let mut files = files(cache).into_iter();
    files.any(|path| holds(std::fs::read(path).unwrap()))
}

#[test]
fn where_only_examples_stand_is_not_read_again() {
    let mut seed = Seed::new(770);
    let repo = documented(&mut seed);
    let cache = repo.root().join("cache");
    let first = same(repo.path(), &cache, &[], "first");
    let settled = settle(repo.path(), &cache);
    assert_eq!((settled.read, settled.cached), (2, first.read - 2));
    assert!(!is_named(&cache, "EXAMPLE"));
    // More is asked of them then, and this is remembered as well.
    for what in ["more", "more again"] {
        same(repo.path(), &cache, &["--show-suppressed"], what);
    }
    same(repo.path(), &cache, &[], "less again");
    settle(repo.path(), &cache);
    repo.commit_file("doc/new", page(&mut seed));
    come_to_rest(repo.path());
    let grown = same(repo.path(), &cache, &[], "a new page");
    assert!(grown.read <= 7, "{grown:?}");
    let settled = settle(repo.path(), &cache);
    assert_eq!(settled.read, 2);
    repo.pack_all();
    same(repo.path(), &cache, &[], "packed anew");
    assert_eq!(settle(repo.path(), &cache).read, 2);
}

#[test]
fn a_secret_that_comes_later_may_belong_to_an_example() {
    let mut seed = Seed::new(771);
    let repo = Repo::new();
    repo.commit_file("folder/id", ID_ALONE);
    repo.pack_all();
    let cache = repo.root().join("cache");
    assert_eq!(settle(repo.path(), &cache).read, 0);
    let secret = seed.pair().secret;
    repo.commit_file(
        "folder/secret",
        format!("aws_secret_access_key = {secret}\n"),
    );
    same(repo.path(), &cache, &[], "a secret beside it");
    settle(repo.path(), &cache);
    repo.commit_file(
        "folder/id",
        format!("{ID_ALONE}aws_secret_access_key = {secret}\n"),
    );
    same(repo.path(), &cache, &[], "a secret below it");
    settle(repo.path(), &cache);
}

#[test]
fn examples_count_against_the_bound_on_hits() {
    let repo = documented(&mut Seed::new(773));
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    for max in ["1", "3", "8", "14", "100"] {
        same(repo.path(), &cache, &["--max-hits", max], max);
    }
}

#[test]
fn examples_that_are_gone_are_forgotten() {
    let mut seed = Seed::new(772);
    let repo = documented(&mut seed);
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    repo.git(&["reset", "-q", "--hard", "HEAD~4"]);
    repo.git(&["reflog", "expire", "--all", "--expire=now"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    let args = ["--show-suppressed"];
    same(repo.path(), &cache, &[], "collected");
    same(repo.path(), &cache, &args, "collected, in full");
    settle(repo.path(), &cache);
}

/// One of the things that happen where examples are.
fn happen(repo: &Repo, seed: &mut Seed) -> String {
    let file = format!("f{}/{}", seed.below(2), seed.below(3));
    let git = |args: &[&str]| drop(repo.attempt(args, b""));
    let step = seed.below(9);
    repo.tick();
    match step {
        0 | 1 => drop(repo.commit_file(&file, page(seed))),
        2 => drop(repo.commit_file(&file, ID_ALONE)),
        3 => drop(repo.commit_file(&file, page(seed) + &seed.pair().ini())),
        4 => {
            let secret = seed.pair().secret;
            repo.commit_file(&file, format!("aws_secret_access_key = {secret}\n"));
        }
        5 => git(&["repack", "-q", "-ad"]),
        6 => git(&["gc", "-q", "--prune=now"]),
        7 => git(&["reset", "-q", "--hard", "HEAD~1"]),
        _ => git(&["mv", "f0", &format!("moved{}", seed.below(100))]),
    }
    format!("step {step}")
}

#[test]
fn whatever_happens_to_examples_the_report_is_the_same() {
    for number in 0..3 {
        let mut seed = Seed::new(780 + number);
        let repo = documented(&mut seed);
        let cache = repo.root().join("cache");
        for turn in 0..14 {
            let what = happen(&repo, &mut seed);
            let what = format!("seed {number}, turn {turn}: {what}");
            come_to_rest(repo.path());
            let args: &[&str] = match seed.below(5) {
                0 => &["--show-suppressed"],
                _ => &[],
            };
            same(repo.path(), &cache, args, &what);
        }
    }
}
