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
const ROW_MAX: usize = 16;
/// Twenty bytes written one by one.
const LISTED_LEN: usize = 40;
/// Digits among these, and how many of them in a row are no hash.
const DIGITS_MIN: usize = 32;
const DIGITS_MAX: usize = 8;
/// Quoted characters in a row that are a list of them.
const CHARS_MIN: usize = 8;
/// No sign is longer where it begins to be one.
pub(super) const SIGN_LEN: usize = 256;

impl Known {
    /// True if something in the bytes is encoded that may hold a value.
    pub(super) fn has_sign(&self, bytes: &[u8]) -> bool {
        let row_min = (self.lengths.start / 2).clamp(ROW_MIN, ROW_MAX);
        memchr::memchr(0, bytes).is_some()
            || Runs::new(bytes, ENCODED, ENCODED_LEN).any(|run| run_has_nested(&bytes[run]))
            || Runs::new(bytes, ESCAPED, ESCAPED_LEN).any(|run| has_value(&bytes[run], row_min))
            || Runs::new(bytes, LISTED, LISTED_LEN).any(|run| is_list(&bytes[run]))
            || has_soft_break(bytes)
            || has_chars(bytes)
            || (self.has_pem() && memchr::memmem::find(bytes, PEM_HEAD).is_some())
    }
}

/// True if a run is a list of numbers of few digits.
fn is_list(run: &[u8]) -> bool {
    let numbers = run.split(|b| !b.is_ascii_hexdigit());
    let digits: usize = numbers
        .map(<[u8]>::len)
        .filter(|len| *len <= DIGITS_MAX)
        .sum();
    digits >= DIGITS_MIN
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
