//! The main flow: the only file that knows the order of the stages.

mod files;
mod names;
mod scanning;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::git::attribution::History;
use crate::git::objects::{Objects, Opening};
use crate::git::repo::{OpenError, Repo};
use crate::git::source::Read;
use crate::git::tips::{self, Tips};
use crate::grading;
use crate::model::{
    Confidence, Control, Coverage, Credential, Exposure, Gap, GapKind, Hit, Limit, LocatedHit,
    Note, ObjectId, Place, Report, Target, ToolInfo,
};
use crate::pairing;
use crate::placeholders::Placeholders;
use crate::rules::RuleSet;
use scanning::{Budget, ScanWorker};

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
    /// Trace the history of placeholders too.
    pub trace_placeholders: bool,
    /// Gaps that the user accepts.
    pub allow_incomplete: Vec<GapKind>,
    /// Count limits as gaps.
    pub strict: bool,
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
    pool.run(|| match &plan.selection {
        Selection::Worktree { respect_gitignore } => files::sweep(&stages, *respect_gitignore),
        Selection::All | Selection::Refs(_) => stages.sweep_objects(),
    })
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

/// What was scanned, before history is asked.
struct Scanned {
    hits: Vec<Hit>,
    limits: Vec<Limit>,
    coverage: Coverage,
    gaps: Vec<Gap>,
    notes: Vec<Note>,
}

impl Stages<'_> {
    /// Objects → hits → placeholders → history → credentials → findings.
    fn sweep_objects(&self) -> Result<Report, Error> {
        let tips = self.tips()?;
        let budget = Budget::new(self.plan.limits.hits_max);
        let (objects, mut read) = self.read_objects(&tips, &budget);
        let mut scanned = self.collect(&mut read, &tips, &budget);
        self.placeholders.mark(&mut scanned.hits);

        self.control.begin_tracing();
        let traced = self.objects_to_trace(&scanned.hits);
        let history = objects.trace(&read, &tips, &traced, self.control);
        let locations = history.as_ref().map(History::locations).unwrap_or_default();
        let known = history.as_ref().map(|history| (history, &locations));
        let (gaps, notes) = objects.account(&read, known, &mut scanned.coverage);
        scanned.gaps.extend(gaps);
        scanned.notes.extend(notes);

        let hits = std::mem::take(&mut scanned.hits);
        let located = names::locate(hits, &objects, &locations);
        let credentials = pairing::pair(located);
        let exposures = self.exposures(&credentials, history.as_ref());
        Ok(self.report(
            &tips,
            scanned,
            credentials.into_iter().zip(exposures).collect(),
        ))
    }

    fn tips(&self) -> Result<Tips, Error> {
        let mut tips = tips::collect(self.repo);
        if let Selection::Refs(names) = &self.plan.selection {
            tips = names::narrow(tips, names)?;
        }
        Ok(tips)
    }

    /// Reads and scans every object. A pack index that turns out to lie is left aside, and all is
    /// read again: names and contents were mixed up.
    fn read_objects<'b>(&self, tips: &Tips, budget: &'b Budget) -> (Objects, Read<ScanWorker<'b>>) {
        let mut liars = BTreeSet::new();
        loop {
            let opening = Opening {
                liars: &liars,
                only_tips: matches!(self.plan.selection, Selection::Refs(_)),
                object_size_max: self.plan.limits.object_size_max,
            };
            let objects = Objects::open(self.repo, tips, &opening, self.control);
            let read = objects.read(self.control, || ScanWorker::new(self.rules, budget));
            let found = objects.lying_indexes(&read);
            if found.is_subset(&liars) {
                return (objects, read);
            }
            liars.extend(found);
            budget.reset();
        }
    }

    /// Joins what the workers found, and scans the names that are no objects.
    fn collect(&self, read: &mut Read<ScanWorker<'_>>, tips: &Tips, budget: &Budget) -> Scanned {
        let mut scanned = Scanned {
            hits: Vec::new(),
            limits: Vec::new(),
            coverage: read.coverage,
            gaps: std::mem::take(&mut read.gaps),
            notes: tips.notes.clone(),
        };
        let mut name_worker = ScanWorker::new(self.rules, budget);
        name_worker.names(tips);
        for worker in read.scanners.drain(..).chain([name_worker]) {
            let (hits, limits) = worker.finish();
            scanned.hits.extend(hits);
            scanned.limits.extend(limits);
        }
        names::drop_covered_index_paths(&mut scanned.hits);
        scanned.coverage.refs = tips.coverage;
        scanned
            .gaps
            .extend(tips.gaps.iter().chain(&self.repo.gaps).cloned());
        scanned.notes.extend(self.repo.notes.iter().cloned());
        scanned.gaps.extend(budget.gap());
        scanned
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

    /// How far each credential has spread; nothing is known of placeholders, or if a stop came
    /// before history was read.
    fn exposures(
        &self,
        credentials: &[Credential],
        history: Option<&History<'_>>,
    ) -> Vec<Exposure> {
        let mut exposures = vec![Exposure::default(); credentials.len()];
        let Some(history) = history.filter(|_| self.control.stopped().is_none()) else {
            return exposures;
        };
        let worth = |c: &Credential| self.plan.trace_placeholders || c.placeholder.is_none();
        let asked: Vec<usize> = (0..credentials.len())
            .filter(|at| worth(&credentials[*at]))
            .collect();
        let carriers: Vec<_> = asked
            .iter()
            .map(|at| names::carriers(&credentials[*at]))
            .collect();
        for (at, exposure) in asked.into_iter().zip(history.exposures(&carriers)) {
            exposures[at] = exposure;
        }
        exposures
    }

    /// Grades what was found, and puts everything in its fixed order.
    fn report(
        &self,
        tips: &Tips,
        mut scanned: Scanned,
        graded: Vec<(Credential, Exposure)>,
    ) -> Report {
        let (findings, suppressed) = grading::grade(graded, self.plan.min_confidence);
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
            findings,
            suppressed,
            seconds: None,
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
            location: crate::model::Location::default(),
        })
        .collect()
}
