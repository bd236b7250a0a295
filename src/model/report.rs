//! The whole result of a sweep, before any format is chosen.

use std::collections::BTreeMap;

use super::{Coverage, Finding, Gap, GapKind, Limit, Note, ObjectId, Secret, Suppressed};

/// Which keysweep with which rules.
#[derive(Clone, Debug)]
pub struct ToolInfo {
    /// The crate's version.
    pub version: &'static str,
    /// A short hash over all rules: equal hashes look for the same things.
    pub rules: String,
}

/// What was swept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The path as the user gave it.
    pub path: Vec<u8>,
    /// The git directory that was read.
    pub git_dir: Vec<u8>,
    /// `sha1` or `sha256`.
    pub object_format: &'static str,
    /// What of it: `all`, `refs …`, `worktree`.
    pub selection: String,
    /// HEAD's commit in hexadecimal, if there is one.
    pub head: Option<String>,
    /// The branch HEAD points to, if it does.
    pub head_ref: Option<String>,
}

/// What of a repository was swept, in kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything it holds.
    All,
    /// What some refs reach.
    Refs,
    /// The files of the work tree.
    Worktree,
    /// What a range brings.
    Range,
}

impl Target {
    /// The kind of the selection.
    pub fn scope(&self) -> Scope {
        match self.selection.split(' ').next() {
            Some("refs") => Scope::Refs,
            Some("worktree") => Scope::Worktree,
            Some("range") => Scope::Range,
            _ => Scope::All,
        }
    }
}

/// Sums over the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Findings shown.
    pub findings: u64,
    /// Of these, ID and secret together.
    pub pairs: u64,
    /// Of these, verified active.
    pub active: u64,
    /// Places of all findings shown.
    pub occurrences: u64,
    /// Findings not shown.
    pub suppressed: u64,
    /// Gaps.
    pub gaps: u64,
}

/// A word to the user that is in no report: it changes nothing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aside {
    /// Said always.
    Warning(String),
    /// Said if details are asked for.
    Detail(String),
}

/// The result of a sweep.
#[derive(Clone, Debug)]
pub struct Report {
    /// Which keysweep.
    pub tool: ToolInfo,
    /// What was swept.
    pub target: Target,
    /// What was read.
    pub coverage: Coverage,
    /// What was not.
    pub gaps: Vec<Gap>,
    /// Gaps the user accepted by kind; they stay in `gaps`.
    pub allowed_gaps: Vec<GapKind>,
    /// Bounds hit inside objects.
    pub limits: Vec<Limit>,
    /// True if `limits` count as gaps (`--strict`).
    pub strict: bool,
    /// Worth knowing.
    pub notes: Vec<Note>,
    /// What must be looked at, sorted.
    pub findings: Vec<Finding>,
    /// What is counted but not shown, sorted.
    pub suppressed: Vec<Suppressed>,
    /// What the sweep says to its user besides the report.
    pub asides: Vec<Aside>,
    /// What was asked of AWS, if anything was to be.
    pub verification: Option<super::Verification>,
    /// What CloudTrail says was done with the keys, if it was looked through.
    pub investigation: Option<Box<super::Investigation>>,
    /// Secrets in names that the report shows but that were not in scope: no findings, and never
    /// shown.
    pub unlisted: Vec<Secret>,
    /// Where objects with findings lie on disk, if places are what was asked for.
    pub stored: BTreeMap<ObjectId, String>,
    /// Wall time of the sweep in seconds, absent with `--no-timings`.
    pub seconds: Option<f64>,
}

impl Report {
    /// True if nothing in the selected scope went unread, accepted gaps included.
    pub fn complete(&self) -> bool {
        self.gaps.is_empty() && (!self.strict || self.limits.is_empty())
    }

    /// True if nothing went unread but what the user accepted with `--allow-incomplete`.
    pub fn complete_enough(&self) -> bool {
        self.gaps
            .iter()
            .all(|gap| self.allowed_gaps.contains(&gap.kind))
            && (!self.strict || self.limits.is_empty())
    }

    /// Sums, computed from the lists.
    pub fn totals(&self) -> Totals {
        let count =
            |f: &dyn Fn(&Finding) -> bool| self.findings.iter().filter(|x| f(x)).count() as u64;
        Totals {
            findings: self.findings.len() as u64,
            pairs: count(&Finding::is_pair),
            active: count(&|f| f.validity.state == super::ValidityState::Active),
            occurrences: self
                .findings
                .iter()
                .map(|f| f.occurrences.len() as u64)
                .sum(),
            suppressed: self.suppressed.len() as u64,
            gaps: self.gaps.len() as u64,
        }
    }
}
