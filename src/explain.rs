//! What a key, an ID or a token says of itself, offline. Pure: nothing is asked, and nothing that
//! is secret comes back.

use crate::canaries::Canaries;
use crate::model::{
    CredentialKind, Details, Explanation, KeyIdKind, Part, Secret, SuppressionReason, account_of,
    entropy, is_old_generation, key_id_kind, structure_of, token_region, utc,
};
use crate::placeholders::Placeholders;

/// Why there is nothing to explain. No message repeats the input: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// Nothing was given.
    #[error("nothing was given to explain")]
    Empty,
    /// 40 characters of base64.
    #[error("this looks like a secret access key, which says nothing of itself; it is not shown")]
    Secret,
    /// An ID of the wrong length, or with characters that none has.
    #[error("this begins like an access key ID, but has {0} characters in place of 20")]
    Length(usize),
    /// A key whose inside does not fit.
    #[error("this begins like a key of {0}, but does not decode to one; it is not shown")]
    Structure(&'static str),
    /// Nothing that AWS is known to make.
    #[error("this is nothing that AWS is known to make; it is not shown, since it may be a secret")]
    Foreign,
}

/// Kinds of unique IDs that are no credentials, by prefix. Source: IAM user guide, "Understanding
/// unique ID prefixes".
const ENTITIES: [(&str, &str, &str); 10] = [
    (
        "ABIA",
        "service-bearer-token-id",
        "ID of an STS service bearer token; the token is the secret",
    ),
    (
        "ACCA",
        "service-specific-credential-id",
        "ID of a service-specific credential; its password or API key is the secret",
    ),
    ("AGPA", "group-id", "ID of an IAM group"),
    ("AIDA", "user-id", "ID of an IAM user"),
    ("AIPA", "instance-profile-id", "ID of an instance profile"),
    ("ANPA", "managed-policy-id", "ID of a managed policy"),
    (
        "ANVA",
        "policy-version-id",
        "ID of a version of a managed policy",
    ),
    (
        "APKA",
        "public-key-id",
        "ID of a public key (SSH key of CodeCommit, CloudFront key pair); the private key is the secret",
    ),
    ("AROA", "role-id", "ID of an IAM role"),
    ("ASCA", "certificate-id", "ID of a server certificate"),
];

/// Explains what was given.
///
/// # Errors
/// It is nothing that can be told.
pub fn explain(
    given: &Secret,
    canaries: &Canaries,
    placeholders: &Placeholders,
) -> Result<Explanation, Unknown> {
    let value = given.expose().trim_ascii();
    let mut explained = match value {
        [] => return Err(Unknown::Empty),
        _ if value.starts_with(b"AKIA") || value.starts_with(b"ASIA") => key_id(value)?,
        _ => entity(value).map_or_else(|| key(value), Ok)?,
    };
    let part = if explained.shown.is_some() {
        Part::Id
    } else {
        Part::Key
    };
    let judged = placeholders.judge(part, &Secret::new(value.to_vec()));
    explained.example = judged.map(SuppressionReason::name);
    let account = explained.details.account.as_deref();
    explained.details.canary = account.and_then(|account| canaries.service(account));
    if let Some(name) = explained.details.canary {
        explained.can = vec![format!(
            "It opens nothing: the account belongs to {name}. Any use of it is reported to the person \
             who put it there."
        )];
        explained.next =
            vec!["Do not try it, and leave it where it is unless it is yours.".to_owned()];
    } else if explained.example.is_some() {
        // Whose an example is helps nobody.
        explained.next = vec![
            "The value is one that documentation prints, or says itself that it is an example; sweeps \
             count it, and show it with --show-suppressed."
                .to_owned(),
        ];
    }
    Ok(explained)
}

fn blank(kind: &'static str, what: &'static str) -> Explanation {
    Explanation {
        shown: None,
        kind,
        what,
        is_credential: true,
        generation: None,
        account_unknown: None,
        details: Details::default(),
        example: None,
        can: Vec::new(),
        next: Vec::new(),
    }
}

fn key_id(value: &[u8]) -> Result<Explanation, Unknown> {
    let of_id = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    if value.len() != 20 || !value.iter().all(of_id) {
        return Err(Unknown::Length(value.len()));
    }
    let id = String::from_utf8_lossy(value).into_owned();
    let long_term = key_id_kind(value) == Some(KeyIdKind::LongTerm);
    let mut explained = if long_term {
        blank(
            CredentialKind::AccessKeyId.name(),
            "ID of a long-term access key, of an IAM user or of root",
        )
    } else {
        blank(
            CredentialKind::TemporaryKeyId.name(),
            "ID of a temporary access key from STS",
        )
    };
    explained.details.account = account_of(value);
    let base32 = value[4..]
        .iter()
        .all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
    let old = is_old_generation(value);
    explained.generation = base32.then_some(if old { "old" } else { "new" });
    explained.account_unknown = match explained.details.account {
        Some(_) => None,
        None if !base32 => {
            Some("it has characters (0, 1, 8, 9) that AWS has never been seen to use")
        }
        None if old => Some("IDs of the old generation (fifth character A to P) do not tell it"),
        None => Some("the number in it is larger than any account's; it may be no key"),
    };
    let look = format!("aws sts get-access-key-info --access-key-id {id}");
    let used = format!("aws iam get-access-key-last-used --access-key-id {id}");
    if long_term {
        explained.can = vec![
            "The ID alone opens nothing. With its secret access key it does all that its user may, until it is deactivated; a key of root may do anything.".to_owned(),
        ];
        explained.next = vec![
            format!("Whose is it, asked with credentials of your own: {look}"),
            format!("Its user, as an administrator of that account: {used}"),
            "If its secret leaked as well: deactivate it, then see CloudTrail.".to_owned(),
        ];
    } else {
        explained.can = vec![
            "The ID alone opens nothing. With its secret and its session token it does all that its role or user may, for 36 hours at most.".to_owned(),
        ];
        explained.next = vec![
            format!("Whose is it, asked with credentials of your own: {look}"),
            "If it may still work: revoke the sessions of its role, and find what wrote it down."
                .to_owned(),
        ];
    }
    explained.shown = Some(id);
    Ok(explained)
}

/// IDs of things, which nobody needs to hide.
fn entity(value: &[u8]) -> Option<Explanation> {
    let prefix = std::str::from_utf8(value.get(..4)?).ok()?;
    let (_, kind, what) = ENTITIES.iter().find(|(known, ..)| *known == prefix)?;
    let of_id = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let shaped = (16..=32).contains(&value.len()) && value.iter().all(of_id);
    shaped.then(|| Explanation {
        shown: Some(String::from_utf8_lossy(value).into_owned()),
        is_credential: false,
        can: vec!["It opens nothing and is no secret; sweeps do not report it.".to_owned()],
        ..blank(kind, what)
    })
}

/// Keys and tokens, of which nothing is repeated but what they say of their owner.
fn key(value: &[u8]) -> Result<Explanation, Unknown> {
    use CredentialKind as Kind;
    let kinds = [
        (
            &b"ABSK"[..],
            Kind::BedrockApiKey,
            "Amazon Bedrock",
            "long-term API key of Amazon Bedrock",
        ),
        (
            b"ACWL",
            Kind::CloudWatchLogsKey,
            "CloudWatch Logs",
            "API key of CloudWatch Logs",
        ),
        (
            b"bedrock-api-key-",
            Kind::BedrockShortTermKey,
            "Amazon Bedrock",
            "short-term API key of Amazon Bedrock",
        ),
        (
            b"QVdTO",
            Kind::EcrToken,
            "Amazon ECR",
            "password of a container registry (ECR)",
        ),
        (
            b"eyJ2ZXIiOj",
            Kind::CodeArtifactToken,
            "CodeArtifact",
            "token of a CodeArtifact repository",
        ),
        (
            b"amzn.mws.",
            Kind::MwsAuthToken,
            "Amazon MWS",
            "authorization token of Amazon MWS, which ended on 2024-03-31",
        ),
        (
            b"da2-",
            Kind::AppSyncApiKey,
            "AppSync",
            "API key of AWS AppSync",
        ),
    ];
    if let Some((_, kind, service, what)) = kinds.into_iter().find(|k| value.starts_with(k.0)) {
        let details = structure_of(kind, value).ok_or(Unknown::Structure(service))?;
        let mut explained = blank(kind.name(), what);
        explained.can = vec![abilities(kind, &details)];
        explained.next = vec![remedy(kind, &details)];
        explained.details = details;
        return Ok(explained);
    }
    if is_token(value) {
        return Ok(token(value));
    }
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    if value.len() == 40 && value.iter().all(base64) && entropy(value) >= 4.0 {
        return Err(Unknown::Secret);
    }
    Err(Unknown::Foreign)
}

/// A session token, of which nothing but the region can be read.
fn token(value: &[u8]) -> Explanation {
    let mut explained = blank(
        CredentialKind::SessionToken.name(),
        "session token of a temporary access key",
    );
    explained.details.region = token_region(value);
    explained.account_unknown = Some("session tokens are sealed; only some name their region");
    explained.can = vec![
        "Alone it opens nothing; with its ID (ASIA…) and secret it lasts 36 hours at most."
            .to_owned(),
    ];
    explained.next =
        vec!["Look for the ID and the secret: they are mostly written down beside it.".to_owned()];
    explained
}

fn is_token(value: &[u8]) -> bool {
    let heads = [&b"oDYXdz"[..], b"oGZXIvYXdz", b"oGb3JpZ2lu", b"oJb3JpZ2lu"];
    value.len() >= 100 && heads.iter().any(|head| value[2..].starts_with(head))
}

fn abilities(kind: CredentialKind, details: &Details) -> String {
    let text = match kind {
        CredentialKind::BedrockApiKey => {
            "It calls Amazon Bedrock as its user, needs no other part, and works until it is revoked or its own end, which it does not tell."
        }
        CredentialKind::CloudWatchLogsKey => {
            "It writes to CloudWatch Logs as its user, and needs no other part."
        }
        CredentialKind::BedrockShortTermKey => {
            "It calls Amazon Bedrock with the rights of the key that signed it, until it expires. It holds no secret access key."
        }
        CredentialKind::EcrToken => {
            "It pulls and pushes images with the rights of whoever asked for it, for 12 hours."
        }
        CredentialKind::CodeArtifactToken => {
            "It reads and publishes packages with the rights of whoever asked for it, for 12 hours at most."
        }
        CredentialKind::AppSyncApiKey => {
            "It calls the GraphQL API it was made for; such keys are often meant for the public."
        }
        _ => "It opens nothing any more.",
    };
    match details.expires {
        Some(time) => format!("{text} It ends or ended on {}.", utc(time)),
        None => text.to_owned(),
    }
}

fn remedy(kind: CredentialKind, details: &Details) -> String {
    let user = details.user.as_deref().unwrap_or("USER");
    match kind {
        CredentialKind::BedrockApiKey | CredentialKind::CloudWatchLogsKey => format!(
            "As an administrator of the account: aws iam list-service-specific-credentials --user-name {user}, \
             then update-service-specific-credential --status Inactive. Then see CloudTrail."
        ),
        CredentialKind::BedrockShortTermKey => "It cannot be revoked singly: revoke the sessions of the signer, or deny bedrock:CallWithBearerToken.".to_owned(),
        CredentialKind::AppSyncApiKey => "If it was not meant for the public: aws appsync delete-api-key.".to_owned(),
        _ => "It ends by itself; find what wrote it down.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys::Keys;

    fn told(text: &str) -> Result<Explanation, Unknown> {
        let (canaries, placeholders) = (
            Canaries::builtin().unwrap(),
            Placeholders::builtin().unwrap(),
        );
        explain(
            &Secret::new(text.as_bytes().to_vec()),
            &canaries,
            &placeholders,
        )
    }

    #[test]
    fn access_key_ids() {
        let mut keys = Keys::new(71);
        let long = told(&keys.key_id_of("AKIA", 234_567_890_123)).unwrap();
        assert_eq!(long.kind, "aws-access-key-id");
        assert_eq!(long.details.account.as_deref(), Some("234567890123"));
        assert_eq!((long.generation, long.account_unknown), (Some("new"), None));
        let temporary = told(&keys.temporary_key_id()).unwrap();
        assert_eq!(temporary.kind, "aws-temporary-key-id");
        let old = told("AKIAIOSFODNN7EXAMPLE\n").unwrap();
        assert_eq!(
            (old.generation, old.example),
            (Some("old"), Some("documentation"))
        );
        assert!(old.account_unknown.is_some() && old.details.account.is_none());
        let impossible = told(&keys.key_id_of("AKIA", 1_000_000_000_000)).unwrap();
        assert!(impossible.account_unknown.unwrap().contains("larger"));
        let canary = told(&keys.key_id_of("AKIA", 534_261_010_715)).unwrap();
        assert_eq!(canary.details.canary, Some("canarytokens.org"));
        assert!(canary.next[0].contains("Do not try it"));
        assert_eq!(told("AKIAIEXAMPLE"), Err(Unknown::Length(12)));
    }

    #[test]
    fn entities_are_no_credentials() {
        let user = told("AIDAJQABLZS4A3QDU576Q").unwrap();
        assert_eq!((user.kind, user.is_credential), ("user-id", false));
    }

    #[test]
    fn keys_tell_their_owner_and_are_not_repeated() {
        let mut keys = Keys::new(72);
        let bedrock = told(&keys.service_api_key("ABSK", "jane.doe")).unwrap();
        assert_eq!(bedrock.details.user.as_deref(), Some("jane.doe"));
        assert!(bedrock.details.account.is_some() && bedrock.shown.is_none());
        let id = keys.access_key_id();
        let short = told(&keys.bedrock_short_key(&id, "20260102T030405Z")).unwrap();
        assert_eq!(short.details.signed_by.as_deref(), Some(id.as_str()));
        assert_eq!(short.details.region.as_deref(), Some("us-west-2"));
        assert!(short.can[0].contains("2026-01-02 04:04:05 UTC"));
        let token = told(&keys.session_token("eu-north-1")).unwrap();
        assert_eq!(token.details.region.as_deref(), Some("eu-north-1"));
        assert!(token.shown.is_none());
    }

    #[test]
    fn secrets_are_refused() {
        let mut keys = Keys::new(73);
        let secret = keys.secret();
        assert_eq!(told(&secret), Err(Unknown::Secret));
        assert!(!Unknown::Secret.to_string().contains(&secret));
        assert_eq!(told("hunter2"), Err(Unknown::Foreign));
        assert_eq!(told(" \n"), Err(Unknown::Empty));
        let broken = format!("ABSK{}", keys.text(b"abcdef", 60));
        assert_eq!(told(&broken), Err(Unknown::Structure("Amazon Bedrock")));
    }
}
