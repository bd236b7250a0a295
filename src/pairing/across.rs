//! Pairing over places: an ID in one file, its secret in another.
//!
//! What its own place left alone is grouped by what two places have in common, the closest first:
//! the same path in different versions, the same folder in the same commit, neighbouring folders in
//! the same commit, a commit and its message, and, only where the names of variables agree in what
//! they say besides, the same folder. A group pairs only if it holds one ID and one secret, and only
//! if no other group says otherwise.
//!
//! The same commit alone is not enough: the first commit of an import holds everything.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{Confidence, LocatedHit, ObjectKind, Part, Place};

/// What two places may have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Bond<'a> {
    path: Option<&'a [u8]>,
    folder: Option<&'a [u8]>,
    commit: Option<&'a [u8]>,
    /// 0 where it does not count.
    stem: u32,
}

/// Where a hit stands, as far as it counts here.
struct Spot<'a> {
    paths: Vec<&'a [u8]>,
    commit: Option<&'a [u8]>,
    /// It stands in the message of the commit.
    message: bool,
    stem: u32,
}

/// A way to be close.
#[derive(Clone, Copy)]
enum Tier {
    Path,
    FolderAndCommit,
    NeighboursAndCommit,
    Message,
    Folder,
}

/// IDs and secrets of one group, by number.
#[derive(Default)]
struct Group {
    ids: BTreeSet<usize>,
    secrets: BTreeSet<usize>,
    /// One of them stands in a message.
    message: bool,
}

/// Pairs of values that stand in different places: indices into `names`, the ID first.
///
/// `paired` says which values have a partner already.
pub(super) fn pairs<'n>(
    hits: &[LocatedHit],
    names: &'n [String],
    paired: &HashMap<&str, &str>,
) -> Vec<(&'n str, &'n str)> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut values: Vec<(&'n str, Part, Vec<Spot<'_>>)> = Vec::new();
    for (located, name) in hits.iter().zip(names) {
        let lonely = !paired.contains_key(name.as_str()) && may_pair(located);
        if !lonely {
            continue;
        }
        let number = *numbers.entry(name).or_insert(values.len());
        if number == values.len() {
            values.push((name, located.hit.part, Vec::new()));
        }
        values[number].2.push(spot(located));
    }
    let both = |part| values.iter().any(|(_, p, _)| *p == part);
    if !both(Part::Id) || !both(Part::Secret) {
        return Vec::new();
    }
    let mut taken = vec![false; values.len()];
    let mut found = Vec::new();
    for (tier, stems) in [
        (Tier::Path, &[true, false][..]),
        (Tier::FolderAndCommit, &[true, false]),
        (Tier::NeighboursAndCommit, &[true, false]),
        (Tier::Message, &[true, false]),
        (Tier::Folder, &[true]),
    ] {
        for &with_stem in stems {
            for (id, secret) in agreed(&values, &taken, tier, with_stem) {
                taken[id] = true;
                taken[secret] = true;
                found.push((values[id].0, values[secret].0));
            }
        }
    }
    found
}

/// Only what a label names, or what is an ID, pairs over a distance.
fn may_pair(located: &LocatedHit) -> bool {
    let hit = &located.hit;
    let firm = hit.part == Part::Id || (hit.part == Part::Secret && hit.labelled);
    firm && hit.placeholder.is_none() && hit.confidence > Confidence::Low
}

fn spot(located: &LocatedHit) -> Spot<'_> {
    let location = &located.location;
    let mut paths: Vec<&[u8]> = location.paths.iter().map(Vec::as_slice).collect();
    let mut commit = location.introduced.as_ref().map(|c| c.commit.as_bytes());
    let mut message = false;
    match &located.hit.place {
        Place::Object {
            id,
            kind: ObjectKind::Commit,
        } => {
            commit = Some(id.as_bytes());
            message = true;
        }
        Place::WorktreeFile(path) | Place::IndexPath(path) => paths.push(path),
        _ => {}
    }
    Spot {
        paths,
        commit,
        message,
        stem: located.hit.stem,
    }
}

fn folder(path: &[u8]) -> Option<&[u8]> {
    // Everything meets in the top folder.
    path.iter().rposition(|b| *b == b'/').map(|at| &path[..at])
}

/// What a spot has in common with others of the tier.
fn bonds<'a>(spot: &Spot<'a>, tier: Tier, stem: u32) -> Vec<Bond<'a>> {
    let none = Bond {
        path: None,
        folder: None,
        commit: None,
        stem,
    };
    let folders = || spot.paths.iter().filter_map(|path| folder(path));
    match tier {
        Tier::Path => {
            let of = |path: &&'a [u8]| Bond {
                path: Some(path),
                ..none.clone()
            };
            spot.paths.iter().map(of).collect()
        }
        Tier::FolderAndCommit => {
            let Some(commit) = spot.commit else {
                return Vec::new();
            };
            let of = |folder| Bond {
                folder: Some(folder),
                commit: Some(commit),
                ..none.clone()
            };
            folders().map(of).collect()
        }
        Tier::NeighboursAndCommit => {
            let Some(commit) = spot.commit else {
                return Vec::new();
            };
            let of = |folder| Bond {
                folder: Some(folder),
                commit: Some(commit),
                ..none.clone()
            };
            folders().filter_map(folder).map(of).collect()
        }
        Tier::Message => {
            let of = |commit| Bond {
                commit: Some(commit),
                ..none.clone()
            };
            spot.commit.into_iter().map(of).collect()
        }
        Tier::Folder => {
            let of = |folder| Bond {
                folder: Some(folder),
                ..none.clone()
            };
            folders().map(of).collect()
        }
    }
}

/// Pairs that some group of a tier has alone, and that no other group contradicts.
fn agreed(
    values: &[(&str, Part, Vec<Spot<'_>>)],
    taken: &[bool],
    tier: Tier,
    with_stem: bool,
) -> Vec<(usize, usize)> {
    let mut groups: BTreeMap<Bond<'_>, Group> = BTreeMap::new();
    for (number, (_, part, spots)) in values.iter().enumerate() {
        if taken[number] {
            continue;
        }
        for spot in spots {
            if with_stem && spot.stem == 0 {
                continue;
            }
            let stem = if with_stem { spot.stem } else { 0 };
            for bond in bonds(spot, tier, stem) {
                let group = groups.entry(bond).or_default();
                group.message |= spot.message;
                match part {
                    Part::Id => group.ids.insert(number),
                    _ => group.secrets.insert(number),
                };
            }
        }
    }
    let mut offers: BTreeSet<(usize, usize)> = BTreeSet::new();
    let counts = |group: &&Group| !matches!(tier, Tier::Message) || group.message;
    for group in groups.values().filter(counts) {
        if let (1, 1, Some(id), Some(secret)) = (
            group.ids.len(),
            group.secrets.len(),
            group.ids.first(),
            group.secrets.first(),
        ) {
            offers.insert((*id, *secret));
        }
    }
    let mut uses: HashMap<usize, usize> = HashMap::new();
    for (id, secret) in &offers {
        *uses.entry(*id).or_default() += 1;
        *uses.entry(*secret).or_default() += 1;
    }
    offers.retain(|(id, secret)| uses[id] == 1 && uses[secret] == 1);
    offers.into_iter().collect()
}
