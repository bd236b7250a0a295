//! The records of one block: refs or log entries, each name compressed against the one before.

use super::cursor::{Cursor, number};
use super::{Merged, Record};
use crate::git::refs::{LogEntry, RefValue};
use crate::model::{HashKind, ObjectId};

/// The longest ref name that is read, in bytes. Git's other backend ends at a path's length.
const NAME_MAX: usize = 1 << 16;

/// What reading a table may cost, so that a few bytes cannot unfold into gigabytes.
#[derive(Debug)]
pub(super) struct Budget {
    /// Bytes of names that may still be written out.
    pub(super) names: usize,
    /// Bytes that may still be inflated.
    pub(super) inflated: usize,
}

/// The part of a block that holds records. `block` is all of it from its start (for the first
/// block of a table that is the file's start), `skip` the length of its headers.
pub(super) fn records(block: &[u8], skip: usize) -> Option<&[u8]> {
    let count_at = block.len().checked_sub(2)?;
    let restarts = number(block, count_at, 2)? as usize;
    let end = count_at.checked_sub(restarts.checked_mul(3)?)?;
    block.get(skip..end)
}

/// Reads the ref records of a block into `merged`.
pub(super) fn read_refs(
    records: &[u8],
    hash: HashKind,
    budget: &mut Budget,
    merged: &mut Merged,
) -> Result<(), String> {
    let mut rest = Cursor(records);
    let mut name = Vec::new();
    while !rest.is_empty() {
        let kind = next_key(&mut rest, &mut name, budget)?;
        let value = ref_value(&mut rest, kind, hash).ok_or("a ref record is broken")?;
        merged.refs.insert(name.clone(), value);
    }
    Ok(())
}

fn ref_value(rest: &mut Cursor<'_>, kind: u8, hash: HashKind) -> Option<Record<RefValue>> {
    // The transaction's number: the order of the tables says the same.
    rest.varint()?;
    let value = match kind {
        0 => Record::Deleted,
        1 => Record::Value(RefValue::Id(ObjectId::from_bytes(rest.take(hash.len())?)?)),
        2 => {
            let id = ObjectId::from_bytes(rest.take(hash.len())?)?;
            // What a tag points to, which the tag itself says.
            rest.take(hash.len())?;
            Record::Value(RefValue::Id(id))
        }
        3 => Record::Value(RefValue::Symbolic(rest.string()?.to_vec())),
        _ => return None,
    };
    Some(value)
}

/// Reads the log records of a block into `merged`.
pub(super) fn read_logs(
    records: &[u8],
    hash: HashKind,
    budget: &mut Budget,
    merged: &mut Merged,
) -> Result<(), String> {
    let mut rest = Cursor(records);
    let mut key = Vec::new();
    while !rest.is_empty() {
        let kind = next_key(&mut rest, &mut key, budget)?;
        let broken = "a log record is broken";
        let entry = log_entry(&mut rest, kind, hash).ok_or(broken)?;
        // The name, a NUL, and the transaction's number counted from the end.
        let at = key.len().checked_sub(9).ok_or(broken)?;
        let (name, number_part) = (&key[..at], &key[at..]);
        let reversed = number(number_part, 1, 8).ok_or(broken)?;
        if number_part[0] != 0 {
            return Err(broken.to_owned());
        }
        let update = u64::MAX - reversed;
        if let Some(entries) = merged.logs.get_mut(name) {
            entries.insert(update, entry);
        } else {
            let entries = std::iter::once((update, entry)).collect();
            merged.logs.insert(name.to_vec(), entries);
        }
    }
    Ok(())
}

fn log_entry(rest: &mut Cursor<'_>, kind: u8, hash: HashKind) -> Option<Record<LogEntry>> {
    match kind {
        0 => Some(Record::Deleted),
        1 => {
            let old = ObjectId::from_bytes(rest.take(hash.len())?)?;
            let new = ObjectId::from_bytes(rest.take(hash.len())?)?;
            let (who, mail) = (rest.string()?, rest.string()?);
            // When, and in which time zone.
            rest.varint()?;
            rest.take(2)?;
            let why = rest.string()?;
            let message = [who, b" <", mail, b">\t", why.trim_ascii_end(), b"\n"].concat();
            Some(Record::Value(LogEntry { old, new, message }))
        }
        _ => None,
    }
}

/// Reads a record's key into `key`, which still holds the one before. Returns the record's type.
fn next_key(rest: &mut Cursor<'_>, key: &mut Vec<u8>, budget: &mut Budget) -> Result<u8, String> {
    let mut read = || {
        let prefix = usize::try_from(rest.varint()?).ok()?;
        let packed = rest.varint()?;
        let suffix = rest.take(usize::try_from(packed >> 3).ok()?)?;
        (prefix <= key.len()).then_some((prefix, suffix, (packed & 7) as u8))
    };
    let (prefix, suffix, kind) = read().ok_or("a record's key is broken")?;
    let length = prefix + suffix.len();
    if length > NAME_MAX {
        return Err("a name is longer than any that git takes".to_owned());
    }
    budget.names = budget
        .names
        .checked_sub(length)
        .ok_or("its names are out of proportion to its size")?;
    key.truncate(prefix);
    key.extend_from_slice(suffix);
    if key.is_empty() {
        return Err("a record's key is empty".to_owned());
    }
    Ok(kind)
}
