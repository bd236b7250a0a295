//! Signs that a value may stand in a text encoded. A value needs no label, so these ask for less than
//! those of the rules do: something that is long enough, and decodes to text.
//!
//! All signs are local: whether one stands at a place depends on [`SIGN_LEN`] bytes around it.

use super::Known;
use super::escaped::has_value;
use super::runs::{BASE64, ENCODED, ESCAPED, LISTED, Runs, is_of};
use crate::model::PEM_HEAD;
use crate::scan::layers::signs::run_has_nested;

/// A line of wrapped base64 is at least so long, and so is half of a secret in any coding.
const ENCODED_LEN: usize = 40;
/// A value of 20 characters with one escape in it.
const ESCAPED_LEN: usize = 21;
/// So much text in a list of numbers may be a part of a value.
const ROW_MIN: usize = 8;
/// How far from a zero other bytes count.
const ZERO_REACH: usize = 8;
/// Twenty bytes written one by one.
const LISTED_LEN: usize = 40;
/// Bytes of a group of hexadecimal digits in a dump.
const GROUP_MAX: usize = 4;
/// Quoted characters in a row that are a list of them.
const CHARS_MIN: usize = 8;
/// No sign is longer where it begins to be one.
pub(super) const SIGN_LEN: usize = 256;

impl Known {
    /// True if something in the bytes is encoded that may hold a value.
    pub(super) fn has_sign(&self, bytes: &[u8]) -> bool {
        has_zeros(bytes)
            || self.packed.next(bytes, 0).is_some()
            || Runs::new(bytes, ENCODED, ENCODED_LEN).any(|run| run_has_nested(&bytes[run]))
            || Runs::new(bytes, ESCAPED, ESCAPED_LEN).any(|run| has_value(&bytes[run]))
            || Runs::new(bytes, LISTED, LISTED_LEN).any(|run| is_list(&bytes[run]))
            || has_soft_break(bytes)
            || has_chars(bytes)
            || (self.has_pem() && memchr::memmem::find(bytes, PEM_HEAD).is_some())
    }
}

/// True if a zero stands beside other bytes that are no ASCII: a text may hold a zero, but what is packed,
/// and text in wide characters, have more than that.
fn has_zeros(bytes: &[u8]) -> bool {
    let is_binary = |b: &u8| *b < 9 || *b >= 0x80;
    memchr::memchr_iter(0, bytes).any(|at| {
        let before = &bytes[at.saturating_sub(ZERO_REACH)..at];
        let behind = &bytes[at + 1..bytes.len().min(at + 1 + ZERO_REACH)];
        before.iter().chain(behind).any(is_binary)
    })
}

/// True if numbers in a row, hexadecimal in groups of up to four bytes or decimal, stand for text, also
/// in wide characters, or for what something packed begins with. Nothing else in a list is undone.
fn is_list(run: &[u8]) -> bool {
    let (mut row, mut before) = (0, [0; 2]);
    let mut numbers = run.split(|b| !b.is_ascii_hexdigit());
    // `0x41` comes in two parts.
    numbers.any(|number| {
        if matches!(number, b"" | b"0") {
            return false;
        }
        let (decimal, pairs) = (decimal_of(number), pairs_of(number));
        let text = match (decimal, &pairs) {
            (Some(byte), _) if is_text(byte) => Some(1),
            (_, Some(bytes)) if bytes.iter().all(|byte| *byte == 0 || is_text(*byte)) => {
                Some(bytes.iter().filter(|byte| **byte != 0).count())
            }
            // A zero belongs to a wide character.
            (Some(0), _) => Some(0),
            _ => None,
        };
        row = text.map_or(0, |count| row + count);
        let first = pairs.iter().flatten().next().copied();
        let inside = pairs
            .iter()
            .any(|bytes| bytes.windows(2).any(begins_packed));
        let begins =
            |before: u8, byte: Option<u8>| byte.is_some_and(|byte| begins_packed(&[before, byte]));
        let packed = inside || begins(before[0], first) || begins(before[1], decimal);
        let last = pairs.iter().flatten().last().copied();
        before = [last.unwrap_or(0), decimal.unwrap_or(0)];
        packed || row >= ROW_MIN
    })
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// The first two bytes of what is packed, as far as they are no text.
fn begins_packed(two: &[u8]) -> bool {
    matches!(
        two,
        [0x1f, 0x8b]
            | [b'x', 0x01 | 0x5e | 0x9c | 0xda]
            | [b'P', b'K']
            | [b'B', b'Z']
            | [0xfd, b'7']
            | [0x28, 0xb5]
            | [0x5d, 0x00]
            | [b'%', b'P']
    )
}

fn decimal_of(number: &[u8]) -> Option<u8> {
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// The bytes of a group of hexadecimal digits.
fn pairs_of(number: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = number.as_chunks::<2>();
    let digit = |b: u8| char::from(b).to_digit(16).unwrap_or(0) as u8;
    let bytes = pairs.iter().map(|[a, b]| digit(*a) << 4 | digit(*b));
    (rest.is_empty() && pairs.len() <= GROUP_MAX).then(|| bytes.collect())
}

/// True if a line ends in `=` with a value on both sides, as in quoted-printable.
fn has_soft_break(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'=', bytes).any(|at| {
        let ([b'\n', behind @ ..] | [b'\r', b'\n', behind @ ..]) = &bytes[at + 1..] else {
            return false;
        };
        let of_value = |b: &&u8| is_of(**b, BASE64);
        let before = bytes[..at].iter().rev().take_while(of_value).count();
        before > 0 && before + behind.iter().take_while(of_value).count() >= 8
    })
}

/// True if quoted characters stand in a row.
fn has_chars(bytes: &[u8]) -> bool {
    let mut row = 0;
    let mut behind = 0;
    for at in memchr::memchr_iter(b'\'', bytes) {
        let [_, byte, b'\'', ..] = bytes[at..] else {
            continue;
        };
        if !is_of(byte, BASE64) {
            continue;
        }
        let gap = at.checked_sub(behind).map(|_| &bytes[behind..at]);
        let follows = gap.is_some_and(|gap| {
            !gap.is_empty()
                && gap.len() <= 64
                && gap.iter().all(|b| b.is_ascii_whitespace() || *b == b',')
        });
        row = if follows && row > 0 { row + 1 } else { 1 };
        behind = at + 3;
        if row >= CHARS_MIN {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_what_values_are_made_of() {
        for list in [
            "0x41, 0x4b, 0x49, 0x41, 0x30, 0x31, 0x32, 0x33,",
            "65, 75, 73, 65, 48, 49, 50, 51",
            "00000000: 414b 4941 3031 3233",
            "00000000  41 4b 49 41 30 31 32 33",
            "0x41, 0x00, 0x4b, 0x00, 0x49, 0x00, 0x41, 0x00, 0x30, 0x00, 0x31, 0x00, 0x32, 0x00, 0x33,",
            "0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03",
            "31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 75",
            "00000000: 1f8b 0800 0000 0000 0003",
            "0x78, 0x9c, 0x4b, 0x4c, 0x06, 0x00",
        ] {
            assert!(is_list(list.as_bytes()), "{list}");
        }
    }

    #[test]
    fn other_lists() {
        for list in [
            "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
            "2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022",
            "0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0",
            "D4BE 2231 1AD3 131E 5EDA  29A4 6109 2E85 B722 7189",
            "0x00000000, 0xab59b4d1, 0x56b369a2, 0xfdeadd73",
        ] {
            assert!(!is_list(list.as_bytes()), "{list}");
        }
    }
}
