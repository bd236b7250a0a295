//! Folders that earlier runs left behind, because they were killed.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::{LOCK, PREFIX};

/// A folder that is younger may belong to a run that has not locked it yet.
const AGE_MIN: Duration = Duration::from_mins(1);

/// Removes the folders in `parent` that no living process holds. What cannot be removed stays: it is
/// another user's, or the next run's.
pub(super) fn remove(parent: &Path) {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        // A link is never followed.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let path = entry.path();
        if is_ours && is_folder && is_old(&path) && is_own(&path) && !is_held(&path) {
            std::fs::remove_dir_all(&path).ok();
        }
    }
}

fn is_old(path: &Path) -> bool {
    let modified = path.symlink_metadata().and_then(|meta| meta.modified());
    let age = modified.map(|time| SystemTime::now().duration_since(time));
    age.is_ok_and(|age| age.is_ok_and(|age| age >= AGE_MIN))
}

#[cfg(unix)]
fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let user = rustix::process::geteuid().as_raw();
    path.symlink_metadata().is_ok_and(|meta| meta.uid() == user)
}

#[cfg(not(unix))]
fn is_own(_: &Path) -> bool {
    // Temporary folders are each user's own there.
    true
}

/// True if a living process holds the folder's lock.
fn is_held(path: &Path) -> bool {
    match File::open(path.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_err(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(parent: &Path, name: &str, age: Duration) -> File {
        let path = parent.join(name);
        std::fs::create_dir(&path).unwrap();
        std::fs::create_dir(path.join("repo.git")).unwrap();
        let lock = File::create(path.join(LOCK)).unwrap();
        let then = SystemTime::now() - age;
        File::open(&path).unwrap().set_modified(then).unwrap();
        lock
    }

    #[test]
    fn only_old_folders_that_nobody_holds_go() {
        let parent = tempfile::tempdir().unwrap();
        let (old, young) = (Duration::from_mins(9), Duration::ZERO);
        drop(folder(parent.path(), "keysweep-mirror-left", old));
        drop(folder(parent.path(), "keysweep-mirror-new", young));
        drop(folder(parent.path(), "other", old));
        let held = folder(parent.path(), "keysweep-mirror-held", old);
        held.try_lock().unwrap();
        remove(parent.path());
        let mut left: Vec<String> = std::fs::read_dir(parent.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            ["keysweep-mirror-held", "keysweep-mirror-new", "other"]
        );
    }
}
