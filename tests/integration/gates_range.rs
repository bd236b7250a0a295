//! `sweep --range`: exactly what one side has and the other has not, with git as the oracle.

use std::collections::BTreeSet;

use crate::support::gates::{keysweep, pair, said};
use crate::support::history::{Shape, generate};
use crate::support::json::Report;
use crate::support::repo::Repo;
use crate::support::seed::Seed;

fn ranged(repo: &Repo, range: &str) -> (i32, Report) {
    let args = ["sweep", "--range", range, "-f", "json", "--no-timings"];
    let output = keysweep(repo, &args);
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|e| panic!("{e}: {}", said(&output, 0)));
    (output.status.code().unwrap(), Report(report))
}

fn objects(repo: &Repo, args: &[&str]) -> BTreeSet<String> {
    let mut all = vec!["rev-list", "--objects"];
    all.extend(args);
    let listed = repo.git(&all);
    let names = listed.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

fn commits_read(report: &Report) -> u64 {
    report.0["coverage"]["objects"]["commit"]["read"]
        .as_u64()
        .unwrap()
}

#[test]
fn random_histories_agree_with_rev_list() {
    for seed in 0..6 {
        let repo = Repo::new();
        let mut random = Seed::new(7700 + seed);
        let planted = generate(
            &repo,
            &mut random,
            Shape {
                commits: 25,
                keys: 8,
                skewed: false,
            },
        );
        if seed % 2 == 0 {
            repo.pack_all();
        }
        let names = repo.git(&["for-each-ref", "--format=%(refname)", "refs/heads/"]);
        let names: Vec<&str> = names.lines().collect();
        for _ in 0..4 {
            let (base, head) = (*random.pick(&names), *random.pick(&names));
            let (_, report) = ranged(&repo, &format!("{base}..{head}"));
            let count: u64 = repo
                .git(&["rev-list", "--count", head, &format!("^{base}")])
                .parse()
                .unwrap();
            assert_eq!(commits_read(&report), count, "{base}..{head}");
            assert!(report.complete(), "{:#?}", report.gaps());
            let all: BTreeSet<String> = objects(&repo, &[head]);
            let old: BTreeSet<String> = objects(&repo, &[base]);
            let told: BTreeSet<String> = report
                .findings()
                .iter()
                .chain(&report.suppressed())
                .filter_map(|finding| finding.text("/access_key_id").map(str::to_owned))
                .collect();
            for key in &planted {
                // New in the range, in whatever file.
                let is_new = key
                    .blobs
                    .iter()
                    .any(|b| all.contains(b) && !old.contains(b));
                let is_old = key.blobs.iter().any(|b| old.contains(b));
                if is_new && !is_old {
                    let id = &key.pair.id;
                    assert!(report.ids().contains(id), "{base}..{head}: {id}");
                } else if is_new {
                    let id = &key.pair.id;
                    assert!(told.contains(id), "{base}..{head}: {id}");
                }
                let nowhere = !key.blobs.iter().any(|b| all.contains(b));
                assert!(!(nowhere && told.contains(&key.pair.id)), "{base}..{head}");
            }
        }
    }
}

#[test]
fn revisions_are_named_as_git_names_them() {
    let (repo, key) = (Repo::new(), pair(401));
    repo.commit_file("a", "one\n");
    repo.commit_file("b", "two\n");
    let leak = repo.commit_file("k", key.ini());
    repo.git(&["tag", "-a", "-m", "x", "v1", "HEAD~1"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD~2"]);
    for (range, count) in [
        ("HEAD~1..HEAD", 1),
        ("HEAD~2..", 2),
        ("v1..main", 1),
        ("v1^..v1~0", 1),
        ("origin/main..@", 2),
        ("refs/remotes/origin/main..heads/main", 2),
        ("main^^2~3..main", 0),
    ] {
        let git = repo.attempt(&["rev-list", "--count", range], b"");
        if !git.status.success() {
            assert_eq!(
                keysweep(&repo, &["sweep", "--range", range]).status.code(),
                Some(2)
            );
            continue;
        }
        let (_, report) = ranged(&repo, range);
        assert_eq!(commits_read(&report), count, "{range}");
        assert_eq!(
            String::from_utf8(git.stdout).unwrap().trim(),
            count.to_string()
        );
    }
    for len in [4, 7, 12, 40] {
        let (code, report) = ranged(&repo, &format!("{0}^..{0}", &leak[..len]));
        assert_eq!((code, commits_read(&report)), (1, 1), "{len}");
    }
    repo.pack_all();
    let (code, _) = ranged(&repo, &format!("{0}^..{0}", &leak[..7]));
    assert_eq!(code, 1);
    for range in [
        "nowhere..main",
        "main..nowhere",
        "main",
        "a...b",
        "main..HEAD~99",
    ] {
        let output = keysweep(&repo, &["sweep", "--range", range]);
        assert!(said(&output, 2).contains("hint:"), "{range}");
    }
}

#[test]
fn a_finding_says_which_commit_brought_it_and_where() {
    let (repo, key) = (Repo::new(), pair(402));
    repo.commit_file("a", "one\n");
    let commit = repo.commit_file("deep/er/k", key.ini());
    repo.commit_file("b", "two\n");
    let (code, report) = ranged(&repo, "HEAD~2..HEAD");
    assert_eq!(code, 1);
    let finding = report.pair(&key);
    assert_eq!(
        finding.text("/exposure/introduced/commit"),
        Some(&commit[..])
    );
    assert_eq!(finding.0["exposure"]["at_head"], true);
    assert_eq!(finding.occurrences("id")[0]["path"], "deep/er/k");
    assert_eq!(report.0["target"]["selection"], "range HEAD~2..HEAD");
    let (code, _) = ranged(&repo, "HEAD~1..HEAD");
    assert_eq!(code, 0, "the range behind it does not hold it");
}

#[test]
fn a_clock_that_is_wrong_hides_nothing() {
    let (repo, key) = (Repo::new(), pair(403));
    repo.commit_file("a", "one\n");
    let tree = repo.tree("100644", &repo.blob(key.ini()), "k");
    let raw = |parent: &str, date: i64| {
        let commit = format!(
            "tree {tree}\nparent {parent}\nauthor A <a@example.com> {date} +0000\n\
             committer A <a@example.com> {date} +0000\n\nx\n"
        );
        repo.object("commit", commit.as_bytes())
    };
    let mut parent = repo.id("HEAD");
    for date in [5_000_000_000, 1, 4_000_000_000, 2] {
        parent = raw(&parent, date);
    }
    repo.git(&["update-ref", "refs/heads/main", &parent]);
    let (code, report) = ranged(&repo, "main~4..main");
    assert_eq!((code, commits_read(&report)), (1, 4));
}

#[test]
fn a_boundary_inside_is_a_gap_and_one_outside_is_none() {
    let repo = Repo::new();
    for n in 0..4 {
        repo.commit_file("a", format!("{n}\n"));
    }
    let shallow = repo.clone_to("shallow", &["--depth", "2"]);
    let (code, report) = ranged(&shallow, "HEAD~1..HEAD");
    assert_eq!(code, 0, "{:#?}", report.gaps());
    shallow.git(&["checkout", "-q", "--orphan", "other"]);
    shallow.commit_file("b", "x\n");
    let (code, report) = ranged(&shallow, "other..main");
    assert_eq!(code, 3);
    assert!(report.gap_kinds().contains("shallow"));
}
