//! What a reader should know of a finding besides, one sentence each.

use super::account;
use super::severity::Expired;
use crate::model::{
    Candidate, Credential, CredentialKind, DOCUMENTATION_ACCOUNTS, DisclosureKind, Distance,
    ValidityState, is_old_generation, key_id_kind, utc,
};

pub(super) fn notes(
    credential: &Credential,
    expired: Option<&Expired>,
    state: ValidityState,
) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(acceptance(credential, state));
    notes.extend(named(credential));
    notes.extend(canary(credential));
    notes.extend(expired.map(|expired| expiry(credential, *expired)));
    notes.extend(disclosure(credential));
    notes.extend(service(credential));
    notes.extend(id(credential));
    notes.extend(candidates(credential));
    notes
}

/// What else may be the ID's own.
fn candidates(credential: &Credential) -> Option<String> {
    let all = &credential.candidates;
    let is_near = |one: &Candidate| matches!(one.distance, Distance::Bytes(_));
    let place = if all.iter().any(is_near) {
        "near the ID"
    } else {
        "in another file or commit that goes with the ID's"
    };
    match all.len() {
        0 => None,
        1 => Some(format!("Another secret stands {place} and may be its own.")),
        n => Some(format!(
            "{n} other secrets stand {place}, and one of them may be its own."
        )),
    }
}

/// Why a credential that somebody accepted is shown all the same.
fn acceptance(credential: &Credential, state: ValidityState) -> Option<String> {
    let accepted = credential.accepted.as_ref()?;
    let source = &accepted.source;
    if state == ValidityState::Active {
        return Some(format!(
            "{source} accepts it, but AWS says that it works: a key that works cannot be accepted."
        ));
    }
    let day = accepted.expires.as_ref().filter(|_| accepted.has_lapsed)?;
    Some(format!(
        "{source} accepted it until {day}; that day is over."
    ))
}

fn named(credential: &Credential) -> Option<String> {
    let name = credential.details.known.as_ref()?;
    Some(format!("It is a value that was asked for by name: {name}."))
}

fn canary(credential: &Credential) -> Option<String> {
    let name = credential.details.canary?;
    Some(format!(
        "The account is known for canaries ({name}): the key was put there to be found, opens \
         nothing, and whoever touches it is reported to its owner. Do not try it."
    ))
}

fn expiry(credential: &Credential, expired: Expired) -> String {
    match expired {
        Expired::AtItsTime(time) => {
            let what = match credential.kind {
                CredentialKind::BedrockShortTermKey => "The signed request in it",
                _ => "It",
            };
            format!("{what} has expired on {}.", utc(time))
        }
        Expired::ByAge if credential.kind.is_service_key() => {
            "It was committed more than 36 hours ago; none of its kind lives longer, so it has \
             expired."
                .to_owned()
        }
        Expired::ByAge => {
            "It was committed more than 36 hours ago; no temporary key lives longer, \
             so it has expired."
                .to_owned()
        }
    }
}

fn disclosure(credential: &Credential) -> Option<String> {
    let disclosure = credential.details.disclosure?;
    let shown = match disclosure.kind {
        DisclosureKind::PresignedUrl => {
            "The ID stands only in presigned URLs. They show who signed, not the secret"
        }
        DisclosureKind::Signature => {
            "The ID stands only in signatures of requests. They show who signed, not the secret"
        }
    };
    let ends = match (disclosure.kind, disclosure.expires) {
        (DisclosureKind::PresignedUrl, Some(time)) => {
            format!(
                "; they open what they name until {} at the latest",
                utc(time)
            )
        }
        _ => String::new(),
    };
    Some(format!("{shown}{ends}."))
}

fn service(credential: &Credential) -> Option<String> {
    let text = match credential.kind {
        CredentialKind::SessionToken => {
            "A session token is of use only with its access key ID and secret, which were not seen \
             beside it."
        }
        CredentialKind::BedrockShortTermKey => {
            "It holds no secret access key; it ends with the session that signed it, within 12 \
             hours."
        }
        CredentialKind::SesSmtpPassword => {
            "It was derived from the secret of the access key that is its user name, and dies with \
             that key."
        }
        CredentialKind::MwsAuthToken => {
            "Amazon MWS ended on 2024-03-31; the token opens nothing any more."
        }
        CredentialKind::AppSyncApiKey => {
            "API keys of AppSync are often meant for the public: they limit use, not access."
        }
        CredentialKind::ConsoleSignIn => {
            "The link works for 15 minutes, and the console session that it opens for 36 hours at \
             most."
        }
        _ => return None,
    };
    Some(text.to_owned())
}

fn id(credential: &Credential) -> Option<String> {
    let id = credential.access_key_id.as_ref()?;
    if key_id_kind(id.as_bytes()).is_none() {
        return Some(
            "The ID has no prefix, as IDs had none before 2010, and tells no account.".to_owned(),
        );
    }
    let malformed = data_encoding::BASE32
        .decode(id.get(4..).unwrap_or_default().as_bytes())
        .is_err();
    match account(credential) {
        _ if malformed => Some(
            "The ID has characters that AWS has never been seen to use; it may be no key."
                .to_owned(),
        ),
        Some(account) if DOCUMENTATION_ACCOUNTS.contains(&account.as_str()) => Some(format!(
            "Account {account} is one that documentation and emulators use; the key may be a fake."
        )),
        Some(_) => None,
        None if is_old_generation(id.as_bytes()) => {
            Some("The ID is of the old generation, which does not tell its account.".to_owned())
        }
        None => {
            Some("The ID names an account number that cannot exist; it may be no key.".to_owned())
        }
    }
}
