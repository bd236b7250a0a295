//! Refs and reflogs as reftable: a stack of immutable tables, the newest of which wins.
//!
//! Written from the published format (git's Documentation/technical/reftable). Tables are
//! scanned from front to back, so their indexes are not needed.

mod block;
mod cursor;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use super::file;
use super::refs::{LogEntry, RefValue, Stored, StoredLog};
use crate::model::{Gap, GapKind, HashKind};

/// The largest `tables.list` that is read, in bytes.
const LIST_MAX: u64 = 1 << 20;

/// The largest table that is read, in bytes. A million refs need some 60 MB.
const TABLE_MAX: u64 = 512 << 20;

/// How often the list is read again because a table of it has gone: git compacts them.
const ATTEMPTS: usize = 4;

/// What a table says about a ref or log entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record<T> {
    /// It is this.
    Value(T),
    /// It is gone, whatever older tables say.
    Deleted,
}

impl<T> Record<T> {
    fn into_value(self) -> Option<T> {
        match self {
            Record::Value(value) => Some(value),
            Record::Deleted => None,
        }
    }
}

/// What a stack says, deletions included until all of it is read. Log entries have the number
/// of their transaction.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    refs: BTreeMap<Vec<u8>, Record<RefValue>>,
    logs: BTreeMap<Vec<u8>, BTreeMap<u64, Record<LogEntry>>>,
}

/// Adds the refs and logs of the stack in `git_dir/reftable`. A table that cannot be read costs
/// only itself.
pub(crate) fn read(git_dir: &Path, place: &Path, hash: HashKind, into: &mut Stored) {
    let folder = git_dir.join("reftable");
    let place = place.join("reftable");
    let mut attempt = 0;
    let (merged, gaps) = loop {
        attempt += 1;
        let (merged, gaps, vanished) = read_stack(&folder, &place, hash);
        if !vanished || attempt == ATTEMPTS {
            break (merged, gaps);
        }
    };
    into.gaps.extend(gaps);
    for (name, record) in merged.refs {
        let value = record.into_value();
        into.refs.extend(value.map(|value| (name, value)));
    }
    for (name, entries) in merged.logs {
        let entries: Vec<_> = entries
            .into_values()
            .filter_map(Record::into_value)
            .collect();
        if !entries.is_empty() {
            into.logs.push(StoredLog { name, entries });
        }
    }
}

fn read_stack(folder: &Path, place: &Path, hash: HashKind) -> (Merged, Vec<Gap>, bool) {
    let mut merged = Merged::default();
    let mut gaps = Vec::new();
    let mut vanished = false;
    let list = match file::read_small(&folder.join("tables.list"), LIST_MAX) {
        Ok(Some(list)) => list,
        Ok(None) => {
            let shown = place.join("tables.list");
            gaps.push(Gap::of_path(GapKind::Metadata, &shown, "there is none"));
            Vec::new()
        }
        Err(error) => {
            gaps.push(file::unreadable(&place.join("tables.list"), &error));
            Vec::new()
        }
    };
    for line in list.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let Some(name) = table_name(line) else {
            let shown = place.join("tables.list");
            let detail = "a line of it is no table's name";
            gaps.push(Gap::of_path(GapKind::Metadata, &shown, detail));
            continue;
        };
        let shown = place.join(name);
        match file::read_small(&folder.join(name), TABLE_MAX) {
            Ok(Some(bytes)) => {
                if let Err(why) = table::read(&bytes, hash, &mut merged) {
                    let detail = format!("cannot be read in full: {why}");
                    gaps.push(Gap::of_path(GapKind::Metadata, &shown, detail));
                }
            }
            Ok(None) => {
                vanished = true;
                let detail = "named by tables.list, but not there";
                gaps.push(Gap::of_path(GapKind::Metadata, &shown, detail));
            }
            Err(error) => gaps.push(file::unreadable(&shown, &error)),
        }
    }
    (merged, gaps, vanished)
}

/// A plain file name in the stack's own folder.
fn table_name(line: &[u8]) -> Option<&str> {
    let name = std::str::from_utf8(line).ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (name.bytes().all(plain) && !name.starts_with('.')).then_some(name)
}
