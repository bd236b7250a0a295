//! Long runs of base64 and hexadecimal digits: do they stand for text that matters?
//!
//! Judged by decoding, at every alignment, but only where a run is long enough and has many groups
//! in a row that may stand for ASCII.

use std::ops::Range;

/// So many groups of base64 that stand for ASCII, one after the other, are no accident.
const QUADS: usize = 8;
/// The same for pairs of hexadecimal digits.
const PAIRS: usize = 19;
/// Length of a run that is looked at more closely. What is shorter holds no label with its value; an
/// ID alone has signs of its own.
const RUN_LEN: usize = 50;
/// The same for runs inside of what is decoded.
const NESTED_LEN: usize = 32;
/// Bytes looked at at once. Text seldom has so many characters without a space or a bracket.
const BLOCK_LEN: usize = 24;

const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// For each byte its value in base64; 64 if it has none.
pub(super) static SEXTETS: [u8; 256] = {
    let mut table = [64; 256];
    let mut byte = 0;
    while byte < 256 {
        if let Some(value) = sextet(byte as u8) {
            table[byte] = value;
        }
        byte += 1;
    }
    table
};

#[inline]
pub(in crate::scan) fn sextet_of(byte: u8) -> Option<u8> {
    Some(SEXTETS[usize::from(byte)]).filter(|value| *value < 64)
}

/// True for base64 of ASCII text, in whole groups.
pub(in crate::scan) fn is_encoded_text(run: &[u8]) -> bool {
    let text = |group: [u8; 3]| group.into_iter().all(is_text);
    run.len().is_multiple_of(4) && run.iter().all(|b| in_run(*b)) && groups(run).all(text)
}

fn in_run(byte: u8) -> bool {
    SEXTETS[usize::from(byte)] < 64
}

/// True if base64 or hexadecimal digits stand in the piece that stand for text with something of
/// interest in it. A run that reaches an end where the piece was `cut` may go on there: any text is of
/// interest in that.
pub(super) fn has_encoded_run(piece: &[u8], cut: bool) -> bool {
    Runs::new(piece, RUN_LEN).any(|range| {
        let run = &piece[range.clone()];
        let is_whole = range.start > 0 && range.end < piece.len();
        begins_packed(run) || run_has_text(run, 1) || (cut && !is_whole && run_may_be_text(run))
    })
}

/// The runs of a piece that are long enough: such a run holds one of the blocks that are looked at.
struct Runs<'p> {
    piece: &'p [u8],
    len_min: usize,
    /// The next block.
    at: usize,
    /// Where the last run ended.
    behind: usize,
}

impl Runs<'_> {
    fn new(piece: &[u8], len_min: usize) -> Runs<'_> {
        Runs {
            piece,
            len_min,
            // A run at the beginning holds this block, and so does one behind a block with a break.
            at: len_min - BLOCK_LEN,
            behind: 0,
        }
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let stride = self.len_min + 1 - BLOCK_LEN;
        while let Some((block, rest)) = self.piece.get(self.at..)?.split_first_chunk() {
            if !may_be_run(block) || !is_run(block) {
                self.at += stride;
                continue;
            }
            let before = &self.piece[self.behind..self.at];
            let start = self.at - before.iter().rev().take_while(|b| in_run(**b)).count();
            let more = rest.iter().take_while(|b| in_run(**b)).count();
            let end = self.at + BLOCK_LEN + more;
            self.behind = end;
            self.at = end + stride;
            if end - start >= self.len_min {
                return Some(start..end);
            }
        }
        None
    }
}

/// A quick look at a block: false if a byte lies outside of `+` to `z`. No branch within a block, so that
/// vector instructions do it.
fn may_be_run(block: &[u8; BLOCK_LEN]) -> bool {
    let outside = |byte: u8| u8::from(byte.wrapping_sub(b'+') > b'z' - b'+');
    block.iter().fold(0, |any, byte| any | outside(*byte)) == 0
}

/// True if all of a block may stand in a run: [`in_run`] by calculating, for the same reason.
fn is_run(block: &[u8; BLOCK_LEN]) -> bool {
    let outside = |byte: u8| {
        let no_letter = u8::from((byte | 0x20).wrapping_sub(b'a') > b'z' - b'a');
        let no_digit_or_slash = u8::from(byte.wrapping_sub(b'/') > b'9' - b'/');
        let no_sign = u8::from(byte != b'+') & u8::from(byte != b'-') & u8::from(byte != b'_');
        no_letter & no_digit_or_slash & no_sign
    };
    block.iter().fold(0, |any, byte| any | outside(*byte)) == 0
}

/// What a character may be in a group that stands for ASCII: the first, second or third of base64;
/// the first of two hexadecimal digits, or any digit.
const FIRST: u8 = 1;
const SECOND: u8 = 2;
const THIRD: u8 = 4;
const HIGH_DIGIT: u8 = 8;
const DIGIT: u8 = 16;

static ROLES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        let mut roles = 0;
        if let Some(value) = sextet(char) {
            if value < 32 {
                roles |= FIRST;
            }
            if value & 8 == 0 {
                roles |= SECOND;
            }
            if value & 2 == 0 {
                roles |= THIRD;
            }
        }
        if char.is_ascii_hexdigit() {
            roles |= DIGIT;
            if char >= b'0' && char < b'8' {
                roles |= HIGH_DIGIT;
            }
        }
        table[byte] = roles;
        byte += 1;
    }
    table
};

/// True if three characters may begin a group of base64 that stands for ASCII.
fn may_be_quad(three: &[u8]) -> bool {
    let has = |at: usize, role: u8| ROLES[usize::from(three[at])] & role != 0;
    has(0, FIRST) && has(1, SECOND) && has(2, THIRD)
}

/// True if two characters may be the hexadecimal digits of an ASCII character.
fn may_be_pair(two: &[u8]) -> bool {
    let has = |at: usize, role: u8| ROLES[usize::from(two[at])] & role != 0;
    has(0, HIGH_DIGIT) && has(1, DIGIT)
}

/// True if, at some alignment, so many units of `STEP` characters in a row may be text by their first
/// `LEN` characters. Looks at the last unit of a row first: what fails there is passed over whole.
fn has_row<const STEP: usize, const LEN: usize>(
    run: &[u8],
    count: usize,
    may_be: impl Fn(&[u8]) -> bool,
) -> bool {
    let may_be = |from: usize, unit: usize| {
        let at = from + unit * STEP;
        may_be(&run[at..at + LEN])
    };
    (0..STEP.min(run.len())).any(|from| {
        let units = (run.len() - from + STEP - LEN) / STEP;
        let mut start = 0;
        while start + count <= units {
            let row = start..start + count;
            match row.rev().find(|unit| !may_be(from, *unit)) {
                Some(failed) => start = failed + 1,
                None => return true,
            }
        }
        false
    })
}

/// True if a run, at some alignment, stands for text with something of interest in it. `nested`
/// says how often the text may be encoded itself.
fn run_has_text(run: &[u8], nested: usize) -> bool {
    let (quads, pairs) = text_in(run);
    quads && (0..4).any(|from| texts(groups(&run[from..]), QUADS * 3, nested))
        || pairs && (0..2).any(|from| texts(bytes(&run[from..]), PAIRS, nested))
}

/// True if a run, at some alignment, may stand for text.
fn run_may_be_text(run: &[u8]) -> bool {
    let (quads, pairs) = text_in(run);
    quads || pairs
}

/// Whether a run may have enough base64, or hexadecimal digits, that stand for text: a quick test,
/// some of it may stand for none.
fn text_in(run: &[u8]) -> (bool, bool) {
    let quads = has_row::<4, 3>(run, QUADS, may_be_quad);
    let pairs = has_row::<2, 2>(run, PAIRS, may_be_pair);
    (quads, pairs)
}

/// What groups of base64 stand for.
fn groups(run: &[u8]) -> impl Iterator<Item = [u8; 3]> + '_ {
    run.as_chunks::<4>().0.iter().map(|quad| {
        let value = |i: usize| u32::from(SEXTETS[usize::from(quad[i])]);
        let bits = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
        let [_, a, b, c] = bits.to_be_bytes();
        [a, b, c]
    })
}

/// What pairs of digits stand for; something that is no text for what are no digits.
fn bytes(run: &[u8]) -> impl Iterator<Item = [u8; 1]> + '_ {
    let digit = |b: u8| char::from(b).to_digit(16);
    run.as_chunks::<2>().0.iter().map(move |pair| {
        let byte = digit(pair[0]).zip(digit(pair[1]));
        [byte.map_or(0xff, |(a, b)| (a << 4 | b) as u8)]
    })
}

fn is_text(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// True if text at least so long stands in what was decoded, and something in it is of interest:
/// a label, the beginning of an ID, wide characters, more that is encoded.
fn texts<const N: usize>(
    groups: impl Iterator<Item = [u8; N]>,
    len_min: usize,
    nested: usize,
) -> bool {
    let mut text: Vec<u8> = Vec::new();
    for group in groups.map(Some).chain([None]) {
        match group {
            Some(group) if group.iter().all(|b| is_text(*b)) => text.extend_from_slice(&group),
            _ => {
                if text.len() >= len_min && is_of_interest(&text, nested) {
                    return true;
                }
                text.clear();
            }
        }
    }
    false
}

fn is_of_interest(text: &[u8], nested: usize) -> bool {
    const WORDS: [&[u8]; 12] = [
        b"AKIA", b"ASIA", b"ecret", b"ECRET", b"aws_", b"AWS_", b"%4", b"&#", b"\\x4", b"\\u00",
        b"\\1", b"0x4",
    ];
    let zeros = memchr::memchr_iter(0, text).count();
    // Every other byte of a short stretch: wide characters.
    let wide = zeros > 0 && zeros < text.len() && text.windows(4).any(is_wide);
    let has_word = |text: &[u8]| {
        WORDS
            .iter()
            .any(|word| text.windows(word.len()).any(|w| w == *word))
    };
    let mut runs = Runs::new(text, NESTED_LEN);
    wide || has_word(text) || (nested > 0 && runs.any(|run| run_has_nested(&text[run])))
}

/// True if a run stands for text, whatever is in it, or for something packed.
pub(in crate::scan) fn run_has_nested(run: &[u8]) -> bool {
    let quads = |from: usize| {
        let (mut in_row, mut zeros) = (0, 0);
        groups(&run[from..]).any(|group| {
            // The widest characters have three zeros in a row, but not six.
            zeros = if group == [0; 3] { zeros + 1 } else { 0 };
            let good = zeros < 2 && group.iter().all(|b| is_text(*b));
            in_row = if good { in_row + 1 } else { 0 };
            in_row >= QUADS
        })
    };
    let head = &run[..run.len().min(NESTED_LEN)];
    // The widest characters have three zeros, but not all are.
    let letters = head
        .iter()
        .step_by(2)
        .filter(|first| **first != b'0')
        .count();
    let hex = head.iter().all(u8::is_ascii_hexdigit)
        && head
            .chunks_exact(2)
            .all(|pair| matches!(pair[0], b'0' | b'2'..=b'7'))
        && letters * 8 >= head.len();
    hex || (0..4.min(run.len())).any(quads) || begins_packed(run)
}

/// Two characters of UTF-16.
pub(super) fn is_wide(four: &[u8]) -> bool {
    let is_text = |b: u8| matches!(b, b' '..=b'~');
    matches!(four, [a, 0, b, 0] if is_text(*a) && is_text(*b))
        || matches!(four, [0, a, 0, b] if is_text(*a) && is_text(*b))
        || matches!(four, [a, 0, 0, 0] if is_text(*a))
}

/// True if a run begins as base64 or hexadecimal digits of packed data do.
fn begins_packed(run: &[u8]) -> bool {
    match run {
        [b'e', b'J', c, ..] => (b'w'..=b'z').contains(c),
        [b'e', b'N', c, ..] => (b'o'..=b'r').contains(c),
        [b'e', b'A', b'E', ..]
        | [b'e', b'F', b'4' | b'5', ..]
        | [b'H', b'4', b's', b'I', ..]
        | [b'U', b'E', b's', b'D', b'B', ..] => true,
        // Hexadecimal.
        _ => {
            let known: [&[u8]; 6] = [b"789c", b"78da", b"7801", b"1f8b08", b"789C", b"78DA"];
            known.iter().any(|head| run.starts_with(head))
                && run.iter().take(NESTED_LEN).all(u8::is_ascii_hexdigit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_judged_as_its_bytes_are() {
        for byte in 0..=u8::MAX {
            for at in 0..BLOCK_LEN {
                let mut block = [b'k'; BLOCK_LEN];
                block[at] = byte;
                assert_eq!(is_run(&block), in_run(byte), "{byte} at {at}");
                assert!(may_be_run(&block) || !in_run(byte), "{byte} at {at}");
            }
        }
    }
}
