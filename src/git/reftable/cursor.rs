//! Taking numbers and bytes from the front of a slice, never beyond its end.

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    /// True at the end.
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number in the format's variable length: 7 bits a byte, the highest bit says that more
    /// follow, and each continuation adds one, so that no number has two forms.
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut byte = self.take(1)?[0];
        let mut value = u64::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = self.take(1)?[0];
            value = value
                .checked_add(1)?
                .checked_mul(128)?
                .checked_add(u64::from(byte & 0x7f))?;
        }
        Some(value)
    }

    /// A string behind its length.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        self.take(length)
    }
}

/// A big-endian number of up to 8 bytes at `at`.
pub(super) fn number(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let end = at.checked_add(len)?;
    let digits = bytes.get(at..end)?;
    Some(
        digits
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varint(bytes: &[u8]) -> Option<u64> {
        Cursor(bytes).varint()
    }

    #[test]
    fn numbers_are_read_as_git_writes_them() {
        assert_eq!(varint(&[0x7f]), Some(127));
        assert_eq!(varint(&[0x80, 0x00]), Some(128));
        assert_eq!(varint(&[0x80, 0x7f]), Some(255));
        assert_eq!(varint(&[0x81, 0x00]), Some(256));
        assert_eq!(varint(&[0x80]), None);
        assert_eq!(varint(&[0xff; 11]), None);
        assert_eq!(number(&[1, 2, 3], 1, 2), Some(0x0203));
        assert_eq!(number(&[1, 2, 3], 2, 2), None);
    }
}
