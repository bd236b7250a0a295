//! Repositories for tests, made by the real git under isolation: no user or system
//! configuration, no `GIT_*` from outside, fixed identities and dates.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

/// The date of the first command, in seconds since 1970; each command is a second later.
const FIRST_DATE: u64 = 1_700_000_000;

/// A repository in a temporary folder that goes away with the value.
#[derive(Debug)]
pub(crate) struct TestRepo {
    folder: TempDir,
    work_dir: PathBuf,
    clock: AtomicU64,
}

impl TestRepo {
    /// `git init` with more arguments (`--bare`, `--object-format=sha256`, …).
    pub(crate) fn new(init: &[&str]) -> TestRepo {
        let repo = TestRepo::empty_folder();
        let mut args = vec!["init", "--quiet", "--initial-branch=main"];
        args.extend_from_slice(init);
        repo.git(&args);
        repo
    }

    /// A folder without a repository.
    pub(crate) fn empty_folder() -> TestRepo {
        let folder = tempfile::Builder::new()
            .prefix("keysweep-test-")
            .tempdir()
            .expect("a temporary folder can be made");
        let work_dir = folder.path().join("repo");
        std::fs::create_dir(&work_dir).expect("a folder can be made");
        TestRepo {
            folder,
            work_dir,
            clock: AtomicU64::new(FIRST_DATE),
        }
    }

    /// The work tree, or the git directory itself if bare.
    pub(crate) fn path(&self) -> &Path {
        &self.work_dir
    }

    /// A path beside the repository that goes away with it.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The git directory.
    pub(crate) fn git_dir(&self) -> PathBuf {
        let dot_git = self.work_dir.join(".git");
        if dot_git.is_dir() {
            dot_git
        } else {
            self.work_dir.clone()
        }
    }

    /// Writes a file of the work tree, with its folders.
    pub(crate) fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.work_dir.join(path);
        let parent = path.parent().expect("a file has a folder");
        std::fs::create_dir_all(parent).expect("a folder can be made");
        std::fs::write(path, bytes).expect("a file can be written");
    }

    /// Writes a file below the git directory, with its folders.
    pub(crate) fn write_git(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        self.write(self.git_dir().join(path), bytes);
    }

    /// Runs git in the repository and returns what it printed, without the last line end.
    /// Panics if git fails.
    pub(crate) fn git<S: AsRef<OsStr>>(&self, args: &[S]) -> String {
        self.git_in(&self.work_dir, args)
    }

    /// The same in another folder, such as a linked worktree.
    pub(crate) fn git_in<S: AsRef<OsStr>>(&self, dir: &Path, args: &[S]) -> String {
        let bytes = self.run(dir, args, b"");
        String::from_utf8_lossy(&bytes)
            .trim_end_matches('\n')
            .to_owned()
    }

    /// Runs git with bytes on its standard input; returns the raw output.
    pub(crate) fn git_stdin<S: AsRef<OsStr>>(&self, args: &[S], input: &[u8]) -> Vec<u8> {
        self.run(&self.work_dir, args, input)
    }

    /// Runs git and says whether it succeeded, with everything that it printed.
    pub(crate) fn try_git<S: AsRef<OsStr>>(&self, args: &[S]) -> Output {
        self.command(&self.work_dir)
            .args(args)
            .stdin(Stdio::null())
            .output()
            .expect("git can be run")
    }

    /// Writes one file, commits it, and returns the commit's id.
    pub(crate) fn commit(&self, path: &str, bytes: impl AsRef<[u8]>, message: &str) -> String {
        self.write(path, bytes);
        self.git(&["add", "--force", "--", path]);
        self.git(&["commit", "--quiet", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// A git command under isolation, in `dir`.
    pub(crate) fn command(&self, dir: &Path) -> Command {
        let date = format!("{} +0000", self.clock.fetch_add(1, Ordering::Relaxed));
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"GIT_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(dir)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("HOME", self.folder.path())
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env("GIT_AUTHOR_NAME", "A U Thor")
            .env("GIT_AUTHOR_EMAIL", "author@example.com")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", "C O Mitter")
            .env("GIT_COMMITTER_EMAIL", "committer@example.com")
            .env("GIT_COMMITTER_DATE", &date)
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            .args(["-c", "protocol.file.allow=always"]);
        command
    }

    fn run<S: AsRef<OsStr>>(&self, dir: &Path, args: &[S], input: &[u8]) -> Vec<u8> {
        use std::io::Write as _;

        let mut child = self
            .command(dir)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git can be run");
        let mut stdin = child.stdin.take().expect("stdin is a pipe");
        let output = std::thread::scope(|scope| {
            // A thread of its own: git may print more than a pipe holds before it has read all.
            // A write error only says that git did not want the rest.
            scope.spawn(move || stdin.write_all(input).ok());
            child.wait_with_output().expect("git can be waited for")
        });
        let shown: Vec<_> = args.iter().map(AsRef::as_ref).collect();
        assert!(
            output.status.success(),
            "git {shown:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }
}

#[cfg(test)]
mod tests {
    use super::TestRepo;

    #[test]
    fn commits_are_the_same_in_every_run() {
        let ids: Vec<_> = (0..2)
            .map(|_| TestRepo::new(&[]).commit("a", "one\n", "first"))
            .collect();
        assert_eq!(ids[0], ids[1]);
        assert_eq!(ids[0].len(), 40);
    }

    #[test]
    fn init_arguments_are_passed_on() {
        let repo = TestRepo::new(&["--object-format=sha256", "--bare"]);
        assert_eq!(repo.git(&["rev-parse", "--is-bare-repository"]), "true");
        let id = repo.git_stdin(&["hash-object", "-w", "--stdin"], b"x");
        assert_eq!(id.len(), 65);
    }
}
