//! The bytes of one index file.

use super::Entry;
use super::bitmap::{self, Bitmap};
use crate::model::{Control, HashKind, ObjectId};

/// The stat data before an entry's id, in bytes; the mode lies in it.
const STAT_LEN: usize = 40;
const MODE_AT: usize = 24;
/// Entries between two looks at the clock.
const CHECK_EVERY: u32 = 1 << 12;

/// One index file, decoded as far as it goes.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) entries: Vec<Entry>,
    pub(super) resolved: Vec<Entry>,
    pub(super) link: Option<Link>,
    /// Why not all of it could be read, one sentence each.
    pub(super) problems: Vec<String>,
}

/// The extension of a split index.
#[derive(Debug)]
pub(super) struct Link {
    /// The name of the index that it builds on.
    pub(super) shared: ObjectId,
    /// Entries of that one that are gone, and such that have another id now. The raw bytes:
    /// how far positions may go is known later.
    bitmaps: Vec<u8>,
}

/// Decodes an index file.
pub(super) fn decode(bytes: &[u8], hash: HashKind, control: &Control) -> Decoded {
    let mut decoded = Decoded::default();
    let content_len = bytes.len().saturating_sub(hash.len());
    let (content, checksum) = bytes.split_at(content_len);
    // Git may be told to leave the checksum out; then it is zero.
    let unchecked = checksum.iter().all(|byte| *byte == 0);
    if !unchecked && digest(content, hash).as_deref() != Some(checksum) {
        let why = "its checksum is wrong: what follows from it may be too";
        decoded.problems.push(why.to_owned());
    }
    match entries(content, (hash, control), &mut decoded.entries) {
        Ok(rest) => {
            if let Err(why) = extensions(rest, hash, &mut decoded) {
                decoded.problems.push(why);
            }
        }
        Err(why) => decoded.problems.push(why),
    }
    decoded
}

fn digest(content: &[u8], hash: HashKind) -> Option<Vec<u8>> {
    let kind = match hash {
        HashKind::Sha1 => gix::hash::Kind::Sha1,
        HashKind::Sha256 => gix::hash::Kind::Sha256,
    };
    let mut hasher = gix::hash::hasher(kind);
    hasher.update(content);
    // An error is a known attack on SHA-1: as good as a wrong checksum.
    Some(hasher.try_finalize().ok()?.as_slice().to_vec())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let digits: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_be_bytes(digits))
}

/// Decodes the entries; returns what follows them.
fn entries<'a>(
    content: &'a [u8],
    (hash, control): (HashKind, &Control),
    into: &mut Vec<Entry>,
) -> Result<&'a [u8], String> {
    if content.get(..4) != Some(b"DIRC") {
        return Err("it does not start as an index does".to_owned());
    }
    let version = number(content, 4).unwrap_or(0);
    if !(2..=4).contains(&version) {
        return Err("it has an unknown version".to_owned());
    }
    let count = number(content, 8).ok_or("it is too short")?;
    let mut rest = content.get(12..).unwrap_or_default();
    // Version 4 compresses paths; a few bytes must not unfold into gigabytes.
    let mut budget = content.len().saturating_mul(16).saturating_add(16 << 20);
    let mut path = Vec::new();
    for index in 0..count {
        if index % CHECK_EVERY == 0 && control.check_clock().is_some() {
            return Err(format!(
                "only {index} of its {count} entries were read before the stop"
            ));
        }
        let (entry, after) = entry(rest, version, hash, &mut path)
            .ok_or_else(|| format!("entry {index} of {count} is broken"))?;
        budget = budget
            .checked_sub(entry.path.len())
            .ok_or("its paths are out of proportion to its size")?;
        into.push(entry);
        rest = after;
    }
    Ok(rest)
}

/// Decodes one entry. `path` holds the path of the one before, then this one's.
fn entry<'a>(
    bytes: &'a [u8],
    version: u32,
    hash: HashKind,
    path: &mut Vec<u8>,
) -> Option<(Entry, &'a [u8])> {
    let mode = number(bytes, MODE_AT)?;
    let id_end = STAT_LEN + hash.len();
    let id = ObjectId::from_bytes(bytes.get(STAT_LEN..id_end)?)?;
    let flags = bytes.get(id_end..id_end + 2)?;
    let is_extended = version >= 3 && flags[0] & 0x40 != 0;
    let mut at = id_end + 2;
    let mut intent_to_add = false;
    if is_extended {
        intent_to_add = bytes.get(at)? & 0x20 != 0;
        at += 2;
    }
    let rest = bytes.get(at..)?;
    if version == 4 {
        let (strip, used) = varint(rest)?;
        let suffix = rest.get(used..)?;
        let len = memchr::memchr(0, suffix)?;
        path.truncate(path.len().checked_sub(strip)?);
        path.extend_from_slice(&suffix[..len]);
        at += used + len + 1;
    } else {
        let len = memchr::memchr(0, rest)?;
        path.clear();
        path.extend_from_slice(&rest[..len]);
        // One to eight NULs, so that the next entry starts at a multiple of eight.
        at = (at + len + 8) & !7;
    }
    let entry = Entry {
        mode,
        id,
        path: path.clone(),
        intent_to_add,
    };
    Some((entry, bytes.get(at..)?))
}

/// A number as in packs' offsets: 7 bits a byte, each continuation adds one.
fn varint(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value: usize = 0;
    for (index, byte) in bytes.iter().enumerate() {
        value = value.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
        value = value.checked_add(1)?.checked_mul(128)?;
    }
    None
}

fn extensions(mut rest: &[u8], hash: HashKind, decoded: &mut Decoded) -> Result<(), String> {
    while !rest.is_empty() {
        let broken = "an extension is longer than the index";
        let signature = rest.get(..4).ok_or(broken)?;
        let len = number(rest, 4).ok_or(broken)? as usize;
        let end = len.checked_add(8).ok_or(broken)?;
        let data = rest.get(8..end).ok_or(broken)?;
        match signature {
            b"link" => {
                let (id, bitmaps) = data.split_at_checked(hash.len()).ok_or(broken)?;
                let shared = ObjectId::from_bytes(id).ok_or(broken)?;
                decoded.link = Some(Link {
                    shared,
                    bitmaps: bitmaps.to_vec(),
                });
            }
            b"REUC" => {
                resolve_undo(data, hash, &mut decoded.resolved)
                    .ok_or("its record of resolved conflicts is broken")?;
            }
            // Says only that entries may be folders.
            b"sdir" => {}
            // Git refuses what it must understand and does not.
            [first, ..] if first.is_ascii_lowercase() => {
                return Err("it needs an extension unknown to keysweep".to_owned());
            }
            _ => {}
        }
        rest = &rest[end..];
    }
    Ok(())
}

/// For each path three modes in octal digits, then the ids of those that are not 0.
fn resolve_undo(mut data: &[u8], hash: HashKind, into: &mut Vec<Entry>) -> Option<()> {
    let text = |data: &mut &[u8]| {
        let end = memchr::memchr(0, data)?;
        let text = data[..end].to_vec();
        *data = &data[end + 1..];
        Some(text)
    };
    while !data.is_empty() {
        let path = text(&mut data)?;
        let mut modes = [0; 3];
        for mode in &mut modes {
            let digits = String::from_utf8(text(&mut data)?).ok()?;
            *mode = u32::from_str_radix(&digits, 8).ok()?;
        }
        for mode in modes.into_iter().filter(|mode| *mode != 0) {
            let (id, rest) = data.split_at_checked(hash.len())?;
            data = rest;
            into.push(Entry {
                mode,
                id: ObjectId::from_bytes(id)?,
                path: path.clone(),
                intent_to_add: false,
            });
        }
    }
    Some(())
}

/// Puts a split index together. Its entries without a path replace those that the bitmap
/// names, in order; the others are new. An error carries what could be put together.
pub(super) fn join(
    shared: Vec<Entry>,
    own: Vec<Entry>,
    link: &Link,
) -> Result<Vec<Entry>, (Vec<Entry>, String)> {
    let read = || {
        if link.bitmaps.is_empty() {
            return Some((Bitmap::default(), Bitmap::default()));
        }
        let (deleted, rest) = bitmap::decode(&link.bitmaps, shared.len())?;
        let (replaced, _) = bitmap::decode(rest, shared.len())?;
        let in_range = !deleted.reaches(shared.len()) && !replaced.reaches(shared.len());
        in_range.then_some((deleted, replaced))
    };
    let Some((deleted, replaced)) = read() else {
        let all = shared.into_iter().chain(own).collect();
        return Err((all, "its link to a shared index is broken".to_owned()));
    };
    let mut own = own.into_iter().peekable();
    let mut joined = Vec::new();
    let mut lost = false;
    for (position, entry) in shared.into_iter().enumerate() {
        if replaced.has(position) {
            if let Some(new) = own.next_if(|new| new.path.is_empty()) {
                joined.push(Entry {
                    path: entry.path,
                    ..new
                });
            } else {
                lost = true;
                joined.push(entry);
            }
        } else if !deleted.has(position) {
            joined.push(entry);
        }
    }
    lost |= own.peek().is_some_and(|entry| entry.path.is_empty());
    joined.extend(own);
    joined.sort_by(|a, b| a.path.cmp(&b.path));
    if lost {
        return Err((joined, "it does not fit its shared index".to_owned()));
    }
    Ok(joined)
}
