//! Equal credentials of all places become one.
//!
//! An ID alone in one place and paired in another is the pair's. If different secrets stand beside
//! one ID, each pair is a credential; the lone hits of that ID go to the pair that was seen most
//! often (of equals: the one whose secret's hash is smallest). Lone secrets join their pair in the
//! same way. So each hit belongs to exactly one credential.
//!
//! An example and a real key are judged apart: a real ID beside a documented secret is a lone ID
//! and a suppressed secret, and the other way round.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{
    Candidate, Confidence, Credential, CredentialKind, Distance, KeyIdKind, LocatedHit, Part,
    SuppressionReason, key_id_kind,
};

use super::{Partner, across};

/// Most candidates that a credential keeps.
const CANDIDATES_MAX: usize = 8;

/// Beside an ID: at most so many bytes away.
const RIVAL_DISTANCE: u64 = 512;

/// Name of a credential: the access key ID and the secret's hash; one of them may be missing.
type Key = (Option<String>, Option<String>);

/// A credential while its hits are gathered.
#[derive(Default)]
struct Gathered {
    /// False for secrets that nothing but an ID beside them made hits.
    firm: bool,
    candidates: Vec<Candidate>,
    hits: Vec<LocatedHit>,
}

/// Makes credentials of hits and what their places say. `partners` has one entry a hit.
pub(super) fn merge(hits: &[LocatedHit], partners: &[Partner]) -> Vec<Credential> {
    let names: Vec<String> = hits.iter().map(name_of).collect();
    let examples: HashMap<&str, SuppressionReason> = hits
        .iter()
        .zip(&names)
        .filter_map(|(l, name)| Some((name.as_str(), l.hit.placeholder?)))
        .collect();
    // A pair holds if both are examples, or neither is.
    let holds =
        |a: usize, b: usize| hits[a].hit.placeholder.is_some() == hits[b].hit.placeholder.is_some();
    let mut best = BestPartner::default();
    for (index, partner) in partners.iter().enumerate() {
        if let Some(other) = partner.hit.filter(|other| holds(index, *other)) {
            best.add(&names[index], &names[other]);
        }
    }
    let mut best = best.choose();
    let across = across::pairs(hits, &names, &best);
    for (id, secret) in across.pairs {
        best.insert(id, secret);
        best.insert(secret, id);
    }
    let rivals = rivals(partners);
    let mut credentials: BTreeMap<Key, Gathered> = BTreeMap::new();
    for (index, partner) in partners.iter().enumerate() {
        let own = partner.hit.filter(|other| holds(index, *other));
        let other = match own {
            Some(other) => Some(names[other].clone()),
            None => best
                .get(names[index].as_str())
                .map(|name| (*name).to_owned()),
        };
        let located = &hits[index];
        let key = match located.hit.part {
            Part::Id => (Some(names[index].clone()), other),
            _ => (other, Some(names[index].clone())),
        };
        let gathered = credentials.entry(key).or_default();
        gathered.firm |=
            located.hit.part == Part::Id || located.hit.labelled || partner.hit.is_some();
        gathered
            .candidates
            .extend(partner.others.iter().map(|(other, distance)| Candidate {
                secret_sha256: names[*other].clone(),
                distance: Distance::Bytes(*distance),
                hit: Some(Box::new(hits[*other].clone())),
            }));
        let mut located = located.clone();
        if rivals.contains(&index) && located.hit.confidence == Confidence::Medium {
            located.hit.confidence = Confidence::Low;
        }
        gathered.hits.push(located);
    }
    offer(&mut credentials, &across.candidates, hits, &names);
    credentials
        .into_iter()
        .filter(|(_, gathered)| gathered.firm)
        .filter_map(|(key, gathered)| {
            // Both parts of a pair are examples or neither is, so that one of them tells.
            let leading = key.0.as_ref().or(key.1.as_ref())?;
            let placeholder = examples.get(leading.as_str()).copied();
            credential(key, gathered, placeholder)
        })
        .collect()
}

/// Gives IDs that are alone what may be theirs in other places.
fn offer(
    credentials: &mut BTreeMap<Key, Gathered>,
    candidates: &[(&str, &str, u8)],
    hits: &[LocatedHit],
    names: &[String],
) {
    if candidates.is_empty() {
        return;
    }
    let places: HashMap<&str, &LocatedHit> = names.iter().map(String::as_str).zip(hits).collect();
    for (id, secret, rank) in candidates {
        let gathered = credentials.get_mut(&(Some((*id).to_owned()), None));
        if let (Some(gathered), Some(located)) = (gathered, places.get(secret)) {
            gathered.candidates.push(Candidate {
                secret_sha256: (*secret).to_owned(),
                distance: Distance::Elsewhere(*rank),
                hit: Some(Box::new((*located).clone())),
            });
        }
    }
}

/// Secrets that stand beside an ID whose secret is another one: with a label that others than AWS
/// use, they are most likely somebody else's. They count for less, unless they have an ID of their
/// own elsewhere.
fn rivals(partners: &[Partner]) -> HashSet<usize> {
    let others = partners.iter().flat_map(|partner| &partner.others);
    others
        .filter(|(_, distance)| *distance <= RIVAL_DISTANCE)
        .map(|(hit, _)| *hit)
        .collect()
}

/// An access key ID by itself (its pattern is ASCII), a secret by its hash.
fn name_of(located: &LocatedHit) -> String {
    match located.hit.part {
        Part::Id => String::from_utf8_lossy(located.hit.value.expose()).into_owned(),
        _ => located.hit.value.sha256(),
    }
}

/// How often each value was seen with each partner.
#[derive(Default)]
struct BestPartner<'a>(HashMap<&'a str, BTreeMap<&'a str, u64>>);

impl<'a> BestPartner<'a> {
    fn add(&mut self, value: &'a str, partner: &'a str) {
        *self.0.entry(value).or_default().entry(partner).or_default() += 1;
    }

    /// The most frequent partner of each value; of equals the smallest.
    fn choose(self) -> HashMap<&'a str, &'a str> {
        self.0
            .into_iter()
            .filter_map(|(value, partners)| {
                let best = partners
                    .into_iter()
                    .min_by_key(|(_, n)| std::cmp::Reverse(*n));
                Some((value, best?.0))
            })
            .collect()
    }
}

fn credential(
    (id, secret): Key,
    gathered: Gathered,
    placeholder: Option<SuppressionReason>,
) -> Option<Credential> {
    let Gathered {
        hits,
        mut candidates,
        ..
    } = gathered;
    // The ID's rule leads; among secrets the surest.
    let leading = hits
        .iter()
        .map(|l| &l.hit)
        .min_by_key(|hit| (hit.part, std::cmp::Reverse(hit.confidence), hit.rule))?;
    let temporary = id
        .as_ref()
        .is_some_and(|id| key_id_kind(id.as_bytes()) == Some(KeyIdKind::Temporary));
    let kind = match (&id, &secret) {
        (None, _) => CredentialKind::SecretAccessKey,
        (Some(_), None) if temporary => CredentialKind::TemporaryKeyId,
        (Some(_), None) => CredentialKind::AccessKeyId,
        (Some(_), Some(_)) if temporary => CredentialKind::TemporaryKey,
        (Some(_), Some(_)) => CredentialKind::AccessKey,
    };
    candidates.sort_by(|a, b| (a.distance, &a.secret_sha256).cmp(&(b.distance, &b.secret_sha256)));
    let mut seen = HashSet::new();
    candidates.retain(|c| {
        Some(&c.secret_sha256) != secret.as_ref() && seen.insert(c.secret_sha256.clone())
    });
    candidates.truncate(CANDIDATES_MAX);
    Some(Credential {
        kind,
        rule: leading.rule,
        confidence: hits.iter().map(|l| l.hit.confidence).max()?,
        candidates,
        placeholder,
        accepted: None,
        secret: hits
            .iter()
            .find(|l| l.hit.part == Part::Secret)
            .map(|l| l.hit.value.clone()),
        token: None,
        details: crate::model::Details::default(),
        access_key_id: id,
        hits,
    })
}
