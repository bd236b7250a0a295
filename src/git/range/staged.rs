//! What the index holds and HEAD does not. Only folders that the index names are looked at.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use super::Staged;
use super::compare::entries;
use super::fetch::Fetcher;
use crate::git::commit::Commit;
use crate::git::index;
use crate::git::repo::Repo;
use crate::git::tree::EntryKind;
use crate::model::{Control, Gap, ObjectId, ObjectKind};

/// What is staged.
#[derive(Default)]
pub(super) struct Found {
    pub(super) blobs: Vec<Staged>,
    /// What HEAD has where the index has nothing any more.
    pub(super) replaced: Vec<ObjectId>,
    /// Paths that HEAD does not have.
    pub(super) new_paths: Vec<Vec<u8>>,
    pub(super) gaps: Vec<Gap>,
}

/// A folder of HEAD's tree.
type Folder = BTreeMap<Vec<u8>, (ObjectId, EntryKind)>;

/// HEAD's tree, as far as it was asked for.
struct Head<'f, 'c> {
    fetcher: &'f mut Fetcher<'c>,
    root: Option<ObjectId>,
    folders: BTreeMap<Vec<u8>, Folder>,
}

/// Compares the index, which is this file if it is not the usual one, with HEAD.
pub(super) fn staged(
    repo: &Repo,
    file: Option<&Path>,
    head: Option<ObjectId>,
    fetcher: &mut Fetcher<'_>,
    control: &Control,
) -> Found {
    let mut found = Found::default();
    let place = repo.shown(&repo.git_dir);
    let file = file.unwrap_or(Path::new("index"));
    let index = index::read_named(&repo.git_dir, place, file, (repo.hash, control));
    found.gaps = index.gaps;
    let commit = head.and_then(|id| fetcher.whole(&id, ObjectKind::Commit).ok().flatten());
    let mut head = Head {
        root: commit.and_then(|content| Commit::parse(&content).tree),
        fetcher,
        folders: BTreeMap::new(),
    };
    let mut named: HashSet<Vec<u8>> = HashSet::new();
    for entry in &index.entries {
        let Some(id) = entry.object() else { continue };
        named.insert(entry.path.clone());
        let path = entry.path.strip_suffix(b"/").unwrap_or(&entry.path);
        let before = head.at(path);
        if before.map(|(id, _)| id) == Some(id) {
            continue;
        }
        if before.is_none() {
            found.new_paths.push(entry.path.clone());
        }
        found.blobs.push(Staged {
            path: entry.path.clone(),
            is_tree: entry.mode & 0o170_000 == 0o040_000,
            id,
            before: before.into_iter().map(|(id, _)| id).collect(),
        });
    }
    if !found.blobs.is_empty() {
        found.replaced = head.gone(&named);
    }
    found
}

impl Head<'_, '_> {
    /// What HEAD has at a path.
    fn at(&mut self, path: &[u8]) -> Option<(ObjectId, EntryKind)> {
        let cut = path.iter().rposition(|byte| *byte == b'/');
        let (folder, name) = match cut {
            Some(cut) => (&path[..cut], &path[cut + 1..]),
            None => (&path[..0], path),
        };
        self.open(folder);
        self.folders.get(folder)?.get(name).copied()
    }

    /// Reads a folder, and those on the way to it.
    fn open(&mut self, folder: &[u8]) {
        if self.folders.contains_key(folder) {
            return;
        }
        let Some(mut id) = self.root else { return };
        let mut known: Vec<u8> = Vec::new();
        let names = folder
            .split(|byte| *byte == b'/')
            .filter(|name| !name.is_empty());
        for name in std::iter::once(&b""[..]).chain(names) {
            if !name.is_empty() {
                let found = self.folders.get(&known).and_then(|folder| folder.get(name));
                let Some((next, EntryKind::Tree)) = found else {
                    return;
                };
                id = *next;
                if !known.is_empty() {
                    known.push(b'/');
                }
                known.extend_from_slice(name);
            }
            if self.folders.contains_key(&known) {
                continue;
            }
            // What cannot be read there hides nothing: all that is staged below it is new.
            let content = self.fetcher.whole(&id, ObjectKind::Tree).ok().flatten();
            let content = content.unwrap_or_default();
            let list = entries(&content, id.as_bytes().len()).0;
            let list = list.into_iter().map(|e| (e.name.to_vec(), (e.id, e.kind)));
            self.folders.insert(known.clone(), list.collect());
        }
    }

    /// What HEAD has in these folders, and the index does not name.
    fn gone(&self, named: &HashSet<Vec<u8>>) -> Vec<ObjectId> {
        let mut gone = BTreeSet::new();
        for (folder, entries) in &self.folders {
            for (name, (id, kind)) in entries {
                let mut path = folder.clone();
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(name);
                let is_gone = match kind {
                    EntryKind::Blob => !named.contains(&path),
                    EntryKind::Tree => !self.folders.contains_key(&path),
                    EntryKind::Gitlink => false,
                };
                if is_gone {
                    gone.insert(*id);
                }
            }
        }
        gone.into_iter().collect()
    }
}
