//! Reading entries of packs one at a time into buffers of their own: for what is not read in
//! storage order.

use super::header::{EntryKind, Header};
use super::inflate::{Inflate, OneShot};
use super::window::Window;
use super::{Pack, delta};
use crate::git::damage::Damage;
use crate::model::ObjectKind;

/// Reads entries. One per thread.
pub(crate) struct Unpacker {
    size_max: u64,
    window: Window,
    inflate: OneShot,
    delta: Vec<u8>,
}

impl Unpacker {
    /// One that refuses what would be larger than `size_max` bytes.
    pub(crate) fn new(size_max: u64) -> Unpacker {
        Unpacker {
            size_max,
            window: Window::default(),
            inflate: OneShot::default(),
            delta: Vec::new(),
        }
    }

    /// Parses an entry's header.
    pub(crate) fn header(&mut self, pack: &Pack, entry: u32) -> Result<Header, Damage> {
        pack.header(entry, &mut self.window)
    }

    /// Inflates an entry that is a whole object.
    pub(crate) fn whole(
        &mut self,
        pack: &Pack,
        entry: u32,
    ) -> Result<(ObjectKind, Vec<u8>), Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        let EntryKind::Whole(kind) = header.kind else {
            return Err(Damage::Header("it is a delta"));
        };
        let mut bytes = buffer(header.size, self.size_max)?;
        self.inflate.inflate(data, &mut bytes)?;
        self.window.shrink();
        Ok((kind, bytes))
    }

    /// Applies an entry that is a delta to the object it was made for.
    pub(crate) fn derive(
        &mut self,
        pack: &Pack,
        entry: u32,
        base: &[u8],
    ) -> Result<Vec<u8>, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        self.delta = buffer(header.size, self.size_max)?;
        self.inflate.inflate(data, &mut self.delta)?;
        self.window.shrink();
        let sizes = delta::sizes(&self.delta)?;
        if sizes.base != base.len() as u64 {
            return Err(Damage::Delta("it was made for a base of another size"));
        }
        if delta::produced(&self.delta, &sizes)? != sizes.result {
            return Err(Damage::Delta("it does not produce what it declares"));
        }
        let mut bytes = buffer(sizes.result, self.size_max)?;
        let mut trail = delta::Trail::default();
        delta::apply(base, &self.delta, &sizes, &mut bytes, &mut trail)?;
        Ok(bytes)
    }
}

fn buffer(size: u64, limit: u64) -> Result<Vec<u8>, Damage> {
    if size > limit {
        return Err(Damage::TooLarge { size, limit });
    }
    Ok(vec![0; size as usize])
}
