//! The folder of a cache: whose it is, who may write there, and what lies in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Stored;

/// Tells back-up programs that nothing here is worth keeping. See <https://bford.info/cachedir/>.
pub(super) const TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder was made by keysweep. It may be deleted at any time.\n";

/// Why a folder is not used as a cache.
#[derive(Debug, thiserror::Error)]
#[error("the cache in \"{}\" is not used: {why}", path.display())]
pub(crate) struct Refused {
    path: PathBuf,
    why: String,
    /// True if the folder could be somebody's trap; false if it merely cannot be had.
    pub(crate) is_suspicious: bool,
}

/// Makes the folder if it is not there, and sees to it that nobody else can write to it. It must
/// not lie in any of the folders `outside`.
pub(super) fn prepare(path: &Path, outside: &[&Path]) -> Result<(), Refused> {
    let suspicious = |why: &str| Refused {
        path: path.to_owned(),
        why: why.to_owned(),
        is_suspicious: true,
    };
    let unusable = |error: io::Error| Refused {
        path: path.to_owned(),
        why: format!("it can neither be read nor made: {}", reason(&error)),
        is_suspicious: false,
    };
    // Before anything is made: nothing is ever written below a repository.
    if outside
        .iter()
        .any(|folder| resolved(path).starts_with(resolved(folder)))
    {
        return Err(suspicious(
            "it lies in the repository; choose a folder outside of it with --cache-dir",
        ));
    }
    match fs::symlink_metadata(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(path).map_err(unusable)?;
        }
        Err(error) => return Err(unusable(error)),
    }
    let metadata = fs::symlink_metadata(path).map_err(unusable)?;
    if !metadata.is_dir() {
        return Err(suspicious(
            "it is no folder, or a symbolic link to one; name a folder with --cache-dir",
        ));
    }
    check_owner(&metadata).map_err(suspicious)
}

#[cfg(unix)]
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(path) {
        // Another sweep was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[cfg(not(unix))]
fn make(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(unix)]
fn check_owner(metadata: &fs::Metadata) -> Result<(), &'static str> {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() != own && metadata.uid() != 0 {
        return Err("it belongs to another user; name a folder of your own with --cache-dir");
    }
    if metadata.mode() & 0o022 != 0 {
        return Err("others may write to it; `chmod go-w` on it helps if you trust what it holds");
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner(_: &fs::Metadata) -> Result<(), &'static str> {
    Ok(())
}

/// The path without links, as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for parent in absolute.ancestors() {
        if let (Ok(there), Ok(rest)) = (parent.canonicalize(), absolute.strip_prefix(parent)) {
            return there.join(rest);
        }
    }
    absolute
}

/// Why the system refused, in words, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Regular files whose names begin like this.
pub(super) fn files(dir: &Path, prefix: &str) -> Vec<Stored> {
    let Ok(entries) = fs::read_dir(dir) else {
        return Vec::new();
    };
    let stored = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let metadata = entry.metadata().ok()?;
        (name.starts_with(prefix) && metadata.is_file()).then_some(())?;
        Some(Stored {
            path: entry.path(),
            name,
            len: metadata.len(),
            used: metadata.modified().ok()?,
        })
    });
    stored.collect()
}

/// Drops the folders of other versions and rules that nobody wrote to for a long time. Only what a
/// cache makes is touched.
pub(super) fn drop_old_keys(root: &Path, own: &Path, age_max: Duration) {
    let Ok(entries) = fs::read_dir(root) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let is_key = name.len() == 32 && name.iter().all(u8::is_ascii_hexdigit);
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_key || !is_folder || path == own {
            continue;
        }
        let held = ["record-", "ids-", "past-", "tmp-", "lock"].map(|prefix| files(&path, prefix));
        let held: Vec<&Stored> = held.iter().flatten().collect();
        let is_old = |file: &&Stored| file.used.elapsed().is_ok_and(|age| age > age_max);
        if held.iter().all(is_old) {
            for file in held {
                fs::remove_file(&file.path).ok();
            }
            // Stays if something else is in it.
            fs::remove_dir(&path).ok();
        }
    }
}
