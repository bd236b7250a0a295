//! Findings of an earlier report, read again from the places that it names, and from nowhere else:
//! fast however large the repository is. What history says of them is the report's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::budget::Budget;
use super::names::{self, unlocated};
use super::scanning::{Found, ScanWorker};
use super::submodules::absorb;
use super::{Error, Scanned, Stages, files, sweep_asking, verifying};
use crate::git::damage::Damage;
use crate::git::range::Lookup;
use crate::git::submodules;
use crate::git::tips::{self, Tips};
use crate::grading;
use crate::model::{
    Coverage, Credential, Exposure, Gap, GapKind, Hit, LocatedHit, Note, ObjectId, ObjectKind,
    Place, Recorded, RecordedFinding, Report,
};
use crate::pairing;

/// Reads the findings again.
pub(super) fn sweep(stages: &Stages<'_>, recorded: &Recorded) -> Result<Report, Error> {
    let (own, others): (Vec<_>, Vec<_>) = recorded
        .findings
        .iter()
        .cloned()
        .partition(|finding| finding.submodule.is_none());
    let own = Recorded {
        findings: own,
        ..recorded.clone()
    };
    let mut report = read(stages, &own);
    submodules(stages, others, &mut report);
    report
        .target
        .selection
        .clone_from(&recorded.target.selection);
    report.target.head.clone_from(&recorded.target.head);
    report.target.head_ref.clone_from(&recorded.target.head_ref);
    // What was not read then was not read now.
    report.gaps.extend_from_slice(&recorded.gaps);
    report.gaps.sort();
    report.gaps.dedup();
    Ok(report)
}

/// What was read, and what of it could not be.
#[derive(Default)]
struct Places {
    found: Found,
    coverage: Coverage,
    /// Objects that are nowhere.
    gone: BTreeSet<ObjectId>,
    gaps: Vec<Gap>,
}

fn read(stages: &Stages<'_>, recorded: &Recorded) -> Report {
    let budget = Budget::new(stages.plan.limits.hits_max, stages.placeholders);
    let mut lookup = Lookup::new(stages.repo, stages.control);
    let mut places = places(stages, recorded, &budget, &mut lookup);
    let mut hits = std::mem::take(&mut places.found.hits);
    names::drop_covered_index_paths(&mut hits);
    budget.cut(&mut hits);
    let mut credentials = pairing::pair(located(hits, recorded));
    stages.canaries.mark(&mut credentials);
    let gone = missing(recorded, &credentials, &places.gone);
    keep_named(&mut credentials, recorded);
    let mut content = |id: &ObjectId| lookup.content(id);
    let told = ToldBefore::of(recorded);
    if stages.verifier.is_none() {
        told.validities(&mut credentials);
    }
    verifying::verify(stages, &mut credentials, &mut content);
    stages.accept(&mut credentials, &mut content);
    let graded = credentials.into_iter().map(|credential| {
        let exposure = told.exposure(&credential);
        (credential, exposure)
    });
    let graded = graded.collect();
    let of = |kind| places.coverage.of(kind).read;
    let objects = ObjectKind::ALL.into_iter().map(of).sum();
    let mut gaps = places.gaps;
    gaps.extend(gone);
    gaps.extend(budget.gap());
    gaps.extend(stages.repo.gaps.iter().cloned());
    let stopped = stages.control.stopped();
    gaps.extend(stopped.map(crate::git::source::stop_gap));
    let mut limits = places.found.limits;
    limits.extend(budget.limit());
    let scanned = Scanned {
        limits,
        coverage: places.coverage,
        gaps,
        notes: vec![extent(recorded, objects)],
    };
    stages.report(&Tips::default(), scanned, graded)
}

/// What was read, in words.
fn extent(recorded: &Recorded, objects: u64) -> Note {
    Note {
        kind: "read-again",
        detail: format!(
            "only the places of the report's {} findings were read again, {objects} objects; what \
             history says of them is the report's",
            recorded.findings.len()
        ),
    }
}

/// Scans every place that the findings name.
fn places(
    stages: &Stages<'_>,
    recorded: &Recorded,
    budget: &Budget<'_>,
    lookup: &mut Lookup<'_>,
) -> Places {
    let mut read = Places::default();
    let mut worker = ScanWorker::new(stages, budget);
    let all = || recorded.findings.iter().flat_map(|finding| &finding.places);
    let objects: BTreeSet<ObjectId> = all().filter_map(|place| place.object).collect();
    let control = stages.control;
    let total = objects.len() as u64;
    control.objects_total.store(total, Relaxed);
    for id in objects {
        if control.check_clock().is_some() {
            break;
        }
        match lookup.show(&id, &mut worker) {
            Ok(Some((kind, len))) => {
                read.coverage.of_mut(kind).read += 1;
                read.coverage.bytes += len;
                control.objects.fetch_add(1, Relaxed);
                control.bytes.fetch_add(len, Relaxed);
            }
            Ok(None) => {
                read.gone.insert(id);
            }
            // The stop is a gap of its own.
            Err(Damage::Stopped) => break,
            Err(damage) => {
                let gap = Gap::of_object(damage.gap_kind(), id, damage.to_string());
                read.gaps.push(gap);
            }
        }
    }
    // Names and logs are few, and the report shows those that hold secrets only in part.
    if all().any(|place| place.object.is_none()) {
        let tips = tips::collect_under(stages.repo, control);
        worker.names(&tips);
        worker.messages(&tips);
        read.gaps.extend(files::scan_messages(stages, &mut worker));
    }
    read.found.add(worker);
    read
}

/// Gives each hit what the report says of its place.
fn located(hits: Vec<Hit>, recorded: &Recorded) -> Vec<LocatedHit> {
    let locations = recorded.locations();
    let mut located = unlocated(hits);
    for one in &mut located {
        if let Place::Object { id, .. } = &one.hit.place
            && let Some(location) = locations.get(id)
        {
            one.location = Arc::clone(location);
        }
    }
    located
}

/// Leaves the credentials that the report names, by their own name or by that of the ID.
fn keep_named(credentials: &mut Vec<Credential>, recorded: &Recorded) {
    let all = || recorded.findings.iter();
    let names: BTreeSet<&str> = all().map(|finding| finding.fingerprint.as_str()).collect();
    let ids: BTreeSet<&str> = all().filter_map(|f| f.access_key_id.as_deref()).collect();
    credentials.retain(|credential| {
        let id = credential.access_key_id.as_deref();
        let is_named = || names.contains(grading::fingerprint(credential).0.as_str());
        credential.placeholder.is_none() && (id.is_some_and(|id| ids.contains(id)) || is_named())
    });
}

/// A gap for each finding that is not where the report says.
fn missing(recorded: &Recorded, found: &[Credential], gone: &BTreeSet<ObjectId>) -> Vec<Gap> {
    let found: BTreeSet<String> = found.iter().map(|c| grading::fingerprint(c).0).collect();
    let lost = recorded.findings.iter();
    let lost = lost.filter(|finding| !found.contains(&finding.fingerprint));
    lost.map(|finding| lost_gap(finding, gone)).collect()
}

fn lost_gap(finding: &RecordedFinding, gone: &BTreeSet<ObjectId>) -> Gap {
    let objects: BTreeSet<ObjectId> = finding.places.iter().filter_map(|p| p.object).collect();
    let absent = objects.intersection(gone).count();
    let why = match absent {
        0 => "is not found at the places that the report names".to_owned(),
        n => format!(
            "lies in {} objects, of which {n} are not here any more",
            objects.len()
        ),
    };
    Gap {
        object: objects.intersection(gone).next().copied(),
        ..Gap::new(
            GapKind::Missing,
            format!(
                "{} {why}: it was not asked about. `keysweep verify --repo` takes a clone that \
                 still has it",
                finding.name()
            ),
        )
    }
}

/// What the report says of each finding.
struct ToldBefore<'r> {
    by_name: BTreeMap<&'r str, &'r RecordedFinding>,
    by_id: BTreeMap<&'r str, &'r RecordedFinding>,
}

impl<'r> ToldBefore<'r> {
    fn of(recorded: &'r Recorded) -> ToldBefore<'r> {
        let all = || recorded.findings.iter();
        ToldBefore {
            by_name: all().map(|f| (f.fingerprint.as_str(), f)).collect(),
            by_id: all()
                .filter_map(|f| Some((f.access_key_id.as_deref()?, f)))
                .collect(),
        }
    }

    fn named(&self, credential: &Credential) -> Option<&'r RecordedFinding> {
        let name = grading::fingerprint(credential).0;
        self.by_name.get(name.as_str()).copied()
    }

    /// Whether they work is known from then, if nobody is asked now.
    fn validities(&self, credentials: &mut [Credential]) {
        for credential in credentials {
            if let Some(finding) = self.named(credential) {
                credential.details.validity = finding.validity.clone();
            }
        }
    }

    /// Of the same credential, else of its ID: AWS may have told which secret is its own.
    fn exposure(&self, credential: &Credential) -> Arc<Exposure> {
        let id = credential.access_key_id.as_deref();
        let of_id = || id.and_then(|id| self.by_id.get(id)).copied();
        let finding = self.named(credential).or_else(of_id);
        finding
            .map(|finding| Arc::clone(&finding.exposure))
            .unwrap_or_default()
    }
}

/// The same in the repositories of submodules.
fn submodules(stages: &Stages<'_>, findings: Vec<RecordedFinding>, report: &mut Report) {
    let mut by_name: BTreeMap<String, Vec<RecordedFinding>> = BTreeMap::new();
    for mut finding in findings {
        let name = finding.submodule.take().unwrap_or_default();
        by_name.entry(name).or_default().push(finding);
    }
    if by_name.is_empty() {
        return;
    }
    let found = submodules::submodules(stages.repo, &mut Vec::new());
    for (name, findings) in by_name {
        let again = Recorded {
            findings,
            ..Recorded::default()
        };
        let git_dir = found.iter().find(|submodule| submodule.name == name);
        let swept = git_dir.map(|submodule| {
            let own = super::SweepPlan {
                path: submodule.git_dir.clone(),
                path_is_explicit: true,
                again: Some(Arc::new(again.clone())),
                ..stages.plan.clone()
            };
            sweep_asking(&own, stages.control, stages.verifier)
        });
        match swept {
            Some(Ok(inner)) => absorb(&name, inner, report),
            failed => {
                let why = match failed {
                    Some(Err(error)) => error.to_string(),
                    _ => "its repository is not here".to_owned(),
                };
                let names: Vec<&str> = again.findings.iter().map(RecordedFinding::name).collect();
                let detail = format!(
                    "{} of the submodule \"{name}\" could not be read again: {why}",
                    names.join(", ")
                );
                report.gaps.push(Gap::new(GapKind::Unreadable, detail));
            }
        }
    }
    grading::sort(&mut report.findings, |finding| finding);
    grading::sort(&mut report.suppressed, |suppressed| &suppressed.finding);
    report.notes.sort();
    report.limits.sort();
}
