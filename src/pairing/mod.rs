//! From hits to credentials: which secret belongs to which access key ID. Pure.
//!
//! 1. Within one place (`within`): hits in order, cheapest pairs win, one secret to one ID.
//! 2. Over places (`across`): an ID and a secret that were left alone, by path, commit and folder.
//! 3. Over all places (`merge`): equal credentials become one, with all their hits.
//!
//! What pairs with nothing: an ID stays a credential of its own, and so does a secret that a label
//! names. A secret that only its place beside an ID made a hit is dropped, unless it is known from
//! another place.

mod across;
mod alone;
mod bonds;
mod details;
mod elsewhere;
mod merge;
mod others;
mod within;

use crate::model::{Credential, Hit, LocatedHit};

/// Makes credentials of hits. The order of the hits does not matter; the credentials come out
/// sorted by ID and the hash of the secret.
///
/// Takes near-linear time, also for 100,000 hits in one object.
pub fn pair(mut hits: Vec<LocatedHit>) -> Vec<Credential> {
    alone::settle(&mut hits);
    hits.sort_by(|a, b| {
        let key = |l: &LocatedHit| (l.hit.field, l.hit.spot(), l.hit.part, l.hit.rule);
        (&a.hit.place, key(a)).cmp(&(&b.hit.place, key(b)))
    });
    let (others, hits): (Vec<_>, Vec<_>) = hits.into_iter().partition(others::is_other);
    let mut partners = Vec::with_capacity(hits.len());
    // What was unpacked from one object is a place of its own each.
    let same = |a: &LocatedHit, b: &LocatedHit| {
        let spot = |l: &LocatedHit| (l.hit.field, l.hit.spot().view);
        a.hit.place == b.hit.place && spot(a) == spot(b)
    };
    for place in hits.chunk_by(same) {
        let base = partners.len();
        partners.extend(within::pair(place, base));
    }
    let mut credentials = merge::merge(&hits, &partners);
    if !others.is_empty() {
        others::attach(&mut credentials, others);
        credentials.sort_by_cached_key(|c| {
            let hash = |value: &Option<crate::model::Secret>| {
                value.as_ref().map(crate::model::Secret::sha256)
            };
            (
                c.access_key_id.clone(),
                hash(&c.secret),
                hash(&c.token),
                c.kind,
            )
        });
    }
    credentials.iter_mut().for_each(details::fill);
    credentials
}

/// Which of the hits [`pair`] drops whatever history says: private keys where no name of a key pair
/// is found at all, and such names where no private key is. So nobody traces them in vain.
pub fn lonely(hits: &[Hit]) -> impl Fn(&Hit) -> bool + use<> {
    others::lonely(hits)
}

/// Drops these.
pub fn drop_lonely(hits: &mut Vec<Hit>) {
    let is_lonely = lonely(hits);
    hits.retain(|hit| !is_lonely(hit));
}

/// What its own place says of a hit.
#[derive(Debug, Default)]
struct Partner {
    /// Index of the hit it belongs to.
    hit: Option<usize>,
    /// For an ID: other secrets near it that have no ID, best first, and their distance in bytes.
    others: Vec<(usize, u64)>,
}

#[cfg(test)]
mod others_tests;
#[cfg(test)]
mod tests;
