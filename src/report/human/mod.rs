//! The human format: what to do now, for somebody who was woken by it.
//!
//! Every byte from the repository goes through [`Page::text`], which masks and escapes it.

mod advice;
mod coverage;
mod finding;
mod gaps;
mod verdict;
mod wording;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

pub(super) use gaps::incomplete_line;

use super::redact::Redactor;
use super::{Options, Verbosity, escape};
use crate::model::Report;
use wording::wrap;

/// Writes the whole page: findings first, the verdict last.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let redactor = if options.reveal {
        Redactor::default()
    } else {
        Redactor::new(report)
    };
    let mut page = Page {
        report,
        options,
        redactor,
        out,
    };
    for finding in &report.findings {
        page.finding(finding)?;
    }
    if options.verbosity != Verbosity::Quiet {
        page.notes()?;
        page.coverage()?;
    }
    page.gaps()?;
    page.limits()?;
    page.suppressed()?;
    page.verdict()
}

/// What a piece of text means, and so which colour it has.
#[derive(Clone, Copy)]
enum Tone {
    Error,
    Warning,
    Good,
    Help,
    Frame,
    Strong,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Tone::Error => AnsiColor::Red.on_default().bold(),
            Tone::Warning => AnsiColor::Yellow.on_default().bold(),
            Tone::Good => AnsiColor::Green.on_default().bold(),
            Tone::Help => AnsiColor::Cyan.on_default().bold(),
            Tone::Frame => AnsiColor::Blue.on_default().bold(),
            Tone::Strong => Style::new().bold(),
        }
    }
}

/// The page being written.
struct Page<'a> {
    report: &'a Report,
    options: &'a Options,
    redactor: Redactor<'a>,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    /// Repository bytes, fit to be shown: without secrets, on one line.
    fn text(&self, bytes: &[u8]) -> String {
        escape(&self.redactor.redact(bytes))
    }

    fn paint(&self, tone: Tone, text: &str) -> String {
        if self.options.colour {
            let style = tone.style();
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// `   = name: value`
    fn fact(&mut self, name: &str, value: &str) -> io::Result<()> {
        let (equals, name) = (
            self.paint(Tone::Frame, "="),
            self.paint(Tone::Strong, &format!("{name}:")),
        );
        writeln!(self.out, "   {equals} {name} {value}")
    }

    /// Our own prose after a label, wrapped. Repository text is never wrapped: its parts could
    /// pass for lines of ours.
    fn prose(&mut self, tone: Tone, indent: &str, label: &str, text: &str) -> io::Result<()> {
        let hang = " ".repeat(indent.len() + label.len() + 2);
        let lines = wrap(text, self.options.width.saturating_sub(hang.len()));
        for (i, line) in lines.iter().enumerate() {
            if i == 0 {
                let label = self.paint(tone, &format!("{label}:"));
                writeln!(self.out, "{indent}{label} {line}")?;
            } else {
                writeln!(self.out, "{hang}{line}")?;
            }
        }
        Ok(())
    }

    /// How many of a list are shown.
    fn bound(&self, normal: usize) -> usize {
        match self.options.verbosity {
            Verbosity::Verbose => usize::MAX,
            Verbosity::Normal | Verbosity::Quiet => normal,
        }
    }

    fn notes(&mut self) -> io::Result<()> {
        let report = self.report;
        let bound = self.bound(10);
        for note in report.notes.iter().take(bound) {
            let label = self.paint(Tone::Help, &format!("note[{}]:", note.kind));
            let detail = self.text(note.detail.as_bytes());
            writeln!(self.out, "{label} {detail}")?;
        }
        if report.notes.len() > bound {
            let more = report.notes.len() - bound;
            writeln!(self.out, "      and {more} more notes; -v lists all")?;
        }
        if !report.notes.is_empty() {
            writeln!(self.out)?;
        }
        Ok(())
    }
}
