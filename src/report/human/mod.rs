//! The human format: what to do now, for somebody who was woken by it.
//!
//! Every byte from the repository goes through [`Page::text`], which masks and escapes it.

mod advice;
mod coverage;
mod deactivation;
mod exposure;
mod finding;
mod gaps;
mod picture;
mod scope;
mod services;
mod spread;
mod steps;
mod verdict;
mod verification;
pub(super) mod wording;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

pub(super) use finding::{headline, main_occurrence};
pub(super) use gaps::incomplete_line;
pub(super) use spread::{Spread, spread};
pub(super) use verification::{said, verification_line};
pub(super) use wording::{carriers, count, size};

use super::redact::Redactor;
use super::{Options, Verbosity, escape};
use crate::model::Report;
use wording::{fill, words};

/// Entries of a list that are shown, unless `-v` asks for all.
const SHOWN: usize = 5;

/// What stands before a line that goes on from the one above. It keeps names from a repository off
/// the start of a line, where they could pass for lines of ours.
const GUTTER: &str = "   |  ";

/// Writes the whole page: what was swept, findings, what was not read, what to do, the verdict.
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
    page.header()?;
    for (at, finding) in report.findings.iter().enumerate() {
        page.finding(at + 1, finding)?;
    }
    if options.verbosity != Verbosity::Quiet {
        page.notes()?;
        page.coverage()?;
    }
    page.gaps()?;
    page.limits()?;
    page.suppressed()?;
    page.verification()?;
    page.advice()?;
    page.verdict()
}

/// How a sweep ended, for formats with colours of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Something was found.
    Bad,
    /// Something was not read, or is not shown.
    Warn,
    /// All was read, and nothing found.
    Good,
    /// Nothing found in a part, or nothing new.
    Plain,
}

/// The last line, and what it means.
pub(super) fn verdict(report: &Report) -> (State, String) {
    let options = Options::default();
    let (tone, text) = silent(report, &options, &mut io::sink()).verdict_text();
    let state = match tone {
        Tone::Error => State::Bad,
        Tone::Warning => State::Warn,
        Tone::Good => State::Good,
        Tone::Help | Tone::Frame | Tone::Strong => State::Plain,
    };
    (state, text)
}

/// What to do now, as the page has it; empty if there is nothing to do.
pub(super) fn advice_text(report: &Report) -> String {
    let options = Options {
        width: 96,
        ..Options::default()
    };
    let mut out = Vec::new();
    // Writing to a vector cannot fail.
    silent(report, &options, &mut out).advice().ok();
    String::from_utf8_lossy(&out).into_owned()
}

/// A page without secrets and without colour.
fn silent<'a>(report: &'a Report, options: &'a Options, out: &'a mut dyn Write) -> Page<'a> {
    Page {
        report,
        options,
        redactor: Redactor::new(report),
        out,
    }
}

/// Writes one picture of each finding: where it came from, who has it, what still holds it.
pub(super) fn write_exposure(
    report: &Report,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page {
        report,
        options,
        redactor: Redactor::new(report),
        out,
    };
    page.header()?;
    for (at, finding) in report.findings.iter().enumerate() {
        page.picture(at + 1, finding)?;
    }
    page.gaps()?;
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

    fn gutter(&self) -> String {
        self.paint(Tone::Frame, GUTTER)
    }

    /// A label and pieces of text after it, in as many lines as it takes. A piece is never broken:
    /// names can be copied as they are.
    fn lines(&mut self, label: &str, label_len: usize, pieces: &[String]) -> io::Result<()> {
        let indents = (label_len + 1, GUTTER.len() + 1);
        let lines = fill(pieces, indents, self.options.width);
        for (at, line) in lines.iter().enumerate() {
            if at == 0 {
                writeln!(self.out, "{label} {line}")?;
            } else {
                let gutter = self.gutter();
                writeln!(self.out, "{gutter} {line}")?;
            }
        }
        Ok(())
    }

    /// `   = name: value`
    fn fact(&mut self, name: &str, pieces: &[String]) -> io::Result<()> {
        let equals = self.paint(Tone::Frame, "=");
        let shown = self.paint(Tone::Strong, &format!("{name}:"));
        let label = format!("   {equals} {shown}");
        self.lines(&label, name.len() + 6, pieces)
    }

    /// The same with a value of ours, which may be broken at any space.
    fn fact_in_words(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.fact(name, &words(text))
    }

    /// Our own prose after a label, wrapped.
    fn prose(&mut self, tone: Tone, indent: &str, label: &str, text: &str) -> io::Result<()> {
        let hang = indent.len() + label.len() + 2;
        let lines = fill(&words(text), (hang, hang), self.options.width);
        let label = self.paint(tone, &format!("{label}:"));
        for (at, line) in lines.iter().enumerate() {
            if at == 0 {
                writeln!(self.out, "{indent}{label} {line}")?;
            } else {
                writeln!(self.out, "{:hang$}{line}", "")?;
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
            let plain = format!("note[{}]:", note.kind);
            let label = self.paint(Tone::Help, &plain);
            let detail = words(&self.text(note.detail.as_bytes()));
            self.lines(&label, plain.len(), &detail)?;
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
