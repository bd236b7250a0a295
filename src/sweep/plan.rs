//! What a sweep is asked to do, and why it may not be able to.

use std::path::PathBuf;
use std::sync::Arc;

pub use crate::git::range::{Hidden, RangeChoice, Reach};
use crate::git::repo::OpenError;
use crate::model::{Confidence, GapKind, Recorded, VerifyPlan};
use crate::rules::RuleSet;
use crate::suppression::Allowances;

use super::KnownPlan;

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
    /// What a range brings: `A..B`, a push, what is staged.
    Range(RangeChoice),
}

impl Selection {
    /// As reports call it.
    pub fn name(&self) -> String {
        match self {
            Selection::All => "all".to_owned(),
            Selection::Refs(names) => format!("refs {}", names.join(" ")),
            Selection::Range(choice) => format!("range {}", choice.name),
            Selection::Worktree {
                respect_gitignore: false,
            } => "worktree".to_owned(),
            Selection::Worktree {
                respect_gitignore: true,
            } => "worktree without ignored files".to_owned(),
        }
    }
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
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
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
    /// What is looked for; `None` for the built-in rules.
    pub rules: Option<RuleSet>,
    /// What is shown.
    pub min_confidence: Confidence,
    /// Seconds since 1970, to tell which temporary keys have expired; `None` leaves that open.
    pub now: Option<i64>,
    /// Trace the history of placeholders too.
    pub trace_placeholders: bool,
    /// Gaps that the user accepts.
    pub allow_incomplete: Vec<GapKind>,
    /// Count limits as gaps.
    pub strict: bool,
    /// Sweep the repositories of submodules too; only together with everything else.
    pub recurse_submodules: bool,
    /// Scan every object as a whole, as if nothing were known of the one it was made from: the
    /// oracle of the delta-aware scan, with which it must agree.
    pub full_scan: bool,
    /// Bounds.
    pub limits: Limits,
    /// Values that are looked for whatever they look like. With these nothing is remembered: what
    /// was read before was not searched for them.
    pub known: Option<KnownPlan>,
    /// Where sweeps remember what they read; `None` to remember nothing.
    pub cache: Option<CachePlan>,
    /// What somebody accepted.
    pub allowances: Arc<Allowances>,
    /// Read only the places that an earlier report names, whatever the selection.
    pub again: Option<Arc<Recorded>>,
    /// Ask AWS which keys work; `None` to ask nobody.
    pub verification: Option<VerifyPlan>,
}

/// Where sweeps remember what they read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachePlan {
    /// The folder, which is made if it is not there.
    pub dir: PathBuf,
    /// What was learnt of one repository counts for all others that are swept with this folder.
    pub is_shared: bool,
}

/// Why a sweep produced nothing trustworthy: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The repository could not be opened.
    #[error("{0}")]
    Open(#[from] OpenError),
    /// The selection names something that is not there.
    #[error("{message}")]
    Selection {
        /// What is not there.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// AWS cannot be asked in this way.
    #[error("{message}")]
    Verification {
        /// Why.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// keysweep's own rules or threads could not be set up.
    #[error("could not start: {0}")]
    Start(String),
}

impl Error {
    /// What the user does next.
    pub fn hint(&self) -> &str {
        match self {
            Error::Open(error) => &error.hint,
            Error::Selection { hint, .. } | Error::Verification { hint, .. } => hint,
            Error::Start(_) => "please report this as a bug",
        }
    }
}
