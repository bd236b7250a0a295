//! The source of objects for a sweep: reads each once, counts it, collects what it names, and
//! shows it to a scanner.

use std::collections::HashSet;
use std::ops::Range;

use super::bits::Bits;
use super::damage::Damage;
use super::hash;
use super::pack::forest::WHOLE;
use super::store::{Copy, Store};
use super::stream;
use super::structure::{Absent, Collector, Structure};
use super::tree::Bounds;
use super::walk::{self, Origin, Visit, WalkPlan};
use crate::model::{
    Control, Coverage, Gap, GapKind, NewRanges, Object, ObjectId, ObjectKind, StopCause,
};

/// What scans objects. One per thread; a true answer says that it found something.
pub trait ScanObjects: Send {
    /// Scans a whole object.
    fn object(&mut self, object: &Object<'_>) -> bool;
    /// A large blob follows piece by piece.
    fn begin(&mut self, id: ObjectId, kind: ObjectKind);
    /// The next piece of it.
    fn piece(&mut self, bytes: &[u8]);
    /// Its end.
    fn end(&mut self) -> bool;
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
    pub(crate) control: &'a Control,
}

/// What came of reading.
pub(crate) struct Read<S> {
    pub(crate) scanners: Vec<S>,
    pub(crate) structure: Structure,
    pub(crate) coverage: Coverage,
    /// Objects that are there but were not read in full, by number.
    pub(crate) damaged: Vec<(u32, Damage)>,
    pub(crate) gaps: Vec<Gap>,
}

impl Source<'_> {
    /// Reads everything.
    pub(crate) fn read<S: ScanObjects>(&self, make: impl Fn() -> S + Sync) -> Read<S> {
        let total = match self.wanted {
            Some(wanted) => wanted.len(),
            None => u64::from(self.store.distinct),
        };
        self.control
            .objects_total
            .store(total, std::sync::atomic::Ordering::Relaxed);
        let plan = WalkPlan {
            store: self.store,
            only: None,
            wanted: self.wanted,
            bounds: self.bounds,
            control: self.control,
        };
        let walked = walk::walk(&plan, || Reader::new(self, make()));
        let mut read = Read {
            scanners: Vec::new(),
            structure: Structure::default(),
            coverage: Coverage::default(),
            damaged: walked.damaged,
            gaps: Vec::new(),
        };
        let mut structures = Vec::new();
        for reader in walked.visitors {
            read.coverage.add(&reader.coverage);
            read.damaged.extend(
                reader
                    .misnamed
                    .into_iter()
                    .map(|number| (number, Damage::Hash)),
            );
            structures.push(reader.collector.structure);
            read.scanners.push(reader.scanner);
        }
        read.structure = Structure::merge(structures);
        read.damaged.sort_unstable_by_key(|(number, _)| *number);
        read.damaged.dedup_by_key(|(number, _)| *number);
        self.count_skipped(&mut read);
        read.gaps.extend(walked.stopped.map(stop_gap));
        read
    }

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

/// What is carried from an object to the deltas against it.
struct Carry {
    /// Whether the scanner found something in it.
    found: bool,
    /// Of a tree, where its entries begin.
    bounds: Bounds,
}

/// One worker's visitor.
struct Reader<'a, S> {
    collector: Collector<'a>,
    scanner: S,
    coverage: Coverage,
    /// Objects with findings whose content does not have the hash that names them.
    misnamed: Vec<u32>,
    /// Ranges of new entries of the tree at hand.
    new: Vec<Range<usize>>,
    /// The object being streamed.
    streaming: Option<(u32, ObjectKind, u64)>,
}

impl<'a, S: ScanObjects> Reader<'a, S> {
    fn new(source: &Source<'a>, scanner: S) -> Reader<'a, S> {
        let collector = Collector {
            store: source.store,
            absent: source.absent,
            shallow: source.shallow,
            structure: Structure::default(),
        };
        Reader {
            collector,
            scanner,
            coverage: Coverage::default(),
            misnamed: Vec::new(),
            new: Vec::new(),
            streaming: None,
        }
    }

    /// CRCs say that an entry is what was packed; only its hash says that it is the object the
    /// index names. Loose objects were hashed when they were read.
    fn check_name(&mut self, number: u32, kind: ObjectKind, bytes: &[u8]) {
        let store = self.collector.store;
        let packed = matches!(store.copy(number), Copy::Packed { .. });
        if packed && hash::object_id(store.hash, kind, bytes) != Some(store.id(number)) {
            self.misnamed.push(number);
        }
    }
}

impl<S: ScanObjects> Visit for Reader<'_, S> {
    type Carry = Carry;

    fn object(
        &mut self,
        number: u32,
        kind: ObjectKind,
        bytes: &[u8],
        origin: Origin<'_, Carry>,
    ) -> Carry {
        self.coverage.of_mut(kind).read += 1;
        self.coverage.bytes += bytes.len() as u64;
        let mut bounds = Bounds::new();
        if kind == ObjectKind::Tree {
            let base = match origin {
                Origin::Delta { trail, base } => Some((&base.bounds, trail)),
                Origin::Whole => None,
            };
            bounds = self.collector.tree(number, bytes, base, &mut self.new);
        } else {
            self.collector.object(number, kind, bytes);
        }
        let new = match origin {
            // What a base with findings hands on by copying must be found again here.
            Origin::Delta { base, .. } if !base.found && kind == ObjectKind::Tree => {
                NewRanges::Only(&self.new)
            }
            _ => NewRanges::All,
        };
        let id = self.collector.store.id(number);
        let found = self.scanner.object(&Object {
            id,
            kind,
            bytes,
            new,
        });
        if found {
            self.check_name(number, kind, bytes);
        }
        Carry { found, bounds }
    }

    fn begin(&mut self, number: u32, kind: ObjectKind, size: u64) {
        self.streaming = Some((number, kind, size));
        self.scanner.begin(self.collector.store.id(number), kind);
    }

    fn piece(&mut self, bytes: &[u8]) {
        self.scanner.piece(bytes);
    }

    fn end(&mut self, whole: bool) {
        let found = self.scanner.end();
        let Some((number, kind, size)) = self.streaming.take().filter(|_| whole) else {
            return;
        };
        self.coverage.of_mut(kind).read += 1;
        self.coverage.bytes += size;
        let store = self.collector.store;
        if let (true, Copy::Packed { pack, entry }) = (found, store.copy(number)) {
            let pack = &store.packs[pack as usize];
            let checked = pack.forest.bases[entry as usize] == WHOLE
                && stream::has_name(pack, entry, &store.id(number));
            if !checked {
                self.misnamed.push(number);
            }
        }
    }
}
