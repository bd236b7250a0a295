//! keysweep as a child process, with nothing of the machine's environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

use super::json::Report;
use super::repo::Repo;

/// How a report is asked for on standard output.
pub(crate) const JSON: &[&str] = &["--format", "json", "--no-timings"];

/// After this a run counts as hung. No healthy run comes near it.
const PATIENCE: Duration = Duration::from_mins(5);

/// What came of a run.
pub(crate) struct Run {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// What keysweep took for home, cache and temporary folder.
    pub(crate) home: TempDir,
}

impl Run {
    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.stdout.clone()).expect("stdout is UTF-8")
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.stderr.clone()).expect("stderr is UTF-8")
    }

    /// Parses the report on standard output.
    pub(crate) fn report(&self) -> Report {
        match serde_json::from_slice(&self.stdout) {
            Ok(value) => Report(value),
            Err(error) => panic!(
                "no JSON on stdout ({error}); code {:?}; stderr: {}",
                self.code,
                self.err()
            ),
        }
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Run {
        assert_eq!(
            self.code,
            Some(code),
            "stdout: {}\nstderr: {}",
            String::from_utf8_lossy(&self.stdout),
            self.err()
        );
        self
    }
}

/// The binary in `cwd`, to be given arguments. `PATH` is empty: a sweep needs no other program.
pub(crate) fn command(cwd: &Path, home: &Path) -> Command {
    let mut keysweep = Command::new(env!("CARGO_BIN_EXE_keysweep"));
    keysweep
        .env_clear()
        .env("PATH", home.join("no-programs"))
        .env("HOME", home)
        .env("TMPDIR", home.join("tmp"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .current_dir(cwd)
        .stdin(Stdio::null());
    keysweep
}

/// A home with an empty temporary folder.
pub(crate) fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    for folder in ["tmp", "no-programs"] {
        std::fs::create_dir(home.path().join(folder)).unwrap();
    }
    home
}

/// Waits for a command, and fails the test instead of waiting for ever.
pub(crate) fn finish(mut command: Command) -> Output {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("keysweep was built");
    let pid = child.id();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    if let Ok(output) = receiver.recv_timeout(PATIENCE) {
        return output.unwrap();
    }
    signal(pid, "KILL");
    panic!("keysweep hung: {command:?}");
}

/// Sends a signal by name.
pub(crate) fn signal(pid: u32, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status()
        .unwrap();
    assert!(status.success(), "kill -{name} {pid}");
}

/// Runs keysweep in `cwd` with these arguments.
pub(crate) fn run_in(cwd: &Path, args: &[&str]) -> Run {
    let home = home();
    let mut command = command(cwd, home.path());
    command.args(args);
    let output = finish(command);
    Run {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: output.stderr,
        home,
    }
}

/// Sweeps `path` with these arguments and no format.
pub(crate) fn sweep(path: &Path, args: &[&str]) -> Run {
    let path = path.to_str().unwrap();
    let mut all = vec!["sweep", path];
    all.extend(args);
    run_in(&elsewhere(), &all)
}

/// Sweeps `path` and parses the report.
pub(crate) fn sweep_json(path: &Path, args: &[&str]) -> (Run, Report) {
    let mut all = JSON.to_vec();
    all.extend(args);
    let run = sweep(path, &all);
    let report = run.report();
    (run, report)
}

/// A folder that is in no repository.
fn elsewhere() -> PathBuf {
    PathBuf::from("/")
}

/// Sweeps with so many KiB of address space; something is found.
pub(crate) fn sweep_within(kib: u64, repo: &Repo, args: &[&str]) -> Report {
    let home = home();
    let mut command = Command::new("/bin/sh");
    let script = format!("ulimit -v {kib}; exec \"$0\" sweep \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_keysweep")]);
    command.arg(repo.path()).args(JSON).args(args);
    command
        .env_clear()
        .env("HOME", home.path())
        .current_dir("/");
    let output = finish(command);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    Report(serde_json::from_slice(&output.stdout).unwrap())
}
