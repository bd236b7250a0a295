//! Which keys are asked about, and with which secrets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::endpoints::{self, Partition, Target};
use crate::model::{
    Credential, CredentialKind, Distance, KeyIdKind, Part, Secret, VerifyPlan, account_of,
    key_id_kind, utc,
};

/// Most secrets that are tried for one ID.
const TRIES_MAX: usize = 8;

/// A secret, and the token that goes with it, by hash.
pub(super) type Name = (String, Option<String>);

/// One secret that may be an ID's.
#[derive(Clone, Debug)]
pub(super) struct Try {
    pub(super) name: Name,
    pub(super) secret: Secret,
    pub(super) token: Option<Secret>,
}

/// Everything that is asked about one ID.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) id: String,
    /// Where to ask, the likeliest first.
    pub(super) targets: Vec<Target>,
    /// What to try, the likeliest first.
    pub(super) tries: Vec<Try>,
    /// There may be more to try, but nobody knows yet.
    pub(super) is_early: bool,
}

/// Why nobody asks about a credential.
pub(super) fn refusal(credential: &Credential, plan: &VerifyPlan, now: i64) -> Option<String> {
    use CredentialKind as Kind;
    if let Some(service) = credential.details.canary {
        return Some(format!("never asked about: a canary of {service}"));
    }
    if credential.placeholder.is_some() {
        return Some("never asked about: a placeholder".to_owned());
    }
    if credential.kind.is_service_key() {
        return Some("STS knows no keys of single services".to_owned());
    }
    let Some(id) = credential.access_key_id.as_deref() else {
        return Some("cannot be asked about without the access key ID".to_owned());
    };
    if key_id_kind(id.as_bytes()).is_none() {
        return Some("STS knows no IDs of this form".to_owned());
    }
    if plan.only.as_ref().is_some_and(|only| !only.contains(id)) {
        return Some("not asked about".to_owned());
    }
    if let Some(reason) = foreign(id, plan) {
        return Some(reason);
    }
    let has_secret = matches!(credential.kind, Kind::AccessKey | Kind::TemporaryKey);
    if !has_secret && credential.candidates.is_empty() {
        return Some("cannot be asked about without the secret".to_owned());
    }
    if key_id_kind(id.as_bytes()) == Some(KeyIdKind::Temporary) && credential.token.is_none() {
        return Some("a temporary key cannot be asked about without its session token".to_owned());
    }
    credential
        .details
        .expires
        .filter(|end| *end <= now)
        .map(|end| format!("not asked about: by its own words it ended on {}", utc(end)))
}

/// With `--account`: why this ID is none of theirs.
fn foreign(id: &str, plan: &VerifyPlan) -> Option<String> {
    if plan.accounts.is_empty() {
        return None;
    }
    match account_of(id.as_bytes()) {
        Some(account) if plan.accounts.contains(&account) => None,
        Some(_) => Some("its account is not in --account".to_owned()),
        None => Some("its ID tells no account, so it may not be one of --account".to_owned()),
    }
}

/// What is worth asking, one question for each ID, in the order of the IDs. `hints` names regions
/// and partitions that stand near the key.
pub(super) fn questions(
    credentials: &[Credential],
    plan: &VerifyPlan,
    now: i64,
    mut hints: impl FnMut(&Credential) -> Vec<String>,
) -> Vec<Question> {
    let mut by_id: BTreeMap<&str, Vec<&Credential>> = BTreeMap::new();
    for credential in credentials {
        if refusal(credential, plan, now).is_none()
            && let Some(id) = &credential.access_key_id
        {
            by_id.entry(id).or_default().push(credential);
        }
    }
    let examples: BTreeSet<String> = credentials
        .iter()
        .filter(|credential| credential.placeholder.is_some())
        .filter_map(|credential| credential.secret.as_ref().map(Secret::sha256))
        .collect();
    by_id
        .into_iter()
        .filter_map(|(id, same)| {
            let near: Vec<String> = same.iter().flat_map(|one| hints(one)).collect();
            let tries = tries(&same, &examples);
            (!tries.is_empty()).then(|| Question {
                id: id.to_owned(),
                targets: targets(plan, &same, &near),
                tries,
                is_early: false,
            })
        })
        .collect()
}

/// What can be asked about a credential before everything is known: nothing that the rest could
/// make a question too many. A long-term key whose secret stands beside it and has no rival, and
/// that is known in one partition if in any.
pub(super) fn early(
    credential: &Credential,
    plan: &VerifyPlan,
    now: i64,
    hints: impl FnOnce() -> Vec<String>,
) -> Option<Question> {
    let is_sure = credential.kind == CredentialKind::AccessKey
        && credential.token.is_none()
        && credential.candidates.is_empty();
    if !is_sure || refusal(credential, plan, now).is_some() {
        return None;
    }
    let tries = tries(&[credential], &BTreeSet::new());
    let near = hints();
    // Paths, which history tells later, may name another partition than the common one.
    let is_told = !near.is_empty()
        || plan.endpoint.is_some()
        || plan.region.is_some()
        || plan.partition.is_some();
    let targets = targets(plan, &[credential], &near);
    (is_told && tries.len() == 1 && targets.len() == 1).then(|| Question {
        id: credential.access_key_id.clone().unwrap_or_default(),
        targets,
        tries,
        is_early: true,
    })
}

/// First the secrets that pairing chose, those seen most often before others; then the other
/// candidates, the nearest first.
fn tries(same: &[&Credential], examples: &BTreeSet<String>) -> Vec<Try> {
    let mut own: Vec<&&Credential> = same.iter().filter(|one| one.secret.is_some()).collect();
    own.sort_by_key(|one| std::cmp::Reverse(one.hits.len()));
    let token_name = |token: &Option<Secret>| token.as_ref().map(Secret::sha256);
    let mut tries: Vec<Try> = Vec::new();
    for one in own {
        if let Some(secret) = &one.secret {
            tries.push(Try {
                name: (secret.sha256(), token_name(&one.token)),
                secret: secret.clone(),
                token: one.token.clone(),
            });
        }
    }
    let mut others: Vec<(Distance, Try)> = Vec::new();
    for one in same {
        for candidate in &one.candidates {
            let Some(located) = &candidate.hit else {
                continue;
            };
            let fits = located.hit.part == Part::Secret
                && located.hit.placeholder.is_none()
                && !examples.contains(&candidate.secret_sha256);
            if fits {
                let attempt = Try {
                    name: (candidate.secret_sha256.clone(), token_name(&one.token)),
                    secret: located.hit.value.clone(),
                    token: one.token.clone(),
                };
                others.push((candidate.distance, attempt));
            }
        }
    }
    others.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    tries.extend(others.into_iter().map(|(_, attempt)| attempt));
    let mut seen = BTreeSet::new();
    tries.retain(|attempt| seen.insert(attempt.name.clone()));
    tries.truncate(TRIES_MAX);
    tries
}

/// Where keys like these are known, if anywhere: what the user says, else what the token says,
/// else what stands near, else the common partition. Never all of them in turn.
fn targets(plan: &VerifyPlan, same: &[&Credential], near: &[String]) -> Vec<Target> {
    let region = plan.region.as_deref().and_then(endpoints::region);
    let named = region
        .and_then(Partition::of_region)
        .or_else(|| plan.partition.as_deref().and_then(Partition::named));
    if let Some(url) = &plan.endpoint {
        let partition = named.unwrap_or_else(endpoints::common);
        return vec![Target {
            url: url.trim_end_matches('/').to_owned(),
            ..partition.target(region)
        }];
    }
    if let Some(partition) = named {
        return vec![partition.target(region)];
    }
    let told = same.iter().filter_map(|one| one.details.region.as_deref());
    let mut found: Vec<&Partition> = told.filter_map(Partition::of_region).collect();
    if found.is_empty() {
        let words = near.iter().map(String::as_str);
        found = words
            .filter_map(|word| Partition::named(word).or_else(|| Partition::of_region(word)))
            .collect();
    }
    if found.is_empty() {
        found.push(endpoints::common());
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for partition in &found {
        *counts.entry(partition.name).or_default() += 1;
    }
    found.sort_by_key(|partition| (std::cmp::Reverse(counts[partition.name]), partition.name));
    found.dedup();
    found.truncate(2);
    found
        .iter()
        .map(|partition| partition.target(None))
        .collect()
}
