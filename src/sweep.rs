//! The main flow: the only file that knows the order of the stages.

use std::path::PathBuf;

use crate::model::{Confidence, Control, GapKind, Report};

/// What of the repository is swept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every object, reachable or not, and all names.
    All,
    /// Only what these refs reach. Each is a name as `git rev-parse` would take it for a ref
    /// (`main`, `refs/heads/main`, `v1.0`, `HEAD`) or a glob over full ref names.
    Refs(Vec<String>),
    /// Only the files of the work tree, as they are on disk.
    Worktree {
        /// Leave out what `.gitignore` names.
        respect_gitignore: bool,
    },
}

/// Bounds, each with a flag that raises it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest object held in memory as a whole, in bytes; `None` chooses by the repository's size.
    pub object_size_max: Option<u64>,
    /// Most hits kept.
    pub hits_max: usize,
}

/// Everything a sweep needs to know: no clap type, no environment, no clock below this.
#[derive(Clone, Debug)]
pub struct SweepPlan {
    /// Where to look; the repository is discovered upward from here.
    pub path: PathBuf,
    /// True if the user named `path`; false lets `GIT_DIR` decide.
    pub path_is_explicit: bool,
    /// What of it.
    pub selection: Selection,
    /// Worker threads, at least 1.
    pub threads: usize,
    /// What is shown.
    pub min_confidence: Confidence,
    /// Gaps that the user accepts.
    pub allow_incomplete: Vec<GapKind>,
    /// Count limits as gaps.
    pub strict: bool,
    /// Bounds.
    pub limits: Limits,
    /// Report how long it took.
    pub timings: bool,
}

/// Why a sweep produced nothing trustworthy: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The repository could not be opened, or the selection names something unknown.
    #[error("{0}")]
    Open(String),
}

/// Sweeps a repository.
pub fn sweep(plan: &SweepPlan, control: &Control) -> Result<Report, Error> {
    let (_, _) = (plan, control);
    Err(Error::Open("under construction".to_owned()))
}
