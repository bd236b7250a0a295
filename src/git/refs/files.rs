//! The files backend: loose refs, packed-refs, logs, and what lies beside `refs/`.

use std::collections::HashSet;
use std::path::Path;

use super::{Stored, loose, name, packed, root};
use crate::git::reflog;
use crate::model::HashKind;

/// Reads the shared directory, where the main worktree's own refs lie too.
/// `has_head` is false for a repository whose main worktree has none.
pub(crate) fn read_shared(common_dir: &Path, hash: HashKind, has_head: bool) -> Stored {
    let mut stored = Stored::default();
    let place = Path::new("");
    loose::read(common_dir, "refs/", place, hash, &mut stored);
    let loose_count = stored.refs.len();
    packed::read(common_dir, hash, &mut stored);
    // A loose ref is newer than a packed one of the same name.
    let newer: HashSet<Vec<u8>> = stored.refs[..loose_count]
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let mut index = 0;
    stored.refs.retain(|(name, _)| {
        index += 1;
        index <= loose_count || !newer.contains(name)
    });
    if has_head {
        root::read(common_dir, place, hash, false, &mut stored);
    }
    reflog::read_all(common_dir, place, hash, &mut stored);
    stored
}

/// Reads what a linked worktree has for itself.
pub(crate) fn read_linked(git_dir: &Path, place: &Path, hash: HashKind) -> Stored {
    let mut stored = Stored::default();
    for top in name::PER_WORKTREE {
        loose::read(git_dir, top, place, hash, &mut stored);
    }
    root::read(git_dir, place, hash, false, &mut stored);
    reflog::read_all(git_dir, place, hash, &mut stored);
    stored
}
