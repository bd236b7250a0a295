//! Opening only a part of a store: of packs that were read before just the entries that must be
//! read again, with what they are made from.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::file;
use super::pack::Pack;
use super::pack::forest::{FAR, Forest};
use super::pack::handle::PackFile;
use super::pack::open::{self, Opened, Unopened};
use super::store::{Copy, Store};
use crate::model::{Gap, GapKind, HashKind, ObjectId};

/// An entry of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    offset: u64,
    crc: Option<u32>,
    /// `None` if it is only there to say where the one before it ends.
    id: Option<ObjectId>,
}

/// What is opened of a store although more is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Partial {
    /// Packs, by their path, and what is opened of them: entries by their offset.
    pub(crate) packs: HashMap<PathBuf, Vec<Row>>,
    /// Loose objects that are left aside, ascending.
    pub(crate) loose: Vec<ObjectId>,
}

impl Partial {
    /// True if a loose object is left aside.
    pub(super) fn leaves(&self, id: &ObjectId) -> bool {
        self.loose.binary_search(id).is_ok()
    }
}

/// The entries that some objects consist of, by the pack's path.
pub(crate) fn rows(
    store: &Store,
    objects: impl Iterator<Item = u32>,
) -> BTreeMap<PathBuf, Vec<Row>> {
    let mut entries: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for number in objects {
        if let Copy::Packed { pack, entry } = store.copy(number) {
            let known = entries.entry(pack).or_default();
            let bases = &store.packs[pack as usize].forest.bases;
            let mut at = entry;
            while at < FAR && known.insert(at) {
                at = bases[at as usize];
            }
        }
    }
    let of_pack = |(number, entries): (u32, BTreeSet<u32>)| {
        let pack = &store.packs[number as usize];
        let row = |entry: u32, id| {
            let crc = pack.crcs.get(entry as usize).copied();
            let offset = *pack.offsets.get(entry as usize)?;
            Some(Row { offset, crc, id })
        };
        let mut rows = BTreeMap::new();
        for entry in &entries {
            let id = store.id(store.number(number, *entry));
            rows.insert(*entry, row(*entry, (!id.is_null()).then_some(id)));
            // The next one's beginning is this one's end.
            rows.entry(entry + 1)
                .or_insert_with(|| row(entry + 1, None));
        }
        (pack.path.clone(), rows.into_values().flatten().collect())
    };
    entries.into_iter().map(of_pack).collect()
}

/// Opens a pack as if it held these entries only.
pub(super) fn open_rows(
    path: &Path,
    (number, hash): (u32, HashKind),
    rows: &[Row],
    keep: bool,
    gaps: &mut Vec<Gap>,
) -> Result<Opened, Unopened> {
    let file = match PackFile::open(path, keep) {
        Ok(file) => Arc::new(file),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(Unopened::Vanished),
        Err(e) => {
            gaps.push(file::unreadable(path, &e));
            return Err(Unopened::Reported);
        }
    };
    let mut refuse = |detail: &str| {
        gaps.push(Gap::of_path(GapKind::Damaged, path, detail));
        Unopened::Reported
    };
    let facts = open::facts(&file, hash).map_err(|reason| refuse(&reason))?;
    let fits = |row: &Row| {
        let named = row.id.is_none_or(|id| id.as_bytes().len() == hash.len());
        row.offset < facts.end && named
    };
    let ascending = rows.windows(2).all(|pair| pair[0].offset < pair[1].offset);
    if !ascending || !rows.iter().all(fits) {
        return Err(refuse("what is known of the pack does not fit it"));
    }
    let crcs: Vec<u32> = rows.iter().filter_map(|row| row.crc).collect();
    let mut ids = Vec::with_capacity(rows.len() * hash.len());
    for row in rows {
        match &row.id {
            Some(id) => ids.extend_from_slice(id.as_bytes()),
            None => ids.resize(ids.len() + hash.len(), 0),
        }
    }
    let pack = Pack {
        path: path.to_owned(),
        file,
        hash,
        number,
        end: facts.end,
        offsets: rows.iter().map(|row| row.offset).collect(),
        // Without all of them every object is hashed.
        crcs: if crcs.len() == rows.len() {
            crcs
        } else {
            Vec::new()
        },
        forest: Forest::default(),
    };
    Ok(Opened { pack, ids })
}
