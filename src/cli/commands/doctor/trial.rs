//! A push that must be stopped: a dry run to a throw-away repository, of a commit with a made-up key
//! that lives in a temporary folder of objects. Nothing is written into the repository.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::failure::Failure;
use crate::cli::git;

/// What came of it.
pub(super) enum Trial {
    /// The hook stopped it, and said why.
    Stopped,
    /// It would have been sent.
    Passed,
    /// Nothing can be said.
    Failed(String),
}

/// The variables with which git writes objects aside.
struct Aside {
    own: PathBuf,
    objects: PathBuf,
}

impl Aside {
    fn git(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .args(args)
            .env("GIT_OBJECT_DIRECTORY", &self.own)
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.objects)
            .env("GIT_AUTHOR_NAME", "keysweep doctor")
            .env("GIT_AUTHOR_EMAIL", "doctor@keysweep.invalid")
            .env("GIT_COMMITTER_NAME", "keysweep doctor")
            .env("GIT_COMMITTER_EMAIL", "doctor@keysweep.invalid");
        command
    }

    /// Feeds git, and takes the id that it prints.
    fn make(&self, args: &[&str], input: &[u8]) -> Result<String, Failure> {
        let failed = |why: String| Failure::new(format!("`git {}`: {why}", args.join(" ")));
        let mut child = self
            .git(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        if let Some(mut stdin) = child.stdin.take() {
            use std::io::Write as _;
            stdin
                .write_all(input)
                .map_err(|error| failed(error.to_string()))?;
        }
        let output = child
            .wait_with_output()
            .map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Tries a push.
///
/// # Errors
/// git cannot be run.
pub(super) fn push() -> Result<Trial, Failure> {
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder can be made: {error}")))?;
    let bare = folder.path().join("nowhere.git");
    let format = git::ask(&["rev-parse", "--show-object-format"])?;
    let format = format!("--object-format={format}");
    let shown = bare.to_string_lossy().into_owned();
    git::ask(&["init", "-q", "--bare", &format, &shown])?;
    let aside = Aside {
        own: folder.path().join("objects"),
        objects: absolute(&git::ask(&["rev-parse", "--git-path", "objects"])?),
    };
    std::fs::create_dir(&aside.own)
        .map_err(|error| Failure::new(format!("no temporary folder can be made: {error}")))?;
    let blob = aside.make(&["hash-object", "-w", "--stdin"], made_up().as_bytes())?;
    let entry = format!("100644 blob {blob}\tkeysweep-doctor\n");
    let tree = aside.make(&["mktree"], entry.as_bytes())?;
    let commit = aside.make(&["commit-tree", &tree], b"a made-up key\n")?;
    let target = format!("{commit}:refs/heads/keysweep-doctor");
    let output = aside
        .git(&["push", "--dry-run", "--porcelain", &shown, &target])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("git cannot be run: {error}")))?;
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(if output.status.success() {
        Trial::Passed
    } else if said.contains("keysweep:") && said.contains("stopped") {
        Trial::Stopped
    } else {
        Trial::Failed(
            said.trim()
                .lines()
                .next_back()
                .unwrap_or("no reason given")
                .to_owned(),
        )
    })
}

fn absolute(path: &str) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| Path::new(path).to_owned())
}

/// A key that no account has: random, and thrown away.
fn made_up() -> String {
    const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let seed = RandomState::new();
    let mut count = 0_u64;
    let mut pick = |alphabet: &[u8]| {
        count += 1;
        char::from(alphabet[(seed.hash_one(count) % alphabet.len() as u64) as usize])
    };
    // The account in it can exist: its digits follow from the letters behind the prefix.
    let id: String = std::iter::once('Q')
        .chain((0..15).map(|_| pick(UPPER)))
        .collect();
    let secret: String = (0..40).map(|_| pick(MIXED)).collect();
    format!("[doctor]\naws_access_key_id = AKIA{id}\naws_secret_access_key = {secret}\n")
}
