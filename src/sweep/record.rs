//! What is remembered of one repository: names, counts and facts about files; never a value that
//! was found.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::memory::Remembered;
use super::told::Told;
use crate::git::partial::Row;
use crate::git::snapshot::Snapshot;
use crate::model::{ObjectId, ObjectKind};

/// One repository as a sweep left it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// The files that held its objects.
    pub(super) files: Snapshot,
    /// A digest of everything that named objects from outside.
    pub(super) tips: String,
    /// Sets of objects that were read in full, disjoint, by name.
    pub(super) sets: Vec<String>,
    /// How many objects of each kind these are.
    pub(super) totals: [u64; 4],
    /// The names of the pieces of what is remembered of history; none if nothing is.
    pub(super) past: Vec<String>,
    /// Objects with hits or limits that are remembered only as long as nothing changes, or not.
    pub(super) marked: Vec<(ObjectId, ObjectKind)>,
    /// What was found in objects that need not be read again, or not if nothing changes.
    pub(super) remembered: Remembered,
    /// Where the marked ones lie in packs, by the number of the pack among the files.
    rows: Vec<(u32, Vec<Row>)>,
    /// What history said of the marked ones.
    pub(super) told: Option<Told>,
}

/// What a record is made of.
pub(super) struct Facts {
    pub(super) files: Snapshot,
    pub(super) tips: String,
    pub(super) past: Vec<String>,
    pub(super) marked: Vec<(ObjectId, ObjectKind)>,
    pub(super) remembered: Remembered,
    pub(super) rows: BTreeMap<PathBuf, Vec<Row>>,
    pub(super) told: Option<Told>,
}

impl Record {
    pub(super) fn new(facts: Facts, sets: Vec<String>, totals: [u64; 4]) -> Record {
        let mut marked = facts.marked;
        marked.sort_unstable();
        let number = |path: &PathBuf| facts.files.pack_at(path);
        let rows = facts.rows.iter();
        let rows = rows.filter_map(|(path, rows)| Some((number(path)?, rows.clone())));
        Record {
            rows: rows.collect(),
            files: facts.files,
            tips: facts.tips,
            sets,
            totals,
            past: facts.past,
            marked,
            remembered: facts.remembered,
            told: facts.told,
        }
    }

    /// Reads a record; `None` if it is not one.
    pub(super) fn parse(bytes: &[u8]) -> Option<Record> {
        serde_json::from_slice(bytes).ok()
    }

    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    /// The names of the other files that a record needs; none if it is not one.
    pub(super) fn needs(bytes: &[u8]) -> Vec<String> {
        #[derive(Deserialize)]
        struct Sets {
            sets: Vec<String>,
            past: Vec<String>,
        }
        let names = |record: Sets| record.sets.into_iter().chain(record.past).collect();
        serde_json::from_slice(bytes).map_or(Vec::new(), names)
    }

    /// The names of the marked objects.
    pub(super) fn marks(&self) -> HashSet<ObjectId> {
        self.marked.iter().map(|(id, _)| *id).collect()
    }

    /// What must be opened of packs that lie at these places now, by their number in the record.
    pub(super) fn rows(&self, packs: &[Option<PathBuf>]) -> HashMap<PathBuf, Vec<Row>> {
        let mut rows: HashMap<PathBuf, Vec<Row>> = packs
            .iter()
            .flatten()
            .map(|path| (path.clone(), Vec::new()))
            .collect();
        for (number, known) in &self.rows {
            if let Some(Some(path)) = packs.get(*number as usize) {
                rows.insert(path.clone(), known.clone());
            }
        }
        rows
    }
}
