//! The pre-receive hook, in git's own quarantine.

use crate::support::gates::{Pushes, command, keysweep, pair, push, refs, said};
use crate::support::repo::Repo;

/// A server with our hook, and a clone without any.
fn receiving(init: &[&str], settings: &[&str]) -> Pushes {
    let first = Repo::with(init);
    first.commit_file("README.md", "nothing to see\n");
    let server = first.clone_to("origin.git", &["--bare"]);
    for setting in settings {
        let (name, value) = setting.split_once('=').unwrap();
        server.git(&["config", name, value]);
    }
    let text = said(&keysweep(&server, &["hook", "install"]), 0);
    assert!(text.contains("pre-receive"), "{text}");
    let work = server.clone_to("work", &[]);
    Pushes { server, work }
}

#[track_caller]
fn refused(pushes: &Pushes, args: &[&str], id: &str) -> String {
    let before = refs(&pushes.server);
    let text = said(&push(&pushes.work, args), 1);
    assert!(
        text.contains("keysweep: this push") && text.contains(id),
        "{text}"
    );
    assert!(text.contains("pre-receive hook declined"), "{text}");
    assert_eq!(refs(&pushes.server), before);
    text
}

#[track_caller]
fn taken(pushes: &Pushes, args: &[&str]) {
    let text = said(&push(&pushes.work, args), 0);
    assert!(!text.contains("keysweep"), "{text}");
}

#[test]
fn loose_and_packed_quarantines_are_read() {
    for limit in ["receive.unpackLimit=1", "receive.unpackLimit=10000"] {
        for init in [&[][..], &["--object-format=sha256"]] {
            let (pushes, key) = (receiving(init, &[limit]), pair(301));
            pushes.work.commit_file("a", "clean\n");
            taken(&pushes, &["origin", "main"]);
            pushes.work.commit_file("k", key.ini());
            let text = refused(&pushes, &["origin", "main"], &key.id);
            assert!(
                text.contains("k, line 2") && !text.contains(&key.secret),
                "{text}"
            );
            pushes.work.commit_file("k", "out again\n");
            refused(&pushes, &["origin", "main:refs/heads/other"], &key.id);
            pushes.work.git(&["reset", "-q", "--hard", "HEAD~2"]);
            pushes.work.commit_file("b", "clean\n");
            taken(&pushes, &["origin", "main"]);
        }
    }
}

#[test]
fn every_ref_of_a_push_counts() {
    let (pushes, key) = (receiving(&[], &[]), pair(302));
    let work = &pushes.work;
    work.commit_file("a", "clean\n");
    work.git(&["checkout", "-q", "-b", "z", "HEAD~1"]);
    work.commit_file("k", key.ini());
    refused(&pushes, &["origin", "main", "z"], &key.id);
    work.git(&["tag", "-a", "-m", &key.line(), "told", "main"]);
    refused(&pushes, &["origin", "told"], &key.id);
    work.git(&["notes", "add", "-m", &key.line(), "main"]);
    refused(&pushes, &["origin", "refs/notes/commits"], &key.id);
    taken(&pushes, &["origin", "main", "main:refs/heads/second"]);
    taken(&pushes, &["origin", "--delete", "second"]);
}

#[test]
fn what_the_server_has_already_is_not_refused_again() {
    let (pushes, key) = (receiving(&[], &["receive.unpackLimit=1"]), pair(303));
    let work = &pushes.work;
    // From a time without the hook.
    said(&keysweep(&pushes.server, &["hook", "uninstall"]), 0);
    let long = "a line that stays as it is\n".repeat(200);
    work.commit_file("legacy", format!("{long}{}", key.ini()));
    taken(&pushes, &["origin", "main"]);
    said(&keysweep(&pushes.server, &["hook", "install"]), 0);
    // A thin pack: its base lies in the quarantine as well once git has completed it.
    work.commit_file("legacy", format!("{long}{}more\n", key.ini()));
    taken(&pushes, &["origin", "main"]);
    work.git(&["checkout", "-q", "-b", "topic", "HEAD~1"]);
    taken(&pushes, &["origin", "topic"]);
}

#[test]
fn nothing_in_the_push_turns_it_off() {
    let (pushes, key) = (receiving(&[], &[]), pair(304));
    let work = &pushes.work;
    work.write(".keysweep.toml", "[allow]\npaths = [\"**\"]\n")
        .write(".gitattributes", "* -diff binary export-ignore\n")
        .write(
            "k",
            format!("{} # keysweep:allow gitleaks:allow\n", key.line()),
        );
    work.commit("all is allowed");
    refused(&pushes, &["origin", "main"], &key.id);
    // A replacement shows git another file.
    let clean = work.blob("clean\n");
    work.git(&["replace", &work.id("HEAD:k"), &clean]);
    refused(&pushes, &["origin", "main", "refs/replace/*"], &key.id);
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.commit_file("a", "one\n");
    work.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    work.commit_file("a", "two\n");
    work.git(&["checkout", "-q", "main"]);
    assert!(!work.attempt(&["merge", "-q", "side"], b"").status.success());
    work.write("a", key.ini());
    work.commit("merge");
    refused(&pushes, &["origin", "main"], &key.id);
}

#[test]
fn whatever_else_was_sent_is_read_too() {
    let (pushes, key) = (receiving(&[], &[]), pair(305));
    let server = &pushes.server;
    // A client may send objects that nothing reaches.
    let quarantine = server.path().join("objects/tmp_objdir-incoming-x");
    std::fs::create_dir(&quarantine).unwrap();
    let mut git = pushes.work.command();
    git.env("GIT_OBJECT_DIRECTORY", &quarantine)
        .args(["hash-object", "-w", "-t", "blob", "--"]);
    let file = pushes.work.path().join("k");
    std::fs::write(&file, key.ini()).unwrap();
    assert!(git.arg(&file).status().unwrap().success());
    let head = server.id("HEAD");
    let run = |line: String| {
        use std::io::Write as _;
        let mut child = command(server)
            .args(["hook", "pre-receive"])
            .env("GIT_DIR", server.path())
            .env("GIT_QUARANTINE_PATH", &quarantine)
            .env("GIT_OBJECT_DIRECTORY", &quarantine)
            .env(
                "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                server.path().join("objects"),
            )
            .stdin(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(line.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    };
    let line = format!("{} {head} refs/heads/same\n", "0".repeat(40));
    let text = said(&run(line.clone()), 1);
    assert!(text.contains(&key.id), "{text}");
    std::fs::remove_dir_all(&quarantine).unwrap();
    std::fs::create_dir(&quarantine).unwrap();
    said(&run(line), 0);
}

#[test]
fn gitlab_shows_lines_of_its_own_form() {
    let (pushes, key) = (receiving(&[], &[]), pair(306));
    pushes.work.commit_file("k", key.ini());
    let mut command = pushes.work.command();
    // A local server inherits the client's environment.
    let output = command
        .env("GL_ID", "user-1")
        .args(["push", "-q", "origin", "main"])
        .output();
    let text = said(&output.unwrap(), 1);
    assert!(text.contains("GL-HOOK-ERR: keysweep: this push"), "{text}");
}
