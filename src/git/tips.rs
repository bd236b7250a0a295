//! Where git starts from: refs, HEADs, reflogs, stashes, indexes, and the shallow boundary.
//!
//! Replace refs and grafts change nothing that is read: the first are roots like any other, the
//! second are ignored. Both are noted.

use super::gather;
use super::remotes::Remotes;
use super::repo::{Repo, Worktree};
use crate::model::{Control, Gap, Held, Note, ObjectId, RefCoverage};

/// What names an object from outside the object store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TipKind {
    /// A ref below `refs/`, by its full name.
    Ref(String),
    /// HEAD of a worktree.
    Head {
        /// The worktree's name.
        worktree: String,
    },
    /// Another pseudo-ref of a worktree (`MERGE_HEAD`, `ORIG_HEAD`, …). Git does not keep these
    /// alive, so a missing one is only a note.
    Pseudo {
        /// The worktree's name.
        worktree: String,
        /// `ORIG_HEAD` and the like.
        name: String,
    },
    /// A value that a ref had before, from its reflog.
    Reflog {
        /// The ref's full name.
        name: String,
        /// True for the old side of the log's first line, which git may have dropped.
        expired: bool,
    },
    /// A stash entry: `stash@{n}`.
    Stash {
        /// Its number, 0 is the newest.
        entry: usize,
    },
    /// A blob staged in a worktree's index; a tree, for a folder that a sparse index leaves
    /// folded.
    Index {
        /// The worktree's name.
        worktree: String,
        /// The path in the index, raw.
        path: Vec<u8>,
    },
}

impl TipKind {
    /// False for what git does not keep objects alive for.
    pub(crate) fn keeps_alive(&self) -> bool {
        !matches!(
            self,
            TipKind::Pseudo { .. } | TipKind::Reflog { expired: true, .. }
        )
    }

    /// What a report calls that which names an object, if git keeps objects alive for it.
    pub(crate) fn words(&self) -> Option<String> {
        match self {
            TipKind::Ref(name) => Some(name.clone()),
            TipKind::Head { worktree } => Some(format!("HEAD of {worktree}")),
            TipKind::Reflog { name, expired } => (!expired).then(|| format!("reflog of {name}")),
            TipKind::Stash { entry } => Some(format!("stash@{{{entry}}}")),
            TipKind::Index { worktree, .. } => Some(format!("index of {worktree}")),
            TipKind::Pseudo { .. } => None,
        }
    }

    /// Through what an object can be had that no ref reaches; `None` for refs.
    pub(crate) fn holder(&self) -> Option<Held> {
        Some(match self {
            TipKind::Ref(_) => return None,
            TipKind::Head { worktree } => Held::Worktree(worktree.clone()),
            TipKind::Pseudo { worktree, name } if worktree == "main" => {
                Held::PseudoRef(name.clone())
            }
            TipKind::Pseudo { worktree, name } => {
                Held::PseudoRef(format!("{}{name}", Worktree::ref_prefix(worktree)))
            }
            TipKind::Reflog { name, .. } => Held::Reflog(name.clone()),
            TipKind::Stash { entry } => Held::Stash(format!("stash@{{{entry}}}")),
            TipKind::Index { worktree, .. } => Held::Index(worktree.clone()),
        })
    }
}

/// One id with what names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tip {
    /// What names it.
    pub kind: TipKind,
    /// The id as named, not peeled.
    pub id: ObjectId,
}

/// All tips of a repository, and what could not be read of them.
#[derive(Clone, Debug, Default, Hash)]
pub struct Tips {
    /// Sorted, without duplicates.
    pub tips: Vec<Tip>,
    /// Those that a selection by ref name chose; `None` if all count. What is read depends on
    /// these, what is known about where it went on all.
    pub selected: Option<Vec<Tip>>,
    /// Names of refs that are there but cannot be read, each with a gap. Sorted.
    pub broken: Vec<String>,
    /// Every ref name below `refs/`, raw, symbolic and broken ones included, those that only a
    /// reflog remembers too: names are scanned as well. Sorted, without duplicates.
    pub ref_names: Vec<Vec<u8>>,
    /// Every path of every index, raw. Sorted, without duplicates.
    pub index_paths: Vec<Vec<u8>>,
    /// Logs that are in no file of their own, each by the name of the file that would hold it:
    /// who and why, a line for each entry.
    pub messages: Vec<(Vec<u8>, Vec<u8>)>,
    /// Commits whose parents a shallow clone leaves out.
    pub shallow: Vec<ObjectId>,
    /// The name of the opened worktree.
    pub worktree: String,
    /// The commit HEAD of the opened worktree points to, `None` if unborn or unreadable.
    pub head: Option<ObjectId>,
    /// The ref HEAD points to, if it is symbolic.
    pub head_ref: Option<String>,
    /// What is known of remotes.
    pub(crate) remotes: Remotes,
    /// Counts for the report.
    pub coverage: RefCoverage,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// Those of `gaps` that are about logs, indexes and submodules: no ref name selects them.
    pub unselectable: Vec<Gap>,
    /// Worth knowing: replace refs ignored, submodules not swept.
    pub notes: Vec<Note>,
}

impl Tips {
    /// The tips that count.
    pub fn in_scope(&self) -> &[Tip] {
        self.selected.as_deref().unwrap_or(&self.tips)
    }
}

/// Reads everything that names an object from outside the object store. Whatever is broken
/// costs only itself, and becomes a gap.
///
/// A ref that a linked worktree has for itself (`refs/bisect/…`) is named as
/// `git rev-parse` takes it from elsewhere: `worktrees/NAME/refs/bisect/…`.
///
/// After a stop the rest is left out: whoever asked for it says so in the report.
pub fn collect_under(repo: &Repo, control: &Control) -> Tips {
    gather::gather(repo, control)
}

/// The same to its end.
#[cfg(test)]
pub(crate) fn collect(repo: &Repo) -> Tips {
    collect_under(repo, &Control::default())
}
