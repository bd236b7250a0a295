//! A sweep that nobody told to verify opens no socket.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::patterns::keys::Keys;
use crate::support::keysweep::{command, finish, home};
use crate::support::repo::Repo;

/// Where a program is, if it is anywhere.
fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name));
    found.into_iter().find(|path| path.is_file())
}

/// A repository with a key that is worth verifying.
fn repo() -> Repo {
    let mut keys = Keys::new(11);
    let text = format!(
        "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n",
        keys.access_key_id(),
        keys.secret()
    );
    let repo = Repo::new();
    std::fs::write(repo.path().join(".env"), text).unwrap();
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-qm", "configuration"]);
    repo
}

/// Sockets of any network that the process holds open, as the kernel lists them. A pair of local
/// ones, by which a signal handler wakes a thread, leads nowhere and is in none of these lists.
#[cfg(target_os = "linux")]
fn sockets(pid: u32) -> usize {
    let Ok(files) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
        return 0;
    };
    let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    let held: Vec<String> = targets
        .filter_map(|target| {
            let name = target.to_str()?.strip_prefix("socket:[")?;
            Some(name.trim_end_matches(']').to_owned())
        })
        .collect();
    if held.is_empty() {
        return 0;
    }
    let lists = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"];
    let texts = lists.map(|list| std::fs::read_to_string(format!("/proc/{pid}/net/{list}")));
    let known: Vec<String> = texts
        .into_iter()
        .filter_map(Result::ok)
        .flat_map(|text| {
            let inodes = text
                .lines()
                .map(|line| line.split_whitespace().nth(9).map(str::to_owned));
            inodes.flatten().collect::<Vec<_>>()
        })
        .collect();
    held.iter().filter(|inode| known.contains(inode)).count()
}

/// Looked at from outside all the time that it runs.
#[cfg(target_os = "linux")]
#[test]
fn no_socket_of_a_network_is_ever_held() {
    let (repo, home) = (repo(), home());
    let mut sweep = command(Path::new("/"), home.path());
    sweep.arg("sweep").arg(repo.path());
    let mut child = sweep
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(sockets(child.id()));
        std::thread::yield_now();
    }
    assert_eq!(most, 0);
}

/// With every call to the kernel written down, where that may be done.
#[test]
fn no_call_asks_for_a_socket() {
    let Some(strace) = program("strace") else {
        // The test above says the same, less strictly.
        return;
    };
    let (repo, home) = (repo(), home());
    let log = home.path().join("calls");
    let traced = |program: &str, args: &[&str]| {
        let mut strace = Command::new(&strace);
        strace
            .args(["-f", "-qq", "-e", "trace=%network,execve", "-o"])
            .arg(&log);
        strace.arg(program).args(args);
        strace.env_clear().env("HOME", home.path()).current_dir("/");
        let done = finish(strace);
        (
            done.status.code(),
            std::fs::read_to_string(&log).unwrap_or_default(),
        )
    };
    if traced("/bin/true", &[]).0 != Some(0) {
        // A container may forbid it.
        return;
    }
    let path = repo.path().to_str().unwrap();
    let (code, calls) = traced(env!("CARGO_BIN_EXE_keysweep"), &["sweep", path]);
    assert_eq!(code, Some(1), "{calls}");
    assert!(
        !calls.contains("socket(") && !calls.contains("connect("),
        "{calls}"
    );
    assert_eq!(
        calls.matches("execve(").count(),
        1,
        "only keysweep itself: {calls}"
    );
}
