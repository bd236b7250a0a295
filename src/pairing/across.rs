//! Pairing over places: an ID in one file, its secret in another.
//!
//! What its own place left alone is grouped by what two places have in common, the closest first:
//! an ID in the path of the secret's file, the same archive, the same path in different versions,
//! the same folder in the same commit, neighbouring folders in the same commit, a commit and its
//! message, and, only where a file is called as the secret in it or the names of variables agree in
//! what they say besides, the same folder.
//! A group pairs only if it holds one ID and one secret, and only if no other group says otherwise.
//! What is close to an ID and does not pair is a candidate of it, the closest first.
//!
//! The same commit alone is not enough: the first commit of an import holds everything.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{Confidence, LocatedHit, ObjectKind, Part, Place};

use super::alone;

/// Where more IDs and secrets meet, none of them says much about another.
const CANDIDATES_MAX: usize = 16;

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
    /// The object it stands in.
    object: Option<&'a [u8]>,
    /// IDs in the paths of its file.
    named: Vec<&'a [u8]>,
    /// Its label says too little to pair it over a distance.
    vague: bool,
    /// It is all there is in its file.
    alone: bool,
}

/// A way to be close.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tier {
    Named,
    Object,
    Path,
    FilesAndCommit,
    FolderAndCommit,
    NeighboursAndCommit,
    Message,
    FilesInFolder,
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

/// What was found out over places.
#[derive(Default)]
pub(super) struct Across<'n> {
    /// An ID and its secret, by their names.
    pub(super) pairs: Vec<(&'n str, &'n str)>,
    /// An ID, a secret that may be its own, and how far that is: 0 is closest.
    pub(super) candidates: Vec<(&'n str, &'n str, u8)>,
}

/// A value with all the places that it stands in.
type Value<'n, 'h> = (&'n str, Part, Vec<Spot<'h>>);

/// Pairs values that stand in different places.
///
/// `paired` says which values have a partner already.
pub(super) fn pairs<'n>(
    hits: &[LocatedHit],
    names: &'n [String],
    paired: &HashMap<&str, &str>,
) -> Across<'n> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut values: Vec<Value<'n, '_>> = Vec::new();
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
        return Across::default();
    }
    let mut taken = vec![false; values.len()];
    let mut found = Across::default();
    for (tier, stems) in [
        (Tier::Named, &[false][..]),
        (Tier::Object, &[true, false]),
        (Tier::Path, &[true, false]),
        (Tier::FolderAndCommit, &[true, false]),
        (Tier::FilesAndCommit, &[false]),
        (Tier::NeighboursAndCommit, &[true, false]),
        (Tier::Message, &[true, false]),
        (Tier::FilesInFolder, &[false]),
        (Tier::Folder, &[true]),
    ] {
        for &with_stem in stems {
            for (id, secret) in agreed(&values, &taken, tier, with_stem) {
                taken[id] = true;
                taken[secret] = true;
                found.pairs.push((values[id].0, values[secret].0));
            }
        }
    }
    found.candidates = candidates(&values, &taken);
    found
}

/// Secrets without an ID that are close to IDs without a secret.
fn candidates<'n>(values: &[Value<'n, '_>], taken: &[bool]) -> Vec<(&'n str, &'n str, u8)> {
    let mut known = BTreeMap::new();
    let tiers = [
        Tier::Object,
        Tier::Path,
        Tier::FolderAndCommit,
        Tier::FilesAndCommit,
        Tier::NeighboursAndCommit,
        Tier::Message,
        Tier::Folder,
    ];
    for (rank, tier) in (0..).zip(tiers) {
        for group in groups(values, taken, tier, false).values() {
            if group.ids.len().saturating_mul(group.secrets.len()) > CANDIDATES_MAX {
                continue;
            }
            for id in &group.ids {
                for secret in &group.secrets {
                    known.entry((*id, *secret)).or_insert(rank);
                }
            }
        }
    }
    let named = |((id, secret), rank): ((usize, usize), u8)| (values[id].0, values[secret].0, rank);
    known.into_iter().map(named).collect()
}

/// Only what a label names, or what is an ID, pairs over a distance.
fn may_pair(located: &LocatedHit) -> bool {
    let hit = &located.hit;
    let firm = match hit.part {
        Part::Id => hit.confidence > Confidence::Low,
        _ => hit.part == Part::Secret && hit.labelled,
    };
    firm && hit.placeholder.is_none()
}

fn spot(located: &LocatedHit) -> Spot<'_> {
    let location = &located.location;
    let mut paths: Vec<&[u8]> = location.paths.iter().map(Vec::as_slice).collect();
    let mut commit = location.introduced.as_ref().map(|c| c.commit.as_bytes());
    let (mut message, mut object) = (false, None);
    match &located.hit.place {
        Place::Object {
            id,
            kind: ObjectKind::Commit,
        } => {
            commit = Some(id.as_bytes());
            message = true;
        }
        Place::Object { id, .. } => object = Some(id.as_bytes()),
        Place::WorktreeFile(path) | Place::IndexPath(path) => paths.push(path),
        _ => {}
    }
    let named = match located.hit.part {
        Part::Secret => alone::paths(located).flat_map(alone::ids_in).collect(),
        _ => Vec::new(),
    };
    Spot {
        paths,
        commit,
        message,
        stem: located.hit.stem,
        object: object.filter(|_| located.hit.inner.is_some()),
        named,
        vague: located.hit.confidence == Confidence::Low,
        alone: located.hit.about.alone,
    }
}

pub(super) fn folder(path: &[u8]) -> Option<&[u8]> {
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
        // Offered one by one.
        Tier::Named => Vec::new(),
        // Its commit stands for the object: no commit is an object with something packed in it.
        Tier::Object => {
            let of = |object| Bond {
                commit: Some(object),
                ..none.clone()
            };
            spot.object.into_iter().map(of).collect()
        }
        Tier::Path => {
            let of = |path: &&'a [u8]| Bond {
                path: Some(path),
                ..none.clone()
            };
            spot.paths.iter().map(of).collect()
        }
        Tier::FolderAndCommit | Tier::FilesAndCommit => {
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
        Tier::FilesInFolder | Tier::Folder => {
            let of = |folder| Bond {
                folder: Some(folder),
                ..none.clone()
            };
            folders().map(of).collect()
        }
    }
}

/// What some places have in common, each with the values there.
fn groups<'h>(
    values: &[Value<'_, 'h>],
    taken: &[bool],
    tier: Tier,
    with_stem: bool,
) -> BTreeMap<Bond<'h>, Group> {
    let mut groups: BTreeMap<Bond<'_>, Group> = BTreeMap::new();
    for (number, (_, part, spots)) in values.iter().enumerate() {
        if taken[number] {
            continue;
        }
        for spot in spots {
            // What says little may pair inside of one archive, and what is alone with its folder.
            let too_vague =
                spot.vague && tier != Tier::Object && !(spot.alone && tier == Tier::FilesAndCommit);
            let is_file = spot.alone || *part == Part::Id || tier != Tier::FilesInFolder;
            if too_vague || !is_file || (with_stem && spot.stem == 0) {
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
    groups.retain(|_, group| tier != Tier::Message || group.message);
    groups
}

/// Secrets whose files are called by an ID.
fn named(values: &[Value<'_, '_>], taken: &[bool]) -> BTreeSet<(usize, usize)> {
    let free = |part| {
        let all = values.iter().enumerate();
        all.filter(move |(number, value)| !taken[*number] && (value.1 == Part::Id) == part)
    };
    let ids: HashMap<&[u8], usize> = free(true)
        .map(|(number, value)| (value.0.as_bytes(), number))
        .collect();
    let offer = |(number, value): (usize, &Value<'_, '_>)| {
        let names = value.2.iter().flat_map(|spot| &spot.named);
        let found: BTreeSet<usize> = names.filter_map(|name| ids.get(name).copied()).collect();
        found
            .into_iter()
            .map(move |id| (id, number))
            .collect::<Vec<_>>()
    };
    free(false).flat_map(offer).collect()
}

/// Pairs that some group of a tier has alone, and that no other group contradicts.
fn agreed(
    values: &[Value<'_, '_>],
    taken: &[bool],
    tier: Tier,
    with_stem: bool,
) -> Vec<(usize, usize)> {
    let mut offers: BTreeSet<(usize, usize)> = match tier {
        Tier::Named => named(values, taken),
        _ => BTreeSet::new(),
    };
    for group in groups(values, taken, tier, with_stem).values() {
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
