//! Where a finding came from, who can have it, and what still holds it.

use std::collections::BTreeMap;
use std::io;

use super::spread::{Spread, is_in_commits, spread};
use super::wording::{age, bounded, carriers, plural, words};
use super::{Page, SHOWN, Verbosity};
use crate::model::{CommitStamp, Exposure, Finding, Held, Pushed, Scope, Traced};

impl Page<'_> {
    pub(super) fn exposure(&mut self, finding: &Finding) -> io::Result<()> {
        let exposure = &finding.exposure;
        if exposure.traced == Traced::No {
            let why = match self.report.target.scope() {
                Scope::Worktree => "not looked at (--worktree)",
                Scope::All | Scope::Refs | Scope::Range => "not looked at: the sweep ended before",
            };
            return self.fact_in_words("history", why);
        }
        if let Some(stamp) = &exposure.introduced {
            let pieces = self.stamp(stamp);
            self.fact("introduced", &pieces)?;
        }
        let head_known = exposure.traced == Traced::Yes;
        if let Some(stamp) = exposure.removed.as_ref().filter(|_| head_known) {
            let pieces = self.stamp(stamp);
            self.fact("removed", &pieces)?;
        }
        let at_head = match (exposure.at_head, head_known) {
            (true, _) => "yes",
            (false, true) => "no",
            (false, false) => "not looked at: none of the refs leads there",
        };
        self.fact_in_words("at HEAD", at_head)?;
        if exposure.commit_count > 0 {
            let held_in = carriers(exposure.commit_count, exposure.author_count);
            self.fact_in_words("held in", &held_in)?;
        }
        let pieces = self.reachable_from(exposure);
        self.fact("reachable from", &pieces)?;
        self.pushed(exposure, spread(finding, self.report))?;
        self.held(exposure)
    }

    pub(super) fn pushed(&mut self, exposure: &Exposure, spread: Spread) -> io::Result<()> {
        let remotes = self.remotes(exposure);
        let text = match spread {
            Spread::Pushed => return self.fact("pushed to", &remotes),
            Spread::OncePushed if remotes.is_empty() => "yes, once: FETCH_HEAD has it",
            Spread::OncePushed => {
                let mut pieces = words("yes, once, to");
                pieces.extend(remotes);
                pieces.extend(words("(the log of a remote-tracking ref has it)"));
                return self.fact("pushed", &pieces);
            }
            Spread::Here => "yes: a bare repository holds what was pushed to it or fetched",
            Spread::Unknown | Spread::WorkTree => match exposure.pushed {
                Pushed::Unknown(blind) => {
                    let text = format!("unknown: {}", blind.describe());
                    return self.fact_in_words("pushed", &text);
                }
                _ => "unknown",
            },
            Spread::LocalOnly | Spread::Unreachable => {
                "not seen at a remote: no remote-tracking ref has it, nor the log of one"
            }
        };
        self.fact_in_words("pushed", text)
    }

    fn remotes(&self, exposure: &Exposure) -> Vec<String> {
        let remotes = exposure.pushed_to.iter().map(|r| self.text(r.as_bytes()));
        let remotes: Vec<String> = remotes.collect();
        bounded(&remotes, self.bound(SHOWN), remotes.len() as u64)
    }

    fn reachable_from(&self, exposure: &Exposure) -> Vec<String> {
        let refs = exposure.refs.iter().map(|r| self.text(r.as_bytes()));
        let refs: Vec<String> = refs.collect();
        match exposure.ref_count.max(refs.len() as u64) {
            0 => words("no ref"),
            total => bounded(&refs, self.bound(SHOWN), total),
        }
    }

    /// Where commits hold it, what else holds it is of little weight, and only counted.
    pub(super) fn held(&mut self, exposure: &Exposure) -> io::Result<()> {
        if exposure.held_by.is_empty() {
            return Ok(());
        }
        let summed = is_in_commits(exposure) && self.options.verbosity != Verbosity::Verbose;
        if summed {
            let counts = held_by_kind(&exposure.held_by);
            let total = counts.len() as u64;
            return self.fact("also held by", &bounded(&counts, usize::MAX, total));
        }
        let held: Vec<String> = exposure.held_by.iter().map(Held::describe).collect();
        let held: Vec<String> = held.iter().map(|h| self.text(h.as_bytes())).collect();
        let pieces = bounded(&held, self.bound(SHOWN), held.len() as u64);
        self.fact("held by", &pieces)
    }

    /// `1a2b3c4d5e 2024-03-01 (2 years ago) by Name <mail>`
    pub(super) fn stamp(&self, stamp: &CommitStamp) -> Vec<String> {
        let mut pieces = vec![stamp.commit.short()];
        if let Some(date) = &stamp.date {
            let day = date.split('T').next().unwrap_or(date);
            pieces.push(self.text(day.as_bytes()));
        }
        let written = stamp
            .date
            .as_deref()
            .and_then(seconds)
            .unwrap_or(stamp.time);
        let ago = self.options.now.and_then(|now| age(written, now));
        pieces.extend(ago.map(|ago| format!("({ago})")));
        pieces.push(format!("by {}", self.text(&stamp.author)));
        pieces
    }
}

/// `5 reflogs`, `1 stash entry` and so on.
fn held_by_kind(held: &[Held]) -> Vec<String> {
    let mut counts: BTreeMap<(u8, &str), u64> = BTreeMap::new();
    for held in held {
        let kind = match held {
            Held::Reflog(_) => (0, "reflog"),
            Held::Stash(_) => (1, "stash"),
            Held::Worktree(_) => (2, "HEAD"),
            Held::PseudoRef(_) => (3, "pseudo-ref"),
            Held::Index(_) => (4, "index"),
            Held::File(_) => (5, "file of git's"),
            Held::Dangling => continue,
        };
        *counts.entry(kind).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts
        .map(|((_, noun), n)| match (noun, n) {
            ("stash", 2..) => format!("{n} stashes"),
            ("index", 2..) => format!("{n} indexes"),
            ("file of git's", 2..) => format!("{n} files of git's"),
            _ => plural(n, noun),
        })
        .collect()
}

/// Seconds since 1970 of an RFC 3339 date.
fn seconds(date: &str) -> Option<i64> {
    let timestamp: jiff::Timestamp = date.parse().ok()?;
    Some(timestamp.as_second())
}
