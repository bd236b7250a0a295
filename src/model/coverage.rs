//! What was read: the counts behind the word "complete".

use super::ObjectKind;

/// Counts for one kind of object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindCoverage {
    /// Distinct objects that were read in full.
    pub read: u64,
    /// Distinct objects that an earlier sweep read in full, and this one did not read again.
    pub cached: u64,
    /// Distinct objects that were there but not read; each is a gap.
    pub skipped: u64,
    /// Objects that are named but nowhere.
    pub missing: u64,
}

/// How many refs of each kind were taken as roots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RefCoverage {
    /// `refs/heads/`.
    pub heads: u64,
    /// `refs/tags/`.
    pub tags: u64,
    /// `refs/remotes/`.
    pub remotes: u64,
    /// `refs/notes/`.
    pub notes: u64,
    /// `refs/stash` and its log.
    pub stashes: u64,
    /// Everything else below `refs/`.
    pub other: u64,
    /// Distinct ids in reflogs.
    pub reflog_entries: u64,
    /// Worktrees, the main one included.
    pub worktrees: u64,
    /// Entries of all indexes.
    pub index_entries: u64,
    /// Submodules that have repositories of their own here: these were NOT read.
    pub submodules_unread: u64,
}

impl RefCoverage {
    /// Adds another repository's counts.
    pub fn add(&mut self, other: &RefCoverage) {
        self.heads += other.heads;
        self.tags += other.tags;
        self.remotes += other.remotes;
        self.notes += other.notes;
        self.stashes += other.stashes;
        self.other += other.other;
        self.reflog_entries += other.reflog_entries;
        self.worktrees += other.worktrees;
        self.index_entries += other.index_entries;
        self.submodules_unread += other.submodules_unread;
    }
}

/// What a sweep has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    kinds: [KindCoverage; 4],
    /// Objects whose kind could not even be told.
    pub unknown: KindCoverage,
    /// Bytes of content of all objects read (inflated, deltas resolved, without headers).
    pub bytes: u64,
    /// Work tree files read (`--worktree`).
    pub files: u64,
    /// Refs and the like.
    pub refs: RefCoverage,
}

impl Coverage {
    /// The counts of one kind.
    pub fn of(&self, kind: ObjectKind) -> &KindCoverage {
        &self.kinds[kind as usize]
    }

    /// The counts of one kind, to add to.
    pub fn of_mut(&mut self, kind: ObjectKind) -> &mut KindCoverage {
        &mut self.kinds[kind as usize]
    }

    /// All objects read.
    pub fn read(&self) -> u64 {
        self.kinds.iter().map(|k| k.read).sum()
    }

    /// All objects that an earlier sweep read.
    pub fn cached(&self) -> u64 {
        self.kinds.iter().map(|k| k.cached).sum()
    }

    /// Adds another worker's counts.
    pub fn add(&mut self, other: &Coverage) {
        for kind in ObjectKind::ALL {
            let (mine, theirs) = (self.of_mut(kind), other.of(kind));
            mine.read += theirs.read;
            mine.cached += theirs.cached;
            mine.skipped += theirs.skipped;
            mine.missing += theirs.missing;
        }
        self.unknown.read += other.unknown.read;
        self.unknown.skipped += other.unknown.skipped;
        self.unknown.missing += other.unknown.missing;
        self.bytes += other.bytes;
        self.files += other.files;
    }
}
