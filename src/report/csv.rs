//! CSV for spreadsheets: RFC 4180, and nothing in it that a spreadsheet would calculate.

use std::io::{self, Write};

use super::Options;
use super::facts::Facts;
use crate::model::{CommitStamp, Finding, Report, Suppressed, Traced};

const COLUMNS: [&str; 27] = [
    "fingerprint",
    "status",
    "severity",
    "confidence",
    "kind",
    "what",
    "access_key_id",
    "account_id",
    "validity",
    "place",
    "path",
    "line",
    "column",
    "commit",
    "introduced",
    "introduced_date",
    "introduced_by",
    "removed",
    "removed_date",
    "at_head",
    "commit_count",
    "author_count",
    "pushed",
    "refs",
    "occurrences",
    "submodule",
    "notes",
];

/// Writes a head, and a line for each finding.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let facts = Facts::new(report);
    line(COLUMNS.map(str::to_owned), out)?;
    for finding in &report.findings {
        line(row(&facts, finding, None), out)?;
    }
    for hidden in facts.listed_suppressed(options) {
        line(row(&facts, &hidden.finding, Some(hidden)), out)?;
    }
    Ok(())
}

fn row(facts: &Facts<'_>, finding: &Finding, hidden: Option<&Suppressed>) -> [String; 27] {
    let spot = facts.main_spot(finding);
    let exposure = &finding.exposure;
    let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    let commit =
        |s: &Option<CommitStamp>| s.as_ref().map(|s| s.commit.to_string()).unwrap_or_default();
    let date = |s: &Option<CommitStamp>| {
        let date = s.as_ref().and_then(|s| s.date.as_deref());
        date.map(|d| facts.shown(d.as_bytes())).unwrap_or_default()
    };
    let author = exposure.introduced.as_ref();
    let known = exposure.traced != Traced::No;
    let text = |t: Option<&str>| t.map(|t| facts.shown(t.as_bytes())).unwrap_or_default();
    let at_head = match exposure.traced {
        Traced::Yes => {
            if exposure.at_head {
                "yes"
            } else {
                "no"
            }
        }
        Traced::No | Traced::WithoutHead => "",
    };
    let names = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|n| facts.shown(n.as_bytes())).collect();
        names.join(" ")
    };
    [
        finding.fingerprint.to_string(),
        hidden.map_or_else(|| "open".to_owned(), |hidden| facts.reason(hidden)),
        finding.severity.name().to_owned(),
        finding.confidence().name().to_owned(),
        finding.credential.kind.name().to_owned(),
        Facts::headline(finding),
        text(finding.credential.access_key_id.as_deref()),
        text(finding.account_id.as_deref()),
        finding.validity.state.name().to_owned(),
        spot.name.clone(),
        facts.shown(&spot.path),
        number(spot.line),
        number(spot.column),
        spot.commit.unwrap_or_default(),
        commit(&exposure.introduced),
        date(&exposure.introduced),
        author.map(|s| facts.shown(&s.author)).unwrap_or_default(),
        commit(&exposure.removed),
        date(&exposure.removed),
        at_head.to_owned(),
        number(known.then_some(exposure.commit_count)),
        number(exposure.author_count.filter(|_| known)),
        facts.pushed(finding),
        names(&exposure.refs),
        finding.occurrences.len().to_string(),
        text(finding.submodule.as_deref()),
        names(&finding.notes),
    ]
}

fn line(cells: [String; 27], out: &mut dyn Write) -> io::Result<()> {
    let cells = cells.map(|text| cell(&text));
    out.write_all(cells.join(",").as_bytes())?;
    out.write_all(b"\r\n")
}

/// A cell in quotes. What a spreadsheet would take for a formula gets an apostrophe before it.
/// Source: OWASP, "CSV Injection".
pub(super) fn cell(text: &str) -> String {
    let first = text.trim_start().chars().next();
    let is_formula = first.is_some_and(|c| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}' | '|' | '%'
        )
    });
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
