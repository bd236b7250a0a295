//! Escapes of single characters: backslashes, percent signs, entities, quoted-printable.

use crate::model::Encoding;

/// A decoded unit: how many bytes it takes, and what it stands for.
pub(in crate::scan) struct Unit {
    pub(in crate::scan) encoding: Encoding,
    pub(in crate::scan) len: usize,
    /// `None` for what stands for nothing, a soft line break.
    pub(in crate::scan) byte: Option<u8>,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it ends the arms of matches that may give none"
)]
fn unit(encoding: Encoding, len: usize, byte: u8) -> Option<Unit> {
    Some(Unit {
        encoding,
        len,
        byte: Some(byte),
    })
}

fn digit(byte: u8, radix: u32) -> Option<u32> {
    char::from(byte).to_digit(radix)
}

/// The number that digits write, if all of them are digits.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |sum, b| {
        sum.checked_mul(radix)?.checked_add(digit(*b, radix)?)
    })
}

/// Only ASCII matters to rules; everything else stays as it stands.
fn ascii(code: u32) -> Option<u8> {
    u8::try_from(code).ok().filter(u8::is_ascii)
}

/// `%41`, `%u0041`.
pub(in crate::scan) fn percent(rest: &[u8]) -> Option<Unit> {
    match rest {
        [b'%', b'u', a, b, c, d, ..] => {
            unit(Encoding::Percent, 6, ascii(number(&[*a, *b, *c, *d], 16)?)?)
        }
        [b'%', a, b, ..] => unit(Encoding::Percent, 3, number(&[*a, *b], 16)? as u8),
        _ => None,
    }
}

/// Escapes of C, JSON and their relatives.
pub(in crate::scan) fn backslash(rest: &[u8]) -> Option<Unit> {
    use Encoding::{HexEscape, JsonEscape, OctalEscape};
    match rest {
        [b'\\', b'u', b'{', tail @ ..] => {
            let len = tail.iter().take(7).position(|b| *b == b'}')?;
            unit(JsonEscape, len + 4, ascii(number(&tail[..len], 16)?)?)
        }
        [b'\\', b'u', a, b, c, d, ..] => {
            unit(JsonEscape, 6, ascii(number(&[*a, *b, *c, *d], 16)?)?)
        }
        [b'\\', b'U', tail @ ..] => unit(JsonEscape, 10, ascii(number(tail.get(..8)?, 16)?)?),
        // `\x41` is a character, `\x41424344…` a whole byte string of a database.
        [b'\\', b'x', tail @ ..] => {
            let digits = tail
                .iter()
                .take(3)
                .take_while(|b| b.is_ascii_hexdigit())
                .count();
            let long = digits == 3 && tail.iter().take(24).all(u8::is_ascii_hexdigit);
            if digits < 2 || long {
                return None;
            }
            unit(HexEscape, 4, number(&tail[..2], 16)? as u8)
        }
        [b'\\', a @ b'0'..=b'3', b, c, ..] => unit(OctalEscape, 4, number(&[*a, *b, *c], 8)? as u8),
        [b'\\', sign, ..] => {
            let byte = match sign {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'/' | b'\\' | b'"' | b'\'' => *sign,
                _ => return None,
            };
            unit(JsonEscape, 2, byte)
        }
        _ => None,
    }
}

/// Named entities of what stands in or around keys.
const ENTITIES: [(&[u8], u8); 14] = [
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"sol", b'/'),
    (b"plus", b'+'),
    (b"equals", b'='),
    (b"colon", b':'),
    (b"comma", b','),
    (b"lowbar", b'_'),
    (b"period", b'.'),
    (b"NewLine", b'\n'),
    (b"nbsp", b' '),
];

/// `&#65;`, `&#x41;`, `&amp;`.
pub(in crate::scan) fn entity(rest: &[u8]) -> Option<Unit> {
    let end = rest.iter().take(12).position(|b| *b == b';')?;
    let byte = match &rest[..end] {
        [b'&', b'#', b'x' | b'X', digits @ ..] => ascii(number(digits, 16)?)?,
        [b'&', b'#', digits @ ..] => ascii(number(digits, 10)?)?,
        [b'&', name @ ..] => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
        _ => return None,
    };
    unit(Encoding::XmlEscape, end + 1, byte)
}

/// `=3D` and soft line breaks of quoted-printable.
pub(in crate::scan) fn quoted(rest: &[u8]) -> Option<Unit> {
    let soft = |len| {
        Some(Unit {
            encoding: Encoding::QuotedPrintable,
            len,
            byte: None,
        })
    };
    match rest {
        [b'=', b'\n', ..] => soft(2),
        [b'=', b'\r', b'\n', ..] => soft(3),
        [b'=', a, b, ..] if !a.is_ascii_lowercase() && !b.is_ascii_lowercase() => {
            unit(Encoding::QuotedPrintable, 3, number(&[*a, *b], 16)? as u8)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(unit: Option<Unit>) -> Option<(usize, char)> {
        unit.map(|unit| (unit.len, unit.byte.map_or('-', char::from)))
    }

    #[test]
    fn known_forms() {
        assert_eq!(told(percent(b"%41x")), Some((3, 'A')));
        assert_eq!(told(percent(b"%u0041")), Some((6, 'A')));
        assert_eq!(told(percent(b"%4")), None);
        for (text, expected) in [
            (r"\u0041", Some((6, 'A'))),
            (r"\u{41}", Some((6, 'A'))),
            (r"\U00000041", Some((10, 'A'))),
            (r"\x41\x42", Some((4, 'A'))),
            (r"\101", Some((4, 'A'))),
            (r"\/", Some((2, '/'))),
            (r"\n", Some((2, '\n'))),
            (r"\u00e9", None),
            (r"\x4", None),
            (r"\x4142434445464748494a4b4c4d", None),
            (r"\q", None),
            (r"\", None),
        ] {
            assert_eq!(told(backslash(text.as_bytes())), expected, "{text}");
        }
        assert_eq!(told(entity(b"&#65;")), Some((5, 'A')));
        assert_eq!(told(entity(b"&#x41;")), Some((6, 'A')));
        assert_eq!(told(entity(b"&sol;")), Some((5, '/')));
        assert_eq!(told(entity(b"&what;")), None);
        assert_eq!(told(entity(b"&#;")), None);
        assert_eq!(told(quoted(b"=3D")), Some((3, '=')));
        assert_eq!(told(quoted(b"=\r\nx")), Some((3, '-')));
        assert_eq!(told(quoted(b"=3d")), None);
    }
}
