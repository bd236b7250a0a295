//! How far something has spread: which commits brought it, which refs reach it, who can have it.

use serde::{Deserialize, Serialize};

use super::ObjectId;

/// A commit as people name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitStamp {
    /// The commit.
    pub commit: ObjectId,
    /// `Name <mail>` as the commit has it, raw.
    pub author: Vec<u8>,
    /// The author date, RFC 3339 with the author's offset; `None` when the commit's is unusable.
    pub date: Option<String>,
    /// The committer date in seconds since 1970, for ordering.
    pub time: i64,
}

/// Where one object stands in history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Some of its paths, sorted, bounded.
    pub paths: Vec<Vec<u8>>,
    /// All its paths, counted (distinct).
    pub path_count: u64,
    /// True if a bound was hit while paths were counted: there may be more.
    pub path_count_at_least: bool,
    /// The commit that introduced it: its tree holds the object and no parent's tree does; of
    /// several the earliest.
    pub introduced: Option<CommitStamp>,
    /// Its path in that commit.
    pub introduced_path: Option<Vec<u8>>,
    /// How many commits introduced it.
    pub introduced_count: u64,
    /// True if any ref, HEAD, reflog, stash, index or worktree reaches it.
    pub reachable: bool,
}

/// The name of the work tree that the repository itself has; linked ones have others.
pub const MAIN: &str = "main";

/// Something that still holds on to an object that no ref reaches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Held {
    /// A reflog: the ref's name.
    Reflog(String),
    /// A stash entry.
    Stash(String),
    /// HEAD of a worktree: its name.
    Worktree(String),
    /// A pseudo-ref, or a file of an unfinished rebase: `ORIG_HEAD`, for a linked worktree
    /// `worktrees/NAME/ORIG_HEAD`.
    PseudoRef(String),
    /// The index of a worktree, by its name: staged, never committed.
    Index(String),
    /// A file below the git directory that is no object: its path.
    File(String),
    /// Nothing: `git gc` will drop it in time.
    Dangling,
}

impl Held {
    /// The name of what holds it, if there is anything.
    pub fn name(&self) -> Option<&str> {
        match self {
            Held::Reflog(name)
            | Held::Stash(name)
            | Held::Worktree(name)
            | Held::PseudoRef(name)
            | Held::Index(name)
            | Held::File(name) => Some(name),
            Held::Dangling => None,
        }
    }

    /// A sentence part for people: "through …".
    pub fn describe(&self) -> String {
        match self {
            Held::Reflog(name) => format!("the reflog of {name}"),
            Held::Stash(name) | Held::PseudoRef(name) => name.clone(),
            Held::Worktree(name) if name == MAIN => "HEAD of the main work tree".to_owned(),
            Held::Worktree(name) => format!("HEAD of the work tree {name}"),
            Held::Index(name) if name == MAIN => "the index (staged)".to_owned(),
            Held::Index(name) => format!("the index of the work tree {name} (staged)"),
            Held::File(name) => format!("git's file {name}"),
            Held::Dangling => "nothing (dangling until git gc drops it)".to_owned(),
        }
    }
}

/// What was looked at to learn how far a credential has spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Traced {
    /// No history at all.
    #[default]
    No,
    /// History without HEAD's commit, so that `at_head` and `removed` say nothing.
    WithoutHead,
    /// History, and HEAD's commit if there is one.
    Yes,
}

/// What this repository knows about whether others have a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Pushed {
    /// A ref that follows a remote reaches it.
    Yes,
    /// One did: the log of such a ref, or `FETCH_HEAD`, has it.
    Once,
    /// This repository is bare: what it holds was pushed to it, or is a copy of another's.
    Here,
    /// A push of it would most likely have left a trace here, and there is none.
    NotSeen,
    /// Nothing here could tell.
    Unknown(Blind),
}

impl Pushed {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Pushed::Yes => "yes",
            Pushed::Once => "once",
            Pushed::Here => "here",
            Pushed::NotSeen => "not-seen",
            Pushed::Unknown(_) => "unknown",
        }
    }

    /// True if others are known to have had it.
    pub const fn is_known(self) -> bool {
        matches!(self, Pushed::Yes | Pushed::Once | Pushed::Here)
    }
}

impl Default for Pushed {
    fn default() -> Pushed {
        Pushed::Unknown(Blind::NoRemote)
    }
}

/// Why a repository cannot tell whether something was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Blind {
    /// It has no remote.
    NoRemote,
    /// It may push branches to where no remote-tracking ref follows.
    NoTrace,
    /// A tag reaches it.
    Tag,
    /// A ref that is neither branch nor tag reaches it.
    OtherRef,
    /// No ref reaches it any more.
    Gone,
    /// Only a range was read, and no remote-tracking ref looked at.
    RangeOnly,
    /// An earlier report could not tell, and nobody looked again.
    Recorded,
}

impl Blind {
    /// A sentence part for people: "unknown: …".
    pub const fn describe(self) -> &'static str {
        match self {
            Blind::NoRemote => "no remote is known here whose refs could tell",
            Blind::NoTrace => "some pushes from here leave no remote-tracking ref behind",
            Blind::Tag => "a tag reaches it, and git does not record which tags were pushed",
            Blind::OtherRef => {
                "a ref that is no branch reaches it, and git does not record pushes of those"
            }
            Blind::Recorded => "the earlier report could not tell",
            Blind::RangeOnly => "only a range was read, and no remote-tracking ref",
            Blind::Gone => {
                "no ref reaches it any more, and git does not record what a deleted branch pushed"
            }
        }
    }
}

/// How far a credential has spread, over all objects that hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// How much of the rest says anything.
    pub traced: Traced,
    /// The commit that brought it first.
    pub introduced: Option<CommitStamp>,
    /// The commit that last took it out, if HEAD holds it no more.
    pub removed: Option<CommitStamp>,
    /// True if HEAD's tree holds it.
    pub at_head: bool,
    /// Branches, local and remote-tracking, whose tip holds it; sorted, bounded, full names. `None`
    /// where there was too much to look at.
    pub at_tips: Option<Vec<String>>,
    /// How many commits that refs or HEAD reach hold it, in their tree or themselves.
    pub commit_count: u64,
    /// How many authors those commits have, told apart by name and mail as the commits write them;
    /// `None` where that is too much to count.
    pub author_count: Option<u64>,
    /// Refs that reach it, sorted, bounded; full names.
    pub refs: Vec<String>,
    /// All refs that reach it, counted.
    pub ref_count: u64,
    /// Whether others have it.
    pub pushed: Pushed,
    /// Remotes at which it was seen, now or once: their tracking refs or the logs of these reach
    /// it. Sorted.
    pub pushed_to: Vec<String>,
    /// True if any ref reaches it.
    pub reachable: bool,
    /// How it can still be had where no ref reaches it; bounded.
    pub held_by: Vec<Held>,
    /// Date of the earliest commit that holds it, RFC 3339.
    pub first_seen: Option<String>,
    /// Date of the latest commit that holds it, RFC 3339.
    pub last_seen: Option<String>,
}
