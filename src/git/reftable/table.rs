//! One table: header, blocks of refs, blocks of logs, footer.

use flate2::{Decompress, FlushDecompress, Status};

use super::Merged;
use super::block::{self, Budget};
use super::cursor::number;
use crate::model::HashKind;

/// Where the parts of a table lie, in bytes from its start; 0 for "not there".
#[derive(Debug)]
struct Layout {
    header: usize,
    footer: usize,
    block_size: usize,
    ref_index: usize,
    objects: usize,
    logs: usize,
    log_index: usize,
}

/// Reads a table into `merged`, over what older tables said. An error says why not all of it
/// could be read; what came before it, and the logs if only the refs are damaged, is kept.
pub(super) fn read(bytes: &[u8], hash: HashKind, merged: &mut Merged) -> Result<(), String> {
    let layout = read_layout(bytes, hash)?;
    // Names are compressed against each other and logs are deflated: some unfolding is normal.
    let mut budget = Budget {
        names: bytes.len().saturating_mul(16).saturating_add(16 << 20),
        inflated: bytes.len().saturating_mul(8).saturating_add(32 << 20),
    };
    let refs = read_refs(bytes, &layout, hash, &mut budget, merged);
    let logs = read_logs(bytes, &layout, hash, &mut budget, merged);
    refs.and(logs)
}

fn read_layout(bytes: &[u8], hash: HashKind) -> Result<Layout, String> {
    let short = || "it is too short".to_owned();
    if bytes.get(..4) != Some(b"REFT") {
        return Err("it does not start as a reftable does".to_owned());
    }
    let (header, in_table) = match bytes.get(4) {
        Some(1) => (24, HashKind::Sha1),
        Some(2) => match bytes.get(24..28) {
            Some(b"sha1") => (28, HashKind::Sha1),
            Some(b"s256") => (28, HashKind::Sha256),
            _ => return Err("it uses an unknown hash".to_owned()),
        },
        _ => return Err("it has an unknown version".to_owned()),
    };
    if in_table != hash {
        return Err(format!("its ids are {}", in_table.name()));
    }
    // Five positions and the checksum follow what repeats the header.
    let footer = bytes.len().checked_sub(header + 44).ok_or_else(short)?;
    if footer < header {
        return Err(short());
    }
    let covered = &bytes[footer..bytes.len() - 4];
    let stored = number(bytes, bytes.len() - 4, 4).ok_or_else(short)?;
    if u64::from(crc32fast::hash(covered)) != stored {
        return Err("its footer has a wrong checksum".to_owned());
    }
    if covered[..header] != bytes[..header] {
        return Err("its footer does not repeat its header".to_owned());
    }
    let position = |index: usize, shift: u32| {
        let value = number(covered, header + 8 * index, 8).unwrap_or(0) >> shift;
        usize::try_from(value)
            .ok()
            .filter(|at| *at <= footer)
            .ok_or("a position lies behind its end")
    };
    Ok(Layout {
        header,
        footer,
        block_size: number(bytes, 5, 3).unwrap_or(0) as usize,
        ref_index: position(0, 0)?,
        objects: position(1, 5)?,
        logs: position(3, 0)?,
        log_index: position(4, 0)?,
    })
}

/// Walks the ref blocks, which start the file and end where the next part begins.
fn read_refs(
    bytes: &[u8],
    layout: &Layout,
    hash: HashKind,
    budget: &mut Budget,
    merged: &mut Merged,
) -> Result<(), String> {
    let mut at = 0;
    while let Some(skip) = block_header(bytes, layout, at, b'r') {
        let length = number(bytes, at + skip - 3, 3).unwrap_or(0) as usize;
        let end = at.checked_add(length).filter(|end| *end <= layout.footer);
        let block = end
            .and_then(|end| bytes.get(at..end))
            .ok_or("a ref block is longer than the table")?;
        let records = block::records(block, skip).ok_or("a ref block is broken")?;
        block::read_refs(records, hash, budget, merged)?;
        // Every step goes forward: a block that holds records is longer than its header.
        at = next_block(bytes, layout, at, length);
    }
    let is_whole = if at == 0 {
        // No refs at all: the table is empty, or starts with logs.
        let first_is_log = bytes.get(layout.header) == Some(&b'g');
        layout.header == layout.footer || (first_is_log && layout.logs == 0)
    } else {
        [layout.ref_index, layout.objects, layout.logs, layout.footer].contains(&at)
    };
    if is_whole {
        Ok(())
    } else {
        Err(format!(
            "its ref blocks end at byte {at}, before they should"
        ))
    }
}

/// Blocks are padded to the declared size, unless the byte behind one is not padding.
fn next_block(bytes: &[u8], layout: &Layout, at: usize, length: usize) -> usize {
    let end = at + length;
    if layout.block_size > length && bytes.get(end) == Some(&0) {
        (at + layout.block_size).min(layout.footer)
    } else {
        end
    }
}

/// The length of the headers at the start of the block at `at`, if it has this type.
fn block_header(bytes: &[u8], layout: &Layout, at: usize, kind: u8) -> Option<usize> {
    let file_header = if at == 0 { layout.header } else { 0 };
    let type_at = at.checked_add(file_header)?;
    let fits = type_at.checked_add(4)? <= layout.footer;
    (fits && bytes.get(type_at) == Some(&kind)).then_some(file_header + 4)
}

/// Walks the log blocks, each of which is deflated.
fn read_logs(
    bytes: &[u8],
    layout: &Layout,
    hash: HashKind,
    budget: &mut Budget,
    merged: &mut Merged,
) -> Result<(), String> {
    let mut at = layout.logs;
    if at == 0 && block_header(bytes, layout, 0, b'g').is_none() {
        return Ok(());
    }
    let mut zlib = Decompress::new(true);
    let mut block = Vec::new();
    while let Some(skip) = block_header(bytes, layout, at, b'g') {
        let length = number(bytes, at + skip - 3, 3).unwrap_or(0) as usize;
        let inflated = length.checked_sub(skip).ok_or("a log block is broken")?;
        budget.inflated = budget
            .inflated
            .checked_sub(inflated)
            .ok_or("its logs are out of proportion to its size")?;
        block.clear();
        // At most 16 MiB: the length has three bytes.
        block.reserve(length);
        block.extend_from_slice(&bytes[at..at + skip]);
        let deflated = &bytes[at + skip..layout.footer];
        let used = inflate(&mut zlib, deflated, &mut block, length)?;
        let records = block::records(&block, skip).ok_or("a log block is broken")?;
        block::read_logs(records, hash, budget, merged)?;
        at += skip + used;
    }
    if at == layout.log_index || at == layout.footer {
        Ok(())
    } else {
        Err(format!(
            "its log blocks end at byte {at}, before they should"
        ))
    }
}

/// Appends exactly what is missing from `out` to `length`; returns how many bytes it read.
fn inflate(
    zlib: &mut Decompress,
    deflated: &[u8],
    out: &mut Vec<u8>,
    length: usize,
) -> Result<usize, String> {
    zlib.reset(true);
    let broken = || "a log block does not inflate".to_owned();
    // One byte more than is due would show a block that is longer than it says.
    out.reserve(length + 1 - out.len());
    let start = out.len();
    let status = zlib.decompress_vec(deflated, out, FlushDecompress::Finish);
    if !matches!(status, Ok(Status::StreamEnd)) || out.len() != length || start > length {
        return Err(broken());
    }
    usize::try_from(zlib.total_in()).map_err(|_| broken())
}
