//! From credentials to findings: fingerprint, severity, occurrences, notes, and what is shown.
//!
//! Severity, where nobody has asked AWS whether the key works:
//!
//! | credential | not known to be | pushed, now or once |
//! |---|---|---|
//! | long-term access key, ID and secret | high | critical |
//! | temporary key, ID and secret | high | critical |
//! | the same, committed more than 36 hours ago | low | low |
//! | secret access key alone | medium | high |
//! | long-term access key ID alone | medium | medium |
//! | temporary key's ID alone | low | low |
//! | ID that stands in signed requests only | low | low |
//! | session token alone | low | medium |
//! | key of a single service, but for the next rows | high | critical |
//! | console sign-in link, registry or repository token | high | high |
//! | `AppSync` API key | low | medium |
//! | MWS token, of a service that is no more | low | low |
//! | any of these that has expired, by its own words or by age | low | low |
//! | any whose account is a canary's | low | low |
//!
//! Where AWS was asked: a key that works is critical, and first of all if it is root's; one that is
//! not known or expired is low; of an active ID whose secret is another one medium is left. What is
//! unknown is graded as if nobody had asked. Low confidence takes one step off, but from what works.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::model::{
    Confidence, Credential, Exposure, Finding, Fingerprint, LocatedHit, Occurrence, Place,
    Suppressed, SuppressionReason, ValidityState, account_of,
};

mod notes;
mod severity;

use notes::notes;
use severity::{has_expired, severity};

/// Grades credentials. What is a placeholder, or less sure than `min_confidence`, is suppressed,
/// with the reason. Both lists are sorted, so that the order of the input leaves no trace: the
/// gravest first, then by kind, ID and fingerprint.
///
/// `now` is in seconds since 1970. Without it, any temporary key counts as one that still works.
pub fn grade(
    credentials: Vec<(Credential, Arc<Exposure>)>,
    min_confidence: Confidence,
    now: Option<i64>,
) -> (Vec<Finding>, Vec<Suppressed>) {
    let mut graded: Vec<Finding> = credentials
        .into_iter()
        .map(|(credential, exposure)| finding(credential, exposure, now))
        .collect();
    sort(&mut graded, |finding| finding);
    let mut findings = Vec::new();
    let mut suppressed = Vec::new();
    for finding in graded {
        match reason(&finding, min_confidence) {
            Some(reason) => suppressed.push(Suppressed { finding, reason }),
            None => findings.push(finding),
        }
    }
    (findings, suppressed)
}

/// Puts findings in their order: the gravest first, then by kind, ID, fingerprint and submodule.
pub fn sort<T>(list: &mut [T], finding: impl Fn(&T) -> &Finding) {
    list.sort_by_cached_key(|item| {
        let f = finding(item);
        let is_active = f.validity.state == ValidityState::Active;
        let what_works = (f.validity.is_active_root(), is_active);
        let gravest_first = std::cmp::Reverse((f.severity, what_works, f.credential.confidence));
        let id = f.credential.access_key_id.clone();
        let name = (f.fingerprint.clone(), f.submodule.clone());
        (gravest_first, f.credential.kind, id, name)
    });
}

fn reason(finding: &Finding, min_confidence: Confidence) -> Option<SuppressionReason> {
    if finding.is_named() {
        return None;
    }
    let low = finding.credential.confidence < min_confidence;
    let low = low.then_some(SuppressionReason::LowConfidence);
    // What works today is shown, whoever accepted it.
    if finding.validity.state == ValidityState::Active {
        return None;
    }
    let accepted = finding.credential.accepted.as_ref();
    let accepted = accepted.filter(|a| !a.has_lapsed).map(|a| a.reason);
    finding.credential.placeholder.or(accepted).or(low)
}

/// Grades one credential, with what AWS said of it.
fn finding(mut credential: Credential, exposure: Arc<Exposure>, now: Option<i64>) -> Finding {
    let validity = std::mem::take(&mut credential.details.validity);
    let expired = has_expired(&credential, &exposure, now);
    let mut occurrences: Vec<Occurrence> = credential.hits.iter().map(occurrence).collect();
    occurrences.sort_by(|a, b| occurrence_key(a).cmp(&occurrence_key(b)));
    occurrences.dedup();
    // Occurrences say all that is left to say of them.
    credential.hits = Vec::new();
    credential
        .candidates
        .iter_mut()
        .for_each(|one| one.hit = None);
    Finding {
        fingerprint: fingerprint(&credential),
        severity: severity(&credential, &exposure, validity.state, expired.is_some()),
        account_id: account(&credential),
        notes: notes(&credential, expired.as_ref(), validity.state),
        expired: expired.is_some() && validity.state != ValidityState::Active,
        credential,
        validity,
        inventory: None,
        exposure,
        submodule: None,
        occurrences,
    }
}

/// The stable name of a credential: `ks1-` and the first 32 hexadecimal digits of SHA-256 over
/// kind, access key ID and secret. Each is preceded by its length as 8 bytes, big endian; a part
/// that is not known counts as empty. So an ID alone and the same ID with its secret differ.
pub fn fingerprint(credential: &Credential) -> Fingerprint {
    let id = credential.access_key_id.as_deref().unwrap_or_default();
    // A token alone has nothing else to be known by.
    let lone = credential.token.as_ref().filter(|_| id.is_empty());
    let secret = credential.secret.as_ref().or(lone);
    let secret = secret.map_or(&[][..], |s| s.expose());
    let mut hash = Sha256::new();
    for part in [credential.kind.name().as_bytes(), id.as_bytes(), secret] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digits = data_encoding::HEXLOWER.encode(&hash.finalize()[..16]);
    Fingerprint(format!("ks1-{digits}"))
}

/// What the ID tells, or the key itself.
fn account(credential: &Credential) -> Option<String> {
    let id = credential.access_key_id.as_ref();
    id.and_then(|id| account_of(id.as_bytes()))
        .or_else(|| credential.details.account.clone())
}

/// Where a hit stands, with what history says about its place.
fn occurrence(located: &LocatedHit) -> Occurrence {
    let LocatedHit { hit, location } = located;
    let (object, object_kind, name) = match &hit.place {
        Place::Object { id, kind } => (Some(*id), Some(*kind), None),
        Place::RefName(name)
        | Place::IndexPath(name)
        | Place::GitFile(name)
        | Place::WorktreeFile(name) => (None, None, Some(name.clone())),
    };
    let named = name.is_some();
    let in_history = location
        .introduced_path
        .clone()
        .or_else(|| location.paths.first().cloned());
    let path = name.or(in_history);
    let mut more_paths: Vec<Vec<u8>> = location
        .paths
        .iter()
        .filter(|other| Some(*other) != path.as_ref())
        .cloned()
        .collect();
    more_paths.sort();
    Occurrence {
        part: hit.part,
        field: hit.field,
        object,
        object_kind,
        path,
        more_paths,
        path_count: location.path_count.max(u64::from(named)),
        path_count_at_least: location.path_count_at_least,
        commit: location.introduced.as_ref().map(|stamp| stamp.commit),
        position: hit.position,
        span: hit.span,
        encodings: hit.encodings.clone(),
    }
}

/// By path, then place, then bytes: what a reader follows, and what no order of work changes.
fn occurrence_key(o: &Occurrence) -> impl Ord + '_ {
    let place = (&o.path, &o.object, &o.object_kind, &o.commit);
    (place, o.field, o.span, o.part, &o.encodings)
}

#[cfg(test)]
mod tests;
