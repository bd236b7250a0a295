//! Lines that GitHub Actions and Azure Pipelines turn into annotations.
//!
//! Source: GitHub, "Workflow commands" (10 errors a step are shown) and the runner's escaping;
//! Azure Pipelines, "Logging commands".

use std::io::{self, Write};

use super::facts::{Facts, Spot};
use super::{escape, is_deceptive};
use crate::model::{Finding, Report, Severity};

/// Annotations of one kind that a step shows.
const SHOWN: usize = 10;

/// Whose commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    /// GitHub Actions.
    GitHub,
    /// Azure Pipelines.
    Azure,
}

/// Writes the gravest findings, and one line on the rest.
pub(super) fn write(report: &Report, system: System, out: &mut dyn Write) -> io::Result<()> {
    let facts = Facts::new(report);
    if let Some(line) = facts.incomplete() {
        let level = if report.complete_enough() {
            "warning"
        } else {
            "error"
        };
        writeln!(
            out,
            "{}",
            plain(system, level, "keysweep: not everything was read", &line)
        )?;
    }
    let (mut errors, mut warnings, mut left_out) = (0, 0, 0);
    for finding in &report.findings {
        let level = level(finding.severity);
        let count = if level == "error" {
            &mut errors
        } else {
            &mut warnings
        };
        *count += 1;
        if *count > SHOWN {
            left_out += 1;
        } else {
            writeln!(out, "{}", annotation(system, &facts, finding, level))?;
        }
    }
    if left_out > 0 {
        let text = format!("and {left_out} more findings; the report has them all");
        writeln!(out, "{}", plain(system, "warning", "keysweep", &text))?;
    }
    Ok(())
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Low => "warning",
    }
}

fn annotation(system: System, facts: &Facts<'_>, finding: &Finding, level: &str) -> String {
    let spot = facts.main_spot(finding);
    let title = format!(
        "keysweep: {} {}",
        finding.severity.name(),
        finding.credential.kind.name()
    );
    let commit = match &spot.commit {
        Some(commit) => format!(" at {}", &commit[..commit.len().min(10)]),
        None => String::new(),
    };
    let message = format!(
        "{} in {}{commit}: {}. Fingerprint {}.",
        Facts::headline(finding),
        facts.place(finding),
        facts.spread(finding),
        finding.fingerprint,
    );
    let file = spot.is_file.then(|| path(facts, &spot));
    match system {
        System::GitHub => {
            let mut properties = Vec::new();
            if let Some(file) = file {
                properties.push(format!("file={}", github(&file, true)));
                properties.extend(spot.line.map(|n| format!("line={n},endLine={n}")));
                properties.extend(spot.column.map(|n| format!("col={n}")));
            }
            properties.push(format!("title={}", github(&title, true)));
            let properties = properties.join(",");
            format!("::{level} {properties}::{}", github(&message, false))
        }
        System::Azure => {
            let mut properties = vec![format!("type={level}")];
            if let Some(file) = file {
                properties.push(format!("sourcepath={}", azure(&file)));
                properties.extend(spot.line.map(|n| format!("linenumber={n}")));
                properties.extend(spot.column.map(|n| format!("columnnumber={n}")));
            }
            properties.push(format!("code={}", finding.credential.kind.name()));
            let properties = properties.join(";");
            let message = azure(&format!("{title}: {message}"));
            format!("##vso[task.logissue {properties}]{message}")
        }
    }
}

/// The path as it is, so that the system finds the file; escaped if it could be obeyed in a log.
fn path(facts: &Facts<'_>, spot: &Spot) -> String {
    let path = facts.raw(&spot.path);
    if path.chars().any(is_deceptive) || path.contains("##") || path.len() > 512 {
        escape(&spot.path)
    } else {
        path
    }
}

fn plain(system: System, level: &str, title: &str, text: &str) -> String {
    match system {
        System::GitHub => format!(
            "::{level} title={}::{}",
            github(title, true),
            github(text, false)
        ),
        System::Azure => format!(
            "##vso[task.logissue type={level}]{}",
            azure(&format!("{title}: {text}"))
        ),
    }
}

/// Escapes as the runner's toolkit does; properties also end at commas and colons.
fn github(text: &str, is_property: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => safe.push_str("%25"),
            '\r' => safe.push_str("%0D"),
            '\n' => safe.push_str("%0A"),
            ':' if is_property => safe.push_str("%3A"),
            ',' if is_property => safe.push_str("%2C"),
            c => safe.push(c),
        }
    }
    safe
}

/// Escapes what ends a property or a command.
fn azure(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => safe.push_str("%AZP25"),
            '\r' => safe.push_str("%0D"),
            '\n' => safe.push_str("%0A"),
            ';' => safe.push_str("%3B"),
            ']' => safe.push_str("%5D"),
            c => safe.push(c),
        }
    }
    safe
}
