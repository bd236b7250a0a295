//! One worker of a sweep: counts each object, collects what it names, and shows it to the scanner.

use std::ops::Range;

use super::hash;
use super::history::edges::{self, Traced};
use super::pack::delta::{Extent, Trail};
use super::pack::forest::WHOLE;
use super::source::{ScanObjects, Source};
use super::store::{Copy, Store};
use super::stream;
use super::structure::{self, Fault, Structure};
use super::walk::{Origin, Visit};
use crate::model::{Coverage, Derivation, Object, ObjectKind};

/// Smaller objects are rebuilt whole: it costs next to nothing.
const GLANCE_LEN_MIN: u64 = 4096;

/// What is carried from an object to the deltas against it.
pub(super) struct Carry<M> {
    /// What the scanner keeps of it.
    memory: M,
    /// Of a tree, its entries.
    tree: Option<edges::Carry>,
}

/// One worker's visitor.
pub(super) struct Reader<'a, S> {
    store: &'a Store,
    pub(super) commits: structure::Collector<'a>,
    pub(super) trees: edges::Collector<'a>,
    pub(super) scanner: S,
    full_scan: bool,
    pub(super) coverage: Coverage,
    /// Loose objects, whose kind nothing but reading them tells.
    pub(super) loose: Vec<(u32, ObjectKind)>,
    /// Objects with findings whose content does not have the hash that names them.
    pub(super) misnamed: Vec<u32>,
    /// Ranges of new entries of the tree at hand.
    new: Vec<Range<usize>>,
    /// The object being streamed.
    streaming: Option<(u32, ObjectKind, u64)>,
}

impl<'a, S: ScanObjects> Reader<'a, S> {
    pub(super) fn new(source: &Source<'a>, traced: &'a Traced, scanner: S) -> Reader<'a, S> {
        Reader {
            store: source.store,
            commits: structure::Collector {
                store: source.store,
                absent: source.absent,
                shallow: source.shallow,
                structure: Structure::default(),
            },
            trees: edges::Collector::new(source.store, source.absent, traced),
            scanner,
            full_scan: source.full_scan,
            coverage: Coverage::default(),
            loose: Vec::new(),
            misnamed: Vec::new(),
            new: Vec::new(),
            streaming: None,
        }
    }

    fn count(&mut self, number: u32, kind: ObjectKind, size: u64) {
        self.coverage.of_mut(kind).read += 1;
        self.coverage.bytes += size;
        if number >= self.store.loose().start {
            self.loose.push((number, kind));
        }
    }

    /// CRCs say that an entry is what was packed; only its hash says that it is the object the
    /// index names. Loose objects were hashed when they were read.
    fn check_name(&mut self, number: u32, kind: ObjectKind, bytes: &[u8]) {
        let store = self.store;
        let packed = matches!(store.copy(number), Copy::Packed { .. });
        if packed && hash::object_id(store.hash, kind, bytes) != Some(store.id(number)) {
            self.misnamed.push(number);
        }
    }

    /// Takes in a tree; `self.new` then says which of its entries are new.
    fn tree(
        &mut self,
        number: u32,
        bytes: &[u8],
        origin: &Origin<'_, Carry<S::Memory>>,
    ) -> edges::Carry {
        let base = match origin {
            Origin::Delta { trail, base, .. } if !self.full_scan => {
                base.tree.as_ref().map(|carry| (carry, *trail))
            }
            _ => None,
        };
        let (carry, result) = self.trees.tree(number, bytes, base, &mut self.new);
        if let Err(malformed) = result {
            let faults = &mut self.commits.structure.malformed;
            faults.push((number, Fault::Tree(malformed)));
        }
        carry
    }
}

/// What the scanner is told of a delta. Where nothing counts as copied, all of the object is new.
fn derivation<'a>(
    fresh: &'a [Range<usize>],
    trail: &'a Trail,
    (delta, bytes): (&'a [u8], &'a [u8]),
) -> Derivation<'a> {
    let all_new = trail.copies.is_empty();
    Derivation {
        fresh,
        copies: &trail.copies,
        inserted: if all_new { bytes } else { delta },
        seams: &trail.seams,
    }
}

impl<S: ScanObjects> Visit for Reader<'_, S> {
    type Carry = Carry<S::Memory>;

    fn object(
        &mut self,
        number: u32,
        kind: ObjectKind,
        bytes: &[u8],
        origin: Origin<'_, Self::Carry>,
    ) -> Self::Carry {
        self.count(number, kind, bytes.len() as u64);
        let tree = (kind == ObjectKind::Tree).then(|| self.tree(number, bytes, &origin));
        if tree.is_none() {
            self.commits.object(number, kind, bytes);
        }
        let derived = match origin {
            Origin::Delta { trail, delta, base } if !self.full_scan => {
                let fresh = if tree.is_some() {
                    &self.new
                } else {
                    &trail.fresh
                };
                Some((derivation(fresh, trail, (delta, bytes)), &base.memory))
            }
            _ => None,
        };
        let id = self.store.id(number);
        let made = derived.as_ref().map(|(made, base)| (made, *base));
        let memory = self.scanner.object(&Object { id, kind, bytes }, made);
        if S::has_hits(&memory) {
            self.check_name(number, kind, bytes);
        }
        Carry { memory, tree }
    }

    fn weight(carry: &Self::Carry) -> u64 {
        let tree = carry.tree.as_ref().map_or(0, edges::Carry::weight);
        S::weight(&carry.memory) + tree
    }

    fn take_toll(&mut self) -> u64 {
        self.scanner.take_toll()
    }

    fn extent<'c>(&self, kind: ObjectKind, size: u64, base: &'c Self::Carry) -> Option<Extent<'c>> {
        if self.full_scan || size < GLANCE_LEN_MIN {
            return None;
        }
        let margins = self.scanner.margins(&base.memory)?;
        match (kind, &base.tree) {
            (ObjectKind::Tree, Some(tree)) => Some(Extent::CutEntries(tree.bounds())),
            (ObjectKind::Blob, _) => Some(Extent::Ends {
                start: margins.behind,
                end: margins.before,
            }),
            _ => None,
        }
    }

    fn glance(
        &mut self,
        number: u32,
        kind: ObjectKind,
        bytes: &[u8],
        (trail, delta): (&Trail, &[u8]),
        base: &Self::Carry,
    ) -> bool {
        let fresh = match &base.tree {
            Some(tree) => {
                let split = self.trees.split_sparse(bytes, tree, trail, &mut self.new);
                if !split {
                    return false;
                }
                &self.new
            }
            None => &trail.fresh,
        };
        let made = derivation(fresh, trail, (delta, bytes));
        if !self.scanner.passes(kind, bytes, &made, &base.memory) {
            return false;
        }
        if let Some(tree) = &base.tree {
            self.trees.take_sparse(number, bytes, tree);
        }
        self.count(number, kind, bytes.len() as u64);
        true
    }

    fn begin(&mut self, number: u32, kind: ObjectKind, size: u64) {
        self.streaming = Some((number, kind, size));
        self.scanner.begin(self.store.id(number), kind);
    }

    fn piece(&mut self, bytes: &[u8]) {
        self.scanner.piece(bytes);
    }

    fn end(&mut self, whole: bool) {
        let found = self.scanner.end(whole);
        let Some((number, kind, size)) = self.streaming.take().filter(|_| whole) else {
            return;
        };
        self.count(number, kind, size);
        let store = self.store;
        if let (true, Copy::Packed { pack, entry }) = (found, store.copy(number)) {
            let pack = &store.packs[pack as usize];
            // What deltas made was hashed.
            let is_whole = pack.forest.bases[entry as usize] == WHOLE;
            if is_whole && !stream::has_name(pack, entry, &store.id(number)) {
                self.misnamed.push(number);
            }
        }
    }
}
