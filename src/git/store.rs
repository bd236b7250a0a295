//! All objects of a repository, each under one number: packs first, then loose objects.
//!
//! The same object may lie in several places. One of them is its number; the others are kept as
//! spare copies, for when that one is damaged.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::OnceLock;

use super::bits::Bits;
use super::listing::{Closed, PackAt};
use super::loose;
use super::pack::Pack;
use super::pack::forest::Forest;
use super::pack::open::{self, Opened};
use super::repo::ObjectDir;
use super::slots::Slots;
use crate::model::{Control, Gap, GapKind, HashKind, ObjectId};

/// No object has this number.
pub(crate) const NONE: u32 = u32::MAX;

/// Where a copy of an object lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Copy {
    /// An entry of a pack.
    Packed { pack: u32, entry: u32 },
    /// A loose object, by its number.
    Loose(u32),
}

/// The object store.
pub(crate) struct Store {
    pub(crate) hash: HashKind,
    pub(crate) packs: Vec<Pack>,
    /// True for each pack that lies in an alternate.
    pack_is_foreign: Vec<bool>,
    /// The number of the first entry of each pack; then that of the first loose object.
    pub(super) firsts: Vec<u32>,
    pub(super) dirs: Vec<ObjectDir>,
    /// For each loose object the directory it lies in.
    pub(super) loose_dir_of: Vec<u16>,
    /// Raw names by number.
    pub(super) ids: Vec<u8>,
    /// Hash table from names to numbers.
    slots: Slots,
    /// Numbers that are spare copies of another number.
    spares: Bits,
    /// From the number in use to its spare copies.
    copies: HashMap<u32, Vec<u32>>,
    /// How many distinct objects there are.
    pub(crate) distinct: u32,
    pub(super) closed: Closed,
    /// The same directories, opened once more.
    pub(super) again: OnceLock<Option<Box<Store>>>,
}

impl Store {
    pub(super) fn empty(hash: HashKind, dirs: &[ObjectDir]) -> Store {
        Store {
            hash,
            packs: Vec::new(),
            pack_is_foreign: Vec::new(),
            firsts: Vec::new(),
            dirs: dirs.to_vec(),
            loose_dir_of: Vec::new(),
            ids: Vec::new(),
            slots: Slots::new(0),
            spares: Bits::default(),
            copies: HashMap::new(),
            distinct: 0,
            closed: Closed::default(),
            again: OnceLock::new(),
        }
    }

    pub(super) fn add_pack(&mut self, opened: Opened, at: &PackAt, gaps: &mut Vec<Gap>) {
        if self.ids.len() / self.hash.len() + opened.pack.offsets.len() >= NONE as usize {
            let detail = "the repository has more objects than 32 bits can number";
            gaps.push(Gap::of_path(GapKind::TooLarge, &at.path, detail));
            return;
        }
        self.firsts.push(self.total());
        if self.ids.is_empty() {
            self.ids = opened.ids;
        } else {
            self.ids.extend_from_slice(&opened.ids);
        }
        self.packs.push(opened.pack);
        self.pack_is_foreign.push(at.foreign);
    }

    /// Numbers in use, spare copies included.
    pub(crate) fn total(&self) -> u32 {
        (self.ids.len() / self.hash.len()) as u32
    }

    pub(super) fn index(&mut self) {
        let total = self.total();
        self.slots = Slots::new(total);
        self.spares = Bits::new(total as usize);
        for number in 0..total {
            let raw = self.raw_id(number);
            if raw.iter().all(|b| *b == 0) {
                // Nobody knows this entry's name: nothing to find it by.
                self.spares.insert(number);
                continue;
            }
            let mut probe = self.slots.probe(raw);
            let known = std::iter::from_fn(|| self.slots.next(&mut probe))
                .find(|other| self.raw_id(*other) == raw);
            if let Some(other) = known {
                self.spares.insert(number);
                self.copies.entry(other).or_default().push(number);
            } else {
                self.slots.put(&probe, number);
                self.distinct += 1;
            }
        }
    }

    /// Reads all entry headers and links deltas to their bases.
    pub(super) fn link(&mut self) {
        for pack in 0..self.packs.len() {
            let (first, len) = (self.firsts[pack], self.packs[pack].len());
            let here = |number: u32| {
                (first..first + len)
                    .contains(&number)
                    .then(|| number - first)
            };
            let forest = Forest::build(&self.packs[pack], |id| {
                let number = self.find(id.as_bytes())?;
                here(number).or_else(|| {
                    self.copies
                        .get(&number)?
                        .iter()
                        .find_map(|spare| here(*spare))
                })
            });
            self.packs[pack].forest = forest;
        }
    }

    /// The raw name of an object.
    #[inline]
    pub(crate) fn raw_id(&self, number: u32) -> &[u8] {
        let h = self.hash.len();
        &self.ids[number as usize * h..number as usize * h + h]
    }

    /// The name of an object.
    pub(crate) fn id(&self, number: u32) -> ObjectId {
        ObjectId::from_bytes(self.raw_id(number)).expect("names have the length of their hash")
    }

    /// The number of the object with this raw name.
    #[inline]
    pub(crate) fn find(&self, raw: &[u8]) -> Option<u32> {
        // With the length known the comparison is a few instructions; this runs for every entry
        // that a tree has new.
        match self.hash {
            HashKind::Sha1 => self.find_sized::<20>(raw.try_into().ok()?),
            HashKind::Sha256 => self.find_sized::<32>(raw.try_into().ok()?),
        }
    }

    /// The same for names in objects, of which there are millions: at most one read that misses the
    /// cache. See [`Slots::is_believed`].
    #[inline]
    pub(crate) fn look_up(&self, raw: &[u8]) -> Option<u32> {
        if !self.slots.is_believed() {
            return self.find(raw);
        }
        let mut probe = self.slots.probe(raw);
        self.slots.next(&mut probe)
    }

    #[inline]
    fn find_sized<const N: usize>(&self, raw: &[u8; N]) -> Option<u32> {
        let ids = self.ids.as_chunks::<N>().0;
        let mut probe = self.slots.probe(raw);
        std::iter::from_fn(|| self.slots.next(&mut probe))
            .find(|number| ids[*number as usize] == *raw)
    }

    /// True if a number is not a spare copy of another.
    pub(crate) fn in_use(&self, number: u32) -> bool {
        !self.spares.contains(number)
    }

    /// True if an object lies in more than one place.
    pub(crate) fn has_copies(&self, number: u32) -> bool {
        self.copies.contains_key(&number)
    }

    /// True if there is any spare copy at all.
    pub(crate) fn has_spares(&self) -> bool {
        self.distinct < self.total()
    }

    /// Where the copy with this number lies.
    pub(crate) fn copy(&self, number: u32) -> Copy {
        let at = self.firsts.partition_point(|first| *first <= number) - 1;
        match at {
            pack if pack < self.packs.len() => Copy::Packed {
                pack: pack as u32,
                entry: number - self.firsts[at],
            },
            _ => Copy::Loose(number),
        }
    }

    /// All copies of an object, the one in use first.
    pub(crate) fn copies(&self, number: u32) -> impl Iterator<Item = Copy> + '_ {
        let spares = self.copies.get(&number).map_or(&[][..], Vec::as_slice);
        std::iter::once(number)
            .chain(spares.iter().copied())
            .map(|n| self.copy(n))
    }

    /// The number of an entry of a pack; perhaps that of a spare copy.
    pub(crate) fn number(&self, pack: u32, entry: u32) -> u32 {
        self.firsts[pack as usize] + entry
    }

    /// The numbers of loose objects.
    pub(crate) fn loose(&self) -> std::ops::Range<u32> {
        self.firsts.last().copied().unwrap_or(0)..self.total()
    }

    /// The file of a loose object.
    pub(crate) fn loose_path(&self, number: u32) -> PathBuf {
        let dir = self.loose_dir_of[(number - self.loose().start) as usize];
        loose::path(&self.dirs[usize::from(dir)].path, &self.id(number))
    }

    /// True if no copy of an object lies in this repository itself, only in alternates.
    pub(crate) fn is_foreign(&self, number: u32) -> bool {
        self.copies(number).all(|copy| self.copy_is_foreign(copy))
    }

    fn copy_is_foreign(&self, copy: Copy) -> bool {
        match copy {
            Copy::Packed { pack, .. } => self.pack_is_foreign[pack as usize],
            Copy::Loose(number) => {
                let dir = self.loose_dir_of[(number - self.loose().start) as usize];
                self.dirs[usize::from(dir)].foreign
            }
        }
    }

    /// True if an object that was not found may lie where nothing could be opened.
    pub(crate) fn may_be_closed(&self, id: &ObjectId) -> bool {
        self.closed.may_hold(id)
    }

    /// True if there are alternates with objects in them.
    pub(crate) fn has_foreign(&self) -> bool {
        self.pack_is_foreign.contains(&true)
            || self
                .loose_dir_of
                .iter()
                .any(|d| self.dirs[usize::from(*d)].foreign)
    }

    /// Packs that are intact although objects of them cannot be read as their index says: the
    /// index lies.
    pub(crate) fn lying_indexes(
        &self,
        damaged: impl Iterator<Item = u32>,
        control: &Control,
    ) -> BTreeSet<PathBuf> {
        let packs: BTreeSet<u32> = damaged
            .filter_map(|number| match self.copy(number) {
                Copy::Packed { pack, .. } => Some(pack),
                Copy::Loose(_) => None,
            })
            .collect();
        let packs = packs.into_iter().map(|pack| &self.packs[pack as usize]);
        packs
            .filter(|pack| open::is_intact(pack, control).unwrap_or(false))
            .map(|pack| pack.path.clone())
            .collect()
    }

    /// Bytes of all packs.
    pub(crate) fn pack_bytes(&self) -> u64 {
        self.packs.iter().map(|pack| pack.end).sum()
    }
}
