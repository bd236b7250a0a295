//! What some tips reach: for `--refs`, and for alternates, whose other objects are nobody's
//! business here.
//!
//! Commits are read in one pass, trees in two: the first finds which trees are reached, the
//! second which blobs they name. No object is looked up along its delta chain.

use std::collections::HashSet;

use super::bits::{Bits, SharedBits};
use super::history::edges::{self, Traced};
use super::history::rows::Edges;
use super::store::{NONE, Store};
use super::structure::{self, Absent, Structure};
use super::tree::{self, Bounds, Derived, Entry, Event};
use super::units::PART_BYTES_MIN;
use super::walk::{self, Kinds, Origin, Visit, WalkPlan};
use crate::model::{Control, ObjectId, ObjectKind};

/// Reads only structure, of commits and tags.
struct StructureOnly<'a>(structure::Collector<'a>);

impl Visit for StructureOnly<'_> {
    type Carry = ();
    fn object(&mut self, number: u32, kind: ObjectKind, bytes: &[u8], _: Origin<'_, ()>) {
        self.0.object(number, kind, bytes);
    }
    fn begin(&mut self, _: u32, _: ObjectKind, _: u64) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, _: bool) {}
}

/// Marks what trees name.
struct MarkNamed<'a> {
    store: &'a Store,
    marked: &'a SharedBits,
}

impl Visit for MarkNamed<'_> {
    type Carry = Bounds;

    fn object(
        &mut self,
        _: u32,
        _: ObjectKind,
        bytes: &[u8],
        origin: Origin<'_, Bounds>,
    ) -> Bounds {
        let id_len = self.store.hash.len();
        let mut bounds = Bounds::new();
        let mark = |entry: Entry<'_>| {
            if let (Some(_), Some(number)) = (entry.kind.object_kind(), self.store.find(entry.id)) {
                self.marked.insert(number);
            }
        };
        // A malformed tree is reported when it is scanned; its readable entries count.
        match origin {
            Origin::Whole => tree::entries(bytes, id_len, &mut bounds, mark).ok(),
            Origin::Delta { trail, base, .. } => {
                let show = |event: Event<'_>| match event {
                    Event::New(entry) => mark(entry),
                    Event::Copied(..) => {}
                };
                let derived = Derived {
                    bytes,
                    id_len,
                    base,
                    copies: &trail.copies,
                    sparse: false,
                };
                tree::follow(&derived, Some(&mut bounds), show).ok()
            }
        };
        bounds
    }
    fn begin(&mut self, _: u32, _: ObjectKind, _: u64) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, _: bool) {}
}

/// The numbers of all objects that these ids reach, themselves included. The second answer is true if
/// there was more in trees than can be kept, so that some may be left out.
pub(crate) fn reach(
    store: &Store,
    shallow: &HashSet<u32>,
    tips: &[ObjectId],
    bounds: walk::Bounds,
    control: &Control,
) -> (Bits, bool) {
    let absent = Absent::new(store);
    let shape = Shape {
        store,
        absent: &absent,
        shallow,
        bounds,
        control,
    };
    let structure = shape.read_structure();
    let mut reached = Bits::new(store.total() as usize);
    let mut trees = Vec::new();
    let mut next: Vec<u32> = tips
        .iter()
        .filter_map(|id| store.find(id.as_bytes()))
        .collect();
    while let Some(number) = next.pop() {
        if number >= store.total() || !reached.insert(number) {
            continue;
        }
        if let Some(row) = structure.row_of(number) {
            let commit = &structure.commits[row as usize];
            trees.push(commit.tree);
            next.extend_from_slice(structure.parents(commit));
        } else if let Ok(at) = structure
            .tags
            .binary_search_by_key(&number, |(tag, _)| *tag)
        {
            next.push(structure.tags[at].1);
        } else {
            // A tree, or a blob, which has no edges.
            trees.push(number);
        }
    }
    let edges = shape.read_edges(&Traced::nothing());
    let mut rows = edges.reader();
    let mut tree_set = Bits::new(store.total() as usize);
    while let Some(number) = trees.pop() {
        if number == NONE || number >= store.total() || !tree_set.insert(number) {
            continue;
        }
        reached.insert(number);
        trees.extend(rows.row(number).iter().map(|edge| edge.child));
    }
    let marked = SharedBits::new(store.total() as usize);
    let plan = WalkPlan {
        wanted: Some(&tree_set),
        ..shape.plan(Kinds::TREES)
    };
    walk::walk(&plan, || MarkNamed {
        store,
        marked: &marked,
    });
    for number in (0..store.total()).filter(|number| marked.contains(*number)) {
        reached.insert(number);
    }
    (reached, edges.cut)
}

/// What is needed to read what objects name, without a scan.
#[derive(Clone, Copy)]
pub(crate) struct Shape<'a> {
    pub(crate) store: &'a Store,
    pub(crate) absent: &'a Absent,
    /// Numbers of commits at the shallow boundary.
    pub(crate) shallow: &'a HashSet<u32>,
    pub(crate) bounds: walk::Bounds,
    pub(crate) control: &'a Control,
}

impl<'a> Shape<'a> {
    fn plan(&self, kinds: Kinds) -> WalkPlan<'a> {
        WalkPlan {
            store: self.store,
            kinds,
            aside: None,
            wanted: None,
            bounds: self.bounds,
            part_cost_min: PART_BYTES_MIN,
            control: self.control,
        }
    }

    /// What all commits and tags name.
    pub(crate) fn read_structure(&self) -> Structure {
        let make = || {
            StructureOnly(structure::Collector {
                store: self.store,
                absent: self.absent,
                shallow: self.shallow,
                structure: Structure::default(),
            })
        };
        let walked = walk::walk(&self.plan(Kinds::HISTORY), make);
        Structure::merge(
            walked
                .visitors
                .into_iter()
                .map(|visitor| visitor.0.structure),
        )
    }

    /// The edges from all trees to trees, to what is absent, and to what is `traced`.
    pub(crate) fn read_edges(&self, traced: &Traced) -> Edges {
        let make = || EdgesOnly(edges::Collector::new(self.store, self.absent, traced));
        let walked = walk::walk(&self.plan(Kinds::TREES), make);
        edges::join(
            walked
                .visitors
                .into_iter()
                .map(|visitor| visitor.0.into_part()),
            self.store.total(),
        )
    }
}

/// Reads only the edges between trees.
struct EdgesOnly<'a>(edges::Collector<'a>);

impl Visit for EdgesOnly<'_> {
    type Carry = edges::Carry;
    fn object(
        &mut self,
        number: u32,
        _: ObjectKind,
        bytes: &[u8],
        origin: Origin<'_, edges::Carry>,
    ) -> edges::Carry {
        let base = match origin {
            Origin::Delta { trail, base, .. } => Some((base, trail)),
            Origin::Whole => None,
        };
        // A malformed tree is reported when it is scanned; its readable entries count.
        self.0.tree(number, bytes, base, &mut Vec::new()).0
    }
    fn begin(&mut self, _: u32, _: ObjectKind, _: u64) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, _: bool) {}
}
