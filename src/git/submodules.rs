//! Submodules: their git directories below `modules/`, and those that have none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use gix::bstr::ByteSlice;

use super::embedded::{DotGit, dot_git};
use super::file::{self, EntryKind};
use super::index;
use super::range::Lookup;
use super::repo::{Repo, Worktree};
use crate::model::{Control, Gap, GapKind, shell_word};

/// How many submodules are named; the rest is counted.
const NAMED_MAX: usize = 10;

/// How many folders below `modules/` are looked at.
const FOLDERS_MAX: usize = 10_000;

/// The largest `.gitmodules` that is read, in bytes.
const GITMODULES_MAX: u64 = 16 << 20;

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

/// Names for a sentence: the first few, and how many more.
pub(crate) fn listed(names: &[String]) -> String {
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

/// A gap for each submodule that the repository has now, and whose own repository is not there:
/// never fetched, or lost since.
pub(crate) fn unfetched(repo: &Repo, control: &Control) -> Vec<Gap> {
    // What could not be listed is a gap of the report already.
    let found = submodules(repo, &mut Vec::new());
    let there: BTreeSet<PathBuf> = found.into_iter().map(|found| found.git_dir).collect();
    let mut gaps = Vec::new();
    let mut is_anything_staged = false;
    for worktree in &repo.worktrees {
        if control.check_clock().is_some() {
            return gaps;
        }
        let place = repo.shown(&worktree.git_dir);
        // What cannot be read of it is a gap of the report, too.
        let index = index::read(&worktree.git_dir, place, (repo.hash, control));
        is_anything_staged |= !index.entries.is_empty();
        let links = index.entries.iter().filter(|entry| entry.is_gitlink());
        let links: Vec<&[u8]> = links.map(|entry| &entry.path[..]).collect();
        if links.is_empty() {
            continue;
        }
        let names = names_by_path(&gitmodules(repo, worktree, &index, control));
        for path in links {
            let known = names.get(path).map_or(path, |name| &name[..]);
            if is_there(repo, worktree, known, &there) {
                continue;
            }
            let is_lost = match worktree.work_dir.as_deref().map(|dir| dot_git(dir, path)) {
                Some(DotGit::Leads(_)) => continue,
                Some(DotGit::Lost) => true,
                Some(DotGit::Nothing) | None => false,
            };
            let way = Way::of(repo, names.contains_key(path), is_lost);
            gaps.push(gap(path, way));
        }
    }
    if !is_anything_staged {
        gaps.extend(unfetched_at_head(repo, &there, control));
    }
    gaps
}

/// The same by HEAD's `.gitmodules`, where no index tells: in bare repositories, and where nothing
/// was checked out.
fn unfetched_at_head(repo: &Repo, there: &BTreeSet<PathBuf>, control: &Control) -> Vec<Gap> {
    let mut lookup = Lookup::new(repo, control);
    let file = lookup.file(repo, &["HEAD".to_owned()], b".gitmodules");
    let mut names = file.map_or_else(BTreeMap::new, |(_, text)| names_by_path(&text));
    let main = Worktree {
        name: "main".to_owned(),
        git_dir: repo.git_dir.clone(),
        work_dir: None,
    };
    names.retain(|_, name| !is_there(repo, &main, name, there));
    // A line may be left of what is no submodule any more.
    let lost = lookup.gitlinks(repo, names.into_keys().collect());
    lost.iter()
        .map(|path| gap(path, Way::of(repo, true, false)))
        .collect()
}

/// How a submodule's repository is to be had.
#[derive(Clone, Copy)]
enum Way {
    Update,
    /// Git does not clone into a folder that has files.
    MoveAndUpdate,
    /// Nothing in `.gitmodules` says where it comes from.
    Unknown,
    /// Where there is no work tree there are no submodules.
    CloneAgain,
}

impl Way {
    fn of(repo: &Repo, is_mapped: bool, is_lost: bool) -> Way {
        if repo.worktrees.iter().all(|tree| tree.work_dir.is_none()) {
            Way::CloneAgain
        } else if !is_mapped {
            Way::Unknown
        } else if is_lost {
            Way::MoveAndUpdate
        } else {
            Way::Update
        }
    }
}

fn gap(path: &[u8], way: Way) -> Gap {
    let word = shell_word(&String::from_utf8_lossy(path));
    let (why, step) = match way {
        Way::Update => (
            "was never fetched",
            format!("`git submodule update --init -- {word}`, and sweep again"),
        ),
        Way::MoveAndUpdate => (
            "is not where its .git file leads",
            format!(
                "move its folder away, then `git submodule update --init -- {word}`, and sweep again"
            ),
        ),
        Way::Unknown => (
            "is not here",
            "no .gitmodules says where it comes from: ask who added it, and sweep that repository \
             by its path"
                .to_owned(),
        ),
        Way::CloneAgain => (
            "was never fetched",
            "there is no work tree: sweep a clone made by `git clone --recurse-submodules`"
                .to_owned(),
        ),
    };
    Gap {
        path: Some(path.to_vec()),
        ..Gap::new(
            GapKind::Missing,
            format!("the submodule's repository {why}; {step}"),
        )
    }
}

/// True if a submodule of this name has its repository where git keeps it. The name may be
/// anything: it is only held against those that were found.
fn is_there(repo: &Repo, worktree: &Worktree, name: &[u8], there: &BTreeSet<PathBuf>) -> bool {
    let Some(name) = file::path_of(name) else {
        return false;
    };
    let dirs = [&worktree.git_dir, &repo.common_dir];
    dirs.iter()
        .any(|dir| there.contains(&dir.join("modules").join(&name)))
}

/// The text of `.gitmodules`: that of the work tree, or else what is staged.
fn gitmodules(
    repo: &Repo,
    worktree: &Worktree,
    index: &index::Index,
    control: &Control,
) -> Vec<u8> {
    let file = worktree.work_dir.as_ref().and_then(|dir| {
        file::read_small(&dir.join(".gitmodules"), GITMODULES_MAX)
            .ok()
            .flatten()
    });
    let staged = || {
        let mut entries = index.entries.iter();
        let id = entries.find(|entry| entry.path == b".gitmodules")?.object();
        Lookup::new(repo, control).content(&id?)
    };
    file.or_else(staged).unwrap_or_default()
}

/// The name of each submodule that `.gitmodules` names, by its path. Empty if git could not read it
/// either.
fn names_by_path(text: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let file = gix::config::File::from_bytes_no_includes(
        text,
        gix::config::file::Metadata::from(gix::config::Source::Local),
        gix::config::file::init::Options::default(),
    );
    let mut names = BTreeMap::new();
    for section in file.iter().flat_map(gix::config::File::sections) {
        let header = section.header();
        if header
            .name()
            .to_str_lossy()
            .eq_ignore_ascii_case("submodule")
            && let (Some(name), Some(path)) = (header.subsection_name(), section.value("path"))
        {
            let path = path.trim_end_with(|c| c == '/').to_vec();
            names.insert(path, name.to_vec());
        }
    }
    names
}
