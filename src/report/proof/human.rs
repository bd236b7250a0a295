//! A proof for people.

use std::io::{self, Write};

use super::super::escape::{escape, escape_text};
use super::super::redact::Redactor;
use super::{clean, keys, place, redactors};
use crate::model::{
    Actor, Finding, HeldPlace, Mark, Occurrence, Proof, ProvedValue, Searched, Verdict, rfc3339,
};

/// Places and refs that are listed of each value, unless all are asked for.
const LISTED: usize = 8;

/// What a proof is written with.
pub(super) struct Page<'p> {
    pub(super) proof: &'p Proof,
    redactors: Vec<Redactor<'p>>,
    listed: usize,
    pub(super) out: &'p mut dyn Write,
}

pub(super) fn write(proof: &Proof, verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page {
        proof,
        redactors: redactors(proof),
        listed: if verbose { usize::MAX } else { LISTED },
        out,
    };
    page.head()?;
    for value in &proof.values {
        page.value(value)?;
    }
    page.keys()?;
    page.unread()?;
    page.verdict()
}

impl Page<'_> {
    pub(super) fn text(&self, text: &str) -> String {
        escape_text(&clean(&self.redactors, text))
    }

    fn name(&self, bytes: &[u8]) -> String {
        let mut bytes = bytes.to_vec();
        for redactor in &self.redactors {
            bytes = redactor.redact(&bytes).into_owned();
        }
        escape(&bytes)
    }

    fn head(&mut self) -> io::Result<()> {
        let proof = self.proof;
        let version = proof.tool.version;
        let when = proof.made_at.and_then(rfc3339);
        let when = when.map_or(String::new(), |when| format!(", made {when}"));
        writeln!(self.out, "Proof of removal by keysweep {version}{when}")?;
        let (hash, name) = &proof.of;
        let name = self.text(name);
        let hash = match hash.as_str() {
            "" => String::new(),
            hash => format!(" (SHA-256 {hash})"),
        };
        writeln!(self.out, "of:       {name}{hash}")?;
        let sought = proof.values.iter().filter(|v| v.value.is_some()).count();
        writeln!(
            self.out,
            "searched: every object, name and message, in every encoding that is known, for {sought} \
             value{}: IDs as they are, the rest by length and SHA-256",
            if sought == 1 { "" } else { "s" }
        )?;
        for one in &proof.searched {
            let line = self.searched(one);
            writeln!(self.out, "  {line}")?;
        }
        writeln!(self.out)
    }

    fn searched(&self, one: &Searched) -> String {
        let coverage = &one.report.coverage;
        let refs = &coverage.refs;
        let named = refs.heads + refs.tags + refs.remotes + refs.notes + refs.other;
        let kind = if one.is_remote {
            "a fresh mirror of the remote"
        } else {
            "this repository"
        };
        let complete = match (one.report.complete(), one.report.complete_enough()) {
            (true, _) => "complete",
            (_, true) => "complete but for what --allow-incomplete accepts",
            _ => "INCOMPLETE",
        };
        format!(
            "{} ({kind}): {} objects, {} bytes; {named} refs, {} stash entries, {} reflog entries, {} \
             index entries, {} worktrees; {complete}",
            self.text(&one.name),
            coverage.read(),
            coverage.bytes,
            refs.stashes,
            refs.reflog_entries,
            refs.index_entries,
            refs.worktrees,
        )
    }

    fn value(&mut self, value: &ProvedValue) -> io::Result<()> {
        let what = match (&value.value, &value.sha256) {
            (Some(known), _) => match &known.mark {
                Mark::Literal(id) => format!("id {id}"),
                Mark::Hash { len, .. } => format!(
                    "{} of {len} bytes, SHA-256 {}",
                    value.part.name(),
                    value.sha256.as_deref().unwrap_or_default()
                ),
            },
            (None, Some(hash)) => format!("{}, SHA-256 {hash}", value.part.name()),
            (None, None) => value.part.name().to_owned(),
        };
        let verdict = match value.verdict {
            Verdict::Gone => "gone".to_owned(),
            Verdict::NotFound => "not found, but not everything was read".to_owned(),
            Verdict::NotSought => "NOT SOUGHT: the report does not tell its length; sweep the old \
                                   place again with this version, or name it with --known"
                .to_owned(),
            Verdict::Held => match value.held.len() {
                1 => "STILL THERE, in 1 place".to_owned(),
                n => format!("STILL THERE, in {n} places"),
            },
        };
        let label = self.text(&value.label);
        writeln!(self.out, "{label} {what}\n  {verdict}")?;
        for held in value.held.iter().take(self.listed) {
            self.held(held)?;
        }
        if value.held.len() > self.listed {
            let more = value.held.len() - self.listed;
            writeln!(self.out, "  and {more} more places (-v lists them all)")?;
        }
        Ok(())
    }

    fn held(&mut self, held: &HeldPlace) -> io::Result<()> {
        let Some((searched, finding)) = place(self.proof, held) else {
            return Ok(());
        };
        let name = self.text(&searched.name);
        writeln!(self.out, "  - in {name}")?;
        for occurrence in finding.occurrences.iter().take(self.listed) {
            let line = self.occurrence(occurrence);
            writeln!(self.out, "    {line}")?;
        }
        for line in self.holders(finding) {
            writeln!(self.out, "    {line}")?;
        }
        if let Some(stored) = &held.stored {
            writeln!(self.out, "    stored: {}", self.text(stored))?;
        }
        for step in &held.steps {
            let who = match step.actor {
                Actor::You => "do",
                Actor::Host => "host",
            };
            let what = self.text(&step.what);
            writeln!(self.out, "    {who}: {what}")?;
            if let Some(command) = &step.command {
                let command = self.text(command);
                writeln!(self.out, "        {command}")?;
            }
        }
        Ok(())
    }

    fn occurrence(&self, occurrence: &Occurrence) -> String {
        let mut line = match (&occurrence.object, occurrence.object_kind) {
            (Some(id), Some(kind)) => format!("{} {id}, {}", kind.name(), occurrence.field.name()),
            _ => occurrence.field.name().to_owned(),
        };
        if let Some(path) = &occurrence.path {
            line.push_str(&format!(" {}", self.name(path)));
        }
        line.push_str(&format!(
            ", bytes {} to {}",
            occurrence.span.start, occurrence.span.end
        ));
        if !occurrence.encodings.is_empty() {
            let names = occurrence.encodings.iter().map(|e| e.name());
            line.push_str(&format!(" as {}", names.collect::<Vec<_>>().join(" in ")));
        }
        if let Some(commit) = &occurrence.commit {
            line.push_str(&format!(", since commit {commit}"));
        }
        line
    }

    /// The refs that reach it, and what else holds it.
    fn holders(&self, finding: &Finding) -> Vec<String> {
        let exposure = &finding.exposure;
        let mut lines = Vec::new();
        if !exposure.refs.is_empty() {
            let names = exposure.refs.iter().take(self.listed);
            let names: Vec<String> = names.map(|name| self.text(name)).collect();
            let more = exposure.ref_count.saturating_sub(names.len() as u64);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            lines.push(format!("reached by {}{more}", names.join(", ")));
        }
        if !exposure.held_by.is_empty() {
            let names = exposure.held_by.iter().take(self.listed);
            let names: Vec<String> = names.map(|held| self.text(&held.describe())).collect();
            lines.push(format!("held by {}", names.join(", ")));
        }
        lines
    }

    /// What was not read, and what was not looked into.
    fn unread(&mut self) -> io::Result<()> {
        for one in &self.proof.searched {
            let name = self.text(&one.name);
            for gap in one.report.gaps.iter().take(self.listed) {
                let kind = gap.kind.name();
                let object = gap.object.map_or(String::new(), |id| format!("{id}: "));
                let path = gap.path.as_deref().map(|p| format!("{}: ", self.name(p)));
                let path = path.unwrap_or_default();
                let detail = self.text(&gap.detail);
                writeln!(
                    self.out,
                    "not read in {name}: {kind}: {object}{path}{detail}"
                )?;
                writeln!(self.out, "  {}", gap.kind.next_step())?;
            }
            for limit in one.report.limits.iter().take(self.listed) {
                let object = limit.object.map_or(String::new(), |id| format!("{id}: "));
                let detail = self.text(&limit.detail);
                writeln!(self.out, "not looked into in {name}: {object}{detail}")?;
            }
            for (what, len) in [
                ("gaps", one.report.gaps.len()),
                ("bounds", one.report.limits.len()),
            ] {
                if len > self.listed {
                    let more = len - self.listed;
                    writeln!(self.out, "and {more} more {what} (-v lists them all)")?;
                }
            }
        }
        Ok(())
    }

    fn verdict(&mut self) -> io::Result<()> {
        let proof = self.proof;
        let total = proof.values.len();
        let left = proof.count(Verdict::Held);
        let open = proof.count(Verdict::NotFound) + proof.count(Verdict::NotSought);
        let line = if proof.holds() {
            let dead = keys::dead(proof);
            format!("PROVED: all of {total} are gone from all that was searched{dead}")
        } else if left > 0 {
            format!("NOT PROVED: {left} of {total} are still there")
        } else if proof.complete_enough() && open == 0 {
            format!(
                "NOT PROVED: all of {total} are gone, but {}",
                keys::open(proof)
            )
        } else if proof.complete_enough() {
            format!("NOT PROVED: {open} of {total} could not be looked for")
        } else {
            format!("NOT PROVED: {open} of {total} were not found, but not everything was read")
        };
        writeln!(self.out, "\n{line}")?;
        let remote = proof.searched.iter().any(|one| one.is_remote);
        if remote {
            writeln!(
                self.out,
                "A copy of a remote holds what its refs reach. What a host keeps without a ref, and \
                 forks and clones of others, nobody outside can read."
            )
        } else {
            writeln!(
                self.out,
                "Remotes were not searched: --remote NAME or URL does. Forks and clones of others \
                 nobody here can read."
            )
        }
    }
}
