//! Runs of bytes of one class, found by looking at few of them.

use std::ops::Range;

use crate::model::Alphabet;

/// Of [`Alphabet::Base64`].
pub(super) const BASE64: u8 = 1;
/// Of [`Alphabet::Token`].
pub(super) const TOKEN: u8 = 2;
/// Of [`Alphabet::Graphic`].
pub(super) const GRAPHIC: u8 = 4;
/// Of base64 and base64url.
pub(super) const ENCODED: u8 = 8;
/// What a value with escapes in it is made of.
pub(super) const ESCAPED: u8 = 16;
/// What lists of numbers are made of.
pub(super) const LISTED: u8 = 32;
/// What glue between two pieces of a value begins with.
pub(super) const OPENER: u8 = 64;

static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        let is_base64 = Alphabet::Base64.holds(byte);
        if is_base64 {
            table[at] |= BASE64;
        }
        if Alphabet::Token.holds(byte) {
            table[at] |= TOKEN;
        }
        if Alphabet::Graphic.holds(byte) {
            table[at] |= GRAPHIC;
        }
        if is_base64 || matches!(byte, b'-' | b'_') {
            table[at] |= ENCODED;
        }
        if Alphabet::Token.holds(byte)
            || matches!(byte, b'%' | b'\\' | b'&' | b'#' | b';' | b'{' | b'}')
        {
            table[at] |= ESCAPED;
        }
        if byte.is_ascii_hexdigit()
            || matches!(
                byte,
                b'x' | b'X' | b',' | b' ' | b'\n' | b'\r' | b'\t' | b':' | b';'
            )
        {
            table[at] |= LISTED;
        }
        if matches!(
            byte,
            b'"' | b'\'' | b'`' | b'\\' | b'^' | b'$' | b' ' | b'\r' | b'\n' | b'<' | b'&' | 0x80..
        ) {
            table[at] |= OPENER;
        }
        at += 1;
    }
    table
};

/// True if a byte is of a class.
pub(super) fn is_of(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// The class of an alphabet's bytes.
pub(super) fn class_of(alphabet: Alphabet) -> u8 {
    match alphabet {
        Alphabet::Base64 => BASE64,
        Alphabet::Token => TOKEN,
        Alphabet::Graphic | Alphabet::Pem => GRAPHIC,
    }
}

/// The whole runs of a class that are at least so long, in order. A byte in `len_min` is looked at
/// where there is none.
pub(super) struct Runs<'b> {
    bytes: &'b [u8],
    class: u8,
    len_min: usize,
    /// No run begins before this that was not seen.
    at: usize,
}

impl Runs<'_> {
    pub(super) fn new(bytes: &[u8], class: u8, len_min: usize) -> Runs<'_> {
        Runs {
            bytes,
            class,
            len_min: len_min.max(1),
            at: 0,
        }
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let probe = self.at + self.len_min - 1;
            if !is_of(*self.bytes.get(probe)?, self.class) {
                self.at = probe + 1;
                continue;
            }
            let of_class = |b: &&u8| is_of(**b, self.class);
            let before = self.bytes[self.at..probe].iter().rev();
            let start = probe - before.take_while(of_class).count();
            let behind = self.bytes[probe + 1..].iter();
            let end = probe + 1 + behind.take_while(of_class).count();
            self.at = end + 1;
            if end - start >= self.len_min {
                return Some(start..end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_runs_are_those_that_splitting_gives(
            bytes in proptest::collection::vec(prop_oneof![9 => Just(b'a'), 1 => Just(b' ')], 0..300),
            len_min in 1_usize..20,
        ) {
            let mut expected = Vec::new();
            let mut at = 0;
            for part in bytes.split(|b| *b == b' ') {
                if part.len() >= len_min {
                    expected.push(at..at + part.len());
                }
                at += part.len() + 1;
            }
            let found: Vec<Range<usize>> = Runs::new(&bytes, BASE64, len_min).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
