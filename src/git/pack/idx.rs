//! Pack indexes, versions 1 and 2: the names, offsets and checksums of a pack's entries.
//!
//! An index is a claim, not the truth: its own checksum, its sizes, the order of its names and
//! the pack it belongs to are checked here; each entry's CRC-32 when the entry is read. A
//! multi-pack-index is not read at all: every pack it covers has an index of its own, and it can
//! send git astray.

use std::io::{self, Read};

use crate::git::hash;
use crate::model::{HashKind, ObjectId};

const MAGIC_V2: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
const FANOUT_LEN: usize = 256 * 4;
/// Bytes read at once.
const READ_LEN: u64 = 4 << 20;

/// What an index says, in its own order: by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Index {
    /// Raw names, one after the other, ascending.
    pub(crate) ids: Vec<u8>,
    /// Offsets into the pack.
    pub(crate) offsets: Vec<u64>,
    /// CRC-32 of each entry as it lies in the pack; version 1 has none.
    pub(crate) crcs: Option<Vec<u32>>,
    /// The checksum of the pack it was made for.
    pub(crate) pack_checksum: ObjectId,
}

/// Why an index cannot be used; the pack is then indexed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IndexError {
    #[error("it is cut short or has the wrong size")]
    Size,
    #[error("its checksum does not match")]
    Checksum,
    #[error("its names are not in order")]
    Order,
    #[error("it names an object with nothing but zeros, as no object is named")]
    Null,
    #[error("an offset is outside its table")]
    Offset,
}

fn be32(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().expect("four bytes"))
}

/// Reads the index of a pack with `count` objects. Names are looked at as they come, so that a
/// file which is nothing but a hole of any size costs no memory.
pub(crate) fn read(mut file: impl Read, hash: HashKind, count: u32) -> io::Result<Vec<u8>> {
    let refuse = |error: IndexError| io::Error::new(io::ErrorKind::InvalidData, error);
    let cap = 2048 + u64::from(count) * (hash.len() as u64 + 16);
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        let room = READ_LEN.min((cap + 1).saturating_sub(before as u64));
        let got = file.by_ref().take(room).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > cap {
            return Err(refuse(IndexError::Size));
        }
        if got == 0 {
            return Ok(bytes);
        }
        let (names, step) = if bytes.starts_with(&MAGIC_V2) {
            (MAGIC_V2.len() + FANOUT_LEN, hash.len())
        } else {
            (FANOUT_LEN, 4 + hash.len())
        };
        let Some(last) = bytes.get(names - 4..names).map(be32) else {
            continue;
        };
        if last != count {
            return Err(refuse(IndexError::Size));
        }
        let end = (names.saturating_add((count as usize).saturating_mul(step))).min(bytes.len());
        let from = before.saturating_sub(2 * step).max(names);
        let from = names + (from - names) / step * step;
        let rows = bytes.get(from..end).unwrap_or_default().chunks_exact(step);
        let at = step - hash.len();
        let mut pairs = rows.clone().zip(rows.skip(1));
        if pairs.any(|(a, b)| a[at..] >= b[at..]) {
            return Err(refuse(IndexError::Order));
        }
    }
}

impl Index {
    /// Parses a whole index file.
    pub(crate) fn parse(file: &[u8], hash: HashKind) -> Result<Index, IndexError> {
        let h = hash.len();
        let body = file.len().checked_sub(h).ok_or(IndexError::Size)?;
        if hash::digest(hash, &file[..body]).as_deref() != Some(&file[body..]) {
            return Err(IndexError::Checksum);
        }
        let index = if file.starts_with(&MAGIC_V2) {
            Self::v2(file, h)?
        } else {
            Self::v1(file, h)?
        };
        if index
            .ids
            .chunks_exact(h)
            .zip(index.ids.chunks_exact(h).skip(1))
            .any(|(a, b)| a >= b)
        {
            return Err(IndexError::Order);
        }
        // Elsewhere this stands for no name at all; the first one in order would be it.
        if index.ids.len() >= h && index.ids[..h].iter().all(|byte| *byte == 0) {
            return Err(IndexError::Null);
        }
        Ok(index)
    }

    fn v1(file: &[u8], h: usize) -> Result<Index, IndexError> {
        let count = count(file.get(..FANOUT_LEN).ok_or(IndexError::Size)?)?;
        let table = count.checked_mul(4 + h).ok_or(IndexError::Size)?;
        if file.len() != FANOUT_LEN + table + 2 * h {
            return Err(IndexError::Size);
        }
        let rows = file[FANOUT_LEN..FANOUT_LEN + table].chunks_exact(4 + h);
        Ok(Index {
            ids: rows.clone().flat_map(|row| &row[4..]).copied().collect(),
            offsets: rows.map(|row| u64::from(be32(&row[..4]))).collect(),
            crcs: None,
            pack_checksum: pack_checksum(file, h)?,
        })
    }

    fn v2(file: &[u8], h: usize) -> Result<Index, IndexError> {
        let mut rest = &file[MAGIC_V2.len()..file.len() - h];
        let mut take = |len: usize| {
            let (head, tail) = rest.split_at_checked(len).ok_or(IndexError::Size)?;
            rest = tail;
            Ok(head)
        };
        let count = count(take(FANOUT_LEN)?)?;
        let ids = take(count.checked_mul(h).ok_or(IndexError::Size)?)?;
        let crcs = take(count.checked_mul(4).ok_or(IndexError::Size)?)?;
        let short = take(count * 4)?;
        let long = rest
            .split_at_checked(rest.len().wrapping_sub(h))
            .ok_or(IndexError::Size)?
            .0;
        if !long.len().is_multiple_of(8) {
            return Err(IndexError::Size);
        }
        let offset = |raw: &[u8]| {
            let value = be32(raw);
            if value & 0x8000_0000 == 0 {
                return Ok(u64::from(value));
            }
            let at = (value & 0x7fff_ffff) as usize * 8;
            let raw = long.get(at..at + 8).ok_or(IndexError::Offset)?;
            Ok(u64::from_be_bytes(raw.try_into().expect("eight bytes")))
        };
        Ok(Index {
            ids: ids.to_vec(),
            offsets: short
                .chunks_exact(4)
                .map(offset)
                .collect::<Result<_, _>>()?,
            crcs: Some(crcs.chunks_exact(4).map(be32).collect()),
            pack_checksum: pack_checksum(file, h)?,
        })
    }
}

/// The last fan-out entry is the number of objects; the others must not fall.
fn count(fanout: &[u8]) -> Result<usize, IndexError> {
    let mut last = 0;
    for raw in fanout.chunks_exact(4) {
        let value = be32(raw);
        if value < last {
            return Err(IndexError::Order);
        }
        last = value;
    }
    Ok(last as usize)
}

fn pack_checksum(file: &[u8], h: usize) -> Result<ObjectId, IndexError> {
    let at = file.len().checked_sub(2 * h).ok_or(IndexError::Size)?;
    ObjectId::from_bytes(&file[at..at + h]).ok_or(IndexError::Size)
}
