//! What a past became, kept apart from what it was: a few new commits are written down by themselves,
//! beside the pieces that hold the rest.

use std::collections::HashMap;
use std::sync::Arc;

use super::{COUNT_MAX, Counts, Past, Thing};
use crate::model::{CommitStamp, HashKind, ObjectId};

/// A past with more than `before`. Its commits, parents, tags, and names of things are only those
/// that came; everything else is all there is.
pub(crate) struct Growth {
    old: Option<Arc<Past>>,
    pub(super) before: Counts,
    pub(super) past: Past,
}

impl Growth {
    /// Out of nothing.
    pub(super) fn new(hash: HashKind) -> Growth {
        Growth {
            old: None,
            before: Counts::default(),
            past: Past::new(hash),
        }
    }

    /// Nothing has come yet.
    pub(super) fn of(old: &Arc<Past>) -> Growth {
        let past = Past {
            trees: old.trees.clone(),
            depths: old.depths.clone(),
            edges: old.edges.clone(),
            names: old.names.clone(),
            ends: old.ends.clone(),
            stamps: old.stamps.clone(),
            ..Past::new(old.hash)
        };
        Growth {
            before: old.counts(),
            old: Some(Arc::clone(old)),
            past,
        }
    }

    /// Where the parents of the last commit end.
    pub(super) fn parents_end(&self) -> u32 {
        (self.before.parents + self.past.parents.len()) as u32
    }

    /// The same with names of what came, and with who made some commits. `None` if it is too much.
    pub(super) fn with(
        mut self,
        mut ids: Vec<(ObjectId, Thing)>,
        stamps: Vec<(u32, CommitStamp)>,
    ) -> Option<Growth> {
        let past = &mut self.past;
        let counts = [
            self.before.commits + past.commits.len(),
            self.before.tags + past.tags.len(),
            past.ends.len(),
        ];
        if counts.into_iter().any(|count| count > COUNT_MAX) {
            return None;
        }
        ids.sort_unstable_by_key(|(id, _)| *id);
        past.ids.reserve_exact(ids.len() * past.hash.len());
        for (id, thing) in ids {
            past.ids.extend_from_slice(id.as_bytes());
            past.things.push(thing);
        }
        let known = std::mem::take(&mut past.stamps);
        let known: HashMap<u32, CommitStamp> = known.into_iter().chain(stamps).collect();
        past.stamps = known.into_iter().collect();
        past.stamps.sort_unstable_by_key(|(commit, _)| *commit);
        Some(self)
    }

    /// All texts that come from the repository.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.past.texts()
    }

    /// What is to be written down beside the pieces of the past that this grew from. `None` if
    /// there are none, or if so much came that one piece is better.
    pub(crate) fn piece(&self) -> Option<Vec<u8>> {
        let (before, now) = (self.before, self.past.counts());
        let is_little = now.commits <= before.commits / 8
            && now.things <= before.things / 8
            && now.edges - before.edges <= before.edges / 8 + (1 << 10);
        (self.old.is_some() && is_little).then(|| self.news())
    }

    /// What came, as a piece.
    pub(super) fn news(&self) -> Vec<u8> {
        self.past.written(&self.before)
    }

    /// All of it in one piece.
    pub(crate) fn whole(self) -> Vec<u8> {
        self.into_past().written(&Counts::default())
    }

    pub(super) fn into_past(self) -> Past {
        let mut past = self.past;
        if let Some(old) = self.old {
            let front = |old: &[Thing], new: &[Thing]| [old, new].concat();
            past.commits = [&old.commits[..], &past.commits].concat();
            past.parents = front(&old.parents, &past.parents);
            past.tags = front(&old.tags, &past.tags);
            let came = (
                std::mem::replace(&mut past.ids, old.ids.clone()),
                std::mem::replace(&mut past.things, old.things.clone()),
            );
            past.add_names(&came.0, &came.1);
        }
        past
    }
}
