//! What a cache remembers of history: new commits, moved and deleted refs are told of as if
//! everything had been read, and old commits are not read for it.

use std::path::{Path, PathBuf};

use crate::cache::{Counts, come_to_rest, same, settle};
use crate::patterns::keys::Keys;
use crate::support::repo::{Repo, edit};
use crate::support::seed::Seed;

/// A packed history with keys in several folders, one of them changed and taken out, and a cache
/// that knows it.
fn known(seed: &mut Seed) -> (Repo, PathBuf) {
    let repo = Repo::new();
    let pairs: Vec<_> = (0..3).map(|_| seed.plain_pair()).collect();
    for n in 0..12 {
        repo.commit_file(&format!("folder/{}/{n}", n % 3), format!("text {n}\n"));
        repo.tick();
    }
    repo.commit_file("folder/keys", pairs[0].ini());
    repo.git(&["branch", "side"]);
    repo.commit_file("other/deep/er/keys", pairs[1].ini());
    repo.commit_file("folder/keys", format!("# moved\n{}", pairs[0].ini()));
    repo.git(&["rm", "-q", "folder/keys"]);
    repo.commit(&format!("without\n\n{}", pairs[2].line()));
    repo.git(&["tag", "-m", "one", "v1"]);
    repo.pack_all();
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    (repo, cache)
}

/// Compares, and sees to it that only a few objects were read.
#[track_caller]
fn few(repo: &Repo, cache: &Path, what: &str, read_max: u64) -> Counts {
    come_to_rest(repo.path());
    let counts = same(repo.path(), cache, &[], what);
    assert!(counts.read <= read_max, "{what}: {counts:?}");
    counts
}

#[test]
fn new_commits_are_traced_without_reading_old_ones() {
    let mut seed = Seed::new(740);
    let (repo, cache) = known(&mut seed);
    // Four objects with hits, and what each commit brings.
    repo.commit_file("new", "nothing\n");
    few(&repo, &cache, "nothing of interest", 7);
    repo.commit_file("folder/keys", seed.plain_pair().ini());
    few(&repo, &cache, "a new key", 12);
    let old = repo.git(&["show", "HEAD~2^:folder/keys"]);
    repo.commit_file("folder/again", format!("{old}\n"));
    few(&repo, &cache, "an old key comes back", 17);
    repo.git(&["mv", "other/deep", "elsewhere"]);
    repo.commit("moved");
    few(&repo, &cache, "an old folder moves", 21);
    repo.git(&["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    few(&repo, &cache, "a merge", 25);
    repo.git(&["revert", "-n", "HEAD~1"]);
    repo.commit("back");
    few(&repo, &cache, "undone", 30);
}

#[test]
fn a_private_key_counts_once_a_key_pair_is_named() {
    let mut seed = Seed::new(742);
    let mut pem = || Keys::new(seed.next()).pem("RSA PRIVATE");
    let repo = Repo::new();
    repo.commit_file("folder/plain", "plain\n");
    repo.tick();
    repo.commit_file("folder/one.pem", pem());
    repo.tick();
    repo.commit_file("other/two.pem", pem());
    repo.pack_all();
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    // Two private keys, which nobody asks history about, and what the commit brings.
    repo.commit_file("folder/plain", "more\n");
    few(&repo, &cache, "nothing of interest", 6);
    let name = seed.key_id("APKA");
    repo.commit_file("folder/urls", format!("Key-Pair-Id={name}\n"));
    come_to_rest(repo.path());
    same(repo.path(), &cache, &[], "a name in a file");
    settle(repo.path(), &cache);
    repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    same(repo.path(), &cache, &[], "no name any more but in the log");
    settle(repo.path(), &cache);
    repo.commit_file(&format!("other/pk-{name}.pem"), "none\n");
    come_to_rest(repo.path());
    same(repo.path(), &cache, &[], "a name in a name");
}

#[test]
fn refs_may_go_anywhere() {
    let mut seed = Seed::new(741);
    let (repo, cache) = known(&mut seed);
    repo.git(&["branch", "-f", "side", "HEAD~1"]);
    same(repo.path(), &cache, &[], "forced");
    few(&repo, &cache, "forced, again", 4);
    repo.git(&["branch", "-D", "side"]);
    same(repo.path(), &cache, &[], "a branch was deleted");
    repo.git(&["tag", "-d", "v1"]);
    same(repo.path(), &cache, &[], "a tag was deleted");
    repo.git(&["commit", "-q", "--amend", "-m", "amended"]);
    same(repo.path(), &cache, &[], "amended");
    repo.git(&["reset", "-q", "--hard", "HEAD~3"]);
    same(repo.path(), &cache, &[], "reset");
    repo.commit_file("keys", seed.plain_pair().ini());
    same(repo.path(), &cache, &[], "another way");
    repo.git(&["update-ref", "refs/tags/all", &repo.id("HEAD^{tree}")]);
    same(repo.path(), &cache, &[], "a ref to a tree");
    repo.git(&["update-ref", "-d", "refs/tags/all"]);
    repo.git(&["checkout", "-q", "--orphan", "new"]);
    repo.commit("a second root");
    same(repo.path(), &cache, &[], "orphan");
    repo.git(&["branch", "-D", "main"]);
    same(repo.path(), &cache, &[], "only reflogs");
    repo.git(&["reflog", "expire", "--all", "--expire=now"]);
    same(repo.path(), &cache, &[], "dangling");
    repo.git(&["gc", "-q", "--prune=now"]);
    same(repo.path(), &cache, &[], "gone");
    settle(repo.path(), &cache);
}

#[test]
fn what_is_missing_is_told_from_memory() {
    let mut seed = Seed::new(742);
    let repo = Repo::new();
    repo.commit_file("folder/keys", seed.plain_pair().ini());
    repo.commit_file("folder/lost", "lost\n");
    let (lost, path) = (
        repo.id("HEAD:folder/lost"),
        repo.loose(&repo.id("HEAD:folder/lost")),
    );
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    repo.git(&["rm", "-q", "--cached", "folder/lost"]);
    repo.git(&["commit", "-q", "-m", "without"]);
    few(&repo, &cache, "a new commit", 6);
    std::fs::write(&path, bytes).unwrap();
    same(repo.path(), &cache, &[], "it came back");
    few(&repo, &cache, "it is known now", 2);
    std::fs::remove_file(repo.loose(&lost)).unwrap();
    same(repo.path(), &cache, &[], "it went again");
}

#[test]
fn what_is_missing_and_named_no_more_is_forgotten() {
    let mut seed = Seed::new(745);
    let repo = Repo::new();
    repo.commit_file("keys", seed.plain_pair().ini());
    repo.write("staged", "lost\n");
    repo.git(&["add", "staged"]);
    let lost = repo.id(":staged");
    std::fs::remove_file(repo.loose(&lost)).unwrap();
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    repo.git(&["reset", "-q"]);
    repo.write("staged", "another\n");
    repo.git(&["add", "staged"]);
    few(&repo, &cache, "unstaged", 3);
    // A dangling tree names it again.
    let line = format!("100644 blob {lost}\tx\n");
    repo.feed(&["mktree", "--missing"], line.as_bytes());
    few(&repo, &cache, "named by what dangles", 4);
    settle(repo.path(), &cache);
}

#[test]
fn what_dangles_has_the_same_paths_wherever_it_lies() {
    let mut seed = Seed::new(743);
    let repo = Repo::new();
    repo.commit_file("a", "nothing\n");
    let blob = repo.blob(seed.plain_pair().ini());
    let tree = |line: String| {
        let id = repo.feed(&["mktree"], format!("{line}\n").as_bytes());
        String::from_utf8(id).unwrap().trim().to_owned()
    };
    let inner = tree(format!("100644 blob {blob}\tkeys"));
    let outer = tree(format!("040000 tree {inner}\tfolder"));
    let cache = repo.root().join("cache");
    same(repo.path(), &cache, &[], "loose");
    let pack = repo.git_path("objects/pack/pack");
    let args = ["pack-objects", "-q", pack.to_str().unwrap()];
    repo.feed(&args, format!("{inner}\n{outer}\n").as_bytes());
    repo.git(&["prune-packed"]);
    same(repo.path(), &cache, &[], "packed");
    let upper = tree(format!("040000 tree {inner}\tother"));
    same(repo.path(), &cache, &[], "one more above");
    repo.feed(&args, format!("{upper}\n").as_bytes());
    repo.git(&["prune-packed"]);
    repo.commit_file("b", "nothing\n");
    same(repo.path(), &cache, &[], "packed, and a commit");
    settle(repo.path(), &cache);
}

#[test]
fn what_hangs_on_damage_is_damaged_whether_remembered_or_not() {
    let mut seed = Seed::new(744);
    let repo = Repo::new();
    let mut text = seed.prose(4000);
    for n in 0..6 {
        text.extend(format!("line {n}\n").bytes());
        repo.commit_file("file", &text);
    }
    let pack = repo.pack_all();
    let index = pack.with_extension("idx");
    // A line is: name, kind, size, size in the pack, offset, and of a delta depth and base.
    let listed = repo.git(&["verify-pack", "-v", index.to_str().unwrap()]);
    let rows: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|row: &Vec<&str>| row.get(1) == Some(&"blob"))
        .collect();
    let base = rows.iter().find_map(|row| row.get(6)).unwrap();
    let row = rows.iter().find(|row| row[0] == *base).unwrap();
    let (len, start): (usize, usize) = (row[3].parse().unwrap(), row[4].parse().unwrap());
    let cache = repo.root().join("cache");
    settle(repo.path(), &cache);
    edit(&pack, |bytes| bytes[start + len - 2] ^= 0x55);
    same(repo.path(), &cache, &[], "a base is damaged");
    repo.commit_file("keys", seed.plain_pair().ini());
    same(repo.path(), &cache, &[], "and a commit came");
}

/// One of the things that move history.
fn happen(repo: &Repo, seed: &mut Seed) -> &'static str {
    let n = seed.below(5);
    let branch = format!("b{}", seed.below(3));
    let file = format!("f{}/{n}", seed.below(3));
    // Some of these have nothing to do; git then fails.
    let git = |args: &[&str]| drop(repo.attempt(args, b""));
    repo.tick();
    match seed.below(12) {
        0 => drop(repo.commit_file(&file, seed.plain_pair().ini())),
        1 => drop(repo.commit_file(&file, seed.prose(80))),
        2 => {
            // A key that stood elsewhere before.
            let old = repo.attempt(&["log", "--all", "-1", "--skip", "3", "--format=%H"], b"");
            let old = String::from_utf8(old.stdout).unwrap();
            git(&["checkout", "-q", old.trim(), "--", "."]);
            repo.commit("taken over");
        }
        3 => {
            git(&[
                "merge", "-q", "-X", "ours", "--no-ff", "-m", "merged", &branch,
            ]);
            git(&["merge", "--abort"]);
        }
        4 => git(&["branch", "-f", &branch, "HEAD~1"]),
        5 => git(&["branch", "-D", &branch]),
        6 => git(&["checkout", "-q", "-f", &branch]),
        7 => git(&["commit", "-q", "--amend", "-m", "amended"]),
        8 => git(&["reset", "-q", "--hard", "HEAD~2"]),
        9 => git(&["mv", "f0", &format!("moved{n}")]),
        10 => git(&["tag", "-f", "-m", &seed.plain_pair().line(), &branch]),
        _ => git(&["repack", "-q", "-ad"]),
    }
    "a step"
}

#[test]
fn whatever_happens_to_history_the_report_is_the_same() {
    for number in 0..3 {
        let mut seed = Seed::new(750 + number);
        let (repo, cache) = known(&mut seed);
        for turn in 0..20 {
            let what = happen(&repo, &mut seed);
            come_to_rest(repo.path());
            same(
                repo.path(),
                &cache,
                &[],
                &format!("seed {number}, turn {turn}: {what}"),
            );
        }
    }
}
