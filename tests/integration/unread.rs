//! What could be passed over in silence: malformed objects, repositories in repositories, what
//! users typed into git's own files, and what an unfinished push left behind.

use serde_json::Value;

use crate::support::expect::{cut, healthy};
use crate::support::json::{Report, text};
use crate::support::keysweep::{run_in, sweep, sweep_json};
use crate::support::repo::{PSEUDO_REFS, Repo};
use crate::support::seed::{Pair, Seed};

fn pair(seed: u64) -> Pair {
    Seed::new(seed).pair()
}

fn start(init: &[&str]) -> Repo {
    let repo = Repo::with(init);
    repo.commit_file("README.md", "nothing to see\n");
    repo
}

fn notes(report: &Report) -> Vec<(String, String)> {
    let notes = report.0.get("notes").and_then(Value::as_array);
    let text = |note: &Value, name: &str| note[name].as_str().unwrap().to_owned();
    let each = |note: &Value| (text(note, "kind"), text(note, "detail"));
    notes.into_iter().flatten().map(each).collect()
}

#[test]
fn malformed_commits_and_tags_are_named() {
    for init in [[].as_slice(), &["--object-format=sha256"]] {
        let repo = start(init);
        let good = repo.id("HEAD");
        let tree = repo.id("HEAD^{tree}");
        let people = "author A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n";
        let short = &good[..38];
        let commits = [
            format!("{people}\nno tree\n"),
            format!("tree {short}\n{people}\nshort\n"),
            format!("tree {tree}x\n{people}\nlong\n"),
            format!("parent {good}\ntree {tree}\n{people}\nlate tree\n"),
            format!("tree {tree}\nparent {short}\n{people}\nbad parent\n"),
        ];
        for content in &commits {
            let id = repo.object("commit", content.as_bytes());
            let walked = repo.attempt(&["rev-list", "--objects", &id], b"");
            assert!(!walked.status.success(), "git walks {content:?}");
            assert_damaged(&repo, &id);
        }
        // Git walks these two, but not to where they seem to lead.
        for content in [
            format!("tree {tree}\n{people}parent {good}\n\nlate parent\n"),
            format!("tree {tree}\ntree {good}\n{people}\ntwo trees\n"),
        ] {
            assert_damaged(&repo, &repo.object("commit", content.as_bytes()));
        }
        for content in [
            format!("type commit\ntag v\n\nno object {good}\n"),
            format!("object {good}\ntype blub\ntag v\n\nno kind\n"),
            format!("object {good}\ntag v\n\nno type\n"),
            format!("object {short}\ntype commit\ntag v\n\nno id\n"),
        ] {
            let id = repo.object("tag", content.as_bytes());
            let peeled = repo.attempt(&["rev-parse", &format!("{id}^{{commit}}")], b"");
            assert!(!peeled.status.success(), "git peels {content:?}");
            assert_damaged(&repo, &id);
        }
    }
}

/// Only this object is a gap, and it is read all the same.
#[track_caller]
fn assert_damaged(repo: &Repo, id: &str) {
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(3);
    assert!(report.has_gap("damaged", id), "{:?}", report.gaps());
    assert_eq!(report.gaps().len(), 1, "{:?}", report.gaps());
    std::fs::remove_file(repo.loose(id)).unwrap();
}

#[test]
fn odd_but_whole_commits_and_tags_are_no_gap() {
    let repo = start(&[]);
    let (good, tree) = (repo.id("HEAD"), repo.id("HEAD^{tree}"));
    let people = "author A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n";
    for (kind, content) in [
        (
            "commit",
            format!("tree {tree}\n{people}gpgsig x\n parent y\n tree z\n\nsigned\n"),
        ),
        (
            "commit",
            format!("tree {tree}\nparent {good}\nparent {good}\n{people}\nparent z\n"),
        ),
        ("commit", format!("tree {tree}\n\nnobody made it\n")),
        (
            "tag",
            format!("object {tree}\ntype tree\ntag v\n\nno tagger\n"),
        ),
    ] {
        repo.object(kind, content.as_bytes());
    }
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(0);
    assert!(report.complete());
}

#[test]
fn a_damaged_repository_is_not_mistaken_for_the_one_around_it() {
    let outer = start(&[]);
    std::fs::create_dir_all(outer.path().join("inner/.git/refs")).unwrap();
    outer.write("inner/sub/file", "x\n");
    outer.write("dangling/file", "x\n");
    std::os::unix::fs::symlink("gone", outer.path().join("dangling/.git")).unwrap();
    for path in ["inner", "inner/sub", "dangling"] {
        let run = sweep(&outer.path().join(path), &[]).expect_code(2);
        let named = path.split('/').next().unwrap();
        assert!(
            run.err().contains(&format!("{named}/.git")),
            "{}",
            run.err()
        );
        assert!(run.err().contains("name \""), "the way out: {}", run.err());
    }
    // Without a path it is as with git, which sweeps on; but it is said.
    let home = outer.path().join("inner");
    let run = run_in(&home, &["sweep", "--format", "json", "--no-timings"]).expect_code(0);
    let said = notes(&run.report());
    assert_eq!(said[0].0, "passed-over");
    assert!(said[0].1.contains("inner/.git"), "{said:?}");
    sweep(outer.path(), &[]).expect_code(0);
}

#[test]
fn embedded_repositories_are_named() {
    let outer = start(&[]);
    let sub = start(&[]);
    let url = sub.path().to_str().unwrap();
    outer.git(&["submodule", "--quiet", "add", url, "proper"]);
    let target = outer.path().join("added");
    outer.git(&["clone", "-q", url, target.to_str().unwrap()]);
    outer.git(&["add", "added"]);
    outer.commit_index("Both");
    let (run, report) = sweep_json(outer.path(), &[]);
    run.expect_code(0);
    let said = notes(&report);
    let of = |kind: &str| {
        let found: Vec<_> = said.iter().filter(|note| note.0 == kind).collect();
        assert_eq!(found.len(), 1, "{said:?}");
        found[0].1.clone()
    };
    let embedded = of("embedded-repositories");
    assert!(embedded.contains("\"added\"") && !embedded.contains("proper"));
    assert!(of("submodules").contains("\"proper\""));
}

#[test]
fn repositories_that_nobody_tracks_are_named_as_well() {
    let outer = start(&[]);
    let other = start(&[]);
    let url = other.path().to_str().unwrap();
    outer.git(&["submodule", "--quiet", "add", url, "proper"]);
    outer.write(".gitignore", "ignored/\n");
    outer.commit("Ignore");
    for path in ["ignored/deep/one", "plain", "plain/inside", "proper/inside"] {
        outer.git(&["clone", "-q", url, path]);
    }
    outer.git(&["clone", "-q", "--bare", url, "fixtures/bare"]);
    outer.git(&["worktree", "add", "-q", "linked"]);
    // Neither of these leads anywhere.
    outer
        .write("no/.git", "text\n")
        .write("no/more/.git/x", "x\n");
    std::os::unix::fs::symlink("..", outer.path().join("no/loop")).unwrap();
    let (run, report) = sweep_json(outer.path(), &[]);
    run.expect_code(0);
    let said = notes(&report);
    let said: Vec<_> = said.iter().filter(|n| n.0.starts_with("embed")).collect();
    let expected = "the work tree holds the repositories \"fixtures/bare\", \"ignored/deep/one\", \
                    \"plain\", which were not swept: sweep each by its path";
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].1, expected);
    let (run, report) = sweep_json(outer.path(), &["--recurse-submodules"]);
    run.expect_code(0);
    let said = notes(&report);
    let inner = "in the submodule \"proper\": the work tree holds the repositories \"inside\"";
    assert!(
        said.iter().any(|note| note.1.starts_with(inner)),
        "{said:?}"
    );
}

#[test]
fn messages_in_logs_are_read() {
    for init in [["--ref-format=files"], ["--ref-format=reftable"]] {
        let (repo, key) = (start(&init), pair(1101));
        let subject = format!("Try {}", key.line());
        repo.git(&["update-ref", "-m", &subject, "refs/heads/x", "HEAD"]);
        let report = healthy(&repo);
        let finding = report.pair(&key);
        let place = finding.occurrences("secret")[0];
        assert_eq!(text(place, "/field"), Some("message"));
        assert_eq!(text(place, "/path"), Some("logs/refs/heads/x"));
        assert_eq!(text(place, "/object"), None);
        assert_eq!(
            finding.0["exposure"]["held_by"],
            serde_json::json!([{"kind": "reflog", "name": "refs/heads/x"}])
        );
        if init == ["--ref-format=files"] {
            let log = std::fs::read(repo.git_path("logs/refs/heads/x")).unwrap();
            assert_eq!(cut(&log, place), key.secret.as_bytes());
        }
        let out = sweep(repo.path(), &[]).expect_code(1).out();
        assert!(out.contains("git's file logs/refs/heads/x"), "{out}");
        let (run, _) = sweep_json(repo.path(), &["--refs", "main"]);
        run.expect_code(0);
    }
}

#[test]
fn messages_of_unfinished_work_are_read() {
    for name in [
        "COMMIT_EDITMSG",
        "MERGE_MSG",
        "TAG_EDITMSG",
        "rebase-merge/message",
    ] {
        let (repo, key) = (start(&[]), pair(1102));
        let path = repo.git_path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("Oh\n\n{}\n", key.line())).unwrap();
        let report = healthy(&repo);
        let finding = report.pair(&key);
        let place = finding.occurrences("id")[0];
        assert_eq!(text(place, "/path"), Some(name));
        assert_eq!(place["line"], 3);
        assert_eq!(
            cut(&std::fs::read(&path).unwrap(), place),
            key.id.as_bytes()
        );
        assert_eq!(
            finding.0["exposure"]["held_by"],
            serde_json::json!([{"kind": "file", "name": name}])
        );
    }
}

#[test]
fn an_unfinished_push_is_read() {
    let (repo, loose, packed) = (start(&[]), pair(1103), pair(1104));
    let blob = repo.blob(loose.ini());
    let quarantine = repo.git_path("objects/tmp_objdir-incoming-Ab12Cd");
    let file = repo.loose(&blob);
    let fan_out = quarantine.join(&blob[..2]);
    std::fs::create_dir_all(&fan_out).unwrap();
    std::fs::rename(&file, fan_out.join(&blob[2..])).unwrap();
    // Git writes a large push as a pack.
    let blob = repo.blob(packed.ini());
    std::fs::create_dir(quarantine.join("pack")).unwrap();
    let base = quarantine.join("pack/pack");
    let args = ["pack-objects", "-q", base.to_str().unwrap()];
    repo.feed(&args, format!("{blob}\n").as_bytes());
    std::fs::remove_file(repo.loose(&blob)).unwrap();
    let report = healthy(&repo);
    for key in [loose, packed] {
        assert!(report.ids().contains(&key.id));
    }
    assert_eq!(notes(&report)[0].0, "quarantine");
}

#[test]
fn half_written_packs_are_noted() {
    let repo = start(&[]);
    std::fs::write(repo.git_path("objects/pack/tmp_pack_Ab12Cd"), "PACK").unwrap();
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(0);
    assert_eq!(notes(&report)[0].0, "half-written-packs");
}

#[test]
fn folders_that_lead_out_of_the_repository_are_not_followed() {
    let outside = start(&[]);
    let secret = pair(350);
    let folder = outside.path().join("private");
    std::fs::create_dir_all(folder.join("heads")).unwrap();
    std::fs::write(folder.join("credentials"), secret.ini()).unwrap();
    std::fs::write(folder.join("heads/name"), secret.ini()).unwrap();
    for top in [
        "logs",
        "rebase-merge",
        "rebase-apply",
        "sequencer",
        "refs/notes",
        "worktrees/w",
    ] {
        let repo = start(&[]);
        let link = repo.git_path(top);
        std::fs::remove_dir_all(&link).ok();
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        let run = sweep(repo.path(), &["-f", "json"]).expect_code(3);
        assert!(!run.out().contains(&secret.id), "{top}");
        assert!(!run.out().contains("credentials"), "{top}: {}", run.out());
        let report = run.report();
        let gaps = report.gaps().iter().map(|gap| gap["path"].as_str());
        assert!(
            gaps.flatten().any(|path| path == top),
            "{top}: {:?}",
            report.gaps()
        );
    }
}

/// The only gap of a sweep, about an object that git misses as well: what names it, and why.
#[track_caller]
fn only_gap(repo: &Repo, object: &str) -> (String, String, Value) {
    assert!(!repo.attempt(&["fsck"], b"").status.success(), "git's word");
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(3);
    let [gap] = report.gaps() else {
        panic!("{:#?}", report.gaps());
    };
    assert_eq!(
        (&gap["kind"], &gap["object"]),
        (&"missing".into(), &object.into())
    );
    let of = |name: &str| text(gap, name).unwrap_or_default().to_owned();
    (of("/ref"), of("/detail"), gap["path"].clone())
}

#[test]
fn what_only_a_log_or_an_index_names_is_named_with_it() {
    let repo = start(&[]);
    repo.commit_file("b", "second\n");
    let lost = repo.id("HEAD");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    std::fs::remove_file(repo.git_path("ORIG_HEAD")).unwrap();
    std::fs::remove_file(repo.loose(&lost)).unwrap();
    let (by, detail, _) = only_gap(&repo, &lost);
    assert_eq!(by, "reflog of HEAD");
    assert!(
        detail.starts_with("the reflog of HEAD names this"),
        "{detail}"
    );
    let step = "git reflog expire --stale-fix --all";
    assert!(detail.contains(&format!("`{step}`")), "{detail}");
    // A file that keeps nothing alive says less, wherever it stands in the order.
    std::fs::write(repo.git_path("ORIG_HEAD"), format!("{lost}\n")).unwrap();
    assert_eq!(only_gap(&repo, &lost).0, "reflog of HEAD");
    let words: Vec<&str> = step.split(' ').skip(1).collect();
    repo.git(&words);
    sweep(repo.path(), &[]).expect_code(0);

    repo.write("staged", "third\n");
    repo.git(&["add", "staged"]);
    let lost = repo.id(":staged");
    std::fs::remove_file(repo.loose(&lost)).unwrap();
    let (by, detail, path) = only_gap(&repo, &lost);
    assert_eq!(
        (by.as_str(), path.as_str()),
        ("index of main", Some("staged"))
    );
    assert!(
        detail.starts_with("the index of main names this"),
        "{detail}"
    );
    repo.git(&["reset", "-q"]);
    repo.git(&["add", "staged"]);
    sweep(repo.path(), &[]).expect_code(0);
}

#[test]
fn what_git_has_let_go_is_a_note_that_names_it() {
    let nowhere = ["05".repeat(20), "06".repeat(20)];
    for name in PSEUDO_REFS {
        let repo = start(&[]);
        std::fs::write(repo.git_path(name), format!("{}\n", nowhere.join("\n"))).unwrap();
        repo.git(&["fsck", "--strict"]);
        let (run, report) = sweep_json(repo.path(), &[]);
        run.expect_code(0);
        let notes = report.0["notes"].as_array().unwrap();
        let [note] = &notes[..] else {
            panic!("{notes:#?}");
        };
        let expected = format!("{name} names 2 objects, {} among them", nowhere[0]);
        assert!(
            text(note, "/detail").unwrap().starts_with(&expected),
            "{note}"
        );
    }
}
