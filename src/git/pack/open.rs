//! Opening a pack with its index, or without it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::Pack;
use super::forest::Forest;
use super::handle::PackFile;
use super::idx::{self, Index, IndexError};
use super::rebuild::{self, Effort};
use crate::git::file;
use crate::model::{Control, Gap, GapKind, HashKind, ObjectId};

/// Magic, version and number of objects.
pub(super) const HEADER_LEN: u64 = 12;
/// Bytes hashed at once.
const CHUNK_LEN: usize = 256 << 10;

/// A pack whose forest is not yet linked, and the names of its entries by entry number. An
/// all-zero name stands for an entry whose name could not be found out.
pub(crate) struct Opened {
    pub(crate) pack: Pack,
    pub(crate) ids: Vec<u8>,
}

/// How to open a pack.
pub(crate) struct How<'h, 'w, 'c> {
    /// Its number among all packs.
    pub(crate) number: u32,
    pub(crate) hash: HashKind,
    /// Hold its file open.
    pub(crate) keep: bool,
    /// Without it the index is only used if the pack itself is damaged.
    pub(crate) trust_index: bool,
    pub(crate) effort: &'h mut Effort<'w, 'c>,
}

/// Nothing of a pack can be read.
#[derive(Debug)]
pub(crate) enum Unopened {
    /// It was removed since it was listed.
    Vanished,
    /// A gap says why.
    Reported,
}

/// Opens the pack at `path`. Everything that goes wrong is added to `gaps`.
pub(crate) fn open(
    path: &Path,
    how: &mut How<'_, '_, '_>,
    gaps: &mut Vec<Gap>,
) -> Result<Opened, Unopened> {
    let mut refuse = |kind, detail: String| {
        gaps.push(Gap::of_path(kind, path, detail));
        Unopened::Reported
    };
    let file = match PackFile::open(path, how.keep) {
        Ok(file) => Arc::new(file),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Unopened::Vanished),
        Err(e) => {
            let detail = format!("the pack cannot be opened: {}", file::reason(&e));
            return Err(refuse(GapKind::Unreadable, detail));
        }
    };
    let facts = facts(&file, how.hash)
        .map_err(|reason| refuse(GapKind::Damaged, format!("the pack {reason}")))?;
    let index = read_index(&path.with_extension("idx"), how.hash, &facts)
        .ok()
        .flatten();
    let index = index.filter(|index| index.offsets.len() as u64 == u64::from(facts.count));
    let (number, hash) = (how.number, how.hash);
    match index {
        Some(index) if how.trust_index && facts.trailer == Some(index.pack_checksum) => {
            Ok(with_index(path, number, hash, file, &facts, index))
        }
        // No index, or one that cannot be trusted: the pack itself tells what it holds.
        None => {
            rebuild::rebuild(path, number, hash, file, how.effort, gaps).ok_or(Unopened::Reported)
        }
        Some(index) => {
            let copy = Arc::clone(&file);
            let mut trouble = Vec::new();
            let rebuilt = rebuild::rebuild(path, number, hash, copy, how.effort, &mut trouble);
            // If the pack is no better than its index says, the index at least has names.
            match rebuilt.filter(|_| trouble.is_empty()) {
                Some(rebuilt) => Ok(rebuilt),
                None => Ok(with_index(path, number, hash, file, &facts, index)),
            }
        }
    }
}

/// What the ends of a pack file say.
pub(in crate::git) struct Facts {
    pub(in crate::git) count: u32,
    /// Where the entries end.
    pub(in crate::git) end: u64,
    /// The checksum at the end of the file.
    trailer: Option<ObjectId>,
}

pub(in crate::git) fn facts(file: &PackFile, hash: HashKind) -> Result<Facts, String> {
    let describe = |e: io::Error| format!("cannot be read: {}", e.kind());
    let mut head = [0; HEADER_LEN as usize];
    if file.read_up_to(&mut head, 0).map_err(describe)? < head.len() {
        return Err("is shorter than its header".to_owned());
    }
    if &head[..4] != b"PACK"
        || !matches!(
            u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
            2 | 3
        )
    {
        return Err("does not begin like a pack of version 2 or 3".to_owned());
    }
    let count = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
    let end = file.len().saturating_sub(hash.len() as u64).max(HEADER_LEN);
    let trailer = trailer(file, hash, end).map_err(describe)?;
    Ok(Facts {
        count,
        end,
        trailer,
    })
}

fn trailer(file: &PackFile, hash: HashKind, end: u64) -> io::Result<Option<ObjectId>> {
    let mut trailer = [0; 32];
    let trailer = &mut trailer[..hash.len()];
    let whole = file.read_up_to(trailer, end)? == trailer.len();
    Ok(ObjectId::from_bytes(trailer).filter(|_| whole))
}

/// Reads an index whole; `Ok(None)` if there is none.
fn read_index(path: &Path, hash: HashKind, facts: &Facts) -> io::Result<Option<Index>> {
    let file = match file::open_regular(path) {
        Ok(file) => file,
        Err(e) if file::is_absent(&e) => return Ok(None),
        Err(e) => return Err(e),
    };
    let invalid = |e: IndexError| io::Error::new(io::ErrorKind::InvalidData, e);
    let bytes = idx::read(file, hash, facts.count)?;
    Index::parse(&bytes, hash).map(Some).map_err(invalid)
}

fn with_index(
    path: &Path,
    number: u32,
    hash: HashKind,
    file: Arc<PackFile>,
    facts: &Facts,
    index: Index,
) -> Opened {
    let mut order: Vec<(u64, u32)> = index
        .offsets
        .iter()
        .zip(0..)
        .map(|(offset, at)| (*offset, at))
        .collect();
    rayon::slice::ParallelSliceMut::par_sort_unstable(order.as_mut_slice());
    let h = hash.len();
    let mut ids = Vec::with_capacity(index.ids.len());
    for (_, at) in &order {
        ids.extend_from_slice(&index.ids[*at as usize * h..(*at as usize + 1) * h]);
    }
    let crcs = index.crcs.map_or(Vec::new(), |crcs| {
        order.iter().map(|(_, at)| crcs[*at as usize]).collect()
    });
    let offsets = order.iter().map(|(offset, _)| *offset).collect();
    let pack = Pack {
        path: path.to_owned(),
        file,
        hash,
        number,
        end: facts.end,
        offsets,
        crcs,
        forest: Forest::default(),
    };
    Opened { pack, ids }
}

/// True if a pack's bytes have the checksum at its end: then entries that cannot be read through
/// its index were never where the index says. False if that is not found out before a stop.
pub(crate) fn is_intact(pack: &Pack, control: &Control) -> io::Result<bool> {
    let mut hasher = crate::git::hash::Hasher::new(pack.hash);
    let end = pack.file.len().saturating_sub(pack.hash.len() as u64);
    let mut buf = vec![0; CHUNK_LEN];
    let mut at = 0;
    while at < end {
        if control.check_clock().is_some() {
            return Ok(false);
        }
        let want = buf.len().min((end - at) as usize);
        let got = pack.file.read_up_to(&mut buf[..want], at)?;
        // No deflate stream has so many zeros in a row: the file has a hole, of whatever size.
        let is_hole = got == CHUNK_LEN && buf.iter().all(|byte| *byte == 0);
        if got == 0 || is_hole {
            return Ok(false);
        }
        hasher.update(&buf[..got]);
        at += got as u64;
    }
    let trailer = trailer(&pack.file, pack.hash, end)?;
    Ok(trailer.is_some() && hasher.finish() == trailer)
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
