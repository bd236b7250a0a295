//! How far a key has spread: figures against git, and the picture in words.

use std::collections::BTreeSet;

use crate::support::json::texts;
use crate::support::keysweep::{sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::Seed;

/// Random history with merges, in which a file with a key comes and goes.
fn history(seed: u64) -> (Repo, String) {
    let mut seed = Seed::new(seed);
    let repo = Repo::new();
    let pair = seed.plain_pair();
    let key = repo.blob(pair.ini());
    let plain = repo.blob("nothing\n");
    let with = repo.tree("100644", &key, "k.env");
    let inner = repo.tree("40000", &with, "folder");
    let without = repo.tree("100644", &plain, "a");
    let other = repo.tree("40000", &without, "folder");
    let trees = [without.clone(), with, without, inner];
    let mut commits: Vec<String> = Vec::new();
    for n in 0..24 {
        let tree = seed.pick(&trees).clone();
        let mut parents = BTreeSet::new();
        for _ in 0..=seed.below(2) {
            if !commits.is_empty() && !seed.chance(8) {
                let recent = commits.len().saturating_sub(5);
                parents.insert(commits[recent + seed.below(commits.len() - recent)].clone());
            }
        }
        let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
        commits.push(repo.commit_tree(&tree, &parents, &format!("Commit {n}")));
    }
    repo.git(&["update-ref", "refs/heads/main", &commits[23]]);
    for n in 0..4 {
        let commit = commits[10 + seed.below(14)].clone();
        repo.git(&["update-ref", &format!("refs/heads/b{n}"), &commit]);
        let commit = commits[10 + seed.below(14)].clone();
        repo.git(&["update-ref", &format!("refs/remotes/origin/r{n}"), &commit]);
    }
    repo.git(&["update-ref", "refs/tags/t", &commits[9]]);
    // A tag may name a tree, which is in no commit's history.
    repo.git(&["update-ref", "refs/tags/tree", &other]);
    (repo, key)
}

fn holds(repo: &Repo, commit: &str, blob: &str) -> bool {
    repo.git(&["ls-tree", "-r", commit]).contains(blob)
}

#[test]
fn commits_and_tips_are_those_of_git() {
    let mut found = 0;
    for seed in 4400..4408 {
        let (repo, key) = history(seed);
        let all = repo.git(&["rev-list", "--all"]);
        let count = all
            .lines()
            .filter(|commit| holds(&repo, commit, &key))
            .count();
        let (_, report) = sweep_json(repo.path(), &[]);
        let findings = report.findings();
        let Some(finding) = findings.first() else {
            continue;
        };
        found += 1;
        assert_eq!(finding.0["exposure"]["commit_count"], count, "seed {seed}");
        let refs = [
            "for-each-ref",
            "--format=%(refname)",
            "refs/heads",
            "refs/remotes",
        ];
        let refs = repo.git(&refs);
        let tips: BTreeSet<&str> = refs
            .lines()
            .filter(|name| holds(&repo, name, &key))
            .collect();
        let said = texts(finding.0, "/exposure/at_tips");
        let said: BTreeSet<&str> = said.iter().map(String::as_str).collect();
        assert_eq!(said, tips, "seed {seed}");
    }
    assert!(found > 4);
}

#[test]
fn messages_count_their_own_commit() {
    let (repo, pair) = (Repo::new(), Seed::new(4410).plain_pair());
    repo.commit_file("a", "nothing\n");
    repo.commit_index(&pair.line());
    repo.commit_file("b", "nothing\n");
    let (_, report) = sweep_json(repo.path(), &[]);
    let exposure = &report.findings()[0].0["exposure"];
    assert_eq!(exposure["commit_count"], 1);
}

#[test]
fn the_picture_is_in_words() {
    let (repo, pair) = (Repo::new(), Seed::new(4411).plain_pair());
    repo.commit_file("config/prod.env", pair.ini());
    repo.git(&["branch", "old"]);
    repo.git(&["tag", "v1"]);
    repo.git(&["rm", "-q", "config/prod.env"]);
    let removed = repo.commit_index("Remove it");
    repo.git(&["remote", "add", "origin", "git@github.com:example/app.git"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repo.git(&["update-ref", "refs/pull/7/head", "HEAD~1"]);
    let run = sweep(repo.path(), &["--format", "exposure", "--no-timings"]).expect_code(1);
    // Lines are wrapped.
    let text = run.out().replace("\n   |   ", " ");
    for words in [
        &pair.id[..],
        "the key -> 1 commit by 1 author -> 5 refs -> origin -> whoever can read it",
        &format!("went out with: {} 2023-11-15", &removed[..10]),
        "on refs/heads/main",
        "stands now: not in the files of HEAD",
        "at the tip of: refs/heads/old",
        "branches: refs/heads/main, refs/heads/old",
        "tags: refs/tags/v1",
        "pull requests: refs/pull/7/head",
        "pushed to: origin",
        "cannot be known: forks, mirrors, other clones",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains(&pair.secret));
    let run = sweep(repo.path(), &["--format", "exposure", "--worktree"]).expect_code(0);
    assert!(run.out().contains("nothing found"), "{}", run.out());
}
