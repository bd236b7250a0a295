//! `--recurse-submodules`: repositories inside of repositories.

use crate::support::json::text;
use crate::support::keysweep::{sweep, sweep_json};
use crate::support::repo::{Repo, overwrite};
use crate::support::seed::{Pair, Seed};

/// A repository with a submodule that has a submodule, each with a key of its own, the innermost
/// also with the outermost one's.
struct Nested {
    outer: Repo,
    keys: [Pair; 3],
    /// Where the submodules come from.
    _sources: [Repo; 2],
}

fn nested() -> Nested {
    let mut seed = Seed::new(1300);
    let keys = [seed.pair(), seed.pair(), seed.pair()];
    let [outer, middle, inner] = [Repo::new(), Repo::new(), Repo::new()];
    inner.commit_file("k", keys[2].ini());
    inner.commit_file("again", keys[0].ini());
    middle.commit_file("k", keys[1].ini());
    let url = |repo: &Repo| repo.path().to_str().unwrap().to_owned();
    middle.git(&["submodule", "--quiet", "add", &url(&inner), "lib/inner"]);
    middle.commit_index("Add inner");
    outer.commit_file("k", keys[0].ini());
    outer.git(&["submodule", "--quiet", "add", &url(&middle), "middle"]);
    outer.git(&["submodule", "--quiet", "update", "--init", "--recursive"]);
    outer.commit_index("Add middle");
    Nested {
        outer,
        keys,
        _sources: [middle, inner],
    }
}

#[test]
fn each_repository_is_swept_and_named() {
    let Nested { outer, keys, .. } = nested();
    let (run, alone) = sweep_json(outer.path(), &[]);
    run.expect_code(1);
    assert_eq!(alone.ids().len(), 1);
    assert_eq!(alone.0["coverage"]["refs"]["submodules_unread"], 2);

    let (run, report) = sweep_json(outer.path(), &["--recurse-submodules"]);
    run.expect_code(1);
    assert!(report.complete(), "{:?}", report.gaps());
    assert_eq!(report.0["coverage"]["refs"]["submodules_unread"], 0);
    let mut found: Vec<(&str, Option<&str>)> = report
        .findings()
        .iter()
        .map(|finding| {
            let id = text(finding.0, "/access_key_id").unwrap();
            (id, text(finding.0, "/submodule"))
        })
        .collect();
    found.sort_unstable();
    let mut expected = vec![
        (keys[0].id.as_str(), None),
        (keys[0].id.as_str(), Some("middle/lib/inner")),
        (keys[1].id.as_str(), Some("middle")),
        (keys[2].id.as_str(), Some("middle/lib/inner")),
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
    let human = sweep(outer.path(), &["--recurse-submodules"]).expect_code(1);
    assert!(human.out().contains("submodule: middle/lib/inner"));
}

#[test]
fn threads_do_not_change_the_report() {
    let Nested { outer, .. } = nested();
    let run = |threads| {
        let args = [
            "--recurse-submodules",
            "-f",
            "json",
            "--no-timings",
            "-j",
            threads,
        ];
        sweep(outer.path(), &args).expect_code(1).out()
    };
    assert_eq!(run("1"), run("3"));
}

#[test]
fn what_is_missing_in_a_submodule_is_a_gap_that_names_it() {
    let Nested { outer, .. } = nested();
    let blob = outer.git(&["-C", "middle", "rev-parse", "HEAD:k"]);
    let folder = outer.git_path("modules/middle/objects");
    let loose = folder.join(&blob[..2]).join(&blob[2..]);
    if loose.exists() {
        std::fs::remove_file(loose).unwrap();
    } else {
        // A local clone may have packed it: a damaged pack is as good.
        for entry in std::fs::read_dir(folder.join("pack")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "pack") {
                overwrite(&path, b"PACK");
            }
        }
    }
    let (run, report) = sweep_json(outer.path(), &["--recurse-submodules"]);
    run.expect_code(1);
    assert!(!report.complete());
    let details: Vec<&str> = report
        .gaps()
        .iter()
        .filter_map(|gap| gap["detail"].as_str())
        .collect();
    assert!(
        details.iter().all(|d| d.contains("\"middle\"")),
        "{details:?}"
    );
}

/// Path and detail of each gap.
fn gaps(report: &crate::support::json::Report) -> Vec<(String, String)> {
    let gaps = report.gaps();
    gaps.iter()
        .map(|gap| {
            assert_eq!(gap["kind"], "missing", "{gap}");
            let of = |name: &str| gap[name].as_str().unwrap_or_default().to_owned();
            (of("path"), of("detail"))
        })
        .collect()
}

#[test]
fn what_was_never_fetched_is_a_gap_with_the_next_step() {
    let Nested {
        outer,
        _sources: _kept,
        ..
    } = nested();
    let clone = outer.clone_to("clone", &[]);
    let sweep =
        |extra: &[&str]| sweep_json(clone.path(), &[&["--fail-on", "active"], extra].concat());
    let (run, report) = sweep(&[]);
    run.expect_code(0);
    assert!(report.complete());

    let (run, report) = sweep(&["--recurse-submodules"]);
    run.expect_code(3);
    let [(path, detail)] = &gaps(&report)[..] else {
        panic!("{:?}", report.gaps());
    };
    assert_eq!(path, "middle");
    assert!(detail.contains("never fetched"), "{detail}");
    let step = "git submodule update --init -- middle";
    assert!(detail.contains(&format!("`{step}`")), "{detail}");
    let words: Vec<&str> = step.split(' ').skip(1).collect();
    clone.git(&words);

    // What it says works, and shows the next one.
    let (run, report) = sweep(&["--recurse-submodules"]);
    run.expect_code(3);
    let [(path, detail)] = &gaps(&report)[..] else {
        panic!("{:?}", report.gaps());
    };
    assert_eq!(path, "lib/inner");
    assert!(
        detail.starts_with("in the submodule \"middle\": "),
        "{detail}"
    );
    let middle = clone.beside("clone/middle");
    middle.git(&[
        "submodule",
        "--quiet",
        "update",
        "--init",
        "--",
        "lib/inner",
    ]);
    let (run, report) = sweep(&["--recurse-submodules"]);
    run.expect_code(0);
    assert!(report.complete(), "{:?}", report.gaps());

    // Taken out of the work tree it is there to read all the same.
    clone.git(&["submodule", "--quiet", "deinit", "--all", "--force"]);
    sweep(&["--recurse-submodules"]).0.expect_code(0);
}

#[test]
fn what_was_lost_is_a_gap_and_without_recursion_a_note() {
    let Nested {
        outer,
        _sources: _kept,
        ..
    } = nested();
    std::fs::remove_dir_all(outer.git_path("modules/middle")).unwrap();
    let (run, report) = sweep_json(outer.path(), &["--fail-on", "active"]);
    run.expect_code(0);
    let notes = report.0["notes"].to_string();
    assert!(notes.contains("the submodules \\\"middle\\\""), "{notes}");
    assert!(!notes.contains("embedded-repositories"), "{notes}");

    let all = ["--fail-on", "active", "--recurse-submodules"];
    let (run, report) = sweep_json(outer.path(), &all);
    run.expect_code(3);
    let [(path, detail)] = &gaps(&report)[..] else {
        panic!("{:?}", report.gaps());
    };
    assert_eq!(path, "middle");
    assert!(
        detail.contains("is not where its .git file leads"),
        "{detail}"
    );
    std::fs::rename(outer.path().join("middle"), outer.root().join("away")).unwrap();
    outer.git(&[
        "submodule",
        "--quiet",
        "update",
        "--init",
        "--recursive",
        "--",
        "middle",
    ]);
    sweep_json(outer.path(), &all).0.expect_code(0);
}

#[test]
fn where_nothing_is_checked_out_head_tells() {
    let Nested { outer, .. } = nested();
    // A line that is left of what is no submodule any more is no gap.
    let path = outer.path().join(".gitmodules");
    let lines = std::fs::read_to_string(&path).unwrap() + "[submodule \"x\"]\npath = x\nurl = x\n";
    outer.commit_file(".gitmodules", lines);
    let bare = outer.clone_to("bare", &["--bare"]);
    let all = ["--fail-on", "active", "--recurse-submodules"];
    let (run, report) = sweep_json(bare.path(), &all);
    run.expect_code(3);
    let found = gaps(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "middle");
    assert!(
        found[0].1.contains("`git clone --recurse-submodules`"),
        "{found:?}"
    );
}

#[test]
fn what_no_gitmodules_names_is_a_gap_as_well() {
    let Nested { outer, .. } = nested();
    let commit = outer.id("HEAD");
    let line = format!("160000,{commit},vendored one");
    outer.git(&["update-index", "--add", "--cacheinfo", &line]);
    let all = ["--fail-on", "active", "--recurse-submodules"];
    let (run, report) = sweep_json(outer.path(), &all);
    run.expect_code(3);
    let found = gaps(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "vendored one");
    assert!(found[0].1.contains("no .gitmodules says"), "{found:?}");
    let human = sweep(outer.path(), &all).expect_code(3).out();
    assert!(human.contains("what is said of each"), "{human}");
    assert!(!human.contains("--refetch"), "{human}");
}
