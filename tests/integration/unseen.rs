//! What a report may say of what was not looked at: nothing.

use serde_json::{Value, json};

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
fn refs_that_were_not_selected_leave_things_open() {
    let (repo, pair) = pushed();
    let exposure = |args: &[&str]| -> Value {
        let (_, report) = sweep_json(repo.path(), args);
        report.pair(&pair).0["exposure"].clone()
    };
    let all = exposure(&[]);
    assert_eq!(all["at_head"], true);
    assert_eq!(all["pushed_to"], json!(["origin"]));
    let main = exposure(&["--refs", "main"]);
    assert_eq!(main["at_head"], Value::Null, "HEAD is elsewhere");
    assert_eq!(main["pushed_to"], Value::Null, "nobody looked at remotes");
    assert_eq!(main["refs"], json!(["refs/heads/main"]));
    assert_eq!(main["reachable"], true);
    let both = exposure(&["--refs", "side,origin/main"]);
    assert_eq!(both["at_head"], true);
    assert_eq!(both["pushed_to"], json!(["origin"]));
}

#[test]
fn only_selected_refs_are_counted() {
    let (repo, _) = pushed();
    let (_, report) = sweep_json(repo.path(), &["--refs", "main,HEAD"]);
    let refs = &report.0["coverage"]["refs"];
    let counts = ["heads", "remotes", "reflog_entries", "index_entries"].map(|k| refs[k].as_u64());
    assert_eq!(counts, [Some(1), Some(0), Some(0), Some(0)]);
}

#[test]
fn a_sweep_of_files_says_nothing_of_history() {
    let (repo, pair) = pushed();
    let (_, report) = sweep_json(repo.path(), &["--worktree"]);
    let exposure = &report.pair(&pair).0["exposure"];
    let keys = ["at_head", "refs", "ref_count", "pushed_to", "reachable"];
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
