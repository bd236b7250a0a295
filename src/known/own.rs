//! The user's own credentials: from the file that AWS's tools share, and from the environment.

use crate::model::{CredentialKind, KeyIdKind, KnownValue, Part, Secret, key_id_kind};

/// Names of settings, by their ends and in lower case, longest first.
const NAMES: [(&str, Part, CredentialKind); 7] = [
    (
        "secret_access_key",
        Part::Secret,
        CredentialKind::SecretAccessKey,
    ),
    ("secret_key", Part::Secret, CredentialKind::SecretAccessKey),
    ("access_key_id", Part::Id, CredentialKind::AccessKeyId),
    ("access_key", Part::Id, CredentialKind::AccessKeyId),
    ("session_token", Part::Token, CredentialKind::SessionToken),
    ("security_token", Part::Token, CredentialKind::SessionToken),
    (
        "bearer_token_bedrock",
        Part::Key,
        CredentialKind::BedrockApiKey,
    ),
];

/// Values in a shared credentials file, or in a configuration file of the same form, which people call
/// `file`. Those that are not `wanted` are left out.
pub fn of_credentials_file(
    text: &Secret,
    file: &str,
    wanted: &dyn Fn(Part, &Secret) -> bool,
) -> Vec<KnownValue> {
    let mut values = Vec::new();
    let mut profile = "default".to_owned();
    for line in text.expose().split(|b| *b == b'\n') {
        let line = line.trim_ascii();
        if let Some(name) = line.strip_prefix(b"[").and_then(|l| l.strip_suffix(b"]")) {
            profile = String::from_utf8_lossy(name.trim_ascii()).into_owned();
            continue;
        }
        let Some(at) = memchr::memchr(b'=', line) else {
            continue;
        };
        let name = String::from_utf8_lossy(line[..at].trim_ascii()).into_owned();
        let value = Secret::new(line[at + 1..].trim_ascii().to_vec());
        let label = format!("profile {profile} of {file}");
        values.extend(named(&name, &value, &label, wanted));
    }
    values
}

/// Values of environment variables whose name says that they are credentials of AWS.
pub fn of_environment(
    variables: impl Iterator<Item = (String, Secret)>,
    wanted: &dyn Fn(Part, &Secret) -> bool,
) -> Vec<KnownValue> {
    let value = |(name, value): (String, Secret)| {
        let label = format!("environment variable {name}");
        named(&name, &value, &label, wanted)
    };
    variables.filter_map(value).collect()
}

/// The value of a setting, if its name says that it is one.
fn named(
    name: &str,
    value: &Secret,
    label: &str,
    wanted: &dyn Fn(Part, &Secret) -> bool,
) -> Option<KnownValue> {
    let name = name.to_ascii_lowercase();
    let (_, part, kind) = NAMES.iter().find(|(end, ..)| name.ends_with(end))?;
    let id = key_id_kind(value.expose());
    let (part, kind) = match (part, id) {
        // Some tools call the secret `access_key`: an ID says what it is.
        (Part::Id, None) if value.len() == 40 => (Part::Secret, CredentialKind::SecretAccessKey),
        (Part::Id, Some(KeyIdKind::Temporary)) => (Part::Id, CredentialKind::TemporaryKeyId),
        // Anything else that is no ID would be found in too many places.
        (Part::Id, None) => return None,
        (part, _) => (*part, *kind),
    };
    if !wanted(part, value) {
        return None;
    }
    KnownValue::of_secret(part, kind, value, label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys::Keys;

    #[test]
    fn profiles_and_variables() {
        let mut keys = Keys::new(71);
        let (id, secret) = (keys.access_key_id(), keys.secret());
        let (temporary, token) = (keys.temporary_key_id(), keys.session_token("eu-west-1"));
        let text = format!(
            "[default]\naws_access_key_id = {id}\naws_secret_access_key={secret}\nregion = eu-west-1\n\
             \n[ci]\r\naws_access_key_id={temporary}\r\naws_session_token = {token}\r\n\
             [local]\naws_access_key_id = test\naws_secret_access_key = test\n"
        );
        let values = of_credentials_file(
            &Secret::new(text.into_bytes()),
            "the AWS credentials file",
            &|_, _| true,
        );
        let told: Vec<(Part, &str)> = values.iter().map(|v| (v.part, &*v.label)).collect();
        assert_eq!(
            told,
            [
                (Part::Id, "profile default of the AWS credentials file"),
                (Part::Secret, "profile default of the AWS credentials file"),
                (Part::Id, "profile ci of the AWS credentials file"),
                (Part::Token, "profile ci of the AWS credentials file"),
            ]
        );
        assert_eq!(
            values[1].sha256(),
            Some(Secret::new(secret.clone().into_bytes()).sha256())
        );

        let variables = [
            ("AWS_SECRET_ACCESS_KEY", secret.as_str()),
            ("TF_VAR_access_key", &id),
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/some-role"),
            ("PATH", "/usr/bin"),
        ];
        let variables = variables
            .map(|(name, value)| (name.to_owned(), Secret::new(value.as_bytes().to_vec())));
        let values = of_environment(variables.into_iter(), &|part, _| part != Part::Key);
        let parts: Vec<Part> = values.iter().map(|value| value.part).collect();
        assert_eq!(parts, [Part::Secret, Part::Id]);
    }
}
