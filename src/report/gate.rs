//! What a gate says when it stops something: what, where, that nothing is lost yet, and the exact
//! commands that take it out.

mod advice;

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape;
use super::human::{headline, incomplete_line};
use super::redact::Redactor;
use crate::model::{Field, Finding, Occurrence, Part, Report};

/// Findings and places that are listed.
const SHOWN: usize = 10;

/// What is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// A push to this remote, before anything is sent.
    Push(String),
    /// A commit, before it is made.
    Commit,
    /// The same, for its message; what is committed is not what is stopped.
    Message,
    /// A push that a server is about to take.
    Receive,
}

impl Gate {
    fn this(&self) -> &'static str {
        match self {
            Gate::Push(_) | Gate::Receive => "this push",
            Gate::Commit | Gate::Message => "this commit",
        }
    }

    fn holds(&self) -> &'static str {
        match self {
            Gate::Push(_) => "what it would send",
            Gate::Commit => "what is staged",
            Gate::Message => "its message",
            Gate::Receive => "what it brings",
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Gate::Push(_) => "Nothing has left this machine yet: git has sent nothing.",
            Gate::Commit | Gate::Message => "Nothing was committed.",
            Gate::Receive => {
                "The push was refused. What was sent is dropped here, but it was on the way, and \
                 may be in a log: replace the key."
            }
        }
    }

    /// How to go on all the same.
    pub fn way_around(&self) -> &'static str {
        match self {
            Gate::Push(_) => "git push --no-verify",
            Gate::Commit | Gate::Message => "git commit --no-verify",
            Gate::Receive => "whoever runs this server can take the hook out",
        }
    }
}

/// How much a gate says.
#[derive(Clone, Copy, Debug)]
pub struct GateOptions {
    /// Findings that stop it.
    pub failing: usize,
    /// Everything that matters was read.
    pub complete_enough: bool,
    /// Something stops it.
    pub stops: bool,
}

/// Writes what a gate has to say; nothing if it lets everything pass and has nothing to tell.
///
/// # Errors
/// Only those of `out`.
pub fn write_gate(
    report: &Report,
    gate: &Gate,
    options: &GateOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let message = Message {
        report,
        gate,
        redactor: Redactor::new(report),
    };
    let mut text = String::new();
    if options.failing > 0 {
        message.findings(options, &mut text);
    }
    if !options.complete_enough {
        message.incomplete(&mut text);
    }
    if options.stops {
        let way = gate.way_around();
        // Writing to a String cannot fail.
        let end = match gate {
            Gate::Receive => format!("To let {} pass all the same: {way}.\n", gate.this()),
            _ => format!("To go on all the same, and let it out: {way}\n"),
        };
        text.push_str(&end);
    }
    out.write_all(text.as_bytes())
}

struct Message<'a> {
    report: &'a Report,
    gate: &'a Gate,
    redactor: Redactor<'a>,
}

impl Message<'_> {
    fn text(&self, bytes: &[u8]) -> String {
        escape(&self.redactor.redact(bytes))
    }

    fn findings(&self, options: &GateOptions, text: &mut String) {
        let (this, holds) = (self.gate.this(), self.gate.holds());
        let count = match options.failing {
            1 => "an AWS credential is".to_owned(),
            n => format!("{n} AWS credentials are"),
        };
        let to = match self.gate {
            Gate::Push(remote) if !remote.is_empty() => {
                format!(" to {}", self.text(remote.as_bytes()))
            }
            _ => String::new(),
        };
        let stopped = if options.stops {
            "stopped"
        } else {
            "not stopped"
        };
        writeln!(
            text,
            "keysweep: {this}{to} is {stopped}: {count} in {holds}.\n"
        )
        .ok();
        for (at, finding) in self.report.findings.iter().take(SHOWN).enumerate() {
            writeln!(text, "{:>2}. {}", at + 1, headline(finding)).ok();
            self.places(finding, text);
        }
        let more = self.report.findings.len().saturating_sub(SHOWN);
        if more > 0 {
            writeln!(text, "    and {more} more").ok();
        }
        writeln!(text, "\n{}\n", self.gate.state()).ok();
        self.commands(text);
        text.push_str(
            "The key stays valid: if anybody else can have seen it, replace it as well \
             (`keysweep explain KEY-ID` says how).\n",
        );
    }

    /// Each place once, with the commit that brought it.
    fn places(&self, finding: &Finding, text: &mut String) {
        let mut lines: Vec<String> = Vec::new();
        for occurrence in &finding.occurrences {
            let line = self.place(occurrence);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        for line in lines.iter().take(SHOWN) {
            writeln!(text, "    {line}").ok();
        }
        if lines.len() > SHOWN {
            writeln!(text, "    and {} more places", lines.len() - SHOWN).ok();
        }
        if let Some(stamp) = &finding.exposure.introduced {
            let day = stamp
                .date
                .as_deref()
                .and_then(|date| date.split('T').next());
            let day = self.text(day.unwrap_or_default().as_bytes());
            let author = self.text(&stamp.author);
            let commit = stamp.commit.short();
            writeln!(text, "    brought by commit {commit} of {day} by {author}").ok();
        }
    }

    fn place(&self, occurrence: &Occurrence) -> String {
        let what = match occurrence.part {
            Part::Id => "ID",
            Part::Secret => "secret",
            Part::Token => "token",
            Part::Key => "key",
        };
        let path = occurrence.path.as_deref().map(|path| self.text(path));
        let commit = occurrence.commit.map(|id| id.short());
        let line = occurrence.position.line;
        let at = match (occurrence.field, path, commit) {
            (Field::Content, Some(path), _) => format!("{path}, line {line}"),
            (Field::EntryName | Field::IndexPath, Some(path), _) => {
                format!("the name of the file {path}")
            }
            (Field::RefName, Some(name), _) => format!("the name of {name}"),
            (Field::Message, _, Some(commit)) => format!("the message of commit {commit}"),
            (Field::Message, _, None) => match occurrence.object {
                Some(id) => format!("the message of the tag {}", id.short()),
                None => "the message".to_owned(),
            },
            (field, _, _) => match occurrence.object {
                Some(id) => format!("the {} of {}", field.name(), id.short()),
                None => field.name().to_owned(),
            },
        };
        format!("{what}: {at}")
    }

    fn incomplete(&self, text: &mut String) {
        let this = self.gate.this();
        writeln!(
            text,
            "keysweep: {this} is stopped, since not everything in it could be read."
        )
        .ok();
        if let Some(line) = incomplete_line(self.report) {
            writeln!(text, "{line}").ok();
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests;
