//! What history said of a repository, for as long as nothing of it changes: who introduced the
//! objects with hits, what holds them, and what is missing. Names only: if a value that was found
//! stands in one of them, nothing is remembered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::history::Traced;
use super::{Stages, names};
use crate::git::attribution::Carrier;
use crate::git::objects::Objects;
use crate::git::source::Read;
use crate::model::{
    CommitStamp, Coverage, Credential, Exposure, Field, Gap, GapKind, Limit, Location, Note,
    ObjectId, ObjectKind,
};

/// Notes and limits that history makes. What makes others is not remembered.
const WORDS: [&str; 3] = ["unreachable-missing", "history", "long-path"];
/// First bytes of a value by which places are found where it may stand.
const HEAD_LEN: usize = 8;
/// Bytes that a search for short values in names may look at.
const SEARCH_MAX: usize = 1 << 30;

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    locations: Vec<(ObjectId, Location)>,
    exposures: Option<Vec<(Vec<Carrier>, Exposure)>>,
    gaps: Vec<Gap>,
    notes: Vec<(String, String)>,
    limits: Vec<(String, Option<ObjectId>, String)>,
    /// Missing objects of each kind, then those of unknown kind.
    missing: [u64; 5],
}

impl Told {
    /// What to remember; `None` if it might hold a value, or may be different the next time.
    pub(super) fn of<S>(
        objects: &Objects,
        read: &Read<S>,
        traced: &Traced<'_>,
        credentials: &[Credential],
        coverage: &Coverage,
    ) -> Option<Told> {
        let is_lasting = |gap: &Gap| {
            let kinds = [
                GapKind::Missing,
                GapKind::Promisor,
                GapKind::Shallow,
                GapKind::Damaged,
            ];
            kinds.contains(&gap.kind)
        };
        let gaps: Vec<Gap> = traced.gaps.iter().chain(&read.gaps).cloned().collect();
        let known = |word: &str| WORDS.contains(&word);
        let lasting = read.damaged.is_empty()
            && gaps.iter().all(is_lasting)
            && traced.notes.iter().all(|note| known(note.kind))
            && traced.limits.iter().all(|limit| known(limit.kind));
        if !lasting {
            return None;
        }
        let locations = traced.locations.iter();
        let notes = traced.notes.iter();
        let limits = traced.limits.iter();
        let kinds = ObjectKind::ALL.map(|kind| coverage.of(kind).missing);
        let told = Told {
            locations: locations
                .map(|(number, location)| (objects.id(*number), Location::clone(location)))
                .collect(),
            exposures: traced.told.clone(),
            gaps,
            notes: notes
                .map(|note| (note.kind.to_owned(), note.detail.clone()))
                .collect(),
            limits: limits
                .map(|limit| (limit.kind.to_owned(), limit.object, limit.detail.clone()))
                .collect(),
            missing: [
                kinds[0],
                kinds[1],
                kinds[2],
                kinds[3],
                coverage.unknown.missing,
            ],
        };
        (!may_hold_values(credentials, &told.texts())).then_some(told)
    }

    /// Every commit that somebody was told about.
    pub(super) fn stamps(&self) -> impl Iterator<Item = &CommitStamp> {
        let located = self.locations.iter();
        let located = located.filter_map(|(_, location)| location.introduced.as_ref());
        let exposed = self.exposures.iter().flatten();
        let exposed =
            exposed.flat_map(|(_, exposure)| exposure.introduced.iter().chain(&exposure.removed));
        located.chain(exposed)
    }

    /// What history said, as if it had just been asked.
    pub(super) fn recall(&self, objects: &Objects, coverage: &mut Coverage) -> Traced<'static> {
        for (kind, missing) in ObjectKind::ALL.into_iter().zip(self.missing) {
            coverage.of_mut(kind).missing += missing;
        }
        coverage.unknown.missing += self.missing[4];
        let word = |kind: &String| WORDS.into_iter().find(|word| word == kind);
        let known = self.locations.iter();
        let locations: BTreeMap<u32, Arc<Location>> = known
            .filter_map(|(id, location)| Some((objects.number(id)?, Arc::new(location.clone()))))
            .collect();
        let notes = self.notes.iter().filter_map(|(kind, detail)| {
            let detail = detail.clone();
            word(kind).map(|kind| Note { kind, detail })
        });
        let limits = self.limits.iter().filter_map(|(kind, object, detail)| {
            let (object, detail) = (*object, detail.clone());
            word(kind).map(|kind| Limit {
                kind,
                object,
                detail,
            })
        });
        Traced {
            locations,
            gaps: self.gaps.clone(),
            notes: notes.collect(),
            limits: limits.collect(),
            ..Traced::default()
        }
    }

    /// All texts that come from the repository, each once.
    fn texts(&self) -> Vec<u8> {
        let mut texts: BTreeSet<&[u8]> = BTreeSet::new();
        for (_, location) in &self.locations {
            texts.extend(location.paths.iter().map(Vec::as_slice));
            texts.extend(location.introduced_path.as_deref());
            texts.extend(location.introduced.as_ref().map(|stamp| &stamp.author[..]));
        }
        for (carriers, exposure) in self.exposures.iter().flatten() {
            let stamps = exposure.introduced.iter().chain(&exposure.removed);
            texts.extend(stamps.map(|stamp| &stamp.author[..]));
            texts.extend(exposure.refs.iter().map(String::as_bytes));
            texts.extend(exposure.pushed_to.iter().map(String::as_bytes));
            let held = carriers.iter().filter_map(|carrier| match carrier {
                Carrier::Held(held) => Some(held),
                _ => None,
            });
            let held = held.chain(&exposure.held_by).filter_map(|held| held.name());
            texts.extend(held.map(str::as_bytes));
        }
        for gap in &self.gaps {
            texts.extend(gap.path.as_deref());
            texts.extend(gap.reference.as_deref().map(str::as_bytes));
            texts.insert(gap.detail.as_bytes());
        }
        let limits = self.limits.iter().map(|(_, _, detail)| detail);
        let details = self.notes.iter().map(|(_, detail)| detail).chain(limits);
        texts.extend(details.map(String::as_bytes));
        let texts: Vec<&[u8]> = texts.into_iter().collect();
        texts.join(&b'\n')
    }
}

/// True unless it is certain that no name holds a value that was found. Names are not decoded here
/// as contents are, so a hit in any name is enough.
pub(super) fn may_hold_values(credentials: &[Credential], texts: &[u8]) -> bool {
    let hits = || credentials.iter().flat_map(|credential| &credential.hits);
    let in_names = [
        Field::EntryName,
        Field::RefName,
        Field::IndexPath,
        Field::Author,
        Field::Committer,
        Field::Tagger,
    ];
    if hits().any(|located| in_names.contains(&located.hit.field)) {
        return true;
    }
    let values: BTreeSet<&[u8]> = hits().map(|located| located.hit.value.expose()).collect();
    // Where a long value may begin is told by its first bytes; short ones are searched for.
    let (long, short): (Vec<&[u8]>, Vec<&[u8]>) = values
        .into_iter()
        .filter(|value| !value.is_empty())
        .partition(|value| value.len() >= HEAD_LEN);
    if short.len().saturating_mul(texts.len()) > SEARCH_MAX {
        return true;
    }
    let mut by_head: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    let mut first = vec![false; 1 << 16];
    let pair = |bytes: &[u8]| usize::from(bytes[0]) << 8 | usize::from(bytes[1]);
    for value in long {
        by_head.entry(&value[..HEAD_LEN]).or_default().push(value);
        first[pair(value)] = true;
    }
    let mut left = SEARCH_MAX;
    let begins = |at: usize| {
        let rest = &texts[at..];
        let head = rest.get(..HEAD_LEN).filter(|head| first[pair(head)]);
        let Some(known) = head.and_then(|head| by_head.get(head)) else {
            return false;
        };
        left = left.saturating_sub(known.len());
        left == 0 || known.iter().any(|value| rest.starts_with(value))
    };
    let has_short = |value: &&[u8]| memchr::memmem::find(texts, value).is_some();
    (0..texts.len()).any(begins) || short.iter().any(has_short)
}

impl Stages<'_> {
    /// How far each credential has spread, from what is remembered. `None` if something is asked
    /// that nobody asked before.
    pub(super) fn told_exposures(
        &self,
        credentials: &[Credential],
        told: &Told,
    ) -> Option<Vec<Arc<Exposure>>> {
        let places = names::places(credentials, |c: &Credential| self.is_worth_tracing(c));
        let Some(known) = &told.exposures else {
            let nothing = || vec![Arc::default(); credentials.len()];
            return places.distinct.is_empty().then(nothing);
        };
        let known: BTreeMap<&Vec<Carrier>, &Exposure> = known
            .iter()
            .map(|(carriers, exposure)| (carriers, exposure))
            .collect();
        let distinct = places.distinct.iter();
        let told = distinct.map(|carriers| known.get(carriers).map(|told| (*told).clone()));
        let told: Vec<Exposure> = told.collect::<Option<_>>()?;
        Some(places.share(told.into_iter()))
    }
}
