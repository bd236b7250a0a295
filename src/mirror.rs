//! A fresh copy of a remote repository, made by the user's own git in a folder that only the user can
//! read, and removed whatever happens. The only child process of a sweep.

mod stale;
mod url;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::model::Control;

pub use url::{UrlError, check, is_url, masked};

/// How the folders' names begin.
const PREFIX: &str = "keysweep-mirror-";
/// The file in it that is locked while its process lives.
const LOCK: &str = "lock";
/// How often the wish to stop is looked at while git works.
const EVERY: Duration = Duration::from_millis(20);
/// Bytes of git's messages that are kept.
const MESSAGES_MAX: u64 = 64 << 10;
/// Variables that would lead git to another repository, or to other objects.
const FOREIGN: [&str; 11] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
    "GIT_QUARANTINE_PATH",
    "GIT_CEILING_DIRECTORIES",
    "GIT_PREFIX",
];

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The URL is refused.
    #[error("{0}")]
    Url(#[from] UrlError),
    /// There is no place for it.
    #[error("no temporary folder for the copy can be made in `{folder}`: {error}")]
    Folder {
        /// Where.
        folder: String,
        /// Why.
        error: std::io::Error,
    },
    /// git cannot be started.
    #[error("git cannot be started: {0}")]
    Git(std::io::Error),
    /// git failed.
    #[error("git could not clone `{url}`: {message}")]
    Clone {
        /// Without what is secret in it.
        url: String,
        /// What git said last.
        message: String,
    },
    /// A signal, or the end of the time.
    #[error("the copy of the remote was interrupted")]
    Stopped,
}

impl MirrorError {
    /// What the user does next.
    pub fn hint(&self) -> &'static str {
        match self {
            MirrorError::Url(error) => error.hint(),
            MirrorError::Folder { .. } => "name another folder with TMPDIR",
            MirrorError::Git(_) => "install git, or clone by hand and name the clone's path",
            MirrorError::Clone { .. } => {
                "check the URL and your access to it with `git ls-remote URL`"
            }
            MirrorError::Stopped => "run it again; --max-time counts the copy as well",
        }
    }
}

/// A copy that lives as long as this.
#[derive(Debug)]
pub struct Mirror {
    folder: tempfile::TempDir,
    /// Held, so that others see that the folder is in use.
    _lock: File,
}

impl Mirror {
    /// Makes an empty folder for a copy, and removes those that earlier runs left behind.
    ///
    /// # Errors
    /// The temporary folder cannot be written to.
    pub fn prepare() -> Result<Mirror, MirrorError> {
        let parent = std::env::temp_dir();
        let failed = |error| MirrorError::Folder {
            folder: parent.display().to_string(),
            error,
        };
        stale::remove(&parent);
        let folder = private_folder(&parent).map_err(failed)?;
        let lock = File::create_new(folder.path().join(LOCK)).map_err(failed)?;
        // Where files cannot be locked, age alone says what is left over.
        lock.try_lock().ok();
        Ok(Mirror {
            folder,
            _lock: lock,
        })
    }

    /// The folder that is removed in the end.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Clones a remote with all its refs; gives the bare repository.
    ///
    /// # Errors
    /// The URL is refused, git fails, or somebody wants to stop.
    pub fn clone(&self, url: &str, control: &Control) -> Result<PathBuf, MirrorError> {
        url::check(url)?;
        let target = self.folder.path().join("repo.git");
        let mut git = Command::new("git");
        for name in FOREIGN {
            git.env_remove(name);
        }
        // No transport that runs a program of the URL's choice, no hook, no template.
        git.args([
            "-c",
            "protocol.ext.allow=never",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "gc.auto=0",
            "-c",
            "maintenance.auto=false",
        ])
        .args([
            "clone",
            "--quiet",
            "--mirror",
            "--no-local",
            "--template=",
            "--",
        ])
        .arg(url)
        .arg(&target)
        .current_dir(self.folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
        let mut child = git.spawn().map_err(MirrorError::Git)?;
        let messages = child.stderr.take();
        let reader = std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(mut pipe) = messages {
                pipe.by_ref().take(MESSAGES_MAX).read_to_end(&mut text).ok();
                // git must not wait for somebody to read the rest.
                std::io::copy(&mut pipe, &mut std::io::sink()).ok();
            }
            text
        });
        let success = wait(&mut child, control)?;
        let said = reader.join().unwrap_or_default();
        if success {
            return Ok(target);
        }
        if control.stopped().is_some() {
            return Err(MirrorError::Stopped);
        }
        Err(MirrorError::Clone {
            url: masked(url),
            message: last_words(&said, url),
        })
    }
}

/// A folder that nobody else can look into.
fn private_folder(parent: &Path) -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder.tempdir_in(parent)
}

/// Waits for git, and ends it if somebody wants to stop.
fn wait(child: &mut Child, control: &Control) -> Result<bool, MirrorError> {
    loop {
        if let Some(status) = child.try_wait().map_err(MirrorError::Git)? {
            return Ok(status.success());
        }
        if control.check_clock().is_some() {
            // It may have ended by itself meanwhile.
            child.kill().ok();
            child.wait().map_err(MirrorError::Git)?;
            return Err(MirrorError::Stopped);
        }
        std::thread::sleep(EVERY);
    }
}

/// The last line that says what went wrong, without what is secret in the URL.
fn last_words(said: &[u8], url: &str) -> String {
    let text = String::from_utf8_lossy(said);
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let fatal = lines().find(|line| line.starts_with("fatal:") || line.starts_with("error:"));
    let line = fatal
        .or_else(|| lines().next_back())
        .unwrap_or("it said nothing");
    url::without_secrets(line, url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_said_without_passwords() {
        let url = "https://user:hunter2@example.com/a.git";
        let said =
            b"Cloning\nfatal: unable to access 'https://user:hunter2@example.com/a.git/': no\n";
        let words = last_words(said, url);
        assert!(words.starts_with("fatal: unable to access"), "{words}");
        assert!(!words.contains("hunter2"), "{words}");
        assert_eq!(last_words(b"", url), "it said nothing");
    }
}
