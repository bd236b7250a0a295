//! Reading one object by its number, whatever it takes: along its delta chain, and through its
//! spare copies where a copy is damaged.
//!
//! The slow and certain way. Sweeps read in storage order ([`super::walk`]) and come here for
//! what is left, and for the few objects that a report needs by name.

use std::collections::HashSet;

use super::damage::Damage;
use super::hash;
use super::loose::Loose;
use super::pack::header::EntryKind;
use super::pack::inflate::{Inflate, OneShot};
use super::pack::window::Window;
use super::pack::{Pack, delta};
use super::store::{Copy, Store};
use crate::model::{ObjectId, ObjectKind};

/// Reads objects by number. One per thread.
pub(crate) struct ObjectReader<'s> {
    store: &'s Store,
    object_size_max: u64,
    /// Copies that turned out to be damaged, with the reason.
    bad: HashSet<Copy>,
    window: Window,
    inflate: OneShot,
    delta: Vec<u8>,
}

/// What stopped a chain: which copy, and why.
struct Broken(Copy, Damage);

/// A chain of deltas down to a whole object.
struct Chain {
    /// The deltas, the object that was asked for first.
    deltas: Vec<(u32, u32)>,
    whole: Copy,
}

impl<'s> ObjectReader<'s> {
    pub(crate) fn new(store: &'s Store, object_size_max: u64) -> ObjectReader<'s> {
        ObjectReader {
            store,
            object_size_max,
            bad: HashSet::new(),
            window: Window::default(),
            inflate: OneShot::default(),
            delta: Vec::new(),
        }
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

    /// The object with this number. Its name is checked against its content unless the entry's
    /// CRC-32 has vouched for it.
    pub(crate) fn read(&mut self, number: u32) -> Result<(ObjectKind, Vec<u8>), Damage> {
        let mut first_damage = None;
        loop {
            // Each failure marks one more copy as bad, so this ends.
            match self.attempt(number) {
                Ok(object) => return Ok(object),
                Err(Broken(copy, damage)) => {
                    let fatal = matches!(damage, Damage::TooLarge { .. });
                    let damage = first_damage.get_or_insert(damage);
                    if fatal || !self.bad.insert(copy) {
                        return Err(damage.clone());
                    }
                }
            }
        }
    }

    fn attempt(&mut self, number: u32) -> Result<(ObjectKind, Vec<u8>), Broken> {
        let asked = self.good_copy(number)?;
        let chain = self.chain(asked)?;
        let (kind, mut bytes) = self
            .whole(chain.whole)
            .map_err(|damage| Broken(chain.whole, damage))?;
        for (pack, entry) in chain.deltas.iter().rev() {
            let copy = Copy::Packed {
                pack: *pack,
                entry: *entry,
            };
            bytes = self
                .derive(&self.store.packs[*pack as usize], *entry, &bytes)
                .map_err(|damage| Broken(copy, damage))?;
        }
        let vouched = match asked {
            Copy::Packed { pack, .. } => {
                let sure = !self.store.packs[pack as usize].crcs.is_empty();
                sure && !self.store.has_copies(number)
            }
            Copy::Loose(_) => false,
        };
        if !vouched && hash::object_id(self.store.hash, kind, &bytes) != Some(self.store.id(number))
        {
            return Err(Broken(asked, Damage::Hash));
        }
        Ok((kind, bytes))
    }

    /// The first copy of an object that is not known to be bad.
    fn good_copy(&self, number: u32) -> Result<Copy, Broken> {
        let mut last = None;
        for copy in self.store.copies(number) {
            if !self.bad.contains(&copy) {
                return Ok(copy);
            }
            last = Some(copy);
        }
        Err(Broken(
            last.unwrap_or(Copy::Loose(number)),
            Damage::Io("all copies are damaged".to_owned()),
        ))
    }

    fn chain(&mut self, asked: Copy) -> Result<Chain, Broken> {
        let mut deltas = Vec::new();
        let mut seen = HashSet::new();
        let mut copy = asked;
        loop {
            let Copy::Packed { pack, entry } = copy else {
                return Ok(Chain {
                    deltas,
                    whole: copy,
                });
            };
            if !seen.insert(copy) {
                return Err(Broken(asked, Damage::Cycle));
            }
            let broken = |damage| Broken(copy, damage);
            let this = &self.store.packs[pack as usize];
            let header = this.header(entry, &mut self.window).map_err(broken)?;
            let base = match header.kind {
                EntryKind::Whole(_) => {
                    return Ok(Chain {
                        deltas,
                        whole: copy,
                    });
                }
                EntryKind::OfsDelta(distance) => {
                    let base = this.offsets[entry as usize]
                        .checked_sub(distance)
                        .and_then(|at| this.entry_at(at));
                    base.map(|entry| self.store.number(pack, entry))
                        .ok_or(broken(Damage::BaseOffset))?
                }
                EntryKind::RefDelta(id) => self
                    .store
                    .find(id.as_bytes())
                    .ok_or(broken(Damage::BaseMissing(id)))?,
            };
            deltas.push((pack, entry));
            copy = self
                .base_copy(base)
                .map_err(|Broken(_, damage)| Broken(copy, damage))?;
        }
    }

    /// The copy of a base to use: the very entry that was named if it is good, else another copy
    /// of the same object.
    fn base_copy(&self, number: u32) -> Result<Copy, Broken> {
        let named = self.store.copy(number);
        if !self.bad.contains(&named) {
            return Ok(named);
        }
        match self.store.find(self.store.raw_id(number)) {
            Some(in_use) => self.good_copy(in_use),
            None => Err(Broken(named, Damage::BaseOffset)),
        }
    }

    fn whole(&mut self, copy: Copy) -> Result<(ObjectKind, Vec<u8>), Damage> {
        match copy {
            Copy::Packed { pack, entry } => {
                let (header, data) =
                    self.store.packs[pack as usize].entry(entry, &mut self.window)?;
                let EntryKind::Whole(kind) = header.kind else {
                    return Err(Damage::Header("it is a delta"));
                };
                let mut bytes = buffer(header.size, self.object_size_max)?;
                self.inflate.inflate(data, &mut bytes)?;
                self.window.shrink();
                Ok((kind, bytes))
            }
            Copy::Loose(number) => {
                let mut loose = Loose::open(&self.store.loose_path(number))?;
                let kind = loose.kind;
                Ok((kind, read_loose(&mut loose, self.object_size_max)?))
            }
        }
    }

    fn derive(&mut self, pack: &Pack, entry: u32, base: &[u8]) -> Result<Vec<u8>, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        self.delta = buffer(header.size, self.object_size_max)?;
        self.inflate.inflate(data, &mut self.delta)?;
        let sizes = delta::sizes(&self.delta)?;
        let mut bytes = buffer(sizes.result, self.object_size_max)?;
        if delta::produced(&self.delta, &sizes)? != sizes.result {
            return Err(Damage::Delta("it does not produce what it declares"));
        }
        delta::apply(
            base,
            &self.delta,
            &sizes,
            &mut bytes,
            &mut delta::Trail::default(),
        )?;
        self.window.shrink();
        Ok(bytes)
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

fn buffer(size: u64, limit: u64) -> Result<Vec<u8>, Damage> {
    if size > limit {
        return Err(Damage::TooLarge { size, limit });
    }
    Ok(vec![0; size as usize])
}
