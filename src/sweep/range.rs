//! What a range brings: from its objects to a report. No history is traced, for the range itself
//! tells which commit brought what.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::budget::Budget;
use super::scanning::ScanWorker;
use super::{Error, Found, Scanned, Stages, verifying};
use crate::git::range::{self, Brought, Chosen, RangeChoice, Reach};
use crate::git::tips::Tips;
use crate::model::{
    Blind, Credential, Exposure, Field, Held, Hit, LocatedHit, Location, MAIN, Note, ObjectId,
    Part, Place, Pushed, Report, SuppressionReason, Traced,
};
use crate::pairing;

impl From<range::Untold> for Error {
    fn from(untold: range::Untold) -> Error {
        Error::Selection {
            message: untold.message,
            hint: untold.hint,
        }
    }
}

/// Scans what a range brings.
pub(super) fn sweep(stages: &Stages<'_>, choice: &RangeChoice) -> Result<Report, Error> {
    let mut chosen = choice.resolve(stages.repo, stages.control)?;
    let budget = Budget::new(stages.plan.limits.hits_max, stages.placeholders);
    let others = Budget::new(stages.plan.limits.hits_max, stages.placeholders);
    let size_max = stages.plan.limits.object_size_max;
    let read_range = |range: &range::Range| {
        let workers = (
            ScanWorker::new(stages, &budget),
            ScanWorker::new(stages, &others),
        );
        range.read(stages.repo, size_max, workers, stages.control)
    };
    let mut read = read_range(&chosen.range);
    // Nothing is blamed on a range but what is in it: it is told exactly before anything is said.
    if read.is_superset && (!read.brought.is_empty() || !read.gaps.is_empty()) {
        budget.reset();
        others.reset();
        chosen.range.lazily = false;
        read = read_range(&chosen.range);
    }
    names(&mut read.scanner, choice, &chosen);
    let mut found = Found::default();
    found.add(read.scanner);
    let mut before = Found::default();
    before.add(read.before);
    let mut hits = found.hits;
    drop_old_names(&mut hits, &read.brought);
    budget.cut(&mut hits);
    pairing::drop_lonely(&mut hits);
    let mut credentials = pairing::pair(located(hits, &read.brought));
    stages.canaries.mark(&mut credentials);
    mark_known(&mut credentials, &before.hits);
    let mut lookup = range::Lookup::new(stages.repo, stages.control);
    let mut content = |id: &ObjectId| lookup.content(id);
    verifying::verify(stages, &mut credentials, &mut content);
    stages.accept(&mut credentials, &mut content);
    let told = Told {
        choice,
        chosen: &chosen,
        brought: &read.brought,
    };
    let graded: Vec<(Credential, Arc<Exposure>)> = credentials
        .into_iter()
        .map(|credential| {
            let exposure = Arc::new(told.exposure(&credential));
            (credential, exposure)
        })
        .collect();
    let mut gaps = read.gaps;
    gaps.extend(chosen.gaps.iter().chain(&stages.repo.gaps).cloned());
    gaps.extend(budget.gap());
    let mut limits = found.limits;
    limits.extend(budget.limit());
    let tips = Tips {
        head: chosen.head,
        head_ref: chosen.head_name.clone(),
        ..Tips::default()
    };
    let mut notes = stages.repo.notes.clone();
    notes.push(extent(read.commits, read.is_superset));
    let scanned = Scanned {
        limits,
        coverage: read.coverage,
        gaps,
        notes,
    };
    Ok(stages.report(&tips, scanned, graded))
}

/// How much a range brings.
fn extent(commits: u64, at_most: bool) -> Note {
    let at_most = if at_most { "at most " } else { "" };
    let what = if commits == 1 {
        "commit is"
    } else {
        "commits are"
    };
    Note {
        kind: "range",
        detail: format!("{at_most}{commits} {what} new in this range"),
    }
}

/// Scans names that are in no object.
fn names(worker: &mut ScanWorker<'_>, choice: &RangeChoice, chosen: &Chosen) {
    for name in &choice.ref_names {
        let bytes = name.as_bytes();
        worker.text(Place::RefName(bytes.to_vec()), Field::RefName, bytes);
    }
    if let Some(message) = &choice.message {
        let place = Place::GitFile(b"COMMIT_EDITMSG".to_vec());
        worker.text(place, Field::Message, message);
    }
    for path in &chosen.index_paths {
        worker.text(Place::IndexPath(path.clone()), Field::IndexPath, path);
    }
}

/// Of a tree only names count that are new.
fn drop_old_names(hits: &mut Vec<Hit>, brought: &HashMap<ObjectId, Brought>) {
    hits.retain(|hit| match (&hit.place, hit.field) {
        (Place::Object { id, .. }, Field::EntryName) => brought.get(id).is_none_or(|brought| {
            let mut names = brought.new_names.iter();
            brought.new_names.is_empty() || names.any(|name| covers(name, hit))
        }),
        _ => true,
    });
}

fn covers(name: &std::ops::Range<usize>, hit: &Hit) -> bool {
    name.start as u64 <= hit.span.start && hit.span.end <= name.end as u64
}

/// Gives each hit its place in the range.
fn located(hits: Vec<Hit>, brought: &HashMap<ObjectId, Brought>) -> Vec<LocatedHit> {
    let mut known: BTreeMap<ObjectId, Arc<Location>> = BTreeMap::new();
    let nowhere = Arc::new(Location::default());
    let locate = |hit: Hit| {
        let id = match &hit.place {
            Place::Object { id, .. } => Some(*id),
            _ => None,
        };
        let here = id.and_then(|id| Some((id, brought.get(&id)?)));
        let Some((id, here)) = here else {
            let location = Arc::clone(&nowhere);
            return LocatedHit { hit, location };
        };
        let common = known.entry(id).or_insert_with(|| Arc::new(location(here)));
        let mut location = Arc::clone(common);
        if hit.field == Field::EntryName {
            location = Arc::new(named(&location, here, &hit));
        }
        LocatedHit { hit, location }
    };
    hits.into_iter().map(locate).collect()
}

fn location(brought: &Brought) -> Location {
    let mut paths = brought.paths.clone();
    paths.sort();
    Location {
        path_count: paths.len() as u64,
        path_count_at_least: false,
        introduced: brought.by.clone(),
        introduced_path: brought.paths.first().cloned(),
        introduced_count: brought.count,
        reachable: true,
        paths,
    }
}

/// A hit in an entry's name is found at the entry's path, not at its folder's.
fn named(folder: &Location, brought: &Brought, hit: &Hit) -> Location {
    let mut location = folder.clone();
    let name = brought.new_names.iter().position(|name| covers(name, hit));
    let name = name.and_then(|at| brought.names.get(at));
    let paths = location
        .paths
        .iter_mut()
        .chain(location.introduced_path.as_mut());
    for path in paths {
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name.map_or(&b""[..], |name| &name[..]));
    }
    location
}

/// Marks what stood already in what the range replaces or takes out, part by part: others have it.
fn mark_known(credentials: &mut [Credential], before: &[Hit]) {
    if before.is_empty() {
        return;
    }
    let known: HashSet<(Part, &[u8])> = before
        .iter()
        .map(|hit| (hit.part, hit.value.expose()))
        .collect();
    for credential in credentials {
        let mut parts = credential.hits.iter().map(|located| &located.hit);
        let all = parts.all(|hit| known.contains(&(hit.part, hit.value.expose())));
        if all && credential.placeholder.is_none() {
            credential.placeholder = Some(SuppressionReason::AlreadyThere);
        }
    }
}

/// What the range tells of where a credential went.
struct Told<'a> {
    choice: &'a RangeChoice,
    chosen: &'a Chosen,
    brought: &'a HashMap<ObjectId, Brought>,
}

impl Told<'_> {
    /// The names of these tips; of all, if nothing tells which.
    fn refs(&self, tips: u64) -> Vec<String> {
        let reaches =
            |at: usize| tips == 0 || 1_u64.checked_shl(at as u32).is_none_or(|b| tips & b > 0);
        let named = self.chosen.refs.iter().enumerate();
        let named = named
            .filter(|(at, _)| reaches(*at))
            .filter_map(|(_, name)| name.clone());
        let names: BTreeSet<String> = named.collect();
        names.into_iter().collect()
    }

    fn exposure(&self, credential: &Credential) -> Exposure {
        let mut exposure = Exposure {
            traced: if self.chosen.head.is_some() {
                Traced::Yes
            } else {
                Traced::WithoutHead
            },
            pushed: match self.choice.reach {
                Reach::Nobody => Pushed::NotSeen,
                Reach::Remote => Pushed::Yes,
                Reach::Unknown => Pushed::Unknown(Blind::RangeOnly),
            },
            reachable: !self.choice.staged,
            ..Exposure::default()
        };
        if self.choice.staged {
            exposure.held_by = vec![Held::Index(MAIN.to_owned())];
        }
        let objects = credential.hits.iter().filter_map(|l| match &l.hit.place {
            Place::Object { id, .. } => self.brought.get(id),
            _ => None,
        });
        let mut tips = 0;
        for brought in objects {
            tips |= brought.tips;
            exposure.at_head |= brought.at_head;
            let Some(by) = &brought.by else { continue };
            let is_first = exposure
                .introduced
                .as_ref()
                .is_none_or(|known| (by.time, by.commit) < (known.time, known.commit));
            if is_first {
                exposure.introduced = Some(by.clone());
                exposure.first_seen.clone_from(&by.date);
            }
            let is_last = exposure.last_seen.as_ref() < by.date.as_ref();
            if is_last {
                exposure.last_seen.clone_from(&by.date);
            }
        }
        exposure.refs = self.refs(tips);
        exposure.ref_count = exposure.refs.len() as u64;
        exposure
    }
}
