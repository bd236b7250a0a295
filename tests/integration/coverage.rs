//! One planted key in each place where git can keep one: found there, at the exact bytes.

use crate::support::expect::{Place, assert_pair, healthy};
use crate::support::json::Finding;
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// A repository with one clean commit.
fn start() -> Repo {
    let repo = Repo::new();
    repo.commit_file("README.md", "nothing to see\n");
    repo
}

fn pair(seed: u64) -> Pair {
    Seed::new(seed).pair()
}

fn at_head(finding: Finding<'_>) -> bool {
    finding.0["exposure"]["at_head"]
        .as_bool()
        .expect("at_head is a boolean")
}

fn reachable(finding: Finding<'_>) -> bool {
    finding.0["exposure"]["reachable"]
        .as_bool()
        .expect("reachable is a boolean")
}

fn refs(finding: Finding<'_>) -> Vec<String> {
    crate::support::json::texts(finding.0, "/exposure/refs")
}

#[test]
fn blob_at_head() {
    let (repo, pair) = (start(), pair(1));
    let commit = repo.commit_file("config/aws.ini", pair.ini());
    let blob = repo.id("HEAD:config/aws.ini");
    let report = healthy(&repo);
    let place = Place::file(&blob, "config/aws.ini", &commit);
    let finding = assert_pair(&repo, &report, &pair, place);
    assert_eq!(finding.text("/kind"), Some("aws-access-key"));
    assert_eq!(finding.text("/confidence"), Some("high"));
    assert_eq!(refs(finding), ["refs/heads/main"]);
    assert!(at_head(finding) && reachable(finding));
}

#[test]
fn deleted_file() {
    let (repo, pair) = (start(), pair(2));
    let commit = repo.commit_file(".env", pair.ini());
    let blob = repo.id("HEAD:.env");
    repo.git(&["rm", "-q", ".env"]);
    let removal = repo.commit_index("Remove it");
    repo.commit_file("later", "later\n");
    let report = healthy(&repo);
    let finding = assert_pair(&repo, &report, &pair, Place::file(&blob, ".env", &commit));
    assert!(!at_head(finding) && reachable(finding));
    assert_eq!(
        finding.text("/exposure/removed/commit"),
        Some(removal.as_str())
    );
}

#[test]
fn other_branch() {
    let (repo, pair) = (start(), pair(3));
    repo.git(&["switch", "-q", "-c", "feature/x"]);
    let commit = repo.commit_file("k", pair.ini());
    let blob = repo.id("HEAD:k");
    repo.git(&["switch", "-q", "main"]);
    let report = healthy(&repo);
    let finding = assert_pair(&repo, &report, &pair, Place::file(&blob, "k", &commit));
    assert_eq!(refs(finding), ["refs/heads/feature/x"]);
    assert!(!at_head(finding));
}

#[test]
fn refs_outside_of_heads() {
    for name in [
        "refs/tags/v1",
        "refs/pull/1/head",
        "refs/remotes/origin/x",
        "refs/any/thing",
    ] {
        let (repo, pair) = (start(), pair(4));
        repo.git(&["switch", "-q", "--detach"]);
        let commit = repo.commit_file("k", pair.ini());
        let blob = repo.id("HEAD:k");
        repo.git(&["update-ref", name, &commit]);
        repo.git(&["switch", "-q", "main"]);
        let report = healthy(&repo);
        let finding = assert_pair(&repo, &report, &pair, Place::file(&blob, "k", &commit));
        assert_eq!(refs(finding), [name]);
        let remotes = crate::support::json::texts(finding.0, "/exposure/pushed_to");
        let pushed = name.starts_with("refs/remotes/");
        assert_eq!(remotes, if pushed { vec!["origin"] } else { vec![] });
    }
}

#[test]
fn note() {
    let (repo, pair) = (start(), pair(5));
    repo.git(&["notes", "add", "-m", &pair.line(), "HEAD"]);
    let tree = repo.git(&["ls-tree", "-r", "refs/notes/commits"]);
    let blob = tree.split_whitespace().nth(2).unwrap();
    let commit = repo.id("refs/notes/commits");
    let report = healthy(&repo);
    let place = Place {
        commit: Some(&commit),
        ..Place::blob(blob)
    };
    let finding = assert_pair(&repo, &report, &pair, place);
    assert_eq!(refs(finding), ["refs/notes/commits"]);
}

#[test]
fn evil_merge() {
    let (repo, pair) = (start(), pair(6));
    repo.git(&["switch", "-q", "-c", "side"]);
    repo.commit_file("side", "s\n");
    repo.git(&["switch", "-q", "main"]);
    repo.commit_file("mine", "m\n");
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    let merge = repo.commit_file("evil", pair.ini());
    let blob = repo.id("HEAD:evil");
    assert_eq!(
        repo.git(&["log", "-1", "--format=%P"]).split(' ').count(),
        2
    );
    let report = healthy(&repo);
    assert_pair(&repo, &report, &pair, Place::file(&blob, "evil", &merge));
}

#[test]
fn octopus_merge() {
    let (repo, pair) = (start(), pair(7));
    for branch in ["a", "b", "c"] {
        repo.git(&["switch", "-q", "-c", branch, "main"]);
        repo.commit_file(branch, branch);
    }
    repo.git(&["switch", "-q", "main"]);
    repo.tick();
    repo.git(&["merge", "-q", "--no-ff", "-m", "octopus", "a", "b", "c"]);
    repo.write("evil", pair.ini());
    repo.git(&["add", "evil"]);
    repo.git(&["commit", "-q", "--amend", "--no-edit"]);
    let merge = repo.id("HEAD");
    assert_eq!(
        repo.git(&["log", "-1", "--format=%P"]).split(' ').count(),
        4
    );
    let blob = repo.id("HEAD:evil");
    let report = healthy(&repo);
    assert_pair(&repo, &report, &pair, Place::file(&blob, "evil", &merge));
}

#[test]
fn commit_message() {
    let (repo, pair) = (start(), pair(8));
    let commit = repo.commit_index(&format!("Fix\n\n{}", pair.ini()));
    let report = healthy(&repo);
    assert_pair(
        &repo,
        &report,
        &pair,
        Place::field(&commit, "commit", "message"),
    );
}

/// A commit object made by hand: HEAD's, with one line changed or added.
fn crafted_commit(repo: &Repo, change: impl FnOnce(String) -> String) -> String {
    let commit = String::from_utf8(repo.content("HEAD")).unwrap();
    let id = repo.object("commit", change(commit).as_bytes());
    repo.git(&["update-ref", "refs/heads/crafted", &id]);
    id
}

#[test]
fn author_and_committer_lines() {
    for (field, name) in [("author", "A U Thor"), ("committer", "C O Mitter")] {
        let (repo, pair) = (start(), pair(9));
        let id = crafted_commit(&repo, |commit| commit.replace(name, &pair.line()));
        let report = healthy(&repo);
        assert_pair(&repo, &report, &pair, Place::field(&id, "commit", field));
    }
}

#[test]
fn extra_commit_headers() {
    for name in ["gpgsig", "x-unknown"] {
        let (repo, pair) = (start(), pair(10));
        let body = pair.ini().trim_end().replace('\n', "\n ");
        let header = format!("{name} -----BEGIN SOMETHING-----\n {body}\n -----END SOMETHING-----");
        let id = crafted_commit(&repo, |c| c.replacen("\n\n", &format!("\n{header}\n\n"), 1));
        let report = healthy(&repo);
        assert_pair(&repo, &report, &pair, Place::field(&id, "commit", "header"));
    }
}

#[test]
fn tag_message_and_tagger() {
    let (repo, pair) = (start(), pair(11));
    repo.git(&["tag", "-a", "-m", &pair.ini(), "v1"]);
    let tag = repo.id("refs/tags/v1");
    let other = Seed::new(12).pair();
    let content = String::from_utf8(repo.content(&tag)).unwrap();
    let content = content
        .replace("C O Mitter", &other.line())
        .replace(&pair.ini(), "clean\n");
    let tagger = repo.object("tag", content.as_bytes());
    repo.git(&["update-ref", "refs/tags/v2", &tagger]);
    let report = healthy(&repo);
    assert_pair(&repo, &report, &pair, Place::field(&tag, "tag", "message"));
    assert_pair(
        &repo,
        &report,
        &other,
        Place::field(&tagger, "tag", "tagger"),
    );
}

#[test]
fn tag_of_a_blob_and_of_a_tree() {
    let repo = start();
    let (one, two) = (pair(13), pair(14));
    let blob = repo.blob(one.ini());
    repo.git(&["tag", "-a", "-m", "a blob", "blobby", &blob]);
    let inner = repo.blob(two.ini());
    let tree = repo.tree("100644", &inner, "aws.ini");
    repo.git(&["tag", "-a", "-m", "a tree", "treeish", &tree]);
    let report = healthy(&repo);
    let finding = assert_pair(&repo, &report, &one, Place::blob(&blob));
    assert!(reachable(finding));
    assert_eq!(refs(finding), ["refs/tags/blobby"]);
    let finding = assert_pair(&repo, &report, &two, Place::blob(&inner));
    assert!(reachable(finding));
    assert_eq!(refs(finding), ["refs/tags/treeish"]);
}

#[test]
fn stash_top_older_and_untracked() {
    let repo = start();
    repo.commit_file("k", "clean\n");
    let (older, top, untracked) = (pair(15), pair(16), pair(17));
    for pair in [&older, &top] {
        repo.tick();
        repo.write("k", pair.ini());
        repo.git(&["stash", "push", "-q"]);
    }
    repo.tick();
    repo.write("u.env", untracked.ini());
    repo.git(&["stash", "push", "-q", "-u"]);
    let report = healthy(&repo);
    for (pair, rev, path) in [
        (&older, "stash@{2}", "k"),
        (&top, "stash@{1}", "k"),
        (&untracked, "stash@{0}^3", "u.env"),
    ] {
        let (commit, blob) = (repo.id(rev), repo.id(&format!("{rev}:{path}")));
        let finding = assert_pair(&repo, &report, pair, Place::file(&blob, path, &commit));
        assert!(!at_head(finding));
        assert_eq!(
            reachable(finding),
            rev == "stash@{0}^3",
            "refs/stash holds the top only"
        );
    }
}

#[test]
fn reflog_only() {
    let (repo, pair) = (start(), pair(18));
    let commit = repo.commit_file("k", pair.ini());
    let blob = repo.id("HEAD:k");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    std::fs::remove_file(repo.git_path("ORIG_HEAD")).unwrap();
    let report = healthy(&repo);
    let finding = assert_pair(&repo, &report, &pair, Place::file(&blob, "k", &commit));
    assert!(!reachable(finding) && refs(finding).is_empty());
}

#[test]
fn dangling_blob_tree_and_commit() {
    let repo = start();
    let (first, second, third) = (pair(19), pair(20), pair(21));
    let blob = repo.blob(first.ini());
    let in_tree = repo.blob(second.ini());
    repo.tree("100644", &in_tree, "k");
    let in_commit = repo.blob(third.ini());
    let root = repo.tree("100644", &in_commit, "k");
    repo.commit_tree(&root, &[], "dangling");
    let report = healthy(&repo);
    for (pair, blob) in [(&first, &blob), (&second, &in_tree), (&third, &in_commit)] {
        let finding = assert_pair(&repo, &report, pair, Place::blob(blob));
        assert!(!reachable(finding) && !at_head(finding) && refs(finding).is_empty());
    }
}

#[test]
fn cruft_pack() {
    let (repo, pair) = (start(), pair(22));
    let blob = repo.blob(pair.ini());
    repo.git(&["repack", "-q", "-d", "--cruft"]);
    assert!(!repo.loose(&blob).exists());
    assert!(
        repo.packs()
            .iter()
            .any(|pack| pack.with_extension("mtimes").exists())
    );
    let report = healthy(&repo);
    assert_pair(&repo, &report, &pair, Place::blob(&blob));
}

#[test]
fn staged_only() {
    let (repo, pair) = (start(), pair(23));
    repo.write("k", pair.ini());
    repo.git(&["add", "k"]);
    let blob = repo.id(":k");
    let report = healthy(&repo);
    let finding = assert_pair(&repo, &report, &pair, Place::blob(&blob));
    assert!(!reachable(finding) && !at_head(finding));
}

#[test]
fn conflicted_and_split_index() {
    let (repo, pair) = (start(), pair(24));
    let blob = repo.blob(pair.ini());
    let stages = format!("100644 {blob} 1\tk\n100644 {blob} 3\tk\n");
    repo.feed(&["update-index", "--index-info"], stages.as_bytes());
    repo.git(&["update-index", "--split-index"]);
    let report = healthy(&repo);
    assert_pair(&repo, &report, &pair, Place::blob(&blob));
}

#[test]
fn other_worktrees_head_and_index() {
    let repo = start();
    let (one, two) = (pair(25), pair(26));
    repo.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = repo.beside("linked");
    let commit = linked.commit_file("k", one.ini());
    std::fs::remove_dir_all(linked.git_path("logs")).unwrap();
    linked.write("staged", two.ini());
    linked.git(&["add", "staged"]);
    let (committed, staged) = (linked.id("HEAD:k"), linked.id(":staged"));
    let report = healthy(&repo);
    assert_pair(&repo, &report, &one, Place::file(&committed, "k", &commit));
    assert_pair(&repo, &report, &two, Place::blob(&staged));
}
