//! Sets of small numbers, one bit each.

use std::sync::atomic::{AtomicU64, Ordering};

/// A set that one thread changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// An empty set for numbers below `len`.
    pub(crate) fn new(len: usize) -> Bits {
        Bits(vec![0; len.div_ceil(64)])
    }

    /// True if it was made for no numbers at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, n: u32) -> bool {
        self.0
            .get(n as usize / 64)
            .is_some_and(|word| word >> (n % 64) & 1 == 1)
    }

    /// For each 64 numbers how many smaller ones are in the set.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut sum = 0;
        let before = self.0.iter().map(|word| {
            let before = sum;
            sum += word.count_ones();
            before
        });
        before.collect()
    }

    /// How many smaller numbers are in the set if this one is, given [`Bits::ranks`].
    pub(crate) fn rank(&self, ranks: &[u32], n: u32) -> Option<u32> {
        let word = self.0.get(n as usize / 64)?;
        let bit = 1u64 << (n % 64);
        (word & bit != 0).then(|| ranks[n as usize / 64] + (word & (bit - 1)).count_ones())
    }

    /// How many numbers are in the set.
    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Adds a number; true if it is new.
    pub(crate) fn insert(&mut self, n: u32) -> bool {
        let word = &mut self.0[n as usize / 64];
        let bit = 1 << (n % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

/// A set that many threads add to.
#[derive(Debug, Default)]
pub(crate) struct SharedBits(Vec<AtomicU64>);

impl SharedBits {
    /// An empty set for numbers below `len`.
    pub(crate) fn new(len: usize) -> SharedBits {
        SharedBits((0..len.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    pub(crate) fn contains(&self, n: u32) -> bool {
        self.0[n as usize / 64].load(Ordering::Relaxed) >> (n % 64) & 1 == 1
    }

    /// Adds a number; true if it is new.
    pub(crate) fn insert(&self, n: u32) -> bool {
        let bit = 1 << (n % 64);
        self.0[n as usize / 64].fetch_or(bit, Ordering::Relaxed) & bit == 0
    }
}
