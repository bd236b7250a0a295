//! What the answers mean for the credentials: the verdict of each, and which secret is an ID's.

use std::collections::BTreeMap;

use super::pursuit::{Answered, Known};
use super::questions::Name;
use super::verdict::Verdict;
use crate::model::{
    Credential, CredentialKind, Part, Principal, Secret, Validity, ValidityState, rfc3339,
};

/// Gives each ID the secret that STS accepted, if it is another one than pairing chose.
pub(super) fn settle_pairs(credentials: &mut Vec<Credential>, known: &BTreeMap<String, Known>) {
    let mut moved = false;
    for (id, known) in known {
        let accepted = known.answers.iter().find(|(_, a)| is_accepted(&a.verdict));
        let Some(((secret, _), _)) = accepted else {
            continue;
        };
        let is_own = |c: &Credential| {
            c.access_key_id.as_ref() == Some(id) && sha(c.secret.as_ref()).as_ref() == Some(secret)
        };
        if !credentials.iter().any(is_own) {
            moved |= give(credentials, id, secret);
        }
    }
    if moved {
        credentials.sort_by_cached_key(|c| {
            let name = (
                c.access_key_id.clone(),
                sha(c.secret.as_ref()),
                sha(c.token.as_ref()),
            );
            (name, c.kind)
        });
    }
}

fn is_accepted(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Active(_) | Verdict::Restricted(_))
}

fn sha(secret: Option<&Secret>) -> Option<String> {
    secret.map(Secret::sha256)
}

/// Makes a secret an ID's own. What the ID had before is a secret alone again.
fn give(credentials: &mut Vec<Credential>, id: &str, secret: &str) -> bool {
    let offers = |c: &Credential| {
        let named = c.access_key_id.as_deref() == Some(id);
        named && c.candidates.iter().any(|one| one.secret_sha256 == secret)
    };
    let Some(at) = credentials.iter().position(offers) else {
        return false;
    };
    let mut owner = credentials.swap_remove(at);
    let place = owner
        .candidates
        .iter()
        .position(|one| one.secret_sha256 == secret);
    let candidate = place.map(|place| owner.candidates.remove(place));
    let offered = candidate.and_then(|candidate| candidate.hit);
    let is_lone = |c: &Credential| {
        c.access_key_id.is_none()
            && !c.kind.is_service_key()
            && sha(c.secret.as_ref()).as_deref() == Some(secret)
    };
    let (parts, ids): (Vec<_>, Vec<_>) = std::mem::take(&mut owner.hits)
        .into_iter()
        .partition(|located| located.hit.part == Part::Secret);
    owner.hits = ids;
    match credentials.iter().position(is_lone) {
        Some(lone) => owner.hits.append(&mut credentials.swap_remove(lone).hits),
        None => owner.hits.extend(offered.map(|hit| *hit)),
    }
    let own = owner
        .hits
        .iter()
        .find(|located| located.hit.part == Part::Secret && located.hit.value.sha256() == secret);
    let own = own.map(|located| located.hit.value.clone());
    let before = std::mem::replace(&mut owner.secret, own);
    owner.kind = match owner.kind {
        CredentialKind::TemporaryKeyId => CredentialKind::TemporaryKey,
        CredentialKind::AccessKeyId => CredentialKind::AccessKey,
        kind => kind,
    };
    // A secret that only its place beside the ID made one is nothing by itself.
    if let Some(before) = before
        && let Some(leading) = parts.iter().find(|located| located.hit.labelled)
    {
        credentials.push(Credential {
            accepted: None,
            kind: CredentialKind::SecretAccessKey,
            access_key_id: None,
            secret: Some(before),
            token: None,
            rule: leading.hit.rule,
            confidence: leading.hit.confidence,
            candidates: Vec::new(),
            placeholder: None,
            details: crate::model::Details::default(),
            hits: parts,
        });
    }
    credentials.push(owner);
    true
}

/// The verdict on a credential, from what is known of its ID. `None` if nothing is.
pub(super) fn validity(credential: &Credential, known: &Known, timings: bool) -> Option<Validity> {
    let name: Option<Name> =
        sha(credential.secret.as_ref()).map(|secret| (secret, sha(credential.token.as_ref())));
    let own = name.and_then(|name| known.answers.get(&name));
    let tries = known.answers.len();
    let answered = own.or_else(|| best(known))?;
    let mut validity = match (&answered.verdict, own.is_some()) {
        (Verdict::Active(identity), true) => Validity {
            state: ValidityState::Active,
            arn: Some(identity.arn.clone()),
            principal: Some(identity.principal),
            account: Some(identity.account.clone()),
            reason: warning(credential, &identity.arn, identity.principal),
            ..Validity::default()
        },
        (Verdict::Restricted(code), true) => Validity::because(
            ValidityState::Active,
            format!("accepted, but something forbids the question ({code})"),
        ),
        (Verdict::Active(_) | Verdict::Restricted(_), false) => Validity::because(
            ValidityState::IdActive,
            "the ID is active, and another secret that was found is its own",
        ),
        (Verdict::SecretWrong, _) if known.answers.values().any(|a| is_accepted(&a.verdict)) => {
            Validity::because(
                ValidityState::IdActive,
                "the ID is active, and another secret that was found is its own",
            )
        }
        (Verdict::SecretWrong, _) => Validity::because(
            ValidityState::IdActive,
            match tries {
                1 => "the ID is active, the secret near it is not its own".to_owned(),
                n => format!("the ID is active, none of {n} secrets near it is its own"),
            },
        ),
        (Verdict::NotValid, _) => Validity::because(
            ValidityState::NotValid,
            format!(
                "not known in partition {}: deleted, inactive or of another partition, which \
                 cannot be told apart",
                answered.partitions.join(" and ")
            ),
        ),
        (Verdict::Expired, _) => {
            Validity::because(ValidityState::Expired, "AWS says that the session is over")
        }
        (Verdict::Again(why) | Verdict::Unknown(why), _) => {
            Validity::because(ValidityState::Unknown, why.clone())
        }
    };
    validity.checked_at = timings.then(|| rfc3339(answered.at)).flatten();
    Some(validity)
}

/// What was learnt of the ID with other secrets: acceptance first, then a wrong secret.
fn best(known: &Known) -> Option<&Answered> {
    let rank = |answered: &&Answered| match answered.verdict {
        Verdict::Active(_) | Verdict::Restricted(_) => 0,
        Verdict::SecretWrong => 1,
        Verdict::NotValid => 2,
        Verdict::Expired => 3,
        Verdict::Again(_) | Verdict::Unknown(_) => 4,
    };
    known.answers.values().min_by_key(rank)
}

/// What should make a reader of an active key pause.
fn warning(credential: &Credential, arn: &str, principal: Principal) -> Option<String> {
    let of_id = credential.access_key_id.as_ref();
    let of_id = of_id.and_then(|id| crate::model::account_of(id.as_bytes()));
    let opens = arn.split(':').nth(4).unwrap_or_default();
    if arn.contains("canarytokens") {
        return Some("the ARN says that it is a canary; its owner knows by now".to_owned());
    }
    if principal == Principal::Root {
        return Some("the account's root: no policy limits it".to_owned());
    }
    of_id.filter(|account| account != opens).map(|account| {
        format!("the ID names account {account}, so this may not be AWS's own answer")
    })
}
