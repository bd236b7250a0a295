//! `keysweep sweep URL`: the user's own git clones, nobody else reads the copy, nothing of it stays.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use crate::support::keysweep::{JSON, Run, command, finish, home, run_in, signal};
use crate::support::repo::Repo;
use crate::support::seed::Seed;

fn sweep_url(url: &str, args: &[&str], prepare: impl FnOnce(&Path)) -> Run {
    let home = home();
    prepare(home.path());
    let mut command = command(Path::new("/"), home.path());
    command
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_DIR", "/nowhere");
    command.args(["sweep", url]).args(JSON).args(args);
    let output = finish(command);
    Run {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: output.stderr,
        home,
    }
}

fn left(home: &Path) -> Vec<String> {
    let names = std::fs::read_dir(home.join("tmp")).unwrap();
    names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_remote_is_swept_with_all_its_refs_and_nothing_stays() {
    let (repo, pair) = (Repo::new(), Seed::new(330).plain_pair());
    repo.commit_file("a", "clean\n");
    let commit = repo.commit_file("cfg", pair.ini());
    repo.git(&["update-ref", "refs/pull/3/head", &commit]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let url = format!("file://{}", repo.path().display());
    let run = sweep_url(&url, &[], |_| {}).expect_code(1);
    let report = run.report();
    assert!(report.complete());
    assert_eq!(
        report.pair(&pair).0["exposure"]["refs"][0],
        "refs/pull/3/head"
    );
    assert_eq!(report.0["target"]["path"], url.as_str());
    assert_eq!(report.0["target"]["git_dir"], url.as_str());
    assert_eq!(left(run.home.path()), [""; 0]);
    assert!(
        !run.home.path().join("cache").exists(),
        "nothing is remembered"
    );
    // The same on any run: no name of a temporary folder is in it.
    assert_eq!(run.out(), sweep_url(&url, &[], |_| {}).out());
}

#[test]
fn what_earlier_runs_left_behind_goes() {
    let repo = Repo::new();
    repo.commit_file("a", "clean\n");
    let url = format!("file://{}", repo.path().display());
    let run = sweep_url(&url, &[], |home| {
        let stale = home.join("tmp/keysweep-mirror-stale");
        std::fs::create_dir_all(stale.join("repo.git/objects")).unwrap();
        std::fs::write(stale.join("lock"), "").unwrap();
        let then = SystemTime::now() - Duration::from_mins(9);
        std::fs::File::open(&stale)
            .unwrap()
            .set_modified(then)
            .unwrap();
        std::fs::create_dir(home.join("tmp/other")).unwrap();
    });
    let run = run.expect_code(0);
    assert_eq!(left(run.home.path()), ["other"]);
}

#[test]
fn what_cannot_be_cloned_names_the_next_step_and_no_password() {
    let run = sweep_url("file:///nowhere/at-all.git", &[], |_| {}).expect_code(2);
    assert!(run.err().contains("hint: check the URL"), "{}", run.err());
    assert_eq!(left(run.home.path()), [""; 0]);
    let url = "http://user:hunter2@127.0.0.1:9/a.git";
    let run = sweep_url(url, &[], |_| {}).expect_code(2);
    assert!(!run.err().contains("hunter2"), "{}", run.err());
    assert!(run.err().contains("***@127.0.0.1"), "{}", run.err());
    // Without git there is nothing to clone with.
    let run = run_in(Path::new("/"), &["sweep", "file:///nowhere/x.git"]).expect_code(2);
    assert!(run.err().contains("git cannot be started"), "{}", run.err());
}

#[test]
fn hostile_urls_run_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let trap = folder.path().join("trap");
    let touch = format!("touch {}", trap.display());
    for url in [
        format!("ext::sh -c '{touch}'"),
        format!("--upload-pack={touch}"),
        format!("ssh://-oProxyCommand={touch}/x"),
        format!("x@-oProxyCommand={touch}:y"),
        "fd::7".to_owned(),
    ] {
        let run = sweep_url(&url, &[], |_| {});
        assert_eq!(run.code, Some(2), "{url}");
        assert!(!trap.exists(), "{url}");
        assert_eq!(left(run.home.path()), [""; 0]);
    }
}

/// A git that never comes to an end: the run is interrupted while it clones.
#[test]
fn an_interrupted_copy_is_removed() {
    use std::os::unix::fs::PermissionsExt;
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let home = home();
        let programs = home.path().join("no-programs");
        let git = programs.join("git");
        let script = "#!/bin/sh\nfor last; do :; done\nPATH=/bin:/usr/bin\nmkdir -p \"$last\"\n\
                      exec sleep 600\n";
        std::fs::write(&git, script).unwrap();
        std::fs::set_permissions(&git, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut keysweep = command(Path::new("/"), home.path());
        keysweep.args(["sweep", "file:///nowhere/x.git"]);
        keysweep.stderr(std::process::Stdio::piped());
        let child = keysweep.spawn().unwrap();
        let copied = || {
            let names = left(home.path());
            let found = names.first()?;
            let folder = home.path().join("tmp").join(found);
            folder.join("repo.git").exists().then_some(folder)
        };
        let give_up = Instant::now() + Duration::from_mins(1);
        let folder = loop {
            if let Some(folder) = copied() {
                break folder;
            }
            assert!(Instant::now() < give_up, "git was not started");
            std::thread::yield_now();
        };
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "nobody else reads the copy");
        signal(child.id(), name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(left(home.path()), [""; 0]);
    }
}
