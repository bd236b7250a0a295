//! Reading one object by its number, whatever it takes: along its delta chain, and through its
//! spare copies where a copy is damaged.
//!
//! The slow and certain way. Sweeps read in storage order ([`super::walk`]) and come here for
//! what is left, and for the few objects that a report needs by name. Every object that is read
//! here is hashed, bases included.
//!
//! No chain is followed twice: a copy that cannot be read is remembered with the reason, together
//! with all copies that need it, and bases stay at hand for a while.

use std::collections::{HashMap, HashSet};

use super::damage::Damage;
use super::hash;
use super::loose::Loose;
use super::pack::forest::{FAR, WHOLE};
use super::pack::header::EntryKind;
use super::pack::unpack::Unpacker;
use super::recent::Recent;
use super::store::{Copy, Store};
use super::walk::Bounds;
use super::work::Work;
use crate::model::{Control, ObjectId, ObjectKind};

/// Results above this leave no room for objects that are only kept in case they are needed.
const LARGE_LEN: usize = 16 << 20;

/// Reads objects by number. One per thread.
pub(crate) struct ObjectReader<'s> {
    store: &'s Store,
    object_size_max: u64,
    /// Copies that cannot be read, with the reason.
    bad: HashMap<Copy, Damage>,
    recent: Recent,
    unpacker: Unpacker,
    work: Work<'s>,
    control: Option<&'s Control>,
    /// Reads what was moved while the repository was read.
    again: Option<Box<ObjectReader<'s>>>,
}

/// One object of a chain, and the copy of it that is used.
#[derive(Clone, Copy)]
struct Link {
    number: u32,
    copy: Copy,
}

/// A chain of deltas, followed as far as it goes: the object that was asked for first.
#[derive(Default)]
struct Chain {
    links: Vec<Link>,
    members: HashSet<Copy>,
    /// Copies given up because their chain came back to itself. If another copy of something
    /// above them turns out to be good, they were given up too early.
    given_up: Vec<Copy>,
    is_cut: bool,
    is_turned: bool,
}

impl Chain {
    fn push(&mut self, link: Link) {
        self.members.insert(link.copy);
        self.links.push(link);
        self.is_turned |= self.is_cut;
    }

    fn pop(&mut self) -> Option<Link> {
        let link = self.links.pop()?;
        self.members.remove(&link.copy);
        Some(link)
    }
}

impl<'s> ObjectReader<'s> {
    pub(crate) fn new(store: &'s Store, object_size_max: u64) -> ObjectReader<'s> {
        let bounds = Bounds::for_store(store, Some(object_size_max));
        ObjectReader {
            store,
            object_size_max,
            bad: HashMap::new(),
            recent: Recent::default(),
            unpacker: Unpacker::new(object_size_max),
            work: Work::new(bounds.work_max, None),
            control: None,
            again: None,
        }
    }

    /// The same, producing at most `work_max` bytes in all, and only until it is asked to stop.
    pub(crate) fn under(mut self, work_max: u64, control: &'s Control) -> ObjectReader<'s> {
        self.work = Work::new(work_max, Some(control));
        self.control = Some(control);
        self
    }

    /// The object with this name; `None` if it is not in the store.
    pub(crate) fn read_id(
        &mut self,
        id: &ObjectId,
    ) -> Option<Result<(ObjectKind, Vec<u8>), Damage>> {
        self.store
            .find(id.as_bytes())
            .map(|number| self.read(number))
    }

    /// The object with this number. Its name is checked against its content.
    pub(crate) fn read(&mut self, number: u32) -> Result<(ObjectKind, Vec<u8>), Damage> {
        let mut chain = Chain::default();
        let result = self.read_along(number, &mut chain);
        if chain.is_turned {
            for copy in &chain.given_up {
                self.bad.remove(copy);
            }
        }
        match result {
            Err(damage) if *damage.root() == Damage::Vanished => {
                self.read_again(number).ok_or(damage)
            }
            other => other,
        }
    }

    /// Looks once more for an object whose file is gone: `git gc` may have packed it meanwhile.
    fn read_again(&mut self, number: u32) -> Option<(ObjectKind, Vec<u8>)> {
        let store = self.store.again(self.control)?;
        let (limit, control) = (self.object_size_max, self.control);
        let reader = self.again.get_or_insert_with(|| {
            let mut reader = ObjectReader::new(store, limit);
            reader.control = control;
            Box::new(reader)
        });
        reader.read_id(&self.store.id(number))?.ok()
    }

    fn read_along(
        &mut self,
        number: u32,
        chain: &mut Chain,
    ) -> Result<(ObjectKind, Vec<u8>), Damage> {
        let mut wanted = Some(number);
        loop {
            // Each failure gives up one more copy for good, so this ends.
            let (at, damage) = match self.descend(chain, wanted) {
                Ok(()) => match self.ascend(&chain.links) {
                    Ok(object) => return Ok(object),
                    Err(broken) => broken,
                },
                Err(damage) => (chain.links.len().saturating_sub(1), damage),
            };
            if matches!(damage, Damage::Work(_) | Damage::Stopped) {
                return Err(damage);
            }
            while chain.links.len() > at + 1 {
                chain.pop();
            }
            let Some(link) = chain.pop() else {
                return Err(damage);
            };
            if chain.is_cut {
                chain.given_up.push(link.copy);
            }
            self.bad.insert(link.copy, damage);
            wanted = Some(link.number);
        }
    }

    /// Follows a chain from its last link, or from `wanted`, down to something whole or at hand.
    /// An error is the reason why the last link cannot be read.
    fn descend(&mut self, chain: &mut Chain, mut wanted: Option<u32>) -> Result<(), Damage> {
        loop {
            let number = match (wanted.take(), chain.links.last()) {
                (Some(number), _) => number,
                (None, Some(link)) if self.recent.contains(self.in_use(link.number)) => {
                    return Ok(());
                }
                (None, Some(link)) => match self.base(link.copy)? {
                    Some(base) => base,
                    None => return Ok(()),
                },
                (None, None) => return Ok(()),
            };
            let copy = self.choose(number, chain).map_err(|damage| {
                chain.is_cut |= damage == Damage::Cycle;
                if chain.links.is_empty() {
                    damage
                } else {
                    damage.of_base(self.store.id(number))
                }
            })?;
            chain.push(Link { number, copy });
            self.work.spend(0)?;
        }
    }

    /// The copy to read an object from: the one that was named, else another one of the same
    /// object.
    fn choose(&self, number: u32, chain: &Chain) -> Result<Copy, Damage> {
        let named = self.store.copy(number);
        let others = self.store.copies(self.in_use(number));
        let mut is_circle = false;
        for copy in std::iter::once(named).chain(others) {
            if chain.members.contains(&copy) {
                is_circle = true;
            } else if !self.bad.contains_key(&copy) {
                return Ok(copy);
            }
        }
        Err(match self.bad.get(&named) {
            Some(damage) if !is_circle => damage.clone(),
            _ => Damage::Cycle,
        })
    }

    /// The number under which an object is found by its name.
    fn in_use(&self, number: u32) -> u32 {
        if self.store.in_use(number) {
            return number;
        }
        // An entry without a name is only itself.
        self.store.find(self.store.raw_id(number)).unwrap_or(number)
    }

    /// The base of a copy; `None` if it is whole.
    fn base(&mut self, copy: Copy) -> Result<Option<u32>, Damage> {
        let Copy::Packed { pack, entry } = copy else {
            return Ok(None);
        };
        let this = &self.store.packs[pack as usize];
        match this.forest.bases[entry as usize] {
            WHOLE => return Ok(None),
            FAR => {}
            base => return Ok(Some(self.store.number(pack, base))),
        }
        match self.unpacker.header(this, entry)?.kind {
            EntryKind::Whole(_) => Ok(None),
            EntryKind::OfsDelta(_) => Err(Damage::BaseOffset),
            EntryKind::RefDelta(id) => match self.store.find(id.as_bytes()) {
                Some(base) => Ok(Some(base)),
                None => Err(Damage::BaseMissing(id)),
            },
        }
    }

    /// Reads the objects of a chain from its end to its start. An error comes with the place of
    /// the link that cannot be read.
    fn ascend(&mut self, links: &[Link]) -> Result<(ObjectKind, Vec<u8>), (usize, Damage)> {
        let mut below: Option<(u32, ObjectKind, Vec<u8>)> = None;
        for (at, link) in links.iter().enumerate().rev() {
            let number = self.in_use(link.number);
            let (kind, bytes) = match below.take() {
                None => self.bottom(link, number).map_err(|damage| (at, damage))?,
                Some((base, kind, bytes)) => {
                    let derived = self.derive(link, kind, &bytes);
                    self.recent.put(base, kind, bytes);
                    (kind, derived.map_err(|damage| (at, damage))?)
                }
            };
            below = Some((number, kind, bytes));
        }
        let (_, kind, bytes) = below.expect("a chain that was descended has a link");
        Ok((kind, bytes))
    }

    /// The last object of a chain.
    fn bottom(&mut self, link: &Link, number: u32) -> Result<(ObjectKind, Vec<u8>), Damage> {
        if let Some(object) = self.recent.take(number) {
            return Ok(object);
        }
        let (kind, bytes) = match link.copy {
            Copy::Packed { pack, entry } => self
                .unpacker
                .whole(&self.store.packs[pack as usize], entry)?,
            Copy::Loose(number) => {
                let mut loose = Loose::open(&self.store.loose_path(number))?;
                let kind = loose.kind;
                (kind, read_loose(&mut loose, self.object_size_max)?)
            }
        };
        self.check(link, kind, &bytes)?;
        Ok((kind, bytes))
    }

    fn derive(&mut self, link: &Link, kind: ObjectKind, base: &[u8]) -> Result<Vec<u8>, Damage> {
        let Copy::Packed { pack, entry } = link.copy else {
            return Err(Damage::Header("it is no delta"));
        };
        if base.len() > LARGE_LEN {
            self.recent.clear();
        }
        let pack = &self.store.packs[pack as usize];
        let bytes = self.unpacker.derive(pack, entry, base)?;
        self.check(link, kind, &bytes)?;
        Ok(bytes)
    }

    /// Counts what was read, and checks that it has its name.
    fn check(&mut self, link: &Link, kind: ObjectKind, bytes: &[u8]) -> Result<(), Damage> {
        self.work.spend(bytes.len() as u64)?;
        let has_a_name = self.store.raw_id(link.number).iter().any(|b| *b != 0);
        let name = hash::object_id(self.store.hash, kind, bytes);
        if has_a_name && name != Some(self.store.id(link.number)) {
            return Err(Damage::Hash);
        }
        Ok(())
    }
}

/// Reads the rest of a loose object; memory grows as bytes arrive.
pub(crate) fn read_loose(loose: &mut Loose, limit: u64) -> Result<Vec<u8>, Damage> {
    if loose.size > limit {
        return Err(Damage::TooLarge {
            size: loose.size,
            limit,
        });
    }
    let mut bytes = Vec::new();
    let mut piece = vec![0; (loose.size as usize).clamp(64, 64 << 10)];
    loop {
        match loose.read(&mut piece)? {
            0 => return Ok(bytes),
            n => bytes.extend_from_slice(&piece[..n]),
        }
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
