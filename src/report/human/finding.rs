//! One finding, as a compiler would report it.

use std::io;

use super::advice::{Spread, advice, spread};
use super::wording::{age, bounded, count, plural, wrap};
use super::{Page, Tone, Verbosity};
use crate::model::{
    CommitStamp, CredentialKind, Exposure, Field, Finding, Held, Occurrence, Part, Pushed, Secret,
    Severity, ValidityState,
};
use crate::report::shape::has_lines;

/// Stands for a secret, whatever its length and content.
const MASK: &str = "****************";
/// Refs and further places shown, unless `-v` asks for all.
const SHOWN: usize = 5;

impl Page<'_> {
    pub(super) fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let (tone, level) = match finding.severity {
            Severity::Critical | Severity::High => (Tone::Error, "error"),
            Severity::Medium | Severity::Low => (Tone::Warning, "warning"),
        };
        let label = self.paint(tone, &format!("{level}[{}]:", finding.credential.rule));
        let headline = self.paint(Tone::Strong, &headline(finding));
        let arrow = self.paint(Tone::Frame, "-->");
        let place = self.main_place(finding);
        writeln!(self.out, "{label} {headline}\n  {arrow} {place}")?;

        self.secrets(finding)?;
        let grade = format!(
            "{}, confidence {}",
            finding.severity.name(),
            finding.confidence().name()
        );
        self.fact("severity", &grade)?;
        self.validity(finding)?;
        self.exposure(finding)?;
        self.other_places(finding)?;
        for note in &finding.notes {
            let note = self.text(note.as_bytes());
            self.fact("note", &note)?;
        }
        self.fact("fingerprint", &finding.fingerprint.to_string())?;
        self.advice(finding)?;
        writeln!(self.out)
    }

    fn advice(&mut self, finding: &Finding) -> io::Result<()> {
        let advice = advice(finding, spread(finding, self.report));
        self.prose(Tone::Help, "   ", "help", &advice.before)?;
        if let Some(command) = &advice.command {
            let command = super::escape(command.as_bytes());
            writeln!(self.out, "           {command}")?;
        }
        if !advice.after.is_empty() {
            for line in wrap(advice.after, self.options.width.saturating_sub(9)) {
                writeln!(self.out, "         {line}")?;
            }
        }
        Ok(())
    }

    /// The place that leads the finding: where its introducing commit holds its leading part.
    pub(super) fn main_place(&self, finding: &Finding) -> String {
        main_occurrence(finding).map_or_else(
            || "no place recorded".to_owned(),
            |occurrence| self.place(occurrence),
        )
    }

    fn secrets(&mut self, finding: &Finding) -> io::Result<()> {
        let credential = &finding.credential;
        let parts = [
            ("secret", &credential.secret),
            ("session token", &credential.token),
        ];
        for (name, secret) in parts {
            if let Some(secret) = secret {
                let shown = self.masked(secret);
                self.fact(name, &shown)?;
            }
        }
        if !credential.candidates.is_empty() {
            let n = plural(credential.candidates.len() as u64, "other secret");
            let text = format!("{n} could be this ID's too; JSON lists their hashes");
            self.fact("candidates", &text)?;
        }
        Ok(())
    }

    fn masked(&self, secret: &Secret) -> String {
        if self.options.reveal {
            // Tokens are longer than any name: no cut.
            let pieces = secret.expose().chunks(256).map(super::escape);
            pieces.collect()
        } else {
            MASK.to_owned()
        }
    }

    fn validity(&mut self, finding: &Finding) -> io::Result<()> {
        let validity = &finding.validity;
        if validity.state == ValidityState::NotChecked {
            return Ok(());
        }
        let mut text = validity.state.name().to_owned();
        let details = [
            (", ", &validity.arn),
            (": ", &validity.reason),
            (", checked ", &validity.checked_at),
        ];
        for (joint, detail) in details {
            if let Some(detail) = detail {
                text += joint;
                text += &self.text(detail.as_bytes());
            }
        }
        self.fact("validity", &text)
    }

    fn exposure(&mut self, finding: &Finding) -> io::Result<()> {
        let exposure = &finding.exposure;
        let spread = spread(finding, self.report);
        if let Some(stamp) = &exposure.introduced {
            let text = self.stamp(stamp);
            self.fact("introduced", &text)?;
        }
        if let Some(stamp) = &exposure.removed {
            let text = self.stamp(stamp);
            self.fact("removed", &text)?;
        }
        if spread == Spread::WorkTree {
            return self.fact("history", "not looked at (--worktree)");
        }
        self.fact("at HEAD", if exposure.at_head { "yes" } else { "no" })?;
        let text = self.reachable_from(exposure);
        self.fact("reachable from", &text)?;
        self.pushed(exposure, spread)?;
        if !exposure.held_by.is_empty() {
            let held: Vec<String> = exposure.held_by.iter().map(Held::describe).collect();
            let held: Vec<String> = held.iter().map(|h| self.text(h.as_bytes())).collect();
            let text = bounded(&held, self.bound(SHOWN), held.len() as u64);
            self.fact("held by", &text)?;
        }
        Ok(())
    }

    fn pushed(&mut self, exposure: &Exposure, spread: Spread) -> io::Result<()> {
        let text = match spread {
            Spread::Pushed => {
                let remotes = self.remotes(exposure);
                return self.fact("pushed to", &remotes);
            }
            Spread::OncePushed if exposure.pushed_to.is_empty() => {
                "yes, once: FETCH_HEAD has it".to_owned()
            }
            Spread::OncePushed => format!(
                "yes, once, to {}: the log of a remote-tracking ref has it",
                self.remotes(exposure)
            ),
            Spread::Here => {
                "yes: a bare repository holds what was pushed to it or fetched".to_owned()
            }
            Spread::Unknown | Spread::WorkTree => match exposure.pushed {
                Pushed::Unknown(blind) => format!("unknown: {}", blind.describe()),
                _ => "unknown".to_owned(),
            },
            Spread::LocalOnly | Spread::Unreachable => {
                "not seen at a remote: no remote-tracking ref has it, nor the log of one".to_owned()
            }
        };
        self.fact("pushed", &text)
    }

    fn remotes(&self, exposure: &Exposure) -> String {
        let remotes = exposure.pushed_to.iter().map(|r| self.text(r.as_bytes()));
        let remotes: Vec<String> = remotes.collect();
        bounded(&remotes, self.bound(SHOWN), remotes.len() as u64)
    }

    fn reachable_from(&self, exposure: &Exposure) -> String {
        let refs = exposure.refs.iter().map(|r| self.text(r.as_bytes()));
        let refs: Vec<String> = refs.collect();
        let total = exposure.ref_count.max(refs.len() as u64);
        match (total, exposure.reachable) {
            (0, false) => "no ref".to_owned(),
            (0, true) => "HEAD, a reflog, a stash or an index".to_owned(),
            (total, _) => bounded(&refs, self.bound(SHOWN), total),
        }
    }

    /// `1a2b3c4d5e 2024-03-01 (2 years ago) by Name <mail>`
    fn stamp(&self, stamp: &CommitStamp) -> String {
        let mut text = stamp.commit.short();
        if let Some(date) = &stamp.date {
            let day = date.split('T').next().unwrap_or(date);
            text = format!("{text} {}", self.text(day.as_bytes()));
        }
        let written = stamp
            .date
            .as_deref()
            .and_then(seconds)
            .unwrap_or(stamp.time);
        let ago = self.options.now.and_then(|now| age(written, now));
        if let Some(ago) = ago {
            text = format!("{text} ({ago})");
        }
        format!("{text} by {}", self.text(&stamp.author))
    }

    fn other_places(&mut self, finding: &Finding) -> io::Result<()> {
        let main = main_occurrence(finding);
        let bound = self.bound(SHOWN);
        let others = finding
            .occurrences
            .iter()
            .filter(|o| main.is_none_or(|main| !std::ptr::eq(main, *o)));
        let mut left_out = 0;
        for (i, occurrence) in others.enumerate() {
            if i < bound {
                let place = self.place(occurrence);
                let part = occurrence.part.name();
                self.fact("also", &format!("{part} in {place}"))?;
            } else {
                left_out += 1;
            }
        }
        if left_out > 0 {
            let text = format!("and {} more places; see JSON", count(left_out));
            self.fact("also", &text)?;
        }
        Ok(())
    }

    /// `path:line:column at commit`, or what stands for it where there is no path.
    fn place(&self, occurrence: &Occurrence) -> String {
        let mut text = self.place_name(occurrence);
        if has_lines(occurrence.field) {
            let position = occurrence.position;
            text = format!("{text}:{}:{}", position.line, position.column);
        }
        match (occurrence.commit, occurrence.object) {
            (Some(commit), object) if Some(commit) != object => {
                text = format!("{text} at {}", commit.short());
            }
            _ => {}
        }
        if occurrence.object.is_none() && occurrence.field == Field::Content {
            text += " in the work tree";
        }
        if occurrence.path_count > 1 {
            let more = plural(occurrence.path_count - 1, "other path");
            text = format!("{text} (and {more})");
        }
        if !occurrence.encodings.is_empty() {
            let names: Vec<&str> = occurrence.encodings.iter().map(|e| e.name()).collect();
            text = format!("{text} ({})", names.join(" in "));
        }
        if self.options.verbosity == Verbosity::Verbose
            && let Some(object) = occurrence.object
        {
            let span = occurrence.span;
            text = format!(
                "{text} [object {object}, bytes {}..{}]",
                span.start, span.end
            );
        }
        text
    }

    fn place_name(&self, occurrence: &Occurrence) -> String {
        let path = occurrence.path.as_deref().map(|p| self.text(p));
        let object = occurrence.object.map_or("?".to_owned(), |id| id.short());
        let kind = occurrence.object_kind.map_or("object", |k| k.name());
        match (occurrence.field, path) {
            (Field::Content, Some(path)) => path,
            (Field::Content, None) => format!("{kind} {object} (no path known)"),
            (Field::EntryName, Some(path)) => format!("the file name {path}"),
            (Field::EntryName, None) => format!("a file name in {kind} {object}"),
            (Field::RefName, path) => format!("the ref name {}", path.unwrap_or_default()),
            (Field::IndexPath, path) => {
                format!("the index's path {}", path.unwrap_or_default())
            }
            (Field::Message, Some(path)) if occurrence.object.is_none() => {
                format!("git's file {path}")
            }
            (field, _) => format!("the {} of {kind} {object}", field.name()),
        }
    }
}

/// What was found, in a line: key IDs whole, secrets never.
pub(super) fn headline(finding: &Finding) -> String {
    let credential = &finding.credential;
    // An ID is letters and digits; escaping costs nothing and asks for no trust.
    let id = credential.access_key_id.as_deref().unwrap_or("");
    let id = super::escape(id.as_bytes());
    let what = match credential.kind {
        CredentialKind::AccessKeyId => {
            format!("AWS access key ID {id}, without its secret")
        }
        CredentialKind::AccessKey => format!("AWS access key {id} with its secret"),
        CredentialKind::TemporaryKeyId => {
            format!("temporary AWS access key ID {id}, without its secret")
        }
        CredentialKind::TemporaryKey if credential.token.is_some() => {
            format!("temporary AWS access key {id} with its secret and session token")
        }
        CredentialKind::TemporaryKey => {
            format!("temporary AWS access key {id} with its secret")
        }
        CredentialKind::SecretAccessKey => {
            "AWS secret access key, without its access key ID".to_owned()
        }
    };
    let active = match finding.validity.state {
        ValidityState::Active => "ACTIVE: ",
        _ => "",
    };
    let account = finding
        .account_id
        .as_ref()
        .map_or(String::new(), |a| format!(" (account {a})"));
    format!("{active}{what}{account}")
}

/// The occurrence that leads: the leading part, in the introducing commit where possible.
fn main_occurrence(finding: &Finding) -> Option<&Occurrence> {
    let leading = if finding.credential.access_key_id.is_some() {
        Part::Id
    } else {
        Part::Secret
    };
    let first = finding.exposure.introduced.as_ref().map(|s| s.commit);
    let rank = |o: &Occurrence| (o.part != leading, first.is_none() || o.commit != first);
    // The first of equals: occurrences are sorted.
    finding.occurrences.iter().min_by_key(|o| rank(o))
}

/// Seconds since 1970 of an RFC 3339 date.
fn seconds(date: &str) -> Option<i64> {
    let timestamp: jiff::Timestamp = date.parse().ok()?;
    Some(timestamp.as_second())
}
