//! Which range is meant: from names and ids to where it begins and ends.

use std::collections::BTreeSet;

use super::fetch::Fetcher;
use super::refs::{Refs, peeled};
use super::shelf::Shelf;
use super::{Range, staged};
use crate::git::repo::Repo;
use crate::git::walk::Bounds;
use crate::model::{Control, Gap, GapKind, ObjectId};

/// What is hidden: what somebody else has already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Revisions that must be there.
    pub revisions: Vec<String>,
    /// Full ids; those that are not there hide nothing.
    pub if_there: Vec<String>,
    /// Whatever the refs that follow this remote reach.
    pub remote: Option<String>,
    /// Revisions of which one should be there, the first that is: none is a gap, with what to do.
    pub wanted: Vec<String>,
    /// What to do about it.
    pub setting: String,
    /// Whatever any ref reaches.
    pub all_refs: bool,
}

/// A range as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeChoice {
    /// How the report calls it: `range A..B`, `push to origin`.
    pub name: String,
    /// Revisions that it reaches.
    pub tips: Vec<String>,
    /// All local branches and tags as well.
    pub all_branches_and_tags: bool,
    /// What the index holds and HEAD does not as well.
    pub staged: bool,
    /// The index, if it is not the usual one: an absolute path.
    pub index_file: Option<std::path::PathBuf>,
    /// What it does not reach.
    pub hidden: Hidden,
    /// Whatever else was sent and is not accepted yet: the quarantine that `GIT_QUARANTINE_PATH` or
    /// `GIT_OBJECT_DIRECTORY` names.
    pub quarantine: Option<std::path::PathBuf>,
    /// A shallow boundary inside of it is a gap.
    pub needs_boundary: bool,
    /// A head that is the base is a mistake, not an empty range.
    pub refuses_same: bool,
    /// Names of refs that are new to whoever gets them: they are scanned, too.
    pub ref_names: Vec<String>,
    /// A message that is to become a commit's.
    pub message: Option<Vec<u8>>,
    /// For each tip the name of the ref that carries it.
    pub carried_by: Vec<String>,
    /// Whether others have it already.
    pub reach: Reach,
}

/// Who has what a range brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Nobody else: a push is about to begin.
    Nobody,
    /// Whoever can read the remote.
    #[default]
    Remote,
    /// Nobody knows.
    Unknown,
}

/// A range that cannot be told, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// What is not there.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A range with what else is known of where it lies.
pub(crate) struct Chosen {
    pub(crate) range: Range,
    pub(crate) head: Option<ObjectId>,
    pub(crate) head_name: Option<String>,
    /// For each tip the name of the ref that it is, if there is one.
    pub(crate) refs: Vec<Option<String>>,
    /// Paths that are in the index and nowhere in HEAD.
    pub(crate) index_paths: Vec<Vec<u8>>,
    pub(crate) gaps: Vec<Gap>,
}

impl RangeChoice {
    /// Finds out what the range is.
    ///
    /// # Errors
    /// A revision that is not there.
    pub(crate) fn resolve(&self, repo: &Repo, control: &Control) -> Result<Chosen, Untold> {
        let refs = Refs::read(repo, self.top());
        let bounds = Bounds::of(0, None);
        let shelf = Shelf::open(repo.hash, &repo.object_dirs);
        let (size_max, work_max) = (bounds.object_size_max, bounds.work_max);
        let mut fetcher = Fetcher::new(shelf, size_max, work_max, control);
        let mut chosen = Chosen {
            range: Range {
                quarantine: self.quarantine.clone(),
                needs_boundary: self.needs_boundary,
                lazily: self.reach == Reach::Nobody,
                checks_names: self.reach != Reach::Nobody,
                head: refs.head(),
                ..Range::default()
            },
            head: refs.head(),
            head_name: refs.head_name(),
            refs: Vec::new(),
            index_paths: Vec::new(),
            gaps: Vec::new(),
        };
        for (at, text) in self.tips.iter().enumerate() {
            let id = refs.revision(text, &mut fetcher);
            let id = id.ok_or_else(|| untold(text, repo))?;
            chosen.range.tips.push(id);
            chosen.refs.push(self.carried_by.get(at).cloned());
        }
        if self.all_branches_and_tags {
            let own = |name: &str| is_below(name, "refs/heads/") || is_below(name, "refs/tags/");
            for (name, id) in refs.all(own) {
                chosen.range.tips.push(id);
                chosen.refs.push(Some(name));
            }
        }
        self.hide(repo, &refs, &mut fetcher, &mut chosen)?;
        self.check_ends(&chosen.range, &mut fetcher)?;
        if self.staged {
            let found = {
                let file = self.index_file.as_deref();
                staged::staged(repo, file, refs.head(), &mut fetcher, control)
            };
            chosen.range.staged = found.blobs;
            chosen.range.replaced = found.replaced;
            chosen.index_paths = found.new_paths;
            chosen.gaps.extend(found.gaps);
        }
        // Elsewhere a ref that cannot be read only hides nothing.
        if self.all_branches_and_tags {
            chosen.gaps.extend(refs.gaps.iter().cloned());
        }
        Ok(chosen)
    }

    /// A base that is not there: what is new cannot be told from what is old.
    fn without(&self, text: &str, repo: &Repo) -> Gap {
        let kind = if repo.common_dir.join("shallow").exists() {
            GapKind::Shallow
        } else {
            GapKind::Missing
        };
        let setting = &self.hidden.setting;
        Gap {
            reference: Some(text.to_owned()),
            ..Gap::new(
                kind,
                format!(
                    "the base is not in this clone, so that all of its history counts as new, as \
                     far as it is there: {setting}"
                ),
            )
        }
    }

    /// Refuses a range that begins where it ends: nothing would be looked at.
    fn check_ends(&self, range: &Range, fetcher: &mut Fetcher<'_>) -> Result<(), Untold> {
        let is_hidden = |id: &ObjectId| {
            range.hidden.contains(id)
                || peeled(id, fetcher).is_some_and(|id| range.hidden.contains(&id))
        };
        if !self.refuses_same || !range.tips.iter().all(is_hidden) {
            return Ok(());
        }
        Err(Untold {
            message: "the base and the head of the change are the same commit, so that nothing \
                      would be looked at"
                .to_owned(),
            hint: "name the base with --base and the change with --head, or read everything with \
                   --full"
                .to_owned(),
        })
    }

    /// The folder of refs that matters.
    fn top(&self) -> &'static str {
        let is_id = |text: &String| ObjectId::from_hex(text.as_bytes()).is_some();
        let named = self.tips.iter().chain(&self.hidden.revisions);
        let only_ids = named.chain(&self.hidden.wanted).all(is_id);
        if only_ids && !self.all_branches_and_tags && !self.hidden.all_refs {
            "refs/remotes/"
        } else {
            "refs/"
        }
    }

    fn hide(
        &self,
        repo: &Repo,
        refs: &Refs,
        fetcher: &mut Fetcher<'_>,
        chosen: &mut Chosen,
    ) -> Result<(), Untold> {
        let mut ids: BTreeSet<ObjectId> = BTreeSet::new();
        // What may be a tag, which hides what it is for.
        let mut tags: Vec<ObjectId> = Vec::new();
        for text in &self.hidden.revisions {
            let id = refs.revision(text, fetcher);
            tags.push(id.ok_or_else(|| untold(text, repo))?);
        }
        let mut wanted = self.hidden.wanted.iter();
        if let Some(id) = wanted.find_map(|text| refs.revision(text, fetcher)) {
            tags.push(id);
        } else {
            let first = self.hidden.wanted.first();
            chosen
                .gaps
                .extend(first.map(|text| self.without(text, repo)));
        }
        for text in &self.hidden.if_there {
            tags.extend(ObjectId::from_hex(text.as_bytes()).filter(|id| !id.is_null()));
        }
        let remotes = &repo.remotes;
        if let Some(remote) = &self.hidden.remote {
            let of_it = |name: &str| remotes.followed_by(name).as_ref() == Some(remote);
            ids.extend(refs.all(of_it).into_iter().map(|(_, id)| id));
        }
        if self.hidden.all_refs {
            for (name, id) in refs.all(|_| true) {
                if is_below(&name, "refs/heads/") {
                    ids.insert(id);
                } else {
                    tags.push(id);
                }
            }
        }
        for id in tags {
            ids.insert(id);
            ids.extend(peeled(&id, fetcher));
        }
        chosen.range.hidden = ids.into_iter().collect();
        Ok(())
    }
}

fn is_below(name: &str, top: &str) -> bool {
    name.starts_with(top)
}

fn untold(text: &str, repo: &Repo) -> Untold {
    let is_shallow = repo.common_dir.join("shallow").exists();
    let hint = if is_shallow {
        "this clone is shallow: fetch all of its history (`git fetch --unshallow`)"
    } else {
        "name a branch, a tag, HEAD, or a commit that is in this repository (`git fetch` brings \
         more), with ~N or ^N behind it if need be"
    };
    Untold {
        message: format!("\"{text}\" is no commit in this repository"),
        hint: hint.to_owned(),
    }
}
