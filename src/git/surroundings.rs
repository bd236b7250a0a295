//! What lies around refs: the shallow boundary, and features that git applies and a sweep does
//! not.

use std::path::{Component, Path, PathBuf};

use super::discover;
use super::file::{self, EntryKind};
use super::gather::ids_of_lines;
use super::repo::{Repo, Worktree};
use super::tips::Tips;
use crate::model::{Gap, GapKind, Note};

/// How many submodules are named; the rest is counted.
const NAMED_MAX: usize = 10;

/// How many folders below `modules/` are looked at.
const FOLDERS_MAX: usize = 10_000;

/// Reads the boundary of a shallow clone.
pub(crate) fn shallow(repo: &Repo, tips: &mut Tips) {
    let shown = Path::new("shallow");
    match ids_of_lines(&repo.common_dir.join(shown), repo.hash) {
        Ok(None) => {}
        Ok(Some((ids, broken))) => {
            tips.shallow = ids;
            if broken > 0 {
                let detail = format!("{broken} lines are no commit id");
                let gap = Gap::of_path(GapKind::Metadata, shown, detail);
                tips.gaps.push(gap);
            }
        }
        Err(error) => tips.gaps.push(file::unreadable(shown, &error)),
    }
}

/// Notes replace refs, grafts and submodules.
pub(crate) fn notes(repo: &Repo, tips: &mut Tips) {
    let is_replacement = |name: &&Vec<u8>| name.starts_with(b"refs/replace/");
    let count = tips.ref_names.iter().filter(is_replacement).count();
    if count > 0 {
        tips.notes.push(Note {
            kind: "replace-refs",
            detail: format!("{count} replace refs were swept as they are, and not applied"),
        });
    }
    let grafts = repo.common_dir.join("info").join("grafts");
    if std::fs::symlink_metadata(&grafts).is_ok_and(|file| file.len() > 0) {
        tips.notes.push(Note {
            kind: "grafts",
            detail: "info/grafts is ignored: history is read as it was committed".to_owned(),
        });
    }
    let halves = half_written(repo);
    if halves > 0 {
        tips.notes.push(Note {
            kind: "half-written-packs",
            detail: format!(
                "objects/pack holds {halves} files of interrupted transfers, which were not read"
            ),
        });
    }
    let found = submodules(repo, &mut tips.unselectable);
    let names: Vec<String> = found.into_iter().map(|submodule| submodule.name).collect();
    if names.is_empty() {
        return;
    }
    tips.coverage.submodules_unread = names.len() as u64;
    tips.notes.push(Note {
        kind: "submodules",
        detail: format!(
            "the submodules {} have repositories of their own, which were not swept: \
             --recurse-submodules sweeps them too",
            listed(&names)
        ),
    });
}

/// How many packs and indexes git began to write and never gave a name.
fn half_written(repo: &Repo) -> usize {
    let own = repo.object_dirs.iter().filter(|dir| !dir.foreign);
    // A folder that cannot be listed is reported by whoever reads the packs.
    let entries = own.filter_map(|dir| file::list(&dir.path.join("pack")).ok().flatten());
    let is_half = |entry: &file::Entry| {
        let name = entry.name.as_encoded_bytes();
        [b"tmp_pack_".as_slice(), b"tmp_idx_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    entries.flatten().filter(is_half).count()
}

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names
        .iter()
        .take(NAMED_MAX)
        .map(|name| format!("\"{name}\""))
        .collect();
    let more = match names.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

/// Notes repositories that lie in the work tree where the index has a gitlink, unless they are
/// among the submodules below `modules/`.
pub(crate) fn embedded<'p>(
    repo: &Repo,
    worktree: &Worktree,
    gitlinks: impl Iterator<Item = &'p [u8]>,
) -> Option<Note> {
    let work_dir = worktree.work_dir.as_deref()?;
    let modules = [&repo.common_dir, &worktree.git_dir].map(|dir| dir.join("modules"));
    let is_embedded = |path: &&[u8]| {
        let Some(path) = file::path_of(path) else {
            return false;
        };
        // The index may name any path; nothing outside of the work tree is looked at.
        let inside = |part| matches!(part, Component::Normal(_));
        let dot_git = work_dir.join(&path).join(".git");
        if !path.components().all(inside) {
            return false;
        }
        match std::fs::symlink_metadata(&dot_git) {
            Ok(metadata) if metadata.is_file() => match discover::gitfile_target(&dot_git) {
                Ok(Some(target)) => {
                    let target = file::canonical(&target);
                    !modules.iter().any(|dir| target.starts_with(dir))
                }
                Ok(None) | Err(_) => false,
            },
            Ok(metadata) => metadata.is_dir(),
            Err(_) => false,
        }
    };
    let mut names: Vec<String> = gitlinks
        .filter(is_embedded)
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .collect();
    names.sort();
    names.dedup();
    (!names.is_empty()).then(|| Note {
        kind: "embedded-repositories",
        detail: format!(
            "the work tree holds the repositories {}, which were not swept: sweep each by its path",
            listed(&names)
        ),
    })
}

/// A repository below `modules/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Submodule {
    /// Its name, which may hold slashes; of a submodule's own submodule both names.
    pub(crate) name: String,
    /// Its git directory.
    pub(crate) git_dir: PathBuf,
}

/// The repositories below `modules/`, those of submodules' own submodules included, sorted by name.
pub(crate) fn submodules(repo: &Repo, gaps: &mut Vec<Gap>) -> Vec<Submodule> {
    let mut found = Vec::new();
    let mut folders: Vec<_> = repo
        .worktrees
        .iter()
        .map(|worktree| &worktree.git_dir)
        .chain([&repo.common_dir])
        .map(|git_dir| (git_dir.join("modules"), String::new()))
        .collect();
    let mut looked_at = 0;
    while let Some((folder, prefix)) = folders.pop() {
        looked_at += 1;
        if looked_at > FOLDERS_MAX {
            let detail = format!("more than {FOLDERS_MAX} folders: not all submodules are counted");
            gaps.push(Gap::of_path(GapKind::Metadata, repo.shown(&folder), detail));
            break;
        }
        let entries = match file::list(&folder) {
            Ok(entries) => entries.unwrap_or_default(),
            Err(error) => {
                gaps.push(file::unreadable(repo.shown(&folder), &error));
                continue;
            }
        };
        for entry in entries {
            if entry.kind != EntryKind::Folder {
                continue;
            }
            let name = format!("{prefix}{}", entry.name.to_string_lossy());
            let path = folder.join(&entry.name);
            if std::fs::symlink_metadata(path.join("HEAD")).is_ok() {
                // A submodule's own submodules lie below it.
                folders.push((path.join("modules"), format!("{name}/")));
                found.push(Submodule {
                    name,
                    git_dir: path,
                });
            } else {
                folders.push((path, format!("{name}/")));
            }
        }
    }
    found.sort();
    // Worktrees share the folder.
    found.dedup();
    found
}
