//! A past as bytes: counts first, then one list after the other, numbers little-endian. Whoever
//! reads it takes nothing for granted but its length.

use super::{
    COMMIT, COUNT_MAX, Commit, DEPTH_MAX, END, End, NO_BASE, Past, TAG, TREE, Thing, Tree,
};
use crate::model::{CommitStamp, HashKind, ObjectId, ObjectKind};

/// Lists that begin with their length.
const LISTS: usize = 9;
/// Says that nothing is known of what an end should be.
const NO_KIND: u8 = u8::MAX;

impl Past {
    /// What is written down.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let size = self.commits.len() * 24 + self.ids.len() * 2 + self.edges.len() * 8;
        let mut out = Out(Vec::with_capacity(size + (1 << 16)));
        let counts: [usize; LISTS] = [
            self.commits.len(),
            self.parents.len(),
            self.tags.len(),
            self.trees.len(),
            self.edges.len(),
            self.names.len(),
            self.ends.len(),
            self.things.len(),
            self.stamps.len(),
        ];
        for count in counts {
            out.number(count as u32);
        }
        for commit in &self.commits {
            out.0.extend_from_slice(&commit.time.to_le_bytes());
            out.0.extend_from_slice(&commit.author.to_le_bytes());
            out.number(commit.tree.0);
            out.number(commit.parents_end);
        }
        self.parents.iter().for_each(|thing| out.number(thing.0));
        self.tags.iter().for_each(|thing| out.number(thing.0));
        for tree in &self.trees {
            out.number(tree.own.1);
            out.number(tree.base);
            out.number(tree.before);
            out.number(tree.after.0);
            out.number(tree.after.1);
        }
        for (thing, name) in &self.edges {
            out.number(thing.0);
            out.number(*name);
        }
        self.names.iter().for_each(|name| out.text(name));
        for end in &self.ends {
            out.0.extend_from_slice(end.id.as_bytes());
            out.0.push(u8::from(end.absent));
            out.0.push(end.kind.map_or(NO_KIND, |kind| kind as u8));
        }
        out.0.extend_from_slice(&self.ids);
        self.things.iter().for_each(|thing| out.number(thing.0));
        for (commit, stamp) in &self.stamps {
            out.number(*commit);
            out.0.extend_from_slice(stamp.commit.as_bytes());
            out.0.extend_from_slice(&stamp.time.to_le_bytes());
            out.text(&stamp.author);
            out.0.push(u8::from(stamp.date.is_some()));
            out.text(stamp.date.as_deref().unwrap_or_default().as_bytes());
        }
        out.0
    }

    /// Reads what [`Past::bytes`] made; `None` if anything is wrong with it.
    pub(crate) fn parse(bytes: &[u8], hash: HashKind) -> Option<Past> {
        let mut from = In(bytes);
        let mut counts = [0; LISTS];
        for count in &mut counts {
            *count = from.number()? as usize;
        }
        let [
            commits,
            parents,
            tags,
            trees,
            edges,
            names,
            ends,
            things,
            stamps,
        ] = counts;
        let id_len = hash.len();
        let mut past = Past::new(hash);
        past.commits = from.list(commits, 24, |mut row| {
            Some(Commit {
                time: row.time()?,
                author: row.time()?.cast_unsigned(),
                tree: Thing(row.number()?),
                parents_end: row.number()?,
            })
        })?;
        let thing = |mut row: In<'_>| row.number().map(Thing);
        past.parents = from.list(parents, 4, thing)?;
        past.tags = from.list(tags, 4, thing)?;
        let mut start = 0;
        past.trees = from.list(trees, 20, |mut row| {
            let end = row.number()?;
            Some(Tree {
                own: (std::mem::replace(&mut start, end), end),
                base: row.number()?,
                before: row.number()?,
                after: (row.number()?, row.number()?),
            })
        })?;
        past.edges = from.list(edges, 8, |mut row| {
            Some((Thing(row.number()?), row.number()?))
        })?;
        for _ in 0..names {
            past.names.push(from.text()?.into());
        }
        past.ends = from.list(ends, id_len + 2, |mut row| {
            let id = row.id(id_len)?;
            let (absent, kind) = (row.byte()? != 0, row.byte()?);
            let kind = match kind {
                NO_KIND => None,
                kind => Some(*ObjectKind::ALL.get(usize::from(kind))?),
            };
            Some(End { id, absent, kind })
        })?;
        past.ids = from.take(things.checked_mul(id_len)?)?.to_vec();
        past.things = from.list(things, 4, thing)?;
        for _ in 0..stamps {
            past.stamps.push(from.stamp(id_len)?);
        }
        (from.0.is_empty() && past.is_sound()).then_some(())?;
        past.depths = past.measured()?;
        Some(past)
    }

    /// True if everything refers to something that is there.
    fn is_sound(&self) -> bool {
        let counts = [
            self.commits.len(),
            self.tags.len(),
            self.trees.len(),
            self.ends.len(),
        ];
        let is_there = |thing: Thing| {
            thing == Thing::NOTHING || thing.number() < counts[thing.kind() as usize]
        };
        let ascends = |mut ends: Box<dyn Iterator<Item = u32> + '_>, len: usize| {
            let mut last = 0;
            ends.all(|end| std::mem::replace(&mut last, end) <= end) && last as usize == len
        };
        let refs = self.commits.iter().map(|commit| commit.tree);
        let mut refs = refs
            .chain(self.parents.iter().copied())
            .chain(self.tags.iter().copied())
            .chain(self.edges.iter().map(|(thing, _)| *thing));
        let named = |kind: u32, count: usize| {
            self.things
                .iter()
                .filter(|thing| thing.kind() == kind)
                .count()
                >= count
        };
        let ids = self.ids.chunks_exact(self.hash.len());
        counts.into_iter().all(|count| count <= COUNT_MAX)
            && refs.all(is_there)
            && self
                .things
                .iter()
                .all(|thing| thing.kind() != END && is_there(*thing))
            && named(COMMIT, self.commits.len())
            && named(TAG, self.tags.len())
            && named(TREE, self.trees.len())
            && ascends(
                Box::new(self.commits.iter().map(|c| c.parents_end)),
                self.parents.len(),
            )
            && ascends(
                Box::new(self.trees.iter().map(|tree| tree.own.1)),
                self.edges.len(),
            )
            && self
                .edges
                .iter()
                .all(|(_, name)| (*name as usize) < self.names.len())
            && self
                .stamps
                .iter()
                .all(|(commit, _)| (*commit as usize) < self.commits.len())
            && ids.is_sorted_by(|a, b| a < b)
    }

    /// How far each row is from one that is kept whole; `None` if a row is made of what is not.
    fn measured(&self) -> Option<Vec<u8>> {
        let mut depths = Vec::with_capacity(self.trees.len());
        for tree in &self.trees {
            if tree.base == NO_BASE {
                (tree.before == 0 && tree.after == (0, 0)).then_some(())?;
                depths.push(0);
                continue;
            }
            // Only rows that come earlier have a depth already.
            let depth = *depths.get(tree.base as usize)?;
            let len = self.trees[tree.base as usize].checked_len()?;
            let after_end = tree.after.0.checked_add(tree.after.1)?;
            let fits = tree.before <= len && after_end <= len && depth < DEPTH_MAX;
            fits.then_some(())?;
            tree.checked_len()?;
            depths.push(depth + 1);
        }
        Some(depths)
    }
}

impl Tree {
    fn checked_len(&self) -> Option<u32> {
        let own = self.own.1 - self.own.0;
        self.before.checked_add(own)?.checked_add(self.after.1)
    }
}

struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u32);
        self.0.extend_from_slice(text);
    }
}

struct In<'b>(&'b [u8]);

impl<'b> In<'b> {
    fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// Rows of one length each. Nothing is allocated for more than there is.
    fn list<T>(
        &mut self,
        count: usize,
        len: usize,
        one: impl FnMut(In<'b>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let rows = self.take(count.checked_mul(len)?)?;
        rows.chunks_exact(len).map(In).map(one).collect()
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn number(&mut self) -> Option<u32> {
        let bytes = self.take(4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    fn time(&mut self) -> Option<i64> {
        let bytes = self.take(8)?;
        Some(i64::from_le_bytes(bytes.try_into().ok()?))
    }

    fn id(&mut self, len: usize) -> Option<ObjectId> {
        ObjectId::from_bytes(self.take(len)?)
    }

    fn text(&mut self) -> Option<&'b [u8]> {
        let len = self.number()?;
        self.take(len as usize)
    }

    fn stamp(&mut self, id_len: usize) -> Option<(u32, CommitStamp)> {
        let number = self.number()?;
        let (commit, time) = (self.id(id_len)?, self.time()?);
        let author = self.text()?.to_vec();
        let has_date = self.byte()? != 0;
        let date = String::from_utf8(self.text()?.to_vec()).ok()?;
        let date = has_date.then_some(date);
        let stamp = CommitStamp {
            commit,
            author,
            date,
            time,
        };
        Some((number, stamp))
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
