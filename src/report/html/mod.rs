//! One page that works offline: findings with their exposure, a timeline, filter and search.
//!
//! The page loads nothing and sends nothing: style and script stand in it, and its policy admits
//! these two by their hashes and nothing else. Every name goes through [`Facts::shown`] and
//! [`text`]: what is in a repository is text on the page, never markup.

mod card;
mod swept;
mod timeline;

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::facts::Facts;
use super::human::{self, State};
use super::{Options, investigation, junit};
use crate::model::{Finding, Report, Severity, Traced};
use timeline::Span;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Findings on the page: a browser shows no more with ease.
const FINDINGS_MAX: usize = 5000;
/// Gaps, notes and limits that are listed.
const LISTED_MAX: usize = 200;
const SEVERITIES: [Severity; 4] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
];

/// Writes the page.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let page = Page {
        facts: Facts::new(report),
        options,
        span: Span::of(report, options.now),
        shown: &report.findings[..report.findings.len().min(FINDINGS_MAX)],
    };
    page.head(out)?;
    page.verdict(out)?;
    page.tiles(out)?;
    if let Some(span) = page.span.as_ref().filter(|_| report.findings.len() > 1) {
        timeline::overview(report, span, out)?;
    }
    page.findings(out)?;
    if let Some(found) = &report.investigation {
        investigation::html::part(found, out)?;
    }
    page.steps(out)?;
    page.unread(out)?;
    page.suppressed(out)?;
    page.swept(out)?;
    writeln!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// The page being written.
struct Page<'a> {
    facts: Facts<'a>,
    options: &'a Options,
    span: Option<Span>,
    /// The gravest findings, as many as there is room for.
    shown: &'a [Finding],
}

/// Text as it may stand in HTML, also between quotes.
fn text(plain: &str) -> String {
    junit::xml(plain)
}

/// A name from the repository: masked, visible, and with a direction of its own.
fn name(facts: &Facts<'_>, bytes: &[u8]) -> String {
    format!("<bdi class=\"mono\">{}</bdi>", text(&facts.shown(bytes)))
}

/// What a policy says of an inline piece.
fn digest(piece: &str) -> String {
    data_encoding::BASE64.encode(&Sha256::digest(piece.as_bytes()))
}

impl Page<'_> {
    fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        let trail = self.facts.report.investigation.as_ref();
        let trail = trail.map_or("", |_| investigation::html::STYLE);
        let style = format!("{STYLE}{trail}");
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
             base-uri 'none'; form-action 'none'",
            digest(&style),
            digest(SCRIPT)
        );
        let target = &self.facts.report.target;
        let shown = text(&self.facts.shown(&target.path));
        writeln!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <link rel=\"icon\" href=\"data:,\">\n\
             <title>keysweep: {shown}</title>\n<style>{style}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#findings\">To the findings</a>\n\
             <header class=\"top\">\n<div class=\"brand\">{LOGO}keysweep</div>\n\
             <div class=\"where\">{}</div>\n\
             <button class=\"button\" id=\"theme\" type=\"button\" hidden>Dark</button>\n</header>\n<main>",
            name(&self.facts, &target.path)
        )
    }

    fn verdict(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.facts.report;
        let (state, line) = human::verdict(report);
        let class = match state {
            State::Bad => "bad",
            State::Warn => "warn",
            State::Good => "good",
            State::Plain => "plain",
        };
        let (title, rest) = line.split_once("; ").unwrap_or((&line, ""));
        let title = capital(title);
        writeln!(
            out,
            "<section class=\"verdict {class}\" aria-labelledby=\"verdict\">\n\
             <h1 id=\"verdict\">{}</h1>",
            text(&title)
        )?;
        if !rest.is_empty() {
            writeln!(out, "<p class=\"line\">{}</p>", text(&capital(rest)))?;
        }
        writeln!(out, "</section>")?;
        if let Some(line) = self.facts.incomplete() {
            writeln!(
                out,
                "<p class=\"incomplete\" role=\"alert\">{}</p>",
                text(&line)
            )?;
        }
        Ok(())
    }

    fn tiles(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.facts.report;
        if report.findings.is_empty() {
            return Ok(());
        }
        writeln!(out, "<ul class=\"tiles\">")?;
        for severity in SEVERITIES {
            let n = report
                .findings
                .iter()
                .filter(|f| f.severity == severity)
                .count();
            let zero = if n == 0 { " zero" } else { "" };
            let class = severity.name();
            writeln!(
                out,
                "<li class=\"tile {class}{zero}\"><b>{n}</b><span>{class}</span></li>"
            )?;
        }
        let pushed = report
            .findings
            .iter()
            .filter(|f| self.facts.is_pushed(f))
            .count();
        let pairs = report.totals().pairs;
        let at_head = report.findings.iter().filter(|f| is_at_head(f)).count();
        let cells = [
            (pairs, "complete keys"),
            (at_head as u64, "still at HEAD"),
            (pushed as u64, "known to be pushed"),
            (report.suppressed.len() as u64, "suppressed"),
        ];
        for (n, what) in cells {
            let zero = if n == 0 { " zero" } else { "" };
            writeln!(
                out,
                "<li class=\"tile{zero}\"><b>{n}</b><span>{what}</span></li>"
            )?;
        }
        writeln!(out, "</ul>")
    }

    fn findings(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.facts.report;
        writeln!(
            out,
            "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\" tabindex=\"-1\">Findings</h2>"
        )?;
        if report.findings.is_empty() {
            let (state, _) = human::verdict(report);
            let (class, title) = match state {
                State::Good => ("", "No AWS credentials"),
                State::Plain => ("", "Nothing in what was read"),
                State::Warn | State::Bad => (
                    " unsure",
                    "Nothing in what was read, but not all was read or shown",
                ),
            };
            writeln!(
                out,
                "<div class=\"panel empty{class}\">{TICK}<h3>{title}</h3></div>\n</section>"
            )?;
            return Ok(());
        }
        self.tools(out)?;
        writeln!(out, "<div class=\"list\">")?;
        let open = report.findings.len() == 1;
        for (at, finding) in self.shown.iter().enumerate() {
            card::write(&self.facts, self.span.as_ref(), at + 1, finding, open, out)?;
        }
        let left_out = report.findings.len() - self.shown.len();
        if left_out > 0 {
            writeln!(
                out,
                "<p class=\"muted\">and {left_out} more; the JSON report has them all</p>"
            )?;
        }
        writeln!(
            out,
            "</div>\n<p class=\"none\" id=\"none\">Nothing fits. Fewer words or filters show more.</p>\n</section>"
        )
    }

    /// Search and filters; shown only where the script runs.
    fn tools(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<div class=\"tools\" role=\"search\">\n<label class=\"hidden\" for=\"search\">Search in findings</label>\n\
             <input id=\"search\" type=\"search\" placeholder=\"Search ID, path, author … ( / )\" autocomplete=\"off\" spellcheck=\"false\">\n\
             <div class=\"chips\" role=\"group\" aria-label=\"Filter\">"
        )?;
        for severity in SEVERITIES {
            let n = self.shown.iter().filter(|f| f.severity == severity).count();
            if n > 0 {
                let name = severity.name();
                writeln!(
                    out,
                    "<button class=\"chip\" type=\"button\" aria-pressed=\"false\" data-severity=\"{name}\">{name} {n}</button>"
                )?;
            }
        }
        for (state, label) in card::STATES {
            let has = |f: &&Finding| card::states(&self.facts, f).contains(&state);
            let n = self.shown.iter().filter(has).count();
            if n > 0 {
                writeln!(
                    out,
                    "<button class=\"chip\" type=\"button\" aria-pressed=\"false\" data-state=\"{state}\">{label} {n}</button>"
                )?;
            }
        }
        writeln!(
            out,
            "</div>\n<button class=\"button\" id=\"unfold\" type=\"button\">Unfold all</button>\n\
             <p class=\"shown\" id=\"shown\" role=\"status\"></p>\n</div>"
        )
    }

    fn steps(&self, out: &mut dyn Write) -> io::Result<()> {
        let advice = human::advice_text(self.facts.report);
        let Some((_, steps)) = advice.split_once("\n\n") else {
            return Ok(());
        };
        writeln!(
            out,
            "<section aria-labelledby=\"steps\">\n<h2 id=\"steps\">What to do now</h2>\n<div class=\"panel\">\
             <pre class=\"steps\" tabindex=\"0\" aria-label=\"Steps\">{}</pre></div>\n</section>",
            text(steps.trim_end())
        )
    }

    fn unread(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.facts.report;
        let gaps = report.gaps.iter().map(|gap| {
            let accepted = report.allowed_gaps.contains(&gap.kind);
            let accepted = if accepted { " (accepted)" } else { "" };
            format!("{}{accepted}", self.facts.gap(gap))
        });
        Self::list("Not read", &gaps.collect::<Vec<_>>(), out)?;
        let shown =
            |kind: &str, detail: &str| format!("{kind}: {}", self.facts.shown(detail.as_bytes()));
        let limits = report
            .limits
            .iter()
            .map(|limit| shown(limit.kind, &limit.detail));
        Self::list("Limits", &limits.collect::<Vec<_>>(), out)?;
        let notes = report
            .notes
            .iter()
            .map(|note| shown(note.kind, &note.detail));
        Self::list("Notes", &notes.collect::<Vec<_>>(), out)
    }

    fn list(title: &str, lines: &[String], out: &mut dyn Write) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "<section>\n<h2>{title} <span class=\"muted\">{}</span></h2>\n<div class=\"panel\"><ul class=\"notes\">",
            lines.len()
        )?;
        for line in lines.iter().take(LISTED_MAX) {
            writeln!(out, "<li>{}</li>", text(line))?;
        }
        if lines.len() > LISTED_MAX {
            writeln!(
                out,
                "<li class=\"muted\">and {} more; the JSON report has them all</li>",
                lines.len() - LISTED_MAX
            )?;
        }
        writeln!(out, "</ul></div>\n</section>")
    }

    fn suppressed(&self, out: &mut dyn Write) -> io::Result<()> {
        let hidden: Vec<_> = self.facts.listed_suppressed(self.options).collect();
        if hidden.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "<section>\n<h2>Suppressed <span class=\"muted\">{}</span></h2>\n<details class=\"panel more\">\
             <summary>What is not shown, and why</summary>\n<div class=\"scroll\"><table>\n\
             <thead><tr><th scope=\"col\">What</th><th scope=\"col\">Where</th><th scope=\"col\">Why</th>\
             <th scope=\"col\">Fingerprint</th></tr></thead>\n<tbody>",
            hidden.len()
        )?;
        for suppressed in hidden {
            let finding = &suppressed.finding;
            writeln!(
                out,
                "<tr><td>{}</td><td class=\"mono\"><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td class=\"mono\">{}</td></tr>",
                text(&Facts::headline(finding)),
                text(&self.facts.place(finding)),
                text(&self.facts.reason(suppressed)),
                finding.fingerprint
            )?;
        }
        writeln!(out, "</tbody></table></div></details>\n</section>")
    }
}

/// True if HEAD is known to hold it.
fn is_at_head(finding: &Finding) -> bool {
    finding.exposure.traced == Traced::Yes && finding.exposure.at_head
}

/// With a capital letter, as headings have it.
fn capital(line: &str) -> String {
    let mut characters = line.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

const LOGO: &str = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">\
    <circle class=\"lock\" cx=\"8\" cy=\"12\" r=\"7\"/><circle class=\"hole\" cx=\"6.4\" cy=\"12\" r=\"2.2\"/>\
    <path class=\"lock\" d=\"M13 10.4h10v3.2h-1.6v3h-3v-3H13z\"/></svg>";
const TICK: &str = "<svg viewBox=\"0 0 56 56\" aria-hidden=\"true\"><circle class=\"disc\" cx=\"28\" cy=\"28\" r=\"28\"/>\
    <path class=\"tick\" d=\"M17 29l8 8 15-17\"/></svg>";
