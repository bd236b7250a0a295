//! Long runs of letters and digits: base64, base64url, hexadecimal; also wrapped in lines.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::Encoding;

use super::map::Builder;
use super::plausible::{is_container, is_text};
use super::signs::SEXTETS;

/// Shorter runs are left alone: a key ID takes 27.
pub(super) const RUN_MIN: usize = 24;
/// Hexadecimal digits of a text, at least.
const HEX_MIN: usize = 32;
/// Lines of wrapped base64 are at least so long.
const LINE_MIN: usize = 40;
/// What may stand between two lines: line ends, indentation, the signs that join literals.
const BREAK_MAX: usize = 96;
/// Characters looked at, at both ends, before a run is taken for base64.
const SAMPLE: usize = 256;

/// True for what base64 and base64url are made of.
pub(super) const fn is_of_run(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// The end of the run that begins at `at`.
pub(super) fn run_end(bytes: &[u8], at: usize) -> usize {
    // Most are words.
    let short = bytes[at..].iter().take(8);
    let short = short.take_while(|b| SEXTETS[usize::from(**b)] < 64).count();
    if short < 8 {
        return at + short;
    }
    // Eight at once: files full of hashes have little else.
    let (blocks, rest) = bytes[at..].as_chunks::<8>();
    let is_whole = |block: &&[u8; 8]| {
        let all = block
            .iter()
            .fold(0, |all, b| all | SEXTETS[usize::from(*b)]);
        all < 64
    };
    let whole = blocks.iter().take_while(is_whole).count();
    let rest = blocks.get(whole).map_or(rest, |block| &block[..]);
    let len = rest.iter().take_while(|b| is_of_run(**b)).count();
    at + whole * 8 + len
}

/// True for `\x` with more hexadecimal digits behind it than any escape has.
pub(super) fn begins_bytea(rest: &[u8]) -> bool {
    let digits = rest.strip_prefix(b"\\x").unwrap_or_default();
    let digits = digits.get(..HEX_MIN).unwrap_or_default();
    !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
}

/// One or more lines of one encoded text.
struct Block {
    lines: Vec<Range<usize>>,
    len: usize,
}

impl Block {
    /// One line.
    fn line(line: Range<usize>) -> Block {
        Block {
            len: line.len(),
            lines: vec![line],
        }
    }

    fn end(&self) -> usize {
        self.lines.last().map_or(0, |line| line.end)
    }

    /// Characters from the `from`th on, at most `max`.
    fn characters<'b>(&self, bytes: &'b [u8], from: usize, max: usize) -> Cow<'b, [u8]> {
        if let [line] = &self.lines[..] {
            let start = line.end.min(line.start + from);
            return Cow::Borrowed(&bytes[start..line.end.min(start.saturating_add(max))]);
        }
        let mut skip = from;
        let mut found = Vec::new();
        for line in &self.lines {
            let start = line.end.min(line.start + skip);
            skip -= start - line.start;
            let end = line.end.min(start.saturating_add(max - found.len()));
            found.extend_from_slice(&bytes[start..end]);
        }
        Cow::Owned(found)
    }

    /// Places of the characters from the `from`th on.
    fn places(&self, from: usize) -> impl Iterator<Item = usize> + '_ {
        let mut skip = from;
        self.lines.iter().flat_map(move |line| {
            let start = line.end.min(line.start + skip);
            skip -= start - line.start;
            start..line.end
        })
    }
}

/// The block that begins with the run `first`: lines of equal length, the last may be shorter.
fn block(bytes: &[u8], first: Range<usize>) -> Block {
    let width = first.len();
    let is_url = |line: Range<usize>| bytes[line].iter().any(|b| matches!(b, b'-' | b'_'));
    let url = is_url(first.clone());
    let mut block = Block::line(first);
    while width >= LINE_MIN && width.is_multiple_of(4) {
        let Some(start) = next_line(bytes, block.end()) else {
            break;
        };
        let end = run_end(bytes, start).min(start + width + 1);
        let last = end - start < width;
        if end - start > width
            || is_url(start..end) && !url
            || last && !ends_text(end - start, bytes.get(end).copied())
        {
            break;
        }
        block.len += end - start;
        block.lines.push(start..end);
        if last {
            break;
        }
    }
    block
}

/// True if a short line may be the last one of a wrapped text, by its length and what follows: it
/// is no word, and no label.
fn ends_text(len: usize, byte: Option<u8>) -> bool {
    let complete = len.is_multiple_of(4) || byte == Some(b'=');
    complete && byte.is_none_or(|b| !matches!(b, b' ' | b'\t' | b':' | b'.' | b'(' | b'[' | b'{'))
}

/// Where the next line of a wrapped text begins, if a break stands at `end`.
fn next_line(bytes: &[u8], end: usize) -> Option<usize> {
    let rest = &bytes[end..bytes.len().min(end + BREAK_MAX)];
    let mut at = 0;
    let mut broken = false;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\n' => broken = true,
            b'\\' if matches!(rest.get(at + 1), Some(b'n' | b'r')) => {
                broken |= rest[at + 1] == b'n';
                at += 1;
            }
            b'\r' | b' ' | b'\t' | b'"' | b'\'' | b'\\' | b'>' | b'|' | b'&' => {}
            b'+' | b'.' | b',' if at > 0 && !is_of_run(rest[at - 1]) && !broken => {}
            b'+' if broken
                && rest
                    .get(at + 1)
                    .is_some_and(|b| matches!(b, b' ' | b'"' | b'\'')) => {}
            _ => break,
        }
        at += 1;
    }
    let follows = rest.get(at).is_some_and(|b| is_of_run(*b));
    (broken && follows).then_some(end + at)
}

/// Decodes what begins with the run `run`, if it gives anything. Returns where to go on.
pub(super) fn decode(
    bytes: &[u8],
    run: Range<usize>,
    is_of_interest: &dyn Fn(&[u8]) -> bool,
    out: &mut Builder<'_>,
) -> usize {
    let end = run.end;
    let mut start = run.start;
    if bytes[start..].starts_with(b"0x") || bytes[start..].starts_with(b"0X") {
        start += 2;
    }
    // An escape of `/` or `+` goes on with it: that comes first.
    if end - start < RUN_MIN || escape_touches(bytes, start, end) {
        return end;
    }
    let whole = block(bytes, start..end);
    if let Some(end) = decode_block(bytes, &whole, is_of_interest, out) {
        return end;
    }
    // Lines of equal length need not belong together, and a run may be glued to something.
    let parts = if whole.lines.len() > 1 {
        whole.lines.clone()
    } else {
        pieces(bytes, start..end)
    };
    for part in parts {
        if part.len() >= RUN_MIN {
            decode_block(bytes, &Block::line(part), is_of_interest, out);
        }
    }
    whole.end()
}

/// Decodes a block if it gives anything. Returns where it ends.
fn decode_block(
    bytes: &[u8],
    block: &Block,
    is_of_interest: &dyn Fn(&[u8]) -> bool,
    out: &mut Builder<'_>,
) -> Option<usize> {
    let judge = |sample: &[u8]| is_text(sample) || is_container(sample);
    if hex(bytes, block, &judge, is_of_interest, out) {
        return Some(block.end());
    }
    let from = alignment(bytes, block, &judge, is_of_interest)?;
    Some(base64(bytes, block, from, out))
}

/// A backslash or percent sign that stands for `/` or `+`.
fn escape_touches(bytes: &[u8], start: usize, end: usize) -> bool {
    let escapes = |rest: &[u8]| match rest {
        [b'\\', b'/', ..] | [b'\\', b'\\', b'/', ..] => true,
        [b'\\', b'u', b'0', b'0', b'2', b, ..] | [b'%', b'2', b, ..] => {
            matches!(b, b'f' | b'F' | b'b' | b'B')
        }
        _ => false,
    };
    let before = &bytes[start.saturating_sub(6)..start];
    let behind = &bytes[end..bytes.len().min(end + 6)];
    // What an escape ends with may belong to the run: `%2Fabc`.
    escapes(behind)
        || (bytes[start] == b'/' && before.ends_with(b"\\"))
        || (bytes[start..].starts_with(b"2F") || bytes[start..].starts_with(b"2B"))
            && before.ends_with(b"%")
        || bytes[start..].starts_with(b"u002") && before.ends_with(b"\\")
}

/// The parts of a run between `-` and `_`, which may be no part of the encoded text.
fn pieces(bytes: &[u8], run: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = run.start;
    for at in run.clone() {
        if matches!(bytes[at], b'-' | b'_') {
            found.push(start..at);
            start = at + 1;
        }
    }
    found.push(start..run.end);
    found.retain(|piece| piece.len() >= RUN_MIN && piece.len() < run.len());
    found
}

/// Decodes hexadecimal digits, if that is what they are.
fn hex(
    bytes: &[u8],
    block: &Block,
    judge: &dyn Fn(&[u8]) -> bool,
    is_of_interest: &dyn Fn(&[u8]) -> bool,
    out: &mut Builder<'_>,
) -> bool {
    let is_hex = block.len >= HEX_MIN
        && block.len.is_multiple_of(2)
        && block.places(0).all(|at| bytes[at].is_ascii_hexdigit());
    if !is_hex {
        return false;
    }
    let nibble = |at: usize| char::from(bytes[at]).to_digit(16).unwrap_or(0) as u8;
    let places: Vec<usize> = block.places(0).collect();
    let decoded: Vec<u8> = places
        .chunks_exact(2)
        .map(|pair| nibble(pair[0]) << 4 | nibble(pair[1]))
        .collect();
    if !judge(&decoded) && !is_of_interest(&decoded) {
        return false;
    }
    for (pair, byte) in places.chunks_exact(2).zip(&decoded) {
        out.skip_line_to(pair[0], block.lines[0].start);
        out.unit(Encoding::Hex, pair[0], pair[1] + 1 - pair[0], &[*byte]);
    }
    true
}

/// How many characters at the beginning do not belong to the encoded text; `None` if no choice
/// gives anything.
fn alignment(
    bytes: &[u8],
    block: &Block,
    judge: &dyn Fn(&[u8]) -> bool,
    is_of_interest: &dyn Fn(&[u8]) -> bool,
) -> Option<usize> {
    let mut sample = Vec::new();
    let head = block.characters(bytes, 0, SAMPLE + 3);
    let tail = block.len.saturating_sub(SAMPLE) / 4 * 4;
    for from in 0..4 {
        let behind = head.len().min(from + SAMPLE);
        decode_some(&head[from.min(behind)..behind], &mut sample);
        if judge(&sample) {
            return Some(from);
        }
        if tail > 0 {
            decode_some(
                &block.characters(bytes, tail + from, usize::MAX),
                &mut sample,
            );
            if is_text(&sample) {
                return Some(from);
            }
        }
    }
    // Bytes that are no text may still hold a key.
    decode_some(&block.characters(bytes, 0, usize::MAX), &mut sample);
    is_of_interest(&sample).then_some(0)
}

/// Overwrites `out` with what characters of base64 stand for.
fn decode_some(characters: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let (quads, rest) = characters.as_chunks::<4>();
    out.extend(quads.iter().flat_map(|quad| {
        let [_, a, b, c] = bits_of(quad).to_be_bytes();
        [a, b, c]
    }));
    let bits = bits_of(rest);
    match rest.len() {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
}

fn bits_of(characters: &[u8]) -> u32 {
    let bits = characters.iter();
    bits.fold(0, |bits, c| bits << 6 | u32::from(SEXTETS[usize::from(*c)]))
}

/// Decodes a block of base64, padding included. Returns where it ends.
fn base64(bytes: &[u8], block: &Block, from: usize, out: &mut Builder<'_>) -> usize {
    let is_url = block.places(0).any(|at| matches!(bytes[at], b'-' | b'_'));
    let encoding = if is_url {
        Encoding::Base64Url
    } else {
        Encoding::Base64
    };
    let begin = block.lines[0].start;
    let mut quad = [0_usize; 4];
    let mut count = 0;
    let mut end = block.end();
    for at in block.places(from) {
        quad[count] = at;
        count += 1;
        if count == 4 {
            let bits = bits_of(&quad.map(|at| bytes[at]));
            out.skip_line_to(quad[0], begin);
            out.unit(
                encoding,
                quad[0],
                quad[3] + 1 - quad[0],
                &bits.to_be_bytes()[1..],
            );
            count = 0;
        }
    }
    if count >= 2 {
        let pads = bytes[end..]
            .iter()
            .take(4 - count)
            .take_while(|b| **b == b'=')
            .count();
        end += pads;
        let last = quad.map(|at| bytes[at]);
        let bits = bits_of(&last[..count]) << (6 * (4 - count));
        out.skip_line_to(quad[0], begin);
        out.unit(
            encoding,
            quad[0],
            end - quad[0],
            &bits.to_be_bytes()[1..count],
        );
    }
    end
}
