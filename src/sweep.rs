//! The main flow: the only file that knows the order of the stages.

mod accepting;
mod again;
mod budget;
mod files;
mod history;
mod memory;
mod names;
mod overlap;
mod plan;
mod range;
mod record;
mod scanning;
mod seeking;
mod submodules;
mod told;
mod verifying;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::canaries::Canaries;
use crate::git::known::LeftOut;
use crate::git::objects::{Objects, Opening};
use crate::git::repo::Repo;
use crate::git::source::Read;
use crate::git::tips::{self, Tips};
use crate::grading;
use crate::model::{
    Control, Coverage, Credential, Exposure, Gap, Limit, Note, ObjectId, Report, Target, ToolInfo,
};
use crate::pairing;
use crate::placeholders::Placeholders;
use crate::rules::RuleSet;
use budget::Budget;
use history::Lasting;
use memory::{Memory, Way};
pub use plan::{CachePlan, Error, Hidden, Limits, RangeChoice, Reach, Selection, SweepPlan};
use scanning::{Found, ScanWorker};
pub use seeking::KnownPlan;
use told::Told;
use verifying::Verifier;

/// Sweeps a repository.
///
/// # Errors
/// The repository cannot be opened, or the selection names something unknown. Whatever goes wrong
/// later is a gap in the report.
pub fn sweep(plan: &SweepPlan, control: &Control) -> Result<Report, Error> {
    let verifier = verifying::verifier(plan)?;
    let verifying = verifier.as_ref();
    let mut report = verifying::during(verifying, control, || {
        sweep_asking(plan, control, verifying)
    })?;
    report.verification = verifying::summary(verifier.as_ref());
    Ok(report)
}

/// The same with somebody who can be asked.
fn sweep_asking(
    plan: &SweepPlan,
    control: &Control,
    verifier: Option<&Verifier>,
) -> Result<Report, Error> {
    let repo = Repo::open(&plan.path, plan.path_is_explicit)?;
    let rules = match &plan.rules {
        Some(rules) => rules.clone(),
        None => RuleSet::builtin().map_err(|e| Error::Start(e.to_string()))?,
    };
    let placeholders = Placeholders::builtin().map_err(|e| Error::Start(e.to_string()))?;
    let canaries = Canaries::builtin().map_err(|e| Error::Start(e.to_string()))?;
    let stages = Stages {
        plan,
        control,
        repo: &repo,
        rules: &rules,
        placeholders: &placeholders,
        canaries: &canaries,
        verifier,
    };
    if let Some(recorded) = &plan.again {
        return again::sweep(&stages, recorded);
    }
    // One thread is enough, and threads cost more than most ranges.
    if let Selection::Range(choice) = &plan.selection {
        return range::sweep(&stages, choice);
    }
    let pool = crate::git::Pool::new(plan.threads).map_err(Error::Start)?;
    let mut report = pool.run(|| match &plan.selection {
        Selection::Worktree { respect_gitignore } => files::sweep(&stages, *respect_gitignore),
        Selection::Range(choice) => range::sweep(&stages, choice),
        Selection::All | Selection::Refs(_) => stages.sweep_objects(),
    })?;
    if plan.recurse_submodules {
        submodules::add(&stages, &mut report);
    }
    accepting::tell(plan, &mut report);
    Ok(report)
}

/// What every stage may need.
struct Stages<'a> {
    plan: &'a SweepPlan,
    control: &'a Control,
    repo: &'a Repo,
    rules: &'a RuleSet,
    placeholders: &'a Placeholders,
    canaries: &'a Canaries,
    verifier: Option<&'a Verifier>,
}

/// What came of reading a repository in one of the ways that its memory allows.
struct Swept<'b> {
    objects: Objects,
    read: Read<ScanWorker<'b>>,
    found: Found,
    /// What is in no object and cannot be read.
    unread: Vec<Gap>,
    /// Known objects that were left out.
    left_out: LeftOut,
    /// Of these those of which it is remembered what was found in them.
    recalled: HashSet<ObjectId>,
    /// An index lies, and names were mixed up.
    is_mixed_up: bool,
}

/// What a report says besides findings.
struct Scanned {
    limits: Vec<Limit>,
    coverage: Coverage,
    gaps: Vec<Gap>,
    notes: Vec<Note>,
}

impl Stages<'_> {
    /// Objects → hits → placeholders → history → credentials → findings. What earlier sweeps read
    /// is left out where that cannot change the report.
    fn sweep_objects(&self) -> Result<Report, Error> {
        let tips = self.tips()?;
        let mut memory = Memory::recall(self, &tips);
        for way in memory.ways(&tips) {
            let budget = Budget::new(self.plan.limits.hits_max, self.placeholders);
            let Some(mut swept) = self.read_objects(&tips, &budget, &mut memory, way) else {
                continue;
            };
            swept.unread = self.scan_names(&tips, &budget, &mut swept.found);
            if !self.suffices(&memory, way, &swept, &tips) {
                continue;
            }
            let told = memory.told(way);
            if let Some((mut report, lasting)) = self.conclude(&tips, &budget, &mut swept, told) {
                memory.count(way, &swept, &mut report.coverage);
                // What was recalled is remembered again only if nothing was dropped.
                let is_kept = budget.limit().is_none() || swept.recalled.is_empty();
                if is_kept && !budget.is_over() {
                    memory.keep(self, way, &swept, lasting);
                }
                report.asides = memory.asides;
                return Ok(report);
            }
        }
        Err(Error::Start("no way to sweep came to an end".to_owned()))
    }

    /// What was read and found → history → credentials → findings. `None` if what is remembered of
    /// history does not fit.
    fn conclude(
        &self,
        tips: &Tips,
        budget: &Budget<'_>,
        swept: &mut Swept<'_>,
        remembered: Option<&Told>,
    ) -> Option<(Report, Lasting)> {
        let mut hits = std::mem::take(&mut swept.found.hits);
        let is_new = remembered.is_none();
        let outlines = is_new.then(|| self.outlines(&hits, &swept.found.limits));
        if self.sought_alone().is_none() {
            pairing::drop_lonely(&mut hits);
        }
        let (objects, read) = (&swept.objects, &swept.read);
        let mut coverage = read.coverage;
        coverage.refs = tips.coverage;
        let mut traced = if let Some(told) = remembered {
            told.recall(objects, &mut coverage)
        } else {
            let worth = self.objects_to_trace(&hits);
            // What stands in a name or a message outside of objects has gone somewhere, too.
            let worth = (&worth, hits.iter().any(names::is_outside));
            self.trace(objects, read, tips, worth, &mut coverage)
        };
        let located = names::locate(hits, objects, &traced.locations, self.control);
        let mut credentials = match self.sought_alone() {
            Some(known) => seeking::credentials(known, located),
            None => pairing::pair(located),
        };
        self.canaries.mark(&mut credentials);
        if !swept.recalled.is_disjoint(&memory::needed(&credentials)) {
            return None;
        }
        let mut reader = objects.reader(self.control);
        let mut content = |id: &ObjectId| Some(reader.read_id(id)?.ok()?.1);
        verifying::verify(self, &mut credentials, &mut content);
        self.accept(&mut credentials, &mut content);
        // AWS may have said that another secret is the ID's.
        let needed = memory::needed(&credentials);
        if !swept.recalled.is_disjoint(&needed) {
            return None;
        }
        let exposures = match remembered {
            Some(told) => self.told_exposures(&credentials, told)?,
            None => self.exposures(&credentials, tips, &mut traced),
        };
        if self.control.stopped().is_none() && traced.is_unsure(objects) {
            return None;
        }
        let is_all = !budget.is_over() && budget.limit().is_none();
        let mut lasting = Lasting::default();
        if is_all && self.plan.cache.is_some() && remembered.is_none() {
            lasting = Lasting::of((objects, read), &traced, &credentials, &coverage);
            let outlines = outlines.unwrap_or_default();
            lasting.remembered = outlines.settle(&needed, &swept.recalled);
        }
        let graded = credentials.into_iter().zip(exposures).collect();
        let mut scanned = traced.scanned(self, tips, budget, coverage);
        scanned.gaps.extend_from_slice(&swept.read.gaps);
        scanned.gaps.append(&mut swept.unread);
        scanned.limits.append(&mut swept.found.limits);
        let mut report = self.report(tips, scanned, graded);
        if self.sought_alone().is_some() {
            report.stored = seeking::stored(&report.findings, &swept.objects);
        }
        Some((report, lasting))
    }

    fn tips(&self) -> Result<Tips, Error> {
        let mut tips = tips::collect_under(self.repo, self.control);
        if let Selection::Refs(names) = &self.plan.selection {
            tips = names::narrow(tips, names)?;
        }
        Ok(tips)
    }

    /// Reads and scans every object that is not left out: contents first, so that the trees that
    /// lead to hits are known when trees are read. A pack index that turns out to lie is left
    /// aside, and all is read again: names and contents were mixed up. `None` if the way turns out
    /// to be closed.
    fn read_objects<'b>(
        &'b self,
        tips: &Tips,
        budget: &'b Budget<'b>,
        memory: &mut Memory,
        way: Way,
    ) -> Option<Swept<'b>> {
        let scanner = || ScanWorker::new(self, budget);
        let part = memory.part(way);
        let mut liars = BTreeSet::new();
        loop {
            let opening = Opening {
                liars: &liars,
                only_tips: matches!(self.plan.selection, Selection::Refs(_)),
                object_size_max: self.plan.limits.object_size_max,
                full_scan: self.plan.full_scan,
                partial: part.as_ref().map(|(part, known)| (part, known.clone())),
                past: memory.past(way),
            };
            let mut objects = Objects::open(self.repo, tips, &opening, self.control);
            let left_out = memory.leave_out(way, &mut objects)?;
            let mut found = Found::default();
            let mut read = objects.read_contents(self.control, scanner);
            Self::gather(&mut read, budget, &mut found);
            let left = (&objects, &left_out);
            let recalled = memory.recall_hits(way, (self, budget), left, &mut found)?;
            let traced = self.objects_to_trace(&found.hits);
            if !memory.covers(
                way,
                (&objects, &left_out),
                &self.objects_to_pair(&found.hits),
            ) {
                return None;
            }
            objects.read_trees(self.control, &mut read, &traced, scanner);
            Self::gather(&mut read, budget, &mut found);
            let lying = objects.lying_indexes(&read, self.control);
            let is_mixed_up = !lying.is_subset(&liars);
            if !is_mixed_up || way != Way::Fresh {
                return Some(Swept {
                    objects,
                    read,
                    found,
                    unread: Vec::new(),
                    left_out,
                    recalled,
                    is_mixed_up,
                });
            }
            liars.extend(lying);
            budget.reset();
        }
    }

    /// True if the report may be made of what was read. In the end everything is read.
    fn suffices(&self, memory: &Memory, way: Way, swept: &Swept<'_>, tips: &Tips) -> bool {
        // After a stop there is no time for another way.
        way == Way::Fresh
            || self.control.stopped().is_some()
            || (!swept.is_mixed_up && memory.fits(way, swept, tips) && {
                // Names may be what a private key was lonely without.
                let known = (&swept.objects, &swept.left_out);
                memory.covers(way, known, &self.objects_to_pair(&swept.found.hits))
            })
    }

    /// Takes from the workers what they found.
    fn gather(read: &mut Read<ScanWorker<'_>>, budget: &Budget<'_>, found: &mut Found) {
        for worker in read.scanners.drain(..) {
            found.add(worker);
        }
        budget.cut(&mut found.hits);
        budget.cut_limits(&mut found.limits);
    }

    /// Scans names and messages that are in no object; returns what of them cannot be read.
    fn scan_names(&self, tips: &Tips, budget: &Budget<'_>, found: &mut Found) -> Vec<Gap> {
        let mut worker = ScanWorker::new(self, budget);
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
            unlisted: names::unlisted(self, &findings, &suppressed),
            findings,
            suppressed,
            asides: Vec::new(),
            verification: None,
            investigation: None,
            stored: BTreeMap::new(),
            seconds: None,
        }
    }

    fn target(&self, tips: &Tips) -> Target {
        Target {
            path: self.plan.path.as_os_str().as_encoded_bytes().to_vec(),
            git_dir: self.repo.git_dir.as_os_str().as_encoded_bytes().to_vec(),
            object_format: self.repo.hash.name(),
            selection: self.plan.selection.name(),
            head: tips.head.map(|id| id.to_string()),
            head_ref: tips.head_ref.clone(),
        }
    }
}
