//! The sweep as a whole: equal to a plain oracle, harmless to the repository, deaf to what the
//! repository or the environment would have it do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::history::{Shape, generate};
use crate::support::json::{Report, text};
use crate::support::keysweep::{self, JSON, finish, home, sweep_json};
use crate::support::oracle::places;
use crate::support::repo::Repo;
use crate::support::seed::Seed;

/// Adds keys in awkward surroundings: boundaries, published examples, malformed bodies, temporary
/// keys, messages, tags and names.
fn sprinkle(repo: &Repo, seed: &mut Seed) {
    for n in 0..6 {
        let (one, two) = (seed.key_id("AKIA"), seed.key_id("ASIA"));
        let odd = format!("{}0189{}", &one[..10], &one[14..]);
        let lines = [
            format!("x{one} {one}y 9{one}"),
            format!("\"{two}\",'{odd}'/{one}/_{two}_-{one}-"),
            format!("{one}{two} {one}= +{two}+ %3D{one}"),
            format!("\u{e9}{one}\u{e9}\0{two}\0\r\n{odd}"),
            "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        ];
        repo.blob(lines.join("\n"));
        repo.commit_index(&format!("Commit {n} with {two}"));
        repo.git(&["tag", "-a", "-m", &format!("see {one}"), &format!("t{n}")]);
        let blob = repo.blob(format!("{odd}\n"));
        repo.tree("100644", &blob, &format!("{}.txt", seed.key_id("AKIA")));
    }
}

/// Both sets for one repository, with arguments that must not matter. `is_glued` says of what only
/// keysweep finds that it stands there, glued to an escape or a word.
#[track_caller]
fn assert_equals_oracle(
    path: &Path,
    oracle: Command,
    is_glued: impl Fn(&str, &str) -> bool,
) -> Report {
    let expected = places(oracle);
    let (run, report) = sweep_json(path, &[]);
    assert!([0, 1, 3].contains(&run.code.unwrap()), "{}", run.err());
    let found = report.places();
    let lost: Vec<_> = expected.difference(&found).collect();
    let invented: Vec<_> = found
        .difference(&expected)
        .filter(|(object, key)| !is_glued(object, key))
        .collect();
    assert!(
        lost.is_empty() && invented.is_empty(),
        "{}: lost {lost:?}, not there {invented:?}",
        path.display()
    );
    let (_, low) = sweep_json(path, &["--min-confidence", "low"]);
    assert_eq!(
        low.places(),
        found,
        "--min-confidence moves findings, and loses none"
    );
    report
}

#[test]
fn equals_the_plain_oracle_on_generated_repositories() {
    for round in 0..4 {
        let repo = Repo::new();
        let mut seed = Seed::new(200 + round);
        generate(
            &repo,
            &mut seed,
            Shape {
                commits: 20,
                keys: 5,
                skewed: false,
            },
        );
        sprinkle(&repo, &mut seed);
        if round % 2 == 1 {
            repo.pack_all();
        }
        let report = assert_equals_oracle(repo.path(), repo.command(), |_, _| false);
        assert!(
            !report.suppressed().is_empty(),
            "the published example is suppressed"
        );
    }
}

/// Repositories named in `KEYSWEEP_ORACLE_REPOS`, separated by colons.
#[test]
fn equals_the_plain_oracle_on_given_repositories() {
    let list = std::env::var_os("KEYSWEEP_ORACLE_REPOS").unwrap_or_default();
    for path in std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()) {
        let git = || {
            let mut git = Command::new("git");
            git.arg("-C").arg(&path).env("GIT_NO_LAZY_FETCH", "1");
            git
        };
        assert_equals_oracle(&path, git(), |object, key| {
            let content = git().args(["cat-file", "-p", object]).output().unwrap();
            let stands = |window: &[u8]| window == key.as_bytes();
            content.stdout.windows(key.len()).any(stands)
        });
    }
}

/// Every file below a folder with its content.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn changes_nothing() {
    let repo = Repo::new();
    repo.commit_file("k", Seed::new(210).pair().ini());
    let before = snapshot(repo.root());
    sweep_json(repo.path(), &[]).0.expect_code(1);
    assert!(snapshot(repo.root()) == before, "a sweep only reads");
}

#[test]
fn runs_nothing_that_the_repository_names() {
    let repo = Repo::new();
    let pair = Seed::new(211).pair();
    repo.write(".gitattributes", "* filter=evil diff=evil\n");
    repo.commit_file("k", pair.ini());
    let marker = repo.root().join("ran");
    let trap = format!("touch {}", marker.display());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
        "diff.evil.textconv",
        "diff.external",
        "filter.evil.process",
        "filter.evil.clean",
        "filter.evil.smudge",
        "gpg.program",
        "credential.helper",
        "core.gitProxy",
        "uploadpack.packObjectsHook",
    ] {
        repo.git(&["config", key, &trap]);
    }
    for hook in [
        "post-checkout",
        "reference-transaction",
        "fsmonitor-watchman",
    ] {
        repo.write(
            &format!(".git/hooks/{hook}"),
            format!("#!/bin/sh\n{trap}\n"),
        );
    }
    // The programs must be findable, or the test could not fail.
    let home = home();
    let mut command = keysweep::command(repo.path(), home.path());
    command
        .env("PATH", std::env::var_os("PATH").unwrap())
        .arg("sweep")
        .args(JSON);
    let output = finish(command);
    assert_eq!(output.status.code(), Some(1));
    assert!(!marker.exists(), "a program named by the repository ran");
}

#[test]
fn an_explicit_path_beats_the_environment() {
    let (here, there) = (Repo::new(), Repo::new());
    let (mine, other) = (Seed::new(212).pair(), Seed::new(213).pair());
    here.commit_file("k", mine.ini());
    there.commit_file("k", other.ini());
    let sweep_with = |path: Option<&Path>| {
        let home = home();
        let mut command = keysweep::command(here.path(), home.path());
        command
            .env("GIT_DIR", there.path().join(".git"))
            .env("GIT_OBJECT_DIRECTORY", there.path().join(".git/objects"))
            .env("GIT_WORK_TREE", there.path())
            .arg("sweep")
            .args(path)
            .args(JSON);
        let output = finish(command);
        Report(serde_json::from_slice(&output.stdout).unwrap()).ids()
    };
    assert_eq!(sweep_with(Some(here.path())), [mine.id.clone()].into());
    assert_eq!(
        sweep_with(None),
        [other.id.clone()].into(),
        "without PATH, GIT_DIR decides"
    );
}

#[test]
fn objects_may_lie_where_only_the_environment_says() {
    let (repo, pair) = (Repo::new(), Seed::new(214).pair());
    repo.commit_file("k", pair.ini());
    let away = repo.root().join("away");
    std::fs::rename(repo.git_path("objects"), &away).unwrap();
    let with = |variables: &[(&str, &Path)]| {
        let home = home();
        let mut command = keysweep::command(repo.path(), home.path());
        command
            .envs(variables.iter().copied())
            .arg("sweep")
            .args(JSON);
        let mut git = repo.command();
        git.envs(variables.iter().copied());
        let git = git.args(["cat-file", "-e", "HEAD:k"]).output().unwrap();
        (finish(command), git.status.success())
    };
    let dot_git = repo.path().join(".git");
    for objects in [away.as_path(), Path::new("../away")] {
        let named = ("GIT_OBJECT_DIRECTORY", objects);
        for variables in [&[named][..], &[named, ("GIT_DIR", &dot_git)]] {
            let (output, is_gits) = with(variables);
            assert!(is_gits, "{variables:?}");
            let report = Report(serde_json::from_slice(&output.stdout).unwrap());
            assert_eq!(report.ids(), [pair.id.clone()].into(), "{variables:?}");
        }
    }
    let nowhere = repo.root().join("nowhere");
    for variables in [&[][..], &[("GIT_OBJECT_DIRECTORY", nowhere.as_path())]] {
        let (output, is_gits) = with(variables);
        assert!(!is_gits && output.status.code() == Some(2), "{variables:?}");
    }
}

/// `--max-time` without a clock to wait for: the time is over before the sweep begins.
#[test]
fn a_passed_deadline_is_a_gap() {
    use ::keysweep::model::{Confidence, Control, GapKind};
    use ::keysweep::sweep::{Limits, Selection, SweepPlan};
    let repo = Repo::new();
    let mut seed = Seed::new(220);
    generate(
        &repo,
        &mut seed,
        Shape {
            commits: 60,
            keys: 10,
            skewed: false,
        },
    );
    let plan = SweepPlan {
        allowances: std::sync::Arc::default(),
        known: None,
        cache: None,
        again: None,
        verification: None,
        rules: None,
        full_scan: false,
        recurse_submodules: false,
        path: repo.path().to_owned(),
        path_is_explicit: true,
        selection: Selection::All,
        threads: 1,
        min_confidence: Confidence::Medium,
        now: None,
        allow_incomplete: Vec::new(),
        strict: false,
        limits: Limits {
            object_size_max: None,
            hits_max: 1000,
        },
        trace_placeholders: false,
    };
    let control = Control::with_deadline(Some(std::time::Instant::now()));
    let report = ::keysweep::sweep::sweep(&plan, &control).unwrap();
    assert!(!report.complete());
    assert!(report.gaps.iter().any(|gap| gap.kind == GapKind::Time));
}

#[test]
fn refs_narrow_the_sweep() {
    let repo = Repo::new();
    let (main, side, dangling) = (
        Seed::new(214).pair(),
        Seed::new(215).pair(),
        Seed::new(216).pair(),
    );
    repo.commit_file("a", main.ini());
    repo.git(&["switch", "-q", "-c", "side"]);
    repo.commit_file("b", side.ini());
    repo.blob(dangling.ini());
    let ids = |args: &[&str]| sweep_json(repo.path(), args).1.ids();
    let all = [main.id.clone(), side.id.clone(), dangling.id.clone()];
    assert_eq!(ids(&[]), all.clone().into());
    assert_eq!(ids(&["--refs", "main"]), [main.id.clone()].into());
    assert_eq!(
        ids(&["--refs", "refs/heads/side"]),
        [main.id.clone(), side.id.clone()].into()
    );
    assert_eq!(
        ids(&["--refs", "refs/heads/*"]),
        [main.id.clone(), side.id].into()
    );
}

#[test]
fn worktree_reads_files_as_they_are() {
    let repo = Repo::new();
    let mut seed = Seed::new(217);
    let [history, tracked, untracked, ignored] = [(); 4].map(|()| seed.pair());
    repo.write(".gitignore", ".env\n");
    repo.commit_file("tracked", history.ini());
    repo.write("tracked", tracked.ini());
    repo.write("sub/untracked", untracked.ini());
    repo.write(".env", ignored.ini());
    let (run, report) = sweep_json(repo.path(), &["--worktree"]);
    run.expect_code(1);
    let all = [&tracked, &untracked, &ignored].map(|pair| pair.id.clone());
    assert_eq!(
        report.ids(),
        all.into(),
        "files only, ignored ones included"
    );
    for (pair, path) in [
        (&tracked, "tracked"),
        (&untracked, "sub/untracked"),
        (&ignored, ".env"),
    ] {
        let places = report.pair(pair).occurrences("id");
        assert_eq!(text(places[0], "/path"), Some(path));
        assert_eq!(text(places[0], "/object"), None);
    }
    let (_, report) = sweep_json(repo.path(), &["--worktree", "--respect-gitignore"]);
    assert_eq!(report.ids(), [tracked.id, untracked.id].into());
}

#[test]
fn pairs_stay_together() {
    let mut seed = Seed::new(218);
    let pairs = [(); 3].map(|()| seed.pair());
    let profiles: Vec<String> = pairs
        .iter()
        .enumerate()
        .map(|(n, pair)| pair.ini().replace("[default]", &format!("[profile{n}]")))
        .collect();
    let repo = Repo::new();
    repo.commit_file("credentials", profiles.join("\n"));
    let (_, report) = sweep_json(repo.path(), &[]);
    assert_eq!(report.findings().len(), 3, "three profiles, three keys");
    for pair in &pairs {
        report.pair(pair);
    }
}

#[test]
fn published_examples_are_suppressed_and_counted() {
    let repo = Repo::new();
    repo.commit_file(
        "doc.md",
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
         aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    );
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(0);
    assert!(report.findings().is_empty());
    let suppressed = report.suppressed();
    assert!(
        suppressed
            .iter()
            .any(|f| f.text("/access_key_id") == Some("AKIAIOSFODNN7EXAMPLE"))
    );
    assert!(suppressed.iter().all(|f| f.text("/reason").is_some()));
    assert_eq!(report.0["totals"]["suppressed"], suppressed.len());
    // A real secret beside a published ID is a finding.
    let secret = Seed::new(219).secret();
    repo.commit_file(
        "mixed",
        format!("aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {secret}\n"),
    );
    let (run, _) = sweep_json(repo.path(), &[]);
    run.expect_code(1);
}
