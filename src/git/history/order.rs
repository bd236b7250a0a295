//! The order of commits: parents before children, the same for any packing of the same objects.

use crate::git::store::NONE;
use crate::git::structure::Structure;

/// The commit graph with parents as positions.
#[derive(Default)]
pub(crate) struct Graph {
    /// Rows of [`Structure::commits`], parents before children.
    pub(crate) rows: Vec<u32>,
    /// Where each position's parents end.
    ends: Vec<u32>,
    /// Positions of the parents of all commits; parents that are not there are left out.
    parents: Vec<u32>,
    /// From row to position.
    position_of_row: Vec<u32>,
}

impl Graph {
    /// Orders all commits by generation (the longest way to a root), then date, then id.
    pub(crate) fn build<'s>(raw_id: impl Fn(u32) -> &'s [u8], structure: &Structure) -> Graph {
        let count = structure.commits.len();
        let generations = generations(structure);
        let mut rows: Vec<u32> = (0..count as u32).collect();
        // What is remembered is in order already, and a stable sort makes use of that.
        rows.sort_by(|a, b| {
            let key = |row: u32| {
                (
                    generations[row as usize],
                    structure.commits[row as usize].time,
                )
            };
            let id = |row: u32| raw_id(structure.commits[row as usize].number);
            key(*a).cmp(&key(*b)).then_with(|| id(*a).cmp(id(*b)))
        });
        let mut position_of_row = vec![NONE; count];
        for (row, position) in rows.iter().zip(0..) {
            position_of_row[*row as usize] = position;
        }
        let mut graph = Graph {
            rows,
            ends: Vec::with_capacity(count),
            parents: Vec::new(),
            position_of_row,
        };
        for at in 0..count {
            let commit = &structure.commits[graph.rows[at] as usize];
            for parent in structure.parents(commit) {
                if let Some(row) = structure.row_of(*parent) {
                    let position = graph.position_of_row[row as usize];
                    // Only a repository that lies about its ids can have a circle.
                    if (position as usize) < at {
                        graph.parents.push(position);
                    }
                }
            }
            graph.ends.push(graph.parents.len() as u32);
        }
        graph
    }

    /// How many commits there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Positions of a commit's parents, in its own order.
    pub(crate) fn parents(&self, position: usize) -> &[u32] {
        let start = if position == 0 {
            0
        } else {
            self.ends[position - 1]
        };
        &self.parents[start as usize..self.ends[position] as usize]
    }

    /// Which commits any of these has in its history, itself included, by position.
    pub(crate) fn ancestors(&self, of: impl IntoIterator<Item = u32>) -> Vec<bool> {
        let mut ancestors = vec![false; self.len()];
        for position in of {
            ancestors[position as usize] = true;
        }
        // Parents have smaller positions.
        for position in (0..self.len()).rev() {
            if ancestors[position] {
                for parent in self.parents(position) {
                    ancestors[*parent as usize] = true;
                }
            }
        }
        ancestors
    }

    /// The position of the commit with this number.
    pub(crate) fn position(&self, structure: &Structure, number: u32) -> Option<u32> {
        structure
            .row_of(number)
            .map(|row| self.position_of_row[row as usize])
    }
}

/// The longest way from each commit to a root, by row: 0 for roots.
fn generations(structure: &Structure) -> Vec<u32> {
    let count = structure.commits.len();
    // Children lists, flat.
    let mut pending = vec![0u32; count];
    let mut starts = vec![0u32; count + 2];
    let each_edge = |f: &mut dyn FnMut(usize, usize)| {
        for (row, commit) in structure.commits.iter().enumerate() {
            for parent in structure.parents(commit) {
                if let Some(parent) = structure.row_of(*parent) {
                    f(row, parent as usize);
                }
            }
        }
    };
    each_edge(&mut |row, parent| {
        pending[row] += 1;
        starts[parent + 2] += 1;
    });
    for i in 2..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut children = vec![0u32; starts[count + 1] as usize];
    each_edge(&mut |row, parent| {
        children[starts[parent + 1] as usize] = row as u32;
        starts[parent + 1] += 1;
    });
    let mut generations = vec![0; count];
    let mut ready: Vec<u32> = (0..count as u32)
        .filter(|row| pending[*row as usize] == 0)
        .collect();
    while let Some(row) = ready.pop() {
        let next = generations[row as usize] + 1;
        for child in &children[starts[row as usize] as usize..starts[row as usize + 1] as usize] {
            let child = *child as usize;
            generations[child] = generations[child].max(next);
            pending[child] -= 1;
            if pending[child] == 0 {
                ready.push(child as u32);
            }
        }
    }
    generations
}
