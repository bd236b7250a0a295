//! One pass over a text that decodes whatever is encoded in it, in place.
//!
//! Each kind of encoding is undone once; what is encoded twice takes a second pass. Linear:
//! whatever a decoder looked at and left alone is not looked at again.

use super::map::{Builder, View};
use super::untouched::Untouched;
use super::{arrays, escapes, runs, wide};

/// What a byte may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Nothing,
    Run,
    Sign,
    Zero,
    High,
}

static CLASSES: [Class; 256] = {
    let mut table = [Class::Nothing; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            0 => Class::Zero,
            b'%' | b'\\' | b'&' | b'=' | b'\'' | b')' => Class::Sign,
            b if runs::is_of_run(b) => Class::Run,
            0x80..=0xff => Class::High,
            _ => Class::Nothing,
        };
        byte += 1;
    }
    table
};

/// What a byte may begin.
pub(super) fn class_of(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// Letters farther apart than that are of two words.
const KERNING_MAX: f32 = 200.0;
/// Longest number of a distance.
const NUMBER_LEN_MAX: usize = 16;
/// So much text stands before the end of what is shown.
const SHOWN_LEN: usize = 32;
/// So many places are looked at that may show text.
const SHOWN_MAX: usize = 64;
/// Longest name of a variable that is looked for.
const NAME_LEN_MAX: usize = 64;

/// Which decoders an object has reason for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) quoted_printable: bool,
    pub(super) ebcdic: bool,
    pub(super) kerned: bool,
}

impl Kinds {
    /// Quoted-printable is told by its soft line breaks or its name, EBCDIC by looking at the
    /// beginning: both would find something in any text.
    pub(super) fn of(bytes: &[u8]) -> Kinds {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        Kinds {
            quoted_printable: has(b"=\n") || has(b"=\r\n") || has(b"uoted-printable"),
            ebcdic: is_ebcdic(bytes),
            kerned: is_kerned(bytes),
        }
    }
}

/// What came of a pass over a text.
pub(super) struct Pass {
    /// `None` if nothing is encoded.
    pub(super) view: Option<View>,
    /// False if the text was not gone through to the end.
    pub(super) whole: bool,
    /// What was left as it is would be left so by the same decoders again: see [`Untouched`]. The
    /// rows of a dump go through anything, and every letter of EBCDIC stands for another.
    pub(super) repeats: bool,
}

/// Different letters and digits with which a text begins in EBCDIC, at least.
const EBCDIC_LETTERS: usize = 6;

/// True if a text begins in EBCDIC.
pub(super) fn is_ebcdic(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(super::flags::HEAD_LEN)];
    let high = head.iter().filter(|b| **b >= 0x80).count();
    // This one is asked first: it is quick, and false for everything in ASCII.
    if high * 2 < head.len() {
        return false;
    }
    let text = head.iter().filter(|b| wide::of_ebcdic(**b) != 0).count();
    // The pixels of a picture are of few values.
    let mut seen = [false; 256];
    for byte in head {
        seen[usize::from(*byte)] = true;
    }
    let letters = seen[0x80..].iter().filter(|seen| **seen).count();
    head.len() >= 16 && text * 100 >= head.len() * 95 && letters >= EBCDIC_LETTERS
}

/// Decodes what is encoded in a text. `is_of_interest` says whether bytes that are no text are worth
/// it; `untouched` what need not be gone through.
pub(super) fn transcode(
    bytes: &[u8],
    kinds: Kinds,
    is_of_interest: &dyn Fn(&[u8]) -> bool,
    mut untouched: Untouched,
) -> Pass {
    let mut out = Builder::new(bytes);
    let mut at = 0;
    let mut line_start = true;
    while at < bytes.len() && !out.is_full() {
        if let Some(to) = untouched.leap(bytes, at) {
            // Where it leads to no line begins.
            (at, line_start) = (to, false);
            continue;
        }
        let byte = bytes[at];
        let next = match class_of(byte) {
            Class::Nothing if bytes.get(at + 1) == Some(&0) => wide_run(bytes, at, &mut out),
            Class::Zero => zeros(bytes, at, &mut out),
            Class::Sign => sign(bytes, at, kinds, &mut out),
            Class::Run => Some(run(bytes, at, line_start, kinds, is_of_interest, &mut out)),
            Class::High if kinds.ebcdic => ebcdic(bytes, at, &mut out),
            Class::Nothing | Class::High => None,
        };
        line_start = byte == b'\n' && next.is_none();
        at = next.unwrap_or(at + 1);
    }
    let whole = at >= bytes.len();
    Pass {
        whole,
        repeats: whole && !out.has_rows && !kinds.ebcdic,
        view: out.finish(),
    }
}

/// A zero begins wide characters only if it is one of the last three in a row.
fn zeros(bytes: &[u8], at: usize, out: &mut Builder<'_>) -> Option<usize> {
    let count = zeros_at(bytes, at);
    if count > 3 {
        return Some(at + count - 3);
    }
    wide_run(bytes, at, out)
}

/// How many zeros stand here. Archives are full of them.
fn zeros_at(bytes: &[u8], at: usize) -> usize {
    let (blocks, _) = bytes[at..].as_chunks::<32>();
    let is_empty = |block: &&[u8; 32]| block.iter().fold(0, |all, b| all | b) == 0;
    let empty = 32 * blocks.iter().take_while(is_empty).count();
    let rest = bytes[at + empty..].iter();
    empty + rest.take_while(|b| **b == 0).count()
}

fn wide_run(bytes: &[u8], at: usize, out: &mut Builder<'_>) -> Option<usize> {
    let wide = wide::run(bytes, at)?;
    for (index, unit) in bytes[wide.range.clone()]
        .chunks_exact(wide.width)
        .enumerate()
    {
        let from = at + index * wide.width;
        out.unit(wide.encoding, from, wide.width, &[unit[wide.index]]);
    }
    Some(wide.range.end)
}

fn ebcdic(bytes: &[u8], at: usize, out: &mut Builder<'_>) -> Option<usize> {
    let end = wide::ebcdic_run(bytes, at)?;
    for (from, byte) in bytes.iter().enumerate().take(end).skip(at) {
        out.unit(
            crate::model::Encoding::Ebcdic,
            from,
            1,
            &[wide::of_ebcdic(*byte)],
        );
    }
    Some(end)
}

fn sign(bytes: &[u8], at: usize, kinds: Kinds, out: &mut Builder<'_>) -> Option<usize> {
    if bytes.get(at + 1) == Some(&0) {
        return wide_run(bytes, at, out);
    }
    let rest = &bytes[at..];
    let unit = match rest[0] {
        b'%' => escapes::percent(rest),
        // A byte string of PostgreSQL: these two say only that digits follow.
        b'\\' if runs::begins_bytea(rest) => {
            out.unit(crate::model::Encoding::Hex, at, 2, &[]);
            return Some(at + 2);
        }
        b'\\' => escapes::backslash(rest),
        b'&' => escapes::entity(rest),
        // Behind a zero it is a wide character.
        b'=' if kinds.quoted_printable
            && !bytes[..at].ends_with(b"\0")
            && !is_empty_assignment(bytes, at) =>
        {
            escapes::quoted(rest)
        }
        b')' if kinds.kerned => {
            let len = kerning(rest)?;
            out.unit(crate::model::Encoding::Concatenation, at, len, &[]);
            return Some(at + len);
        }
        b'\'' => return arrays::decode(bytes, at, out),
        _ => None,
    }?;
    out.unit(unit.encoding, at, unit.len, unit.byte.as_slice());
    Some(at + unit.len)
}

/// True if the text of a PDF's page stands in the bytes, with distances between its letters.
pub(super) fn is_kerned(bytes: &[u8]) -> bool {
    // In bytes that are no text these letters stand by chance.
    let is_text = |b: &u8| matches!(b, b' '..=b'~' | b'\n' | b'\r');
    let shows = |at: usize| {
        let before = bytes[at.saturating_sub(2 * SHOWN_LEN)..at].trim_ascii_end();
        let tail = &before[before.len().saturating_sub(SHOWN_LEN)..];
        before.ends_with(b"]") && tail.contains(&b')') && tail.iter().all(is_text)
    };
    memchr::memmem::find_iter(bytes, b"TJ")
        .take(SHOWN_MAX)
        .any(shows)
}

/// Length of `)-20(`, inside of the brackets of PDF's `TJ`, in thousandths of the font's height. Where
/// letters stand farther apart, a word ends.
fn kerning(rest: &[u8]) -> Option<usize> {
    let is_number = |b: &&u8| matches!(b, b'-' | b'.' | b' ' | b'\n' | b'\r' | b'0'..=b'9');
    let number = rest[1..].iter().take(NUMBER_LEN_MAX).take_while(is_number);
    let len = 1 + number.count();
    let number = std::str::from_utf8(&rest[1..len]).ok()?;
    let distance: f32 = number.trim().parse().ok()?;
    (rest.get(len) == Some(&b'(') && distance.abs() < KERNING_MAX).then_some(len + 1)
}

/// True if `=` assigns nothing: `NAME=` and, on the next line, another name with a `=` behind it,
/// which is no escape of two digits.
fn is_empty_assignment(bytes: &[u8], at: usize) -> bool {
    let of_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let ([b'\n', next @ ..] | [b'\r', b'\n', next @ ..]) = &bytes[at + 1..] else {
        return false;
    };
    let name = next.iter().take(NAME_LEN_MAX).take_while(|b| of_name(b));
    let len = name.count();
    let is_escape = |digits: &[u8]| digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit);
    len > 0
        && bytes[..at].last().is_some_and(of_name)
        && next.get(len) == Some(&b'=')
        && !is_escape(&next[len + 1..next.len().min(len + 3)])
        && !matches!(next.get(len + 1), Some(b'\n' | b'\r'))
}

fn run(
    bytes: &[u8],
    at: usize,
    line_start: bool,
    kinds: Kinds,
    is_of_interest: &dyn Fn(&[u8]) -> bool,
    out: &mut Builder<'_>,
) -> usize {
    if bytes.get(at + 1) == Some(&0)
        && let Some(end) = wide_run(bytes, at, out)
    {
        return end;
    }
    if kinds.ebcdic
        && let Some(end) = ebcdic(bytes, at, out)
    {
        return end;
    }
    let mut end = runs::run_end(bytes, at);
    // The last character may be the first wide one, behind a length that looks like a letter.
    if bytes.get(end) == Some(&0) && wide::run(bytes, end - 1).is_some() {
        end -= 1;
    }
    if end - at >= runs::RUN_MIN {
        return runs::decode(bytes, at..end, is_of_interest, out);
    }
    if line_start
        && bytes[at].is_ascii_hexdigit()
        && end - at >= 4
        && let Some(end) = arrays::dump(bytes, at, out)
    {
        return end;
    }
    // Behind an item something stands that may lead to the next.
    let goes_on = || bytes.get(end).is_some_and(|b| arrays::is_between(*b));
    let may_list = end - at <= 4 && bytes[at].is_ascii_hexdigit() && goes_on();
    let listed = may_list.then(|| arrays::decode(bytes, at, out)).flatten();
    listed.unwrap_or(end)
}
