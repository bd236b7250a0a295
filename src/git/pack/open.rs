//! Opening a pack with its index, or without it.

use std::fs::File;
use std::io;
use std::path::Path;

use super::forest::Forest;
use super::idx::{Index, IndexError};
use super::window::read_up_to;
use super::{Pack, rebuild};
use crate::git::file;
use crate::model::{Gap, GapKind, HashKind, ObjectId};

/// Magic, version and number of objects.
pub(super) const HEADER_LEN: u64 = 12;

/// A pack whose forest is not yet linked, and the names of its entries by entry number. An
/// all-zero name stands for an entry whose name could not be found out.
pub(crate) struct Opened {
    pub(crate) pack: Pack,
    pub(crate) ids: Vec<u8>,
}

/// Opens the pack at `path`. Everything that goes wrong is added to `gaps`; `None` means that
/// nothing of the pack can be read. Without `trust_index` the index is not even looked at.
pub(crate) fn open(
    path: &Path,
    number: u32,
    hash: HashKind,
    trust_index: bool,
    gaps: &mut Vec<Gap>,
) -> Option<Opened> {
    let file = match file::open_regular(path) {
        Ok(file) => file,
        Err(e) => {
            gaps.push(Gap::of_path(
                GapKind::Unreadable,
                path,
                format!("the pack cannot be opened: {}", e.kind()),
            ));
            return None;
        }
    };
    let facts = match facts(&file, hash) {
        Ok(facts) => facts,
        Err(reason) => {
            gaps.push(Gap::of_path(
                GapKind::Damaged,
                path,
                format!("the pack {reason}"),
            ));
            return None;
        }
    };
    let index = read_index(&path.with_extension("idx"), hash, &facts)
        .ok()
        .flatten();
    let index = index.filter(|index| index.offsets.len() as u64 == u64::from(facts.count));
    match index {
        Some(index) if trust_index => Some(with_index(path, number, hash, file, &facts, index)),
        // No index, or one that cannot be trusted: the pack itself tells what it holds.
        None => rebuild::rebuild(path, number, hash, file, gaps),
        Some(index) => {
            let copy = file.try_clone().ok()?;
            let mut trouble = Vec::new();
            let rebuilt = rebuild::rebuild(path, number, hash, copy, &mut trouble);
            // If the pack is no better than its index says, the index at least has names.
            match rebuilt.filter(|_| trouble.is_empty()) {
                Some(rebuilt) => Some(rebuilt),
                None => Some(with_index(path, number, hash, file, &facts, index)),
            }
        }
    }
}

/// What the ends of a pack file say.
pub(super) struct Facts {
    pub(super) count: u32,
    pub(super) end: u64,
}

pub(super) fn facts(file: &File, hash: HashKind) -> Result<Facts, String> {
    let describe = |e: io::Error| format!("cannot be read: {}", e.kind());
    let len = file.metadata().map_err(describe)?.len();
    let mut head = [0; HEADER_LEN as usize];
    if read_up_to(file, &mut head, 0).map_err(describe)? < head.len() {
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
    Ok(Facts {
        count,
        end: len.saturating_sub(hash.len() as u64).max(HEADER_LEN),
    })
}

/// Reads an index whole; `Ok(None)` if there is none.
fn read_index(path: &Path, hash: HashKind, facts: &Facts) -> io::Result<Option<Index>> {
    // No entry takes less than a byte, so a count that the pack has no room for is no count.
    let count = u64::from(facts.count).min(facts.end);
    let cap = 2048 + count * (hash.len() as u64 + 16);
    let Some(bytes) = file::read_small(path, cap)? else {
        return Ok(None);
    };
    Index::parse(&bytes, hash)
        .map(Some)
        .map_err(|e: IndexError| io::Error::new(io::ErrorKind::InvalidData, e))
}

fn with_index(
    path: &Path,
    number: u32,
    hash: HashKind,
    file: File,
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
/// its index were never where the index says.
pub(crate) fn is_intact(pack: &Pack) -> io::Result<bool> {
    let mut hasher = crate::git::hash::Hasher::new(pack.hash);
    let mut buf = vec![0; 256 << 10];
    let mut at = 0;
    while at < pack.end {
        let want = buf.len().min((pack.end - at) as usize);
        let got = read_up_to(&pack.file, &mut buf[..want], at)?;
        if got == 0 {
            return Ok(false);
        }
        hasher.update(&buf[..got]);
        at += got as u64;
    }
    let mut trailer = [0; 32];
    let trailer = &mut trailer[..pack.hash.len()];
    let whole = read_up_to(&pack.file, trailer, pack.end)? == trailer.len();
    Ok(whole && hasher.finish() == ObjectId::from_bytes(trailer))
}
