//! Reading what a range brings, commit by commit.

mod besides;
mod peel;

use std::collections::{HashMap, HashSet};

use super::compare::{compare, entries, unlike};
use super::fetch::{Content, Fetched, Fetcher};
use super::walk::{Ends, Walked, stamp, unread};
use super::{Brought, PATHS_MAX, Range, RangeRead, missing_kind};
use crate::git::damage::Damage;
use crate::git::repo::Repo;
use crate::git::source::ScanObjects;
use crate::git::tree::EntryKind;
use crate::model::{CommitStamp, Coverage, Gap, GapKind, Object, ObjectId, ObjectKind};

/// Objects that are looked into to learn what others have already.
const BEFORE_MAX: usize = 4096;
/// A path for people is no longer.
const PATH_LEN_MAX: usize = 64 << 10;

/// A folder on the way to an entry: its name, and the folder that it lies in.
struct Step {
    parent: Option<u32>,
    name: Vec<u8>,
}

/// A tree to compare with what stood in its place.
struct Frame {
    tree: ObjectId,
    before: Vec<ObjectId>,
    at: Option<u32>,
}

/// Reads a range, once.
pub(super) struct Reading<'r, 'f, 'c, S> {
    range: &'r Range,
    fetcher: &'f mut Fetcher<'c>,
    missing: GapKind,
    id_len: usize,
    read: RangeRead<S>,
    walked: Walked,
    /// Trees and blobs that were read.
    trees: HashSet<ObjectId>,
    blobs: HashSet<ObjectId>,
    /// Those that the commit at hand met first: if it also takes them out elsewhere, they only moved.
    met: HashSet<ObjectId>,
    /// The same of what was there before.
    olds: HashSet<ObjectId>,
    steps: Vec<Step>,
    /// The commit at hand.
    current: Option<(ObjectId, Content)>,
    stamp: Option<CommitStamp>,
    /// Which tips reach it.
    tips: u64,
    /// What it replaces or takes out.
    gone: Vec<(ObjectId, EntryKind)>,
    has_hits: bool,
}

impl<'r, 'f, 'c, S: ScanObjects> Reading<'r, 'f, 'c, S> {
    pub(super) fn new(
        range: &'r Range,
        repo: &Repo,
        (scanner, before): (S, S),
        fetcher: &'f mut Fetcher<'c>,
    ) -> Self {
        Reading {
            range,
            missing: missing_kind(repo),
            id_len: repo.hash.len(),
            fetcher,
            read: RangeRead {
                scanner,
                before,
                coverage: Coverage::default(),
                commits: 0,
                is_superset: false,
                brought: HashMap::new(),
                gaps: Vec::new(),
            },
            walked: Walked::default(),
            trees: HashSet::new(),
            blobs: HashSet::new(),
            met: HashSet::new(),
            olds: HashSet::new(),
            steps: Vec::new(),
            current: None,
            stamp: None,
            tips: 0,
            gone: Vec::new(),
            has_hits: false,
        }
    }

    pub(super) fn finish(self) -> RangeRead<S> {
        self.read
    }

    /// Reads everything. An error is a stop or a bound that ends it all; the rest are gaps.
    pub(super) fn read(&mut self, shallow: &HashSet<ObjectId>) -> Result<(), Damage> {
        let peeled = self.peel()?;
        let ends = Ends {
            tips: &peeled.commits,
            hidden: &self.range.hidden,
            shallow,
            missing: self.missing,
            lazily: self.range.lazily,
        };
        self.walked = Walked::walk(self.fetcher, &ends)?;
        self.read.gaps.append(&mut self.walked.gaps);
        self.read.is_superset = self.walked.is_superset;
        for id in std::mem::take(&mut self.walked.boundary) {
            if self.range.needs_boundary {
                let detail = "a shallow clone left out this commit's parents: what they hold was \
                              not told from what is new";
                let gap = Gap::of_object(GapKind::Shallow, id, detail);
                self.read.gaps.push(gap);
            }
        }
        for number in std::mem::take(&mut self.walked.order) {
            self.commit(number)?;
        }
        self.current = None;
        self.stamp = None;
        self.tips = 0;
        for (id, kind) in peeled.others {
            match kind {
                EntryKind::Tree => self.changes(id, Vec::new())?,
                _ => self.blob(&id, None, &[])?,
            }
        }
        self.staged()?;
        if let Some(dir) = &self.range.quarantine {
            self.rest(dir)?;
        }
        self.look_at_head()
    }

    /// Counts and scans an object; true if something was found.
    fn show(&mut self, id: ObjectId, kind: ObjectKind, bytes: &[u8]) -> bool {
        self.read.coverage.of_mut(kind).read += 1;
        self.read.coverage.bytes += bytes.len() as u64;
        let object = Object { id, kind, bytes };
        S::has_hits(&self.read.scanner.object(&object, None))
    }

    fn commit(&mut self, number: u32) -> Result<(), Damage> {
        let node = &mut self.walked.nodes[number as usize];
        let (id, tree, parents) = (node.id, node.tree, node.parents.clone());
        let node_tips = node.tips;
        let content = match node.content.take() {
            Some(content) => content,
            None => match self.fetcher.whole(&id, ObjectKind::Commit)? {
                Some(content) => content,
                None => return Ok(()),
            },
        };
        self.read.commits += 1;
        self.tips = node_tips;
        self.stamp = None;
        self.has_hits = false;
        self.gone.clear();
        self.met.clear();
        self.current = Some((id, Content::clone(&content)));
        if self.show(id, ObjectKind::Commit, &content) {
            self.bring(id, None);
        }
        let before = parents.iter().filter_map(|id| self.walked.tree_of(id));
        let before: Vec<ObjectId> = before.collect();
        if let Some(tree) = tree
            && !before.contains(&tree)
        {
            self.changes(tree, before)?;
        }
        if self.has_hits {
            self.look_before()?;
        }
        Ok(())
    }

    /// Notes where an object with hits came in.
    fn bring(&mut self, id: ObjectId, path: Option<Vec<u8>>) -> &mut Brought {
        self.has_hits = true;
        if self.stamp.is_none() {
            self.stamp = self
                .current
                .as_ref()
                .map(|(id, content)| stamp(id, content));
        }
        let (by, tips) = (&self.stamp, self.tips);
        let brought = self.read.brought.entry(id).or_insert_with(|| Brought {
            by: by.clone(),
            tips,
            ..Brought::default()
        });
        brought.count += 1;
        if let Some(path) = path
            && brought.paths.len() < PATHS_MAX
            && !brought.paths.contains(&path)
        {
            brought.paths.push(path);
        }
        brought
    }

    /// Reads what a tree has that none of those before has.
    fn changes(&mut self, tree: ObjectId, before: Vec<ObjectId>) -> Result<(), Damage> {
        let mut frames = vec![Frame {
            tree,
            before,
            at: None,
        }];
        self.steps.clear();
        while let Some(frame) = frames.pop() {
            // What it holds was read when it was first met, or was there before.
            if !self.trees.insert(frame.tree) {
                continue;
            }
            self.met.insert(frame.tree);
            let content = match self.fetcher.whole(&frame.tree, ObjectKind::Tree) {
                Ok(Some(content)) => content,
                Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
                other => {
                    let needed_by = self.current.as_ref().map(|(id, _)| id);
                    let gap = unread(&frame.tree, &other, self.missing, needed_by);
                    self.read.gaps.push(gap);
                    continue;
                }
            };
            self.compared(&frame, &content, &mut frames)?;
        }
        Ok(())
    }

    fn compared(
        &mut self,
        frame: &Frame,
        content: &[u8],
        frames: &mut Vec<Frame>,
    ) -> Result<(), Damage> {
        let mut contents = Vec::new();
        for id in &frame.before {
            // What cannot be read there hides nothing here.
            match self.fetcher.whole(id, ObjectKind::Tree) {
                Ok(Some(content)) => contents.push(content),
                Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
                Ok(None) | Err(_) => {}
            }
        }
        let (list, others, done) = if let [one] = &contents[..] {
            let (list, other, done) = unlike(content, one, self.id_len);
            (list, vec![other], done)
        } else {
            let (list, done) = entries(content, self.id_len);
            let split = contents.iter().map(|one| entries(one, self.id_len).0);
            (list, split.collect(), done)
        };
        if done.is_err() {
            let detail = "an entry of this tree cannot be read, nor what follows it";
            let gap = Gap::of_object(GapKind::Damaged, frame.tree, detail);
            self.read.gaps.push(gap);
        }
        let (new, gone) = compare(list, &others);
        self.gone.extend(gone);
        let is_new = |new: &&super::compare::New<'_>| new.before.is_empty();
        let names = new.iter().filter(is_new).map(|new| {
            let at = new.entry.name_at;
            at..at + new.entry.name.len()
        });
        let names: Vec<_> = names.collect();
        self.tree(frame, content, names);
        for new in new {
            let of = |kind| new.before.iter().filter(move |(_, k)| *k == kind);
            let at = self.steps.len() as u32;
            self.steps.push(Step {
                parent: frame.at,
                name: new.entry.name.to_vec(),
            });
            match new.entry.kind {
                EntryKind::Tree => frames.push(Frame {
                    tree: new.entry.id,
                    before: of(EntryKind::Tree).map(|(id, _)| *id).collect(),
                    at: Some(at),
                }),
                EntryKind::Blob => {
                    let before: Vec<_> = of(EntryKind::Blob).map(|(id, _)| *id).collect();
                    self.blob(&new.entry.id, Some(at), &before)?;
                }
                EntryKind::Gitlink => {}
            }
        }
        Ok(())
    }

    /// Scans the names of a tree's entries, if any is new.
    fn tree(&mut self, frame: &Frame, content: &[u8], names: Vec<std::ops::Range<usize>>) {
        self.read.coverage.of_mut(ObjectKind::Tree).read += 1;
        self.read.coverage.bytes += content.len() as u64;
        let object = Object {
            id: frame.tree,
            kind: ObjectKind::Tree,
            bytes: content,
        };
        if !names.is_empty() && S::has_hits(&self.read.scanner.object(&object, None)) {
            let path = self.path(frame.at);
            let new = names.iter().map(|name| content[name.clone()].to_vec());
            let new = new.collect();
            let brought = self.bring(frame.tree, Some(path));
            (brought.new_names, brought.names) = (names, new);
        }
    }

    fn path(&self, mut at: Option<u32>) -> Vec<u8> {
        let mut names: Vec<&[u8]> = Vec::new();
        let mut len = 0;
        while let Some(step) = at.and_then(|at| self.steps.get(at as usize)) {
            len += step.name.len() + 1;
            if len > PATH_LEN_MAX {
                break;
            }
            names.push(&step.name);
            at = step.parent;
        }
        names.reverse();
        names.join(&b'/')
    }

    /// Scans a blob that is met for the first time.
    fn blob(&mut self, id: &ObjectId, at: Option<u32>, before: &[ObjectId]) -> Result<(), Damage> {
        if !self.blobs.insert(*id) {
            if self.read.brought.contains_key(id) {
                let path = at.map(|at| self.path(Some(at)));
                self.bring(*id, path);
                self.gone_blobs(before);
            }
            return Ok(());
        }
        self.met.insert(*id);
        let needed_by = self.current.as_ref().map(|(id, _)| *id);
        let found = match self.fetcher.fetch(id) {
            Ok(Some(Fetched::Whole(ObjectKind::Blob, content))) => {
                let found = self.show(*id, ObjectKind::Blob, &content);
                if found && !self.fetcher.is_named(id, ObjectKind::Blob, &content) {
                    let gap = Gap::of_object(GapKind::Damaged, *id, Damage::Hash.to_string());
                    self.read.gaps.push(gap);
                }
                found
            }
            Ok(Some(Fetched::Large(spot))) => self.pour(id, &spot)?,
            Ok(Some(Fetched::Whole(..))) => {
                let detail = "it is no blob, as the tree says that holds it";
                let gap = Gap::of_object(GapKind::Damaged, *id, detail);
                self.read.gaps.push(gap);
                false
            }
            Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
            other => {
                let gap = unread(id, &other, self.missing, needed_by.as_ref());
                self.read.gaps.push(gap);
                false
            }
        };
        if found {
            let path = at.map(|at| self.path(Some(at)));
            self.bring(*id, path);
            self.gone_blobs(before);
        }
        Ok(())
    }

    fn gone_blobs(&mut self, before: &[ObjectId]) {
        let blobs = before.iter().map(|id| (*id, EntryKind::Blob));
        self.gone.extend(blobs);
    }

    fn pour(&mut self, id: &ObjectId, spot: &super::shelf::Spot) -> Result<bool, Damage> {
        let scanner = &mut self.read.scanner;
        scanner.begin(*id, ObjectKind::Blob);
        let poured = self.fetcher.pour(id, spot, |piece| scanner.piece(piece));
        let found = scanner.end(poured.is_ok());
        match poured {
            Ok(len) => {
                self.read.coverage.of_mut(ObjectKind::Blob).read += 1;
                self.read.coverage.bytes += len;
            }
            Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
            Err(damage) => {
                let gap = Gap::of_object(damage.gap_kind(), *id, damage.to_string());
                self.read.gaps.push(gap);
            }
        }
        Ok(found)
    }
}
