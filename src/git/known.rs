//! What earlier sweeps know: leaving out objects that were read before, and saying of this sweep's
//! objects which of them the next one may leave out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use rayon::prelude::*;

use super::bits::Bits;
use super::damage::Damage;
use super::objects::Objects;
use super::pack::window::Window;
use super::partial::{self, Row};
use super::source::Read;
use super::store::Copy;
use super::tips::Tips;
use crate::model::{ObjectId, ObjectKind};

/// Entries that take more room in their pack are read again rather than checked in one piece.
const CHECK_LEN_MAX: u64 = 16 << 20;
/// Entries that one task checks.
const CHUNK_LEN: usize = 4096;

/// What is known of objects that earlier sweeps read.
#[derive(Default)]
pub(crate) struct Known {
    /// Kinds by number, [`UNKNOWN`] for what is new.
    kinds: Vec<u8>,
}

/// No kind: see [`Known::kinds`].
const UNKNOWN: u8 = u8::MAX;

impl Known {
    /// The kind of an object that was read before.
    fn kind(&self, number: u32) -> Option<ObjectKind> {
        ObjectKind::ALL
            .get(usize::from(*self.kinds.get(number as usize)?))
            .copied()
    }
}

/// Where the bytes are still the ones that were read.
#[derive(Default)]
pub(crate) struct Untouched {
    pub(crate) packs: HashSet<PathBuf>,
    /// Ascending.
    pub(crate) loose: Vec<ObjectId>,
}

impl Untouched {
    /// True if this loose object is what it was.
    pub(crate) fn has_loose(&self, id: &ObjectId) -> bool {
        self.loose.binary_search(id).is_ok()
    }
}

/// What is left out of a sweep.
#[derive(Default)]
pub(crate) struct LeftOut {
    /// Numbers and kinds.
    pub(crate) objects: Vec<(u32, ObjectKind)>,
    /// What was known, whether or not it was left out.
    known: Known,
}

/// What was read of a repository, for the next sweep.
pub(crate) struct Census {
    /// Objects that were read and were not known, in no order.
    pub(crate) new: Vec<(ObjectId, ObjectKind)>,
    /// Objects that were read although they are known.
    pub(crate) again: Vec<(ObjectId, ObjectKind)>,
    /// True if no object could not be read.
    pub(crate) is_whole: bool,
}

impl Objects {
    /// Finds objects by name. The second answer is true if all of them are here.
    pub(crate) fn find_all<'i>(
        &self,
        names: impl Iterator<Item = (&'i [u8], ObjectKind)>,
    ) -> (Known, bool) {
        let mut kinds = vec![UNKNOWN; self.store().total() as usize];
        let mut all = true;
        for (name, kind) in names {
            match self.store().find(name) {
                Some(number) => kinds[number as usize] = kind as u8,
                None => all = false,
            }
        }
        (Known { kinds }, all)
    }

    /// What is known of each object, asked one by one: for few objects.
    pub(crate) fn ask(&self, kind: impl Fn(&[u8]) -> Option<ObjectKind>) -> Known {
        let store = self.store();
        let kinds = (0..store.total()).map(|number| {
            let kind = kind(store.raw_id(number)).filter(|_| store.in_use(number));
            kind.map_or(UNKNOWN, |kind| kind as u8)
        });
        Known {
            kinds: kinds.collect(),
        }
    }

    /// The kind of an object that was read before.
    pub(crate) fn known_kind(&self, id: &ObjectId, left_out: &LeftOut) -> Option<ObjectKind> {
        left_out.known.kind(self.number(id)?)
    }

    /// True if an object of this name was opened.
    pub(crate) fn has(&self, id: &ObjectId) -> bool {
        self.number(id).is_some()
    }

    /// Leaves out objects that are known, unless they are `marked`, or of a kind that `kinds` does
    /// not let be left out, or lie where the bytes may be others by now and cannot be checked.
    pub(crate) fn leave_out(
        &mut self,
        known: Known,
        untouched: &Untouched,
        marked: &HashSet<ObjectId>,
        kinds: impl Fn(ObjectKind) -> bool,
    ) -> LeftOut {
        let store = self.store();
        let is_wanted = |n: &u32| {
            store.in_use(*n)
                && self
                    .wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(*n))
        };
        let wanted: Vec<u32> = (0..store.total()).filter(is_wanted).collect();
        let mut out = Vec::new();
        let mut doubtful: BTreeMap<u32, Vec<(u32, ObjectKind)>> = BTreeMap::new();
        for number in &wanted {
            let Some(kind) = known.kind(*number).filter(|kind| kinds(*kind)) else {
                continue;
            };
            if !marked.is_empty() && marked.contains(&store.id(*number)) {
                continue;
            }
            match store.copy(*number) {
                Copy::Packed { pack, .. } => {
                    let path = &store.packs[pack as usize].path;
                    if untouched.packs.contains(path) {
                        out.push((*number, kind));
                    } else {
                        doubtful.entry(pack).or_default().push((*number, kind));
                    }
                }
                Copy::Loose(_) if untouched.has_loose(&store.id(*number)) => {
                    out.push((*number, kind));
                }
                Copy::Loose(_) => {}
            }
        }
        for (pack, numbers) in doubtful {
            out.extend(self.intact(pack, &numbers));
        }
        let mut kept = Bits::new(store.total() as usize);
        let mut is_out = Bits::new(store.total() as usize);
        for (number, _) in &out {
            is_out.insert(*number);
        }
        for number in wanted.into_iter().filter(|n| !is_out.contains(*n)) {
            kept.insert(number);
        }
        self.wanted = Some(kept);
        LeftOut {
            objects: out,
            known,
        }
    }

    /// Of some entries of a pack those whose bytes have the checksum that its index gives.
    fn intact(&self, pack: u32, numbers: &[(u32, ObjectKind)]) -> Vec<(u32, ObjectKind)> {
        let store = self.store();
        let first = store.number(pack, 0);
        let pack = &store.packs[pack as usize];
        if pack.crcs.is_empty() {
            return Vec::new();
        }
        let chunks = numbers.par_chunks(CHUNK_LEN).map(|chunk| {
            let mut window = Window::default();
            let mut is_intact = |number: u32| {
                let entry = number - first;
                pack.entry_len(entry) <= CHECK_LEN_MAX && pack.entry(entry, &mut window).is_ok()
            };
            let intact = chunk.iter().filter(|(number, _)| is_intact(*number));
            intact.copied().collect::<Vec<_>>()
        });
        chunks.collect::<Vec<_>>().concat()
    }

    /// True if all that was read can be followed: nothing is damaged or malformed, and no history
    /// is cut off. Things may be missing.
    pub(crate) fn is_sound<S>(&self, read: &Read<S>, tips: &Tips) -> bool {
        for tip in tips.in_scope() {
            self.absent().resolve(self.store(), &tip.id, None);
        }
        read.gaps.is_empty() && self.is_followed(read)
    }

    /// The same of the objects alone.
    pub(crate) fn is_followed<S>(&self, read: &Read<S>) -> bool {
        let followed = read.structure.malformed.is_empty() && !read.edges.cut;
        let is_all = self.absent().cut().is_none() && !self.is_shallow();
        followed && is_all && read.damaged.is_empty() && !self.store().has_foreign()
    }

    /// What was read. `None` if the kind of something cannot be told.
    pub(crate) fn census<S>(&self, read: &Read<S>, left_out: &LeftOut) -> Option<Census> {
        let store = self.store();
        let loose: HashMap<u32, ObjectKind> = read.loose.iter().copied().collect();
        let (mut new, mut again) = (Vec::new(), Vec::new());
        let is_wanted = |n: &u32| {
            store.in_use(*n)
                && self
                    .wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(*n))
        };
        for number in (0..store.total()).filter(is_wanted) {
            if read
                .damaged
                .binary_search_by_key(&number, |(n, _)| *n)
                .is_ok()
            {
                continue;
            }
            let kind = match store.copy(number) {
                Copy::Packed { pack, entry } => store.packs[pack as usize].forest.kind(entry)?,
                Copy::Loose(number) => *loose.get(&number)?,
            };
            let list = match left_out.known.kind(number) {
                Some(_) => &mut again,
                None => &mut new,
            };
            list.push((store.id(number), kind));
        }
        let is_whole = read.damaged.is_empty();
        if is_whole && read.coverage.read() != (new.len() + again.len()) as u64 {
            return None;
        }
        Some(Census {
            new,
            again,
            is_whole,
        })
    }

    /// The names of what was left out.
    pub(crate) fn names<'o>(
        &'o self,
        left_out: &'o LeftOut,
    ) -> impl Iterator<Item = (ObjectId, ObjectKind)> + 'o {
        let named = |(number, kind): &(u32, ObjectKind)| (self.store().id(*number), *kind);
        left_out.objects.iter().map(named)
    }

    /// True if something that was left out is a delta, near or far, against what turned out to be
    /// damaged: whether it can still be read nobody has seen. Costs nothing where nothing is damaged.
    pub(crate) fn is_left_out_above_damage<S>(&self, read: &Read<S>, left_out: &LeftOut) -> bool {
        if read.damaged.is_empty() || left_out.objects.is_empty() {
            return false;
        }
        let store = self.store();
        let mut is_out = Bits::new(store.total() as usize);
        for (number, _) in &left_out.objects {
            is_out.insert(*number);
        }
        let mut seen = HashSet::new();
        let damaged = read.damaged.iter();
        let mut copies: Vec<Copy> = damaged.flat_map(|(n, _)| store.copies(*n)).collect();
        while let Some(copy) = copies.pop() {
            let Copy::Packed { pack, entry } = copy else {
                continue;
            };
            if !seen.insert((pack, entry)) {
                continue;
            }
            for child in store.packs[pack as usize].forest.children(entry) {
                if is_out.contains(store.number(pack, *child)) {
                    return true;
                }
                copies.push(Copy::Packed {
                    pack,
                    entry: *child,
                });
            }
        }
        false
    }

    /// True if objects could not be read for a reason that says nothing of the next time, or a
    /// lying index may have mixed up names.
    pub(crate) fn is_doubtful<S>(read: &Read<S>) -> bool {
        let internal = |damage: &Damage| matches!(damage.root(), Damage::Internal(_));
        !read.doubted.is_empty() || read.damaged.iter().any(|(_, damage)| internal(damage))
    }

    /// The entries of packs that these objects consist of.
    pub(crate) fn rows(&self, ids: impl Iterator<Item = ObjectId>) -> BTreeMap<PathBuf, Vec<Row>> {
        partial::rows(self.store(), ids.filter_map(|id| self.number(&id)))
    }
}
