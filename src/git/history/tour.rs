//! In which order commits are visited: along first parents, depth-first, so that each commit is
//! mostly one step away from the one before.

use super::World;
use super::order::Graph;
use crate::git::store::NONE;

/// The forest of first parents.
pub(crate) struct Tour {
    /// All commits, each after its first parent.
    pub(crate) order: Vec<u32>,
    /// By position: its place in `order`.
    place: Vec<u32>,
    /// By position: the place after the last commit that has it in its line of first parents.
    end: Vec<u32>,
}

impl Tour {
    pub(crate) fn new(graph: &Graph) -> Tour {
        let count = graph.len();
        let first_parent = |position: u32| {
            graph
                .parents(position as usize)
                .first()
                .copied()
                .unwrap_or(NONE)
        };
        // Children of each commit, the last one first: a list threaded through `next`.
        let mut head = vec![NONE; count];
        let mut next = vec![NONE; count];
        let mut roots = Vec::new();
        for position in 0..count as u32 {
            match first_parent(position) {
                NONE => roots.push(position),
                parent => {
                    next[position as usize] = head[parent as usize];
                    head[parent as usize] = position;
                }
            }
        }
        let mut tour = Tour {
            order: Vec::with_capacity(count),
            place: vec![0; count],
            end: vec![0; count],
        };
        let mut stack: Vec<u32> = roots.into_iter().rev().collect();
        while let Some(position) = stack.pop() {
            tour.place[position as usize] = tour.order.len() as u32;
            tour.order.push(position);
            let mut child = head[position as usize];
            while child != NONE {
                stack.push(child);
                child = next[child as usize];
            }
        }
        for position in tour.order.iter().rev() {
            let at = *position as usize;
            tour.end[at] = tour.end[at].max(tour.place[at] + 1);
            if let Some(parent) = graph.parents(at).first() {
                let parent = *parent as usize;
                tour.end[parent] = tour.end[parent].max(tour.end[at]);
            }
        }
        tour
    }

    /// True if `other` has `commit` in its line of first parents, or is it.
    pub(crate) fn is_below(&self, commit: u32, other: u32) -> bool {
        let place = self.place[other as usize];
        (self.place[commit as usize]..self.end[commit as usize]).contains(&place)
    }

    /// Every state on the way: each commit once after each of its parents, [`NONE`] before a root.
    pub(crate) fn states(&self, graph: &Graph, mut visit: impl FnMut(u32)) {
        let mut at = NONE;
        let mut go = |to: u32| {
            if at != to {
                at = to;
                visit(to);
            }
        };
        for position in &self.order {
            let parents = graph.parents(*position as usize);
            if parents.is_empty() {
                go(NONE);
                go(*position);
            }
            for parent in parents {
                go(*parent);
                go(*position);
            }
        }
    }
}

/// States in one block of [`Times`].
const BLOCK_LEN: usize = 64;

/// Dates of the states of a tour; tells the first and last date of a run of them.
pub(crate) struct Times {
    states: Vec<i64>,
    /// A tree of minima and maxima of blocks: the root at 1, the children of `n` at `2n`.
    blocks: Vec<(i64, i64)>,
    width: usize,
}

/// The first and last date of nothing.
const NEVER: (i64, i64) = (i64::MAX, i64::MIN);

fn join(a: (i64, i64), b: (i64, i64)) -> (i64, i64) {
    (a.0.min(b.0), a.1.max(b.1))
}

impl Times {
    pub(crate) fn new(world: &World<'_>, tour: &Tour) -> Times {
        let mut times = Vec::with_capacity(world.graph.len() * 3 / 2);
        tour.states(world.graph, |position| {
            times.push(if position == NONE {
                0
            } else {
                world.time(position)
            });
        });
        Times::of(times)
    }

    fn of(times: Vec<i64>) -> Times {
        let width = times.len().div_ceil(BLOCK_LEN).next_power_of_two();
        let mut blocks = vec![NEVER; 2 * width];
        for (block, chunk) in blocks[width..].iter_mut().zip(times.chunks(BLOCK_LEN)) {
            *block = chunk
                .iter()
                .fold(NEVER, |all, time| join(all, (*time, *time)));
        }
        for at in (1..width).rev() {
            blocks[at] = join(blocks[2 * at], blocks[2 * at + 1]);
        }
        Times {
            states: times,
            blocks,
            width,
        }
    }

    /// How many states there are.
    pub(crate) fn len(&self) -> usize {
        self.states.len()
    }

    /// The first and last date of the states from `start` to before `end`.
    pub(crate) fn range(&self, start: usize, end: usize) -> (i64, i64) {
        let of = |times: &[i64]| {
            times
                .iter()
                .fold(NEVER, |all, time| join(all, (*time, *time)))
        };
        let (mut a, mut b) = (start.div_ceil(BLOCK_LEN), end / BLOCK_LEN);
        if a >= b {
            return of(&self.states[start..end]);
        }
        let mut all = join(
            of(&self.states[start..a * BLOCK_LEN]),
            of(&self.states[b * BLOCK_LEN..end]),
        );
        a += self.width;
        b += self.width;
        while a < b {
            if a % 2 == 1 {
                all = join(all, self.blocks[a]);
                a += 1;
            }
            if b % 2 == 1 {
                b -= 1;
                all = join(all, self.blocks[b]);
            }
            a /= 2;
            b /= 2;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_equal_a_plain_search(times in proptest::collection::vec(-50i64..50, 1..700),
                                       a in 0usize..700, b in 0usize..700) {
            let (a, b) = (a % (times.len() + 1), b % (times.len() + 1));
            let (start, end) = (a.min(b), a.max(b));
            let plain = times[start..end].iter().fold(NEVER, |all, t| join(all, (*t, *t)));
            prop_assert_eq!(Times::of(times).range(start, end), plain);
        }
    }
}
