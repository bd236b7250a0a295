//! What gitleaks writes as JSON, for dashboards that read it: one row for each place.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::dto::Each;
use super::facts::{Facts, Spot};
use super::json::write_pretty;
use super::kinds;
use crate::model::{Finding, Occurrence, Part, Report, Secret, entropy};

/// Stands where gitleaks has the secret, as its `--redact` does.
const REDACTED: &str = "REDACTED";

/// Writes one array.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let facts = Facts::new(report);
    let facts = &facts;
    let rows = report.findings.iter().flat_map(|finding| {
        let spots = facts.spots(finding);
        spots.map(move |(occurrence, spot)| row(facts, finding, occurrence, &spot))
    });
    write_pretty(&Each(rows), out)
}

fn row(facts: &Facts<'_>, finding: &Finding, occurrence: &Occurrence, spot: &Spot) -> Value {
    let credential = &finding.credential;
    let kind = credential.kind;
    let id = credential.access_key_id.as_deref();
    let secret: Option<&Secret> = match occurrence.part {
        Part::Id => None,
        Part::Secret | Part::Key => credential.secret.as_ref(),
        Part::Token => credential.token.as_ref(),
    };
    let bytes = secret.map_or(id.unwrap_or_default().as_bytes(), Secret::expose);
    let value = match (secret, id) {
        (None, Some(id)) => facts.shown(id.as_bytes()),
        _ => REDACTED.to_owned(),
    };
    let introduced = finding.exposure.introduced.as_ref();
    let stamp = introduced.filter(|s| Some(s.commit.to_string()) == spot.commit);
    let author = stamp.map(|s| facts.raw(&s.author)).unwrap_or_default();
    let (name, mail) = match author.rsplit_once(" <") {
        Some((name, mail)) => (name, mail.trim_end_matches('>')),
        None => (author.as_str(), ""),
    };
    let (line, column) = (spot.line.unwrap_or(1), spot.column.unwrap_or(1));
    let end = column + occurrence.span.end.saturating_sub(occurrence.span.start);
    let commit = spot.commit.clone().unwrap_or_default();
    let path = facts.raw(&spot.path);
    let place = format!("{path}:{}:{line}", kind.name());
    let print = if commit.is_empty() {
        place
    } else {
        format!("{commit}:{place}")
    };
    json!({
        "RuleID": kind.name(),
        "Description": kinds::text(kind).title,
        "StartLine": line,
        "EndLine": line,
        "StartColumn": column,
        "EndColumn": end.saturating_sub(1),
        "Match": value,
        "Secret": value,
        "File": path,
        "SymlinkFile": "",
        "Commit": commit,
        "Entropy": (entropy(bytes) * 100.0).round() / 100.0,
        "Author": name,
        "Email": mail,
        "Date": stamp.and_then(|s| s.date.as_deref()).map(|d| facts.raw(d.as_bytes())).unwrap_or_default(),
        "Message": "",
        "Tags": [
            finding.severity.name(),
            occurrence.part.name(),
            finding.fingerprint.to_string(),
        ],
        "Fingerprint": print,
        "Link": "",
    })
}
