//! The refs that say where a range begins and ends. Logs, indexes and stashes are not looked at.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::fetch::{Fetched, Fetcher};
use crate::git::commit::{Commit, tag_target};
use crate::git::refs::resolve::{End, Lookup};
use crate::git::refs::{RefValue, Stored, loose, name, packed};
use crate::git::repo::Repo;
use crate::git::{reftable, select};
use crate::model::{Gap, ObjectId, ObjectKind};

/// Most steps from one commit to another that a name may ask for.
const STEPS_MAX: u32 = 100_000;

/// Refs by name, with HEAD of the opened worktree.
pub(crate) struct Refs {
    by_name: HashMap<Vec<u8>, RefValue>,
    /// What could not be read of them.
    pub(crate) gaps: Vec<Gap>,
}

impl Refs {
    /// Reads the refs below `top`, and HEAD with the branch that it stands for.
    pub(crate) fn read(repo: &Repo, top: &str) -> Refs {
        let mut stored = Stored::default();
        if repo.reftable {
            reftable::read(&repo.common_dir, Path::new(""), repo.hash, &mut stored);
            if repo.git_dir != repo.common_dir {
                // A linked worktree's own refs win: HEAD is one of them.
                let shared = std::mem::take(&mut stored.refs);
                reftable::read(&repo.git_dir, Path::new(""), repo.hash, &mut stored);
                stored.refs = shared.into_iter().chain(stored.refs).collect();
            }
        } else {
            packed::read(&repo.common_dir, repo.hash, &mut stored);
            loose::read(&repo.common_dir, top, Path::new(""), repo.hash, &mut stored);
        }
        let mut refs = Refs {
            by_name: HashMap::new(),
            gaps: stored.gaps,
        };
        // Later ones win: loose refs are newer than packed ones.
        for (name, value) in stored.refs {
            refs.by_name.insert(name, value);
        }
        if !repo.reftable {
            refs.read_head(repo);
        }
        refs
    }

    fn read_head(&mut self, repo: &Repo) {
        let path = repo.git_dir.join("HEAD");
        let Ok(Some(value)) = loose::read_one(&path, b"HEAD", repo.hash) else {
            return;
        };
        if let RefValue::Symbolic(target) = &value
            && let Some(path) = crate::git::file::path_of(target)
            && name::is_legal(target)
            && let Ok(Some(value)) = loose::read_one(&repo.common_dir.join(path), target, repo.hash)
        {
            self.by_name.insert(target.clone(), value);
        }
        self.by_name.insert(b"HEAD".to_vec(), value);
    }

    /// What a ref's full name stands for in the end.
    pub(crate) fn id(&self, name: &[u8]) -> Option<ObjectId> {
        let value = self.by_name.get(name)?;
        if let RefValue::Id(id) = value {
            return Some(*id);
        }
        let shared = self.by_name.iter().map(|(name, value)| (&name[..], value));
        let shared = shared.collect();
        let lookup = Lookup {
            shared: &shared,
            linked: None,
        };
        match lookup.follow(value) {
            End::Id(id) => Some(id),
            End::Dangling(_) | End::Endless => None,
        }
    }

    /// The commit that HEAD stands for.
    pub(crate) fn head(&self) -> Option<ObjectId> {
        self.id(b"HEAD")
    }

    /// The branch that HEAD stands for.
    pub(crate) fn head_name(&self) -> Option<String> {
        match self.by_name.get(b"HEAD".as_slice())? {
            RefValue::Symbolic(name) => Some(name::text(name)),
            RefValue::Id(_) => None,
        }
    }

    /// All refs of which this is true of the name, sorted by name.
    pub(crate) fn all(&self, wanted: impl Fn(&str) -> bool) -> Vec<(String, ObjectId)> {
        let named = self.by_name.keys().filter_map(|raw| {
            let name = name::text(raw);
            (raw.starts_with(b"refs/") && wanted(&name)).then_some((raw, name))
        });
        let found = named.filter_map(|(raw, name)| Some((name, self.id(raw)?)));
        let mut found: Vec<_> = found.collect();
        found.sort();
        found
    }

    /// What a revision stands for, as far as ranges need it: a ref's name as git takes it, an id or
    /// its beginning, and `~N`, `^N` behind it. Tags are not peeled unless steps follow.
    pub(crate) fn revision(&self, text: &str, fetcher: &mut Fetcher<'_>) -> Option<ObjectId> {
        let end = text.find(['~', '^']).unwrap_or(text.len());
        let (name, mut steps) = text.split_at(end);
        let name = if name == "@" { "HEAD" } else { name };
        let mut id = self.named(name, fetcher)?;
        while !steps.is_empty() {
            let (kind, rest) = steps.split_at(1);
            let digits = rest.find(|c: char| !c.is_ascii_digit());
            let (count, after) = rest.split_at(digits.unwrap_or(rest.len()));
            let count: u32 = match count {
                "" => 1,
                count => count.parse().ok().filter(|count| *count <= STEPS_MAX)?,
            };
            for _ in 0..if kind == "~" { count } else { 1 } {
                let parents = parents(&id, fetcher)?;
                let which = if kind == "~" { 1 } else { count };
                id = match which {
                    0 => commit_of(&id, fetcher)?.0,
                    n => *parents.get(n as usize - 1)?,
                };
            }
            steps = after;
        }
        Some(id)
    }

    fn named(&self, name: &str, fetcher: &mut Fetcher<'_>) -> Option<ObjectId> {
        let rules = select::RULES.iter();
        let mut full = rules.map(|(before, after)| format!("{before}{name}{after}"));
        if let Some(id) = full.find_map(|full| self.id(full.as_bytes())) {
            return Some(id);
        }
        let is_hex = name.len() >= 4 && name.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hex {
            return None;
        }
        let hex_len = fetcher.shelf.hash.hex_len();
        if name.len() == hex_len {
            let id = ObjectId::from_hex(name.as_bytes())?;
            return fetcher.shelf.has(&id).then_some(id);
        }
        if name.len() > hex_len {
            return None;
        }
        let found: HashSet<ObjectId> = fetcher.shelf.beginning_with(name).into_iter().collect();
        match found.len() {
            1 => found.into_iter().next(),
            _ => None,
        }
    }
}

/// The commit that an id leads to through tags, and its content.
fn commit_of(
    id: &ObjectId,
    fetcher: &mut Fetcher<'_>,
) -> Option<(ObjectId, super::fetch::Content)> {
    let mut id = *id;
    for _ in 0..16 {
        match fetcher.fetch(&id).ok()?? {
            Fetched::Whole(ObjectKind::Commit, content) => return Some((id, content)),
            Fetched::Whole(ObjectKind::Tag, content) => id = tag_target(&content)?.0,
            Fetched::Whole(..) | Fetched::Large(_) => return None,
        }
    }
    None
}

/// The same; the commit only.
pub(crate) fn peeled(id: &ObjectId, fetcher: &mut Fetcher<'_>) -> Option<ObjectId> {
    commit_of(id, fetcher).map(|(id, _)| id)
}

fn parents(id: &ObjectId, fetcher: &mut Fetcher<'_>) -> Option<Vec<ObjectId>> {
    let (_, content) = commit_of(id, fetcher)?;
    Some(Commit::parse(&content).parents)
}
