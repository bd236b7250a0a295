//! A past as bytes: pieces that follow each other. Each begins with how long the lists were before it
//! and how much it adds to them; then come the lists, numbers little-endian. Whoever reads them takes
//! nothing for granted but their length.

use super::{
    COMMIT, COUNT_MAX, Commit, Counts, DEPTH_MAX, END, End, NO_BASE, Past, TAG, TREE, Thing, Tree,
};
use crate::model::{CommitStamp, HashKind, ObjectId, ObjectKind};

/// Says that nothing is known of what an end should be.
const NO_KIND: u8 = u8::MAX;

impl Counts {
    const LISTS: usize = 7;

    fn list(&self) -> [usize; Counts::LISTS] {
        [
            self.commits,
            self.parents,
            self.tags,
            self.trees,
            self.edges,
            self.names,
            self.things,
        ]
    }

    fn of([commits, parents, tags, trees, edges, names, things]: [usize; Counts::LISTS]) -> Counts {
        Counts {
            commits,
            parents,
            tags,
            trees,
            edges,
            names,
            things,
        }
    }
}

impl Past {
    /// One piece: what came behind `before`. Of commits, parents, tags, and names of things, there is
    /// nothing else here; of trees with their edges and names there is everything; ends and stamps are
    /// written down again each time.
    pub(super) fn written(&self, before: &Counts) -> Vec<u8> {
        let added = Counts {
            trees: self.trees.len() - before.trees,
            edges: self.edges.len() - before.edges,
            names: self.names.len() - before.names,
            ..self.counts()
        };
        let size = added.commits * 24 + self.ids.len() * 2 + added.edges * 8;
        let mut out = Out(Vec::with_capacity(size + (1 << 16)));
        for count in before.list().into_iter().chain(added.list()) {
            out.number(count as u32);
        }
        out.number(self.ends.len() as u32);
        out.number(self.stamps.len() as u32);
        for commit in &self.commits {
            out.0.extend_from_slice(&commit.time.to_le_bytes());
            out.0.extend_from_slice(&commit.author.to_le_bytes());
            out.number(commit.tree.0);
            out.number(commit.parents_end);
        }
        self.parents.iter().for_each(|thing| out.number(thing.0));
        self.tags.iter().for_each(|thing| out.number(thing.0));
        for tree in &self.trees[before.trees..] {
            out.number(tree.own.1);
            out.number(tree.base);
            out.number(tree.before);
            out.number(tree.after.0);
            out.number(tree.after.1);
        }
        for (thing, name) in &self.edges[before.edges..] {
            out.number(thing.0);
            out.number(*name);
        }
        self.names[before.names..]
            .iter()
            .for_each(|name| out.text(name));
        out.0.extend_from_slice(&self.ids);
        self.things.iter().for_each(|thing| out.number(thing.0));
        for end in &self.ends {
            out.0.extend_from_slice(end.id.as_bytes());
            out.0.push(u8::from(end.absent));
            out.0.push(end.kind.map_or(NO_KIND, |kind| kind as u8));
        }
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

    /// Reads pieces in the order in which they were made; `None` if anything is wrong with them.
    pub(crate) fn parse(pieces: &[Vec<u8>], hash: HashKind) -> Option<Past> {
        let mut past = Past::new(hash);
        for (at, piece) in pieces.iter().enumerate() {
            // What comes is moved behind what is there: with room for it nothing is copied.
            let later = pieces[at + 1..].iter().map(Vec::len).sum();
            past.add_piece(In(piece), later)?;
        }
        past.is_sound().then_some(())?;
        past.depths = past.measured()?;
        Some(past)
    }

    /// Adds a piece; `later` bytes of others follow.
    fn add_piece(&mut self, mut from: In<'_>, later: usize) -> Option<()> {
        (from.counts()? == self.counts()).then_some(())?;
        let added = from.counts()?;
        let (ends, stamps) = (from.number()? as usize, from.number()? as usize);
        let id_len = self.hash.len();
        from.list(&mut self.commits, (added.commits, 24, later), |mut row| {
            Some(Commit {
                time: row.time()?,
                author: row.time()?.cast_unsigned(),
                tree: Thing(row.number()?),
                parents_end: row.number()?,
            })
        })?;
        let thing = |mut row: In<'_>| row.number().map(Thing);
        from.list(&mut self.parents, (added.parents, 4, later), thing)?;
        from.list(&mut self.tags, (added.tags, 4, later), thing)?;
        let mut start = self.edges.len() as u32;
        from.list(&mut self.trees, (added.trees, 20, later), |mut row| {
            let end = row.number()?;
            Some(Tree {
                own: (std::mem::replace(&mut start, end), end),
                base: row.number()?,
                before: row.number()?,
                after: (row.number()?, row.number()?),
            })
        })?;
        from.list(&mut self.edges, (added.edges, 8, later), |mut row| {
            Some((Thing(row.number()?), row.number()?))
        })?;
        for _ in 0..added.names {
            self.names.push(from.text()?.into());
        }
        let ids = from.take(added.things.checked_mul(id_len)?)?;
        let mut things = Vec::new();
        from.list(&mut things, (added.things, 4, later), thing)?;
        self.ids.reserve_exact(ids.len() + later);
        self.things.reserve_exact(things.len() + later / 4);
        self.add_names(ids, &things);
        self.ends.clear();
        from.list(&mut self.ends, (ends, id_len + 2, 0), |mut row| {
            let id = row.id(id_len)?;
            let (absent, kind) = (row.byte()? != 0, row.byte()?);
            let kind = match kind {
                NO_KIND => None,
                kind => Some(*ObjectKind::ALL.get(usize::from(kind))?),
            };
            Some(End { id, absent, kind })
        })?;
        self.stamps.clear();
        for _ in 0..stamps {
            self.stamps.push(from.stamp(id_len)?);
        }
        from.0.is_empty().then_some(())
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

    /// Adds rows of `len` bytes each, with room for what `later` bytes may hold. Nothing is allocated
    /// for more than there is.
    fn list<T>(
        &mut self,
        list: &mut Vec<T>,
        (count, len, later): (usize, usize, usize),
        mut one: impl FnMut(In<'b>) -> Option<T>,
    ) -> Option<()> {
        let rows = self.take(count.checked_mul(len)?)?;
        list.reserve_exact(count + later / len);
        for row in rows.chunks_exact(len) {
            list.push(one(In(row))?);
        }
        Some(())
    }

    fn counts(&mut self) -> Option<Counts> {
        let mut list = [0; Counts::LISTS];
        for count in &mut list {
            *count = self.number()? as usize;
        }
        Some(Counts::of(list))
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
