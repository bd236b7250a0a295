//! What can lead to a traced object, and nothing else: the relevant trees, children first.

use std::collections::HashMap;

use super::edges::{Edges, Names};
use crate::git::store::NONE;

/// An edge between relevant things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The entry's name.
    pub(crate) name: u32,
    /// The relevant tree it leads to, or [`NONE`].
    pub(crate) node: u32,
    /// The traced object it leads to, or [`NONE`]. A traced tree is both.
    pub(crate) target: u32,
}

/// Relevant trees ("nodes"), numbered so that children come before parents.
#[derive(Default)]
pub(crate) struct Lineage {
    /// Where the steps of each node end.
    ends: Vec<u32>,
    /// The steps of all nodes; those of one node sorted by name.
    steps: Vec<Step>,
    node_of: HashMap<u32, u32>,
    /// Object numbers of the nodes.
    pub(crate) trees: Vec<u32>,
    pub(crate) names: Vec<Box<[u8]>>,
    target_of: HashMap<u32, u32>,
}

/// What is known of a row while relevance is computed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    Open,
    Irrelevant,
    Relevant,
}

impl Lineage {
    /// Keeps what leads to one of `targets`, given by object number.
    pub(crate) fn trace(edges: &Edges, targets: &[u32]) -> Lineage {
        let mut lineage = Lineage {
            target_of: targets
                .iter()
                .zip(0..)
                .map(|(number, target)| (*number, target))
                .collect(),
            ..Lineage::default()
        };
        let mut names = Names::default();
        let mut states = vec![State::Unknown; edges.len() as usize];
        for (tree, row) in edges.trees() {
            lineage.visit(edges, tree, row, &mut states, &mut names);
        }
        lineage.names = names.into_list();
        lineage
    }

    /// Depth-first with an explicit stack, since trees can be as deep as their author likes.
    fn visit(
        &mut self,
        edges: &Edges,
        tree: u32,
        row: u32,
        states: &mut [State],
        names: &mut Names,
    ) {
        let mut stack = vec![(tree, row, 0)];
        while let Some((tree, row, at)) = stack.pop() {
            let state = &mut states[row as usize];
            if at == 0 {
                if *state != State::Unknown {
                    continue;
                }
                *state = State::Open;
            }
            let list = edges.of_row(row);
            let unknown = list[at..].iter().zip(at..).find_map(|(edge, i)| {
                let child = edges.row_of(edge.child)?;
                (states[child as usize] == State::Unknown).then_some((edge.child, child, i))
            });
            if let Some((child, child_row, i)) = unknown {
                stack.push((tree, row, i + 1));
                stack.push((child, child_row, 0));
            } else {
                states[row as usize] = self.finish(edges, tree, row, names);
            }
        }
    }

    /// All children are known: makes a node of the tree if one of them matters.
    fn finish(&mut self, edges: &Edges, tree: u32, row: u32, names: &mut Names) -> State {
        let start = self.steps.len();
        for edge in edges.of_row(row) {
            let node = self.node(edge.child).unwrap_or(NONE);
            let target = self.target(edge.child).unwrap_or(NONE);
            if node != NONE || target != NONE {
                self.steps.push(Step {
                    name: names.number(edges.name(row, *edge)),
                    node,
                    target,
                });
            }
        }
        if self.steps.len() == start {
            return State::Irrelevant;
        }
        self.steps[start..].sort_by_key(|step| step.name);
        self.node_of.insert(tree, self.trees.len() as u32);
        self.trees.push(tree);
        self.ends.push(self.steps.len() as u32);
        State::Relevant
    }

    /// The node of a tree, if it is relevant.
    pub(crate) fn node(&self, number: u32) -> Option<u32> {
        self.node_of.get(&number).copied()
    }

    /// The place of a traced object in the list of targets.
    pub(crate) fn target(&self, number: u32) -> Option<u32> {
        self.target_of.get(&number).copied()
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// The steps of a node, by name.
    pub(crate) fn steps(&self, node: u32) -> &[Step] {
        let start = if node == 0 {
            0
        } else {
            self.ends[node as usize - 1]
        };
        &self.steps[start as usize..self.ends[node as usize] as usize]
    }
}
