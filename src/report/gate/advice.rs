//! The commands that take a finding out again, as exactly as they can be told.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Gate, Message, SHOWN};
use crate::model::{Field, Finding, ObjectKind};
use crate::report::is_deceptive;

impl Message<'_> {
    pub(super) fn commands(&self, text: &mut String) {
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
        self.remake(text);
        if brought.is_empty() {
            return;
        }
        let file = self.one_path(findings.iter());
        let mut fields = findings.iter().flat_map(|f| &f.occurrences);
        let in_message = fields.clone().any(|o| {
            o.object_kind == Some(ObjectKind::Commit) && matches!(o.field, Field::Message)
        });
        if fields.all(|o| matches!(o.field, Field::Message)) {
            return self.reword(text, &brought, again);
        }
        let edit = if in_message {
            "edit the file, and the message"
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

    /// What is in a tag, in the name of a ref, or in what a ref names by itself.
    fn remake(&self, text: &mut String) {
        let findings = &self.report.findings;
        let places = || findings.iter().flat_map(|finding| &finding.occurrences);
        let in_tag = places().any(|o| o.object_kind == Some(ObjectKind::Tag));
        let in_name = places().any(|o| matches!(o.field, Field::RefName));
        if in_tag {
            let names = findings.iter().flat_map(|finding| &finding.exposure.refs);
            let tags: BTreeSet<&str> = names.filter_map(|n| n.strip_prefix("refs/tags/")).collect();
            let name = match tags.first() {
                Some(name) if tags.len() == 1 => self.word(name, "NAME"),
                _ => "NAME".to_owned(),
            };
            text.push_str("To take it out of the tag, delete that, and make it anew:\n\n");
            writeln!(
                text,
                "    git tag -d {name}\n    git tag -a {name} COMMIT\n"
            )
            .ok();
        }
        if in_name {
            text.push_str(
                "It is in the name of a branch or a tag: give it another one:\n\n    \
                 git branch -m OLD-NAME NEW-NAME\n\n",
            );
        }
        let is_alone = |finding: &Finding| finding.exposure.introduced.is_none();
        if !in_tag && !in_name && findings.iter().any(is_alone) {
            text.push_str(
                "No commit brings it: it is in an object that a ref names by itself, or that was sent \
                 besides. Leave that ref out.\n\n",
            );
        }
    }

    /// Only messages hold it.
    fn reword(&self, text: &mut String, brought: &BTreeSet<String>, again: &str) {
        let head = self.report.target.head.as_deref();
        let is_last = brought.len() == 1 && brought.iter().next().map(String::as_str) == head;
        if is_last {
            writeln!(
                text,
                "To take it out, write the last commit's message anew, {again}:\n"
            )
            .ok();
            text.push_str("    git commit --amend\n\n");
            return;
        }
        if let Some(branch) = self.elsewhere() {
            writeln!(
                text,
                "On the branch that holds it:\n\n    git switch {branch}\n"
            )
            .ok();
        }
        let commit = self.earliest();
        writeln!(
            text,
            "To take it out of a message, mark its commit with `reword` where git lists them, {again}:\n\n    \
             git rebase -i --rebase-merges '{commit}^'\n\n(If git knows no '{commit}^', it is the first commit: \
             use `git rebase -i --root`.)\n"
        )
        .ok();
        commits_to_mark(text, brought);
    }

    /// The earliest commit that brings something: those behind it come along.
    fn earliest(&self) -> String {
        let stamps = self.report.findings.iter();
        let stamps = stamps.filter_map(|f| f.exposure.introduced.as_ref());
        let earliest = stamps.min_by_key(|stamp| (stamp.time, stamp.commit));
        earliest.map_or_else(|| "COMMIT".to_owned(), |stamp| stamp.commit.short())
    }

    /// The same where what was found lies further back.
    fn rewrite_earlier(
        &self,
        text: &mut String,
        brought: &BTreeSet<String>,
        (file, edit, again): (&str, &str, &str),
    ) {
        let commit = self.earliest();
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
        commits_to_mark(text, brought);
    }

    /// The branch to go to first, if this one does not hold what was found.
    fn elsewhere(&self) -> Option<String> {
        let head = self.report.target.head_ref.as_ref()?;
        let mut refs = self.report.findings.iter().flat_map(|f| &f.exposure.refs);
        if refs.clone().any(|name| name == head || name == "HEAD") {
            return None;
        }
        let branch = refs.find_map(|name| name.strip_prefix("refs/heads/"))?;
        Some(self.word(branch, "BRANCH"))
    }

    /// A name as a shell takes it; what stands for it, if it cannot be shown as it is.
    fn word(&self, name: &str, else_shown: &str) -> String {
        if self.text(name.as_bytes()) == name {
            quote(name)
        } else {
            else_shown.to_owned()
        }
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

/// The commits that git's list must be marked at, if there are several.
fn commits_to_mark(text: &mut String, brought: &BTreeSet<String>) {
    if brought.len() > 1 {
        let commits: Vec<&str> = brought.iter().take(SHOWN).map(|id| &id[..10]).collect();
        writeln!(text, "The commits to mark: {}\n", commits.join(", ")).ok();
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
