//! What the parts of a credential, and what stands beside them, say of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Credential, CredentialKind, Details, Disclosure, LocatedHit, Part, structure_of, token_region,
};

/// Fills in what can be read without asking anybody.
pub(super) fn fill(credential: &mut Credential) {
    let known = std::mem::take(&mut credential.details);
    let mut details = match (&credential.secret, credential.kind.is_service_key()) {
        (Some(key), true) => structure_of(credential.kind, key.expose()).unwrap_or_default(),
        _ => Details::default(),
    };
    details.signed_by = known.signed_by.or(details.signed_by);
    if let Some(token) = &credential.token {
        details.region = token_region(token.expose());
    }
    if credential.kind == CredentialKind::ServicePassword
        && let Some(name) = related(&credential.hits)
    {
        let account = name
            .rsplit_once("-at-")
            .map(|(_, account)| account.to_owned());
        details.account = account;
        details.user = Some(name);
    }
    details.disclosure = disclosure(&credential.hits);
    details.known = known_as(&credential.hits);
    credential.details = details;
}

/// What people call its values, if they named one.
fn known_as(hits: &[LocatedHit]) -> Option<String> {
    let names = hits.iter().filter_map(|l| l.hit.about.known.as_deref());
    let names: BTreeSet<&str> = names.collect();
    let names: Vec<&str> = names.into_iter().collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The public name that stands beside it most often; of equals the smallest.
fn related(hits: &[LocatedHit]) -> Option<String> {
    let mut names: BTreeMap<&str, u64> = BTreeMap::new();
    for name in hits.iter().filter_map(|l| l.hit.about.related.as_deref()) {
        *names.entry(name).or_default() += 1;
    }
    let best = names
        .into_iter()
        .max_by_key(|(name, n)| (*n, std::cmp::Reverse(*name)))?;
    Some(best.0.to_owned())
}

/// The signed request that ends last, if the ID stands nowhere else.
fn disclosure(hits: &[LocatedHit]) -> Option<Disclosure> {
    let ids = hits.iter().filter(|l| l.hit.part == Part::Id);
    let all: Option<Vec<Disclosure>> = ids.map(|l| l.hit.about.disclosure).collect();
    let all = all?;
    // A request without an end, if there is one, leaves the end open.
    let open = all.iter().find(|d| d.expires.is_none()).copied();
    open.or_else(|| {
        all.into_iter()
            .max_by_key(|d| (d.expires, std::cmp::Reverse(d.kind)))
    })
}
