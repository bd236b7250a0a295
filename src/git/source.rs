//! The source of objects for a sweep: reads each once, counts it, collects what it names, and
//! shows it to a scanner.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use super::bits::Bits;
use super::damage::Damage;
use super::history::edges::{self, Traced};
use super::history::rows::Edges;
use super::store::{Copy, Store};
use super::structure::{Absent, Structure};
use super::units::PART_BYTES_MIN;
use super::visitor::Reader;
use super::walk::{self, Kinds, WalkPlan};
use crate::model::{
    Control, Coverage, Derivation, Gap, GapKind, Margins, Object, ObjectId, ObjectKind, StopCause,
};

/// What scans objects. One per thread.
pub(crate) trait ScanObjects: Send {
    /// What it keeps of an object for those made from it.
    type Memory: Send;
    /// Scans a whole object. `made` says how it was made from another, and what was kept of that.
    fn object(
        &mut self,
        object: &Object<'_>,
        made: Option<(&Derivation<'_>, &Self::Memory)>,
    ) -> Self::Memory;
    /// True if something was found there.
    fn has_hits(memory: &Self::Memory) -> bool;
    /// About how many bytes of memory it takes.
    fn weight(memory: &Self::Memory) -> u64;
    /// Work done since this was last asked, in bytes that are merely gone through.
    fn take_toll(&mut self) -> u64;
    /// How much around new bytes [`ScanObjects::passes`] looks at; `None` if an object made from
    /// this base must be shown.
    fn margins(&self, base: &Self::Memory) -> Option<Margins>;
    /// True if an object made from this base has no hit, judged by its new ranges and by where the rest came
    /// from.
    fn passes(
        &self,
        kind: ObjectKind,
        bytes: &[u8],
        made: &Derivation<'_>,
        base: &Self::Memory,
    ) -> bool;

    /// A large blob follows piece by piece.
    fn begin(&mut self, id: ObjectId, kind: ObjectKind);
    /// The next piece of it.
    fn piece(&mut self, bytes: &[u8]);
    /// Its end; true if something was found. Nothing counts if it is not `whole`: the rest could not
    /// be read, or it is not what its name says. Another copy may be.
    fn end(&mut self, whole: bool) -> bool;
}

/// What to read.
pub(crate) struct Source<'a> {
    pub(crate) store: &'a Store,
    pub(crate) absent: &'a Absent,
    /// Numbers of commits at the shallow boundary.
    pub(crate) shallow: &'a HashSet<u32>,
    /// Only these numbers, or all.
    pub(crate) wanted: Option<&'a Bits>,
    pub(crate) bounds: walk::Bounds,
    /// Scan every object as if nothing were known of the one it was made from.
    pub(crate) full_scan: bool,
    pub(crate) control: &'a Control,
}

/// What came of reading.
pub(crate) struct Read<S> {
    pub(crate) scanners: Vec<S>,
    pub(crate) structure: Structure,
    /// What trees name.
    pub(crate) edges: Edges,
    pub(crate) coverage: Coverage,
    /// The kinds of loose objects that were read, by number.
    pub(crate) loose: Vec<(u32, ObjectKind)>,
    /// Objects that are there but were not read in full, by number.
    pub(crate) damaged: Vec<(u32, Damage)>,
    /// Objects that were read from another copy than the first, which has another content.
    pub(crate) doubted: Vec<u32>,
    pub(crate) gaps: Vec<Gap>,
    /// Objects that the pass only met: loose trees, above all.
    aside: Vec<u32>,
}

impl Source<'_> {
    /// The first pass: everything but trees.
    pub(crate) fn read_contents<S: ScanObjects>(&self, make: impl Fn() -> S + Sync) -> Read<S> {
        let total = match self.wanted {
            Some(wanted) => wanted.len(),
            None => u64::from(self.store.distinct),
        };
        self.control.objects_total.store(total, Ordering::Relaxed);
        let traced = Traced::nothing();
        let walked = walk::walk(&self.plan(Kinds::CONTENTS, None), || {
            Reader::new(self, &traced, make())
        });
        let mut read = Read {
            scanners: Vec::new(),
            structure: Structure::default(),
            edges: Edges::default(),
            coverage: Coverage::default(),
            loose: Vec::new(),
            damaged: Vec::new(),
            doubted: walked.doubted,
            gaps: Vec::new(),
            aside: walked.aside,
        };
        self.take_in(&mut read, walked.visitors, walked.damaged);
        read
    }

    /// The second pass: trees. Their edges to `traced` objects are kept.
    pub(crate) fn read_trees<S: ScanObjects>(
        &self,
        read: &mut Read<S>,
        traced: &Traced,
        make: impl Fn() -> S + Sync,
    ) {
        let aside = std::mem::take(&mut read.aside);
        let plan = self.plan(Kinds::TREES, Some(&aside));
        let walked = walk::walk(&plan, || Reader::new(self, traced, make()));
        self.take_in(read, walked.visitors, walked.damaged);
        read.doubted.extend(walked.doubted);
        let edges = std::mem::take(&mut read.edges);
        self.read_mistaken(read, &walked.aside, make);
        read.edges = edges;
        self.count_skipped(read);
        read.gaps.extend(self.control.stopped().map(stop_gap));
    }

    /// Reads what a pack called a tree, and what a good copy says is none.
    fn read_mistaken<S: ScanObjects>(
        &self,
        read: &mut Read<S>,
        aside: &[u32],
        make: impl Fn() -> S + Sync,
    ) {
        if aside.is_empty() {
            return;
        }
        let mut wanted = Bits::new(self.store.total() as usize);
        for number in aside {
            wanted.insert(*number);
        }
        let plan = WalkPlan {
            wanted: Some(&wanted),
            ..self.plan(Kinds::CONTENTS, Some(aside))
        };
        let traced = Traced::nothing();
        let walked = walk::walk(&plan, || Reader::new(self, &traced, make()));
        self.take_in(read, walked.visitors, walked.damaged);
    }

    pub(super) fn plan<'p>(&'p self, kinds: Kinds, aside: Option<&'p [u32]>) -> WalkPlan<'p> {
        WalkPlan {
            store: self.store,
            kinds,
            aside,
            wanted: self.wanted,
            bounds: self.bounds,
            part_cost_min: PART_BYTES_MIN,
            control: self.control,
        }
    }

    /// Adds what the workers of a pass brought.
    fn take_in<S>(
        &self,
        read: &mut Read<S>,
        readers: Vec<Reader<'_, S>>,
        damaged: Vec<(u32, Damage)>,
    ) {
        let mut structures = vec![std::mem::take(&mut read.structure)];
        let mut parts = Vec::new();
        read.damaged.extend(damaged);
        for reader in readers {
            read.coverage.add(&reader.coverage);
            read.loose.extend(reader.loose);
            let misnamed = reader.misnamed.into_iter();
            read.damaged
                .extend(misnamed.map(|number| (number, Damage::Hash)));
            structures.push(reader.commits.structure);
            parts.push(reader.trees.into_part());
            read.scanners.push(reader.scanner);
        }
        read.structure = Structure::merge(structures);
        // The first pass meets no tree, so only the second one's edges count.
        read.edges = edges::join(parts, self.store.total());
        read.damaged.sort_unstable_by_key(|(number, _)| *number);
        read.damaged.dedup_by_key(|(number, _)| *number);
    }

    /// Counts what was there and not read.
    fn count_skipped<S>(&self, read: &mut Read<S>) {
        for (number, damage) in &read.damaged {
            // A misnamed object was read all the same.
            let skipped = u64::from(*damage != Damage::Hash || !self.was_counted(*number));
            match self.kind(*number) {
                Some(kind) => read.coverage.of_mut(kind).skipped += skipped,
                None => read.coverage.unknown.skipped += skipped,
            }
        }
    }

    fn was_counted(&self, number: u32) -> bool {
        matches!(self.store.copy(number), Copy::Packed { pack, .. } if !self.store.packs[pack as usize].crcs.is_empty())
    }

    /// The kind of an object, as far as its pack tells without reading it.
    pub(crate) fn kind(&self, number: u32) -> Option<ObjectKind> {
        match self.store.copy(number) {
            Copy::Packed { pack, entry } => self.store.packs[pack as usize].forest.kind(entry),
            Copy::Loose(_) => None,
        }
    }
}

/// The gap that a stop leaves.
pub(crate) fn stop_gap(cause: StopCause) -> Gap {
    match cause {
        StopCause::Deadline => Gap::new(GapKind::Time, "time ran out before every object was read"),
        StopCause::Interrupt | StopCause::Terminate => Gap::new(
            GapKind::Interrupted,
            "the sweep was interrupted before every object was read",
        ),
    }
}
