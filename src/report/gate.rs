//! What a gate says when it stops something: what, where, that nothing is lost yet, and the exact
//! commands that take it out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::human::{headline, incomplete_line};
use super::redact::Redactor;
use super::{escape, is_deceptive};
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
            (Field::Message, _, None) => "the message".to_owned(),
            (field, _, _) => match occurrence.object {
                Some(id) => format!("the {} of {}", field.name(), id.short()),
                None => field.name().to_owned(),
            },
        };
        format!("{what}: {at}")
    }

    fn commands(&self, text: &mut String) {
        match self.gate {
            Gate::Commit => self.unstage(text),
            Gate::Message => {
                text.push_str(
                    "To take it out, write the message anew:\n\n    git commit --edit\n\n",
                );
            }
            Gate::Push(_) | Gate::Receive => self.rewrite(text),
        }
    }

    fn unstage(&self, text: &mut String) {
        let file = self.one_path(self.report.findings.iter());
        text.push_str("To take it out, edit the file, then stage it again and commit:\n\n");
        writeln!(text, "    git add -- {file}\n    git commit\n").ok();
        text.push_str("Or leave the file out of this commit:\n\n");
        writeln!(text, "    git restore --staged -- {file}\n").ok();
    }

    /// From the commit that brought the first of them on, history must be made anew.
    fn rewrite(&self, text: &mut String) {
        let findings = &self.report.findings;
        let head = self.report.target.head.as_deref();
        let brought: BTreeSet<String> = findings
            .iter()
            .filter_map(|f| f.exposure.introduced.as_ref())
            .map(|stamp| stamp.commit.to_string())
            .collect();
        let again = match self.gate {
            Gate::Push(_) => "then push again",
            _ => "then push again, from your clone",
        };
        if findings.iter().any(|f| f.exposure.introduced.is_none()) {
            text.push_str(
                "What no commit brings is in a tag, or in the name of a ref: delete that one \
                 (git tag -d NAME, git branch -m NAME) and make it anew.\n\n",
            );
        }
        if brought.is_empty() {
            return;
        }
        let file = self.one_path(findings.iter());
        let in_message = findings
            .iter()
            .flat_map(|f| &f.occurrences)
            .any(|o| matches!(o.field, Field::Message));
        let edit = if in_message {
            "edit the file, or the message"
        } else {
            "edit the file"
        };
        let elsewhere = self.elsewhere();
        if let Some(branch) = &elsewhere {
            writeln!(
                text,
                "On the branch that holds it:\n\n    git switch {branch}\n"
            )
            .ok();
        }
        let is_last = brought.len() == 1
            && elsewhere.is_none()
            && brought.iter().next().map(String::as_str) == head;
        if is_last {
            writeln!(
                text,
                "To take it out of the last commit, {edit}, {again}:\n"
            )
            .ok();
            writeln!(text, "    git add -- {file}\n    git commit --amend\n").ok();
            text.push_str("Or take the commit back and keep what you changed:\n\n");
            text.push_str("    git reset --soft 'HEAD^'\n\n");
            return;
        }
        self.rewrite_earlier(text, &brought, (&file, edit, again));
    }

    /// The same where what was found lies further back.
    fn rewrite_earlier(
        &self,
        text: &mut String,
        brought: &BTreeSet<String>,
        (file, edit, again): (&str, &str, &str),
    ) {
        let findings = &self.report.findings;
        // The earliest one: the commits behind it come along.
        let earliest = findings
            .iter()
            .filter_map(|f| f.exposure.introduced.as_ref())
            .min_by_key(|stamp| (stamp.time, stamp.commit));
        let commit = earliest.map_or_else(|| "COMMIT".to_owned(), |s| s.commit.short());
        writeln!(
            text,
            "To take it out of an earlier commit, mark that commit with `edit` where git lists them, \
             and when git stops there, {edit}, {again}:\n"
        )
        .ok();
        writeln!(
            text,
            "    git rebase -i --rebase-merges '{commit}^'\n    git add -- {file}\n    \
             git commit --amend --no-edit\n    git rebase --continue\n"
        )
        .ok();
        text.push_str(
            "If the file is right by now, the commits can also become one, without it:\n\n",
        );
        writeln!(
            text,
            "    git reset --soft '{commit}^'\n    git commit\n\n(If git knows no '{commit}^', it is the first \
             commit: use `git rebase -i --root`.)\n"
        )
        .ok();
        if brought.len() > 1 {
            let commits: Vec<String> = brought.iter().map(|id| id[..10].to_owned()).collect();
            let listed = commits
                .iter()
                .take(SHOWN)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            writeln!(text, "The commits to mark: {listed}\n").ok();
        }
    }

    /// The branch to go to first, if this one does not hold what was found.
    fn elsewhere(&self) -> Option<String> {
        let head = self.report.target.head_ref.as_ref()?;
        let mut refs = self.report.findings.iter().flat_map(|f| &f.exposure.refs);
        if refs.clone().any(|name| name == head || name == "HEAD") {
            return None;
        }
        let branch = refs.find_map(|name| name.strip_prefix("refs/heads/"))?;
        let shown = self.text(branch.as_bytes());
        Some(if shown == branch {
            quote(branch)
        } else {
            "BRANCH".to_owned()
        })
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

    /// The one path of all findings, as a shell takes it; PATH if there are several, or its name
    /// cannot be shown as it is.
    fn one_path<'f>(&self, findings: impl Iterator<Item = &'f Finding>) -> String {
        let occurrences = findings.flat_map(|finding| &finding.occurrences);
        let paths: BTreeSet<&[u8]> = occurrences.filter_map(|o| o.path.as_deref()).collect();
        let path = match paths.first() {
            Some(path) if paths.len() == 1 => *path,
            _ => return "FILE".to_owned(),
        };
        let shown = std::str::from_utf8(path).ok().filter(|text| {
            let is_plain = |c: char| !c.is_control() && !is_deceptive(c) && c != '\\';
            text.chars().all(is_plain) && self.redactor.redact(path) == path
        });
        shown.map_or_else(|| "FILE".to_owned(), quote)
    }
}

/// A word that a shell takes as it is.
fn quote(word: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "._-/+@=:,".contains(c);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
