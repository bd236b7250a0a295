//! Installing hooks, taking them out, and whether they fire.

use crate::support::gates::{
    command, executable, keysweep, pair, push, pushing, refs, said, stopped,
};
use crate::support::repo::Repo;

fn hook(repo: &Repo, name: &str) -> std::path::PathBuf {
    repo.git_path("hooks").join(name)
}

#[test]
fn a_hook_that_is_there_runs_first_with_the_same_input_and_comes_back() {
    let pushes = pushing(&[]);
    let work = &pushes.work;
    said(&keysweep(work, &["hook", "uninstall"]), 0);
    assert!(!hook(work, "pre-push").exists());
    let script = "#!/bin/sh\ncat > seen; echo \"$@\" >> seen; [ ! -e refuse ]\n";
    executable(&hook(work, "pre-push"), script);
    let text = said(&keysweep(work, &["hook", "install"]), 0);
    assert!(text.contains("pre-push.keysweep-prev"), "{text}");
    // Once more changes nothing.
    said(&keysweep(work, &["hook", "install"]), 0);
    work.commit_file("a", "clean\n");
    said(&push(work, &["origin", "main"]), 0);
    let seen = std::fs::read_to_string(work.path().join("seen")).unwrap();
    assert!(
        seen.starts_with("refs/heads/main ") && seen.contains("\norigin "),
        "{seen}"
    );
    std::fs::remove_file(work.path().join("seen")).unwrap();
    work.git(&[
        "commit",
        "-q",
        "--no-verify",
        "--allow-empty",
        "-m",
        &pair(601).line(),
    ]);
    stopped(&pushes, &["origin", "main"], &pair(601));
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.commit_file("b", "clean\n");
    std::fs::write(work.path().join("refuse"), "").unwrap();
    let before = refs(&pushes.server);
    said(&push(work, &["origin", "main"]), 1);
    assert_eq!(refs(&pushes.server), before, "the other hook has its say");
    said(&keysweep(work, &["hook", "uninstall"]), 0);
    assert_eq!(
        std::fs::read_to_string(hook(work, "pre-push")).unwrap(),
        script
    );
    assert!(!hook(work, "pre-push.keysweep-prev").exists());
    assert!(!hook(work, "pre-commit").exists());
}

#[test]
fn hooks_of_two_strangers_are_left_alone() {
    let repo = Repo::new();
    executable(&hook(&repo, "pre-push"), "#!/bin/sh\n");
    executable(
        &hook(&repo, "pre-push.keysweep-prev"),
        "#!/bin/sh\nexit 1\n",
    );
    let text = said(&keysweep(&repo, &["hook", "install", "pre-push"]), 2);
    assert!(text.contains("neither is keysweep's"), "{text}");
    assert_eq!(
        std::fs::read_to_string(hook(&repo, "pre-push")).unwrap(),
        "#!/bin/sh\n"
    );
}

#[test]
fn linked_work_trees_and_folders_of_hooks_are_found() {
    let pushes = pushing(&[]);
    let work = &pushes.work;
    said(&keysweep(work, &["hook", "uninstall"]), 0);
    let linked = work.beside("linked");
    work.git(&[
        "worktree",
        "add",
        "-q",
        "-b",
        "l",
        linked.path().to_str().unwrap(),
    ]);
    said(&keysweep(&linked, &["hook", "install"]), 0);
    assert!(
        hook(work, "pre-push").exists(),
        "hooks are common to all work trees"
    );
    said(&keysweep(&linked, &["hook", "uninstall"]), 0);
    work.git(&["config", "core.hooksPath", ".myhooks"]);
    said(&keysweep(work, &["hook", "install"]), 0);
    assert!(work.path().join(".myhooks/pre-push").exists());
    work.git(&["add", "-A"]);
    work.git(&["commit", "-q", "--no-verify", "-m", &pair(602).line()]);
    stopped(&pushes, &["origin", "main"], &pair(602));
}

#[test]
fn all_repositories_of_a_user_at_once() {
    let pushes = pushing(&[]);
    let work = &pushes.work;
    said(&keysweep(work, &["hook", "uninstall"]), 0);
    let own = "#!/bin/sh\ncat > seen\n";
    executable(&hook(work, "pre-push"), own);
    executable(&hook(work, "post-commit"), "#!/bin/sh\necho x > after\n");
    said(&keysweep(work, &["hook", "install", "--global"]), 0);
    let git = |args: &[&str]| {
        let mut git = work.command();
        git.env("GIT_CONFIG_GLOBAL", work.root().join("gitconfig"));
        git.args(args).output().unwrap()
    };
    let text = said(&git(&["config", "core.hooksPath"]), 0);
    assert!(text.contains("keysweep/hooks"), "{text}");
    let key = pair(603);
    work.write("k", key.ini());
    work.git(&["add", "-A"]);
    let text = said(&git(&["commit", "-q", "-m", "x"]), 1);
    assert!(text.contains(&key.id), "{text}");
    said(&git(&["commit", "-q", "--no-verify", "-m", "x"]), 0);
    assert!(
        work.path().join("after").exists(),
        "other hooks run as before"
    );
    let text = said(&git(&["push", "-q", "origin", "main"]), 1);
    assert!(text.contains(&key.id), "{text}");
    assert!(
        work.path().join("seen").exists(),
        "and so does the repository's own"
    );
    // A repository that has its own hooks is told that they never run.
    said(&keysweep(work, &["hook", "uninstall", "--global"]), 0);
    assert_eq!(git(&["config", "core.hooksPath"]).status.code(), Some(1));
    said(
        &git(&["config", "--global", "core.hooksPath", "/elsewhere"]),
        0,
    );
    let text = said(&keysweep(work, &["hook", "install"]), 2);
    assert!(text.contains("never run"), "{text}");
    said(&keysweep(work, &["hook", "install", "--global"]), 2);
}

#[test]
fn a_keysweep_that_is_gone_stops_the_push_and_says_how_to_go_on() {
    let pushes = pushing(&[]);
    let work = &pushes.work;
    let path = hook(work, "pre-push");
    let text = std::fs::read_to_string(&path).unwrap();
    let gone = text.replace(crate::support::gates::KEYSWEEP, "/nowhere/keysweep");
    assert_ne!(gone, text);
    executable(&path, &gone);
    work.commit_file("a", "clean\n");
    let text = said(&push(work, &["origin", "main"]), 1);
    assert!(text.contains("git push --no-verify"), "{text}");
}

#[test]
fn status_and_doctor_tell_what_runs_and_what_does_not() {
    let pushes = pushing(&[]);
    let work = &pushes.work;
    let text = said(&keysweep(work, &["hook", "status"]), 0);
    assert!(
        text.contains("pre-commit: not installed") && text.contains("/pre-push"),
        "{text}"
    );
    let objects = || work.git(&["count-objects", "-v"]);
    let before = (objects(), refs(work));
    let text = said(&keysweep(work, &["doctor"]), 0);
    assert!(
        text.contains("pre-push fires") && text.contains("all is well"),
        "{text}"
    );
    assert_eq!((objects(), refs(work)), before, "nothing is written");
    // A hook that cannot be run is passed over by git.
    let path = hook(work, "pre-push");
    std::fs::set_permissions(&path, {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::Permissions::from_mode(0o644)
    })
    .unwrap();
    let text = said(&keysweep(work, &["doctor"]), 1);
    assert!(
        text.contains("does not fire") && text.contains("cannot be run"),
        "{text}"
    );
    let shallow = pushes.server.clone_to("shallow", &["--depth", "1"]);
    let mut doctor = command(&shallow);
    doctor.arg("doctor").env("GITLAB_CI", "true");
    let text = said(&doctor.output().unwrap(), 1);
    assert!(
        !text.contains("not shallow") || text.contains("GIT_DEPTH"),
        "{text}"
    );
    let text = said(&keysweep(&pushes.server, &["doctor"]), 1);
    assert!(text.contains("keysweep hook install pre-receive"), "{text}");
    assert_eq!(keysweep(work, &["doctor", "/"]).status.code(), Some(2));
}

#[test]
fn completions_and_manual_name_every_command() {
    let repo = Repo::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = said(&keysweep(&repo, &["completions", shell]), 0);
        for word in ["sweep", "hook", "pre-push", "range"] {
            assert!(text.contains(word), "{shell}: {word}");
        }
    }
    let text = said(&keysweep(&repo, &["man"]), 0);
    assert!(
        text.starts_with(".ie") && text.contains("keysweep"),
        "{text}"
    );
    let folder = repo.root().join("man");
    std::fs::create_dir(&folder).unwrap();
    said(
        &keysweep(&repo, &["man", "--dir", folder.to_str().unwrap()]),
        0,
    );
    for page in ["keysweep.1", "keysweep-ci.1", "keysweep-hook-pre-push.1"] {
        assert!(folder.join(page).exists(), "{page}");
    }
    said(&keysweep(&repo, &["man", "--dir", "/nowhere"]), 2);
}
