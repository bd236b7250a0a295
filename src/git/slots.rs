//! A hash table from names of objects to their numbers, made for millions of look-ups that miss the
//! cache: what a slot has to spare beside a number holds a tag of the name. It is so long that a wrong
//! number is passed over without reading its name, which would miss the cache once more.

use std::hash::{BuildHasher, RandomState};

/// A slot in which nothing is.
const FREE: u64 = u64::MAX;
/// Tags of so many bits are believed: of a thousand million look-ups one is wrong once in a thousand times.
/// Nobody can bring that about, since names are mixed with a number that is new in each run.
const BELIEVED_BITS: u32 = 40;

/// The table. It does not hold the names: whoever asks compares them, unless [tags are
/// believed](Slots::is_believed).
#[derive(Default)]
pub(super) struct Slots {
    slots: Vec<u64>,
    seed: u64,
    /// Bits of a slot that are the number; the others are the tag.
    number_bits: u32,
}

/// The way of a name through the table.
pub(super) struct Probe {
    slot: usize,
    /// What slots of the name begin with, in place.
    tag: u64,
}

impl Slots {
    /// An empty table for numbers below `total`.
    pub(super) fn new(total: u32) -> Slots {
        Slots {
            // A third of them stays free. A denser table would make ways longer, a larger one would miss
            // the cache more often.
            slots: vec![FREE; (total as usize + total as usize / 2).max(16)],
            // Names in an index are whatever its author wrote: a fixed hash would let them collide.
            seed: RandomState::new().hash_one(0u8) | 1,
            // With a number more than there are, no slot in use looks free.
            number_bits: u32::BITS - total.leading_zeros(),
        }
    }

    /// The slot behind another.
    #[inline]
    fn behind(&self, slot: usize) -> usize {
        let behind = slot + 1;
        if behind == self.slots.len() {
            0
        } else {
            behind
        }
    }

    /// True if the first number on a way need not be compared: it has the name, or nothing has.
    #[inline]
    pub(super) fn is_believed(&self) -> bool {
        u64::BITS - self.number_bits >= BELIEVED_BITS
    }

    /// Where the way of a name begins.
    #[inline]
    pub(super) fn probe(&self, raw: &[u8]) -> Probe {
        // All of a name counts: whoever makes up an index may choose any part of it. The last word
        // overlaps the one before.
        let word = |at: usize| {
            let bytes = raw[at..at + 8].try_into().expect("eight bytes of a name");
            u128::from(u64::from_le_bytes(bytes))
        };
        let fold = |hash: u64, word: u128| {
            let product = (u128::from(hash) ^ word).wrapping_mul(u128::from(self.seed));
            (product >> 64) as u64 ^ product as u64
        };
        let mut hash = fold(fold(0, word(0)), word(8));
        if raw.len() > 20 {
            hash = fold(hash, word(16));
        }
        hash = fold(hash, word(raw.len() - 8));
        // The upper bits choose the slot, the lower ones are the tag.
        let slot = u128::from(hash) * self.slots.len() as u128;
        Probe {
            slot: (slot >> 64) as usize,
            tag: hash << self.number_bits,
        }
    }

    /// The next number on the way whose name is most likely the one that is asked for; `None` at the
    /// end of the way.
    #[inline]
    pub(super) fn next(&self, probe: &mut Probe) -> Option<u32> {
        loop {
            let slot = self.slots[probe.slot];
            if slot == FREE {
                return None;
            }
            probe.slot = self.behind(probe.slot);
            let number = slot ^ probe.tag;
            if number >> self.number_bits == 0 {
                return Some(number as u32);
            }
        }
    }

    /// Puts a number at the end of a way that [`Slots::next`] has gone to its end.
    pub(super) fn put(&mut self, probe: &Probe, number: u32) {
        self.slots[probe.slot] = probe.tag | u64::from(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that differ in one word each.
    fn name(number: u32) -> [u8; 20] {
        let mut raw = [7; 20];
        raw[8..12].copy_from_slice(&number.to_le_bytes());
        raw
    }

    fn full(total: u32) -> Slots {
        let mut slots = Slots::new(total);
        for number in 0..total {
            let mut probe = slots.probe(&name(number));
            while slots.next(&mut probe).is_some() {}
            slots.put(&probe, number);
        }
        slots
    }

    #[test]
    fn every_number_is_on_the_way_of_its_name() {
        for total in [0, 1, 2, 3, 7, 8, 255, 256, 257, 5000] {
            let slots = full(total);
            for number in 0..total {
                let mut probe = slots.probe(&name(number));
                let mut way = std::iter::from_fn(|| slots.next(&mut probe));
                assert!(way.any(|found| found == number), "{number} of {total}");
            }
            let mut probe = slots.probe(&name(total));
            while let Some(other) = slots.next(&mut probe) {
                assert!(other < total);
            }
        }
    }

    #[test]
    fn names_that_look_alike_have_short_ways() {
        const TOTAL: u32 = 20_000;
        let slots = full(TOTAL);
        let mut steps = 0;
        for number in 0..TOTAL {
            let mut probe = slots.probe(&name(number));
            let start = probe.slot;
            while slots.next(&mut probe) != Some(number) {}
            steps += (probe.slot + slots.slots.len() - start) % slots.slots.len();
        }
        // Two on average in a table of which a third is free.
        assert!(steps < 3 * TOTAL as usize, "{steps}");
    }

    #[test]
    fn a_wrong_number_is_seldom_on_the_way() {
        let slots = full(5000);
        let mut wrong = 0;
        for number in 0..5000 {
            let mut probe = slots.probe(&name(number));
            wrong += std::iter::from_fn(|| slots.next(&mut probe))
                .take_while(|found| *found != number)
                .count();
        }
        // 51 bits of tag: without them a quarter of all would be wrong.
        assert_eq!(wrong, 0);
    }
}
