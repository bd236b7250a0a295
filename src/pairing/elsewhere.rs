//! Session tokens in a file of their own: they belong to the temporary key that was committed
//! beside it, if there is only one of each.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::alone::paths;
use super::bonds::{folder, folder_or_top};
use crate::model::{KeyIdKind, LocatedHit, Part, key_id_kind};

/// What was committed together in one folder.
#[derive(Default)]
struct Group {
    ids: BTreeSet<String>,
    tokens: BTreeSet<String>,
}

/// Pairs of a token, by its hash, and a temporary key's ID. `has_owner` are tokens that stand
/// beside an ID.
pub(super) fn owners<'h>(
    ids: impl Iterator<Item = &'h LocatedHit>,
    tokens: &'h [LocatedHit],
    has_owner: &HashSet<&str>,
) -> Vec<(String, String)> {
    let mut groups: BTreeMap<(&[u8], Option<&[u8]>), Group> = BTreeMap::new();
    let tokens = tokens.iter().filter(|l| l.hit.part == Part::Token);
    let mut none = true;
    for located in tokens {
        let hash = located.hit.value.sha256();
        if has_owner.contains(hash.as_str()) || located.hit.placeholder.is_some() {
            continue;
        }
        none = false;
        for spot in spots(located) {
            groups.entry(spot).or_default().tokens.insert(hash.clone());
        }
    }
    if none {
        return Vec::new();
    }
    for located in ids.filter(|l| l.hit.placeholder.is_none()) {
        if key_id_kind(located.hit.value.expose()) == Some(KeyIdKind::Temporary) {
            let id = String::from_utf8_lossy(located.hit.value.expose());
            for spot in spots(located) {
                if let Some(group) = groups.get_mut(&spot) {
                    group.ids.insert(id.clone().into_owned());
                }
            }
        }
    }
    let only = |group: Group| match (group.ids.len(), group.tokens.len()) {
        (1, 1) => group.tokens.into_iter().zip(group.ids).next(),
        _ => None,
    };
    groups.into_values().filter_map(only).collect()
}

fn spots(located: &LocatedHit) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
    let commit = located.location.introduced.as_ref();
    let commit = commit.map(|stamp| stamp.commit.as_bytes());
    paths(located).filter_map(move |path| match commit {
        Some(_) => Some((folder_or_top(path), commit)),
        None => Some((folder(path)?, commit)),
    })
}
