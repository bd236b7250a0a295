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
    Nested { outer, keys }
}

#[test]
fn each_repository_is_swept_and_named() {
    let Nested { outer, keys } = nested();
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
