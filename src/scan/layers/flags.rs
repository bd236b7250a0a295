//! Cheap signs that something in an object is encoded.
//!
//! All signs are local: whether one stands at a place depends on [`MARGIN`] bytes around it. So an
//! object made from one without signs has none unless it has one near a new byte. The only other
//! place is the beginning, [`HEAD_LEN`] bytes.

use crate::model::{Hit, Part};
use crate::scan::literals::Literals;

use super::signs::{has_encoded_run, is_wide, run_has_nested, sextet_of};
use super::{escapes, transcode, unpack};

/// How many bytes at the beginning tell a format.
pub(in crate::scan) const HEAD_LEN: usize = 48;
/// How far from a sign bytes decide about it.
pub(in crate::scan) const MARGIN: usize = 48;
/// How far behind a label an encoded value begins or ends at the latest. Smaller than any rule's
/// reach.
const AHEAD: usize = 280;
/// In an ID, which may be escaped in part, an escape begins so soon.
const ID_AHEAD: usize = 30;
/// A secret is as long.
const SECRET_LEN: usize = 40;
/// The same in base64 without padding.
const SECRET_BASE64_LEN: usize = 53;

/// Literals at which something encoded may stand, each with what to look for there. None is shorter
/// than four bytes: that would make the search for all of them slower.
pub(in crate::scan) const SIGNS: [&[u8]; 31] = [
    // An ID's first letters in base64, at all three alignments.
    b"QUtJQ",
    b"QVNJQ",
    b"FLSU",
    b"FTSU",
    b"BS0lB",
    b"BU0lB",
    // As they are: an escape may follow.
    b"AKIA",
    b"ASIA",
    // What a plain text has in front of secrets.
    b"ecret",
    b"ECRET",
    // In hexadecimal.
    b"414b4941",
    b"414B4941",
    b"41534941",
    // The letter A, or what follows it, in the ways of writing bytes one by one.
    b"\\u004",
    b"\\x41",
    b"0x41",
    b"#x41",
    b"#65;",
    b"%41%",
    b"%41K",
    b"%41S",
    b"\\101",
    b"73, 65",
    b"73,65",
    b"49 41",
    b"49:41",
    b"49,00,41",
    b"'K', 'I'",
    b"'K','I'",
    b"'S', 'I'",
    b"'S','I'",
];
/// Where the next group of base64 begins behind each of the first six.
const NEXT_QUAD: [usize; 6] = [0, 0, 2, 2, 1, 1];

/// The beginning of an ID, or of a label, in UTF-16 and UTF-32, in either order of bytes.
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

/// Longest run of a label with an encoded value glued to it.
const GLUED_LEN_MAX: usize = 96;

/// Finds signs; made once a thread.
pub(in crate::scan) struct Flags {
    wide: Literals,
}

impl Flags {
    pub(super) fn new() -> Flags {
        Flags {
            wide: Literals::new(&WIDE),
        }
    }

    /// True if a sign that no literal tells stands in bytes; `cut` says that they are a piece of an
    /// object.
    pub(in crate::scan) fn in_bytes(bytes: &[u8], cut: bool) -> bool {
        memchr::memchr(0, bytes).is_some() || Flags::in_text(bytes, cut)
    }

    /// The same without zeros, which stand in everything that is no text.
    pub(in crate::scan) fn in_text(bytes: &[u8], cut: bool) -> bool {
        has_encoded_run(bytes, cut)
    }

    /// True if wide characters that matter stand in the bytes, or hardly anything else.
    pub(in crate::scan) fn in_wide(&self, bytes: &[u8]) -> bool {
        let zeros = memchr::memchr_iter(0, bytes).count();
        let mostly = || {
            let middle = &bytes[bytes.len() / 2..];
            let sample = |bytes: &[u8]| bytes[..bytes.len().min(HEAD_LEN)].windows(4).any(is_wide);
            zeros * 3 >= bytes.len() && (sample(bytes) || sample(middle))
        };
        zeros > 0 && (mostly() || self.wide.next(bytes, 0).is_some())
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

    /// True if the text of a PDF's page stands in the bytes.
    pub(in crate::scan) fn in_page(bytes: &[u8]) -> bool {
        transcode::is_kerned(bytes)
    }

    /// The same as [`Flags::in_head`] for what is decoded in place.
    pub(in crate::scan) fn in_head_of_text(bytes: &[u8]) -> bool {
        transcode::is_ebcdic(bytes) || is_dump(bytes)
    }
}

/// True if a hit's partner may be encoded: IDs, unless they say that they are examples.
pub(in crate::scan) fn asks_for_partner(hits: &[Hit]) -> bool {
    let example = |hit: &Hit| hit.value.expose().ends_with(b"EXAMPLE");
    hits.iter().any(|hit| hit.part == Part::Id && !example(hit))
}

/// True if the sign that stands at `at`, by its number, is one of something encoded.
pub(in crate::scan) fn is_sign(which: usize, bytes: &[u8], at: usize) -> bool {
    let ahead = |len: usize| &bytes[at..bytes.len().min(at + len)];
    match SIGNS[which] {
        b"AKIA" | b"ASIA" => {
            let id = ahead(ID_AHEAD);
            let example = id.get(13..20) == Some(b"EXAMPLE");
            has_escape(id) || (!example && follows_escape(&bytes[..at]))
        }
        b"ecret" | b"ECRET" => has_long_run(ahead(AHEAD)) || has_escape(ahead(AHEAD)),
        b"414b4941" | b"414B4941" | b"41534941" => is_hex_of_id(ahead(40)),
        literal => match NEXT_QUAD.get(which) {
            Some(skip) => is_base64_of_id(&bytes[at + skip..]),
            None => is_escape_of_id(bytes, at, literal),
        },
    }
}

/// What stands behind the base64 of an ID's first letters is base64 of letters and digits.
fn is_base64_of_id(quads: &[u8]) -> bool {
    for (groups, quad) in quads.chunks_exact(4).take(4).enumerate() {
        let mut bits = 0_u32;
        for byte in quad {
            match sextet_of(*byte) {
                Some(value) => bits = bits << 6 | u32::from(value),
                // A line's end, or the text's.
                None => return groups > 0,
            }
        }
        if !bits.to_be_bytes()[1..].iter().all(|b| is_of_id(*b)) {
            return false;
        }
    }
    true
}

fn is_of_id(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// What stands here is the hexadecimal form of an ID.
fn is_hex_of_id(digits: &[u8]) -> bool {
    let value = |byte: u8| char::from(byte).to_digit(16);
    let of_id = |pair: &[u8; 2]| {
        let byte = value(pair[0]).zip(value(pair[1]));
        byte.is_some_and(|(a, b)| is_of_id((a << 4 | b) as u8))
    };
    digits.len() == 40 && digits.as_chunks::<2>().0.iter().all(of_id)
}

/// What stands around an escaped A goes on as an ID does.
fn is_escape_of_id(piece: &[u8], at: usize, literal: &[u8]) -> bool {
    let behind = &piece[at + literal.len()..];
    let behind = &behind[..behind.len().min(10)];
    let before = &piece[at.saturating_sub(6)..at];
    let goes_on = |codes: &[&[u8]]| {
        codes
            .iter()
            .any(|code| behind.windows(code.len()).any(|window| window == *code))
    };
    match literal {
        b"\\u004" => match behind {
            [b'1', rest @ ..] => {
                matches!(rest, [b'K' | b'S', ..])
                    || rest.starts_with(b"\\u004b")
                    || rest.starts_with(b"\\u004B")
                    || rest.starts_with(b"\\u0053")
            }
            [b'b' | b'B', b'I' | b'\\', ..] => matches!(before.last(), Some(b'A' | b'1')),
            [b'9', b'A' | b'\\', ..] => {
                matches!(before.last(), Some(b'K' | b'S' | b'b' | b'B' | b'3'))
            }
            _ => false,
        },
        b"\\x41" | b"0x41" | b"#x41" => {
            goes_on(&[b"4b", b"4B", b"53"])
                || matches!(behind, [b'K' | b'S', ..] | [b';', b'K' | b'S', ..])
        }
        b"#65;" => goes_on(&[b"75;", b"83;", b"K", b"S"]),
        b"%41%" => goes_on(&[b"4b", b"4B", b"53"]),
        b"%41K" | b"%41S" => true,
        b"\\101" => goes_on(&[b"113", b"123", b"K", b"S"]),
        b"'K', 'I'" | b"'K','I'" | b"'S', 'I'" | b"'S','I'" => {
            before.windows(3).any(|three| three == b"'A'") && goes_on(&[b"'A'"])
        }
        b"73, 65" | b"73,65" => before.windows(2).any(|two| two == b"75" || two == b"83"),
        _ => before
            .windows(2)
            .any(|two| matches!(two, b"4b" | b"4B" | b"53")),
    }
}

/// True if a run as long as a secret in base64 stands here that stands for text.
fn has_long_run(ahead: &[u8]) -> bool {
    // A run that is long enough has one of the places that are looked at.
    let mut at = SECRET_BASE64_LEN - 1;
    let is_outside = |b: &u8| sextet_of(*b).is_none();
    while let Some(rest) = ahead.get(at..).filter(|rest| !rest.is_empty()) {
        let before = &ahead[..at];
        let len = rest.iter().position(is_outside).unwrap_or(rest.len());
        if len > 0 {
            let start = before
                .iter()
                .rposition(is_outside)
                .map_or(0, |last| last + 1);
            let run = &ahead[start..at + len];
            // A label that is glued to its value ends soon. An endless run has signs of its own, and is
            // not tried at each of its literals.
            let is_endless = start == 0 && run.len() >= GLUED_LEN_MAX;
            if !is_endless && run.len() >= SECRET_BASE64_LEN && run_has_nested(run) {
                return true;
            }
        }
        at += len + SECRET_BASE64_LEN;
    }
    false
}

/// True if a letter or digit, or a line's end inside of a value, is escaped.
fn has_escape(ahead: &[u8]) -> bool {
    let begins = |b: &u8| matches!(b, b'%' | b'\\' | b'&' | b'=' | b'0');
    let places = ahead.iter().enumerate().filter(|(_, b)| begins(b));
    places.map(|(at, _)| at).any(|at| {
        let rest = &ahead[at..];
        let unit = match rest[0] {
            b'%' => escapes::percent(rest),
            b'\\' => escapes::backslash(rest).filter(|unit| unit.len > 2),
            b'&' => escapes::entity(rest),
            // A soft line break, with the value going on behind it.
            b'=' => {
                // A longer run ends in padding: files full of hashes have such lines only.
                let of_run = |b: &&u8| sextet_of(**b).is_some();
                let before = ahead[..at].iter().rev().take_while(of_run).count();
                let behind = match rest {
                    [_, b'\n', b, ..] | [_, b'\r', b'\n', b, ..] => Some(*b),
                    _ => None,
                };
                let of_value = |b: Option<u8>| b.is_some_and(|b| sextet_of(b).is_some());
                return (1..=SECRET_LEN).contains(&before) && of_value(behind);
            }
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
        [.., b'%' | b'=', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
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
