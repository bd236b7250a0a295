//! Tests of opening repositories of every shape, with git as the oracle.

use std::ffi::OsString;
use std::path::Path;

use super::repo::{Environment, Repo};
use super::testrepo::TestRepo;
use crate::model::{GapKind, HashKind};

fn open(path: &Path) -> Repo {
    Repo::open(path, true).unwrap()
}

#[test]
fn a_repository_is_found_from_anywhere_in_it() {
    let repo = TestRepo::new(&[]);
    repo.commit("a/b/c", "x", "first");
    for path in ["", "a/b", "a/b/c", ".git", ".git/refs/heads", ".git/HEAD"] {
        let found = open(&repo.path().join(path));
        let expected = repo.git(&["rev-parse", "--absolute-git-dir"]);
        assert_eq!(found.git_dir, Path::new(&expected), "from {path:?}");
        assert_eq!(found.common_dir, found.git_dir);
        let work_dir = found.worktree().unwrap().work_dir.clone().unwrap();
        assert_eq!(
            work_dir,
            Path::new(&repo.git(&["rev-parse", "--show-toplevel"]))
        );
        assert!(found.gaps.is_empty());
    }
}

#[test]
fn formats_are_told_by_the_configuration() {
    let repo = TestRepo::new(&["--object-format=sha256", "--ref-format=reftable", "--bare"]);
    let found = open(repo.path());
    assert_eq!(found.hash, HashKind::Sha256);
    assert!(found.reftable);
    assert!(found.worktree().unwrap().work_dir.is_none());
}

#[test]
fn without_a_configuration_the_layout_tells() {
    for format in ["sha1", "sha256"] {
        for refs in ["files", "reftable"] {
            let options = [
                format!("--object-format={format}"),
                format!("--ref-format={refs}"),
            ];
            let repo = TestRepo::new(&[&options[0], &options[1]]);
            repo.commit("a", "x", "first");
            std::fs::remove_file(repo.git_dir().join("config")).unwrap();
            let found = open(repo.path());
            assert_eq!(found.hash.name(), format);
            assert_eq!(found.reftable, refs == "reftable");
            assert!(found.gaps.is_empty());
        }
    }
}

#[test]
fn a_broken_configuration_is_a_gap_and_no_end() {
    let repo = TestRepo::new(&["--object-format=sha256"]);
    repo.commit("a", "x", "first");
    repo.write_git("config", "[core\n");
    let found = open(repo.path());
    assert_eq!(found.hash, HashKind::Sha256);
    assert_eq!(found.gaps[0].kind, GapKind::Metadata);
    assert_eq!(found.gaps[0].path.as_deref(), Some(&b"config"[..]));
}

#[test]
fn unknown_formats_are_refused_by_name() {
    let repo = TestRepo::new(&[]);
    for (config, named) in [
        ("[core]\nrepositoryformatversion = 2\n", "format version"),
        (
            "[core]\nrepositoryformatversion = 1\n[extensions]\nshiny = 1\n",
            "\"shiny\"",
        ),
        ("[extensions]\nobjectformat = blake3\n", "\"blake3\""),
        ("[extensions]\nrefstorage = db\n", "\"db\""),
    ] {
        repo.write_git("config", config);
        let error = Repo::open(repo.path(), true).unwrap_err();
        assert!(error.message.contains(named), "{error:?}");
        assert!(!error.hint.is_empty());
    }
    repo.write_git(
        "config",
        "[core]\nrepositoryformatversion = 0\n[extensions]\nshiny = 1\n",
    );
    open(repo.path());
}

#[test]
fn linked_worktrees_know_each_other() {
    let repo = TestRepo::new(&[]);
    repo.commit("a", "x", "first");
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "--quiet", "-b", "side", "../linked"]);
    for path in [repo.path(), linked.as_path()] {
        let found = open(path);
        let names: Vec<_> = found.worktrees.iter().map(|tree| &tree.name).collect();
        assert_eq!(names, ["main", "linked"]);
        let listed = repo.git(&["worktree", "list", "--porcelain"]);
        for tree in &found.worktrees {
            let folder = tree.work_dir.as_ref().unwrap().display();
            assert!(listed.contains(&format!("worktree {folder}\n")), "{listed}");
        }
        assert_eq!(found.worktree().unwrap().work_dir.as_deref(), Some(path));
        assert_eq!(found.common_dir, repo.git_dir());
    }
    assert!(open(&linked).git_dir.ends_with(".git/worktrees/linked"));

    std::fs::remove_dir_all(&linked).unwrap();
    let found = open(repo.path());
    assert!(found.worktrees[1].work_dir.is_none());
}

#[test]
fn worktrees_of_a_bare_repository_are_found() {
    let repo = TestRepo::new(&[]);
    repo.commit("a", "x", "first");
    repo.git(&["clone", "--quiet", "--bare", ".", "../bare"]);
    let bare = repo.beside("bare");
    repo.git_in(&bare, &["worktree", "add", "--quiet", "../main", "main"]);
    let found = open(&repo.beside("main"));
    assert_eq!(found.common_dir, bare);
    let trees: Vec<_> = found
        .worktrees
        .iter()
        .map(|tree| (tree.name.as_str(), tree.work_dir.clone()))
        .collect();
    let linked = ("worktrees/main", Some(repo.beside("main")));
    assert_eq!(trees, [("main", None), linked]);
    assert_eq!(found.worktree().unwrap().name, "worktrees/main");
}

#[test]
fn a_submodule_is_opened_through_its_gitfile_and_directly() {
    let inner = TestRepo::new(&[]);
    inner.commit("a", "x", "inner");
    let outer = TestRepo::new(&[]);
    let url = inner.path().to_str().unwrap();
    outer.git(&["submodule", "--quiet", "add", url, "lib/inner"]);
    let git_dir = outer.git_dir().join("modules/lib/inner");
    for path in [outer.path().join("lib/inner"), git_dir.clone()] {
        let found = open(&path);
        assert_eq!(found.git_dir, git_dir);
        let tree = found.worktree().unwrap();
        assert_eq!(
            tree.work_dir.as_deref(),
            Some(&*outer.path().join("lib/inner"))
        );
    }
}

#[test]
fn the_configuration_cannot_choose_a_work_tree() {
    let repo = TestRepo::new(&["--bare"]);
    repo.git(&["config", "core.bare", "false"]);
    repo.git(&["config", "core.worktree", "/etc"]);
    assert_eq!(open(repo.path()).worktree().unwrap().work_dir, None);
}

#[test]
fn what_is_no_repository_is_said_with_the_next_step() {
    let folder = TestRepo::empty_folder();
    let error = |path: &Path| Repo::open(path, true).unwrap_err();
    let none = error(folder.path());
    assert!(none.message.contains("is not in a git repository"));
    assert!(none.message.contains("repo"), "{none:?}");
    assert!(
        error(&folder.path().join("none"))
            .message
            .contains("there is no")
    );

    folder.write(".git", "gitdir: ../gone\n");
    let nowhere = error(folder.path());
    assert!(nowhere.message.contains("gone"), "{nowhere:?}");
    assert!(nowhere.hint.contains("git worktree repair"));
    folder.write(".git", "something else");
    assert!(error(folder.path()).message.contains("gitdir"));
}

#[test]
fn a_repository_without_objects_is_named() {
    let repo = TestRepo::new(&[]);
    std::fs::remove_dir_all(repo.git_dir().join("objects")).unwrap();
    let error = Repo::open(repo.path(), true).unwrap_err();
    assert!(error.message.contains("no objects folder"), "{error:?}");
}

#[test]
fn a_damaged_repository_is_not_passed_over() {
    let outer = TestRepo::new(&[]);
    std::fs::create_dir(outer.path().join("inner")).unwrap();
    outer.git_in(&outer.path().join("inner"), &["init", "--quiet"]);
    let inner = outer.path().join("inner/.git");
    std::fs::remove_file(inner.join("HEAD")).unwrap();
    assert_eq!(open(&outer.path().join("inner")).git_dir, inner);
}

#[test]
fn the_environment_counts_only_without_a_path() {
    let (one, two) = (TestRepo::new(&[]), TestRepo::new(&["--bare"]));
    let environment = Environment {
        git_dir: Some(two.path().into()),
        work_tree: Some(one.beside("repo").into()),
        object_directory: Some(one.git_dir().join("objects").into()),
        alternates: Some(two.path().join("objects").into()),
        ..Environment::default()
    };
    let found = Repo::open_with(one.path(), &environment).unwrap();
    assert_eq!(found.git_dir, two.path());
    assert_eq!(
        found.worktree().unwrap().work_dir.as_deref(),
        Some(one.path())
    );
    let dirs: Vec<_> = found.object_dirs.iter().map(|dir| &dir.path).collect();
    assert_eq!(
        dirs,
        [&one.git_dir().join("objects"), &two.path().join("objects")]
    );
    assert_eq!(open(one.path()).git_dir, one.git_dir());

    let wrong = Environment {
        git_dir: Some(OsString::from("refs")),
        ..Environment::default()
    };
    let error = Repo::open_with(two.path(), &wrong).unwrap_err();
    assert!(error.message.contains("GIT_DIR"), "{error:?}");
}

#[test]
fn a_partial_clone_is_recognised() {
    let origin = TestRepo::new(&[]);
    origin.commit("a", "x", "first");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", origin.path().display());
    let clone = TestRepo::empty_folder();
    clone.git(&["clone", "--quiet", "--filter=blob:none", &url, "."]);
    assert!(open(clone.path()).promisor);
    // The packs alone tell as well.
    clone.write_git("config", "");
    assert!(open(clone.path()).promisor);
    assert!(!open(origin.path()).promisor);
}
