//! Packs, read as they lie: index → entry headers → delta forest → families.
//!
//! This is the engine's heart. It inflates each entry once, rebuilds each object once, and hands
//! it on in storage order, instead of looking objects up one by one.

pub(crate) mod chain;
pub(crate) mod delta;
pub(crate) mod flow;
pub(crate) mod forest;
pub(crate) mod handle;
pub(crate) mod header;
pub(crate) mod idx;
pub(crate) mod inflate;
mod instructions;
pub(crate) mod open;
pub(crate) mod rebuild;
pub(crate) mod seek;
pub(crate) mod unpack;
pub(crate) mod window;

use std::path::PathBuf;
use std::sync::Arc;

use crate::git::damage::Damage;
use crate::model::HashKind;
use forest::Forest;
use handle::PackFile;
use header::Header;
use inflate::INPUT_ROOM;
use window::Window;

/// Entries larger than this in the file are held against their declared size, in bytes.
const SUSPICIOUS_LEN: usize = 1 << 20;

/// An opened pack. Entries are numbered by their offset: entry 0 comes first in the file.
pub(crate) struct Pack {
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<PackFile>,
    pub(crate) hash: HashKind,
    /// Its number among all packs.
    pub(crate) number: u32,
    /// Where the entries end and the checksum begins.
    pub(crate) end: u64,
    /// Where each entry begins, ascending.
    pub(crate) offsets: Vec<u64>,
    /// CRC-32 of each entry; empty if the index has none: then every object is hashed. Those of a
    /// pack without a usable index were taken while its objects were hashed.
    pub(crate) crcs: Vec<u32>,
    pub(crate) forest: Forest,
}

/// The most bytes that so many can inflate to. Nothing is allocated for a size that no data can have.
/// A match makes 258 bytes of at least 2 bits. Source: RFC 1951, sections 3.2.5 and 3.2.6.
pub(in crate::git) fn inflated_max(len: usize) -> u64 {
    (len as u64).saturating_mul(258 * 4)
}

impl Pack {
    /// Number of entries.
    pub(crate) fn len(&self) -> u32 {
        self.offsets.len() as u32
    }

    /// Bytes of the file that entry `entry` occupies.
    pub(crate) fn entry_len(&self, entry: u32) -> u64 {
        let next = self
            .offsets
            .get(entry as usize + 1)
            .map_or(self.end, |next| (*next).min(self.end));
        next.saturating_sub(self.offsets[entry as usize])
    }

    /// The entry that begins at `offset`: the base of `delta`, which mostly lies not far in front of it.
    pub(super) fn base_at(&self, offset: u64, delta: u32) -> Option<u32> {
        let mut end = delta as usize;
        let mut step = 16;
        while let Some(start) = end.checked_sub(step) {
            if self.offsets[start] <= offset {
                let at = self.offsets[start..end].binary_search(&offset).ok()?;
                return Some((start + at) as u32);
            }
            end = start;
            step *= 4;
        }
        let at = self.offsets[..end].binary_search(&offset).ok()?;
        Some(at as u32)
    }

    /// True for a whole object above `len` bytes.
    pub(crate) fn is_large_whole(&self, entry: u32, len: u64) -> bool {
        let large = u64::from(self.forest.sizes[entry as usize]) > len;
        large && self.forest.bases[entry as usize] == forest::WHOLE
    }

    /// The same, and no delta hangs on it.
    pub(crate) fn is_lone_giant(&self, entry: u32, len: u64) -> bool {
        self.is_large_whole(entry, len) && self.forest.children(entry).is_empty()
    }

    /// Reads and parses an entry's header only.
    pub(crate) fn header(&self, entry: u32, window: &mut Window) -> Result<Header, Damage> {
        let len = self.entry_len(entry).min(header::HEADER_LEN_MAX as u64) as usize;
        let bytes = window.get(self.number, &self.file, self.offsets[entry as usize], len)?;
        header::parse(bytes, self.hash)
    }

    /// Reads an entry whole, checks its CRC-32 if there is one, and gives its header and its
    /// compressed data, behind which a few bytes of what follows in the pack may lie.
    pub(crate) fn entry<'w>(
        &self,
        entry: u32,
        window: &'w mut Window,
    ) -> Result<(Header, &'w [u8]), Damage> {
        let len = self.entry_len(entry);
        let len = usize::try_from(len).map_err(|_| Damage::Truncated)?;
        if len > SUSPICIOUS_LEN {
            // Deflate never makes data much larger: nothing is read, let alone held, for an entry
            // whose place in the file is out of proportion.
            let header = self.header(entry, window)?;
            let most = header.size.saturating_add(header.size / 64);
            if len as u64 > most.saturating_add(SUSPICIOUS_LEN as u64) {
                return Err(Damage::Inflate("it takes more room than its content could"));
            }
        }
        let offset = self.offsets[entry as usize];
        let roomy = window.get_more(self.number, &self.file, offset, (len, INPUT_ROOM))?;
        let bytes = roomy.get(..len).ok_or(Damage::Truncated)?;
        if let Some(expected) = self.crcs.get(entry as usize)
            && crc32fast::hash(bytes) != *expected
        {
            return Err(Damage::Crc);
        }
        let header = header::parse(bytes, self.hash)?;
        if header.size > inflated_max(bytes.len() - header.len) {
            return Err(Damage::Inflate("it is shorter than declared"));
        }
        Ok((header, &roomy[header.len..]))
    }
}
