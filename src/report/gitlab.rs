//! GitLab's secret detection report: `artifacts: reports: secret_detection`.
//!
//! Source: GitLab's security report schemas, 15.x. A report that misses the schema is dropped whole.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::dto::Each;
use super::facts::Facts;
use super::json::write_pretty;
use super::{Options, kinds, markdown};
use crate::model::{CredentialKind, Finding, Report, Severity};

/// The version of the schema that is kept to.
const VERSION: &str = "15.0.4";
/// Characters of a solution.
const SOLUTION_MAX: usize = 7000;
/// Messages about what was not read.
const MESSAGES_MAX: usize = 100;
/// Stands for a commit where there is none: a file of the work tree, an object nothing reaches.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

/// The document; findings are made one at a time, while they are written.
#[derive(Serialize)]
struct Document<V> {
    scan: Value,
    version: &'static str,
    vulnerabilities: V,
}

/// Writes one document.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let facts = Facts::new(report);
    let tool = json!({
        "id": env!("CARGO_PKG_NAME"),
        "name": env!("CARGO_PKG_NAME"),
        "version": report.tool.version,
        "vendor": { "name": env!("CARGO_PKG_NAME") },
    });
    // Without a clock the schema still asks for times.
    let start = options.now.unwrap_or_default();
    let seconds = options.now.and(report.seconds).unwrap_or_default();
    let mut messages: Vec<Value> = Vec::new();
    messages.extend(
        facts
            .incomplete()
            .map(|line| json!({ "level": "warn", "value": line })),
    );
    let gaps = report.gaps.iter().take(MESSAGES_MAX);
    messages.extend(gaps.map(|gap| json!({ "level": "warn", "value": facts.gap(gap) })));
    let status = if report.complete_enough() {
        "success"
    } else {
        "failure"
    };
    let document = Document {
        scan: json!({
            "type": "secret_detection",
            "status": status,
            "start_time": time(start),
            "end_time": time(start.saturating_add(seconds.ceil() as i64)),
            "analyzer": tool,
            "scanner": tool,
            "messages": messages,
        }),
        version: VERSION,
        vulnerabilities: Each(report.findings.iter().map(|f| vulnerability(&facts, f))),
    };
    write_pretty(&document, out)
}

/// `2026-11-27T20:00:00`, in UTC and without saying so.
fn time(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    time.to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S")
        .to_string()
}

fn vulnerability(facts: &Facts<'_>, finding: &Finding) -> Value {
    let kind = finding.credential.kind;
    let text = kinds::text(kind);
    let spot = facts.main_spot(finding);
    let exposure = &finding.exposure;
    let introduced = exposure.introduced.as_ref();
    let sha = spot
        .commit
        .clone()
        .or_else(|| introduced.map(|s| s.commit.to_string()))
        .unwrap_or_else(|| NO_COMMIT.to_owned());
    let mut commit = json!({ "sha": sha });
    if let Some(stamp) = introduced.filter(|s| s.commit.to_string() == sha)
        && let Some(date) = &stamp.date
    {
        commit["date"] = json!(facts.raw(date.as_bytes()));
    }
    let mut location = json!({ "commit": commit });
    location["file"] = json!(facts.raw(&spot.path));
    if let Some(line) = spot.line {
        location["start_line"] = json!(line);
        location["end_line"] = json!(line);
    }
    let steps: Vec<String> = text
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| format!("{}. {step}", at + 1))
        .collect();
    let solution: String = steps.join("\n").chars().take(SOLUTION_MAX).collect();
    json!({
        "id": uuid(finding),
        "name": text.title,
        "description": description(facts, finding, text.what),
        "severity": severity(finding.severity),
        "solution": solution,
        "identifiers": identifiers(kind),
        "location": location,
        "links": [{
            "name": "Managing access keys",
            "url": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
        }],
        "details": details(facts, finding),
    })
}

/// GitLab renders it as Markdown: names stand in code spans.
fn description(facts: &Facts<'_>, finding: &Finding, what: &str) -> String {
    let place = markdown::code(&facts.place(finding));
    let spread = markdown::code(&facts.spread(finding));
    format!(
        "{what}\n\n{} in {place}: {spread}",
        Facts::headline(finding)
    )
}

fn details(facts: &Facts<'_>, finding: &Finding) -> Value {
    let text = |name: &str, value: String| json!({ "name": name, "type": "text", "value": value });
    let mut details = json!({
        "fingerprint": text("Fingerprint", finding.fingerprint.to_string()),
        "confidence": text("Confidence", finding.confidence().name().to_owned()),
        "exposure": text("Exposure", facts.spread(finding)),
    });
    if let Some(id) = &finding.credential.access_key_id {
        details["access_key_id"] = text("Access key ID", facts.shown(id.as_bytes()));
    }
    if let Some(account) = &finding.account_id {
        details["account"] = text("Account", facts.shown(account.as_bytes()));
    }
    details
}

fn identifiers(kind: CredentialKind) -> Value {
    json!([
        {
            "type": "keysweep_rule_id",
            "name": format!("keysweep rule ID {}", kind.name()),
            "value": kind.name(),
        },
        {
            "type": "cwe",
            "name": "CWE-798",
            "value": "798",
            "url": "https://cwe.mitre.org/data/definitions/798.html",
        },
    ])
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// The fingerprint's digits in the shape of a UUID of version 8, which is for such.
fn uuid(finding: &Finding) -> String {
    use sha2::{Digest, Sha256};
    let name = finding.submodule.as_deref().unwrap_or_default();
    let digest = Sha256::digest(format!("{}\0{name}", finding.fingerprint).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
