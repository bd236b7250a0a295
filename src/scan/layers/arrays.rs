//! Bytes written one by one: `0x41, 0x4b`, `65, 75`, `'A', 'K'`, `41 4b`, and dumps with offsets.

use crate::model::Encoding;

use super::map::Builder;
use super::plausible::{is_container, is_text};

/// Fewer items are left alone.
const ITEMS_MIN: usize = 10;
/// Bytes between two items.
const GAP_MAX: usize = 64;

/// An item: its place, its length, its byte.
type Item = (usize, usize, u8);

/// One way of writing a byte: how long it is, and which byte.
type Form = fn(&[u8]) -> Option<(usize, u8)>;

/// What came of a list.
enum Outcome {
    /// Decoded up to here.
    Decoded(usize),
    /// A list, but of nothing that means anything; it ends here.
    Noise(usize),
    /// No list.
    Short,
}

/// Decodes the list that begins at `at`, if there is one. Returns where to go on.
pub(super) fn decode(bytes: &[u8], at: usize, out: &mut Builder<'_>) -> Option<usize> {
    let rest = &bytes[at..];
    // Commas stand between the bytes of wide characters, as Windows' registry writes them.
    let is_list = matches!(rest.get(2), Some(b' ' | b':')) || rest.get(2..6) == Some(b",00,");
    let is_pair = pair_item(rest).is_some() && is_list;
    let forms: &[(Form, Encoding)] = match rest {
        [b'0', b'x' | b'X', ..] => &[(hex_item, Encoding::HexArray)],
        [b'\'', ..] => &[(char_item, Encoding::CharArray)],
        // Two digits may be decimal, too: what gives text decides.
        _ if is_pair => &[
            (pair_item, Encoding::Hex),
            (decimal_item, Encoding::ByteArray),
        ],
        _ => &[(decimal_item, Encoding::ByteArray)],
    };
    let mut looked_at = None;
    for (form, encoding) in forms {
        match list(bytes, at, *form, *encoding, out) {
            Outcome::Decoded(end) => return Some(end),
            Outcome::Noise(end) => looked_at = looked_at.max(Some(end)),
            Outcome::Short => {}
        }
    }
    looked_at
}

fn list(bytes: &[u8], at: usize, form: Form, encoding: Encoding, out: &mut Builder<'_>) -> Outcome {
    let items = items(bytes, at, form);
    let Some(last) = items.last().filter(|_| items.len() >= ITEMS_MIN) else {
        return Outcome::Short;
    };
    let end = last.0 + last.1;
    let decoded: Vec<u8> = items.iter().map(|(_, _, byte)| *byte).collect();
    if !is_text(&decoded) && !is_container(&decoded) {
        return Outcome::Noise(end);
    }
    for (index, (from, len, byte)) in items.iter().enumerate() {
        if index > 0 {
            out.skip_to(*from);
        }
        out.unit(encoding, *from, *len, &[*byte]);
    }
    Outcome::Decoded(end)
}

fn items(bytes: &[u8], at: usize, form: Form) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = at;
    while let Some((len, byte)) = form(&bytes[at..]) {
        items.push((at, len, byte));
        at += len;
        let gap = gap(&bytes[at..bytes.len().min(at + GAP_MAX)]);
        if gap == 0 {
            break;
        }
        at += gap;
    }
    items
}

/// True for what may begin a gap between two items.
pub(super) fn is_between(byte: u8) -> bool {
    matches!(
        byte,
        b',' | b' ' | b'\n' | b'\r' | b'\t' | b':' | b';' | b'\\'
    )
}

/// Length of what stands between two items. A backslash continues a line, else it is an escape.
fn gap(rest: &[u8]) -> usize {
    let between = |(at, b): &(usize, &u8)| match b {
        b'\\' => matches!(rest.get(at + 1), Some(b'\n' | b'\r')),
        _ => is_between(**b),
    };
    rest.iter().enumerate().take_while(between).count()
}

fn nibble(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|d| d as u8)
}

/// No digit or letter goes on behind an item.
fn ends(rest: &[u8], len: usize) -> bool {
    !rest.get(len).is_some_and(u8::is_ascii_alphanumeric)
}

fn hex_item(rest: &[u8]) -> Option<(usize, u8)> {
    let [b'0', b'x' | b'X', tail @ ..] = rest else {
        return None;
    };
    let first = nibble(*tail.first()?)?;
    let (len, byte) = match tail.get(1).and_then(|b| nibble(*b)) {
        Some(second) => (4, first << 4 | second),
        None => (3, first),
    };
    ends(rest, len).then_some((len, byte))
}

fn pair_item(rest: &[u8]) -> Option<(usize, u8)> {
    let [a, b, ..] = rest else {
        return None;
    };
    let byte = nibble(*a)? << 4 | nibble(*b)?;
    ends(rest, 2).then_some((2, byte))
}

fn decimal_item(rest: &[u8]) -> Option<(usize, u8)> {
    let len = rest
        .iter()
        .take(4)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let value = rest[..len]
        .iter()
        .fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'));
    let byte = u8::try_from(value)
        .ok()
        .filter(|_| (1..=3).contains(&len))?;
    (ends(rest, len) && rest.get(len) != Some(&b'.')).then_some((len, byte))
}

fn char_item(rest: &[u8]) -> Option<(usize, u8)> {
    match rest {
        [b'\'', b'\\', b, b'\'', ..] => Some((4, if *b == b'n' { b'\n' } else { *b })),
        [b'\'', b, b'\'', ..] if b.is_ascii_graphic() || *b == b' ' => Some((3, *b)),
        _ => None,
    }
}

/// A row of a dump: where its text ends, and its bytes.
fn row(line: &[u8]) -> Option<Vec<u8>> {
    let digits = line
        .iter()
        .take(17)
        .take_while(|b| b.is_ascii_hexdigit())
        .count();
    if !(4..=16).contains(&digits) {
        return None;
    }
    let mut rest = &line[digits..];
    rest = rest.strip_prefix(b":").unwrap_or(rest);
    if rest.first() != Some(&b' ') {
        return None;
    }
    let mut bytes = Vec::new();
    let mut spaces = 0;
    while bytes.len() < 32 {
        match rest {
            [b' ', tail @ ..] => {
                spaces += 1;
                rest = tail;
            }
            [a, b, tail @ ..] if spaces < 3 || bytes.is_empty() => {
                let Some(byte) = nibble(*a).zip(nibble(*b)).map(|(a, b)| a << 4 | b) else {
                    break;
                };
                bytes.push(byte);
                spaces = 0;
                rest = tail;
            }
            _ => break,
        }
        // `xxd` puts two spaces before its right column, `hexdump -C` also in the middle.
        if spaces == 2 && bytes.len() >= 8 && bytes.len() != 8 {
            break;
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// Decodes a dump whose first row begins at `at`. A row is one unit: only whole ones can be read
/// back.
pub(super) fn dump(bytes: &[u8], at: usize, out: &mut Builder<'_>) -> Option<usize> {
    let mut rows = Vec::new();
    let mut start = at;
    while start < bytes.len() {
        let piece = &bytes[start..bytes.len().min(start + 250)];
        let len = memchr::memchr(b'\n', piece).unwrap_or(piece.len());
        let Some(row) = row(&piece[..len]) else {
            break;
        };
        rows.push((start, len, row));
        start += len + 1;
    }
    out.has_rows |= !rows.is_empty();
    let decoded: Vec<u8> = rows
        .iter()
        .flat_map(|(_, _, row)| row.iter().copied())
        .collect();
    let last = rows.last().filter(|_| decoded.len() >= 16)?;
    let end = last.0 + last.1;
    if is_text(&decoded) || is_container(&decoded) {
        for (index, (from, len, row)) in rows.iter().enumerate() {
            if index > 0 {
                out.skip_to(*from);
            }
            out.unit(Encoding::HexDump, *from, *len, row);
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let mut out = Builder::new(bytes);
        decode(bytes, 0, &mut out)?;
        Some(String::from_utf8_lossy(&out.finish()?.bytes).into_owned())
    }

    #[test]
    fn lists() {
        let text = "some text here";
        let write = |form: fn(u8) -> String, gap: &str| {
            text.bytes().map(form).collect::<Vec<_>>().join(gap)
        };
        let same = Some(text.to_owned());
        assert_eq!(decoded(&write(|b| format!("{b:#04x}"), ", ")), same);
        assert_eq!(decoded(&write(|b| format!("{b:#04x}"), ",\n  ")), same);
        assert_eq!(decoded(&write(|b| b.to_string(), ", ")), same);
        assert_eq!(decoded(&write(|b| format!("{b:02x}"), " ")), same);
        assert_eq!(decoded(&write(|b| format!("{b:02X}"), ":")), same);
        assert_eq!(
            decoded(&write(|b| format!("'{}'", char::from(b)), ", ")),
            same
        );
        assert_eq!(
            decoded("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16"),
            None
        );
        assert_eq!(decoded("65, 66"), None);
        assert_eq!(
            decoded("0\n\\133\\144\\145\\146\\141\\165\\154\\164\\135\\012\\141"),
            None
        );
    }

    #[test]
    fn dumps() {
        for text in [
            "00000000: 7365 6372 6574 203d 2068 6964 6465 6e20  secret = hidden \n00000010: 2121                                     !!\n",
            "00000000  73 65 63 72 65 74 20 3d  20 68 69 64 64 65 6e 20  |secret = hidden |\n00000010  21 21                                             |!!|\n",
        ] {
            let mut out = Builder::new(text.as_bytes());
            dump(text.as_bytes(), 0, &mut out).unwrap();
            let view = out.finish().unwrap();
            assert_eq!(String::from_utf8_lossy(&view.bytes), "secret = hidden !!\n");
        }
    }
}
