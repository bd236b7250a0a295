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
/// An escape counts in a row of half of the shortest value, within these bounds: a value may be in two
/// pieces.
const ROW_MIN: usize = 8;
const ROW_MAX: usize = 20;
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
        let row_min = (self.lengths.start / 2).clamp(ROW_MIN, ROW_MAX);
        has_zeros(bytes)
            || Runs::new(bytes, ENCODED, ENCODED_LEN).any(|run| run_has_nested(&bytes[run]))
            || Runs::new(bytes, ESCAPED, ESCAPED_LEN).any(|run| has_value(&bytes[run], row_min))
            || Runs::new(bytes, LISTED, LISTED_LEN).any(|run| is_list(&bytes[run]))
            || has_soft_break(bytes, row_min)
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

/// True if numbers in a row stand for bytes that values are made of: hexadecimal, in groups of up to four
/// bytes, or decimal.
fn is_list(run: &[u8]) -> bool {
    let mut row = 0;
    let mut numbers = run.split(|b| !b.is_ascii_hexdigit());
    // `0x41` comes in two parts.
    numbers.any(|number| {
        if matches!(number, b"" | b"0") {
            return false;
        }
        row = bytes_of(number).map_or(0, |count| row + count);
        row >= ROW_MIN
    })
}

/// How many bytes a number stands for, if values are made of all of them.
fn bytes_of(number: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(number).ok()?;
    let is_decimal = digits.parse().is_ok_and(|byte| is_of(byte, ENCODED));
    if number.len() <= 3 && is_decimal {
        return Some(1);
    }
    let (pairs, rest) = number.as_chunks::<2>();
    let is_value = |pair: &[u8; 2]| {
        let digit = |b: u8| char::from(b).to_digit(16).unwrap_or(0) as u8;
        is_of(digit(pair[0]) << 4 | digit(pair[1]), ENCODED)
    };
    let fits = rest.is_empty() && pairs.len() <= GROUP_MAX && pairs.iter().all(is_value);
    fits.then_some(pairs.len())
}

/// True if a line ends in `=` with a value on both sides, as in quoted-printable.
fn has_soft_break(bytes: &[u8], row_min: usize) -> bool {
    memchr::memchr_iter(b'=', bytes).any(|at| {
        let ([b'\n', behind @ ..] | [b'\r', b'\n', behind @ ..]) = &bytes[at + 1..] else {
            return false;
        };
        let of_value = |b: &&u8| is_of(**b, BASE64);
        let before = bytes[..at].iter().rev().take_while(of_value).count();
        before > 0 && before + behind.iter().take_while(of_value).count() >= row_min
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
