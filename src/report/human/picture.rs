//! How far one finding has spread, in words that a tired person understands.

use std::io;

use super::finding::headline;
use super::spread::{Spread, spread};
use super::wording::{bounded, carriers, plural, words};
use super::{Page, SHOWN, Tone};
use crate::model::{Exposure, Finding, Scope, Traced};

/// Kinds of refs, by the beginning of their names, as people call them.
const KINDS: [(&str, &str); 9] = [
    ("refs/heads/", "branches"),
    ("refs/tags/", "tags"),
    ("refs/remotes/", "remote-tracking refs"),
    ("refs/pull/", "pull requests"),
    ("refs/merge-requests/", "merge requests"),
    ("refs/pull-requests/", "pull requests of the host"),
    ("refs/notes/", "notes"),
    ("refs/stash", "the stash"),
    ("refs/", "other refs"),
];

impl Page<'_> {
    /// One finding.
    pub(super) fn picture(&mut self, number: usize, finding: &Finding) -> io::Result<()> {
        let title = format!("[{number}] {}", headline(finding));
        let title = self.paint(Tone::Strong, &title);
        writeln!(self.out, "{title}")?;
        let exposure = &finding.exposure;
        if exposure.traced == Traced::No {
            let why = match self.report.target.scope() {
                Scope::Worktree => "not looked at: only files on disk were read",
                Scope::Range => "not looked at: only a range was read",
                Scope::All | Scope::Refs => "not looked at: the sweep ended before",
            };
            self.fact_in_words("spread", why)?;
            return writeln!(self.out);
        }
        let spread = spread(finding, self.report);
        self.chain(exposure, spread)?;
        if let Some(stamp) = &exposure.introduced {
            let pieces = self.stamp(stamp);
            self.fact("came in with", &pieces)?;
        }
        if let Some(stamp) = &exposure.removed {
            let mut pieces = self.stamp(stamp);
            if let Some(branch) = &self.report.target.head_ref {
                pieces.push(format!("on {}", self.text(branch.as_bytes())));
            }
            self.fact("went out with", &pieces)?;
        }
        self.stands(exposure)?;
        self.by_kind(exposure)?;
        self.pushed(exposure, spread)?;
        self.held(exposure)?;
        let unknown = "forks, mirrors, other clones, caches of the host, CI logs, backups";
        self.fact_in_words("cannot be known", unknown)?;
        writeln!(self.out)
    }

    /// `key → 12 commits by 2 authors → 3 refs → origin → whoever can read it`
    fn chain(&mut self, exposure: &Exposure, spread: Spread) -> io::Result<()> {
        let mut links = vec!["the key".to_owned()];
        links.push(carriers(exposure.commit_count, exposure.author_count));
        links.push(plural(exposure.ref_count, "ref"));
        let remotes = exposure.pushed_to.iter().map(|r| self.text(r.as_bytes()));
        let remotes: Vec<String> = remotes.collect();
        match spread {
            Spread::Pushed | Spread::OncePushed if remotes.is_empty() => {
                links.push("whoever can read the remote".to_owned());
            }
            Spread::Pushed | Spread::OncePushed => {
                links.extend([remotes.join(", "), "whoever can read it".to_owned()]);
            }
            Spread::Here => links.push("whoever can read this repository".to_owned()),
            Spread::LocalOnly | Spread::Unreachable => {
                links.push("nobody else, as far as can be seen".to_owned());
            }
            Spread::Unknown | Spread::WorkTree => links.push("perhaps others".to_owned()),
        }
        let mut pieces = Vec::new();
        for (at, link) in links.into_iter().enumerate() {
            if at > 0 {
                pieces.push("->".to_owned());
            }
            pieces.extend(words(&link));
        }
        self.fact("spread", &pieces)
    }

    /// Where it stands now.
    fn stands(&mut self, exposure: &Exposure) -> io::Result<()> {
        let at_head = match (exposure.traced, exposure.at_head) {
            (Traced::Yes, true) => "in the files of HEAD",
            (Traced::Yes, false) => "not in the files of HEAD",
            (Traced::No | Traced::WithoutHead, _) => "nobody looked at HEAD",
        };
        self.fact_in_words("stands now", at_head)?;
        match &exposure.at_tips {
            None => self.fact_in_words("at the tip of", "too many branches to look at"),
            Some(names) if names.is_empty() => self.fact_in_words("at the tip of", "no branch"),
            Some(names) => {
                let names: Vec<String> = names.iter().map(|n| self.text(n.as_bytes())).collect();
                let pieces = bounded(&names, self.bound(2 * SHOWN), names.len() as u64);
                self.fact("at the tip of", &pieces)
            }
        }
    }

    /// Refs that reach it, by kind.
    fn by_kind(&mut self, exposure: &Exposure) -> io::Result<()> {
        let listed = exposure.refs.len() as u64;
        for (number, (prefix, kind)) in KINDS.into_iter().enumerate() {
            let earlier = |name: &str| KINDS[..number].iter().any(|(p, _)| name.starts_with(p));
            let own = exposure.refs.iter().filter(|name| name.starts_with(prefix));
            let own = own.filter(|name| !earlier(name));
            let names: Vec<String> = own.map(|name| self.text(name.as_bytes())).collect();
            if !names.is_empty() {
                let pieces = bounded(&names, self.bound(2 * SHOWN), names.len() as u64);
                self.fact(kind, &pieces)?;
            }
        }
        if exposure.ref_count > listed {
            let more = plural(exposure.ref_count - listed, "ref");
            self.fact_in_words("and", &format!("{more} more that are not listed"))?;
        }
        Ok(())
    }
}
