//! Opening a repository without running or trusting anything in it.

use std::path::PathBuf;

use crate::model::HashKind;

/// A directory of objects: `objects/`, or one that `objects/info/alternates` names.
#[derive(Clone, Debug)]
pub struct ObjectDir {
    /// The directory that holds `pack/` and the loose objects' fan-out folders.
    pub path: PathBuf,
    /// True for alternates: their objects count only if this repository reaches them.
    pub foreign: bool,
}

/// A worktree of the repository: the main one, or a linked one.
#[derive(Clone, Debug)]
pub struct Worktree {
    /// `main`, or the name below `.git/worktrees/`.
    pub name: String,
    /// Its own git directory, with its HEAD, index and pseudo-refs.
    pub git_dir: PathBuf,
    /// The checked-out files, if the folder can be known; `None` for bare repositories.
    pub work_dir: Option<PathBuf>,
}

/// An opened repository.
#[derive(Clone, Debug)]
pub struct Repo {
    /// The git directory of the worktree that PATH lies in.
    pub git_dir: PathBuf,
    /// The directory shared by all worktrees: refs, objects, config.
    pub common_dir: PathBuf,
    /// How objects are named.
    pub hash: HashKind,
    /// True if refs are stored as reftable.
    pub reftable: bool,
    /// True if missing objects may have been promised by a remote (partial clone).
    pub promisor: bool,
    /// All worktrees, the main one first (absent in a bare repository without HEAD).
    pub worktrees: Vec<Worktree>,
    /// The object directories, this repository's own first.
    pub object_dirs: Vec<ObjectDir>,
}
