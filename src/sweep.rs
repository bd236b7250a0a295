//! The main flow: the only file that knows the order of the stages.

mod budget;
mod files;
mod history;
mod names;
mod scanning;
mod submodules;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::git::objects::{Objects, Opening};
use crate::git::repo::{OpenError, Repo};
use crate::git::source::Read;
use crate::git::tips::{self, Tips};
use crate::grading;
use crate::model::{
    Confidence, Control, Coverage, Credential, Exposure, Finding, Gap, GapKind, Hit, Limit,
    LocatedHit, Note, ObjectId, Place, Report, Secret, Suppressed, Target, ToolInfo,
};
use crate::pairing;
use crate::placeholders::Placeholders;
use crate::rules::RuleSet;
use budget::Budget;
use scanning::ScanWorker;

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
    /// keysweep's own rules or threads could not be set up.
    #[error("could not start: {0}")]
    Start(String),
}

impl Error {
    /// What the user does next.
    pub fn hint(&self) -> &str {
        match self {
            Error::Open(error) => &error.hint,
            Error::Selection { hint, .. } => hint,
            Error::Start(_) => "please report this as a bug",
        }
    }
}

/// Sweeps a repository.
///
/// # Errors
/// The repository cannot be opened, or the selection names something unknown. Whatever goes wrong
/// later is a gap in the report.
pub fn sweep(plan: &SweepPlan, control: &Control) -> Result<Report, Error> {
    let repo = Repo::open(&plan.path, plan.path_is_explicit)?;
    let rules = RuleSet::builtin().map_err(|e| Error::Start(e.to_string()))?;
    let placeholders = Placeholders::builtin().map_err(|e| Error::Start(e.to_string()))?;
    let stages = Stages {
        plan,
        control,
        repo: &repo,
        rules: &rules,
        placeholders: &placeholders,
    };
    let pool = rayon_pool(plan.threads)?;
    let mut report = pool.run(|| match &plan.selection {
        Selection::Worktree { respect_gitignore } => files::sweep(&stages, *respect_gitignore),
        Selection::All | Selection::Refs(_) => stages.sweep_objects(),
    })?;
    if plan.recurse_submodules {
        submodules::add(plan, control, &repo, &mut report);
    }
    Ok(report)
}

fn rayon_pool(threads: usize) -> Result<crate::git::Pool, Error> {
    crate::git::Pool::new(threads).map_err(Error::Start)
}

/// What every stage may need.
struct Stages<'a> {
    plan: &'a SweepPlan,
    control: &'a Control,
    repo: &'a Repo,
    rules: &'a RuleSet,
    placeholders: &'a Placeholders,
}

/// What the scanners found.
#[derive(Default)]
struct Found {
    hits: Vec<Hit>,
    limits: Vec<Limit>,
}

impl Found {
    fn add(&mut self, worker: ScanWorker<'_>) {
        let (hits, limits) = worker.finish();
        self.hits.extend(hits);
        self.limits.extend(limits);
    }
}

/// What a report says besides findings.
struct Scanned {
    limits: Vec<Limit>,
    coverage: Coverage,
    gaps: Vec<Gap>,
    notes: Vec<Note>,
}

impl Stages<'_> {
    /// Objects → hits → placeholders → history → credentials → findings.
    fn sweep_objects(&self) -> Result<Report, Error> {
        let tips = self.tips()?;
        let budget = Budget::new(self.plan.limits.hits_max, self.placeholders);
        let (objects, read, mut found) = self.read_objects(&tips, &budget);
        let unread = self.scan_names(&tips, &budget, &mut found);
        Ok(self.conclude(&tips, &budget, unread, (objects, read, found)))
    }

    /// What was read and found → history → credentials → findings.
    fn conclude(
        &self,
        tips: &Tips,
        budget: &Budget<'_>,
        unread: Vec<Gap>,
        (objects, read, mut found): (Objects, Read<ScanWorker<'_>>, Found),
    ) -> Report {
        let hits = std::mem::take(&mut found.hits);
        let mut coverage = read.coverage;
        coverage.refs = tips.coverage;
        let worth = self.objects_to_trace(&hits);
        // What stands in a name or a message outside of objects has gone somewhere as well.
        let outside = |hit: &Hit| !matches!(hit.place, Place::Object { .. });
        let worth = (&worth, hits.iter().any(outside));
        let mut traced = self.trace(&objects, &read, tips, worth, &mut coverage);
        let located = names::locate(hits, &objects, &traced.locations, self.control);
        let credentials = pairing::pair(located);
        let exposures = self.exposures(&credentials, tips, &mut traced);
        let graded = credentials.into_iter().zip(exposures).collect();

        let history::Traced {
            mut gaps,
            mut notes,
            limits,
            ..
        } = traced;
        gaps.extend_from_slice(&read.gaps);
        notes.extend_from_slice(&tips.notes);
        found.limits.extend(limits);
        gaps.extend(tips.gaps.iter().chain(&self.repo.gaps).cloned());
        gaps.extend(budget.gap());
        gaps.extend(unread);
        found.limits.extend(budget.limit());
        notes.extend_from_slice(&self.repo.notes);
        let scanned = Scanned {
            limits: found.limits,
            coverage,
            gaps,
            notes,
        };
        self.report(tips, scanned, graded)
    }

    fn tips(&self) -> Result<Tips, Error> {
        let mut tips = tips::collect(self.repo);
        if let Selection::Refs(names) = &self.plan.selection {
            tips = names::narrow(tips, names)?;
        }
        Ok(tips)
    }

    /// Reads and scans every object: contents first, so that the trees that lead to hits are known
    /// when trees are read. A pack index that turns out to lie is left aside, and all is read
    /// again: names and contents were mixed up.
    fn read_objects<'b>(
        &self,
        tips: &Tips,
        budget: &'b Budget<'b>,
    ) -> (Objects, Read<ScanWorker<'b>>, Found) {
        let scanner = || ScanWorker::new(self.rules, budget);
        let mut liars = BTreeSet::new();
        loop {
            let opening = Opening {
                liars: &liars,
                only_tips: matches!(self.plan.selection, Selection::Refs(_)),
                object_size_max: self.plan.limits.object_size_max,
                full_scan: self.plan.full_scan,
            };
            let objects = Objects::open(self.repo, tips, &opening, self.control);
            let mut found = Found::default();
            let mut read = objects.read_contents(self.control, scanner);
            Self::gather(&mut read, budget, &mut found);
            let traced = self.objects_to_trace(&found.hits);
            objects.read_trees(self.control, &mut read, &traced, scanner);
            Self::gather(&mut read, budget, &mut found);
            let lying = objects.lying_indexes(&read, self.control);
            if lying.is_subset(&liars) {
                return (objects, read, found);
            }
            liars.extend(lying);
            budget.reset();
        }
    }

    /// Takes from the workers what they found.
    fn gather(read: &mut Read<ScanWorker<'_>>, budget: &Budget<'_>, found: &mut Found) {
        for worker in read.scanners.drain(..) {
            found.add(worker);
        }
        budget.cut(&mut found.hits);
    }

    /// Scans names and messages that are in no object; returns what of them cannot be read.
    fn scan_names(&self, tips: &Tips, budget: &Budget<'_>, found: &mut Found) -> Vec<Gap> {
        let mut worker = ScanWorker::new(self.rules, budget);
        let mut unread = Vec::new();
        worker.names(tips);
        worker.messages(tips);
        if self.plan.selection == Selection::All {
            unread = files::scan_messages(self, &mut worker);
        }
        found.add(worker);
        names::drop_covered_index_paths(&mut found.hits);
        budget.cut(&mut found.hits);
        unread
    }

    /// Objects whose history is worth asking for: those with hits that are no placeholders.
    fn objects_to_trace(&self, hits: &[Hit]) -> BTreeSet<ObjectId> {
        let worth = |hit: &&Hit| self.plan.trace_placeholders || hit.placeholder.is_none();
        let objects = hits.iter().filter(worth).filter_map(|hit| match hit.place {
            Place::Object { id, .. } => Some(id),
            _ => None,
        });
        objects.collect()
    }

    /// Grades what was found, and puts everything in its fixed order.
    fn report(
        &self,
        tips: &Tips,
        mut scanned: Scanned,
        graded: Vec<(Credential, Arc<Exposure>)>,
    ) -> Report {
        let (findings, suppressed) =
            grading::grade(graded, self.plan.min_confidence, self.plan.now);
        scanned.gaps.sort();
        scanned.gaps.dedup();
        scanned.limits.sort();
        scanned.limits.dedup();
        scanned.notes.sort();
        scanned.notes.dedup();
        Report {
            tool: ToolInfo {
                version: env!("CARGO_PKG_VERSION"),
                rules: self.rules.hash(),
            },
            target: self.target(tips),
            coverage: scanned.coverage,
            gaps: scanned.gaps,
            allowed_gaps: self.plan.allow_incomplete.clone(),
            limits: scanned.limits,
            strict: self.plan.strict,
            notes: scanned.notes,
            unlisted: self.unlisted(&findings, &suppressed),
            findings,
            suppressed,
            seconds: None,
        }
    }

    /// Secrets in names that findings show and that a selection left unscanned.
    fn unlisted(&self, findings: &[Finding], suppressed: &[Suppressed]) -> Vec<Secret> {
        match self.plan.selection {
            Selection::Refs(_) => names::secrets_shown(
                self.rules,
                findings
                    .iter()
                    .chain(suppressed.iter().map(|hidden| &hidden.finding)),
            ),
            Selection::All | Selection::Worktree { .. } => Vec::new(),
        }
    }

    fn target(&self, tips: &Tips) -> Target {
        let selection = match &self.plan.selection {
            Selection::All => "all".to_owned(),
            Selection::Refs(names) => format!("refs {}", names.join(" ")),
            Selection::Worktree {
                respect_gitignore: false,
            } => "worktree".to_owned(),
            Selection::Worktree {
                respect_gitignore: true,
            } => "worktree without ignored files".to_owned(),
        };
        Target {
            path: self.plan.path.as_os_str().as_encoded_bytes().to_vec(),
            git_dir: self.repo.git_dir.as_os_str().as_encoded_bytes().to_vec(),
            object_format: self.repo.hash.name(),
            selection,
            head: tips.head.map(|id| id.to_string()),
            head_ref: tips.head_ref.clone(),
        }
    }
}

/// Hits without history, for what is not in history.
fn unlocated(hits: Vec<Hit>) -> Vec<LocatedHit> {
    hits.into_iter()
        .map(|hit| LocatedHit {
            hit,
            location: std::sync::Arc::default(),
        })
        .collect()
}
