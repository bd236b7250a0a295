//! What a repository knows about others that have its objects: refs that follow a remote, their
//! logs, what was fetched, and whether it is itself a place that others push to.
//!
//! Git records no push as such. A push moves the ref that follows the remote's branch, if the
//! remote's `fetch` lines name one (git-push(1)); a push of a tag, to a URL, or to a remote
//! without such a line leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet};

use super::tips::{Tip, TipKind};
use crate::model::{Blind, Held, ObjectId, Pushed};

/// Where users make refs themselves: that a `fetch` line writes there as well proves nothing.
const LOCAL: [&str; 5] = [
    "refs/heads/",
    "refs/tags/",
    "refs/notes/",
    "refs/replace/",
    "refs/stash",
];

/// What the configuration says about remotes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct RemoteFacts {
    /// The `fetch` lines of each remote, by its name.
    pub(crate) fetch: BTreeMap<String, Vec<String>>,
    /// The first URL of each remote, by its name.
    pub(crate) urls: BTreeMap<String, String>,
    /// The host of each remote's URL, by the remote's name.
    pub(crate) hosts: BTreeMap<String, String>,
    /// Where pushes go by default: names of remotes, or URLs.
    pub(crate) push_targets: Vec<String>,
    /// True if other files, which are not read, may name more remotes.
    pub(crate) includes: bool,
}

impl RemoteFacts {
    /// Adds what another file says.
    pub(crate) fn extend(&mut self, other: RemoteFacts) {
        for (name, lines) in other.fetch {
            self.fetch.entry(name).or_default().extend(lines);
        }
        for (name, url) in other.urls {
            self.urls.entry(name).or_insert(url);
        }
        self.hosts.extend(other.hosts);
        self.push_targets.extend(other.push_targets);
        self.includes |= other.includes;
    }
}

/// Knows which tips others have.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Remotes {
    pub(crate) facts: RemoteFacts,
    /// True for a bare repository that nobody commits in: what it holds was pushed or fetched.
    pub(crate) is_shared: bool,
    /// Ids that `FETCH_HEAD` says came from another repository.
    pub(crate) fetched: BTreeSet<ObjectId>,
}

/// That a tip was seen at a remote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sighting {
    remote: Option<String>,
    is_now: bool,
}

impl Sighting {
    /// True if it is there now, as far as is known.
    pub(crate) fn is_now(&self) -> bool {
        self.is_now
    }
}

/// All sightings of one thing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sightings {
    /// The names of remotes.
    pub(crate) remotes: BTreeSet<String>,
    now: bool,
    once: bool,
}

impl Extend<Sighting> for Sightings {
    fn extend<T: IntoIterator<Item = Sighting>>(&mut self, sightings: T) {
        for sighting in sightings {
            self.add(&sighting);
        }
    }
}

impl Sightings {
    pub(crate) fn add(&mut self, sighting: &Sighting) {
        self.remotes.extend(sighting.remote.clone());
        self.now |= sighting.is_now;
        self.once |= !sighting.is_now;
    }
}

impl Remotes {
    /// Whether a tip was seen at a remote. What it reaches was there as well.
    pub(crate) fn sighting(&self, tip: &Tip) -> Option<Sighting> {
        match &tip.kind {
            TipKind::Ref(name) => self.sighting_of_name(name),
            TipKind::Reflog { name, .. } => Some(Sighting {
                remote: Some(self.followed_by(name)?),
                is_now: false,
            }),
            TipKind::Pseudo { name, .. } if name == "FETCH_HEAD" => {
                self.fetched.contains(&tip.id).then_some(Sighting {
                    remote: None,
                    is_now: false,
                })
            }
            _ => None,
        }
    }

    /// The same for a ref whose name says it all.
    pub(crate) fn sighting_of_name(&self, name: &str) -> Option<Sighting> {
        Some(Sighting {
            remote: Some(self.followed_by(name)?),
            is_now: true,
        })
    }

    /// The remote whose refs this ref follows.
    pub(crate) fn followed_by(&self, name: &str) -> Option<String> {
        // `git maintenance` fetches below a folder of its own.
        let prefetched = name.strip_prefix("refs/prefetch/");
        let name = prefetched.map_or_else(|| name.to_owned(), |rest| format!("refs/{rest}"));
        let is_local = prefetched.is_none() && is_local(&name);
        if !is_local || self.is_shared {
            let follows = |lines: &[String]| lines.iter().any(|line| writes(line, &name));
            let mut configured = self.facts.fetch.iter();
            if let Some((remote, _)) = configured.find(|(_, lines)| follows(lines)) {
                return Some(remote.clone());
            }
        }
        if prefetched.is_some() && !name.starts_with("refs/remotes/") {
            return Some("prefetch".to_owned());
        }
        // A remote that the configuration does not know any more.
        let remote = name.strip_prefix("refs/remotes/")?.split('/').next()?;
        Some(remote.to_owned())
    }

    /// What is known, from what was seen, the refs that reach it, and what else holds it.
    pub(crate) fn verdict(
        &self,
        seen: &Sightings,
        refs: &BTreeSet<String>,
        held: &BTreeSet<Held>,
    ) -> Pushed {
        if seen.now {
            return Pushed::Yes;
        }
        if self.is_shared {
            return Pushed::Here;
        }
        if seen.once {
            return Pushed::Once;
        }
        if let Some(blind) = self.blind() {
            return Pushed::Unknown(blind);
        }
        let logged = held.iter().filter_map(|held| match held {
            Held::Reflog(name) if !name.ends_with("HEAD") => Some(name),
            _ => None,
        });
        let names: Vec<&str> = refs.iter().chain(logged).map(String::as_str).collect();
        if names.iter().any(|name| name.starts_with("refs/tags/")) {
            return Pushed::Unknown(Blind::Tag);
        }
        let recorded = ["refs/heads/", "refs/stash", "refs/bisect/", "worktrees/"];
        let is_recorded = |name: &&str| recorded.iter().any(|prefix| name.starts_with(prefix));
        if !names.iter().all(is_recorded) {
            return Pushed::Unknown(Blind::OtherRef);
        }
        let holds = |held: &Held| {
            matches!(
                held,
                Held::Stash(_) | Held::Index(_) | Held::Worktree(_) | Held::File(_)
            )
        };
        if names.is_empty() && !held.iter().any(holds) {
            return Pushed::Unknown(Blind::Gone);
        }
        Pushed::NotSeen
    }

    /// Why a push of a branch could have left nothing behind here.
    fn blind(&self) -> Option<Blind> {
        let facts = &self.facts;
        if facts.fetch.is_empty() {
            return Some(Blind::NoRemote);
        }
        let leaves_a_ref = |lines: &Vec<String>| {
            let target = |line: &String| target(line, "refs/heads/x");
            let mut targets = lines.iter().filter_map(target);
            targets.any(|name| !is_local(&name))
        };
        let is_remote = |name: &String| name == "." || facts.fetch.contains_key(name);
        let all = facts.fetch.values().all(leaves_a_ref)
            && facts.push_targets.iter().all(is_remote)
            && !facts.includes;
        (!all).then_some(Blind::NoTrace)
    }
}

fn is_local(name: &str) -> bool {
    LOCAL.iter().any(|prefix| name.starts_with(prefix))
}

/// Source and destination of a `fetch` line; `None` if it writes no ref.
fn sides(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = line.strip_prefix('+').unwrap_or(line);
    let (from, to) = line.split_once(':')?;
    (!to.is_empty() && !line.starts_with('^')).then_some((from, to))
}

/// What `*` stands for where a name matches a pattern.
fn star<'n>(pattern: &str, name: &'n str) -> Option<&'n str> {
    match pattern.split_once('*') {
        Some((before, after)) => name.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == name).then_some(""),
    }
}

/// True if a `fetch` line may have written this ref. One that takes everything says nothing of
/// whose ref it is that lies below `refs/remotes/`.
fn writes(line: &str, name: &str) -> bool {
    let below = |name: &str| name.starts_with("refs/remotes/");
    sides(line).is_some_and(|(_, to)| star(to, name).is_some() && below(to) == below(name))
}

/// The ref that a `fetch` line writes for a ref of the remote.
fn target(line: &str, name: &str) -> Option<String> {
    let (from, to) = sides(line)?;
    Some(to.replacen('*', star(from, name)?, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remotes(lines: &[(&str, &str)]) -> Remotes {
        let mut facts = RemoteFacts::default();
        for (name, line) in lines {
            let fetch = facts.fetch.entry((*name).to_owned()).or_default();
            fetch.extend((!line.is_empty()).then(|| (*line).to_owned()));
        }
        Remotes {
            facts,
            ..Remotes::default()
        }
    }

    const USUAL: &str = "+refs/heads/*:refs/remotes/origin/*";

    #[test]
    fn refs_follow_what_fetch_lines_say() {
        let remotes = remotes(&[
            ("origin", USUAL),
            ("a/b", "+refs/heads/*:refs/remotes/a/b/*"),
            ("origin", "refs/pull/*/head:refs/pull/*/head"),
            ("origin", "refs/tags/*:refs/tags/*"),
            ("wide", "+refs/*:refs/*"),
        ]);
        let by = |name: &str| remotes.followed_by(name);
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(by("refs/remotes/origin/x/y"), some("origin"));
        assert_eq!(by("refs/remotes/a/b/main"), some("a/b"));
        assert_eq!(by("refs/remotes/gone/main"), some("gone"));
        assert_eq!(by("refs/prefetch/remotes/origin/x"), some("origin"));
        assert_eq!(by("refs/pull/7/head"), some("origin"));
        // Users make these themselves.
        assert_eq!(by("refs/tags/v1"), None);
        assert_eq!(by("refs/heads/main"), None);
        let mirror = Remotes {
            is_shared: true,
            ..remotes.clone()
        };
        assert_eq!(mirror.followed_by("refs/heads/main"), some("wide"));
    }

    #[test]
    fn not_seen_is_said_only_where_a_push_would_have_been_seen() {
        let refs = BTreeSet::from(["refs/heads/main".to_owned()]);
        let verdict =
            |remotes: &Remotes| remotes.verdict(&Sightings::default(), &refs, &BTreeSet::new());
        let unknown = Pushed::Unknown;
        for (lines, expected) in [
            (vec![], unknown(Blind::NoRemote)),
            (vec![("origin", USUAL)], Pushed::NotSeen),
            (vec![("origin", "")], unknown(Blind::NoTrace)),
            (
                vec![("o", "+refs/heads/main:refs/remotes/o/main")],
                unknown(Blind::NoTrace),
            ),
            (vec![("o", "+refs/*:refs/*")], unknown(Blind::NoTrace)),
            (vec![("o", USUAL), ("p", "")], unknown(Blind::NoTrace)),
        ] {
            assert_eq!(verdict(&remotes(&lines)), expected, "{lines:?}");
        }
        let mut known = remotes(&[("origin", USUAL)]);
        known.facts.push_targets = vec!["origin".to_owned(), ".".to_owned()];
        assert_eq!(verdict(&known), Pushed::NotSeen);
        known
            .facts
            .push_targets
            .push("https://x.example/y".to_owned());
        assert_eq!(verdict(&known), unknown(Blind::NoTrace));
        known.is_shared = true;
        assert_eq!(verdict(&known), Pushed::Here);
    }

    #[test]
    fn what_reaches_it_decides_whether_a_push_would_show() {
        let remotes = remotes(&[("origin", USUAL)]);
        let verdict = |refs: &[&str], held: &[Held]| {
            let refs = refs.iter().map(|name| (*name).to_owned()).collect();
            let held = held.iter().cloned().collect();
            remotes.verdict(&Sightings::default(), &refs, &held)
        };
        let log = |name: &str| Held::Reflog(name.to_owned());
        let unknown = Pushed::Unknown;
        assert_eq!(
            verdict(&["refs/heads/a", "refs/tags/v1"], &[]),
            unknown(Blind::Tag)
        );
        assert_eq!(verdict(&["refs/notes/x"], &[]), unknown(Blind::OtherRef));
        assert_eq!(verdict(&[], &[log("HEAD")]), unknown(Blind::Gone));
        assert_eq!(verdict(&[], &[Held::Dangling]), unknown(Blind::Gone));
        let amended = [log("HEAD"), log("refs/heads/main")];
        assert_eq!(verdict(&[], &amended), Pushed::NotSeen);
        let stashed = [Held::Stash("stash@{0}".to_owned())];
        assert_eq!(verdict(&[], &stashed), Pushed::NotSeen);
    }
}
