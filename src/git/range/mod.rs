//! What a range brings, and nothing else: the commits that its tips reach and its hidden ones do
//! not, the tags on the way to them, and of each commit's tree what none of its parents' trees has.
//! A merge is held against all its parents, so that what only its resolution brings is seen.
//!
//! The cost follows the range, not the repository: names are looked up one by one, everything on
//! one thread.

mod choice;
mod compare;
mod fetch;
mod reading;
mod refs;
mod shelf;
mod staged;
mod walk;

use std::collections::{HashMap, HashSet};
use std::ops::Range as Span;
use std::path::PathBuf;

use super::damage::Damage;
use super::repo::Repo;
use super::source::ScanObjects;
use super::tree;
use super::walk::Bounds;
use crate::model::{CommitStamp, Control, Coverage, Gap, GapKind, Object, ObjectId, ObjectKind};
use fetch::Fetcher;
use shelf::Shelf;

pub(crate) use choice::Chosen;
pub use choice::{Hidden, RangeChoice, Reach, Untold};

/// Most paths of one object that are kept.
const PATHS_MAX: usize = 100;

/// What to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Range {
    /// Commits, tags, trees or blobs.
    pub(crate) tips: Vec<ObjectId>,
    /// Commits that others have already, with all that they reach. Ids of no commit are passed over.
    pub(crate) hidden: HashSet<ObjectId>,
    /// Read this object directory as well, whatever reaches what lies there, but for what lies
    /// elsewhere, too.
    pub(crate) quarantine: Option<PathBuf>,
    /// Blobs with their paths that are new, and what was there before: the index.
    pub(crate) staged: Vec<Staged>,
    /// What the index has no more: it is not new.
    pub(crate) replaced: Vec<ObjectId>,
    /// Whether a commit whose parents a shallow clone left out is a gap: what lies before it is not
    /// known to have been looked at.
    pub(crate) needs_boundary: bool,
    /// Trees and blobs are held against their names. Not needed where what was read is what is sent.
    pub(crate) checks_names: bool,
    /// More than the range may be read, if that spares a look at many hidden commits.
    pub(crate) lazily: bool,
    /// Where to look whether something is still there.
    pub(crate) head: Option<ObjectId>,
}

/// A staged blob.
#[derive(Clone, Debug)]
pub(crate) struct Staged {
    pub(crate) path: Vec<u8>,
    pub(crate) id: ObjectId,
    /// A folder that a sparse index leaves folded.
    pub(crate) is_tree: bool,
    /// What the last commit has at this path.
    pub(crate) before: Vec<ObjectId>,
}

/// Where an object with hits came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Brought {
    /// The first commit of the range that has it.
    pub(crate) by: Option<CommitStamp>,
    /// Which of the range's tips reach that commit, by their number; the first 64.
    pub(crate) tips: u64,
    /// How many commits of the range bring it.
    pub(crate) count: u64,
    /// Its paths: of a tree that of the folder.
    pub(crate) paths: Vec<Vec<u8>>,
    /// Of a tree: where the names lie that are new.
    pub(crate) new_names: Vec<Span<usize>>,
    /// These names.
    pub(crate) names: Vec<Vec<u8>>,
    /// True if HEAD's tree has it at one of these paths.
    pub(crate) at_head: bool,
}

/// What came of reading a range.
pub(crate) struct RangeRead<S> {
    pub(crate) scanner: S,
    /// What found things in what was replaced or taken out: others have that already.
    pub(crate) before: S,
    pub(crate) coverage: Coverage,
    /// Commits of the range.
    pub(crate) commits: u64,
    /// Some of them may be hidden after all.
    pub(crate) is_superset: bool,
    /// Objects with hits.
    pub(crate) brought: HashMap<ObjectId, Brought>,
    pub(crate) gaps: Vec<Gap>,
}

impl Range {
    /// Reads the range.
    pub(crate) fn read<S: ScanObjects>(
        &self,
        repo: &Repo,
        object_size_max: Option<u64>,
        (scanner, before): (S, S),
        control: &Control,
    ) -> RangeRead<S> {
        let bounds = Bounds::of(0, object_size_max);
        let shelf = Shelf::open(repo.hash, &repo.object_dirs);
        let mut shallow = super::tips::Tips::default();
        super::surroundings::shallow(repo, &mut shallow);
        let mut fetcher = Fetcher::new(shelf, bounds.object_size_max, bounds.work_max, control);
        if !self.checks_names {
            fetcher = fetcher.believing();
        }
        let mut reading = reading::Reading::new(self, repo, (scanner, before), &mut fetcher);
        let shallow_ids = shallow.shallow.into_iter().collect();
        let done = reading.read(&shallow_ids);
        let mut read = reading.finish();
        if let Err(damage) = done {
            read.gaps.push(match control.stopped() {
                Some(cause) => super::source::stop_gap(cause),
                None => Gap::new(damage.gap_kind(), damage.to_string()),
            });
        }
        read.gaps.extend(shallow.gaps);
        read.gaps.extend(fetcher.shelf.gaps());
        read
    }
}

/// Reads single objects by name, without opening anything before it is needed.
pub(crate) struct Lookup<'c> {
    fetcher: Fetcher<'c>,
}

impl<'c> Lookup<'c> {
    /// Of this repository.
    pub(crate) fn new(repo: &Repo, control: &'c Control) -> Lookup<'c> {
        let bounds = Bounds::of(0, None);
        let shelf = Shelf::open(repo.hash, &repo.object_dirs);
        let (size_max, work_max) = (bounds.object_size_max, bounds.work_max);
        Lookup {
            fetcher: Fetcher::new(shelf, size_max, work_max, control),
        }
    }

    /// The content of an object, unless it is large.
    pub(crate) fn content(&mut self, id: &ObjectId) -> Option<Vec<u8>> {
        match self.fetcher.fetch(id).ok()?? {
            fetch::Fetched::Whole(_, content) => Some(content.to_vec()),
            fetch::Fetched::Large(_) => None,
        }
    }

    /// Shows an object to a scanner, a large one piece by piece. Its kind and how many bytes it has;
    /// `None` if there is none.
    pub(crate) fn show<S: ScanObjects>(
        &mut self,
        id: &ObjectId,
        scanner: &mut S,
    ) -> Result<Option<(ObjectKind, u64)>, Damage> {
        match self.fetcher.fetch(id)? {
            None => Ok(None),
            Some(fetch::Fetched::Whole(kind, content)) => {
                let bytes = &content[..];
                let id = *id;
                scanner.object(&Object { id, kind, bytes }, None);
                Ok(Some((kind, bytes.len() as u64)))
            }
            Some(fetch::Fetched::Large(spot)) => {
                scanner.begin(*id, ObjectKind::Blob);
                let poured = self.fetcher.pour(id, &spot, |piece| scanner.piece(piece));
                scanner.end(poured.is_ok());
                Ok(Some((ObjectKind::Blob, poured?)))
            }
        }
    }

    /// A file at the top of the first of these revisions that is there, and which that was.
    /// `None` if there is no such revision, or no such file in it.
    pub(crate) fn file(
        &mut self,
        repo: &Repo,
        revisions: &[String],
        name: &[u8],
    ) -> Option<(String, Vec<u8>)> {
        let (text, tree) = self.root_tree(repo, revisions)?;
        let entry = self.entry(&tree, name, repo.hash.len())?;
        let blob = self.fetcher.whole(&entry.1, ObjectKind::Blob).ok()??;
        Some((text, blob.to_vec()))
    }

    /// Those of the paths that are gitlinks in HEAD's tree.
    pub(crate) fn gitlinks(&mut self, repo: &Repo, mut paths: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let root = self.root_tree(repo, &["HEAD".to_owned()]);
        paths.retain(|path| {
            let mut at = root.as_ref().map(|(_, id)| (tree::EntryKind::Tree, *id));
            for name in path.split(|byte| *byte == b'/') {
                let folder = at.filter(|(kind, _)| *kind == tree::EntryKind::Tree);
                at = folder.and_then(|(_, id)| self.entry(&id, name, repo.hash.len()));
            }
            at.is_some_and(|(kind, _)| kind == tree::EntryKind::Gitlink)
        });
        paths
    }

    /// The tree of the first of these revisions that is there, and which that was.
    fn root_tree(&mut self, repo: &Repo, revisions: &[String]) -> Option<(String, ObjectId)> {
        let refs = refs::Refs::read(repo, "refs/");
        let fetcher = &mut self.fetcher;
        let found = revisions.iter().find_map(|text| {
            let id = refs.revision(text, fetcher)?;
            Some((text, refs::peeled(&id, fetcher)?))
        });
        let (text, commit) = found?;
        let commit = fetcher.whole(&commit, ObjectKind::Commit).ok()??;
        let tree = super::commit::Commit::parse(&commit).tree?;
        Some((text.clone(), tree))
    }

    /// What a tree has under this name.
    fn entry(
        &mut self,
        tree: &ObjectId,
        name: &[u8],
        id_len: usize,
    ) -> Option<(tree::EntryKind, ObjectId)> {
        let tree = self.fetcher.whole(tree, ObjectKind::Tree).ok()??;
        let (list, _) = compare::entries(&tree, id_len);
        let entry = list.iter().find(|entry| entry.name == name)?;
        Some((entry.kind, entry.id))
    }
}

/// What an object that is nowhere is called.
fn missing_kind(repo: &Repo) -> GapKind {
    if repo.promisor {
        GapKind::Promisor
    } else {
        GapKind::Missing
    }
}
