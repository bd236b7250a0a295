//! `--refs`: it decides what is read, not what is known about where it went.

use std::collections::BTreeSet;

use crate::support::expect::healthy;
use crate::support::history::{Shape, generate};
use crate::support::json::texts;
use crate::support::keysweep::{sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

fn pair(seed: u64) -> Pair {
    Seed::new(seed).pair()
}

#[test]
fn a_narrowed_sweep_still_knows_where_a_key_went() {
    let repo = Repo::new();
    let key = pair(901);
    repo.commit_file("k", key.ini());
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repo.git(&["branch", "old"]);
    repo.git(&["rm", "-q", "k"]);
    repo.commit_index("Remove it");
    // What follows is read by no sweep of `old`.
    repo.commit_file("later", "later\n");
    repo.git(&["update-ref", "refs/remotes/fork/main", "HEAD"]);
    let whole = healthy(&repo);
    let (run, report) = sweep_json(repo.path(), &["--refs", "old"]);
    run.expect_code(1);
    let finding = report.pair(&key);
    assert_eq!(
        texts(finding.0, "/exposure/pushed_to"),
        ["fork", "origin"],
        "remote-tracking refs were not selected, and count all the same"
    );
    assert_eq!(finding.0["exposure"]["ref_count"], 4);
    assert!(finding.text("/exposure/removed/commit").is_some());
    assert_eq!(finding.0["exposure"], whole.pair(&key).0["exposure"]);
    assert_eq!(finding.0["severity"], "critical");
}

#[test]
fn exposures_of_random_histories_do_not_depend_on_the_selection() {
    let mut compared = 0;
    for round in 0..6 {
        let mut seed = Seed::new(910 + round);
        let repo = Repo::new();
        let shape = Shape {
            commits: 25,
            keys: 4,
            skewed: false,
        };
        generate(&repo, &mut seed, shape);
        let whole = healthy(&repo);
        let refs = repo.git(&["for-each-ref", "--format=%(refname)"]);
        for name in refs.lines() {
            let (_, narrow) = sweep_json(repo.path(), &["--refs", name]);
            assert!(narrow.complete(), "{name}: {:?}", narrow.gaps());
            for finding in narrow.findings() {
                let known = whole.findings().into_iter().find(|other| {
                    other.text("/fingerprint") == finding.text("/fingerprint")
                        && places(other.0) == places(finding.0)
                });
                if let Some(known) = known {
                    compared += 1;
                    assert_eq!(finding.0["exposure"], known.0["exposure"], "{name}");
                    assert_eq!(finding.0["occurrences"], known.0["occurrences"], "{name}");
                }
            }
        }
    }
    assert!(compared > 20, "{compared} findings were compared");
}

/// The objects that hold a finding.
fn places(finding: &serde_json::Value) -> BTreeSet<&str> {
    let all = finding["occurrences"].as_array().unwrap();
    all.iter()
        .filter_map(|place| place["object"].as_str())
        .collect()
}

#[test]
fn damage_outside_of_the_scope_is_none_of_it() {
    let repo = Repo::new();
    let key = pair(902);
    repo.commit_file("k", key.ini());
    repo.git(&["branch", "side"]);
    std::fs::write(repo.git_path("index"), "no index").unwrap();
    std::fs::write(repo.git_path("logs/HEAD"), "no log\n").unwrap();
    std::fs::write(repo.git_path("refs/heads/broken"), "rubbish\n").unwrap();
    let (_, whole) = sweep_json(repo.path(), &[]);
    let kinds = whole.gap_kinds();
    assert_eq!(kinds, ["metadata"].into(), "{:?}", whole.gaps());
    assert!(whole.gaps().len() >= 3);
    let (run, report) = sweep_json(repo.path(), &["--refs", "main", "--refs", "HEAD"]);
    run.expect_code(1);
    assert!(report.complete(), "{:?}", report.gaps());
    for names in ["broken", "refs/heads/*"] {
        let (_, report) = sweep_json(repo.path(), &["--refs", names]);
        let gaps: Vec<_> = report.gaps().iter().map(|gap| gap["ref"].clone()).collect();
        assert_eq!(gaps, ["refs/heads/broken"], "{names}");
    }
    sweep(repo.path(), &["--refs", "broken"]).expect_code(3);
}

#[test]
fn what_only_other_refs_need_may_be_missing() {
    let repo = Repo::new();
    let key = pair(903);
    repo.commit_file("k", key.ini());
    repo.git(&["switch", "-q", "-c", "side"]);
    repo.commit_file("lost", "lost\n");
    let lost = repo.id("HEAD:lost");
    repo.git(&["switch", "-q", "main"]);
    std::fs::remove_file(repo.loose(&lost)).unwrap();
    let (_, report) = sweep_json(repo.path(), &["--refs", "main"]);
    assert!(report.complete(), "{:?}", report.gaps());
    assert!(report.0["notes"].as_array().is_none_or(Vec::is_empty));
    assert_eq!(
        texts(report.pair(&key).0, "/exposure/refs"),
        ["refs/heads/main", "refs/heads/side"]
    );
    let (_, report) = sweep_json(repo.path(), &["--refs", "side"]);
    assert!(report.has_gap("missing", &lost));
}

#[test]
fn only_selected_refs_are_counted() {
    let repo = Repo::new();
    repo.commit_file("a", "a\n");
    repo.git(&["branch", "side"]);
    repo.git(&["tag", "v1"]);
    repo.write("a", "b\n");
    repo.git(&["stash", "-q"]);
    let refs = |names: &[&str]| {
        let args: Vec<&str> = names.iter().flat_map(|name| ["--refs", name]).collect();
        sweep_json(repo.path(), &args).1.0["coverage"]["refs"].clone()
    };
    let count = |refs: &serde_json::Value| {
        let all = refs.as_object().unwrap().values();
        all.map(|n| n.as_u64().unwrap()).sum::<u64>()
    };
    let whole = refs(&[]);
    assert!(whole["reflog_entries"].as_u64().unwrap() > 0 && count(&whole) > 5);
    let narrow = refs(&["main", "v1"]);
    assert_eq!((&narrow["heads"], &narrow["tags"]), (&1.into(), &1.into()));
    assert_eq!(count(&narrow), 2, "{narrow}");
    assert_eq!(refs(&["stash"])["stashes"], 1);
}

#[test]
fn revisions_are_no_ref_names() {
    let repo = Repo::new();
    repo.commit_file("a", "a\n");
    repo.commit_file("b", "b\n");
    let id = repo.id("HEAD");
    for revision in [&id, &id[..7], "HEAD~1", "main..x", "main^", "HEAD:a"] {
        let run = sweep(repo.path(), &["--refs", revision]).expect_code(2);
        assert!(
            run.err().contains("--refs takes ref names, not revisions"),
            "{revision}: {}",
            run.err()
        );
    }
    let run = sweep(repo.path(), &["--refs", "nothing-such"]).expect_code(2);
    assert!(!run.err().contains("revisions"), "{}", run.err());
    sweep(repo.path(), &["--refs", "@"]).expect_code(0);
}

#[test]
fn names_out_of_scope_are_shown_without_their_secrets() {
    let repo = Repo::new();
    let key = pair(940);
    let [other, third] = [941, 942].map(|seed| Seed::new(seed).plain_pair());
    repo.commit_file("k", key.ini());
    let label = |pair: &Pair| format!("aws_secret_access_key={}", pair.secret);
    repo.git(&["branch", &label(&other)]);
    // The same blob on a branch that is not selected, at a path that tells.
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write(&label(&third), key.ini());
    repo.commit("Copy it");
    for format in ["json", "ndjson", "human"] {
        let args = ["--refs", "main", "--format", format, "--show-suppressed"];
        let run = sweep(repo.path(), &args).expect_code(1);
        for hidden in [&other, &third] {
            assert!(!run.out().contains(&hidden.secret), "{format}");
            assert!(!run.err().contains(&hidden.secret), "{format}");
        }
        assert!(run.out().contains("[secret]"), "{format}: {}", run.out());
    }
}
