//! Which roots (refs and the like) reach something: up to 64 questions at a time, carried from
//! commits to their children as bits.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::order::Graph;
use super::pace::{GaveUp, Pace};

/// Most names listed in one answer; counts tell of the rest.
pub(crate) const LISTED_MAX: usize = 50;

/// What is asked: by positions of commits, and by roots that lead to it without a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    pub(crate) commits: Vec<u32>,
    pub(crate) roots: Vec<u32>,
}

/// A root as far as it matters here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Root {
    /// The position of the commit it leads to.
    pub(crate) position: Option<u32>,
    /// True for a ref, which is counted and listed.
    pub(crate) is_ref: bool,
    /// What is told of it besides, by number: the remote it was seen at, what else holds objects.
    pub(crate) labels: [Option<u32>; 2],
}

/// Who reaches it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// How many refs.
    pub(crate) ref_count: u64,
    /// The first of them.
    pub(crate) refs: Vec<u32>,
    /// The labels of the roots that reach it, ascending: the first ones of each band.
    pub(crate) labels: Vec<u32>,
}

/// How many bands of labels there may be.
pub(crate) const BANDS: usize = 5;

/// Answers questions; equal ones are asked once. `bands` says of each label which band it is of: of
/// each only so many are listed.
pub(crate) fn answer(
    graph: &Graph,
    roots: &[Root],
    bands: &[u8],
    questions: &[Question],
    pace: &mut Pace<'_>,
) -> Result<Vec<Arc<Answer>>, GaveUp> {
    let mut numbers: BTreeMap<&Question, usize> = BTreeMap::new();
    let mut distinct = Vec::new();
    let mut which = Vec::with_capacity(questions.len());
    for question in questions {
        let number = *numbers.entry(question).or_insert_with(|| {
            distinct.push(question);
            distinct.len() - 1
        });
        which.push(number);
    }
    let mut answers = Vec::with_capacity(distinct.len());
    let mut batch = Batch {
        reaches: vec![0; graph.len()],
        direct: vec![0; roots.len()],
        labels: vec![0; bands.len()],
    };
    for questions in distinct.chunks(64) {
        batch.ask(graph, questions, pace)?;
        batch.collect(roots, questions.len(), &mut answers, pace)?;
        let first = answers.len() - questions.len();
        batch.label(bands, &mut answers[first..], pace)?;
    }
    let answers: Vec<Arc<Answer>> = answers.into_iter().map(Arc::new).collect();
    Ok(which.into_iter().map(|n| Arc::clone(&answers[n])).collect())
}

struct Batch {
    /// By position: the questions that the commit or one of its ancestors answers.
    reaches: Vec<u64>,
    /// By root: those that it answers without a commit.
    direct: Vec<u64>,
    /// By label: those that any of its roots answers.
    labels: Vec<u64>,
}

impl Batch {
    fn ask(
        &mut self,
        graph: &Graph,
        questions: &[&Question],
        pace: &mut Pace<'_>,
    ) -> Result<(), GaveUp> {
        self.reaches.fill(0);
        self.direct.fill(0);
        self.labels.fill(0);
        for (question, bit) in questions.iter().zip(0..) {
            for position in &question.commits {
                self.reaches[*position as usize] |= 1 << bit;
            }
            for root in &question.roots {
                self.direct[*root as usize] |= 1 << bit;
            }
        }
        pace.step(graph.len() / 8)?;
        for position in 0..graph.len() {
            let parents = graph.parents(position).iter();
            let above = parents.fold(0, |mask, parent| mask | self.reaches[*parent as usize]);
            self.reaches[position] |= above;
        }
        Ok(())
    }

    fn collect(
        &mut self,
        roots: &[Root],
        count: usize,
        answers: &mut Vec<Answer>,
        pace: &mut Pace<'_>,
    ) -> Result<(), GaveUp> {
        let mut counter = Counter::default();
        let first = answers.len();
        answers.resize_with(first + count, Answer::default);
        let answers = &mut answers[first..];
        let mut wanting = u64::MAX;
        pace.step(roots.len() / 4)?;
        for ((root, direct), number) in roots.iter().zip(&self.direct).zip(0..) {
            let reached = root.position.map_or(0, |at| self.reaches[at as usize]);
            let mask = direct | reached;
            if mask == 0 {
                continue;
            }
            for label in root.labels.iter().flatten() {
                self.labels[*label as usize] |= mask;
            }
            if root.is_ref {
                counter.add(mask);
                for bit in bits(mask & wanting) {
                    answers[bit].refs.push(number);
                    if answers[bit].refs.len() >= LISTED_MAX {
                        wanting &= !(1 << bit);
                    }
                }
            }
        }
        for (answer, bit) in answers.iter_mut().zip(0..) {
            answer.ref_count = counter.get(bit);
        }
        Ok(())
    }

    /// Lists the first labels of each band.
    fn label(
        &self,
        bands: &[u8],
        answers: &mut [Answer],
        pace: &mut Pace<'_>,
    ) -> Result<(), GaveUp> {
        pace.step(bands.len() / 4)?;
        let mut wanting = [u64::MAX; BANDS];
        let mut counts = [[0usize; 64]; BANDS];
        for ((mask, band), label) in self.labels.iter().zip(bands).zip(0..) {
            let band = usize::from(*band);
            for bit in bits(mask & wanting[band]) {
                answers[bit].labels.push(label);
                counts[band][bit] += 1;
                if counts[band][bit] >= LISTED_MAX {
                    wanting[band] &= !(1 << bit);
                }
            }
        }
        Ok(())
    }
}

/// Counts for 64 bits at once: one plane for each binary digit of the counts.
#[derive(Default)]
struct Counter {
    planes: [u64; 32],
}

impl Counter {
    fn add(&mut self, mut carry: u64) {
        for plane in &mut self.planes {
            (*plane, carry) = (*plane ^ carry, *plane & carry);
            if carry == 0 {
                return;
            }
        }
    }

    fn get(&self, bit: u32) -> u64 {
        let digits = self.planes.iter().zip(0..);
        digits
            .map(|(plane, digit)| (plane >> bit & 1) << digit)
            .sum()
    }
}

/// The bits set in a mask.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (mask != 0).then(|| {
            let bit = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            bit
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_are_bounded_by_bands() {
        // Three questions about one commit each; every root leads to all of them.
        let questions: Vec<Question> = (0..3)
            .map(|root| Question {
                commits: Vec::new(),
                roots: (root..3000).collect(),
            })
            .collect();
        let root = |number: u32| Root {
            position: None,
            is_ref: false,
            labels: [Some(number), number.is_multiple_of(2).then_some(3000)],
        };
        let roots: Vec<Root> = (0..3000).map(root).collect();
        let bands: Vec<u8> = (0..3001).map(|label| u8::from(label >= 2000) * 3).collect();
        let control = crate::model::Control::default();
        let mut pace = Pace::new(&control, u64::MAX);
        let answers = answer(&Graph::default(), &roots, &bands, &questions, &mut pace).unwrap();
        for (answer, first) in answers.iter().zip(0..) {
            let expected: Vec<u32> = (first..first + 50).chain(2000..2050).collect();
            assert_eq!(answer.labels, expected);
        }
    }

    proptest! {
        #[test]
        fn counts_every_bit(masks in proptest::collection::vec(any::<u64>(), 0..300)) {
            let mut counter = Counter::default();
            for mask in &masks {
                counter.add(*mask);
            }
            for bit in 0..64 {
                let plain = masks.iter().filter(|mask| **mask >> bit & 1 == 1).count();
                prop_assert_eq!(counter.get(bit), plain as u64);
            }
        }
    }
}
