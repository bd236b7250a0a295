//! What the folders of a repository tell: its worktrees, and how it is stored if no
//! configuration says so.

use std::path::{Path, PathBuf};

use super::config::ConfigFacts;
use super::discover;
use super::file::{self, EntryKind};
use super::repo::{ObjectDir, Worktree};
use crate::model::{Gap, HashKind, ObjectId};

/// All worktrees, the main one first. `opened` is the one that was found; what it says about its
/// folder is taken, everything else must be confirmed by a `.git` file that points back, so that
/// a repository cannot send a sweep into folders of its choice.
pub(crate) fn worktrees(
    common_dir: &Path,
    opened: &Worktree,
    config: &ConfigFacts,
    gaps: &mut Vec<Gap>,
) -> Vec<Worktree> {
    let mut found = Vec::new();
    let has_head = std::fs::symlink_metadata(common_dir.join("HEAD")).is_ok();
    let bare = config.bare == Some(true);
    let named_dot_git = common_dir.file_name().is_some_and(|name| name == ".git");
    if has_head || (named_dot_git && !bare) {
        let work_dir = if opened.git_dir == common_dir && opened.work_dir.is_some() {
            opened.work_dir.clone()
        } else {
            main_work_dir(common_dir, config, named_dot_git)
        };
        found.push(Worktree {
            name: "main".to_owned(),
            git_dir: common_dir.to_owned(),
            work_dir,
        });
    }
    let folder = common_dir.join("worktrees");
    let entries = match file::list(&folder) {
        Ok(entries) => entries.unwrap_or_default(),
        Err(error) => {
            gaps.push(file::unreadable(Path::new("worktrees"), &error));
            Vec::new()
        }
    };
    for entry in entries {
        let git_dir = folder.join(&entry.name);
        if entry.kind == EntryKind::Link {
            gaps.push(file::not_followed(
                &Path::new("worktrees").join(&entry.name),
            ));
            continue;
        }
        if entry.kind != EntryKind::Folder || !looks_like_worktree(&git_dir) {
            continue;
        }
        let work_dir = if git_dir == opened.git_dir && opened.work_dir.is_some() {
            opened.work_dir.clone()
        } else {
            linked_work_dir(&git_dir)
        };
        let name = match entry.name.to_string_lossy().into_owned() {
            // Not to be taken for the main worktree.
            name if name == "main" => "worktrees/main".to_owned(),
            name => name,
        };
        found.push(Worktree {
            name,
            git_dir,
            work_dir,
        });
    }
    if !found.iter().any(|tree| tree.git_dir == opened.git_dir) {
        // GIT_COMMON_DIR, or a `commondir` file, joined what `worktrees/` does not know.
        let name = opened.git_dir.file_name().unwrap_or_default();
        found.push(Worktree {
            name: name.to_string_lossy().into_owned(),
            ..opened.clone()
        });
    }
    found
}

fn looks_like_worktree(git_dir: &Path) -> bool {
    ["HEAD", "gitdir", "commondir"]
        .iter()
        .any(|name| std::fs::symlink_metadata(git_dir.join(name)).is_ok())
}

fn main_work_dir(common_dir: &Path, config: &ConfigFacts, named_dot_git: bool) -> Option<PathBuf> {
    if config.bare == Some(true) {
        return None;
    }
    // A submodule says where its files are; the folder must agree.
    if let Some(path) = config.work_dir.as_deref().and_then(file::path_of) {
        let folder = common_dir.join(path);
        if points_back(&folder, common_dir) {
            return Some(file::canonical(&folder));
        }
    }
    named_dot_git
        .then(|| common_dir.parent().map(Path::to_owned))
        .flatten()
}

fn linked_work_dir(git_dir: &Path) -> Option<PathBuf> {
    // Unreadable is as good as gone: only the folder's place is lost, and no object.
    let gitfile = discover::read_pointer(&git_dir.join("gitdir")).ok()??;
    let gitfile = git_dir.join(gitfile);
    let folder = gitfile.parent()?;
    points_back(folder, git_dir).then(|| file::canonical(folder))
}

fn points_back(folder: &Path, git_dir: &Path) -> bool {
    match discover::gitfile_target(&folder.join(".git")) {
        Ok(Some(target)) => file::canonical(&target) == file::canonical(git_dir),
        Ok(None) | Err(_) => false,
    }
}

/// True for a bare repository that nobody commits in: it has no worktrees, and no index, which
/// commits with `--work-tree` would have left.
pub(crate) fn is_shared(common_dir: &Path, worktrees: &[Worktree]) -> bool {
    worktrees.len() <= 1
        && worktrees.iter().all(|tree| tree.work_dir.is_none())
        && std::fs::symlink_metadata(common_dir.join("index")).is_err()
}

/// The folders in which `objects/` keeps what a push has sent and no hook has accepted yet. One
/// that was interrupted leaves them behind. See "Quarantine Environment" in git-receive-pack(1).
///
/// # Errors
/// `objects/` cannot be listed. Loose objects and packs may be readable all the same: they lie in
/// folders of known names.
pub(crate) fn quarantines(objects: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = file::list(objects)?.unwrap_or_default();
    let is_quarantine = |entry: &file::Entry| {
        let name = entry.name.to_string_lossy();
        entry.kind == EntryKind::Folder
            && ["tmp_objdir-", "incoming-"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
    };
    let found = entries.into_iter().filter(is_quarantine);
    Ok(found.map(|entry| objects.join(entry.name)).collect())
}

/// True if a pack says that a remote promised what is missing.
pub(crate) fn has_promisor_pack(dirs: &[ObjectDir]) -> bool {
    dirs.iter().any(|dir| {
        // A pack folder that cannot be listed is reported by whoever reads the packs.
        let entries = file::list(&dir.path.join("pack")).ok().flatten();
        entries.unwrap_or_default().iter().any(|entry| {
            Path::new(&entry.name)
                .extension()
                .is_some_and(|extension| extension == "promisor")
        })
    })
}

/// Tells the hash by the length of ids in file names, HEAD or packed-refs. `None` without any.
pub(crate) fn guess_hash(objects: &Path, common_dir: &Path) -> Option<HashKind> {
    let names = |folder: &Path| {
        let entries = file::list(folder).ok().flatten().unwrap_or_default();
        entries
            .into_iter()
            .map(|entry| entry.name.to_string_lossy().into_owned())
    };
    let packs = names(&objects.join("pack")).filter_map(|name| {
        let stem = name.strip_prefix("pack-")?.split('.').next()?;
        by_length(stem)
    });
    let loose = names(objects)
        .filter(|name| name.len() == 2 && name.bytes().all(|c| c.is_ascii_hexdigit()))
        .flat_map(|fan_out| {
            let rest: Vec<_> = names(&objects.join(&fan_out)).collect();
            rest.into_iter()
                .filter_map(move |rest| by_length(&format!("{fan_out}{rest}")))
        });
    let texts = ["HEAD", "packed-refs"].into_iter().filter_map(|name| {
        let bytes = file::read_small(&common_dir.join(name), 1 << 20).ok()??;
        let mut words = bytes.split(u8::is_ascii_whitespace);
        words.find_map(|word| by_length(&String::from_utf8_lossy(word)))
    });
    packs.chain(texts).chain(loose).next()
}

fn by_length(hex: &str) -> Option<HashKind> {
    let id = ObjectId::from_hex(hex.as_bytes())?;
    [HashKind::Sha1, HashKind::Sha256]
        .into_iter()
        .find(|hash| hash.len() == id.as_bytes().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_that_cannot_be_listed_are_no_folder_without_quarantines() {
        // No folder has such a name, whoever asks.
        let objects = "x".repeat(4096);
        assert!(quarantines(Path::new(&objects)).is_err());
        assert!(quarantines(Path::new("no-such-folder")).unwrap().is_empty());
    }
}
