//! Complete, healthy clones of every shape exit 0: a gap where nothing is missing is an error.

use crate::support::keysweep::sweep_json;
use crate::support::repo::Repo;
use crate::support::seed::Seed;

/// A clean repository with a branch, a merge, tags, a note and some size.
fn busy() -> Repo {
    let repo = Repo::new();
    let mut seed = Seed::new(95);
    for n in 0..6 {
        repo.commit_file(&format!("dir{n}/file"), seed.prose(800));
    }
    repo.git(&["switch", "-q", "-c", "side", "HEAD~2"]);
    repo.commit_file("side", "side\n");
    repo.git(&["switch", "-q", "main"]);
    repo.tick();
    repo.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    repo.git(&["tag", "-a", "-m", "one", "v1"]);
    repo.git(&["tag", "light", "HEAD~1"]);
    repo.git(&["notes", "add", "-m", "a note", "HEAD"]);
    repo
}

#[track_caller]
fn assert_clean(repo: &Repo) {
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(0);
    assert!(
        report.complete() && report.gaps().is_empty(),
        "{:#?}",
        report.gaps()
    );
}

#[test]
fn clones() {
    let origin = busy();
    assert_clean(&origin);
    for (name, args) in [
        ("plain", &[][..]),
        ("mirror", &["--mirror"]),
        ("bare", &["--bare"]),
        ("single", &["--single-branch"]),
        ("no-tags", &["--no-tags"]),
        ("no-checkout", &["--no-checkout"]),
        ("deep-enough", &["--depth", "1000"]),
    ] {
        assert_clean(&origin.clone_to(name, args));
    }
}

#[test]
fn after_gc() {
    let repo = busy();
    repo.git(&["gc", "-q"]);
    assert_clean(&repo);
    repo.git(&["gc", "-q", "--prune=now", "--aggressive"]);
    assert_clean(&repo);
}

#[test]
fn after_expiry_and_prune() {
    let repo = busy();
    repo.commit_file("gone", "gone\n");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    let orig = repo.git_path("ORIG_HEAD");
    assert!(
        orig.exists(),
        "ORIG_HEAD names a commit that is gone, which is no gap"
    );
    assert_clean(&repo);
}

#[test]
fn after_expiry_of_the_older_half_of_a_reflog() {
    let repo = busy();
    repo.commit_file("gone", "gone\n");
    let gone = repo.id("HEAD");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.commit_file("next", "next\n");
    // What is left of the log begins with a line whose old side may be pruned.
    repo.git(&["reflog", "delete", "--updateref", "HEAD@{2}"]);
    repo.git(&["reflog", "delete", "main@{2}"]);
    repo.git(&["reflog", "delete", "main@{1}"]);
    repo.git(&["reflog", "delete", "HEAD@{1}"]);
    repo.git(&["prune", "--expire=now"]);
    let present = repo
        .attempt(&["cat-file", "-e", &gone], b"")
        .status
        .success();
    assert!(!present, "the fixture does what it says");
    assert_clean(&repo);
}

#[test]
fn submodules_and_intent_to_add() {
    let repo = busy();
    let elsewhere = "0123456789abcdef0123456789abcdef01234567";
    repo.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{elsewhere},sub"),
    ]);
    repo.commit_index("A submodule");
    assert_clean(&repo);
    repo.write("soon", "not yet\n");
    repo.git(&["add", "-N", "soon"]);
    assert_clean(&repo);
}

#[test]
fn worktrees_bisect_and_a_detached_head() {
    let repo = busy();
    repo.git(&["worktree", "add", "-q", "--detach", "../linked", "HEAD~1"]);
    repo.git(&["switch", "-q", "--detach", "HEAD~1"]);
    repo.git(&["bisect", "start", "main", "HEAD~3"]);
    assert_clean(&repo);
    std::fs::remove_dir_all(repo.root().join("linked")).unwrap();
    assert_clean(&repo);
}

#[test]
fn stopped_merge() {
    let repo = Repo::new();
    repo.commit_file("f", "base\n");
    repo.git(&["switch", "-q", "-c", "side"]);
    repo.commit_file("f", "theirs\n");
    repo.git(&["switch", "-q", "main"]);
    repo.commit_file("f", "ours\n");
    assert!(!repo.attempt(&["merge", "-q", "side"], b"").status.success());
    assert!(repo.git_path("MERGE_HEAD").exists());
    assert_clean(&repo);
}

#[test]
fn shared_and_referenced_clones() {
    let origin = busy();
    origin.git(&["clone", "-q", "--shared", ".", "../borrower"]);
    assert_clean(&origin.beside("borrower"));
    assert_clean(&origin.clone_to("referenced", &["--reference", "../repo"]));
}

#[test]
fn sha256_and_reftable() {
    for init in ["--object-format=sha256", "--ref-format=reftable"] {
        let repo = Repo::with(&[init]);
        assert_clean(&repo);
        repo.commit_file("a", "a\n");
        repo.git(&["tag", "-a", "-m", "one", "v1"]);
        assert_clean(&repo);
        repo.git(&["gc", "-q", "--prune=now"]);
        assert_clean(&repo);
        assert_clean(&repo.clone_to("clone", &["--mirror"]));
    }
}
