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
//!
//! A key that was verified active is critical, one that is inactive is low. Low confidence takes
//! one step off.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::model::{
    Confidence, Credential, CredentialKind, DOCUMENTATION_ACCOUNTS, Exposure, Finding, Fingerprint,
    LocatedHit, Occurrence, Place, Severity, Suppressed, SuppressionReason, Validity,
    ValidityState, account_of, is_old_generation,
};

/// Longest life of a temporary key, in seconds: 36 hours, for what `GetSessionToken` and
/// `GetFederationToken` give out; a role's key lives 12 hours at most.
/// Source: STS API reference, `DurationSeconds` of these and of `AssumeRole`.
const TEMPORARY_LIFE: i64 = 36 * 3600;

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
        let gravest_first = std::cmp::Reverse((f.severity, f.credential.confidence));
        let id = f.credential.access_key_id.clone();
        let name = (f.fingerprint.clone(), f.submodule.clone());
        (gravest_first, f.credential.kind, id, name)
    });
}

fn reason(finding: &Finding, min_confidence: Confidence) -> Option<SuppressionReason> {
    let low = finding.credential.confidence < min_confidence;
    let low = low.then_some(SuppressionReason::LowConfidence);
    finding.credential.placeholder.or(low)
}

/// Grades one credential that nobody has verified.
fn finding(mut credential: Credential, exposure: Arc<Exposure>, now: Option<i64>) -> Finding {
    let validity = Validity::default();
    let expired = has_expired(&credential, &exposure, now);
    let mut occurrences: Vec<Occurrence> = credential.hits.iter().map(occurrence).collect();
    occurrences.sort_by(|a, b| occurrence_key(a).cmp(&occurrence_key(b)));
    occurrences.dedup();
    // Occurrences say all that is left to say of them.
    credential.hits = Vec::new();
    Finding {
        fingerprint: fingerprint(&credential),
        severity: severity(&credential, &exposure, validity.state, expired),
        account_id: account(&credential),
        notes: notes(&credential, expired),
        expired,
        credential,
        validity,
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
    let secret = credential.secret.as_ref().map_or(&[][..], |s| s.expose());
    let mut hash = Sha256::new();
    for part in [credential.kind.name().as_bytes(), id.as_bytes(), secret] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digits = data_encoding::HEXLOWER.encode(&hash.finalize()[..16]);
    Fingerprint(format!("ks1-{digits}"))
}

/// True for a temporary key that was committed longer ago than any can live. A key that was never
/// committed has no date, and may be new.
fn has_expired(credential: &Credential, exposure: &Exposure, now: Option<i64>) -> bool {
    let (Some(now), Some(introduced)) = (now, &exposure.introduced) else {
        return false;
    };
    let temporary = matches!(
        credential.kind,
        CredentialKind::TemporaryKey | CredentialKind::TemporaryKeyId
    );
    temporary && now.saturating_sub(introduced.time) > TEMPORARY_LIFE
}

fn severity(
    credential: &Credential,
    exposure: &Exposure,
    state: ValidityState,
    expired: bool,
) -> Severity {
    let pushed = exposure.pushed.is_known();
    let unverified = match credential.kind {
        CredentialKind::TemporaryKey if expired => Severity::Low,
        CredentialKind::AccessKey | CredentialKind::TemporaryKey if pushed => Severity::Critical,
        CredentialKind::AccessKey | CredentialKind::TemporaryKey => Severity::High,
        CredentialKind::SecretAccessKey if pushed => Severity::High,
        CredentialKind::SecretAccessKey | CredentialKind::AccessKeyId => Severity::Medium,
        CredentialKind::TemporaryKeyId => Severity::Low,
    };
    match state {
        ValidityState::Active => Severity::Critical,
        ValidityState::Inactive => Severity::Low,
        ValidityState::NotChecked | ValidityState::Unknown
            if credential.confidence == Confidence::Low =>
        {
            match unverified {
                Severity::Critical => Severity::High,
                Severity::High => Severity::Medium,
                Severity::Medium | Severity::Low => Severity::Low,
            }
        }
        ValidityState::NotChecked | ValidityState::Unknown => unverified,
    }
}

fn account(credential: &Credential) -> Option<String> {
    account_of(credential.access_key_id.as_ref()?.as_bytes())
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

fn notes(credential: &Credential, expired: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if expired {
        notes.push(
            "It was committed more than 36 hours ago; no temporary key lives longer, so it has \
             expired."
                .to_owned(),
        );
    }
    if let Some(id) = &credential.access_key_id {
        let malformed = data_encoding::BASE32
            .decode(id.get(4..).unwrap_or_default().as_bytes())
            .is_err();
        match account(credential) {
            _ if malformed => notes.push(
                "The ID has characters that AWS has never been seen to use; it may be no key."
                    .to_owned(),
            ),
            Some(account) if DOCUMENTATION_ACCOUNTS.contains(&account.as_str()) => {
                notes.push(format!(
                    "Account {account} is one that documentation and emulators use; the key may be a fake."
                ));
            }
            Some(_) => {}
            None if is_old_generation(id.as_bytes()) => notes.push(
                "The ID is of the old generation, which does not tell its account.".to_owned(),
            ),
            None => notes.push(
                "The ID names an account number that cannot exist; it may be no key.".to_owned(),
            ),
        }
    }
    match credential.candidates.len() {
        0 => {}
        1 => notes.push("Another secret stands near the ID and may be its own.".to_owned()),
        n => notes.push(format!(
            "{n} other secrets stand near the ID, and one of them may be its own."
        )),
    }
    notes
}

#[cfg(test)]
mod tests;
