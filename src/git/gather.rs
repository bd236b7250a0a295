//! Putting tips together from what is stored.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::file;
use super::index;
use super::refs::resolve::{End, Lookup};
use super::refs::{RefValue, Stored, StoredLog, files, name, root};
use super::repo::{Repo, Worktree};
use super::tips::{Tip, TipKind, Tips};
use super::{embedded, reftable, surroundings};
use crate::model::{Control, Gap, GapKind, HashKind, Note, ObjectId, RefCoverage};

const STASH: &[u8] = b"refs/stash";

/// The refs of one place, with the worktree that HEAD and its like belong to.
struct Scope<'a> {
    worktree: &'a str,
    /// What a ref's name gets in front where it is reported: empty, or `worktrees/NAME/`.
    prefix: String,
    stored: Stored,
}

impl Scope<'_> {
    /// A ref's name as reports have it.
    fn shown(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// See [`super::tips::collect`].
pub(crate) fn gather(repo: &Repo, control: &Control) -> Tips {
    let scopes = read_scopes(repo, control);
    let mut tips = Tips {
        worktree: repo.worktree().map_or("main", |tree| &tree.name).to_owned(),
        remotes: repo.remotes.clone(),
        ..Tips::default()
    };
    let maps: Vec<HashMap<&[u8], &RefValue>> = scopes
        .iter()
        .map(|scope| {
            let refs = scope.stored.refs.iter();
            refs.map(|(name, value)| (&name[..], value)).collect()
        })
        .collect();
    for (number, scope) in scopes.iter().enumerate() {
        let lookup = Lookup {
            shared: &maps[0],
            linked: (number > 0).then(|| &maps[number]),
        };
        let is_opened = scope.worktree == tips.worktree;
        if control.check_clock().is_some() {
            break;
        }
        add_refs(scope, lookup, is_opened, &mut tips);
        add_logs(scope, &mut tips);
    }
    for scope in scopes {
        let named = scope.stored.broken.iter();
        tips.broken
            .extend(named.map(|name| scope.shown(&name::text(name))));
        for mut gap in scope.stored.gaps.clone() {
            gap.reference = gap.reference.map(|name| scope.shown(&name));
            tips.gaps.push(gap);
        }
        tips.unselectable.extend(scope.stored.log_gaps);
        tips.remotes.fetched.extend(scope.stored.fetched);
        tips.notes.extend(scope.stored.notes);
    }
    for worktree in &repo.worktrees {
        add_index(repo, worktree, control, &mut tips);
    }
    surroundings::shallow(repo, &mut tips);
    surroundings::notes(repo, &mut tips);
    finish(repo, tips)
}

/// The shared place first, then each linked worktree's own.
fn read_scopes<'r>(repo: &'r Repo, control: &Control) -> Vec<Scope<'r>> {
    let main = repo
        .worktrees
        .iter()
        .find(|worktree| worktree.git_dir == repo.common_dir);
    let mut shared = Stored::default();
    if repo.reftable {
        let (dir, place) = (&repo.common_dir, Path::new(""));
        reftable::read(dir, place, repo.hash, &mut shared);
        root::read(dir, place, repo.hash, true, &mut shared);
    } else {
        shared = files::read_shared(&repo.common_dir, repo.hash, main.is_some());
    }
    let mut scopes = vec![Scope {
        worktree: main.map_or("main", |worktree| &worktree.name),
        prefix: String::new(),
        stored: shared,
    }];
    for worktree in &repo.worktrees {
        if worktree.git_dir == repo.common_dir {
            continue;
        }
        if control.check_clock().is_some() {
            break;
        }
        let place = repo.shown(&worktree.git_dir);
        let stored = if repo.reftable {
            let mut stored = Stored::default();
            reftable::read(&worktree.git_dir, place, repo.hash, &mut stored);
            root::read(&worktree.git_dir, place, repo.hash, true, &mut stored);
            stored
        } else {
            files::read_linked(&worktree.git_dir, place, repo.hash)
        };
        scopes.push(Scope {
            worktree: &worktree.name,
            prefix: Worktree::ref_prefix(&worktree.name),
            stored,
        });
    }
    scopes
}

fn add_refs(scope: &Scope<'_>, lookup: Lookup<'_>, is_opened: bool, tips: &mut Tips) {
    for (name, value) in &scope.stored.refs {
        let is_head = name == b"HEAD";
        if name.starts_with(b"refs/") {
            tips.ref_names.push(name.clone());
            count_ref(name, &mut tips.coverage);
        }
        if let RefValue::Symbolic(target) = value
            && target.starts_with(b"refs/")
        {
            tips.ref_names.push(target.clone());
        }
        if !name::is_legal(name) {
            tips.notes.push(Note {
                kind: "illegal-ref-name",
                detail: format!("git ignores the ref \"{}\"; it was swept", name::text(name)),
            });
        }
        let end = lookup.follow(value);
        if is_head && is_opened {
            if let RefValue::Symbolic(target) = value {
                tips.head_ref = Some(name::text(target));
            }
            if let End::Id(id) = end {
                tips.head = Some(id);
            }
        }
        match end {
            End::Id(id) => tips.tips.push(Tip {
                kind: kind_of(scope, name),
                id,
            }),
            // A branch without a commit yet.
            End::Dangling(_) if is_head => {}
            End::Dangling(target) => tips.notes.push(Note {
                kind: "dangling-symref",
                detail: format!(
                    "\"{}\" stands for \"{}\", which does not exist",
                    name::text(name),
                    name::text(&target)
                ),
            }),
            End::Endless => {
                let shown = scope.shown(&name::text(name));
                tips.broken.push(shown.clone());
                tips.gaps.push(Gap {
                    reference: Some(shown),
                    ..Gap::new(GapKind::Metadata, "a symbolic ref that leads to no end")
                });
            }
        }
    }
    let broken = scope.stored.broken.iter();
    tips.ref_names
        .extend(broken.filter(|name| name.starts_with(b"refs/")).cloned());
    for (name, id) in &scope.stored.more {
        tips.tips.push(Tip {
            kind: TipKind::Pseudo {
                worktree: scope.worktree.to_owned(),
                name: name.clone(),
            },
            id: *id,
        });
    }
}

fn kind_of(scope: &Scope<'_>, name: &[u8]) -> TipKind {
    let text = name::text(name);
    let worktree = scope.worktree.to_owned();
    if name == b"HEAD" {
        TipKind::Head { worktree }
    } else if name.starts_with(b"refs/") {
        TipKind::Ref(scope.shown(&text))
    } else {
        TipKind::Pseudo {
            worktree,
            name: text,
        }
    }
}

/// Counts a ref by its kind.
pub(crate) fn count_ref(name: &[u8], coverage: &mut RefCoverage) {
    let counter = match name.get(5..).unwrap_or_default() {
        rest if rest.starts_with(b"heads/") => &mut coverage.heads,
        rest if rest.starts_with(b"tags/") => &mut coverage.tags,
        rest if rest.starts_with(b"remotes/") => &mut coverage.remotes,
        rest if rest.starts_with(b"notes/") => &mut coverage.notes,
        // Counted by the entries of its log.
        b"stash" => return,
        _ => &mut coverage.other,
    };
    *counter += 1;
}

fn add_logs(scope: &Scope<'_>, tips: &mut Tips) {
    let has_stash = scope.stored.refs.iter().any(|(name, _)| name == STASH);
    let mut has_stash_log = false;
    for log in &scope.stored.logs {
        if log.name.starts_with(b"refs/") {
            tips.ref_names.push(log.name.clone());
        }
        let is_stash = log.name == STASH && scope.prefix.is_empty();
        if is_stash {
            has_stash_log = !log.entries.is_empty();
            add_stashes(log, tips);
        }
        add_log(scope, log, tips);
        let text: Vec<&[u8]> = log.entries.iter().map(|entry| &entry.message[..]).collect();
        let text = text.concat();
        if !text.is_empty() {
            let path = [scope.prefix.as_bytes(), b"logs/", &log.name].concat();
            tips.messages.push((path, text));
        }
    }
    if has_stash && !has_stash_log {
        tips.coverage.stashes += 1;
    }
}

/// `stash@{0}` is the log's last line.
fn add_stashes(log: &StoredLog, tips: &mut Tips) {
    for (entry, line) in log.entries.iter().rev().enumerate() {
        tips.coverage.stashes += 1;
        if !line.new.is_null() {
            tips.tips.push(Tip {
                kind: TipKind::Stash { entry },
                id: line.new,
            });
        }
    }
}

fn add_log(scope: &Scope<'_>, log: &StoredLog, tips: &mut Tips) {
    let name = scope.shown(&name::text(&log.name));
    let is_stash = log.name == STASH && scope.prefix.is_empty();
    let mut seen = HashSet::new();
    let mut add = |id: ObjectId, expired: bool, wanted: bool| {
        if !id.is_null() && seen.insert(id) && wanted {
            tips.tips.push(Tip {
                kind: TipKind::Reflog {
                    name: name.clone(),
                    expired,
                },
                id,
            });
        }
    };
    for (number, line) in log.entries.iter().enumerate() {
        // Stash entries have a kind of their own.
        add(line.new, false, !is_stash);
        if number > 0 {
            add(line.old, false, true);
        }
    }
    if let Some(first) = log.entries.first() {
        add(first.old, true, true);
    }
}

fn add_index(repo: &Repo, worktree: &Worktree, control: &Control, tips: &mut Tips) {
    if control.check_clock().is_some() {
        return;
    }
    let place = repo.shown(&worktree.git_dir);
    let index = index::read(&worktree.git_dir, place, (repo.hash, control));
    let gitlinks = index.entries.iter().filter(|entry| entry.is_gitlink());
    let gitlinks = gitlinks.map(|entry| &entry.path[..]);
    tips.notes
        .extend(embedded::notes(repo, worktree, gitlinks, control));
    tips.coverage.index_entries += index.entries.len() as u64;
    tips.unselectable.extend(index.gaps);
    for entry in index.entries.into_iter().chain(index.resolved) {
        if let Some(id) = entry.object() {
            tips.tips.push(Tip {
                kind: TipKind::Index {
                    worktree: worktree.name.clone(),
                    path: entry.path.clone(),
                },
                id,
            });
        }
        tips.index_paths.push(entry.path);
    }
}

/// Sorts, counts and drops what is there twice.
fn finish(repo: &Repo, mut tips: Tips) -> Tips {
    tips.tips.sort();
    tips.tips.dedup();
    tips.ref_names.sort();
    tips.ref_names.dedup();
    tips.index_paths.sort();
    tips.index_paths.dedup();
    tips.shallow.sort();
    tips.shallow.dedup();
    tips.gaps.extend_from_slice(&tips.unselectable);
    tips.gaps.sort();
    tips.gaps.dedup();
    tips.broken.sort();
    tips.broken.dedup();
    tips.notes.sort();
    tips.notes.dedup();
    let logged: HashSet<ObjectId> = tips
        .tips
        .iter()
        .filter(|tip| matches!(tip.kind, TipKind::Reflog { .. }))
        .map(|tip| tip.id)
        .collect();
    tips.coverage.reflog_entries = logged.len() as u64;
    tips.coverage.worktrees = repo.worktrees.len() as u64;
    tips
}

/// Reads one id for each line of a file; gives the lines that hold none.
pub(crate) fn ids_of_lines(
    path: &Path,
    hash: HashKind,
) -> std::io::Result<Option<(Vec<ObjectId>, u64)>> {
    let file = match file::open_regular(path) {
        Ok(file) => file,
        Err(error) if file::is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let (mut ids, mut broken) = (Vec::new(), 0);
    file::for_each_line(file, 256, |line| {
        let text = line.bytes.trim_ascii();
        match ObjectId::from_hex(text).filter(|id| id.as_bytes().len() == hash.len()) {
            Some(id) => ids.push(id),
            None => broken += u64::from(!text.is_empty()),
        }
    })?;
    Ok(Some((ids, broken)))
}
