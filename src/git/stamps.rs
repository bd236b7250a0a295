//! Who made a commit and when, read from the commit itself, each once.

use std::collections::BTreeMap;

use super::attribution::History;
use super::commit::{self, Commit};
use super::reader::ObjectReader;
use super::walk::Bounds;
use crate::model::{CommitStamp, ObjectKind};

/// Reads who made a commit and when, each once.
pub(super) struct Stamps<'h> {
    history: &'h History<'h>,
    reader: ObjectReader<'h>,
    known: BTreeMap<u32, Option<CommitStamp>>,
}

impl<'h> Stamps<'h> {
    pub(super) fn new(history: &'h History<'_>) -> Stamps<'h> {
        let work_max = Bounds::for_store(history.store, None).work_max;
        Stamps {
            reader: ObjectReader::new(history.store, history.object_size_max)
                .under(work_max, history.control),
            history,
            known: BTreeMap::new(),
        }
    }

    pub(super) fn get(&mut self, position: u32) -> Option<CommitStamp> {
        let Stamps {
            history,
            reader,
            known,
        } = self;
        known
            .entry(position)
            .or_insert_with(|| read_stamp(history, reader, position))
            .clone()
    }
}

fn read_stamp(
    history: &History<'_>,
    reader: &mut ObjectReader<'_>,
    position: u32,
) -> Option<CommitStamp> {
    let number = history.structure.commits[history.graph.rows[position as usize] as usize].number;
    // Remembered commits have numbers behind those of the store; of these those may be read that
    // something was made from.
    if number >= history.store.total() {
        return history.known_stamp(number);
    }
    let (kind, content) = reader.read(number).ok()?;
    if kind != ObjectKind::Commit {
        return None;
    }
    let commit = Commit::parse(&content);
    let author = commit.author.unwrap_or_default();
    Some(CommitStamp {
        commit: history.store.id(number),
        author: commit::name_and_mail(author).to_vec(),
        date: commit::rfc3339(author),
        time: commit.time(),
    })
}
