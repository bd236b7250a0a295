//! EWAH bitmaps, by which a split index says what it replaces and deletes.

/// A set of positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bitmap {
    bits: Vec<bool>,
}

impl Bitmap {
    /// True if `position` is in the set.
    pub(super) fn has(&self, position: usize) -> bool {
        self.bits.get(position).copied().unwrap_or(false)
    }

    /// True if the set names a position from `len` on.
    pub(super) fn reaches(&self, len: usize) -> bool {
        self.bits.iter().skip(len).any(|bit| *bit)
    }
}

/// Reads a bitmap from the front of `bytes`; returns it and the rest. It may name positions
/// below `limit` only. `None` if it is broken.
///
/// Form: number of bits, number of words, the words of 8 bytes, position of the last marker.
/// A marker word says: bit 0 the repeated bit, 32 bits how many words of it, 31 bits how many
/// literal words follow.
pub(super) fn decode(bytes: &[u8], limit: usize) -> Option<(Bitmap, &[u8])> {
    let number = |at: usize| {
        let digits: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(digits) as usize)
    };
    let words_end = number(4)?.checked_mul(8)?.checked_add(8)?;
    let mut words = bytes.get(8..words_end)?.chunks_exact(8).map(|word| {
        // The chunk has 8 bytes.
        word.iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte))
    });
    let rest = bytes.get(words_end.checked_add(4)?..)?;
    // Git counts whole words for the length, so the last one may stick out.
    let limit = limit.checked_add(64)?;
    let mut bits = Vec::new();
    while let Some(marker) = words.next() {
        let run = usize::try_from((marker >> 1) & 0xffff_ffff).ok()?;
        let run = run.checked_mul(64)?.checked_add(bits.len())?;
        if run > limit {
            return None;
        }
        bits.resize(run, marker & 1 == 1);
        for _ in 0..marker >> 33 {
            let word = words.next()?;
            if bits.len() + 64 > limit + 64 {
                return None;
            }
            bits.extend((0..64).map(|bit| word >> bit & 1 == 1));
        }
    }
    Some((Bitmap { bits }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(words: &[u64]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 0, 200];
        bytes.extend((words.len() as u32).to_be_bytes());
        bytes.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        bytes.extend([0; 4]);
        bytes.extend(b"rest");
        bytes
    }

    #[test]
    fn runs_and_literals_are_read() {
        let bytes = encoded(&[1 | 1 << 1 | 1 << 33, 0b101]);
        let (bitmap, rest) = decode(&bytes, 128).unwrap();
        assert!(bitmap.has(0) && bitmap.has(63) && bitmap.has(64) && bitmap.has(66));
        assert!(!bitmap.has(65) && !bitmap.has(1000));
        assert!(bitmap.reaches(66) && !bitmap.reaches(67));
        assert_eq!(rest, b"rest");
    }

    #[test]
    fn lengths_are_checked() {
        assert_eq!(decode(&encoded(&[1 | 0xffff_ffff << 1]), 1000), None);
        assert_eq!(decode(&encoded(&[1 << 33]), 1000), None);
        assert_eq!(decode(b"", 1000), None);
    }
}
