//! What was not read, why, and what to do about it.

use std::io;

use super::wording::{count, plural};
use super::{Page, Tone};
use crate::model::{Gap, GapKind, Limit, Report};
use crate::report::Options;
use crate::report::redact::Redactor;

/// Gaps shown of each kind, unless `-v` asks for all.
const SHOWN: usize = 5;

/// One line that says that the sweep is incomplete and names the first gap, for stderr; `None`
/// if it is complete.
pub(in crate::report) fn incomplete_line(report: &Report) -> Option<String> {
    let page = Page {
        report,
        options: &Options::default(),
        redactor: Redactor::new(report),
        out: &mut io::sink(),
    };
    let why = why_incomplete(report)?;
    let first = match (report.gaps.first(), report.limits.first()) {
        (Some(gap), _) => format!("{}: {}", gap.kind.name(), page.gap_line(gap)),
        (None, Some(limit)) => format!("{}: {}", limit.kind, page.limit_line(limit)),
        (None, None) => return None,
    };
    let accepted = if report.complete_enough() {
        ", accepted by --allow-incomplete"
    } else {
        ""
    };
    let next = report
        .gaps
        .first()
        .map(|gap| format!("; {}", gap.kind.next_step()))
        .unwrap_or_default();
    Some(format!(
        "INCOMPLETE: {why}{accepted} (first: {first}){next}"
    ))
}

/// What makes a report incomplete, counted; `None` if it is complete.
pub(super) fn why_incomplete(report: &Report) -> Option<String> {
    let mut parts = Vec::new();
    if !report.gaps.is_empty() {
        parts.push(plural(report.gaps.len() as u64, "gap"));
    }
    if report.strict && !report.limits.is_empty() {
        parts.push(plural(report.limits.len() as u64, "limit"));
    }
    (!parts.is_empty()).then(|| parts.join(" and "))
}

impl Page<'_> {
    pub(super) fn gaps(&mut self) -> io::Result<()> {
        let report = self.report;
        if report.gaps.is_empty() {
            return Ok(());
        }
        let total = plural(report.gaps.len() as u64, "gap");
        let label = self.paint(Tone::Error, "INCOMPLETE:");
        writeln!(
            self.out,
            "{label} {total}; a credential in what was not read would not be found"
        )?;
        for kind in GapKind::ALL {
            let gaps: Vec<&Gap> = report.gaps.iter().filter(|g| g.kind == kind).collect();
            if !gaps.is_empty() {
                self.gaps_of(kind, &gaps)?;
            }
        }
        writeln!(self.out)
    }

    fn gaps_of(&mut self, kind: GapKind, gaps: &[&Gap]) -> io::Result<()> {
        let accepted = if self.report.allowed_gaps.contains(&kind) {
            " (accepted by --allow-incomplete)"
        } else {
            ""
        };
        let name = self.paint(Tone::Strong, kind.name());
        writeln!(self.out, "  {name}: {}{accepted}", count(gaps.len() as u64))?;
        let bound = self.bound(SHOWN);
        for gap in gaps.iter().take(bound) {
            let line = self.gap_line(gap);
            writeln!(self.out, "    {line}")?;
        }
        if gaps.len() > bound {
            let more = count((gaps.len() - bound) as u64);
            writeln!(self.out, "    and {more} more; -v or JSON lists all")?;
        }
        self.prose(Tone::Help, "    ", "next step", kind.next_step())
    }

    fn gap_line(&self, gap: &Gap) -> String {
        let mut names = Vec::new();
        if let Some(id) = &gap.object {
            names.push(format!("object {id}"));
        }
        if let Some(path) = &gap.path {
            names.push(self.text(path));
        }
        if let Some(reference) = &gap.reference {
            names.push(format!("named by {}", self.text(reference.as_bytes())));
        }
        let detail = self.text(gap.detail.as_bytes());
        if names.is_empty() {
            detail
        } else {
            format!("{}: {detail}", names.join(", "))
        }
    }

    fn limit_line(&self, limit: &Limit) -> String {
        let detail = self.text(limit.detail.as_bytes());
        match limit.object {
            Some(id) => format!("object {id}: {detail}"),
            None => detail,
        }
    }

    pub(super) fn limits(&mut self) -> io::Result<()> {
        let report = self.report;
        if report.limits.is_empty() {
            return Ok(());
        }
        let total = plural(report.limits.len() as u64, "limit");
        let (tone, label, hint) = if report.strict {
            (
                Tone::Error,
                "INCOMPLETE:",
                " reached, and --strict counts them",
            )
        } else {
            (
                Tone::Strong,
                "limits:",
                " reached; --strict counts them as gaps",
            )
        };
        let label = self.paint(tone, label);
        writeln!(self.out, "{label} {total}{hint}")?;
        let bound = self.bound(SHOWN);
        for limit in report.limits.iter().take(bound) {
            let line = self.limit_line(limit);
            writeln!(self.out, "  {}: {line}", limit.kind)?;
        }
        if report.limits.len() > bound {
            let more = count((report.limits.len() - bound) as u64);
            writeln!(self.out, "  and {more} more; -v or JSON lists all")?;
        }
        writeln!(self.out)
    }
}
