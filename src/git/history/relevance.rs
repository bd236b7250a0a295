//! Which trees lead to an object in question, found out when it is asked.

use super::rows::{Row, RowReader};
use crate::git::bits::Bits;

/// The objects in question.
#[derive(Default)]
pub(crate) struct Targets {
    /// Their numbers, ascending.
    pub(crate) numbers: Vec<u32>,
    bits: Bits,
    ranks: Vec<u32>,
}

impl Targets {
    /// These objects, of `total`.
    pub(crate) fn new(mut numbers: Vec<u32>, total: u32) -> Targets {
        numbers.sort_unstable();
        numbers.dedup();
        let mut bits = Bits::new(total as usize);
        for number in &numbers {
            bits.insert(*number);
        }
        Targets {
            ranks: bits.ranks(),
            numbers,
            bits,
        }
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        self.bits.contains(number)
    }

    /// The place of an object among all targets.
    pub(crate) fn index(&self, number: u32) -> Option<u32> {
        self.bits.rank(&self.ranks, number)
    }
}

/// What is known of a tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    /// Being looked at: only a tree that is below itself is met again, which no honest id allows.
    Open,
    No,
    Yes,
}

/// Remembers which trees lead to a target. Each tree is looked at once at most.
pub(crate) struct Relevance {
    states: Vec<State>,
}

impl Relevance {
    /// Nothing is known yet of `total` objects.
    pub(crate) fn new(total: usize) -> Relevance {
        Relevance {
            states: vec![State::Unknown; total],
        }
    }

    /// True if an object is a target or leads to one.
    pub(crate) fn matters(
        &mut self,
        number: u32,
        targets: &Targets,
        rows: &mut RowReader<'_>,
    ) -> bool {
        targets.contains(number) || self.leads(number, targets, rows)
    }

    /// True if a tree has a target below it. Depth-first with an explicit stack, since trees can
    /// be as deep as their author likes.
    pub(crate) fn leads(
        &mut self,
        number: u32,
        targets: &Targets,
        rows: &mut RowReader<'_>,
    ) -> bool {
        match self.states.get(number as usize) {
            Some(State::Unknown) => {}
            known => return known == Some(&State::Yes),
        }
        let mut stack = Vec::new();
        self.open(number, rows, &mut stack);
        while let Some((tree, row, at)) = stack.last_mut() {
            let Some(edge) = row.get(*at) else {
                self.states[*tree as usize] = State::No;
                stack.pop();
                continue;
            };
            let state = self.states.get(edge.child as usize).copied();
            if targets.contains(edge.child) || state == Some(State::Yes) {
                self.states[*tree as usize] = State::Yes;
                stack.pop();
            } else if state == Some(State::Unknown) {
                let child = edge.child;
                self.open(child, rows, &mut stack);
            } else {
                *at += 1;
            }
        }
        self.states[number as usize] == State::Yes
    }

    fn open<'e>(
        &mut self,
        number: u32,
        rows: &mut RowReader<'e>,
        stack: &mut Vec<(u32, Row<'e>, usize)>,
    ) {
        self.states[number as usize] = State::Open;
        stack.push((number, rows.row(number), 0));
    }
}
