//! Pairing over places: an ID in one file, its secret in another.
//!
//! What its own place left alone is grouped by what two places have in common, the closest first:
//! an ID in the path of the secret's file, the same archive, the same path in different versions,
//! the same folder in the same commit, neighbouring folders in the same commit, a commit and its
//! message, the same commit, and, only where a file is called as the secret in it or the names of
//! variables agree in what they say besides, the same folder.
//! Names that agree go first, those of variables before those of files. A group pairs only if it
//! holds one ID and one secret, and only if no other group says otherwise.
//! What is close to an ID and does not pair is a candidate of it, the closest first.
//!
//! The same commit says least, since the first commit of an import holds everything: only a secret
//! whose label is AWS's own pairs by it, and only if the names of the variables allow it. In a commit
//! that brought whole pairs as well, neither it nor its top folder nor folders beside each other say
//! anything without names that agree.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::bonds::{Bond, Names, Spot, Tier, bonds, commit_of, spot};
use crate::model::{Confidence, LocatedHit, Part};

/// Where more IDs and secrets meet, none of them says much about another.
const CANDIDATES_MAX: usize = 16;

/// Every way in which names may agree, the surest first.
const ALL: &[Names] = &[Names::Labels, Names::Files, Names::Any];

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
    let is_whole = |(_, name): &(&LocatedHit, &String)| paired.contains_key(name.as_str());
    let whole = hits.iter().zip(names).filter(is_whole);
    let busy: BTreeSet<_> = whole
        .filter_map(|(located, _)| commit_of(located))
        .collect();
    for spot in values.iter_mut().flat_map(|value| &mut value.2) {
        spot.busy = spot.commit.is_some_and(|commit| busy.contains(commit));
    }
    let both = |part| values.iter().any(|(_, p, _)| *p == part);
    if !both(Part::Id) || !both(Part::Secret) {
        return Across::default();
    }
    let mut taken = vec![false; values.len()];
    let mut found = Across::default();
    for (tier, orders) in [
        (Tier::Named, &[Names::Any][..]),
        (Tier::Object, &[Names::Labels, Names::Any]),
        (Tier::Path, &[Names::Labels, Names::Any]),
        (Tier::FolderAndCommit, ALL),
        (Tier::FilesAndCommit, &[Names::Any]),
        (Tier::GenericInFolder, ALL),
        (Tier::NeighboursAndCommit, ALL),
        (Tier::Message, &[Names::Labels, Names::Any]),
        (Tier::Commit, ALL),
        (Tier::FilesInFolder, &[Names::Any]),
        (Tier::Folder, &[Names::Labels]),
    ] {
        for &names in orders {
            for (id, secret) in agreed(&values, &taken, tier, names) {
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
        Tier::GenericInFolder,
        Tier::NeighboursAndCommit,
        Tier::Message,
        Tier::Commit,
        Tier::Folder,
    ];
    for (rank, tier) in (0..).zip(tiers) {
        for group in groups(values, taken, tier, Names::Any).values() {
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

/// True if the label of a hit says enough for the tier.
fn says_enough(spot: &Spot<'_>, part: Part, tier: Tier) -> bool {
    match tier {
        // One archive, and what is alone with its folder.
        Tier::Object => true,
        Tier::FilesAndCommit if spot.alone => true,
        // An ID that is called like AWS's is no partner of `secret_key`, but counts.
        Tier::GenericInFolder => part == Part::Id || spot.generic || !spot.vague,
        _ => !spot.vague,
    }
}

/// True if an ID and a secret that are alone in a group of the tier belong together.
fn belong(id: &Value<'_, '_>, secret: &Value<'_, '_>, tier: Tier) -> bool {
    let any = |value: &Value<'_, '_>, is: fn(&Spot<'_>) -> bool| value.2.iter().any(is);
    match tier {
        Tier::GenericInFolder => any(id, |s| s.generic) && any(secret, |s| s.generic),
        Tier::Commit => {
            let stems = |value: &Value<'_, '_>| -> BTreeSet<u32> {
                let stems = value.2.iter().map(|spot| spot.stem);
                stems.filter(|stem| *stem != 0).collect()
            };
            let (of_id, of_secret) = (stems(id), stems(secret));
            let agree = of_id.is_empty() || of_secret.is_empty() || !of_id.is_disjoint(&of_secret);
            agree && any(secret, |s| s.of_aws)
        }
        _ => true,
    }
}

/// What some places have in common, each with the values there.
fn groups<'h>(
    values: &[Value<'_, 'h>],
    taken: &[bool],
    tier: Tier,
    names: Names,
) -> BTreeMap<Bond<'h>, Group> {
    let mut groups: BTreeMap<Bond<'_>, Group> = BTreeMap::new();
    for (number, (_, part, spots)) in values.iter().enumerate() {
        if taken[number] {
            continue;
        }
        for spot in spots {
            let is_file = spot.alone || *part == Part::Id || tier != Tier::FilesInFolder;
            let says_more = names != Names::Labels || spot.stem != 0;
            if !is_file || !says_more || !says_enough(spot, *part, tier) {
                continue;
            }
            for bond in bonds(spot, tier, names) {
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
    names: Names,
) -> Vec<(usize, usize)> {
    let mut offers: BTreeSet<(usize, usize)> = match tier {
        Tier::Named => named(values, taken),
        _ => BTreeSet::new(),
    };
    for group in groups(values, taken, tier, names).values() {
        if let (1, 1, Some(id), Some(secret)) = (
            group.ids.len(),
            group.secrets.len(),
            group.ids.first(),
            group.secrets.first(),
        ) && belong(&values[*id], &values[*secret], tier)
        {
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
