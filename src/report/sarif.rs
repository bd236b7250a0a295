//! SARIF 2.1.0, as code scanning services read it, within GitHub's limits.
//!
//! Source: OASIS SARIF 2.1.0; GitHub, "SARIF support for code scanning": 10 MB packed, 25,000
//! results of which 5,000 are kept, 1,000 places a result of which 100 are shown.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::facts::{Facts, Spot, accepted};
use super::json::{measure, write_compact};
use super::{Options, kinds};
use crate::model::{
    Acceptance, CredentialKind, Finding, Occurrence, Report, Severity, Suppressed,
    SuppressionReason, Traced, rfc3339,
};

/// Results that are kept by whoever reads it.
const RESULTS_MAX: usize = 5000;
/// Places of one result that are shown.
const PLACES_MAX: usize = 100;
/// Bytes of all results: less than what GitHub takes packed, so that packing need not help.
const BYTES_MAX: usize = 9_500_000;
/// Notifications about what was not read.
const NOTIFICATIONS_MAX: usize = 100;
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const HOME: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html";

/// Writes one document.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let facts = Facts::new(report);
    let suppressed: Vec<&Suppressed> = facts.listed_suppressed(options).collect();
    let rules = rules(report, &suppressed);
    let total = report.findings.len() + suppressed.len();
    let shown = report.findings.iter().map(|f| (f, None));
    let hidden = suppressed.iter().map(|s| (&s.finding, Some(*s)));
    let (mut results, mut bytes) = (Vec::new(), 0);
    for (finding, hidden) in shown.chain(hidden).take(RESULTS_MAX) {
        let mut result = result(&facts, finding, hidden, PLACES_MAX, &rules);
        let mut len = measure(&result);
        if bytes + len > BYTES_MAX {
            result = self::result(&facts, finding, hidden, 1, &rules);
            len = measure(&result);
        }
        if bytes + len > BYTES_MAX {
            break;
        }
        bytes += len;
        results.push(result);
    }
    let left_out = total - results.len();
    let descriptors: Vec<Value> = rules.iter().map(|kind| rule(*kind)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": report.tool.version,
                "semanticVersion": report.tool.version,
                "informationUri": HOME,
                "rules": descriptors,
                "properties": { "rulesHash": report.tool.rules },
            }},
            "automationDetails": { "id": "keysweep/" },
            "originalUriBaseIds": { "%SRCROOT%": {
                "description": { "text": "The top of the work tree." }
            }},
            "invocations": [invocation(&facts, options, left_out)],
            "results": results,
        }],
    });
    write_compact(&document, out)?;
    out.write_all(b"\n")
}

/// The kinds that results name, in their order.
fn rules(report: &Report, suppressed: &[&Suppressed]) -> Vec<CredentialKind> {
    let hidden = suppressed.iter().map(|s| &s.finding);
    let kinds: BTreeSet<CredentialKind> = report
        .findings
        .iter()
        .chain(hidden)
        .map(|f| f.credential.kind)
        .collect();
    kinds.into_iter().collect()
}

fn rule(kind: CredentialKind) -> Value {
    let text = kinds::text(kind);
    let steps = |mark: &str| {
        let steps: Vec<String> = text.steps.iter().map(|s| format!("{mark} {s}")).collect();
        steps.join("\n")
    };
    json!({
        "id": kind.name(),
        "name": text.title,
        "shortDescription": { "text": text.title },
        "fullDescription": { "text": text.what },
        "help": {
            "text": format!("{} What to do:\n{}", text.what, steps("-")),
            "markdown": format!("{}\n\n**What to do**\n\n{}\n", text.what, steps("1.")),
        },
        "helpUri": HOME,
        "defaultConfiguration": { "level": "error" },
        "properties": {
            "tags": ["security", "secret", "aws", "external/cwe/cwe-798"],
            "precision": "high",
            "security-severity": text.score,
        },
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn result(
    facts: &Facts<'_>,
    finding: &Finding,
    hidden: Option<&Suppressed>,
    places_max: usize,
    rules: &[CredentialKind],
) -> Value {
    let kind = finding.credential.kind;
    let index = rules.iter().position(|k| *k == kind);
    let mut places = facts.spots(finding).take(places_max);
    let main = facts.main_spot(finding);
    let first = places.next().map(|(o, spot)| location(Some(o), &spot));
    let first = first.unwrap_or_else(|| location(None, &main));
    let others: Vec<Value> = places
        .map(|(occurrence, spot)| {
            let mut place = location(Some(occurrence), &spot);
            let text = format!("{} in {}", occurrence.part.name(), spot.name);
            place["message"] = json!({ "text": text });
            place
        })
        .collect();
    let text = format!(
        "{} in {}: {}. Fingerprint {}.",
        Facts::headline(finding),
        facts.place(finding),
        facts.spread(finding),
        finding.fingerprint
    );
    let mut result = json!({
        "ruleId": kind.name(),
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": message(&text) },
        "locations": [first],
        "partialFingerprints": {
            "primaryLocationLineHash": format!("{}:1", identity(finding)),
            "keysweep/v1": identity(finding),
        },
        "properties": properties(facts, finding),
    });
    if !others.is_empty() {
        result["relatedLocations"] = Value::Array(others);
    }
    if let Some(hidden) = hidden {
        result["suppressions"] = json!([suppression(facts, hidden)]);
    }
    result
}

/// Braces and brackets mean placeholders and links in a message.
fn message(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '{' | '}' => safe.extend([c, c]),
            '[' | ']' => safe.extend(['\\', c]),
            '\\' => safe.push_str("\\\\"),
            c => safe.push(c),
        }
    }
    safe
}

/// One name for one credential in one repository.
fn identity(finding: &Finding) -> String {
    match &finding.submodule {
        None => finding.fingerprint.to_string(),
        Some(name) => {
            use sha2::{Digest, Sha256};
            let digest = Sha256::digest(name.as_bytes());
            let digits = data_encoding::HEXLOWER.encode(&digest[..8]);
            format!("{}-{digits}", finding.fingerprint)
        }
    }
}

fn location(occurrence: Option<&Occurrence>, spot: &Spot) -> Value {
    let mut region = json!({ "startLine": spot.line.unwrap_or(1).max(1) });
    if let Some(o) = occurrence.filter(|o| spot.line.is_some() && o.encodings.is_empty()) {
        region["byteOffset"] = json!(o.span.start);
        region["byteLength"] = json!(o.span.end.saturating_sub(o.span.start));
    }
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&spot.path), "uriBaseId": "%SRCROOT%" },
        "region": region,
    }});
    if let Some(o) = occurrence {
        location["properties"] = json!({
            "part": o.part.name(),
            "field": o.field.name(),
            "commit": spot.commit,
            "object": o.object.map(|id| id.to_string()),
        });
    }
    location
}

/// A path as a relative reference: everything that could mean more than itself is encoded.
pub(super) fn uri(path: &[u8]) -> String {
    let segments = path.split(|b| *b == b'/').map(|segment| match segment {
        b"." => "%2E".to_owned(),
        b".." => "%2E%2E".to_owned(),
        segment => segment
            .iter()
            .map(|b| match b {
                b if b.is_ascii_alphanumeric() || b"-._~".contains(b) => char::from(*b).to_string(),
                b => format!("%{b:02X}"),
            })
            .collect(),
    });
    let uri = segments.collect::<Vec<String>>().join("/");
    // `//host` and `/path` would lead elsewhere.
    match uri.strip_prefix('/') {
        Some(rest) => format!("%2F{rest}"),
        None => uri,
    }
}

fn properties(facts: &Facts<'_>, finding: &Finding) -> Value {
    let exposure = &finding.exposure;
    let traced = exposure.traced != Traced::No;
    let head_known = exposure.traced == Traced::Yes;
    let date = |stamp: &Option<crate::model::CommitStamp>| {
        stamp.as_ref().map(|s| {
            let date = s.date.as_deref().map(|d| facts.raw(d.as_bytes()));
            json!({ "commit": s.commit.to_string(), "date": date })
        })
    };
    json!({
        "severity": finding.severity.name(),
        "confidence": finding.confidence().name(),
        "rule": finding.credential.rule,
        "accessKeyId": finding.credential.access_key_id,
        "accountId": finding.account_id,
        "validity": finding.validity.state.name(),
        "introduced": date(&exposure.introduced),
        "removed": date(&exposure.removed),
        "atHead": head_known.then_some(exposure.at_head),
        "commitCount": traced.then_some(exposure.commit_count),
        "authorCount": exposure.author_count.filter(|_| traced),
        "pushed": traced.then_some(exposure.pushed.name()),
        "occurrences": finding.occurrences.len(),
    })
}

fn suppression(facts: &Facts<'_>, hidden: &Suppressed) -> Value {
    let acceptance: Option<&Acceptance> = accepted(hidden);
    let kind = match hidden.reason {
        SuppressionReason::Inline => "inSource",
        _ => "external",
    };
    let owner = acceptance.and_then(|a| a.owner.as_deref());
    json!({
        "kind": kind,
        "status": "accepted",
        "justification": facts.reason(hidden),
        "properties": {
            "reason": hidden.reason.name(),
            "owner": owner.map(|o| facts.raw(o.as_bytes())),
            "expires": acceptance.and_then(|a| a.expires.clone()),
        },
    })
}

fn invocation(facts: &Facts<'_>, options: &Options, left_out: usize) -> Value {
    let report = facts.report;
    let mut notifications: Vec<Value> = report
        .gaps
        .iter()
        .take(NOTIFICATIONS_MAX)
        .map(|gap| {
            let allowed = report.allowed_gaps.contains(&gap.kind);
            notification(
                if allowed { "note" } else { "error" },
                gap.kind.name(),
                &facts.gap(gap),
            )
        })
        .collect();
    if let Some(line) = facts.incomplete() {
        notifications.insert(0, notification("error", "incomplete", &line));
    }
    if left_out > 0 {
        let text =
            format!("{left_out} results do not fit into this report; the JSON report has all");
        notifications.insert(0, notification("warning", "results-left-out", &text));
    }
    let mut invocation = json!({
        "executionSuccessful": report.complete_enough(),
        "toolExecutionNotifications": notifications,
    });
    if let Some(start) = options.now {
        let end = start.saturating_add(report.seconds.unwrap_or_default() as i64);
        invocation["startTimeUtc"] = json!(rfc3339(start));
        invocation["endTimeUtc"] = json!(rfc3339(end));
    }
    invocation
}

fn notification(level: &str, id: &str, text: &str) -> Value {
    json!({
        "level": level,
        "descriptor": { "id": id },
        "message": { "text": message(text) },
    })
}
