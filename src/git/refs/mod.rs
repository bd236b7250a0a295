//! Refs and reflogs as they are stored, before anything is resolved.

pub(crate) mod files;
pub(crate) mod loose;
pub(crate) mod name;
pub(crate) mod packed;
pub(crate) mod resolve;
pub(crate) mod root;

use crate::model::{Gap, Note, ObjectId};

/// What a ref holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RefValue {
    /// An object.
    Id(ObjectId),
    /// The name of another ref, raw.
    Symbolic(Vec<u8>),
}

/// One line of a reflog. The null id stands for "no object".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogEntry {
    /// The value before.
    pub(crate) old: ObjectId,
    /// The value after.
    pub(crate) new: ObjectId,
    /// Who and why, where no file holds it that can be read by itself.
    pub(crate) message: Vec<u8>,
}

/// A ref's log, oldest entry first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredLog {
    /// The ref's full name, raw.
    pub(crate) name: Vec<u8>,
    /// Its lines.
    pub(crate) entries: Vec<LogEntry>,
}

/// The refs and logs of one place: the shared directory, or a linked worktree's own.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// Names and values; HEAD and other refs outside `refs/` too.
    pub(crate) refs: Vec<(Vec<u8>, RefValue)>,
    /// Ids of files that may hold several: `FETCH_HEAD`, state of a rebase.
    pub(crate) more: Vec<(String, ObjectId)>,
    /// Ids that `FETCH_HEAD` says came from another repository.
    pub(crate) fetched: Vec<ObjectId>,
    /// Logs.
    pub(crate) logs: Vec<StoredLog>,
    /// Names of refs that are there but cannot be read.
    pub(crate) broken: Vec<Vec<u8>>,
    /// What could not be read of refs.
    pub(crate) gaps: Vec<Gap>,
    /// What could not be read of logs.
    pub(crate) log_gaps: Vec<Gap>,
    /// Worth knowing.
    pub(crate) notes: Vec<Note>,
}
