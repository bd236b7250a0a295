//! What is read besides commits and their trees: what was there before, the index, the rest of a
//! quarantine, and HEAD.

use std::path::Path;

use super::{BEFORE_MAX, Reading, Step};
use crate::git::commit::Commit;
use crate::git::damage::Damage;
use crate::git::range::compare::entries;
use crate::git::range::fetch::Fetched;
use crate::git::range::walk::unread;
use crate::git::source::ScanObjects;
use crate::git::tree::EntryKind;
use crate::model::{Object, ObjectId, ObjectKind};

impl<S: ScanObjects> Reading<'_, '_, '_, S> {
    /// Looks into what a commit with hits replaces or takes out: what stood there before is nothing
    /// that the range brings.
    pub(super) fn look_before(&mut self) -> Result<(), Damage> {
        let mut left: Vec<(ObjectId, EntryKind)> = std::mem::take(&mut self.gone);
        while let Some((id, kind)) = left.pop() {
            let is_read = self.blobs.contains(&id) || self.trees.contains(&id);
            let is_new = is_read && !self.met.contains(&id);
            if is_new || self.olds.len() >= BEFORE_MAX || !self.olds.insert(id) {
                continue;
            }
            match (kind, self.fetcher.fetch(&id)) {
                (_, Err(damage @ (Damage::Work(_) | Damage::Stopped))) => return Err(damage),
                (_, Ok(Some(Fetched::Whole(ObjectKind::Tree, content)))) => {
                    let list = entries(&content, self.id_len).0;
                    left.extend(list.iter().map(|entry| (entry.id, entry.kind)));
                }
                (EntryKind::Blob | EntryKind::Tree, Ok(Some(Fetched::Whole(kind, content)))) => {
                    let bytes = &content[..];
                    self.read.before.object(&Object { id, kind, bytes }, None);
                }
                // What cannot be read there makes nothing known; it stays new.
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn staged(&mut self) -> Result<(), Damage> {
        for staged in &self.range.staged {
            if staged.is_tree {
                self.changes(staged.id, staged.before.clone())?;
                continue;
            }
            self.steps.clear();
            self.steps.push(Step {
                parent: None,
                name: staged.path.clone(),
            });
            self.blob(&staged.id, Some(0), &staged.before)?;
        }
        if !self.range.staged.is_empty() && self.has_hits {
            // Whether these are blobs or trees shows when they are read.
            let replaced = self.range.replaced.iter();
            self.gone.extend(replaced.map(|id| (*id, EntryKind::Blob)));
            self.look_before()?;
        }
        Ok(())
    }

    /// Reads what lies in the quarantine and was not read yet. What others have as well was only sent
    /// along, as the base of a delta.
    pub(super) fn rest(&mut self, dir: &Path) -> Result<(), Damage> {
        for id in self.fetcher.shelf.names_in(dir) {
            let was_read = self.blobs.contains(&id)
                || self.trees.contains(&id)
                || self.walked.numbers.contains_key(&id);
            if was_read || self.fetcher.shelf.has_outside(dir, &id) {
                continue;
            }
            match self.fetcher.fetch(&id) {
                Ok(Some(Fetched::Whole(kind, content))) => {
                    if self.show(id, kind, &content) {
                        self.bring(id, None);
                    }
                }
                Ok(Some(Fetched::Large(spot))) => {
                    if self.pour(&id, &spot)? {
                        self.bring(id, None);
                    }
                }
                Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
                other => {
                    let gap = unread(&id, &other, self.missing, None);
                    self.read.gaps.push(gap);
                }
            }
        }
        Ok(())
    }

    /// Tells which of the objects with hits are still in HEAD's tree.
    pub(super) fn look_at_head(&mut self) -> Result<(), Damage> {
        let Some(head) = self.range.head else {
            return Ok(());
        };
        let tree = match self.walked.tree_of(&head) {
            Some(tree) => Some(tree),
            None => match self.fetcher.whole(&head, ObjectKind::Commit) {
                Ok(Some(content)) => Commit::parse(&content).tree,
                Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
                Ok(None) | Err(_) => None,
            },
        };
        let Some(tree) = tree else { return Ok(()) };
        let mut asked: Vec<(ObjectId, Vec<Vec<u8>>)> = Vec::new();
        for (id, brought) in &self.read.brought {
            asked.push((*id, brought.paths.clone()));
        }
        for (id, paths) in asked {
            for path in paths {
                if self.at_path(tree, &path)? == Some(id)
                    && let Some(brought) = self.read.brought.get_mut(&id)
                {
                    brought.at_head = true;
                }
            }
        }
        Ok(())
    }

    /// What lies at a path below a tree.
    fn at_path(&mut self, tree: ObjectId, path: &[u8]) -> Result<Option<ObjectId>, Damage> {
        let mut at = tree;
        for name in path
            .split(|byte| *byte == b'/')
            .filter(|name| !name.is_empty())
        {
            let content = match self.fetcher.whole(&at, ObjectKind::Tree) {
                Ok(Some(content)) => content,
                Err(damage @ (Damage::Work(_) | Damage::Stopped)) => return Err(damage),
                Ok(None) | Err(_) => return Ok(None),
            };
            let list = entries(&content, self.id_len).0;
            match list.iter().find(|entry| entry.name == name) {
                Some(entry) => at = entry.id,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }
}
