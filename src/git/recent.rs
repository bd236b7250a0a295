//! Objects that were read a moment ago and may be needed again as delta bases.

use std::collections::{BTreeMap, HashMap};

use crate::model::ObjectKind;

/// Bytes kept.
const BYTES_MAX: usize = 32 << 20;
/// What an entry costs besides its content.
const ENTRY_COST: usize = 128;

/// A bounded number of objects, by number; what was put in longest ago goes first. One object
/// above the bound is kept if it is the last one.
#[derive(Default)]
pub(super) struct Recent {
    objects: HashMap<u32, (u64, ObjectKind, Vec<u8>)>,
    by_age: BTreeMap<u64, u32>,
    clock: u64,
    bytes: usize,
}

impl Recent {
    pub(super) fn contains(&self, number: u32) -> bool {
        self.objects.contains_key(&number)
    }

    /// Takes an object out.
    pub(super) fn take(&mut self, number: u32) -> Option<(ObjectKind, Vec<u8>)> {
        let (age, kind, bytes) = self.objects.remove(&number)?;
        self.by_age.remove(&age);
        self.bytes -= bytes.len() + ENTRY_COST;
        Some((kind, bytes))
    }

    /// Puts an object in, as the youngest.
    pub(super) fn put(&mut self, number: u32, kind: ObjectKind, bytes: Vec<u8>) {
        self.take(number);
        self.clock += 1;
        self.bytes += bytes.len() + ENTRY_COST;
        self.by_age.insert(self.clock, number);
        self.objects.insert(number, (self.clock, kind, bytes));
        while self.bytes > BYTES_MAX && self.objects.len() > 1 {
            let Some((_, oldest)) = self.by_age.pop_first() else {
                return;
            };
            self.take(oldest);
        }
    }

    /// Makes room, for when a large object is about to be read.
    pub(super) fn clear(&mut self) {
        *self = Recent::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first() {
        let mut recent = Recent::default();
        let third = BYTES_MAX / 3;
        for number in 0..3 {
            recent.put(number, ObjectKind::Blob, vec![0; third]);
        }
        assert!(!recent.contains(0) && recent.contains(1) && recent.contains(2));
        let (kind, bytes) = recent.take(1).unwrap();
        assert!(!recent.contains(1));
        recent.put(1, kind, bytes);
        recent.put(3, ObjectKind::Tree, vec![0; third]);
        assert!(!recent.contains(2) && recent.contains(1) && recent.contains(3));
        recent.put(4, ObjectKind::Blob, vec![0; 2 * BYTES_MAX]);
        assert!(recent.contains(4) && !recent.contains(1) && !recent.contains(3));
        recent.put(5, ObjectKind::Blob, Vec::new());
        assert!(!recent.contains(4) && recent.contains(5));
        recent.take(5);
        assert_eq!((recent.bytes, recent.by_age.len()), (0, 0));
    }
}
