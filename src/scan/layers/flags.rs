//! Cheap signs that something in an object is encoded.
//!
//! All signs are local: whether one stands at a place depends on [`MARGIN`] bytes around it. So an
//! object made from one without signs has none unless it has one near a new byte. The only other
//! place is the beginning, [`HEAD_LEN`] bytes.

use crate::model::{Hit, Part};
use crate::scan::literals::Literals;

use super::{escapes, transcode, unpack};

/// How many bytes at the beginning tell a format.
pub(in crate::scan) const HEAD_LEN: usize = 64;
/// How far from a sign bytes decide about it.
pub(in crate::scan) const MARGIN: usize = 64;
/// How far behind a label an encoded value begins or ends at the latest. Smaller than any rule's
/// reach.
const AHEAD: usize = 280;
/// Length of a run that is looked at more closely.
const RUN_LEN: usize = 36;
/// So many groups of base64 that stand for ASCII, one after the other, are no accident.
const QUADS: usize = 8;
/// A secret in base64 without padding is as long.
const SECRET_BASE64_LEN: usize = 53;

/// Base64 of an ID's first letters, at all three alignments, and of what packed data begins with.
const BASE64: [&[u8]; 8] = [
    b"QUtJQ", b"QVNJQ", b"FLSU", b"FTSU", b"BS0lB", b"BU0lB", b"H4sI", b"UEsDB",
];
/// Where the next group of base64 begins behind each of the first six.
const NEXT_QUAD: [usize; 6] = [0, 0, 2, 2, 1, 1];

/// Escapes of the letter A, or of what follows it, in the ways of writing bytes one by one.
const ESCAPES: [&[u8]; 8] = [
    b"\\u004", b"x41", b"#65;", b"%41", b"\\101", b"73, 65", b"73,65", b"49 41",
];

/// What a plain text has around keys.
const LABELS: [&[u8]; 4] = [b"AKIA", b"ASIA", b"ecret", b"ECRET"];

/// The same in UTF-16 and UTF-32, in either order of bytes.
const WIDE: [&[u8]; 8] = [
    b"K\0I\0A",
    b"S\0I\0A",
    b"c\0r\0e\0t",
    b"C\0R\0E\0T",
    b"K\0\0\0I\0\0\0A",
    b"S\0\0\0I\0\0\0A",
    b"c\0\0\0r\0\0\0e",
    b"C\0\0\0R\0\0\0E",
];

/// Finds signs; made once a thread.
pub(in crate::scan) struct Flags {
    base64: Literals,
    escapes: Literals,
    labels: Literals,
    wide: Literals,
}

impl Flags {
    pub(super) fn new() -> Flags {
        Flags {
            base64: Literals::new(&BASE64),
            escapes: Literals::new(&ESCAPES),
            labels: Literals::new(&LABELS),
            wide: Literals::new(&WIDE),
        }
    }

    /// True if a sign stands in a piece of an object.
    pub(in crate::scan) fn in_piece(&self, piece: &[u8]) -> bool {
        memchr::memchr(0, piece).is_some() || self.in_text(piece)
    }

    /// The same without zeros, which stand in everything that is no text.
    pub(super) fn in_text(&self, piece: &[u8]) -> bool {
        self.base64
            .all(piece)
            .any(|(at, which)| is_base64_of_id(piece, at, which))
            || self
                .escapes
                .all(piece)
                .any(|(at, which)| is_escape_of_id(piece, at, which))
            || has_encoded_run(piece)
    }

    /// True if wide characters that matter stand in the bytes, or hardly anything else.
    pub(super) fn in_wide(&self, bytes: &[u8]) -> bool {
        let zeros = memchr::memchr_iter(0, bytes).count();
        zeros > 0 && (zeros * 3 >= bytes.len() || self.wide.next(bytes, 0).is_some())
    }

    /// True if an object begins as something encoded does.
    pub(in crate::scan) fn in_head(bytes: &[u8]) -> bool {
        let head = &bytes[..bytes.len().min(HEAD_LEN)];
        let packed = super::containers::is_packed(head);
        // Zlib's first bytes may be letters.
        let binary = |b: &u8| *b >= 0x80 || *b < 9;
        let zlib = unpack::is_zlib_header(head) && head.iter().take(24).any(binary);
        packed || zlib || Flags::in_head_of_text(head)
    }

    /// The same for what is decoded in place.
    pub(super) fn in_head_of_text(bytes: &[u8]) -> bool {
        transcode::is_ebcdic(bytes) || is_dump(bytes)
    }

    /// True if a label or the beginning of an ID stands in front of something encoded. Needed only
    /// where the rules' literals are.
    pub(in crate::scan) fn at_labels(&self, piece: &[u8]) -> bool {
        self.labels.all(piece).any(|(at, which)| {
            let ahead = &piece[at..piece.len().min(at + AHEAD)];
            if which < 2 {
                has_escape(&ahead[..ahead.len().min(48)]) || follows_escape(&piece[..at])
            } else {
                has_long_run(ahead) || has_escape(ahead)
            }
        })
    }
}

/// True if a hit's partner may be encoded: IDs, unless they say that they are examples.
pub(in crate::scan) fn asks_for_partner(hits: &[Hit]) -> bool {
    let example = |hit: &Hit| hit.value.expose().ends_with(b"EXAMPLE");
    hits.iter().any(|hit| hit.part == Part::Id && !example(hit))
}

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

/// What stands behind the base64 of an ID's first letters is base64 of letters and digits.
fn is_base64_of_id(piece: &[u8], at: usize, which: usize) -> bool {
    let Some(skip) = NEXT_QUAD.get(which) else {
        return true;
    };
    let quads = piece[at + skip..].chunks_exact(4).take(4);
    for (groups, quad) in quads.enumerate() {
        let mut bits = 0_u32;
        for byte in quad {
            match sextet(*byte) {
                Some(value) => bits = bits << 6 | u32::from(value),
                // A line's end, or the text's.
                None => return groups > 0,
            }
        }
        let of_id = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if !bits.to_be_bytes()[1..].iter().all(of_id) {
            return false;
        }
    }
    true
}

/// What stands around an escaped A goes on as an ID does.
fn is_escape_of_id(piece: &[u8], at: usize, which: usize) -> bool {
    let literal = ESCAPES[which];
    let behind = &piece[at + literal.len()..];
    let behind = &behind[..behind.len().min(10)];
    let before = &piece[at.saturating_sub(6)..at];
    let goes_on = |codes: [&[u8]; 4]| {
        codes
            .iter()
            .any(|code| behind.windows(code.len()).any(|window| window == *code))
    };
    match which {
        0 => matches!(behind.first(), Some(b'1' | b'9' | b'b' | b'B')),
        1 => {
            let opens = before
                .last()
                .is_some_and(|b| matches!(b, b'\\' | b'0' | b'#'));
            opens
                && (goes_on([b"4b", b"4B", b"53", b"53"])
                    || matches!(behind, [b'K' | b'S', ..] | [b';', b'K' | b'S', ..]))
        }
        2 => goes_on([b"75;", b"83;", b"K", b"S"]),
        3 => goes_on([b"4b", b"4B", b"53", b"K"]) || behind.first() == Some(&b'S'),
        4 => goes_on([b"113", b"123", b"K", b"S"]),
        5 | 6 => before.windows(2).any(|two| two == b"75" || two == b"83"),
        _ => before
            .windows(2)
            .any(|two| matches!(two, b"4b" | b"4B" | b"53")),
    }
}

/// For each byte, of base64 or not, and whether it may stand at the first, second and third place
/// of a group that stands for ASCII.
static ROLES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if let Some(value) = sextet(byte as u8) {
            let mut roles = 1;
            if value < 32 {
                roles |= 2;
            }
            if value & 8 == 0 {
                roles |= 4;
            }
            if value & 2 == 0 {
                roles |= 8;
            }
            // Zeros stand for nothing.
            if value >= 2 && value < 32 {
                roles |= 16;
            }
            table[byte] = roles;
        }
        byte += 1;
    }
    table
};

/// True if base64 or hexadecimal digits of ASCII stand in the piece, long enough to be no
/// accident. In prose every thirtieth byte or so is looked at.
fn has_encoded_run(piece: &[u8]) -> bool {
    let in_run = |b: &u8| ROLES[usize::from(*b)] != 0;
    let mut from = 0;
    while let Some(window) = piece.get(from..from + RUN_LEN) {
        if let Some(breaks) = window.iter().rposition(|b| !in_run(b)) {
            from += breaks + 1;
        } else {
            let len = piece[from..].iter().take_while(|b| in_run(b)).count();
            let run = &piece[from..from + len];
            if run_is_ascii(run) || is_base64_of_zlib(run) {
                return true;
            }
            from += len + 1;
        }
    }
    false
}

/// True if some groups of the run, at any alignment, stand for ASCII.
fn run_is_ascii(run: &[u8]) -> bool {
    (0..4).any(|from| {
        let good = |quad: &[u8]| {
            let role = |i: usize| ROLES[usize::from(quad[i])];
            role(0) & 2 != 0 && role(1) & 4 != 0 && role(2) & 8 != 0
        };
        let (mut groups, mut solid) = (0, 0);
        run[from..].chunks_exact(4).any(|quad| {
            if good(quad) {
                groups += 1;
                solid += usize::from(ROLES[usize::from(quad[0])] & 16 != 0);
            } else {
                (groups, solid) = (0, 0);
            }
            groups >= QUADS && solid * 4 >= groups
        })
    }) || is_hex_of_ascii(run)
}

/// True if a run begins as base64 of a zlib stream does.
fn is_base64_of_zlib(run: &[u8]) -> bool {
    match run {
        [b'e', b'J', c, ..] => (b'w'..=b'z').contains(c),
        [b'e', b'N', c, ..] => (b'o'..=b'r').contains(c),
        [b'e', b'A', b'E', ..] | [b'e', b'F', b'4' | b'5', ..] => true,
        _ => false,
    }
}

fn is_hex_of_ascii(run: &[u8]) -> bool {
    (0..2).any(|from| {
        let (mut pairs, mut solid) = (0, 0);
        run[from..].chunks_exact(2).any(|pair| {
            let digits = pair[0].is_ascii_hexdigit() && pair[1].is_ascii_hexdigit();
            if digits && matches!(pair[0], b'0' | b'2'..=b'7') {
                pairs += 1;
                solid += usize::from(pair[0] != b'0');
            } else {
                (pairs, solid) = (0, 0);
            }
            // Of UTF-32 every fourth byte is no zero.
            pairs >= RUN_LEN / 2 - 1 && solid * 4 >= pairs
        })
    })
}

/// True if a run as long as a secret in base64 or hexadecimal begins here: letters of both cases
/// and digits, or hexadecimal digits alone.
fn has_long_run(ahead: &[u8]) -> bool {
    let (mut len, mut hex, mut kinds) = (0, 0, [false; 3]);
    ahead.iter().any(|byte| {
        if ROLES[usize::from(*byte)] == 0 {
            (len, hex, kinds) = (0, 0, [false; 3]);
            return false;
        }
        len += 1;
        hex = if byte.is_ascii_hexdigit() { hex + 1 } else { 0 };
        kinds[0] |= byte.is_ascii_uppercase();
        kinds[1] |= byte.is_ascii_lowercase();
        kinds[2] |= byte.is_ascii_digit();
        (len >= SECRET_BASE64_LEN && kinds == [true; 3]) || hex >= 80
    })
}

/// True if a letter or digit, or a line's end inside of a value, is escaped.
fn has_escape(ahead: &[u8]) -> bool {
    (0..ahead.len()).any(|at| {
        let rest = &ahead[at..];
        let unit = match rest[0] {
            b'%' => escapes::percent(rest),
            b'\\' => escapes::backslash(rest).filter(|unit| unit.len > 2),
            b'&' => escapes::entity(rest),
            b'=' => return matches!(rest, [b'=', b'\n' | b'\r', ..]),
            b'0' => return matches!(rest, [b'0', b'x', _, _, b',', ..]),
            _ => None,
        };
        unit.and_then(|unit| unit.byte)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'%')
    })
}

/// True if what looks like a letter or digit is the end of an escape: `\n`, `%20`.
fn follows_escape(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        [.., b'u', _, _, a, b] | [.., b'\\', b'x', a, b] => {
            a.is_ascii_hexdigit() && b.is_ascii_hexdigit()
        }
        _ => false,
    }
}

/// True if an object begins as the dump of a file does.
fn is_dump(head: &[u8]) -> bool {
    let zeros = head.iter().take_while(|b| **b == b'0').count();
    zeros >= 7 && matches!(head.get(zeros), Some(b':' | b' '))
}

#[cfg(test)]
#[path = "flags_tests.rs"]
mod tests;
