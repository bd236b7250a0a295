//! How far a value goes on behind what its pattern captured: tokens and private keys have no fixed
//! length. A bound cuts them off, so that every way of scanning sees the same end.

use std::ops::Range;

use super::decode::{self, unit_len};
use super::wrapped;
use crate::model::{Encoding, Secret};
use crate::rules::{EXTENT_MAX, Extent};

/// From so many bytes on a head says enough by itself.
const HEAD_LEN: usize = 100;
/// A head that is wrapped is looked at so far, which is less than the reach of the rules.
const HEAD_MAX: usize = 150;
/// Lines of a private key in PEM end like this.
const DASHES: &[u8] = b"-----";

/// What a pattern captured, and the lines behind it if it is short because it is wrapped.
pub(super) fn whole_head(extent: Extent, bytes: &[u8], head: Range<usize>) -> Range<usize> {
    if extent != Extent::Base64 || head.len() >= HEAD_LEN {
        return head;
    }
    let text = &bytes[..bytes.len().min(head.start + HEAD_MAX)];
    let end = wrapped::pieces(text, head.start)
        .last()
        .map_or(0, |p| p.end);
    head.start..end.max(head.end)
}

/// The end of a value whose pattern captured `head`.
pub(super) fn end(extent: Extent, bytes: &[u8], head: &Range<usize>) -> usize {
    let limit = bytes.len().min(head.start + EXTENT_MAX);
    let text = &bytes[..limit];
    match extent {
        Extent::Base64 => {
            let end = base64_end(text, head.end);
            let lines = wrapped::pieces(text, head.start);
            lines.last().map_or(end, |last| last.end.max(end))
        }
        Extent::Base64Url => base64url_end(text, head.end),
        Extent::Pem => pem_end(text, head.end),
    }
}

/// Undoes what encodes the value. A private key keeps its line breaks, whatever they are.
pub(super) fn decode(extent: Option<Extent>, raw: &[u8]) -> Option<(Secret, Vec<Encoding>)> {
    match extent {
        Some(Extent::Pem) => Some(pem_value(raw)),
        Some(Extent::Base64) => base64_value(raw),
        _ => decode::decode(raw),
    }
}

/// A value of base64, put together if it stands in pieces.
fn base64_value(raw: &[u8]) -> Option<(Secret, Vec<Encoding>)> {
    let pieces = wrapped::pieces(raw, 0);
    let to_end = pieces.last().is_some_and(|last| last.end == raw.len());
    if pieces.len() < 2 || !to_end {
        return decode::decode(raw);
    }
    let value = Secret::new(wrapped::joined(raw, &pieces));
    Some((value, vec![Encoding::Concatenation]))
}

fn base64_end(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let len @ 1.. = unit_len(&text[at.min(text.len())..]) {
        at += len;
    }
    for _ in 0..2 {
        at += padding_len(&text[at.min(text.len())..]);
    }
    at.min(text.len())
}

/// Length of one `=`, plain or encoded; 0 if there is none.
fn padding_len(text: &[u8]) -> usize {
    const FORMS: [&[u8]; 5] = [b"=", b"%3D", b"%3d", b"\\u003d", b"\\u003D"];
    let here = FORMS.iter().find(|form| text.starts_with(form));
    here.map_or(0, |form| form.len())
}

fn base64url_end(text: &[u8], from: usize) -> usize {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let mut at = from;
    loop {
        let rest = &text[at.min(text.len())..];
        match rest {
            [b, ..] if plain(*b) => at += 1,
            _ => match unit_len(rest).max(padding_len(rest)) {
                0 => break,
                len => at += len,
            },
        }
    }
    // The full stop of a sentence belongs to nobody.
    while at > from && text.get(at - 1) == Some(&b'.') {
        at -= 1;
    }
    at.min(text.len())
}

/// Behind the last line, if it comes in time; else where base64 and line breaks end.
fn pem_end(text: &[u8], from: usize) -> usize {
    let in_body = |b: u8| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'+' | b'/' | b'=' | b'\\' | b'"' | b'\'' | b',')
            || b.is_ascii_whitespace()
    };
    let body = text[from..].iter().take_while(|b| in_body(**b)).count();
    let rest = &text[from + body..];
    if rest.starts_with(b"-----END ") {
        let name = &rest[DASHES.len()..rest.len().min(64)];
        if let Some(dashes) = name.windows(DASHES.len()).position(|w| w == DASHES) {
            return from + body + 2 * DASHES.len() + dashes;
        }
    }
    from + text[from..from + body].trim_ascii_end().len()
}

/// A key in PEM with its line breaks, which a string literal may have as `\n`.
fn pem_value(raw: &[u8]) -> (Secret, Vec<Encoding>) {
    if !raw.contains(&b'\\') {
        return (Secret::new(raw.to_vec()), Vec::new());
    }
    let mut value = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'\\', [b'n', after @ ..]) => {
                value.push(b'\n');
                after
            }
            (b'\\', [b'r', after @ ..]) => {
                value.push(b'\r');
                after
            }
            (b'\\', [c @ (b'/' | b'\\'), after @ ..]) => {
                value.push(*c);
                after
            }
            _ => {
                value.push(first);
                tail
            }
        };
    }
    (Secret::new(value), vec![Encoding::JsonEscape])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(extent: Extent, text: &str) -> &str {
        let head = 0..4;
        &text[..end(extent, text.as_bytes(), &head)]
    }

    #[test]
    fn base64_goes_on_to_its_padding() {
        assert_eq!(cut(Extent::Base64, "abcdef+/== x"), "abcdef+/==");
        assert_eq!(cut(Extent::Base64, "abcd%2Fef%3D%3D&x"), "abcd%2Fef%3D%3D");
        assert_eq!(cut(Extent::Base64, r"abcd\/ef\u003d, x"), r"abcd\/ef\u003d");
        assert_eq!(cut(Extent::Base64, "abcd"), "abcd");
        let long = "a".repeat(EXTENT_MAX + 5);
        assert_eq!(cut(Extent::Base64, &long).len(), EXTENT_MAX);
    }

    #[test]
    fn base64url_goes_on_over_dots() {
        assert_eq!(cut(Extent::Base64Url, "eyJ2.a-b_c.d@x"), "eyJ2.a-b_c.d");
        assert_eq!(cut(Extent::Base64Url, "eyJ2.a. Then"), "eyJ2.a");
        assert_eq!(cut(Extent::Base64Url, "eyJ2%3D%3D&x"), "eyJ2%3D%3D");
    }

    #[test]
    fn private_keys_end_with_their_last_line() {
        let key = "-----BEGIN KEY-----\nabc\ndef=\n-----END KEY-----";
        let head = 0..19;
        let text = format!("{key}\nmore");
        assert_eq!(&text[..end(Extent::Pem, text.as_bytes(), &head)], key);
        let cut_off = "-----BEGIN KEY-----\nabc\n\n";
        assert_eq!(end(Extent::Pem, cut_off.as_bytes(), &head), 23);
        let (value, encodings) = pem_value(br"a\nb");
        assert_eq!((value.expose(), encodings.len()), (&b"a\nb"[..], 1));
    }

    proptest! {
        #[test]
        fn ends_lie_between_head_and_bound(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            start in 0_usize..200,
            len in 0_usize..200,
        ) {
            let start = start.min(bytes.len());
            let head = start..bytes.len().min(start + len);
            for extent in [Extent::Base64, Extent::Base64Url, Extent::Pem] {
                let end = end(extent, &bytes, &head);
                prop_assert!(end >= head.end && end <= bytes.len());
                decode(Some(extent), &bytes[head.start..end]);
            }
        }
    }
}
