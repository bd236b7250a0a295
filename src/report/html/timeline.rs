//! When keys came and went: a chart of all, and a lane for each. Drawn in percent, so that the
//! letters keep their size on any screen.

use std::io::{self, Write};

use super::{SEVERITIES, is_at_head, text};
use crate::model::{CommitStamp, Finding, Report, Traced};
use crate::report::facts::{Facts, day};

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Columns of the chart.
const COLUMNS: usize = 48;
/// Pixels for the highest column, above the line and below it.
const UP: f64 = 96.0;
const DOWN: f64 = 40.0;
/// Pixels above the line, and of all.
const LINE: f64 = UP + 18.0;
const HEIGHT: f64 = LINE + DOWN + 30.0;
/// Labels on the axis.
const LABELS: usize = 6;

/// The time that the charts show, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    from: i64,
    to: i64,
}

impl Span {
    /// From the first event to today, or to the last event where nobody knows the day.
    pub(super) fn of(report: &Report, now: Option<i64>) -> Option<Span> {
        let times = || report.findings.iter().flat_map(events);
        let from = times().min()?;
        let last = times().max()?;
        let to = now.map_or(last, |now| now.max(last));
        // Years far off are mistakes or tricks; they must not press all else into a corner.
        Some(Span {
            from,
            to: to.max(from.saturating_add(DAY)),
        })
    }

    /// Where a time lies, in percent.
    fn percent(&self, time: i64) -> f64 {
        let (from, to) = (i128::from(self.from), i128::from(self.to));
        let part = (i128::from(time) - from) as f64 / (to - from) as f64;
        (part * 100.0).clamp(0.0, 100.0)
    }

    fn column(&self, time: i64) -> usize {
        let column = self.percent(time) / 100.0 * COLUMNS as f64;
        (column as usize).min(COLUMNS - 1)
    }

    fn at(&self, part: f64) -> i64 {
        let len = (i128::from(self.to) - i128::from(self.from)) as f64;
        self.from.saturating_add((len * part) as i64)
    }
}

/// When a commit was written, by its author's clock if that can be read.
fn time(stamp: &CommitStamp) -> i64 {
    let written = stamp.date.as_deref();
    let written = written.and_then(|date| date.parse::<jiff::Timestamp>().ok());
    written.map_or(stamp.time, jiff::Timestamp::as_second)
}

fn introduced(finding: &Finding) -> Option<i64> {
    finding.exposure.introduced.as_ref().map(time)
}

fn removed(finding: &Finding) -> Option<i64> {
    let known = finding.exposure.traced == Traced::Yes;
    let stamp = finding.exposure.removed.as_ref().filter(|_| known);
    stamp.map(time)
}

fn events(finding: &Finding) -> impl Iterator<Item = i64> {
    introduced(finding).into_iter().chain(removed(finding))
}

/// How many came and went in each column.
fn columns(report: &Report, span: &Span) -> ([[u64; 4]; COLUMNS], [u64; COLUMNS]) {
    let (mut came, mut went) = ([[0; 4]; COLUMNS], [0; COLUMNS]);
    for finding in &report.findings {
        let severity = SEVERITIES.iter().position(|s| *s == finding.severity);
        if let (Some(time), Some(severity)) = (introduced(finding), severity) {
            came[span.column(time)][severity] += 1;
        }
        if let Some(time) = removed(finding) {
            went[span.column(time)] += 1;
        }
    }
    (came, went)
}

/// How many had come and not gone by the end of each column.
fn present(came: &[[u64; 4]; COLUMNS], went: &[u64; COLUMNS]) -> [u64; COLUMNS] {
    let mut present = [0; COLUMNS];
    let mut now: u64 = 0;
    for at in 0..COLUMNS {
        now = (now + came[at].iter().sum::<u64>()).saturating_sub(went[at]);
        present[at] = now;
    }
    present
}

/// The chart of all findings.
pub(super) fn overview(report: &Report, span: &Span, out: &mut dyn Write) -> io::Result<()> {
    let (came, went) = columns(report, span);
    let (arrived, left): (u64, u64) = (came.iter().flatten().sum(), went.iter().sum());
    writeln!(
        out,
        "<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">Timeline</h2>\n<div class=\"panel\">\n\
         <svg class=\"chart\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{arrived} findings introduced and \
         {left} removed between {} and {}\">",
        label(span.from, true),
        label(span.to, true)
    )?;
    let (highest, most) = bars(&came, &went, out)?;
    writeln!(
        out,
        "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{LINE}\" y2=\"{LINE}\"/>"
    )?;
    writeln!(
        out,
        "<text x=\"0\" y=\"11\">up to {highest} new in a column, up to {most} present</text>"
    )?;
    labels(span, out)?;
    writeln!(out, "</svg>\n<ul class=\"legend\">")?;
    for severity in SEVERITIES {
        if report.findings.iter().any(|f| f.severity == severity) {
            let name = severity.name();
            writeln!(out, "<li class=\"{name}\">{name}, introduced</li>")?;
        }
    }
    writeln!(
        out,
        "<li class=\"present\">introduced and not yet removed</li>\n\
         <li class=\"gone\">removed from HEAD (history keeps it)</li>\n</ul>\n</div>\n</section>"
    )
}

/// The columns; returns what the highest of those above the line stand for: new and present ones.
fn bars(
    came: &[[u64; 4]; COLUMNS],
    went: &[u64; COLUMNS],
    out: &mut dyn Write,
) -> io::Result<(u64, u64)> {
    let sums = came.iter().map(|c| c.iter().sum::<u64>());
    let highest = sums.max().unwrap_or(0).max(1);
    let deepest = went.iter().copied().max().unwrap_or(0).max(1);
    let present = present(came, went);
    let most = present.iter().copied().max().unwrap_or(0).max(1);
    let width = 100.0 / COLUMNS as f64;
    for (at, n) in present.iter().enumerate().filter(|(_, n)| **n > 0) {
        let tall = *n as f64 / most as f64 * UP;
        bar(
            "present",
            (at as f64 * width, width),
            (LINE - tall, tall),
            None,
            out,
        )?;
    }
    for (at, (up, down)) in came.iter().zip(went).enumerate() {
        let across = ((at as f64 + 0.12) * width, width * 0.76);
        let mut y = LINE;
        for (severity, n) in SEVERITIES.iter().zip(up).filter(|(_, n)| **n > 0) {
            let tall = (*n as f64 / highest as f64 * UP).max(3.0);
            y -= tall;
            let title = format!("{n} {} introduced", severity.name());
            bar(severity.name(), across, (y, tall), Some(&title), out)?;
        }
        if *down > 0 {
            let tall = (*down as f64 / deepest as f64 * DOWN).max(3.0);
            let title = format!("{down} removed");
            bar("gone", across, (LINE + 1.0, tall), Some(&title), out)?;
        }
    }
    Ok((highest, most))
}

/// One rectangle: across in percent, down in pixels.
fn bar(
    class: &str,
    (x, broad): (f64, f64),
    (y, tall): (f64, f64),
    title: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let round = if title.is_some() { " rx=\"2\"" } else { "" };
    let title = title
        .map(|t| format!("<title>{t}</title>"))
        .unwrap_or_default();
    writeln!(
        out,
        "<rect class=\"{class}\" x=\"{x:.3}%\" y=\"{y:.1}\" width=\"{broad:.3}%\" height=\"{tall:.1}\"{round}>{title}</rect>"
    )
}

/// Days or months below the axis.
fn labels(span: &Span, out: &mut dyn Write) -> io::Result<()> {
    let by_day = span.to.saturating_sub(span.from) < 400 * DAY;
    for at in 0..LABELS {
        let part = at as f64 / (LABELS - 1) as f64;
        let (anchor, minor) = match at {
            0 => ("start", ""),
            n if n == LABELS - 1 => ("end", ""),
            _ => ("middle", " class=\"minor\""),
        };
        writeln!(
            out,
            "<text{minor} x=\"{:.1}%\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            part * 100.0,
            HEIGHT - 6.0,
            label(span.at(part), by_day)
        )?;
    }
    Ok(())
}

/// A day or a month.
fn label(time: i64, by_day: bool) -> String {
    let Ok(time) = jiff::Timestamp::from_second(time) else {
        return String::new();
    };
    let form = if by_day { "%Y-%m-%d" } else { "%Y-%m" };
    let date = time.to_zoned(jiff::tz::TimeZone::UTC);
    date.strftime(form).to_string()
}

/// How long one finding has been there.
pub(super) fn lane(
    facts: &Facts<'_>,
    finding: &Finding,
    span: &Span,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(start) = introduced(finding) else {
        return Ok(());
    };
    let end = removed(finding);
    let (x, to) = (span.percent(start), span.percent(end.unwrap_or(span.to)));
    let severity = finding.severity.name();
    let width = (to - x).max(0.6);
    // A removal that the clocks put before the introduction still is one.
    let x = x.min(to).min(100.0 - width);
    writeln!(
        out,
        "<svg class=\"lane {severity}\" aria-hidden=\"true\"><rect class=\"track\" x=\"0\" y=\"13\" width=\"100%\" height=\"4\" rx=\"2\"/>\
         <rect class=\"{severity}\" x=\"{x:.3}%\" y=\"11\" width=\"{width:.3}%\" height=\"8\" rx=\"4\"/>\
         <circle class=\"{severity}\" cx=\"{x:.3}%\" cy=\"15\" r=\"6\"/>{}</svg>",
        match end {
            Some(_) => format!("<circle class=\"end\" cx=\"{to:.3}%\" cy=\"15\" r=\"5\"/>"),
            None => String::new(),
        }
    )?;
    let stamp = finding.exposure.introduced.as_ref();
    let came = stamp.and_then(day).map(|d| facts.shown(d.as_bytes()));
    let came = came.unwrap_or_else(|| label(start, true));
    let went = match end {
        Some(end) => {
            let stamp = finding.exposure.removed.as_ref();
            let went = stamp.and_then(day).map(|d| facts.shown(d.as_bytes()));
            let days = (i128::from(end) - i128::from(start)) / i128::from(DAY);
            let days = match days {
                ..0 => String::new(),
                0 => ", within a day".to_owned(),
                1 => ", after 1 day".to_owned(),
                n => format!(", after {n} days"),
            };
            format!(
                "removed {}{days}; history still has it",
                went.unwrap_or_else(|| label(end, true))
            )
        }
        None if is_at_head(finding) => "still at HEAD".to_owned(),
        None => "not seen to be removed".to_owned(),
    };
    writeln!(
        out,
        "<p class=\"when\"><span>introduced {}</span><span>{}</span></p>",
        text(&came),
        text(&went)
    )
}
