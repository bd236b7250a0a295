//! What was not read, and why. A report with a gap is incomplete, and never exits 0.

use serde::{Deserialize, Serialize};

use super::ObjectId;

/// The kinds of gap, a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum GapKind {
    /// An object is there but cannot be read: bad checksum, broken deflate stream, bad delta.
    Damaged,
    /// An object that something reachable names is nowhere.
    Missing,
    /// The same in a partial clone, where the remote promised it.
    Promisor,
    /// History ends at a shallow boundary.
    Shallow,
    /// A file of the repository cannot be opened or read.
    Unreadable,
    /// A ref, reflog, index or other metadata cannot be understood.
    Metadata,
    /// An object is larger than the limits allow.
    TooLarge,
    /// Time ran out (`--max-time`).
    Time,
    /// The sweep was interrupted.
    Interrupted,
    /// An alternate object directory cannot be used.
    Alternate,
    /// A bound on the number of hits was reached.
    HitLimit,
    /// keysweep failed on this object: a bug.
    Internal,
}

impl GapKind {
    /// All kinds, for `--allow-incomplete`.
    pub const ALL: [GapKind; 12] = [
        GapKind::Damaged,
        GapKind::Missing,
        GapKind::Promisor,
        GapKind::Shallow,
        GapKind::Unreadable,
        GapKind::Metadata,
        GapKind::TooLarge,
        GapKind::Time,
        GapKind::Interrupted,
        GapKind::Alternate,
        GapKind::HitLimit,
        GapKind::Internal,
    ];

    /// The name reports and `--allow-incomplete` use.
    pub const fn name(self) -> &'static str {
        match self {
            GapKind::Damaged => "damaged",
            GapKind::Missing => "missing",
            GapKind::Promisor => "promisor",
            GapKind::Shallow => "shallow",
            GapKind::Unreadable => "unreadable",
            GapKind::Metadata => "metadata",
            GapKind::TooLarge => "too-large",
            GapKind::Time => "time",
            GapKind::Interrupted => "interrupted",
            GapKind::Alternate => "alternate",
            GapKind::HitLimit => "hit-limit",
            GapKind::Internal => "internal",
        }
    }

    /// What a user does about it, one sentence.
    pub const fn next_step(self) -> &'static str {
        match self {
            GapKind::Damaged => {
                "move the damaged pack or loose file away (`git fsck` names it, and git never fetches \
                 what it believes to have), then `git fetch --refetch`, or copy it from another clone"
            }
            GapKind::Missing => {
                "fetch it from the remote (`git fetch --refetch`) or copy it from another clone"
            }
            GapKind::Promisor => {
                "fetch what the partial clone left out: `git fetch --refetch --no-filter`"
            }
            GapKind::Shallow => "deepen the clone: `git fetch --unshallow` (in CI: fetch-depth 0)",
            GapKind::Unreadable => "check the file's permissions and run the sweep as its owner",
            GapKind::Metadata => "run `git fsck` and repair or remove what it names",
            GapKind::TooLarge => "raise the limit with `--max-object-size`",
            GapKind::Time => "raise or drop `--max-time`",
            GapKind::Interrupted => "run the sweep again",
            GapKind::Alternate => "mend or remove the line in objects/info/alternates",
            GapKind::HitLimit => "raise the limit with `--max-hits`",
            GapKind::Internal => "please report this as a bug, with the object if you can share it",
        }
    }
}

/// One thing that was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
pub struct Gap {
    /// What kind.
    pub kind: GapKind,
    /// The object, if it is one.
    pub object: Option<ObjectId>,
    /// The ref that names it, if one does.
    pub reference: Option<String>,
    /// The path in history, or the file below the git directory.
    pub path: Option<Vec<u8>>,
    /// Why, in one sentence without a full stop; no secret, no content.
    pub detail: String,
}

impl Gap {
    /// A gap with nothing but its kind and reason; fields are added by assignment.
    pub fn new(kind: GapKind, detail: impl Into<String>) -> Gap {
        Gap {
            kind,
            object: None,
            reference: None,
            path: None,
            detail: detail.into(),
        }
    }

    /// The same for an object.
    pub fn of_object(kind: GapKind, id: ObjectId, detail: impl Into<String>) -> Gap {
        Gap {
            object: Some(id),
            ..Gap::new(kind, detail)
        }
    }

    /// The same for a file.
    pub fn of_path(kind: GapKind, path: &std::path::Path, detail: impl Into<String>) -> Gap {
        Gap {
            path: Some(path.as_os_str().as_encoded_bytes().to_vec()),
            ..Gap::new(kind, detail)
        }
    }
}

/// A bound inside an object that was hit, or content that git only points to. Reported always;
/// incomplete only with `--strict`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit {
    /// What: `lfs-pointer`, …
    pub kind: &'static str,
    /// The object.
    pub object: Option<ObjectId>,
    /// Why, in one sentence.
    pub detail: String,
}

/// Something worth knowing that is no gap: an object that only unreachable objects name is
/// missing, a replace ref was ignored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Note {
    /// A stable word: `unreachable-missing`, `replace-refs`, `submodules`, …
    pub kind: &'static str,
    /// One sentence.
    pub detail: String,
}
