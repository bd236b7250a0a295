//! Tests of collecting tips: real git as the oracle on healthy repositories, and damage of
//! every kind on others.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::repo::Repo;
use super::testrepo::TestRepo;
use super::tips::{TipKind, Tips, collect};
use crate::model::GapKind;

pub(super) fn tips_of(path: &Path) -> Tips {
    collect(&Repo::open(path, true).unwrap())
}

pub(super) fn refs(tips: &Tips) -> BTreeSet<(String, String)> {
    let of_ref = |kind: &TipKind| match kind {
        TipKind::Ref(name) if name.starts_with("refs/") => Some(name.clone()),
        _ => None,
    };
    let tips = tips.tips.iter();
    tips.filter_map(|tip| Some((of_ref(&tip.kind)?, tip.id.to_string())))
        .collect()
}

fn git_refs(repo: &TestRepo, dir: &Path) -> BTreeSet<(String, String)> {
    let format = "--format=%(refname) %(objectname)";
    let lines = repo.git_in(dir, &["for-each-ref", format]);
    lines
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, id)| (name.to_owned(), id.to_owned()))
        .collect()
}

/// The ids of a reflog, `expired` or not.
fn logged(tips: &Tips, wanted: &str, wanted_expired: bool) -> BTreeSet<String> {
    let is_wanted = |kind: &TipKind| {
        matches!(kind, TipKind::Reflog { name, expired }
            if name == wanted && *expired == wanted_expired)
    };
    let tips = tips.tips.iter().filter(|tip| is_wanted(&tip.kind));
    tips.map(|tip| tip.id.to_string()).collect()
}

fn git_log(repo: &TestRepo, name: &str) -> BTreeSet<String> {
    let log = repo.git(&["log", "--walk-reflogs", "--format=%H", name]);
    log.lines().map(str::to_owned).collect()
}

fn ids_of(tips: &Tips, wanted: impl Fn(&TipKind) -> bool) -> Vec<String> {
    let tips = tips.tips.iter().filter(|tip| wanted(&tip.kind));
    tips.map(|tip| tip.id.to_string()).collect()
}

/// A repository with everything that has a ref.
fn rich(init: &[&str]) -> TestRepo {
    let repo = TestRepo::new(init);
    for name in ["a", "b", "c"] {
        repo.commit(name, name, name);
    }
    repo.git(&["tag", "light", "HEAD~1"]);
    repo.git(&["tag", "-a", "-m", "x", "heavy"]);
    repo.git(&["branch", "side/one", "HEAD~2"]);
    repo.git(&["notes", "add", "-m", "noted"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    repo.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
    ]);
    repo.git(&["update-ref", "refs/bisect/bad", "HEAD"]);
    repo.git(&["update-ref", "refs/pull/1/head", "HEAD~1"]);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["update-ref", "refs/heads/main", "HEAD~1"]);
    repo.git(&["branch", "late", "HEAD"]);
    repo.git(&["branch", "gone", "HEAD"]);
    repo.git(&["branch", "--quiet", "-D", "gone"]);
    repo.git(&["reset", "--quiet", "--hard", "HEAD"]);
    for text in ["first", "second", "third"] {
        repo.write("a", text);
        repo.git(&["stash", "push", "--quiet", "-m", text]);
    }
    repo.git(&["stash", "drop", "--quiet", "stash@{1}"]);
    repo
}

const SHAPES: [[&str; 2]; 4] = [
    ["--object-format=sha1", "--ref-format=files"],
    ["--object-format=sha1", "--ref-format=reftable"],
    ["--object-format=sha256", "--ref-format=files"],
    ["--object-format=sha256", "--ref-format=reftable"],
];

#[test]
fn refs_logs_and_stashes_are_those_of_git() {
    for shape in SHAPES {
        let repo = rich(&shape);
        let tips = tips_of(repo.path());
        assert_eq!(tips.gaps, [], "{shape:?}");
        assert_eq!(tips.notes, [], "{shape:?}");
        assert_eq!(refs(&tips), git_refs(&repo, repo.path()), "{shape:?}");
        assert_eq!(
            tips.head.unwrap().to_string(),
            repo.git(&["rev-parse", "HEAD"])
        );
        assert_eq!(tips.head_ref.as_deref(), Some("refs/heads/main"));
        for name in [
            "HEAD",
            "refs/heads/main",
            "refs/heads/side/one",
            "refs/heads/late",
        ] {
            let ours = logged(&tips, name, false);
            assert_eq!(ours, git_log(&repo, name), "{shape:?} {name}");
        }
        let stashes = ids_of(&tips, |kind| matches!(kind, TipKind::Stash { .. }));
        let git = repo.git(&["stash", "list", "--format=%H"]);
        assert_eq!(stashes, git.lines().collect::<Vec<_>>(), "{shape:?}");
        let origin = ids_of(
            &tips,
            |kind| matches!(kind, TipKind::Pseudo { name, .. } if name == "ORIG_HEAD"),
        );
        assert_eq!(origin, [repo.git(&["rev-parse", "ORIG_HEAD"])]);
        let count = tips.coverage;
        assert_eq!(
            (count.heads, count.tags, count.remotes, count.notes),
            (3, 2, 2, 1)
        );
        assert_eq!((count.stashes, count.other, count.worktrees), (2, 2, 1));
    }
}

#[test]
fn many_refs_fill_many_blocks() {
    for shape in SHAPES {
        let repo = TestRepo::new(&shape);
        let id = repo.commit("a", "a", "a");
        let mut input = String::new();
        for number in 0..3000 {
            writeln!(input, "create refs/heads/topic/{number:05} {id}").unwrap();
        }
        repo.git(&["config", "core.logAllRefUpdates", "always"]);
        repo.git_stdin(&["update-ref", "--stdin"], input.as_bytes());
        repo.git(&["pack-refs", "--all"]);
        repo.git(&["update-ref", "-d", "refs/heads/topic/00007"]);
        let tips = tips_of(repo.path());
        assert_eq!(tips.gaps, [], "{shape:?}");
        assert_eq!(tips.coverage.heads, 3000);
        assert_eq!(refs(&tips), git_refs(&repo, repo.path()));
        let logs = ids_of(&tips, |kind| matches!(kind, TipKind::Reflog { .. }));
        assert_eq!(logs.len(), 3001, "one for each branch, one for HEAD");
    }
}

#[test]
fn the_old_side_of_a_log_s_first_line_may_have_expired() {
    for shape in SHAPES {
        let repo = TestRepo::new(&shape);
        let ids: Vec<_> = ["a", "b", "c"]
            .map(|name| repo.commit(name, name, name))
            .into();
        repo.git(&["reflog", "delete", "main@{2}"]);
        let tips = tips_of(repo.path());
        let main = "refs/heads/main";
        let kept = BTreeSet::from([ids[1].clone(), ids[2].clone()]);
        assert_eq!(logged(&tips, main, false), kept, "{shape:?}");
        assert_eq!(
            logged(&tips, main, true),
            BTreeSet::from([ids[0].clone()]),
            "{shape:?}"
        );
    }
}

#[test]
fn linked_worktrees_have_heads_refs_logs_and_an_index() {
    for shape in SHAPES {
        let repo = TestRepo::new(&shape);
        repo.commit("a", "a", "a");
        repo.git(&["worktree", "add", "--quiet", "--detach", "../linked"]);
        let linked = repo.beside("linked");
        std::fs::write(linked.join("own"), "own").unwrap();
        repo.git_in(&linked, &["add", "own"]);
        repo.git_in(&linked, &["commit", "--quiet", "-m", "own"]);
        let head = repo.git_in(&linked, &["rev-parse", "HEAD"]);
        repo.git_in(&linked, &["update-ref", "refs/worktree/mine", "HEAD~1"]);
        repo.git_in(&linked, &["update-ref", "refs/bisect/bad", "HEAD"]);
        std::fs::write(linked.join("staged"), "staged").unwrap();
        repo.git_in(&linked, &["add", "staged"]);
        let blob = repo.git_in(&linked, &["rev-parse", ":staged"]);

        let tips = tips_of(repo.path());
        assert_eq!(tips.gaps, []);
        let linked_head = ids_of(
            &tips,
            |kind| matches!(kind, TipKind::Head { worktree } if worktree == "linked"),
        );
        assert_eq!(linked_head, [head.as_str()]);
        for name in [
            "worktrees/linked/refs/worktree/mine",
            "worktrees/linked/refs/bisect/bad",
        ] {
            let ids = ids_of(&tips, |kind| *kind == TipKind::Ref(name.to_owned()));
            assert_eq!(ids, [repo.git(&["rev-parse", name])], "{shape:?}");
        }
        let staged = ids_of(&tips, |kind| {
            matches!(kind, TipKind::Index { worktree, path }
                if worktree == "linked" && path == b"staged")
        });
        assert_eq!(staged, [blob]);
        assert!(logged(&tips, "worktrees/linked/HEAD", false).contains(&head));
        assert_eq!(tips.index_paths, [&b"a"[..], b"own", b"staged"]);
        assert_eq!(tips.coverage.worktrees, 2);
        let here = tips_of(&linked);
        assert_eq!(here.head.unwrap().to_string(), head);
        assert_eq!((here.head_ref, here.worktree.as_str()), (None, "linked"));
        assert_eq!(here.tips, tips.tips);
    }
}

#[test]
fn empty_and_unborn_repositories_are_whole() {
    for shape in SHAPES {
        for more in [None, Some("--bare")] {
            let init: Vec<_> = shape.into_iter().chain(more).collect();
            let repo = TestRepo::new(&init);
            let tips = tips_of(repo.path());
            assert_eq!((tips.gaps, tips.notes, tips.tips), (vec![], vec![], vec![]));
            assert_eq!(tips.head, None);
            assert_eq!(tips.head_ref.as_deref(), Some("refs/heads/main"));
        }
    }
}

#[test]
fn a_shallow_clone_names_its_boundary() {
    let origin = TestRepo::new(&[]);
    let ids: Vec<_> = ["a", "b", "c"]
        .map(|name| origin.commit(name, name, name))
        .into();
    let url = format!("file://{}", origin.path().display());
    let clone = TestRepo::empty_folder();
    clone.git(&["clone", "--quiet", "--depth=2", &url, "."]);
    let tips = tips_of(clone.path());
    let shallow: Vec<_> = tips.shallow.iter().map(ToString::to_string).collect();
    assert_eq!(shallow, [ids[1].clone()]);
    assert_eq!(tips.gaps, []);
    clone.write_git("shallow", format!("{}\nrubbish\n", ids[1]));
    assert_eq!(tips_of(clone.path()).gaps[0].kind, GapKind::Metadata);
}

#[test]
fn unfinished_work_is_found() {
    let repo = TestRepo::new(&[]);
    repo.commit("f", "base\n", "base");
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    let theirs = repo.commit("f", "theirs\n", "theirs");
    repo.git(&["checkout", "--quiet", "main"]);
    let ours = repo.commit("f", "ours\n", "ours");
    assert!(!repo.try_git(&["rebase", "side"]).status.success());
    let tips = tips_of(repo.path());
    assert_eq!(tips.gaps, []);
    let pseudo = |wanted: &str| {
        ids_of(
            &tips,
            |kind| matches!(kind, TipKind::Pseudo { name, .. } if name == wanted),
        )
    };
    assert_eq!(pseudo("rebase-merge/orig-head"), [ours.as_str()]);
    assert_eq!(pseudo("rebase-merge/onto"), [theirs]);
    assert_eq!(pseudo("REBASE_HEAD"), [ours]);
    assert_eq!(pseudo("AUTO_MERGE").len(), 1);
    let stages = ids_of(&tips, |kind| matches!(kind, TipKind::Index { .. }));
    assert_eq!(stages.len(), 3);
}

#[test]
fn fetched_heads_are_all_taken() {
    let origin = TestRepo::new(&[]);
    let one = origin.commit("a", "a", "a");
    origin.git(&["branch", "b"]);
    let two = origin.commit("c", "c", "c");
    let repo = TestRepo::new(&[]);
    let url = origin.path().to_str().unwrap();
    repo.git(&["fetch", "--quiet", url, "main", "b"]);
    let tips = tips_of(repo.path());
    let fetched = ids_of(&tips, |kind| matches!(kind, TipKind::Pseudo { .. }));
    assert_eq!(BTreeSet::from_iter(fetched), BTreeSet::from([one, two]));
}

#[test]
fn what_git_would_apply_is_noted() {
    let repo = TestRepo::new(&[]);
    let one = repo.commit("a", "a", "a");
    let two = repo.commit("b", "b", "b");
    repo.git(&["replace", &two, &one]);
    repo.write_git("info/grafts", format!("{two}\n"));
    for name in ["lib", "lib/modules/deep", "with/slash"] {
        repo.write_git(format!("modules/{name}/HEAD"), "ref: refs/heads/main\n");
    }
    let tips = tips_of(repo.path());
    let kinds: Vec<_> = tips.notes.iter().map(|note| note.kind).collect();
    assert_eq!(kinds, ["grafts", "replace-refs", "submodules"]);
    let named = &tips.notes[2].detail;
    assert!(
        named.contains("\"lib\", \"lib/deep\", \"with/slash\""),
        "{named}"
    );
    assert!(refs(&tips).contains(&(format!("refs/replace/{two}"), one)));
}
