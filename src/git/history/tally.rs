//! Who has what: how many commits hold an item, and how many authors those commits have.
//!
//! The tour visits each commit once, so what an item is there for is a few spans of the order in
//! which commits are visited. Authors are told apart by a mark of their name and mail, which every
//! commit's row has, so that no commit is read for them.

use std::collections::HashMap;

use super::pace::{GaveUp, Pace};

/// Most spans that are kept for all items together.
const SPANS_MAX: usize = 2 << 20;
/// Authors that are looked at for all items together; who is left out has no count.
const WORK_MAX: usize = 1 << 28;
/// Commits whose authors are summed up.
const BLOCK: usize = 1 << 10;

/// Counts commits and authors.
pub(crate) struct Tally {
    /// Of each named commit, in the order of visits, the number of its author.
    authors: Vec<u32>,
    /// Numbers of authors by their mark.
    numbers: HashMap<u64, u32>,
    /// By item: how many commits there were when it came.
    since: Vec<u32>,
    /// Items with commits that hold them, from and to.
    spans: Vec<(u32, u32, u32)>,
    cut: bool,
}

impl Tally {
    /// Nothing is known of so many items.
    pub(super) fn new(items: usize) -> Tally {
        Tally {
            authors: Vec::new(),
            numbers: HashMap::new(),
            since: vec![0; items],
            spans: Vec::new(),
            cut: false,
        }
    }

    /// The next commit, by the mark of its author.
    pub(super) fn visit(&mut self, author: u64) {
        let next = self.numbers.len() as u32;
        self.authors
            .push(*self.numbers.entry(author).or_insert(next));
    }

    /// An item came, before the next commit is visited.
    pub(super) fn came(&mut self, item: u32) {
        self.since[item as usize] = self.authors.len() as u32;
    }

    /// An item went: in how many commits it was since it came.
    pub(super) fn went(&mut self, item: u32) -> u64 {
        let (since, now) = (self.since[item as usize], self.authors.len() as u32);
        if now > since {
            if self.spans.len() < SPANS_MAX {
                self.spans.push((item, since, now));
            } else {
                self.cut = true;
            }
        }
        u64::from(now - since)
    }

    /// By item: how many authors its commits have; `None` where that is too much to count.
    pub(crate) fn authors(mut self, pace: &mut Pace<'_>) -> Result<Vec<Option<u64>>, GaveUp> {
        let mut counts = vec![(!self.cut).then_some(0); self.since.len()];
        if self.cut {
            return Ok(counts);
        }
        self.spans.sort_unstable();
        let blocks = self.blocks();
        // By author: the last item that was counted for them.
        let mut counted = vec![u32::MAX; self.numbers.len()];
        let mut left = WORK_MAX;
        for (item, from, to) in &self.spans {
            pace.step(0)?;
            let Some(count) = &mut counts[*item as usize] else {
                continue;
            };
            let mut see = |authors: &[u32]| {
                for author in authors {
                    let last = &mut counted[*author as usize];
                    *count += u64::from(*last != *item);
                    *last = *item;
                }
                authors.len()
            };
            let (mut at, end) = (*from as usize, *to as usize);
            let mut work = 1;
            while at < end {
                let next = ((at / BLOCK + 1) * BLOCK).min(end);
                let is_whole = at.is_multiple_of(BLOCK) && next - at == BLOCK;
                work += match blocks.get(at / BLOCK).filter(|_| is_whole) {
                    Some(block) => see(block),
                    None => see(&self.authors[at..next]),
                };
                at = next;
            }
            if let Some(rest) = left.checked_sub(work) {
                left = rest;
            } else {
                left = 0;
                counts[*item as usize] = None;
            }
        }
        Ok(counts)
    }

    /// The authors of each whole block of commits, each once.
    fn blocks(&self) -> Vec<Vec<u32>> {
        let blocks = self.authors.chunks_exact(BLOCK).map(|block| {
            let mut authors = block.to_vec();
            authors.sort_unstable();
            authors.dedup();
            authors
        });
        blocks.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Control;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn counts_what_sets_count(
            authors in proptest::collection::vec(0_u64..40, 0..5000),
            turns in proptest::collection::vec((0_usize..5000, 0_u32..3), 0..40),
        ) {
            let mut tally = Tally::new(3);
            let mut plain = vec![(0_u64, BTreeSet::new()); 3];
            let mut there = [false; 3];
            let mut commits = [0; 3];
            for (at, author) in authors.iter().enumerate() {
                for (_, item) in turns.iter().filter(|(turn, _)| *turn == at) {
                    let is = &mut there[*item as usize];
                    *is = !*is;
                    if *is {
                        tally.came(*item);
                    } else {
                        commits[*item as usize] += tally.went(*item);
                    }
                }
                tally.visit(*author);
                for (plain, _) in plain.iter_mut().zip(&there).filter(|(_, is)| **is) {
                    plain.0 += 1;
                    plain.1.insert(*author);
                }
            }
            for item in (0..3).filter(|item| there[*item as usize]) {
                commits[item as usize] += tally.went(item);
            }
            let control = Control::default();
            let counts = tally.authors(&mut Pace::new(&control, 1 << 20)).unwrap();
            for item in 0..3 {
                prop_assert_eq!(commits[item], plain[item].0);
                prop_assert_eq!(counts[item], Some(plain[item].1.len() as u64));
            }
        }
    }
}
