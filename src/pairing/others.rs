//! What is neither access key ID nor secret access key: session tokens join their temporary key,
//! keys of single services become credentials of their own, and private keys join the public name
//! of their key pair.
//!
//! Each place is paired like IDs and secrets are: the cheapest row, in which what is paired stands
//! together. What a value was paired with most often anywhere counts everywhere.

use std::collections::{BTreeMap, HashMap};

use super::elsewhere;
use crate::model::{
    Credential, CredentialKind, Details, Hit, KeyIdKind, LocatedHit, Part, SECTION_HARD,
    key_id_kind,
};

/// How many hits back a partner is looked for.
const WINDOW: usize = 12;
/// What it costs to leave a hit alone.
const ALONE: u64 = 60;
/// Most bytes between two that belong together.
const DISTANCE_MAX: u64 = 8192;
/// Length of a key pair's public name.
const KEY_PAIR_ID_LEN: usize = 20;

/// True for what this file pairs.
pub(super) fn is_other(located: &LocatedHit) -> bool {
    let hit = &located.hit;
    hit.about.service.is_some() || matches!(hit.part, Part::Token | Part::Key)
}

/// See [`super::lonely`].
pub(super) fn lonely(hits: &[Hit]) -> impl Fn(&Hit) -> bool + use<> {
    let of_pair = |hit: &Hit| hit.about.service == Some(CredentialKind::CloudFrontPrivateKey);
    let has = |part: Part| hits.iter().any(|hit| of_pair(hit) && hit.part == part);
    let are_lonely = !(has(Part::Id) && has(Part::Key));
    move |hit| are_lonely && of_pair(hit)
}

/// Adds the others to the credentials made of IDs and secrets. `hits` are sorted by place, field
/// and offset.
pub(super) fn attach(credentials: &mut Vec<Credential>, hits: Vec<LocatedHit>) {
    let ids = ids_by_place(credentials);
    let mut groups: BTreeMap<(CredentialKind, String), Group> = BTreeMap::new();
    let mut votes = votes(&ids, &hits);
    let voted: Vec<String> = votes.keys().map(|(_, hash)| hash.clone()).collect();
    let voted = voted.iter().map(String::as_str).collect();
    for (token, id) in elsewhere::owners(ids.values().flatten(), &hits, &voted) {
        let seen = votes
            .entry((CredentialKind::SessionToken, token))
            .or_default();
        *seen.entry(id).or_default() += 1;
    }
    for located in hits {
        let hit = &located.hit;
        let kind = match (hit.part, hit.about.service) {
            (Part::Key, Some(kind)) => kind,
            (Part::Token, _) => CredentialKind::SessionToken,
            // The public name of a key pair is told with its private key.
            _ => continue,
        };
        let group = groups.entry((kind, hit.value.sha256())).or_default();
        group.hits.push(located);
    }
    for ((kind, hash), group) in groups {
        let partner = votes.get(&(kind, hash)).and_then(most_frequent);
        match kind {
            CredentialKind::SessionToken => add_token(credentials, partner, group),
            CredentialKind::SesSmtpPassword => add_smtp(credentials, partner, group),
            CredentialKind::CloudFrontPrivateKey => add_key_pair(credentials, partner, group),
            _ => credentials.extend(group.credential(kind)),
        }
    }
}

/// All hits of one value.
#[derive(Default)]
struct Group {
    hits: Vec<LocatedHit>,
}

impl Group {
    /// A credential of these hits alone.
    fn credential(self, kind: CredentialKind) -> Option<Credential> {
        let leading = self.hits.iter().map(|l| &l.hit);
        let leading = leading.min_by_key(|hit| (std::cmp::Reverse(hit.confidence), hit.rule))?;
        let value = leading.value.clone();
        let is_token = kind == CredentialKind::SessionToken;
        Some(Credential {
            kind,
            access_key_id: None,
            secret: (!is_token).then(|| value.clone()),
            token: is_token.then_some(value),
            rule: leading.rule,
            confidence: leading.confidence,
            candidates: Vec::new(),
            placeholder: leading.placeholder,
            accepted: None,
            details: Details::default(),
            hits: self.hits,
        })
    }
}

/// The name it was seen with most often; of equals the smallest.
fn most_frequent(names: &BTreeMap<String, u64>) -> Option<String> {
    let best = names
        .iter()
        .max_by_key(|(name, n)| (**n, std::cmp::Reverse(*name)))?;
    Some(best.0.clone())
}

/// A token belongs to the temporary key beside it.
fn add_token(credentials: &mut Vec<Credential>, partner: Option<String>, group: Group) {
    let owner = partner.and_then(|id| {
        let mine = credentials.iter_mut().filter(|c| {
            let examples = group.hits.iter().all(|l| l.hit.placeholder.is_some());
            c.access_key_id.as_ref() == Some(&id)
                && c.token.is_none()
                && c.placeholder.is_some() == examples
        });
        mine.max_by_key(|c| (c.kind == CredentialKind::TemporaryKey, c.hits.len()))
    });
    match owner {
        None => credentials.extend(group.credential(CredentialKind::SessionToken)),
        Some(owner) => {
            owner.token = group.hits.first().map(|l| l.hit.value.clone());
            owner.hits.extend(group.hits);
        }
    }
}

/// The user name of an SMTP password is an access key ID. One that has no secret of its own is
/// there for the mail; one that has is a key besides.
fn add_smtp(credentials: &mut Vec<Credential>, partner: Option<String>, group: Group) {
    let kind = CredentialKind::SesSmtpPassword;
    let Some(mut credential) = group.credential(kind) else {
        return;
    };
    if let Some(id) = partner {
        let alone = credentials.iter().position(|c| {
            c.kind == CredentialKind::AccessKeyId
                && c.access_key_id.as_ref() == Some(&id)
                && c.placeholder.is_some() == credential.placeholder.is_some()
        });
        if let Some(at) = alone {
            let user = credentials.swap_remove(at);
            credential.hits.extend(user.hits);
        }
        credential.access_key_id = Some(id);
    }
    credentials.push(credential);
}

/// A private key counts only with the public name of a key pair: beside it, or in a file's name.
fn add_key_pair(credentials: &mut Vec<Credential>, partner: Option<String>, group: Group) {
    let named = || group.hits.iter().find_map(name_in_path);
    let Some(name) = partner.or_else(named) else {
        return;
    };
    if let Some(mut credential) = group.credential(CredentialKind::CloudFrontPrivateKey) {
        credential.details.signed_by = Some(name);
        credentials.push(credential);
    }
}

/// `APKA` and 16 more in one of the paths of a hit's place.
fn name_in_path(located: &LocatedHit) -> Option<String> {
    use crate::model::Place;
    let own = match &located.hit.place {
        Place::WorktreeFile(path) | Place::GitFile(path) | Place::IndexPath(path) => Some(path),
        Place::Object { .. } | Place::RefName(_) => None,
    };
    let location = &located.location;
    let paths = own
        .into_iter()
        .chain(&location.introduced_path)
        .chain(&location.paths);
    paths.into_iter().find_map(|path| {
        let of_name = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        let names = path.windows(KEY_PAIR_ID_LEN);
        let name = names
            .into_iter()
            .find(|name| name.starts_with(b"APKA") && name.iter().all(of_name))?;
        Some(String::from_utf8_lossy(name).into_owned())
    })
}

/// An ID as a row sees it.
struct Id<'a> {
    hit: &'a LocatedHit,
    name: String,
}

type PlaceKey = (crate::model::Place, crate::model::Field);

fn ids_by_place(credentials: &[Credential]) -> HashMap<PlaceKey, Vec<LocatedHit>> {
    let mut ids: HashMap<PlaceKey, Vec<LocatedHit>> = HashMap::new();
    let hits = credentials.iter().flat_map(|c| &c.hits);
    for located in hits.filter(|l| l.hit.part == Part::Id) {
        let key = (located.hit.place.clone(), located.hit.field);
        ids.entry(key).or_default().push(located.clone());
    }
    ids
}

type Votes = HashMap<(CredentialKind, String), BTreeMap<String, u64>>;

/// How often each value stands with each name.
fn votes(ids: &HashMap<PlaceKey, Vec<LocatedHit>>, hits: &[LocatedHit]) -> Votes {
    let mut votes = Votes::new();
    let none = Vec::new();
    for place in hits.chunk_by(|a, b| a.hit.place == b.hit.place && a.hit.field == b.hit.field) {
        let Some(first) = place.first() else { continue };
        let key = (first.hit.place.clone(), first.hit.field);
        let ids = ids.get(&key).unwrap_or(&none);
        for kind in [
            CredentialKind::SessionToken,
            CredentialKind::SesSmtpPassword,
            CredentialKind::CloudFrontPrivateKey,
        ] {
            row_votes(kind, ids, place, &mut votes);
        }
    }
    votes
}

fn row_votes(kind: CredentialKind, ids: &[LocatedHit], place: &[LocatedHit], votes: &mut Votes) {
    let is_value = |l: &&LocatedHit| match kind {
        CredentialKind::SessionToken => l.hit.part == Part::Token,
        _ => l.hit.part == Part::Key && l.hit.about.service == Some(kind),
    };
    let values: Vec<&LocatedHit> = place.iter().filter(is_value).collect();
    if values.is_empty() {
        return;
    }
    let named = |l: &&LocatedHit| match kind {
        CredentialKind::SessionToken => has_prefix(l, KeyIdKind::Temporary),
        CredentialKind::SesSmtpPassword => has_prefix(l, KeyIdKind::LongTerm),
        _ => l.hit.part == Part::Id && l.hit.about.service == Some(kind),
    };
    let owners = ids.iter().chain(place).filter(named).map(|hit| Id {
        name: String::from_utf8_lossy(hit.hit.value.expose()).into_owned(),
        hit,
    });
    let mut row: Vec<(&LocatedHit, Option<String>)> =
        owners.map(|id| (id.hit, Some(id.name))).collect();
    row.extend(values.into_iter().map(|value| (value, None)));
    row.sort_by_key(|(located, _)| located.hit.span);
    for (value, name) in best_row(&row) {
        let value = row[value].0.hit.value.sha256();
        if let Some(name) = &row[name].1 {
            let seen = votes.entry((kind, value)).or_default();
            *seen.entry(name.clone()).or_default() += 1;
        }
    }
}

fn has_prefix(located: &LocatedHit, kind: KeyIdKind) -> bool {
    located.hit.about.service.is_none() && key_id_kind(located.hit.value.expose()) == Some(kind)
}

/// Pairs of a value and a name, as indices into the row.
fn best_row(row: &[(&LocatedHit, Option<String>)]) -> Vec<(usize, usize)> {
    // `best[i]`: the price of the first i hits, and with which of them the last one is paired.
    let mut best: Vec<(u64, Option<usize>)> = vec![(0, None)];
    for i in 0..row.len() {
        let mut here = (best[i].0 + ALONE, None);
        for j in (i.saturating_sub(WINDOW)..i).rev() {
            let between = (i - j - 1) as u64 * ALONE;
            if row[i].1.is_some() != row[j].1.is_some()
                && let Some(cost) = cost(row[j].0, row[i].0)
                && best[j].0 + between + cost < here.0
            {
                here = (best[j].0 + between + cost, Some(j));
            }
        }
        best.push(here);
    }
    let mut pairs = Vec::new();
    let mut end = row.len();
    while end > 0 {
        let last = end - 1;
        match best[end].1 {
            None => end = last,
            Some(first) => {
                let last_is_name = row[last].1.is_some();
                pairs.push(if last_is_name {
                    (first, last)
                } else {
                    (last, first)
                });
                end = first;
            }
        }
    }
    pairs
}

/// What it costs to take two hits for one credential; `a` stands first.
fn cost(a: &LocatedHit, b: &LocatedHit) -> Option<u64> {
    let distance = b.hit.span.start.saturating_sub(a.hit.span.end);
    let (sa, sb) = (a.hit.section, b.hit.section);
    let same = sa == sb && sa != 0;
    if (sa != sb && sa & sb & SECTION_HARD != 0) || (!same && distance > DISTANCE_MAX) {
        return None;
    }
    let section = match (sa, sb) {
        _ if same => 0,
        (0, _) | (_, 0) => 4,
        _ => 14,
    };
    let far = u64::from((64 - distance.leading_zeros()) / 2);
    Some(section + far)
}
