//! What earlier sweeps remember of a repository, how much of it may be left out because of that,
//! and what this sweep leaves for the next one.
//!
//! The report must be the same as if nothing were remembered. So each way to sweep says what it
//! takes for granted, is left as soon as anything is unusual, and the last one takes nothing.

mod keep;
mod outlines;
mod recall;
mod remembered;

use std::collections::{BTreeSet, HashSet};
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::record::Record;
use super::told::Told;
use super::{CachePlan, Selection, Stages, Swept};
use crate::cache::{Cache, IdSet};
use crate::git::known::{LeftOut, Untouched};
use crate::git::objects::Objects;
use crate::git::partial::Partial;
use crate::git::past::Past;
use crate::git::snapshot::Snapshot;
use crate::git::structure::Elsewhere;
use crate::git::tips::Tips;
use crate::model::{Aside, Coverage, ObjectId, ObjectKind};

pub(super) use remembered::{Remembered, needed};

/// A way to sweep, from the one that reads least to the one that reads all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Nothing changed at all: only marked objects are read, and history says what it said.
    Unchanged,
    /// Files came, none went or changed: only new objects are read, and what is remembered of
    /// history is asked with what they add to it.
    Grown,
    /// Objects moved to other packs, none went: the same, but all packs are opened.
    Moved,
    /// Anything may have happened: all that has structure is read, and new contents.
    Changed,
    /// Everything is read.
    Fresh,
}

impl Way {
    /// True if history is told from what is remembered of it.
    pub(super) fn is_by_past(self) -> bool {
        matches!(self, Way::Grown | Way::Moved)
    }
}

/// See the module.
#[derive(Default)]
pub(super) struct Memory {
    cache: Option<Cache>,
    tag: String,
    record: Option<Record>,
    /// All files before anything was read.
    files: Option<Snapshot>,
    /// A digest of all tips.
    tips: String,
    has_foreign: bool,
    /// History is asked of objects with nothing but examples, too.
    traces_examples: bool,
    /// True if every object of the record was found.
    is_superset: bool,
    sets: OnceLock<Option<Arc<Vec<IdSet>>>>,
    past: OnceLock<Option<Arc<Past>>>,
    hash: Option<crate::model::HashKind>,
    /// What is said about all this.
    pub(super) asides: Vec<Aside>,
}

impl Memory {
    /// Opens the cache, if there is one, and looks at what has changed.
    pub(super) fn recall(stages: &Stages<'_>, tips: &Tips) -> Memory {
        let mut memory = Memory::default();
        let Some(plan) = &stages.plan.cache else {
            return memory;
        };
        if stages.plan.selection != Selection::All || stages.plan.known.is_some() {
            return memory;
        }
        let cache = match open(stages, plan) {
            Ok(cache) => cache,
            Err(refused) if refused.is_suspicious => {
                memory.asides.push(Aside::Warning(refused.to_string()));
                return memory;
            }
            Err(refused) => {
                memory.asides.push(useless(plan, &refused));
                return memory;
            }
        };
        let repo = stages.repo;
        memory.hash = Some(repo.hash);
        memory.tag = Cache::tag(&repo.common_dir);
        memory.tips = digest(&(tips, repo.promisor, stages.plan.trace_placeholders));
        memory.files = Snapshot::take(repo);
        memory.has_foreign = memory
            .files
            .as_ref()
            .is_some_and(|files| files.has_foreign(repo));
        memory.traces_examples = stages.plan.trace_placeholders;
        let own = cache.record(&memory.tag);
        let own = own.and_then(|bytes| Record::parse(&bytes));
        memory.record = match own {
            None if plan.is_shared => {
                let mut others = cache.other_records(&memory.tag);
                others.find_map(|bytes| Record::parse(&bytes))
            }
            own => own,
        };
        memory.cache = Some(cache);
        memory
    }

    /// The ways to try, one after the other.
    pub(super) fn ways(&self, tips: &Tips) -> Vec<Way> {
        let mut ways = Vec::new();
        if let (Some(record), Some(files)) = (&self.record, &self.files) {
            let same_tips = record.tips == self.tips;
            if same_tips && record.told.is_some() && record.files.still_is(files) {
                ways.push(Way::Unchanged);
            }
            let is_plain = tips.shallow.is_empty() && !self.has_foreign;
            let untraced = &record.remembered.untraced;
            let knows_all = untraced.iter().all(|known| self.may_recall(known));
            if !record.past.is_empty() && is_plain && knows_all {
                let settled = record.files.settled_packs(files);
                let all_there = settled.iter().all(Option::is_some);
                ways.push(if all_there { Way::Grown } else { Way::Moved });
            }
            ways.push(Way::Changed);
        }
        ways.push(Way::Fresh);
        ways
    }

    /// What is opened on this way, if not everything, and who knows the rest.
    pub(super) fn part(&self, way: Way) -> Option<(Partial, Elsewhere)> {
        let (record, files) = (self.record.as_ref()?, self.files.as_ref()?);
        let elsewhere: Elsewhere = match way {
            Way::Unchanged => Arc::new(|_: &ObjectId| true),
            Way::Grown => {
                let sets = Arc::clone(self.sets()?);
                Arc::new(move |id: &ObjectId| kind_in(&sets, id.as_bytes()).is_some())
            }
            _ => return None,
        };
        let marks = self.marks(record);
        let loose = record.files.settled_loose(files).into_iter();
        let part = Partial {
            packs: record.rows(&record.files.settled_packs(files)),
            loose: loose.filter(|id| !marks.contains(id)).collect(),
        };
        Some((part, elsewhere))
    }

    /// What is remembered of history, if this way goes by it.
    pub(super) fn past(&self, way: Way) -> Option<Arc<Past>> {
        let load = || {
            let (cache, record) = (self.cache.as_ref()?, self.record.as_ref()?);
            let pieces = record.past.iter().map(|name| cache.past(name));
            let pieces = pieces.collect::<Option<Vec<_>>>()?;
            Past::parse(&pieces, self.hash?).map(Arc::new)
        };
        let past = way
            .is_by_past()
            .then(|| self.past.get_or_init(load).clone());
        past.flatten()
    }

    /// Leaves out what this way need not read. `None` if the way is closed.
    pub(super) fn leave_out(&mut self, way: Way, objects: &mut Objects) -> Option<LeftOut> {
        if way == Way::Fresh {
            return Some(LeftOut::default());
        }
        let (record, files) = (self.record.as_ref()?, self.files.as_ref()?);
        let untouched = Untouched {
            packs: record
                .files
                .settled_packs(files)
                .into_iter()
                .flatten()
                .collect(),
            loose: record.files.settled_loose(files),
        };
        let (known, all_there) = match way {
            Way::Unchanged => (objects.ask(|_| Some(ObjectKind::Blob)), true),
            Way::Grown => {
                let sets = self.sets()?;
                let gone = |id: &ObjectId| !untouched.has_loose(id) && !objects.has(id);
                let any_gone = record.files.loose.iter().any(|loose| gone(&loose.id));
                (objects.ask(|id| kind_in(sets, id)), !any_gone)
            }
            _ => objects.find_all(self.sets()?.iter().flat_map(IdSet::iter)),
        };
        if way != Way::Changed && !all_there {
            return None;
        }
        if way.is_by_past() && objects.past().is_none_or(|past| !objects.is_bound(past)) {
            return None;
        }
        let kinds = |kind| way != Way::Changed || kind == ObjectKind::Blob;
        let mut marks = self.read_again(record, way);
        marks.extend(record.remembered.orphans(|id| objects.has(id)));
        let left_out = objects.leave_out(known, &untouched, &marks, kinds);
        self.is_superset = all_there;
        Some(left_out)
    }

    /// True unless something is in question that was not when history was remembered.
    pub(super) fn covers(
        &self,
        way: Way,
        (objects, left_out): (&Objects, &LeftOut),
        traced: &BTreeSet<ObjectId>,
    ) -> bool {
        let Some(past) = self.past(way) else {
            return true;
        };
        let leads_nowhere = |kind| matches!(kind, ObjectKind::Commit | ObjectKind::Tag);
        let ends = past.ends();
        traced.iter().all(|id| {
            let known = objects.known_kind(id, left_out);
            known.is_none_or(leads_nowhere) || ends.contains(id)
        })
    }

    /// True if what was read on this way is all that the report needs.
    pub(super) fn fits(&self, way: Way, swept: &Swept<'_>, tips: &Tips) -> bool {
        let (objects, read) = (&swept.objects, &swept.read);
        match way {
            Way::Unchanged => {
                let marks = self.record.as_ref();
                let marks = marks.map(|record| self.read_again(record, way));
                let all_read =
                    marks.as_ref().map(HashSet::len) == Some(read.coverage.read() as usize);
                all_read
                    && marks.as_ref() == Some(&swept.found.noted)
                    && read.damaged.is_empty()
                    && read.doubted.is_empty()
                    && read.gaps.is_empty()
            }
            Way::Grown | Way::Moved => read.doubted.is_empty() && objects.is_sound(read, tips),
            Way::Changed => {
                !Objects::is_doubtful(read)
                    && !objects.is_left_out_above_damage(read, &swept.left_out)
            }
            Way::Fresh => true,
        }
    }

    /// What history said, if this way goes by it.
    pub(super) fn told(&self, way: Way) -> Option<&Told> {
        let record = self.record.as_ref().filter(|_| way == Way::Unchanged);
        record.and_then(|record| record.told.as_ref())
    }

    /// Counts the objects that were not read again.
    pub(super) fn count(&self, way: Way, swept: &Swept<'_>, coverage: &mut Coverage) {
        let mut cached = [0u64; 4];
        if let (Way::Unchanged | Way::Grown, Some(record)) = (way, &self.record) {
            cached = record.totals;
            let census = swept.objects.census(&swept.read, &swept.left_out);
            for (_, kind) in census.iter().flat_map(|census| &census.again) {
                cached[*kind as usize] = cached[*kind as usize].saturating_sub(1);
            }
        } else {
            for (_, kind) in &swept.left_out.objects {
                cached[*kind as usize] += 1;
            }
        }
        for (kind, cached) in ObjectKind::ALL.into_iter().zip(cached) {
            coverage.of_mut(kind).cached = cached;
        }
    }

    /// The sets of the record; `None` if one of them cannot be had.
    fn sets(&self) -> Option<&Arc<Vec<IdSet>>> {
        let load = || {
            let (cache, record) = (self.cache.as_ref()?, self.record.as_ref()?);
            let sets = record.sets.iter().map(|name| cache.set(name, self.hash?));
            Some(Arc::new(sets.collect::<Option<Vec<_>>>()?))
        };
        self.sets.get_or_init(load).as_ref()
    }
}

fn open(stages: &Stages<'_>, plan: &CachePlan) -> Result<Cache, crate::cache::Refused> {
    let options = format!(
        "{} {:?} {}",
        stages.repo.hash.name(),
        stages.plan.limits.object_size_max,
        stages.plan.full_scan
    );
    let rules = stages.rules.hash();
    let key = [
        env!("CARGO_PKG_VERSION").as_bytes(),
        env!("KEYSWEEP_CODE").as_bytes(),
        rules.as_bytes(),
        options.as_bytes(),
    ];
    let repo = stages.repo;
    let work_dirs = repo
        .worktrees
        .iter()
        .filter_map(|tree| tree.work_dir.as_deref());
    let own = [repo.common_dir.as_path(), repo.git_dir.as_path()];
    let outside: Vec<&Path> = work_dirs.chain(own).collect();
    Cache::open(&plan.dir, &key, &outside)
}

/// A cache is of no use: that is said aloud to whoever named it. A home that cannot be written to is
/// nobody's mistake.
fn useless(plan: &CachePlan, why: &impl std::fmt::Display) -> Aside {
    if plan.is_shared {
        let step = "name a folder that you may write to, or leave it with --no-cache";
        Aside::Warning(format!("{why}; {step}"))
    } else {
        Aside::Detail(why.to_string())
    }
}

fn kind_in(sets: &[IdSet], id: &[u8]) -> Option<ObjectKind> {
    sets.iter().find_map(|set| set.get(id))
}

/// A digest of everything that something consists of.
fn digest(of: &impl Hash) -> String {
    let mut hasher = Sha(Sha256::new());
    of.hash(&mut hasher);
    data_encoding::HEXLOWER.encode(&hasher.0.finalize())
}

/// Takes in what is hashed; the 64 bits that [`Hasher`] wants are nobody's business.
struct Sha(Sha256);

impl Hasher for Sha {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
    fn finish(&self) -> u64 {
        0
    }
}
