//! What a report says about who else has a key: only what git's own traces tell.

use crate::support::expect::{healthy, healthy_at};
use crate::support::json::{Finding, texts};
use crate::support::keysweep::sweep;
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

fn pair(seed: u64) -> Pair {
    Seed::new(seed).pair()
}

fn pushed(finding: Finding<'_>) -> (&str, Vec<String>) {
    let word = finding.text("/exposure/pushed").expect("pushed is a word");
    (word, texts(finding.0, "/exposure/pushed_to"))
}

/// A clone of a remote that has one clean commit. The remote is bare, and named `origin.git`.
fn clone() -> Repo {
    let first = Repo::new();
    first.commit_file("README.md", "nothing to see\n");
    let server = first.clone_to("origin.git", &["--bare"]);
    server.clone_to("clone", &[])
}

/// What is said about a key that is committed and then handled by `then`.
#[track_caller]
fn said(seed: u64, then: impl FnOnce(&Repo)) -> (String, Vec<String>, String) {
    let (repo, key) = (clone(), pair(seed));
    repo.commit_file("k", key.ini());
    then(&repo);
    let report = healthy(&repo);
    let finding = report.pair(&key);
    let (word, remotes) = pushed(finding);
    let severity = finding.text("/severity").unwrap().to_owned();
    (word.to_owned(), remotes, severity)
}

#[track_caller]
fn assert_said(seed: u64, word: &str, remotes: &[&str], then: impl FnOnce(&Repo)) {
    let (known, places, severity) = said(seed, then);
    assert_eq!(
        (known.as_str(), &places[..]),
        (word, &texts_of(remotes)[..])
    );
    let known = matches!(word, "yes" | "once" | "here");
    assert_eq!(severity, if known { "critical" } else { "high" });
}

fn texts_of(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn branches_that_were_pushed_or_not() {
    assert_said(1001, "yes", &["origin"], |repo| {
        repo.git(&["push", "-q", "origin", "main:elsewhere"]);
    });
    assert_said(1002, "not-seen", &[], |_| {});
}

#[test]
fn a_push_that_was_forced_away_or_amended_is_remembered() {
    assert_said(1003, "once", &["origin"], |repo| {
        repo.git(&["push", "-q", "origin", "main"]);
        repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
        repo.git(&["push", "-q", "--force", "origin", "main"]);
    });
    // The same, never pushed.
    assert_said(1004, "not-seen", &[], |repo| {
        repo.git(&["rm", "-q", "k"]);
        repo.git(&["commit", "-q", "--amend", "--allow-empty", "-m", "clean"]);
    });
}

#[test]
fn tags_and_other_refs_leave_no_trace_of_a_push() {
    assert_said(1005, "unknown", &[], |repo| {
        repo.git(&["tag", "v1"]);
    });
    assert_said(1006, "unknown", &[], |repo| {
        repo.git(&["tag", "-a", "-m", "x", "v1"]);
        repo.git(&["push", "-q", "origin", "v1"]);
    });
    assert_said(1007, "unknown", &[], |repo| {
        repo.git(&["update-ref", "refs/changes/1", "HEAD"]);
    });
}

#[test]
fn deleted_branches_leave_no_trace_of_a_push() {
    assert_said(1008, "unknown", &[], |repo| {
        repo.git(&["switch", "-q", "-c", "side"]);
        repo.git(&["branch", "-q", "-f", "main", "origin/main"]);
        repo.git(&["push", "-q", "origin", "side"]);
        repo.git(&["switch", "-q", "main"]);
        repo.git(&["branch", "-q", "-D", "side"]);
        repo.git(&["push", "-q", "origin", ":side"]);
        std::fs::remove_file(repo.git_path("logs/refs/heads/main")).unwrap();
    });
}

#[test]
fn pushes_that_no_ref_follows() {
    let without = |seed, setup: &[&[&str]]| {
        assert_said(seed, "unknown", &[], |repo| {
            for args in setup {
                repo.git(args);
            }
        });
    };
    without(1009, &[&["remote", "add", "--mirror=push", "backup", "x"]]);
    without(
        1010,
        &[&["config", "branch.main.remote", "https://h.example/x"]],
    );
    without(1011, &[&["remote", "remove", "origin"]]);
    without(
        1012,
        &[&[
            "config",
            "remote.origin.fetch",
            "+refs/heads/main:refs/remotes/origin/main",
        ]],
    );
    without(1013, &[&["config", "include.path", "more"]]);
}

#[test]
fn what_was_fetched_was_at_another_place() {
    let (repo, other, key) = (clone(), Repo::new(), pair(1014));
    other.commit_file("k", key.ini());
    let url = other.path().to_str().unwrap();
    repo.git(&["fetch", "-q", url, "main"]);
    let report = healthy(&repo);
    assert_eq!(pushed(report.pair(&key)), ("once", vec![]));
    assert_eq!(
        report.pair(&key).0["exposure"]["held_by"],
        serde_json::json!([{"kind": "pseudo-ref", "name": "FETCH_HEAD"}])
    );
    // A fetch from itself says nothing.
    assert_said(1015, "not-seen", &[], |repo| {
        repo.git(&["fetch", "-q", ".", "main:copy"]);
    });
}

#[test]
fn prefetched_refs_follow_the_remote() {
    assert_said(1016, "yes", &["origin"], |repo| {
        repo.git(&["update-ref", "refs/prefetch/remotes/origin/x", "HEAD"]);
    });
}

#[test]
fn bare_repositories_are_shared_places() {
    let (repo, key) = (clone(), pair(1017));
    repo.commit_file("k", key.ini());
    repo.git(&["push", "-q", "origin", "main", "HEAD:refs/tags/v1"]);
    let server = repo.git(&["config", "remote.origin.url"]);
    let server = server.strip_prefix("file://").unwrap();
    let report = healthy_at(std::path::Path::new(server));
    assert_eq!(pushed(report.pair(&key)), ("here", vec![]));
    assert_eq!(report.pair(&key).text("/severity"), Some("critical"));
    let mirror = repo.clone_to("mirror.git", &["--mirror"]);
    let report = healthy(&mirror);
    assert_eq!(
        pushed(report.pair(&key)),
        ("yes", vec!["origin".to_owned()]),
        "the refs of a mirror are those of its remote"
    );
    // People commit in a bare repository that has worktrees.
    let own = pair(1018);
    mirror.git(&["worktree", "add", "-q", "--detach", "../tree"]);
    let tree = mirror.beside("tree");
    tree.commit_file("own", own.ini());
    let report = healthy(&tree);
    assert_eq!(pushed(report.pair(&own)), ("unknown", vec![]));
}

#[test]
fn people_read_what_is_known_and_why() {
    let line = |then: &dyn Fn(&Repo)| {
        let (repo, key) = (clone(), pair(1019));
        repo.commit_file("k", key.ini());
        then(&repo);
        let out = sweep(repo.path(), &[]).expect_code(1).out();
        let line = out.lines().find(|line| line.contains("= pushed"));
        line.unwrap_or_else(|| panic!("{out}")).trim().to_owned()
    };
    let not_seen = line(&|_| {});
    assert!(
        not_seen.starts_with("= pushed: not seen at a remote"),
        "{not_seen}"
    );
    let tagged = line(&|repo| drop(repo.git(&["tag", "v1"])));
    assert!(
        tagged.starts_with("= pushed: unknown: a tag reaches it"),
        "{tagged}"
    );
    let once = line(&|repo| {
        repo.git(&["push", "-q", "origin", "main"]);
        repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    });
    assert!(once.starts_with("= pushed: yes, once, to origin"), "{once}");
}
