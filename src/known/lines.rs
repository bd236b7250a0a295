//! Known values as lines of a file, as `keysweep fingerprint` writes and `--known` reads them:
//!
//! ```text
//! # a comment
//! id AKIA…
//! secret 40 SHA-256
//! token 356 SHA-256 alphabet=token label=build-server
//! key 132 SHA-256 alphabet=token kind=aws-bedrock-api-key
//! ```
//!
//! Part, length in bytes, lower-case hexadecimal SHA-256 of the raw value; then names with values.

use crate::model::{
    Alphabet, CredentialKind, KNOWN_LEN_MAX, KNOWN_LEN_MIN, KeyIdKind, KnownValue, Mark, Part,
    key_id_kind,
};

/// A line that is none of these. It is not repeated: it may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct LineError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

/// Reads all lines. A value without a label is called by `name` and its line.
///
/// # Errors
/// The first line that is wrong.
pub fn parse(text: &str, name: &str) -> Result<Vec<KnownValue>, LineError> {
    let mut values = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fallback = format!("line {number} of {name}");
        let value = value(line, &fallback).map_err(|why| LineError { line: number, why })?;
        values.push(value);
    }
    Ok(values)
}

fn value(line: &str, fallback: &str) -> Result<KnownValue, &'static str> {
    let mut words = line.split_ascii_whitespace();
    let part = match words.next() {
        Some("id") => Part::Id,
        Some("secret") => Part::Secret,
        Some("token") => Part::Token,
        Some("key") => Part::Key,
        _ => return Err("expected `id`, `secret`, `token` or `key` as the first word"),
    };
    let mut kind = None;
    let mut alphabet = None;
    let mut label = fallback;
    let mark = mark(part, &mut words)?;
    for word in words {
        let (name, value) = word.split_once('=').ok_or("expected NAME=VALUE")?;
        match name {
            "alphabet" => {
                let mut all = Alphabet::ALL.into_iter();
                let found = all.find(|alphabet| alphabet.name() == value);
                alphabet = Some(found.ok_or("unknown alphabet")?);
            }
            "kind" => {
                let found = CredentialKind::all().find(|kind| kind.name() == value);
                kind = Some(found.ok_or("unknown kind of credential")?);
            }
            "label" | "fingerprint" => label = value,
            _ => return Err("expected `alphabet`, `kind`, `label` or `fingerprint` before `=`"),
        }
    }
    let kind = kind.unwrap_or_else(|| kind_of(part, &mark));
    let mark = match mark {
        Mark::Hash { sha256, len, .. } => Mark::Hash {
            sha256,
            len,
            alphabet: alphabet.unwrap_or(Alphabet::of_kind(part, kind)),
        },
        literal @ Mark::Literal(_) => literal,
    };
    Ok(KnownValue {
        part,
        kind,
        mark,
        label: label.into(),
    })
}

fn mark<'w>(part: Part, words: &mut impl Iterator<Item = &'w str>) -> Result<Mark, &'static str> {
    if part == Part::Id {
        let is_id = |id: &&str| {
            (KNOWN_LEN_MIN..=128).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let id = words.next().filter(is_id);
        let id = id.ok_or("expected an access key ID behind `id`")?;
        return Ok(Mark::Literal(id.to_owned()));
    }
    let len = words.next().and_then(|word| word.parse().ok());
    let len = len.filter(|len| (KNOWN_LEN_MIN..=KNOWN_LEN_MAX).contains(len));
    let len = len.ok_or("expected a length of 16 to 16384 as the second word")?;
    let hex = words.next().unwrap_or_default();
    let sha256 = sha256_of(hex).ok_or("expected 64 hexadecimal digits as the third word")?;
    Ok(Mark::Hash {
        sha256,
        len,
        alphabet: Alphabet::Base64,
    })
}

/// The bytes of a hash in hexadecimal.
pub(super) fn sha256_of(hex: &str) -> Option<[u8; 32]> {
    let lower = hex.to_ascii_lowercase();
    let bytes = data_encoding::HEXLOWER.decode(lower.as_bytes()).ok()?;
    bytes.try_into().ok()
}

/// What a part is by itself.
pub(super) fn kind_of(part: Part, mark: &Mark) -> CredentialKind {
    match (part, mark) {
        (Part::Id, Mark::Literal(id))
            if key_id_kind(id.as_bytes()) == Some(KeyIdKind::Temporary) =>
        {
            CredentialKind::TemporaryKeyId
        }
        (Part::Id, _) => CredentialKind::AccessKeyId,
        (Part::Secret, _) => CredentialKind::SecretAccessKey,
        (Part::Token, _) => CredentialKind::SessionToken,
        (Part::Key, _) => CredentialKind::CustomKey,
    }
}

/// One value as a line, without its end.
pub fn write(value: &KnownValue) -> String {
    match &value.mark {
        Mark::Literal(id) => format!("{} {id}", value.part.name()),
        Mark::Hash { len, alphabet, .. } => {
            let hash = value.sha256().unwrap_or_default();
            let mut line = format!("{} {len} {hash}", value.part.name());
            if *alphabet != Alphabet::of_kind(value.part, value.kind) {
                line.push_str(&format!(" alphabet={}", alphabet.name()));
            }
            if value.part == Part::Key {
                line.push_str(&format!(" kind={}", value.kind.name()));
            }
            line
        }
    }
}

/// Fingerprints and values as one JSON document, `schema: "keysweep-fingerprint/1"`.
pub fn write_json(fingerprints: &[(String, &'static str)], values: &[KnownValue]) -> String {
    let fingerprints: Vec<serde_json::Value> = fingerprints
        .iter()
        .map(|(fingerprint, kind)| serde_json::json!({ "fingerprint": fingerprint, "kind": kind }))
        .collect();
    let value = |value: &KnownValue| match &value.mark {
        Mark::Literal(id) => serde_json::json!({ "part": "id", "access_key_id": id }),
        Mark::Hash { len, alphabet, .. } => serde_json::json!({
            "part": value.part.name(),
            "sha256": value.sha256(),
            "length": len,
            "alphabet": alphabet.name(),
        }),
    };
    let document = serde_json::json!({
        "schema": "keysweep-fingerprint/1",
        "fingerprints": fingerprints,
        "values": values.iter().map(value).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Secret;
    use crate::testkeys::Keys;

    #[test]
    fn what_is_written_is_read() {
        let mut keys = Keys::new(70);
        let secret = |text: String| Secret::new(text.into_bytes());
        let id = keys.access_key_id();
        let all = [
            (Part::Id, CredentialKind::AccessKeyId, secret(id)),
            (
                Part::Secret,
                CredentialKind::SecretAccessKey,
                secret(keys.secret()),
            ),
            (
                Part::Token,
                CredentialKind::SessionToken,
                secret(keys.session_token("eu-west-1")),
            ),
            (
                Part::Key,
                CredentialKind::BedrockApiKey,
                secret(keys.service_api_key("ABSK", "u")),
            ),
        ];
        let mut text = "# known\n\n".to_owned();
        let mut values = Vec::new();
        for (part, kind, value) in &all {
            let value = KnownValue::of_secret(*part, *kind, value, "x").unwrap();
            text.push_str(&format!("{} {}\n", write(&value), "label=x"));
            values.push(value);
        }
        assert_eq!(parse(&text, "f").unwrap(), values);
        for (_, _, value) in &all[1..] {
            assert!(!text.contains(std::str::from_utf8(value.expose()).unwrap()));
        }
        assert_eq!(
            &*parse("id ABCDABCDABCDABCD", "f").unwrap()[0].label,
            "line 1 of f"
        );
    }

    #[test]
    fn wrong_lines_are_refused_and_not_repeated() {
        let hash = "0".repeat(64);
        for (text, line) in [
            ("word".to_owned(), 1),
            (format!("secret 40 {hash}\nsecret {hash}"), 2),
            (format!("secret 7 {hash}"), 1),
            (format!("secret 99999 {hash}"), 1),
            ("secret 40 00".to_owned(), 1),
            (format!("\n\nsecret 40 {hash} colour=red"), 3),
            (format!("secret 40 {hash} alphabet=latin"), 1),
            (format!("key 40 {hash} kind=house-key"), 1),
            ("id no-id".to_owned(), 1),
        ] {
            let error = parse(&text, "f").unwrap_err();
            assert_eq!(error.line, line, "{text}");
            assert!(!error.to_string().contains(&hash));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_text_is_read_without_panic(text in "(id|secret|token|key|[ -~]){0,3}[ -~\\n]{0,80}") {
            parse(&text, "f").ok();
        }
    }
}
