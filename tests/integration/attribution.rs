//! Where a key came from and how far it went: git is the oracle, on histories of random shape.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::expect::healthy;
use crate::support::history::{Commit, Planted, Shape, commits, generate};
use crate::support::json::{Finding, Report, text, texts};
use crate::support::keysweep::sweep_json;
use crate::support::repo::Repo;
use crate::support::seed::Seed;

type Commits = BTreeMap<String, Commit>;

/// Histories a test makes; `KEYSWEEP_HISTORIES` asks for more.
fn rounds() -> u64 {
    std::env::var("KEYSWEEP_HISTORIES").map_or(8, |n| n.parse().expect("a number"))
}

/// True if a commit's tree holds any of the blobs.
fn holds(commit: &Commit, blobs: &[String]) -> bool {
    blobs.iter().any(|blob| commit.blobs.contains_key(blob))
}

/// Every commit that introduces one of the blobs: it holds it and no parent does.
fn introducing(repo: &Repo, all: &Commits, blobs: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for blob in blobs {
        let one = std::slice::from_ref(blob);
        let find = format!("--find-object={blob}");
        let log = repo.git(&[
            "log",
            "--all",
            &find,
            "--diff-merges=separate",
            "-s",
            "--format=%H",
        ]);
        let by_git: BTreeSet<String> = log
            .lines()
            .filter(|id| introduces(all, &all[*id], one))
            .map(str::to_owned)
            .collect();
        let by_definition: BTreeSet<String> = all
            .values()
            .filter(|c| introduces(all, c, one))
            .map(|c| c.id.clone())
            .collect();
        assert_eq!(by_git, by_definition, "the two oracles agree");
        found.extend(by_git);
    }
    found
}

fn introduces(all: &Commits, commit: &Commit, blobs: &[String]) -> bool {
    holds(commit, blobs)
        && !commit
            .parents
            .iter()
            .any(|parent| holds(&all[parent], blobs))
}

/// Of several commits the earliest by committer date; of these, those that descend from none of
/// the others. More than one is left only where neither date nor topology decides.
fn earliest(repo: &Repo, all: &Commits, ids: &BTreeSet<String>) -> BTreeSet<String> {
    let first = ids.iter().map(|id| all[id].time).min();
    let tied: Vec<&String> = ids
        .iter()
        .filter(|id| Some(all[*id].time) == first)
        .collect();
    let is_ancestor = |a: &str, b: &str| {
        a != b
            && repo
                .attempt(&["merge-base", "--is-ancestor", a, b], b"")
                .status
                .success()
    };
    let oldest = tied
        .iter()
        .filter(|b| !tied.iter().any(|a| is_ancestor(a, b)));
    oldest.map(|id| (*id).clone()).collect()
}

/// All refs that reach any of the commits, by full name.
fn refs_to(repo: &Repo, ids: &BTreeSet<String>) -> BTreeSet<String> {
    let mut args = vec!["for-each-ref".to_owned(), "--format=%(refname)".to_owned()];
    args.extend(ids.iter().map(|id| format!("--contains={id}")));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    repo.git(&args).lines().map(str::to_owned).collect()
}

fn exposure<'a>(finding: Finding<'a>, name: &str) -> &'a serde_json::Value {
    &finding.0["exposure"][name]
}

/// Compares a planted key's finding with git's answers.
fn check(repo: &Repo, all: &Commits, report: &Report, planted: &Planted, case: &str) {
    let introducing = introducing(repo, all, &planted.blobs);
    if introducing.is_empty() {
        let at = report.pair(&planted.pair);
        assert_eq!(exposure(at, "reachable"), false, "{case}: in no commit");
        return;
    }
    let finding = report.pair(&planted.pair);
    let introduced = finding
        .text("/exposure/introduced/commit")
        .expect("introduced")
        .to_owned();
    let allowed = earliest(repo, all, &introducing);
    assert!(
        allowed.contains(&introduced),
        "{case}: {introduced} is not among {allowed:?}"
    );
    let author = repo.git(&["log", "-1", "--format=%an <%ae>", &introduced]);
    assert_eq!(
        finding.text("/exposure/introduced/author"),
        Some(author.as_str()),
        "{case}"
    );
    let date = repo.git(&["log", "-1", "--format=%aI", &introduced]);
    assert_eq!(
        finding.text("/exposure/introduced/date"),
        Some(date.as_str()),
        "{case}"
    );

    let refs: BTreeSet<String> = texts(finding.0, "/exposure/refs").into_iter().collect();
    assert_eq!(refs, refs_to(repo, &introducing), "{case}: refs");
    assert_eq!(exposure(finding, "ref_count"), refs.len(), "{case}");
    let pushed = refs
        .iter()
        .any(|name| name.starts_with("refs/remotes/origin/"));
    let remotes = if pushed { vec!["origin"] } else { vec![] };
    assert_eq!(texts(finding.0, "/exposure/pushed_to"), remotes, "{case}");

    let head = &all[&repo.id("HEAD")];
    let at_head = holds(head, &planted.blobs);
    assert_eq!(exposure(finding, "at_head"), at_head, "{case}");
    check_removal(repo, all, finding, planted, at_head, case);
    for blob in &planted.blobs {
        check_paths(all, finding, blob, case);
    }
}

/// Removed: a commit without the key, one of whose parents has it; nothing while HEAD holds it.
/// If HEAD's own history took it out, such a commit must be named.
fn check_removal(
    repo: &Repo,
    all: &Commits,
    finding: Finding<'_>,
    planted: &Planted,
    at_head: bool,
    case: &str,
) {
    let removed = finding.text("/exposure/removed/commit");
    if at_head {
        assert_eq!(removed, None, "{case}: HEAD holds it");
        return;
    }
    let parents_with = |commit: &Commit| {
        let parents = commit.parents.iter();
        parents
            .filter(|parent| holds(&all[*parent], &planted.blobs))
            .count()
    };
    let takes_out = |commit: &Commit| !holds(commit, &planted.blobs) && parents_with(commit) > 0;
    if let Some(id) = removed {
        assert!(takes_out(&all[id]), "{case}: {id} removes nothing");
    } else {
        // A merge that sides with the parent without the key may be seen either way.
        let sure =
            |commit: &Commit| takes_out(commit) && parents_with(commit) == commit.parents.len();
        let list = repo.git(&["rev-list", "HEAD"]);
        let missed = list.lines().find(|id| sure(&all[*id]));
        assert_eq!(missed, None, "{case}: this commit took it out");
    }
}

fn check_paths(all: &Commits, finding: Finding<'_>, blob: &str, case: &str) {
    let paths: BTreeSet<String> = all
        .values()
        .filter_map(|c| c.blobs.get(blob))
        .flatten()
        .cloned()
        .collect();
    if paths.is_empty() {
        return;
    }
    assert_eq!(finding.paths_of(blob), paths, "{case}: paths of {blob}");
    for place in finding.occurrences("id") {
        if text(place, "/object") == Some(blob) {
            let (commit, path) = (
                text(place, "/commit").unwrap(),
                text(place, "/path").unwrap(),
            );
            assert!(
                introduces(all, &all[commit], &[blob.to_owned()]),
                "{case}: {commit}"
            );
            assert!(
                all[commit].blobs[blob].contains(path),
                "{case}: {path} is not in {commit}"
            );
        }
    }
}

fn property(skewed: bool) {
    for round in 0..rounds() {
        let case = format!("history {round}, skewed {skewed}");
        let repo = Repo::new();
        let mut seed = Seed::new(1000 + round);
        let shape = Shape {
            commits: 28,
            keys: 6,
            skewed,
        };
        let planted = generate(&repo, &mut seed, shape);
        if round % 2 == 1 {
            repo.git(&["gc", "-q"]);
        }
        let all = commits(&repo);
        let (run, report) = sweep_json(repo.path(), &[]);
        run.expect_code(1);
        assert!(report.complete(), "{case}: {:#?}", report.gaps());
        for key in &planted {
            check(&repo, &all, &report, key, &case);
        }
    }
}

#[test]
fn random_histories() {
    property(false);
}

#[test]
fn random_histories_whose_clocks_lie() {
    property(true);
}

#[test]
fn an_edit_elsewhere_in_the_file_is_no_removal() {
    let (repo, pair) = (Repo::new(), Seed::new(101).pair());
    let first = repo.commit_file("k", pair.ini());
    repo.commit_file("k", format!("# edited\n{}", pair.ini()));
    repo.git(&["mv", "k", "moved"]);
    repo.commit("Rename");
    let report = healthy(&repo);
    let finding = report.pair(&pair);
    assert_eq!(
        finding.text("/exposure/introduced/commit"),
        Some(first.as_str())
    );
    assert_eq!(exposure(finding, "at_head"), true);
    assert_eq!(finding.text("/exposure/removed/commit"), None);
    assert_eq!(report.findings().len(), 1, "one credential, one finding");
    repo.git(&["rm", "-q", "moved"]);
    let removal = repo.commit_index("Remove");
    let report = healthy(&repo);
    let finding = report.pair(&pair);
    assert_eq!(
        finding.text("/exposure/removed/commit"),
        Some(removal.as_str())
    );
}

#[test]
fn a_return_of_the_key_is_no_second_introduction() {
    let (repo, pair) = (Repo::new(), Seed::new(102).pair());
    repo.commit_file("README", "clean\n");
    let first = repo.commit_file("k", pair.ini());
    repo.git(&["rm", "-q", "k"]);
    repo.commit_index("Remove");
    repo.commit_file("again", pair.ini());
    repo.git(&["rm", "-q", "again"]);
    let last = repo.commit_index("Remove again");
    let report = healthy(&repo);
    let finding = report.pair(&pair);
    assert_eq!(
        finding.text("/exposure/introduced/commit"),
        Some(first.as_str())
    );
    assert_eq!(
        finding.text("/exposure/removed/commit"),
        Some(last.as_str())
    );
    let blob = repo.id(&format!("{first}:k"));
    let paths: Vec<String> = finding.paths_of(&blob).into_iter().collect();
    assert_eq!(paths, ["again", "k"]);
}

#[test]
fn an_id_and_its_secret_in_the_same_commit_have_one_finding() {
    let (repo, pair) = (Repo::new(), Seed::new(103).pair());
    repo.commit_file("k", pair.ini());
    repo.commit_file("copy/of/k", pair.line());
    let report = healthy(&repo);
    assert_eq!(report.findings().len(), 1);
    let finding = report.pair(&pair);
    assert_eq!(finding.0["occurrence_count"], 4, "two parts in two blobs");
}

#[test]
fn shallow_boundary_counts_as_a_root() {
    let (repo, pair) = (Repo::new(), Seed::new(104).pair());
    repo.commit_file("k", pair.ini());
    let boundary = repo.commit_file("later", "later\n");
    repo.commit_file("last", "last\n");
    let shallow = repo.clone_to("shallow", &["--depth", "2"]);
    let (run, report) = sweep_json(shallow.path(), &[]);
    run.expect_code(1);
    assert!(!report.complete());
    let finding = report.pair(&pair);
    assert_eq!(
        finding.text("/exposure/introduced/commit"),
        Some(boundary.as_str())
    );
}

#[test]
fn commits_that_refs_reach_come_before_amended_ones() {
    let repo = Repo::new();
    repo.commit_file("a", "a\n");
    let key = Seed::new(640).pair();
    let first = repo.commit_file("k", key.ini());
    repo.tick();
    repo.git(&["commit", "-q", "--amend", "-m", "Better words"]);
    let amended = repo.id("HEAD");
    assert_ne!(first, amended);
    let introduced = || {
        let (_, report) = sweep_json(repo.path(), &[]);
        let finding = report.pair(&key);
        let place = finding.occurrences("secret")[0];
        assert_eq!(
            text(place, "/commit"),
            finding.text("/exposure/introduced/commit")
        );
        text(place, "/commit").unwrap().to_owned()
    };
    assert_eq!(introduced(), amended, "as git log --all has it");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    assert_eq!(introduced(), first, "nothing names either: the earliest");
}
