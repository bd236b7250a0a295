//! What somebody decided to live with: baselines, allow-lists and comments beside a finding.
//!
//! Nothing is read here. Whoever calls says which bytes count, and where they come from: the
//! command line, the user's own files, or the trusted side of a change. What a change brings along
//! must never silence its own findings.
//!
//! An entry names a credential by its fingerprint, which has no commit, path or line in it: it holds
//! after a rebase, a squash or a move, and it does not hold for the pair if only the ID was
//! accepted. What AWS says is active is shown all the same; `grading` sees to that.

pub mod import;
mod inline;
mod list;
mod text;

use std::collections::BTreeSet;

pub use inline::{TAGS, tag_in};
pub use list::{AllowList, Entry, EntryText, Expiry, ListError, Source, SourceKind, read_toml};
pub use text::write_baseline;

use crate::model::{
    Acceptance, Credential, Fingerprint, Note, Report, Suppressed, SuppressionReason,
};

/// What may be suppressed in a sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowances {
    /// Baselines and allow-lists; the first that has an entry which still counts decides.
    pub lists: Vec<AllowList>,
    /// Today, `2026-11-27`, to tell which entries still count. Empty: all entries with a last day
    /// are over, since nobody knows better.
    pub today: String,
    /// Comments beside a finding count.
    pub inline: bool,
}

impl Allowances {
    /// True if nothing can be suppressed.
    pub fn is_empty(&self) -> bool {
        self.lists.iter().all(AllowList::is_empty) && !self.inline
    }

    /// What the lists say of a credential. An entry that is over counts only if no other does.
    pub fn listed(&self, print: &Fingerprint) -> Option<Acceptance> {
        let mut lapsed = None;
        for list in &self.lists {
            let Some(entry) = list.entry(print) else {
                continue;
            };
            let acceptance = Acceptance {
                reason: list.source.kind.reason(),
                why: entry.reason.clone(),
                owner: Some(entry.owner.clone()),
                expires: entry.expires.day().map(str::to_owned),
                source: list.source.name.clone(),
                has_lapsed: entry.expires.is_over(&self.today),
            };
            if !acceptance.has_lapsed {
                return Some(acceptance);
            }
            lapsed = lapsed.or(Some(acceptance));
        }
        lapsed
    }

    /// Marks what the lists accept. `print` names a credential.
    pub fn mark(&self, credentials: &mut [Credential], print: impl Fn(&Credential) -> Fingerprint) {
        if self.lists.iter().all(AllowList::is_empty) {
            return;
        }
        for credential in credentials {
            // Placeholders are suppressed by what they are; no list is needed for them.
            if credential.placeholder.is_none() {
                credential.accepted = self.listed(&print(credential));
            }
        }
    }

    /// What to say of the entries themselves once everything was swept: which are over, and, if
    /// `is_whole`, which fit nothing any more.
    pub fn notes(&self, report: &Report, is_whole: bool) -> Vec<Note> {
        let seen = prints(report);
        let mut notes = Vec::new();
        for list in &self.lists {
            let source = &list.source.name;
            for (print, entry) in list.entries() {
                let owner = &entry.owner;
                if entry.expires.is_over(&self.today) {
                    let day = entry.expires.day().unwrap_or_default();
                    let detail = format!("{source}: {print} of {owner} ended on {day}");
                    notes.push(Note {
                        kind: "baseline-expired",
                        detail,
                    });
                } else if is_whole && !seen.contains(print) {
                    let detail = format!("{source}: {print} of {owner} fits nothing any more");
                    notes.push(Note {
                        kind: "baseline-unused",
                        detail,
                    });
                }
            }
        }
        notes
    }
}

/// The credentials that a report knows of, shown or not.
pub fn prints(report: &Report) -> BTreeSet<&Fingerprint> {
    let hidden = report.suppressed.iter().map(|s: &Suppressed| &s.finding);
    let all = report.findings.iter().chain(hidden);
    all.map(|finding| &finding.fingerprint).collect()
}

/// An acceptance by a comment.
pub fn inline_acceptance(tag: &'static str, place: String) -> Acceptance {
    Acceptance {
        reason: SuppressionReason::Inline,
        why: tag.to_owned(),
        owner: None,
        expires: None,
        source: place,
        has_lapsed: false,
    }
}

#[cfg(test)]
mod tests;
