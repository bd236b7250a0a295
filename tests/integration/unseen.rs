//! What a report may say of what was not looked at: nothing.

use serde_json::Value;

use crate::support::json::texts;
use crate::support::keysweep::sweep_json;
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// A key on main, pushed; a branch that HEAD is on besides.
fn pushed() -> (Repo, Pair) {
    let (repo, pair) = (Repo::new(), Seed::new(400).pair());
    repo.commit_file("k.ini", pair.ini());
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repo.git(&["switch", "-q", "-c", "side"]);
    repo.commit_file("other", "text\n");
    (repo, pair)
}

#[test]
fn a_sweep_of_files_says_nothing_of_history() {
    let (repo, pair) = pushed();
    let (_, report) = sweep_json(repo.path(), &["--worktree"]);
    let exposure = &report.pair(&pair).0["exposure"];
    let keys = [
        "at_head",
        "refs",
        "ref_count",
        "pushed",
        "pushed_to",
        "reachable",
    ];
    for key in keys {
        assert_eq!(exposure.get(key), Some(&Value::Null), "{key}");
    }
}

#[test]
fn placeholders_whose_history_was_not_asked_for_say_nothing_of_it() {
    let repo = Repo::new();
    repo.commit_file("readme", "key AKIAIOSFODNN7EXAMPLE\n");
    let (_, report) = sweep_json(repo.path(), &[]);
    assert_eq!(report.suppressed()[0].0["exposure"]["refs"], Value::Null);
    let (_, report) = sweep_json(repo.path(), &["--show-suppressed"]);
    let refs = texts(report.suppressed()[0].0, "/exposure/refs");
    assert_eq!(refs, ["refs/heads/main"]);
}
