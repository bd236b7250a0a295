//! Which objects in question one commit after the other holds.
//!
//! Each tree and target counts how many edges of trees that are present lead to it. A tree whose
//! count leaves zero is present and counts for what it leads to; one whose count falls to zero is
//! gone. So a move from one commit to another costs what differs between them, however many paths
//! lead to the same folder: each folder counts once. Before anything is taken away everything is
//! added, so nothing seems to go that stays.

use std::collections::HashMap;

use super::World;
use super::changes::{Change, Comparer};
use super::pace::{GaveUp, Pace};
use super::relevance::Relevance;
use super::rows::RowReader;
use crate::git::store::NONE;

/// What a move between two states brought. Both lists are without duplicates.
#[derive(Default)]
pub(crate) struct Turned {
    /// Targets that are present now and were not.
    pub(crate) entered: Vec<u32>,
    /// Targets that were present and are no more.
    pub(crate) left: Vec<u32>,
}

/// The state: one commit with its tree, or nothing.
pub(crate) struct Presence<'a> {
    world: World<'a>,
    rows: RowReader<'a>,
    relevance: Relevance,
    /// By object number: edges of present trees that lead to it.
    counts: Vec<u32>,
    /// The tree and the commit that are held now; [`NONE`] for none.
    at: (u32, u32),
    turned: Turned,
    comparer: Comparer,
    changes: Vec<Change>,
    stack: Vec<(u32, u32)>,
    /// Trees that count for entries they have in common with a new tree: the new one's number.
    lent: HashMap<u32, u32>,
}

impl<'a> Presence<'a> {
    /// Nothing is present of `total` objects.
    pub(crate) fn new(world: World<'a>, total: usize) -> Presence<'a> {
        Presence {
            rows: world.edges.reader(),
            world,
            relevance: Relevance::new(total),
            counts: vec![0; total],
            at: (NONE, NONE),
            turned: Turned::default(),
            comparer: Comparer::default(),
            changes: Vec::new(),
            stack: Vec::new(),
            lent: HashMap::new(),
        }
    }

    /// Moves to a commit (itself and its tree), to a tree alone, or to nothing; [`NONE`] stands
    /// for what there is not.
    pub(crate) fn go(
        &mut self,
        tree: u32,
        commit: u32,
        pace: &mut Pace<'_>,
    ) -> Result<&Turned, GaveUp> {
        self.turned.entered.clear();
        self.turned.left.clear();
        let (old_tree, old_commit) = std::mem::replace(&mut self.at, (tree, commit));
        pace.step(1)?;
        if commit != old_commit {
            self.add_one(commit);
        }
        if tree != old_tree {
            self.enter(tree, old_tree, pace)?;
        }
        if commit != old_commit {
            self.remove_one(old_commit);
        }
        if tree != old_tree {
            self.leave(old_tree, pace)?;
            self.settle(pace)?;
        }
        Ok(&self.turned)
    }

    fn matters(&mut self, number: u32) -> bool {
        self.relevance
            .matters(number, self.world.targets, &mut self.rows)
    }

    /// Counts one more edge to something; true if it was not present.
    fn add_one(&mut self, number: u32) -> bool {
        let Some(count) = self.counts.get_mut(number as usize) else {
            return false;
        };
        *count += 1;
        let new = *count == 1;
        if new {
            self.turned.entered.extend(self.world.targets.index(number));
        }
        new
    }

    /// Counts one edge less; true if nothing is left.
    fn remove_one(&mut self, number: u32) -> bool {
        let Some(count) = self.counts.get_mut(number as usize) else {
            return false;
        };
        // Each edge was counted when its tree came, so there is one to take.
        *count = count.saturating_sub(1);
        let gone = *count == 0;
        if gone {
            self.turned.left.extend(self.world.targets.index(number));
        }
        gone
    }

    /// Adds a tree and what is new below it. `like` is what stands in the same place now: entries
    /// that both have stay with it as long as it is there.
    fn enter(&mut self, tree: u32, like: u32, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        if !self.matters(tree) {
            return Ok(());
        }
        self.stack.push((tree, like));
        while let Some((tree, like)) = self.stack.pop() {
            if !self.add_one(tree) {
                continue;
            }
            let row = self.rows.row(tree);
            pace.step(row.len())?;
            let present = self.counts.get(like as usize).is_some_and(|n| *n > 0);
            if present && self.world.edges.has_row(like) && !self.lent.contains_key(&like) {
                self.lent.insert(like, tree);
                let old = self.rows.row(like);
                pace.step(old.len())?;
                let mut changes = std::mem::take(&mut self.changes);
                self.comparer.compare(&old, &row, &mut changes);
                for change in changes.drain(..) {
                    if change.new != NONE && self.matters(change.new) {
                        self.stack.push((change.new, change.old));
                    }
                }
                self.changes = changes;
            } else {
                for edge in row.iter() {
                    if self.matters(edge.child) {
                        self.stack.push((edge.child, NONE));
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes away a tree and what goes with it.
    fn leave(&mut self, tree: u32, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        if tree == NONE || !self.matters(tree) {
            return Ok(());
        }
        self.stack.push((tree, NONE));
        while let Some((tree, _)) = self.stack.pop() {
            if !self.remove_one(tree) {
                continue;
            }
            let row = self.rows.row(tree);
            pace.step(row.len())?;
            if let Some(other) = self.lent.remove(&tree) {
                let new = self.rows.row(other);
                pace.step(new.len())?;
                let mut changes = std::mem::take(&mut self.changes);
                self.comparer.compare(&row, &new, &mut changes);
                for change in changes.drain(..) {
                    if change.old != NONE && self.matters(change.old) {
                        self.stack.push((change.old, NONE));
                    }
                }
                self.changes = changes;
            } else {
                for edge in row.iter() {
                    if self.matters(edge.child) {
                        self.stack.push((edge.child, NONE));
                    }
                }
            }
        }
        Ok(())
    }

    /// A tree that lent entries and is still there keeps them for itself: the other one counts for
    /// them as well. They are present, so nothing turns.
    fn settle(&mut self, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        for (old, new) in std::mem::take(&mut self.lent) {
            let (old, new) = (self.rows.row(old), self.rows.row(new));
            pace.step(old.len() + new.len())?;
            let mut changes = std::mem::take(&mut self.changes);
            self.comparer.compare(&old, &new, &mut changes);
            for edge in new.iter() {
                if self.matters(edge.child) {
                    self.counts[edge.child as usize] += 1;
                }
            }
            for change in changes.drain(..) {
                if change.new != NONE && self.matters(change.new) {
                    self.counts[change.new as usize] -= 1;
                }
            }
            self.changes = changes;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "presence_tests.rs"]
mod tests;
