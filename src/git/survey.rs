//! A look at single objects and at the files of HEAD, beside a sweep: what a plan wants to know.

use std::path::Path;

use super::objects::{Objects, Opening};
use super::repo::{OpenError, Repo};
use super::tips::{self, Tips};
use super::tree::{self, EntryKind};
use crate::model::{Control, ObjectId, ObjectKind};

/// A repository, opened to look things up in.
pub(crate) struct Survey<'c> {
    repo: Repo,
    tips: Tips,
    objects: Objects,
    control: &'c Control,
}

impl<'c> Survey<'c> {
    /// Opens it.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn open(
        path: &Path,
        explicit: bool,
        control: &'c Control,
    ) -> Result<Survey<'c>, OpenError> {
        let repo = Repo::open(path, explicit)?;
        let tips = tips::collect_under(&repo, control);
        let liars = std::collections::BTreeSet::new();
        let opening = Opening::everything(&liars);
        let objects = Objects::open(&repo, &tips, &opening, control);
        Ok(Survey {
            repo,
            tips,
            objects,
            control,
        })
    }

    /// The git directory and those of its work trees, and the work trees themselves.
    pub(crate) fn folders(&self) -> Vec<&Path> {
        let trees = self.repo.worktrees.iter();
        let own = [self.repo.git_dir.as_path(), self.repo.common_dir.as_path()];
        own.into_iter()
            .chain(trees.flat_map(|tree| {
                std::iter::once(tree.git_dir.as_path()).chain(tree.work_dir.as_deref())
            }))
            .collect()
    }

    /// The folder to work in: the work tree, or the git directory of a bare repository.
    pub(crate) fn home(&self) -> &Path {
        let tree = self
            .repo
            .worktree()
            .and_then(|tree| tree.work_dir.as_deref());
        tree.unwrap_or(&self.repo.git_dir)
    }

    /// True if it has no work tree.
    pub(crate) fn is_bare(&self) -> bool {
        self.repo
            .worktrees
            .iter()
            .all(|tree| tree.work_dir.is_none())
    }

    /// Remotes, each with the host of its URL.
    pub(crate) fn hosts(&self) -> std::collections::BTreeMap<String, String> {
        self.repo.remotes.facts.hosts.clone()
    }

    /// Reads these objects, one after the other; what cannot be read comes as `None`.
    pub(crate) fn read(
        &self,
        ids: impl IntoIterator<Item = ObjectId>,
        mut take: impl FnMut(ObjectId, Option<(ObjectKind, Vec<u8>)>),
    ) {
        let mut reader = self.objects.reader(self.control);
        for id in ids {
            let read = reader.read_id(&id).and_then(Result::ok);
            take(id, read);
        }
    }

    /// Paths and names of the files of HEAD, in the order of the trees; at most so many.
    pub(crate) fn head_files(&self, max: usize) -> Vec<(Vec<u8>, ObjectId)> {
        let mut files = Vec::new();
        let mut reader = self.objects.reader(self.control);
        let Some(head) = self.tips.head else {
            return files;
        };
        let Some(Ok((ObjectKind::Commit, content))) = reader.read_id(&head) else {
            return files;
        };
        let Some(root) = super::commit::Commit::parse(&content).tree else {
            return files;
        };
        let id_len = root.as_bytes().len();
        let mut stack = vec![(Vec::new(), root)];
        // A tree cannot hold itself, but many paths may lead to one: visits are bounded.
        let mut visits = 0;
        while let Some((folder, id)) = stack.pop() {
            visits += 1;
            if visits > max || files.len() >= max || self.control.check_clock().is_some() {
                break;
            }
            let Some(Ok((ObjectKind::Tree, content))) = reader.read_id(&id) else {
                continue;
            };
            let mut bounds = tree::Bounds::new();
            let mut below = Vec::new();
            let shown = |entry: tree::Entry<'_>| {
                let Some(id) = ObjectId::from_bytes(entry.id) else {
                    return;
                };
                let path = [folder.as_slice(), entry.name].concat();
                match entry.kind {
                    EntryKind::Tree => below.push(([path.as_slice(), b"/"].concat(), id)),
                    kind if kind.object_kind() == Some(ObjectKind::Blob) => files.push((path, id)),
                    _ => {}
                }
            };
            // A tree that cannot be split to its end still shows its beginning.
            tree::entries(&content, id_len, &mut bounds, shown).ok();
            below.reverse();
            stack.extend(below);
        }
        files.truncate(max);
        files
    }
}
