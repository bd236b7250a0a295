//! What was not read, why, and what to do about it.

use std::io;

use super::wording::{count, plural, words};
use super::{Page, SHOWN, Tone};
use crate::model::{Gap, GapKind, Limit, Report};
use crate::report::Options;
use crate::report::redact::Redactor;

/// Causes before what follows from them: what could not be opened may hold what is missing.
const ORDER: [GapKind; 12] = [
    GapKind::Interrupted,
    GapKind::Time,
    GapKind::Internal,
    GapKind::Unreadable,
    GapKind::Alternate,
    GapKind::Damaged,
    GapKind::Metadata,
    GapKind::TooLarge,
    GapKind::HitLimit,
    GapKind::Shallow,
    GapKind::Promisor,
    GapKind::Missing,
];

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
    let first = ORDER
        .iter()
        .find_map(|kind| report.gaps.iter().find(|gap| gap.kind == *kind));
    let next = first.map(|gap| format!("; {}", next_step(report, gap.kind)));
    let next = next.unwrap_or_default();
    let first = match (first, report.limits.first()) {
        (Some(gap), _) => format!("{}: {}", gap.kind.name(), page.gap_line(gap)),
        (None, Some(limit)) => format!("{}: {}", limit.kind, page.limit_line(limit)),
        (None, None) => return None,
    };
    let accepted = if report.complete_enough() {
        ", accepted by --allow-incomplete"
    } else {
        ""
    };
    Some(format!(
        "INCOMPLETE: {why}{accepted} (first: {first}){next}"
    ))
}

/// What to do about gaps of this kind, given the others.
fn next_step(report: &Report, kind: GapKind) -> &'static str {
    let has = |kind| report.gaps.iter().any(|gap| gap.kind == kind);
    let shut = has(GapKind::Unreadable) || has(GapKind::Alternate);
    let mut of_kind = report.gaps.iter().filter(|gap| gap.kind == kind);
    match kind {
        // A command that fits the one case is better than what fits most.
        GapKind::Missing
            if of_kind.all(|gap| gap.object.is_none() && gap.detail.contains("; ")) =>
        {
            "do what is said of each, and sweep again"
        }
        GapKind::Missing | GapKind::Promisor if shut => {
            "mend what could not be opened first: the objects may be in there"
        }
        kind => kind.next_step(),
    }
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
        let label = self.paint(Tone::Error, "NOT READ:");
        writeln!(
            self.out,
            "{label} {total}; a credential in there would not be found"
        )?;
        for kind in ORDER {
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
            let pieces = words(&self.gap_line(gap));
            self.lines("   ", 3, &pieces)?;
        }
        if gaps.len() > bound {
            let more = count((gaps.len() - bound) as u64);
            writeln!(self.out, "    and {more} more; -v or JSON lists all")?;
        }
        let next = next_step(self.report, kind);
        self.prose(Tone::Help, "    ", "next step", next)
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
                "NOT READ:",
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
            let pieces = words(&self.limit_line(limit));
            let label = format!("  {}:", limit.kind);
            self.lines(&label, label.len(), &pieces)?;
        }
        if report.limits.len() > bound {
            let more = count((report.limits.len() - bound) as u64);
            writeln!(self.out, "  and {more} more; -v or JSON lists all")?;
        }
        writeln!(self.out)
    }
}
