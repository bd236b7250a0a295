//! A worktree's index: what is staged, conflict stages, split and sparse indexes included.
//!
//! Written from git's gitformat-index(5). Bytes are untrusted: what cannot be read is said, and
//! what came before it is kept.

mod bitmap;
mod decode;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::file;
use crate::model::{Control, Gap, GapKind, HashKind, ObjectId};

/// The largest index that is read, in bytes: some ten million entries.
const INDEX_MAX: u64 = 1 << 30;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// File mode as git stores it: `0o100644`, `0o160000`, …; 0 if only an id is known.
    pub(crate) mode: u32,
    /// The blob; a tree for a folder that a sparse index does not unfold.
    pub(crate) id: ObjectId,
    /// Path from the top, raw.
    pub(crate) path: Vec<u8>,
    /// True for `git add --intent-to-add`: the id stands for nothing yet.
    pub(crate) intent_to_add: bool,
}

impl Entry {
    /// True for a commit of another repository: a submodule, or one that was added by mistake.
    pub(crate) fn is_gitlink(&self) -> bool {
        self.mode & 0o170_000 == 0o160_000
    }

    /// The id, if the entry names an object of this repository.
    pub(crate) fn object(&self) -> Option<ObjectId> {
        (!self.is_gitlink() && !self.intent_to_add && !self.id.is_null()).then_some(self.id)
    }
}

/// An index as read.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// All entries of all stages, in the index's order.
    pub(crate) entries: Vec<Entry>,
    /// What conflicts looked like before they were resolved: git keeps these blobs too.
    pub(crate) resolved: Vec<Entry>,
    /// What could not be read.
    pub(crate) gaps: Vec<Gap>,
}

/// Reads `git_dir/index`; a repository without one has nothing staged. `place` is what reports
/// put before a file's name.
pub(crate) fn read(git_dir: &Path, place: &Path, how: (HashKind, &Control)) -> Index {
    read_named(git_dir, place, "index".as_ref(), how)
}

/// The same for another file than `index`: `git commit FILE` makes one for a while.
pub(crate) fn read_named(
    git_dir: &Path,
    place: &Path,
    name: &Path,
    how: (HashKind, &Control),
) -> Index {
    let mut index = Index::default();
    let Some(own) = read_file(git_dir, place, name, how, &mut index.gaps) else {
        return index;
    };
    index.resolved = own.resolved;
    let Some(link) = own.link else {
        index.entries = own.entries;
        return index;
    };
    let name = format!("sharedindex.{}", link.shared);
    let shown = place.join(&name);
    let shared = if link.shared.is_null() {
        Some(decode::Decoded::default())
    } else {
        read_file(git_dir, place, name.as_ref(), how, &mut index.gaps)
    };
    let Some(shared) = shared else {
        if index.gaps.is_empty() {
            let detail = "named by a split index, but not there";
            index
                .gaps
                .push(Gap::of_path(GapKind::Metadata, &shown, detail));
        }
        index.entries = own.entries;
        return index;
    };
    match decode::join(shared.entries, own.entries, &link) {
        Ok(entries) => index.entries = entries,
        Err((entries, why)) => {
            index.entries = entries;
            let shown = place.join("index");
            index
                .gaps
                .push(Gap::of_path(GapKind::Metadata, &shown, why));
        }
    }
    index
}

fn read_file(
    git_dir: &Path,
    place: &Path,
    name: &Path,
    (hash, control): (HashKind, &Control),
    gaps: &mut Vec<Gap>,
) -> Option<decode::Decoded> {
    let shown = place.join(name);
    match file::read_small(&git_dir.join(name), INDEX_MAX) {
        Ok(bytes) => {
            let decoded = decode::decode(&bytes?, hash, control);
            for why in &decoded.problems {
                gaps.push(Gap::of_path(GapKind::Metadata, &shown, why.clone()));
            }
            Some(decoded)
        }
        Err(error) => {
            gaps.push(file::unreadable(&shown, &error));
            None
        }
    }
}
