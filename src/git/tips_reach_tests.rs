//! What tips reach is what git reaches.

use std::collections::{BTreeSet, HashSet};

use super::opening::StoreOptions;
use super::reach;
use super::repo::Repo;
use super::store::Store;
use super::testrepo::TestRepo;
use super::tips::{Tip, TipKind, collect};
use super::walk::Bounds;
use crate::model::{Control, ObjectId};

/// Everything that can hold on to an object, and some that nothing holds.
fn busy(init: &[&str]) -> TestRepo {
    let repo = TestRepo::new(init);
    for name in ["a", "b", "c", "d"] {
        repo.commit(name, name, name);
    }
    repo.git(&["tag", "-a", "-m", "x", "heavy", "HEAD~1"]);
    repo.git(&["tag", "-a", "-m", "of a tag", "heavier", "heavy"]);
    repo.git(&["notes", "add", "-m", "noted"]);
    repo.git(&["symbolic-ref", "refs/x/alias", "refs/tags/heavier"]);
    repo.git(&["commit", "--quiet", "--amend", "-m", "amended"]);
    repo.git(&["checkout", "--quiet", "-b", "side", "HEAD~2"]);
    repo.commit("a", "theirs", "theirs");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("b", "stashed");
    repo.write("untracked", "stashed too");
    repo.git(&["stash", "push", "--quiet", "--include-untracked"]);
    repo.git(&["worktree", "add", "--quiet", "--detach", "../linked"]);
    let linked = repo.beside("linked");
    std::fs::write(linked.join("own"), "own").unwrap();
    repo.git_in(&linked, &["add", "own"]);
    repo.git_in(&linked, &["commit", "--quiet", "-m", "own"]);
    repo.git_in(&linked, &["update-ref", "refs/worktree/mine", "HEAD~1"]);
    std::fs::write(linked.join("staged"), "staged there").unwrap();
    repo.git_in(&linked, &["add", "staged"]);
    repo.write("staged", "staged here");
    repo.git(&["add", "staged"]);
    // Nothing holds these: a blob, a tag, and a commit that only a pseudo-ref names.
    repo.git_stdin(&["hash-object", "-w", "--stdin"], b"alone");
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let lost = repo.git(&["commit-tree", "-m", "lost", &tree]);
    repo.git(&["tag", "-a", "-m", "x", "gone", &lost]);
    repo.git(&["tag", "-d", "gone"]);
    repo.write_git("ORIG_HEAD", format!("{lost}\n"));
    repo
}

fn reached(repo: &TestRepo, wanted: impl Fn(&TipKind) -> bool) -> BTreeSet<String> {
    let opened = Repo::open(repo.path(), true).unwrap();
    let tips = collect(&opened);
    assert_eq!(tips.gaps, []);
    let options = StoreOptions {
        liars: &BTreeSet::new(),
        object_size_max: None,
        partial: None,
        control: &Control::default(),
    };
    let store = Store::open(&opened, &options, &mut Vec::new());
    let ids: Vec<ObjectId> = tips
        .tips
        .iter()
        .filter(|tip: &&Tip| wanted(&tip.kind))
        .map(|tip| tip.id)
        .collect();
    let bounds = Bounds::for_store(&store, None);
    let control = Control::default();
    let (bits, cut) = reach::reach(&store, &HashSet::new(), &ids, bounds, &control);
    assert!(!cut);
    (0..store.total())
        .filter(|number| store.in_use(*number) && bits.contains(*number))
        .map(|number| store.id(number).to_string())
        .collect()
}

#[test]
fn tips_reach_what_git_reaches() {
    for init in [
        ["--object-format=sha1", "--ref-format=files"],
        ["--object-format=sha256", "--ref-format=reftable"],
    ] {
        let repo = busy(&init);
        let words = |text: String, at: usize| -> BTreeSet<String> {
            let lines = text.lines();
            lines
                .filter_map(|line| line.split(' ').nth(at).map(str::to_owned))
                .collect()
        };
        let all = ["cat-file", "--batch-all-objects", "--batch-check"];
        let all = words(repo.git(&all), 0);
        let listed = [
            "rev-list",
            "--objects",
            "--all",
            "--reflog",
            "--indexed-objects",
        ];
        let listed = words(repo.git(&listed), 0);
        let unreachable = words(repo.git(&["fsck", "--unreachable"]), 2);
        let ours = reached(&repo, |kind| !matches!(kind, TipKind::Pseudo { .. }));
        assert_eq!(ours, listed, "{init:?}");
        assert_eq!(
            reached(&repo, TipKind::keeps_alive),
            ours,
            "no log has expired"
        );
        let left: BTreeSet<_> = all.difference(&ours).cloned().collect();
        assert_eq!(left, unreachable, "{init:?}");
        assert!(left.len() >= 3, "{left:?}");
        // A pseudo-ref keeps nothing alive, but leads to it.
        let with_pseudo = reached(&repo, |_| true);
        assert_eq!(with_pseudo.difference(&ours).count(), 1);
    }
}
