//! The keys to look for, from a report of a sweep or of an investigation.

use std::io::Read;

use serde::Deserialize;

use crate::model::{Subject, account_of};

#[derive(Deserialize)]
struct ReportDto {
    schema: String,
    #[serde(default)]
    findings: Vec<FindingDto>,
    #[serde(default)]
    subjects: Vec<SubjectDto>,
    #[serde(default)]
    identities: Vec<IdentityDto>,
}

#[derive(Deserialize)]
struct FindingDto {
    fingerprint: String,
    access_key_id: Option<String>,
    signed_by: Option<String>,
    account_id: Option<String>,
    #[serde(default)]
    exposure: ExposureDto,
}

#[derive(Default, Deserialize)]
struct ExposureDto {
    introduced: Option<StampDto>,
    first_seen: Option<String>,
    pushed: Option<String>,
}

#[derive(Deserialize)]
struct StampDto {
    date: Option<String>,
}

#[derive(Deserialize)]
struct SubjectDto {
    access_key_id: String,
    account_id: Option<String>,
    fingerprint: Option<String>,
    introduced: Option<String>,
    pushed: Option<String>,
}

#[derive(Deserialize)]
struct IdentityDto {
    kind: String,
    id: String,
}

/// Why a report gives no keys.
#[derive(Debug, thiserror::Error)]
pub enum SubjectsError {
    /// It is no JSON report.
    #[error("it is no JSON report of keysweep: {0}")]
    Json(#[from] serde_json::Error),
    /// It is something else.
    #[error("its schema is `{0}`, not `keysweep/1` or `keysweep-investigation/1`")]
    Schema(String),
}

/// The keys of a report, each once.
///
/// # Errors
/// It is no report.
pub fn subjects(input: &mut dyn Read) -> Result<Vec<Subject>, SubjectsError> {
    let report: ReportDto = serde_json::from_reader(input)?;
    let found = match &*report.schema {
        "keysweep/1" => report.findings.into_iter().filter_map(of_finding).collect(),
        "keysweep-investigation/1" => of_investigation(report),
        other => return Err(SubjectsError::Schema(other.chars().take(80).collect())),
    };
    Ok(merged(found))
}

/// One key may be several findings: alone, and with its secret. The earliest counts.
fn merged(found: Vec<Subject>) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    for subject in found {
        let Some(known) = subjects
            .iter_mut()
            .find(|s| s.access_key_id == subject.access_key_id)
        else {
            subjects.push(subject);
            continue;
        };
        known.introduced = match (known.introduced, subject.introduced) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    subjects
}

fn of_finding(finding: FindingDto) -> Option<Subject> {
    let id = finding
        .access_key_id
        .or(finding.signed_by)
        .filter(|id| is_key_id(id))?;
    let introduced = finding.exposure.introduced.and_then(|stamp| stamp.date);
    let times = [introduced, finding.exposure.first_seen];
    Some(Subject {
        account_id: finding.account_id.or_else(|| account_of(id.as_bytes())),
        access_key_id: id,
        fingerprint: Some(finding.fingerprint),
        introduced: times
            .into_iter()
            .flatten()
            .filter_map(|text| seconds(&text))
            .min(),
        pushed: finding.exposure.pushed,
    })
}

/// The keys asked about, and those that they became.
fn of_investigation(report: ReportDto) -> Vec<Subject> {
    let asked = report.subjects.into_iter().map(|subject| Subject {
        introduced: subject.introduced.as_deref().and_then(seconds),
        access_key_id: subject.access_key_id,
        account_id: subject.account_id,
        fingerprint: subject.fingerprint,
        pushed: subject.pushed,
    });
    let became = report.identities.into_iter().filter(|identity| {
        matches!(&*identity.kind, "access-key" | "session") && is_key_id(&identity.id)
    });
    asked
        .chain(became.map(|identity| of_id(&identity.id)))
        .collect()
}

/// A key of which no more than its ID is known.
pub fn of_id(id: &str) -> Subject {
    Subject {
        access_key_id: id.to_owned(),
        account_id: account_of(id.as_bytes()),
        ..Subject::default()
    }
}

fn is_key_id(id: &str) -> bool {
    (16..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn seconds(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_second)
}
