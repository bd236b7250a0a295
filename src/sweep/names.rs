//! Names between the stages: which tips a selection means, where hits stand in history, and what
//! carries a credential.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::Error;
use crate::git::attribution::Carrier;
use crate::git::objects::Objects;
use crate::git::select;
use crate::git::tips::Tips;
use crate::model::{Credential, Exposure, Field, Held, Hit, LocatedHit, Location, Place};

/// Keeps only the refs that a selection names in the scope.
pub(super) fn narrow(tips: Tips, names: &[String]) -> Result<Tips, Error> {
    select::narrow(tips, names).map_err(|unknown| Error::Selection {
        message: unknown.to_string(),
        hint: "`git for-each-ref` lists the refs; a glob such as 'refs/heads/*' takes several"
            .to_owned(),
    })
}

/// Drops hits in index paths that a tree holds as well: the name was committed, and the index
/// says nothing more.
pub(super) fn drop_covered_index_paths(hits: &mut Vec<Hit>) {
    let in_trees: HashSet<Vec<u8>> = hits
        .iter()
        .filter(|hit| hit.field == Field::EntryName)
        .map(|hit| hit.value.expose().to_vec())
        .collect();
    hits.retain(|hit| hit.field != Field::IndexPath || !in_trees.contains(hit.value.expose()));
}

/// Gives each hit the history of its place.
pub(super) fn locate(
    hits: Vec<Hit>,
    objects: &Objects,
    locations: &BTreeMap<u32, Location>,
) -> Vec<LocatedHit> {
    hits.into_iter()
        .map(|hit| {
            let mut location = Location::default();
            if let Place::Object { id, .. } = &hit.place
                && let Some(known) = objects.number(id).and_then(|number| locations.get(&number))
            {
                location = known.clone();
                if hit.field == Field::EntryName {
                    append_entry_name(&mut location, objects.entry_name(id, hit.span.start));
                }
            }
            LocatedHit { hit, location }
        })
        .collect()
}

/// A hit in an entry's name is found at the entry's path, not at its directory's.
fn append_entry_name(location: &mut Location, name: Option<Vec<u8>>) {
    let Some(name) = name else { return };
    let paths = location
        .paths
        .iter_mut()
        .chain(location.introduced_path.as_mut());
    let mut any = false;
    for path in paths {
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(&name);
        any = true;
    }
    if !any {
        location.paths.push(name);
        location.path_count = 1;
    }
}

/// What carries each of many credentials. A file may hold thousands, and what is true of one of
/// them is true of all: history is asked once.
pub(super) struct Places {
    /// Different sets of carriers.
    pub(super) distinct: Vec<Vec<Carrier>>,
    /// Which of them each credential has, if it is worth asking about.
    which: Vec<Option<usize>>,
}

/// Collects the carriers of all credentials that are worth it.
pub(super) fn places(credentials: &[Credential], worth: impl Fn(&Credential) -> bool) -> Places {
    let mut known: BTreeMap<Vec<Carrier>, usize> = BTreeMap::new();
    let which = credentials.iter().map(|credential| {
        worth(credential).then(|| {
            let next = known.len();
            *known.entry(carriers(credential)).or_insert(next)
        })
    });
    let which = which.collect();
    let mut distinct: Vec<_> = known.into_iter().collect();
    distinct.sort_by_key(|(_, at)| *at);
    Places {
        distinct: distinct.into_iter().map(|(carriers, _)| carriers).collect(),
        which,
    }
}

impl Places {
    /// Gives each credential what is known of its place, in order.
    pub(super) fn share(&self, told: impl Iterator<Item = Exposure>) -> Vec<Arc<Exposure>> {
        let told: Vec<Arc<Exposure>> = told.map(Arc::new).collect();
        let unknown = Arc::new(Exposure::default());
        let of = |at: &Option<usize>| at.and_then(|at| told.get(at)).unwrap_or(&unknown).clone();
        self.which.iter().map(of).collect()
    }
}

/// Everything that holds a part of a credential.
fn carriers(credential: &Credential) -> Vec<Carrier> {
    let carriers: BTreeSet<Carrier> = credential
        .hits
        .iter()
        .filter_map(|located| match &located.hit.place {
            Place::Object { id, .. } => Some(Carrier::Object(*id)),
            Place::RefName(name) => {
                Some(Carrier::RefName(String::from_utf8_lossy(name).into_owned()))
            }
            Place::IndexPath(_) => Some(Carrier::IndexPath),
            Place::GitFile(path) => Some(Carrier::Held(holder(path))),
            Place::WorktreeFile(_) => None,
        })
        .collect();
    carriers.into_iter().collect()
}

/// What a file below the git directory is to people: a ref's log, or just a file.
fn holder(path: &[u8]) -> Held {
    let path = String::from_utf8_lossy(path).into_owned();
    let log = match path.strip_prefix("logs/") {
        Some(name) => Some(name.to_owned()),
        None => path.split_once("/logs/").and_then(|(before, name)| {
            let is_worktree = before.starts_with("worktrees/");
            is_worktree.then(|| format!("{before}/{name}"))
        }),
    };
    log.map_or(Held::File(path), Held::Reflog)
}
