//! The hooks under frameworks, which keep git's lines for themselves: pre-commit, prek, lefthook, and
//! what husky makes of hooks.

use std::path::Path;
use std::process::Output;

use crate::support::gates::{KEYSWEEP, executable, pair, refs, said};
use crate::support::repo::Repo;
use crate::support::tools::{frameworks, node_frameworks};

/// A server with a clean commit, and a clone.
fn cloned() -> (Repo, Repo) {
    let first = Repo::new();
    first.commit_file("README.md", "nothing\n");
    let server = first.clone_to("origin.git", &["--bare"]);
    let work = server.clone_to("work", &[]);
    (server, work)
}

/// Runs a program in a repository, with the frameworks' programs at hand.
fn run(repo: &Repo, programs: &Path, program: &str, args: &[&str]) -> Output {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all = vec![programs.to_owned()];
    all.extend(std::env::split_paths(&path));
    // git as it always is in tests, but with these programs in reach.
    let mut command = repo.command();
    let git = command
        .get_envs()
        .filter_map(|(k, v)| Some((k.to_owned(), v?.to_owned())));
    let env: Vec<_> = git.collect();
    if program != "git" {
        command = std::process::Command::new(programs.join(program));
        command.env_clear().envs(env).current_dir(repo.path());
    }
    command
        .args(args)
        .env("PATH", std::env::join_paths(all).unwrap())
        .env("PRE_COMMIT_HOME", repo.root().join("pre-commit-home"))
        .env("PREK_HOME", repo.root().join("prek-home"))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

/// The same story under every framework: a clean push, a leak behind another branch, a leak in a
/// tag, and a clean push again.
fn tell(programs: &Path, server: &Repo, work: &Repo, seed: u64) {
    let (key, other) = (pair(seed), pair(seed + 1));
    let git = |args: &[&str]| run(work, programs, "git", args);
    work.commit_file("a", "clean\n");
    said(&git(&["push", "-q", "origin", "main"]), 0);
    work.commit_file("b", "clean\n");
    work.git(&["checkout", "-q", "-b", "zz", "HEAD~1"]);
    work.git(&[
        "commit",
        "-q",
        "--no-verify",
        "--allow-empty",
        "-m",
        "empty",
    ]);
    work.write("k", key.ini());
    work.git(&["add", "k"]);
    work.git(&["commit", "-q", "--no-verify", "-m", "leak"]);
    work.git(&["checkout", "-q", "main"]);
    let before = refs(server);
    let text = said(&git(&["push", "-q", "origin", "main", "zz"]), 1);
    assert!(
        text.contains(&key.id) && !text.contains(&key.secret),
        "{text}"
    );
    assert_eq!(refs(server), before, "nothing was sent");
    work.git(&["branch", "-q", "-D", "zz"]);
    work.git(&["tag", "-a", "-m", &other.line(), "v1"]);
    let text = said(&git(&["push", "-q", "origin", "main", "v1"]), 1);
    assert!(text.contains(&other.id), "{text}");
    work.git(&["tag", "-d", "v1"]);
    said(&git(&["push", "-q", "origin", "main"]), 0);
    assert_ne!(refs(server), before);
}

fn pre_commit_config(repo: &Repo) {
    let hook = |id: &str, args: &str, stage: &str| {
        format!(
            "      - id: {id}\n        name: {id}\n        entry: {KEYSWEEP} hook {args}\n        \
             language: system\n        pass_filenames: false\n        always_run: true\n        \
             stages: [{stage}]\n"
        )
    };
    let text = format!(
        "repos:\n  - repo: local\n    hooks:\n{}{}",
        hook("keysweep", "pre-commit", "pre-commit"),
        hook("keysweep-push", "pre-push", "pre-push")
    );
    repo.commit_file(".pre-commit-config.yaml", text);
}

#[test]
fn pre_commit_and_prek_stop_what_hides_behind_the_first_ref() {
    let programs = frameworks();
    for (program, seed) in [("pre-commit", 701), ("prek", 711)] {
        let (server, work) = cloned();
        pre_commit_config(&work);
        for kind in ["pre-push", "pre-commit"] {
            said(
                &run(&work, &programs, program, &["install", "--hook-type", kind]),
                0,
            );
        }
        tell(&programs, &server, &work, seed);
        work.write("k", pair(seed + 2).ini());
        work.git(&["add", "k"]);
        let text = said(
            &run(&work, &programs, "git", &["commit", "-q", "-m", "x"]),
            1,
        );
        assert!(text.contains(&pair(seed + 2).id), "{program}: {text}");
    }
}

#[test]
fn lefthook_stops_it_with_gits_lines_and_without() {
    let programs = frameworks();
    for (stdin, seed) in [("true", 721), ("false", 731)] {
        let (server, work) = cloned();
        let text = format!(
            "pre-push:\n  jobs:\n    - name: keysweep\n      run: {KEYSWEEP} hook pre-push {{1}} \
             {{2}}\n      use_stdin: {stdin}\n"
        );
        work.commit_file("lefthook.yml", text);
        said(&run(&work, &programs, "lefthook", &["install"]), 0);
        tell(&programs, &server, &work, seed);
    }
}

#[test]
fn a_script_as_husky_has_it_stops_it() {
    let programs = frameworks();
    let (server, work) = cloned();
    // husky's own files hand on arguments and standard input.
    let husky = work.path().join(".husky");
    executable(
        &husky.join("_/pre-push"),
        "#!/usr/bin/env sh\nsh -e \"$(dirname \"$0\")/../pre-push\" \"$@\"\n",
    );
    std::fs::write(
        husky.join("pre-push"),
        format!("{KEYSWEEP} hook pre-push \"$@\"\n"),
    )
    .unwrap();
    work.git(&["config", "core.hooksPath", ".husky/_"]);
    work.commit("husky");
    tell(&programs, &server, &work, 741);
}

#[test]
fn husky_and_lefthook_from_npm_stop_it() {
    let Some(programs) = node_frameworks() else {
        println!("SKIPPED: npm is not installed");
        return;
    };
    let (server, work) = cloned();
    said(&run(&work, &programs, "husky", &[]), 0);
    std::fs::write(
        work.path().join(".husky/pre-push"),
        format!("{KEYSWEEP} hook pre-push \"$@\"\n"),
    )
    .unwrap();
    work.commit("husky");
    tell(&programs, &server, &work, 751);
    let (server, work) = cloned();
    let text = format!(
        "pre-push:\n  jobs:\n    - run: {KEYSWEEP} hook pre-push {{1}} {{2}}\n      use_stdin: true\n"
    );
    work.commit_file("lefthook.yml", text);
    said(&run(&work, &programs, "lefthook", &["install"]), 0);
    tell(&programs, &server, &work, 761);
}

#[test]
fn the_hooks_that_we_offer_are_valid() {
    let programs = frameworks();
    let repo = Repo::new();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let manifest = manifest.to_str().unwrap();
    said(
        &run(
            &repo,
            &programs,
            "pre-commit",
            &["validate-manifest", manifest],
        ),
        0,
    );
    said(
        &run(&repo, &programs, "prek", &["validate-manifest", manifest]),
        0,
    );
    // What they run exists.
    let text = std::fs::read_to_string(manifest).unwrap();
    let entries = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("entry: keysweep "));
    let mut count = 0;
    for entry in entries {
        let mut args: Vec<&str> = entry.split(' ').collect();
        args.push("--help");
        said(&crate::support::gates::keysweep(&repo, &args), 0);
        count += 1;
    }
    assert_eq!(count, 6);
}
