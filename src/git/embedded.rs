//! Other repositories in the work tree, which no sweep of this one reads.

use std::path::{Component, Path, PathBuf};

use super::discover;
use super::file::{self, Entry, EntryKind};
use super::repo::{Repo, Worktree};
use super::submodules::listed;
use crate::model::{Control, Note};

/// How many folders of a work tree are looked at. Every sweep does that, and each folder takes about 10 µs
/// (8,000 of them 80 to 90 ms), while a second sweep may take 100 ms in all.
const FOLDERS_MAX: usize = 2_000;

/// What lies in a folder of the work tree under the name `.git`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DotGit {
    /// Nothing, or nothing that git would take for it.
    Nothing,
    /// A git directory, or a file that leads to this one.
    Leads(PathBuf),
    /// A file that leads to no git directory.
    Lost,
}

/// Looks into the folder at `path`, as an index names it: that may be any path, and nothing outside
/// of the work tree is looked at.
pub(super) fn dot_git(work_dir: &Path, path: &[u8]) -> DotGit {
    let inside = |part| matches!(part, Component::Normal(_));
    match file::path_of(path) {
        Some(path) if path.components().all(inside) => dot_git_in(&work_dir.join(path)),
        _ => DotGit::Nothing,
    }
}

fn dot_git_in(folder: &Path) -> DotGit {
    let dot_git = folder.join(".git");
    let has_head = |dir: &Path| std::fs::symlink_metadata(dir.join("HEAD")).is_ok();
    match std::fs::symlink_metadata(&dot_git) {
        Ok(metadata) if metadata.is_dir() && has_head(&dot_git) => {
            DotGit::Leads(file::canonical(&dot_git))
        }
        Ok(metadata) if metadata.is_file() => match discover::gitfile_target(&dot_git) {
            Ok(Some(target)) if has_head(&target) => DotGit::Leads(file::canonical(&target)),
            Ok(Some(_)) => DotGit::Lost,
            Ok(None) | Err(_) => DotGit::Nothing,
        },
        Ok(_) | Err(_) => DotGit::Nothing,
    }
}

/// Notes the repositories that lie in a work tree, whether or not the index has a gitlink for them,
/// unless they are submodules or work trees of this one; and the submodules whose repository is lost.
pub(crate) fn notes<'p>(
    repo: &Repo,
    worktree: &Worktree,
    gitlinks: impl Iterator<Item = &'p [u8]>,
    control: &Control,
) -> Vec<Note> {
    let Some(work_dir) = worktree.work_dir.as_deref() else {
        return Vec::new();
    };
    let own = [&repo.common_dir, &worktree.git_dir];
    let is_other = |dir: &Path| !own.iter().any(|own| dir.starts_with(own));
    let (mut names, is_all) = found(work_dir, is_other, control);
    let mut lost = Vec::new();
    for path in gitlinks {
        let name = || String::from_utf8_lossy(path).into_owned();
        match dot_git(work_dir, path) {
            // The walk need not have come there.
            DotGit::Leads(dir) if is_other(&dir) => names.push(name()),
            DotGit::Lost => lost.push(name()),
            DotGit::Leads(_) | DotGit::Nothing => {}
        }
    }
    let mut notes = Vec::new();
    let mut note = |kind, detail| notes.push(Note { kind, detail });
    for names in [&mut names, &mut lost] {
        names.sort();
        names.dedup();
    }
    if !names.is_empty() {
        let names = listed(&names);
        let detail = format!(
            "the work tree holds the repositories {names}, which were not swept: sweep each by its \
             path"
        );
        note("embedded-repositories", detail);
    }
    if !is_all {
        let detail = format!(
            "the work tree has more than {FOLDERS_MAX} folders: repositories in the rest of them \
             are not named"
        );
        note("embedded-repositories", detail);
    }
    if !lost.is_empty() {
        let lost = listed(&lost);
        let detail = format!(
            "the repositories of the submodules {lost}, to which their .git files lead, are not \
             there"
        );
        note("submodules", detail);
    }
    notes
}

/// Looks through a work tree, folder by folder, the upper ones first. Gives the paths of other
/// repositories, which are not entered, and whether all folders were looked at.
///
/// A folder that cannot be listed is passed over: no file of it is read.
fn found(
    work_dir: &Path,
    is_other: impl Fn(&Path) -> bool,
    control: &Control,
) -> (Vec<String>, bool) {
    let mut names = Vec::new();
    let mut folders = std::collections::VecDeque::from([PathBuf::new()]);
    let mut looked_at = 0;
    while let Some(folder) = folders.pop_front() {
        if control.check_clock().is_some() {
            // The stop is a gap of its own.
            break;
        }
        looked_at += 1;
        if looked_at > FOLDERS_MAX {
            return (names, false);
        }
        let path = work_dir.join(&folder);
        let Ok(Some(entries)) = file::list(&path) else {
            continue;
        };
        if !folder.as_os_str().is_empty()
            && let Some(git_dir) = repository(&path, &entries)
        {
            if is_other(&git_dir) {
                names.push(folder.to_string_lossy().into_owned());
            }
            continue;
        }
        let inner = entries.into_iter().filter(|entry| {
            // A link may lead anywhere, and back again.
            entry.kind == EntryKind::Folder && entry.name != ".git"
        });
        folders.extend(inner.map(|entry| folder.join(entry.name)));
    }
    (names, true)
}

/// The git directory of a repository that lies in a folder, or is one: a bare one.
fn repository(folder: &Path, entries: &[Entry]) -> Option<PathBuf> {
    let has = |name: &str| entries.iter().any(|entry| entry.name == name);
    if has(".git")
        && let DotGit::Leads(dir) = dot_git_in(folder)
    {
        return Some(dir);
    }
    let is_bare = ["HEAD", "objects", "refs"].into_iter().all(has);
    is_bare.then(|| file::canonical(folder))
}
