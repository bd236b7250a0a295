//! A summary in Markdown: for the page of a CI run, a merge request or an issue.
//!
//! Every name from the repository stands in a code span, where neither markup nor mentions count.

use std::io::{self, Write};

use super::facts::Facts;
use super::{Options, human};
use crate::model::{Finding, Report, Severity, Traced};

/// Bytes that a step summary of GitHub Actions may have, less some for what stands around.
const BYTES_MAX: usize = 1 << 20;
const RESERVE: usize = 96 << 10;
/// Characters of one code span.
const SPAN_MAX: usize = 400;
/// Gaps that are named.
const GAPS_MAX: usize = 20;

/// Writes the page.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let facts = Facts::new(report);
    let (state, verdict) = human::verdict(report);
    let sign = match state {
        human::State::Bad => "❌",
        human::State::Warn => "⚠️",
        human::State::Good => "✅",
        human::State::Plain => "ℹ️",
    };
    writeln!(out, "## {sign} keysweep\n\n{}\n", strong(&verdict))?;
    counts(report, out)?;
    let mut room = BYTES_MAX - RESERVE;
    let mut left_out = 0;
    for (at, finding) in report.findings.iter().enumerate() {
        let text = entry(&facts, at + 1, finding);
        if text.len() > room {
            left_out += 1;
            continue;
        }
        room -= text.len();
        out.write_all(text.as_bytes())?;
    }
    if left_out > 0 {
        writeln!(
            out,
            "\n… and {left_out} more; the JSON report has them all."
        )?;
    }
    gaps(&facts, out)?;
    let accepted: Vec<_> = facts.listed_suppressed(options).collect();
    if !accepted.is_empty() {
        writeln!(
            out,
            "\n<details><summary>{} suppressed</summary>\n",
            accepted.len()
        )?;
        for hidden in accepted.iter().take(100) {
            let headline = Facts::headline(&hidden.finding);
            writeln!(out, "- {headline}: {}", code(&facts.reason(hidden)))?;
        }
        if accepted.len() > 100 {
            writeln!(out, "- and {} more", accepted.len() - 100)?;
        }
        writeln!(out, "\n</details>")?;
    }
    let advice = human::advice_text(report);
    if !advice.is_empty() && advice.len() < RESERVE / 2 {
        let fence = "`".repeat(longest_run(&advice).max(2) + 1);
        let body = advice
            .split_once("\n\n")
            .map_or(&*advice, |(_, steps)| steps);
        let body = body.trim_end();
        writeln!(
            out,
            "\n<details><summary>What to do now</summary>\n\n{fence}text\n{body}\n{fence}\n\n</details>"
        )?;
    }
    Ok(())
}

fn counts(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    let of = |severity: Severity| {
        report
            .findings
            .iter()
            .filter(|f| f.severity == severity)
            .count()
    };
    let [critical, high, medium, low] = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ]
    .map(of);
    writeln!(out, "| critical | high | medium | low |")?;
    writeln!(out, "|---:|---:|---:|---:|")?;
    writeln!(out, "| {critical} | {high} | {medium} | {low} |\n")
}

fn entry(facts: &Facts<'_>, number: usize, finding: &Finding) -> String {
    let exposure = &finding.exposure;
    let mut lines = vec![format!(
        "{number}. **{}**: {} in {}",
        finding.severity.name(),
        Facts::headline(finding),
        code(&facts.place(finding))
    )];
    if let Some(stamp) = &exposure.introduced {
        lines.push(format!("   - introduced in {}", code(&facts.stamp(stamp))));
    }
    if exposure.traced == Traced::Yes {
        match &exposure.removed {
            Some(stamp) => lines.push(format!("   - removed in {}", code(&facts.stamp(stamp)))),
            None if exposure.at_head => lines.push("   - still at HEAD".to_owned()),
            None => {}
        }
    }
    lines.extend(Facts::held_in(exposure).map(|text| format!("   - held in {text}")));
    lines.push(format!("   - {}", code(&facts.pushed(finding))));
    lines.push(format!("   - `{}`", finding.fingerprint));
    lines.join("\n") + "\n"
}

fn gaps(facts: &Facts<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = facts.report;
    if report.gaps.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Not read\n")?;
    for gap in report.gaps.iter().take(GAPS_MAX) {
        writeln!(out, "- {}", code(&facts.gap(gap)))?;
    }
    if report.gaps.len() > GAPS_MAX {
        writeln!(out, "- and {} more", report.gaps.len() - GAPS_MAX)?;
    }
    Ok(())
}

/// A code span of text on one line. Backticks and bars are shown as `escape` shows odd bytes, so
/// that no span ends early, and no cell of a table.
pub(super) fn code(text: &str) -> String {
    let safe = text.replace('`', "\\x60").replace('|', "\\x7c");
    let safe = safe.trim();
    match safe.char_indices().nth(SPAN_MAX) {
        _ if safe.is_empty() => "` `".to_owned(),
        Some((end, _)) => format!("`{}…`", &safe[..end]),
        None => format!("`{safe}`"),
    }
}

/// Bold, if the text holds nothing that could be markup; else a code span.
fn strong(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " ,;:()-".contains(c);
    if text.chars().all(is_plain) {
        format!("**{text}**")
    } else {
        code(text)
    }
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}
