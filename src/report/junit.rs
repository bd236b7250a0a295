//! `JUnit`'s XML, which every CI system shows: a finding is a failed test, what was not read an error.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Options;
use super::facts::Facts;
use crate::model::{Finding, Report};

/// Writes one document.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let facts = Facts::new(report);
    let hidden: Vec<_> = facts.listed_suppressed(options).collect();
    let incomplete = facts.incomplete().filter(|_| !report.complete_enough());
    let (failures, errors) = (report.findings.len(), usize::from(incomplete.is_some()));
    // Two tests that always run: that nothing is found, and that everything was read.
    let clean = usize::from(failures == 0);
    let tests = failures + hidden.len() + 1 + clean;
    let time = report
        .seconds
        .map(|s| format!(" time=\"{s:.3}\""))
        .unwrap_or_default();
    let counts = format!(
        "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{}\"{time}",
        hidden.len()
    );
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"keysweep\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"keysweep\" {counts}>")?;
    match &incomplete {
        None => writeln!(
            out,
            "    <testcase classname=\"keysweep\" name=\"everything was read\"/>"
        )?,
        Some(line) => {
            writeln!(
                out,
                "    <testcase classname=\"keysweep\" name=\"everything was read\">"
            )?;
            let line = xml(line);
            writeln!(out, "      <error type=\"incomplete\" message=\"{line}\"/>")?;
            writeln!(out, "    </testcase>")?;
        }
    }
    if clean == 1 {
        writeln!(
            out,
            "    <testcase classname=\"keysweep\" name=\"no AWS credentials\"/>"
        )?;
    }
    for finding in &report.findings {
        let headline = xml(&Facts::headline(finding));
        open(&facts, finding, out)?;
        let severity = finding.severity.name();
        writeln!(
            out,
            "      <failure type=\"{severity}\" message=\"{headline}\">{}</failure>",
            details(&facts, finding)
        )?;
        writeln!(out, "    </testcase>")?;
    }
    for suppressed in hidden {
        open(&facts, &suppressed.finding, out)?;
        let reason = xml(&facts.reason(suppressed));
        writeln!(out, "      <skipped message=\"{reason}\"/>")?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")?;
    writeln!(out, "</testsuites>")
}

fn open(facts: &Facts<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let spot = facts.main_spot(finding);
    let kind = finding.credential.kind.name();
    let name = format!("{} ({})", facts.place(finding), finding.fingerprint);
    let mut place = String::new();
    if spot.is_file {
        // Writing to a String cannot fail.
        write!(place, " file=\"{}\"", xml(&facts.shown(&spot.path))).ok();
        if let Some(line) = spot.line {
            write!(place, " line=\"{line}\"").ok();
        }
    }
    writeln!(
        out,
        "    <testcase classname=\"{kind}\" name=\"{}\"{place}>",
        xml(&name)
    )
}

fn details(facts: &Facts<'_>, finding: &Finding) -> String {
    let mut lines = vec![
        format!("place: {}", facts.place(finding)),
        format!("exposure: {}", facts.spread(finding)),
        format!("confidence: {}", finding.confidence().name()),
        format!("fingerprint: {}", finding.fingerprint),
    ];
    if let Some(account) = &finding.account_id {
        lines.insert(0, format!("account: {}", facts.shown(account.as_bytes())));
    }
    lines.extend(
        finding
            .notes
            .iter()
            .map(|n| format!("note: {}", facts.shown(n.as_bytes()))),
    );
    xml(&lines.join("\n"))
}

/// Text as it may stand in XML, also between quotes.
pub(super) fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML 1.0 has no way to write these.
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            c if c.is_control() && c != '\n' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}
