//! Hooks in real repositories: pushes and commits through git itself.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::repo::Repo;
use super::seed::{Pair, Seed};

/// The program under test.
pub(crate) const KEYSWEEP: &str = env!("CARGO_BIN_EXE_keysweep");

/// A pair that no other test has.
pub(crate) fn pair(seed: u64) -> Pair {
    Seed::new(seed ^ 0x6761_7465).pair()
}

/// A repository of a developer, and its remote: the remote comes first.
pub(crate) fn project() -> (Repo, Repo) {
    let first = Repo::new();
    first.commit_file("README.md", "nothing\n");
    first.commit_file("a", "one\n");
    let server = first.clone_to("origin.git", &["--bare"]);
    let work = server.clone_to("work", &[]);
    (server, work)
}

/// keysweep in this repository, with git at hand, and nothing of the machine's.
pub(crate) fn command(repo: &Repo) -> Command {
    let mut command = Command::new(KEYSWEEP);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", repo.root())
        .env("GIT_CONFIG_GLOBAL", repo.root().join("gitconfig"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .current_dir(repo.path())
        .stdin(Stdio::null());
    command
}

/// Runs it with these arguments.
pub(crate) fn keysweep(repo: &Repo, args: &[&str]) -> Output {
    command(repo).args(args).output().unwrap()
}

/// Asserts an exit code; what was said comes back.
#[track_caller]
pub(crate) fn said(output: &Output, code: i32) -> String {
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

/// A server with one clean commit, and a clone of it with our hooks.
pub(crate) struct Pushes {
    pub(crate) server: Repo,
    pub(crate) work: Repo,
}

/// Both, made with these arguments to `git init`.
pub(crate) fn pushing(init: &[&str]) -> Pushes {
    let first = Repo::with(init);
    first.commit_file("README.md", "nothing to see\n");
    let server = first.clone_to("origin.git", &["--bare"]);
    let work = server.clone_to("work", &[]);
    said(&keysweep(&work, &["hook", "install", "pre-push"]), 0);
    Pushes { server, work }
}

/// Pushes with these arguments.
pub(crate) fn push(repo: &Repo, args: &[&str]) -> Output {
    let mut all = vec!["push", "-q"];
    all.extend(args);
    repo.attempt(&all, b"")
}

/// Asserts that a push was stopped by us and that nothing got to the server.
#[track_caller]
pub(crate) fn stopped(pushes: &Pushes, args: &[&str], key: &Pair) -> String {
    let before = refs(&pushes.server);
    let output = push(&pushes.work, args);
    let text = said(&output, 1);
    assert!(text.contains("keysweep: this push"), "{text}");
    assert!(text.contains(&key.id), "{text}");
    assert!(!text.contains(&key.secret), "a secret got out: {text}");
    assert_eq!(refs(&pushes.server), before, "nothing was sent");
    text
}

/// Asserts that a push goes through, and that nobody has anything to say.
#[track_caller]
pub(crate) fn passes(pushes: &Pushes, args: &[&str]) {
    let output = push(&pushes.work, args);
    let text = said(&output, 0);
    assert!(!text.contains("keysweep"), "{text}");
}

/// All refs of a repository.
pub(crate) fn refs(repo: &Repo) -> String {
    repo.git(&["for-each-ref"])
}

/// A file that a shell can run.
pub(crate) fn executable(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
