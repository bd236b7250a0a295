//! Reading objects in storage order, each once, on all threads.
//!
//! Work units are delta families, biggest first, and runs of small ones in file order. Workers
//! take the next unit from a counter; nothing is shared while a unit is read. Whatever a unit
//! could not read, for whatever reason, is left unmarked, and is tried again one by one through
//! [`super::reader`]; what then remains is reported as damage. Nothing is lost on the way.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::bits::{Bits, SharedBits};
use super::damage::Damage;
use super::family::Worker;
use super::pack::Pack;
use super::pack::delta::{Extent, Trail};
use super::store::Store;
use super::units;
use crate::model::{Control, ObjectKind};

/// Where an object's bytes come from.
#[derive(Clone, Copy)]
pub(crate) enum Origin<'a, C> {
    /// It is stored whole, or nothing is known of its base.
    Whole,
    /// It was made by a delta from a base that was visited just before.
    Delta {
        /// Which bytes were copied, and which are new.
        trail: &'a Trail,
        /// The delta itself.
        delta: &'a [u8],
        /// What the visitor carried over from the base.
        base: &'a C,
    },
}

/// What looks at the objects. One per thread.
pub(crate) trait Visit: Send {
    /// What is handed on to deltas against an object.
    type Carry: Send;

    /// Looks at a whole object.
    fn object(
        &mut self,
        number: u32,
        kind: ObjectKind,
        bytes: &[u8],
        origin: Origin<'_, Self::Carry>,
    ) -> Self::Carry;

    /// About how many bytes of memory a carry takes.
    fn weight(carry: &Self::Carry) -> u64 {
        let _ = carry;
        0
    }

    /// Work that looking at objects took since this was last asked, in bytes that are merely gone
    /// through.
    fn take_toll(&mut self) -> u64 {
        0
    }

    /// A large blob follows piece by piece.
    fn begin(&mut self, number: u32, kind: ObjectKind, size: u64);
    /// The next piece of it.
    fn piece(&mut self, bytes: &[u8]);
    /// Its end; `whole` is false if the rest could not be read.
    fn end(&mut self, whole: bool);

    /// What must be rebuilt of an object of `size` bytes that no delta hangs on, for
    /// [`Visit::glance`]. `None` if the visitor wants to see it whole.
    fn extent<'c>(&self, kind: ObjectKind, size: u64, base: &'c Self::Carry) -> Option<Extent<'c>> {
        let _ = (kind, size, base);
        None
    }

    /// Looks at an object of which only that was rebuilt, and at its delta; the rest of `bytes` is
    /// garbage. False if it must be shown whole after all, as if this had not been asked.
    fn glance(
        &mut self,
        number: u32,
        kind: ObjectKind,
        bytes: &[u8],
        (trail, delta): (&Trail, &[u8]),
        base: &Self::Carry,
    ) -> bool {
        let _ = (number, kind, bytes, trail, delta, base);
        false
    }
}

/// Packs with less than this together are promised a bound on memory.
const SMALL_LEN: u64 = 10_000_000;

/// Bounds of a walk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Largest object that is held whole, in bytes.
    pub(crate) object_size_max: u64,
    /// Most bytes all objects together may have, and the work of scanning them counted in such bytes:
    /// hostile packs can describe petabytes.
    pub(crate) work_max: u64,
}

impl Bounds {
    /// Bounds that fit a repository: a small one is promised a bound on memory and time, whatever it
    /// holds, and its larger blobs are read piece by piece; a large one gets what it needs. 512 MiB
    /// is git's `core.bigFileThreshold`: git makes no deltas of larger files,
    /// so no clone that git made has an object above it that must be held whole.
    pub(crate) fn for_store(store: &Store, object_size_max: Option<u64>) -> Bounds {
        Bounds::of(store.pack_bytes(), object_size_max)
    }

    /// The same, given how many bytes all packs have.
    pub(crate) fn of(packs: u64, object_size_max: Option<u64>) -> Bounds {
        Bounds {
            object_size_max: object_size_max.unwrap_or_else(|| match packs {
                0..SMALL_LEN => 96 << 20,
                _ => packs.saturating_mul(8).clamp(512 << 20, 2 << 30),
            }),
            work_max: packs.saturating_mul(4096).max(32 << 30),
        }
    }
}

/// Some kinds of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    /// What has content of its own: everything but trees.
    pub(crate) const CONTENTS: Kinds = Kinds(!(1 << ObjectKind::Tree as u8));
    /// Commits and tags.
    pub(crate) const HISTORY: Kinds =
        Kinds(1 << ObjectKind::Commit as u8 | 1 << ObjectKind::Tag as u8);
    /// Trees.
    pub(crate) const TREES: Kinds = Kinds(1 << ObjectKind::Tree as u8);

    pub(crate) fn include(self, kind: ObjectKind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }
}

/// What to read.
pub(crate) struct WalkPlan<'a> {
    pub(crate) store: &'a Store,
    /// Only objects of these kinds.
    pub(crate) kinds: Kinds,
    /// Objects that another pass put aside: only these loose objects are read, and these packed
    /// ones whatever kind their pack says they are. `None` for a first pass: all loose objects.
    pub(crate) aside: Option<&'a [u32]>,
    /// Only these numbers.
    pub(crate) wanted: Option<&'a Bits>,
    pub(crate) bounds: Bounds,
    /// Families are not cut into parts cheaper than this: see [`units::PART_BYTES_MIN`].
    pub(crate) part_cost_min: u64,
    pub(crate) control: &'a Control,
}

/// What came of it.
pub(crate) struct Walked<V> {
    pub(crate) visitors: Vec<V>,
    /// Objects that turned out to be of other kinds than were asked for, ascending.
    pub(crate) aside: Vec<u32>,
    /// Objects that could not be read, by number, ascending.
    pub(crate) damaged: Vec<(u32, Damage)>,
    /// Objects of which one copy has another content than its name says, and another copy was
    /// read: perhaps an index lies.
    pub(crate) doubted: Vec<u32>,
}

/// State that all workers share.
pub(super) struct Shared<'a> {
    pub(super) plan: &'a WalkPlan<'a>,
    pub(super) visited: SharedBits,
    pub(super) damages: Mutex<HashMap<u32, Damage>>,
    pub(super) aside: Mutex<Vec<u32>>,
    /// Held by the one worker that may use large buffers.
    pub(super) large_lane: Mutex<()>,
    pub(super) produced: AtomicU64,
    /// For each pack how many wanted entries each subtree holds; empty if all are wanted.
    pub(super) weights: Vec<Vec<u32>>,
    /// For each pack how many children entries keep whose family was split.
    kept: Vec<HashMap<u32, usize>>,
}

impl Shared<'_> {
    /// How many children of an entry belong to its own unit.
    pub(super) fn children_here(&self, pack: &Pack, entry: u32) -> usize {
        let kept = self.kept.get(pack.number as usize);
        let kept = kept.filter(|kept| !kept.is_empty());
        kept.and_then(|kept| kept.get(&entry).copied())
            .unwrap_or_else(|| pack.forest.children(entry).len())
    }

    /// True if the object must be visited under this number.
    pub(super) fn is_wanted(&self, number: u32) -> bool {
        self.plan.store.in_use(number)
            && self
                .plan
                .wanted
                .is_none_or(|wanted| wanted.contains(number))
    }

    /// Remembers an object that turned out to be of another kind.
    pub(super) fn put_aside(&self, number: u32) {
        let mut others = self
            .aside
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        others.push(number);
    }

    pub(super) fn damage(&self, number: u32, damage: Damage) {
        let mut damages = self
            .damages
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        damages.entry(number).or_insert(damage);
    }
}

/// Reads everything the plan asks for. Runs on the current rayon pool, one worker a thread.
pub(crate) fn walk<V: Visit>(plan: &WalkPlan<'_>, make: impl Fn() -> V + Sync) -> Walked<V> {
    let store = plan.store;
    let filtered = plan.wanted.is_some() || store.has_spares();
    let mut shared = Shared {
        plan,
        visited: SharedBits::new(store.total() as usize),
        damages: Mutex::default(),
        aside: Mutex::default(),
        large_lane: Mutex::default(),
        produced: AtomicU64::new(0),
        weights: Vec::new(),
        kept: Vec::new(),
    };
    if filtered {
        shared.weights = (0..store.packs.len() as u32)
            .map(|pack| weights(&shared, pack))
            .collect();
    }
    let mut units = units::units(&shared);
    shared.kept = units::split_giants(store, &mut units, plan.part_cost_min);
    let next = AtomicUsize::new(0);
    let mut visitors = rayon::broadcast(|_| {
        let mut worker = Worker::new(&shared, make());
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            if plan.control.check_clock().is_some() {
                break;
            }
            if catch_unwind(AssertUnwindSafe(|| worker.unit(unit))).is_err() {
                worker.recover();
            }
        }
        worker.into_visitor()
    });
    if plan.control.stopped().is_none() {
        retry(&shared, &mut visitors);
    }
    let reasons = shared.damages.into_inner();
    let (overruled, mut damaged): (Vec<_>, Vec<_>) = reasons
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .into_iter()
        .partition(|(number, _)| shared.visited.contains(*number));
    damaged.sort_unstable_by_key(|(number, _)| *number);
    let doubted = overruled.into_iter();
    let doubted = doubted.filter(|(_, reason)| *reason == Damage::Hash);
    let mut aside = shared
        .aside
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    aside.sort_unstable();
    Walked {
        visitors,
        aside,
        damaged,
        doubted: doubted.map(|(number, _)| number).collect(),
    }
}

fn weights(shared: &Shared<'_>, pack: u32) -> Vec<u32> {
    let store = shared.plan.store;
    let forest = &store.packs[pack as usize].forest;
    forest.weights(&forest.top_down(), |entry| {
        shared.is_wanted(store.number(pack, entry))
    })
}

/// Tries everything that was left, object by object.
fn retry<V: Visit>(shared: &Shared<'_>, visitors: &mut [V]) {
    let Some(visitor) = visitors.first_mut() else {
        return;
    };
    let store = shared.plan.store;
    let is_left = |n: &u32| {
        shared.is_wanted(*n) && !shared.visited.contains(*n) && shared.may_be_asked_for(*n)
    };
    if !(0..store.total()).any(|n| is_left(&n)) {
        return;
    }
    // Bases first: what hangs on them is read along with them.
    let bases_first = (0..store.packs.len() as u32).flat_map(|pack| {
        let entries = store.packs[pack as usize].forest.top_down();
        entries
            .into_iter()
            .map(move |entry| store.number(pack, entry))
    });
    let left = bases_first.chain(0..store.total()).filter(is_left);
    let mut worker = Worker::new(shared, visitor);
    for number in left {
        if shared.plan.control.check_clock().is_some() {
            return;
        }
        if catch_unwind(AssertUnwindSafe(|| worker.single(number))).is_err() {
            worker.recover();
        }
    }
}

impl Shared<'_> {
    /// False if the object is known to be of a kind, or in a place, that the plan leaves out.
    fn may_be_asked_for(&self, number: u32) -> bool {
        use super::store::Copy;
        let aside = self
            .plan
            .aside
            .map(|aside| aside.binary_search(&number).is_ok());
        match self.plan.store.copy(number) {
            Copy::Packed { pack, entry } => {
                let kind = self.plan.store.packs[pack as usize].forest.kind(entry);
                // Of unknown kinds the first pass has put aside what it did not read.
                aside.unwrap_or(kind.is_none())
                    || kind.is_some_and(|kind| self.plan.kinds.include(kind))
            }
            Copy::Loose(_) => aside.unwrap_or(true),
        }
    }
}

impl<V: Visit> Visit for &mut V {
    type Carry = V::Carry;

    fn object(
        &mut self,
        number: u32,
        kind: ObjectKind,
        bytes: &[u8],
        origin: Origin<'_, V::Carry>,
    ) -> V::Carry {
        (**self).object(number, kind, bytes, origin)
    }
    fn weight(carry: &V::Carry) -> u64 {
        V::weight(carry)
    }
    fn take_toll(&mut self) -> u64 {
        (**self).take_toll()
    }
    fn begin(&mut self, number: u32, kind: ObjectKind, size: u64) {
        (**self).begin(number, kind, size);
    }
    fn piece(&mut self, bytes: &[u8]) {
        (**self).piece(bytes);
    }
    fn end(&mut self, whole: bool) {
        (**self).end(whole);
    }
    fn extent<'c>(&self, kind: ObjectKind, size: u64, base: &'c V::Carry) -> Option<Extent<'c>> {
        (**self).extent(kind, size, base)
    }
    fn glance(
        &mut self,
        number: u32,
        kind: ObjectKind,
        bytes: &[u8],
        made: (&Trail, &[u8]),
        base: &V::Carry,
    ) -> bool {
        (**self).glance(number, kind, bytes, made, base)
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "walk_damage_tests.rs"]
mod damage_tests;

#[cfg(test)]
#[path = "bounds_tests.rs"]
mod bounds_tests;
