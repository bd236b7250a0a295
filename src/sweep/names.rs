//! Names between the stages: which tips a selection means, where hits stand in history, and what
//! carries a credential.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::Error;
use crate::git::attribution::Carrier;
use crate::git::objects::Objects;
use crate::git::select;
use crate::git::tips::{TipKind, Tips};
use crate::model::{Credential, Field, Hit, LocatedHit, Location, ObjectId, Place};

/// Bytes of all paths of entries with hits in their names; beyond it each has only its first.
const ENTRY_PATH_BYTES_MAX: usize = 64 << 20;

/// Keeps only the refs that a selection names.
pub(super) fn narrow(tips: Tips, names: &[String]) -> Result<Tips, Error> {
    let selected = select::select(&tips, names).map_err(|unknown| Error::Selection {
        message: unknown.to_string(),
        hint: "`git for-each-ref` lists the refs; a glob such as 'refs/heads/*' takes several"
            .to_owned(),
    })?;
    let chosen: BTreeSet<&[u8]> = selected
        .iter()
        .filter_map(|tip| match &tip.kind {
            TipKind::Ref(name) => Some(name.as_bytes()),
            _ => None,
        })
        .collect();
    let ref_names = tips
        .ref_names
        .iter()
        .filter(|name| chosen.contains(name.as_slice()))
        .cloned()
        .collect();
    Ok(Tips {
        tips: selected,
        ref_names,
        index_paths: Vec::new(),
        ..tips
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
    locations: &BTreeMap<u32, Arc<Location>>,
) -> Vec<LocatedHit> {
    let nowhere = Arc::new(Location::default());
    let mut located: Vec<LocatedHit> = hits
        .into_iter()
        .map(|hit| {
            let known = match &hit.place {
                Place::Object { id, .. } => objects.number(id).and_then(|n| locations.get(&n)),
                _ => None,
            };
            LocatedHit {
                location: Arc::clone(known.unwrap_or(&nowhere)),
                hit,
            }
        })
        .collect();
    locate_entry_names(&mut located, objects, locations);
    located
}

/// Gives hits in entries' names the paths of these entries. Each tree is read once.
fn locate_entry_names(
    located: &mut [LocatedHit],
    objects: &Objects,
    locations: &BTreeMap<u32, Arc<Location>>,
) {
    let mut by_tree: BTreeMap<ObjectId, Vec<&mut LocatedHit>> = BTreeMap::new();
    for located in located {
        if let (Field::EntryName, Place::Object { id, .. }) =
            (located.hit.field, &located.hit.place)
            && objects
                .number(id)
                .is_some_and(|n| locations.contains_key(&n))
        {
            by_tree.entry(*id).or_default().push(located);
        }
    }
    let mut room = ENTRY_PATH_BYTES_MAX;
    for (tree, mut hits) in by_tree {
        let Some(names) = objects.entry_names(&tree) else {
            continue;
        };
        hits.sort_by_key(|located| located.hit.span);
        for located in hits {
            if let Some(name) = names.at(located.hit.span.start) {
                let mut location = Location::clone(&located.location);
                append_entry_name(&mut location, name, &mut room);
                located.location = Arc::new(location);
            }
        }
    }
}

/// A hit in an entry's name is found at the entry's path, not at its directory's. Without room for
/// all paths only the first one is kept.
fn append_entry_name(location: &mut Location, name: &[u8], room: &mut usize) {
    if location.paths.is_empty() && location.path_count == 0 {
        location.paths.push(name.to_vec());
        location.path_count = 1;
        return;
    }
    let bytes: usize = location
        .paths
        .iter()
        .map(|path| path.len() + name.len())
        .sum();
    match room.checked_sub(bytes) {
        Some(left) => *room = left,
        None => location.paths.truncate(1),
    }
    let paths = location.paths.iter_mut();
    for path in paths.chain(location.introduced_path.as_mut()) {
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
    }
}

/// Everything that holds a part of a credential.
pub(super) fn carriers(credential: &Credential) -> Vec<Carrier> {
    let carriers: BTreeSet<Carrier> = credential
        .hits
        .iter()
        .filter_map(|located| match &located.hit.place {
            Place::Object { id, .. } => Some(Carrier::Object(*id)),
            Place::RefName(name) => {
                Some(Carrier::RefName(String::from_utf8_lossy(name).into_owned()))
            }
            Place::IndexPath(_) => Some(Carrier::IndexPath),
            Place::WorktreeFile(_) => None,
        })
        .collect();
    carriers.into_iter().collect()
}
