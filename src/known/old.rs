//! What an older report says was there: IDs and hashes, which is all that a proof needs.

use serde::Deserialize;

use super::lines::{kind_of, sha256_of};
use crate::model::{
    Alphabet, CredentialKind, KNOWN_LEN_MAX, KNOWN_LEN_MIN, KnownValue, Mark, Part,
};

/// Length of a secret access key.
const SECRET_LEN: usize = 40;

/// Why a file is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OldError {
    /// It is no JSON, or not of the expected shape.
    #[error("it is no JSON report of keysweep: {0}")]
    Shape(String),
    /// It is of another schema.
    #[error("its schema is `{0}`; this version reads keysweep/1")]
    Schema(String),
}

/// A value that cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsearchable {
    /// The finding's fingerprint.
    pub label: String,
    /// Which part of it.
    pub part: Part,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// A finding as whoever asks about the key needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldKey {
    /// The finding's fingerprint.
    pub label: String,
    /// What it is.
    pub kind: CredentialKind,
    /// Its ID.
    pub access_key_id: Option<String>,
    /// The hash of its secret, lower-case hexadecimal.
    pub secret_sha256: Option<String>,
    /// The hash of its token.
    pub token_sha256: Option<String>,
    /// The account it says it is of.
    pub account: Option<String>,
    /// The user it says it is of.
    pub user: Option<String>,
    /// The region it was made for.
    pub region: Option<String>,
    /// When it ends, in seconds since 1970.
    pub expires: Option<i64>,
}

/// What a report names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Old {
    /// Each value once, called by the fingerprint of the finding that names it first.
    pub values: Vec<KnownValue>,
    /// Values whose length the report does not tell.
    pub unsearchable: Vec<Unsearchable>,
    /// The findings' keys.
    pub keys: Vec<OldKey>,
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    schema: Option<String>,
    #[serde(flatten)]
    rest: serde_json::Value,
}

#[derive(Deserialize)]
struct Finding {
    fingerprint: String,
    kind: String,
    access_key_id: Option<String>,
    secret_sha256: Option<String>,
    secret_length: Option<usize>,
    token_sha256: Option<String>,
    token_length: Option<usize>,
    account_id: Option<String>,
    user: Option<String>,
    region: Option<String>,
    expires_at: Option<String>,
    #[serde(default)]
    occurrences: Vec<Occurrence>,
}

#[derive(Deserialize)]
struct Occurrence {
    part: String,
    byte_start: u64,
    byte_end: u64,
    #[serde(default)]
    encodings: Vec<String>,
}

/// Reads a report in JSON or NDJSON. With `wanted` only the findings with these fingerprints count.
///
/// # Errors
/// It is no such report.
pub fn of_report(text: &str, wanted: &[String]) -> Result<Old, OldError> {
    let document = match serde_json::from_str::<Document>(text) {
        Ok(document) => document,
        Err(error) => lines(text).ok_or_else(|| OldError::Shape(shape(&error)))?,
    };
    if document.schema != "keysweep/1" {
        return Err(OldError::Schema(document.schema));
    }
    let mut old = Old::default();
    let counts = |f: &&Finding| wanted.is_empty() || wanted.contains(&f.fingerprint);
    for finding in document.findings.iter().filter(counts) {
        add(finding, &mut old);
    }
    Ok(old)
}

/// Where it went wrong, without what stands there.
fn shape(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// A report of one finding a line. It must end with its summary: without, something is missing.
fn lines(text: &str) -> Option<Document> {
    let mut document = Document {
        schema: String::new(),
        findings: Vec::new(),
    };
    for line in text.lines() {
        let line: Line = serde_json::from_str(line).ok()?;
        match line.kind.as_str() {
            "finding" => document
                .findings
                .push(Finding::deserialize(line.rest).ok()?),
            "summary" => document.schema = line.schema?,
            _ => {}
        }
    }
    (!document.schema.is_empty()).then_some(document)
}

fn add(finding: &Finding, old: &mut Old) {
    let kind = CredentialKind::all().find(|kind| kind.name() == finding.kind);
    // A kind of a later version is searched for as what it most likely is.
    let kind = kind.unwrap_or(CredentialKind::CustomKey);
    old.keys.push(key(finding, kind));
    if let Some(id) = &finding.access_key_id {
        let mark = Mark::Literal(id.clone());
        let kind = kind_of(Part::Id, &mark);
        push(finding, Part::Id, kind, mark, old);
    }
    let is_key = kind.is_service_key();
    let part = if is_key { Part::Key } else { Part::Secret };
    let length = finding.secret_length.or((!is_key).then_some(SECRET_LEN));
    let hash = finding.secret_sha256.as_deref();
    let own = if is_key {
        kind
    } else {
        CredentialKind::SecretAccessKey
    };
    hashed(finding, part, own, (hash, length), old);
    let hash = finding.token_sha256.as_deref();
    let token = (hash, finding.token_length);
    hashed(
        finding,
        Part::Token,
        CredentialKind::SessionToken,
        token,
        old,
    );
}

fn key(finding: &Finding, kind: CredentialKind) -> OldKey {
    let time = |text: &String| text.parse::<jiff::Timestamp>().ok();
    OldKey {
        label: finding.fingerprint.clone(),
        kind,
        access_key_id: finding.access_key_id.clone(),
        secret_sha256: finding.secret_sha256.clone(),
        token_sha256: finding.token_sha256.clone(),
        account: finding.account_id.clone(),
        user: finding.user.clone(),
        region: finding.region.clone(),
        expires: finding
            .expires_at
            .as_ref()
            .and_then(time)
            .map(jiff::Timestamp::as_second),
    }
}

fn hashed(
    finding: &Finding,
    part: Part,
    kind: CredentialKind,
    (hash, length): (Option<&str>, Option<usize>),
    old: &mut Old,
) {
    let Some(hash) = hash else { return };
    let length = length.or_else(|| plain_length(finding, part));
    let length = length.filter(|len| (KNOWN_LEN_MIN..=KNOWN_LEN_MAX).contains(len));
    match sha256_of(hash).zip(length) {
        Some((sha256, len)) => {
            let alphabet = Alphabet::of_kind(part, kind);
            let mark = Mark::Hash {
                sha256,
                len,
                alphabet,
            };
            push(finding, part, kind, mark, old);
        }
        None => old.unsearchable.push(Unsearchable {
            label: finding.fingerprint.clone(),
            part,
            sha256: hash.to_owned(),
        }),
    }
}

fn push(finding: &Finding, part: Part, kind: CredentialKind, mark: Mark, old: &mut Old) {
    if !old.values.iter().any(|value| value.mark == mark) {
        old.values.push(KnownValue {
            part,
            kind,
            mark,
            label: finding.fingerprint.as_str().into(),
        });
    }
}

/// How long a part is where it stands as it is.
fn plain_length(finding: &Finding, part: Part) -> Option<usize> {
    let plain = |o: &&Occurrence| o.part == part.name() && o.encodings.is_empty();
    let place = finding.occurrences.iter().find(plain)?;
    Some(place.byte_end.checked_sub(place.byte_start)? as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(findings: &str) -> String {
        format!(r#"{{"schema":"keysweep/1","findings":[{findings}],"other":1}}"#)
    }

    #[test]
    fn values_come_once_with_their_lengths() {
        let (a, b, c) = ("aa".repeat(32), "bb".repeat(32), "cc".repeat(32));
        let d = "ABCD".repeat(4);
        let pair = format!(
            r#"{{"fingerprint":"ks1-1","kind":"aws-temporary-key","access_key_id":"ASIA{d}","secret_sha256":"{a}","token_sha256":"{b}","occurrences":[{{"part":"token","byte_start":10,"byte_end":410,"encodings":[]}}]}}"#
        );
        let key = format!(
            r#"{{"fingerprint":"ks1-2","kind":"aws-bedrock-api-key","secret_sha256":"{c}","occurrences":[]}}"#
        );
        let long = key.replace("\"occurrences\"", "\"secret_length\":132,\"occurrences\"");
        let old = of_report(&report(&[pair.clone(), pair.clone(), key].join(",")), &[]).unwrap();
        let told: Vec<_> = old.values.iter().map(|v| (v.part, v.kind.name())).collect();
        assert_eq!(
            told,
            [
                (Part::Id, "aws-temporary-key-id"),
                (Part::Secret, "aws-secret-access-key"),
                (Part::Token, "aws-session-token"),
            ]
        );
        assert!(matches!(old.values[2].mark, Mark::Hash { len: 400, .. }));
        assert_eq!(old.unsearchable.len(), 1);
        let both = report(&[pair, long].join(","));
        assert!(of_report(&both, &[]).unwrap().unsearchable.is_empty());
        let one = of_report(&both, &["ks1-2".to_owned()]).unwrap();
        assert_eq!(one.values.len(), 1);
        assert!(matches!(one.values[0].mark, Mark::Hash { len: 132, .. }));
    }

    #[test]
    fn lines_count_only_with_their_summary() {
        let id = format!("AKIA{}", "ABCD".repeat(4));
        let finding = format!(
            r#"{{"type":"finding","fingerprint":"ks1-1","kind":"aws-access-key-id","access_key_id":"{id}"}}"#
        );
        let summary = r#"{"type":"summary","schema":"keysweep/1"}"#;
        let old = of_report(&format!("{finding}\n{summary}\n"), &[]).unwrap();
        assert_eq!(old.values.len(), 1);
        assert!(of_report(&finding, &[]).is_err());
        assert!(of_report("[]", &[]).is_err());
        let other = report("").replace("keysweep/1", "keysweep/9");
        assert_eq!(
            of_report(&other, &[]),
            Err(OldError::Schema("keysweep/9".to_owned()))
        );
    }
}
