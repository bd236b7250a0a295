//! The encodings that a pattern may capture, undone. Reversible: the span keeps the exact bytes.

use crate::model::{Encoding, Secret};

/// JSON inside JSON inside JSON: deeper nesting is not undone.
const LEVELS_MAX: usize = 3;

/// Length of one character of a secret as it may stand in text: plain, escaped as in JSON
/// (`\/`, `\u002F`), or percent-encoded (`%2F`). 0 if there is none.
pub(super) fn unit_len(bytes: &[u8]) -> usize {
    let slash_or_plus = |pair: &[u8]| matches!(pair, b"2f" | b"2F" | b"2b" | b"2B");
    match bytes {
        [b, ..] if b.is_ascii_alphanumeric() || *b == b'+' || *b == b'/' => 1,
        [b'%', a, b, ..] if slash_or_plus(&[*a, *b]) => 3,
        [b'\\', ..] => {
            let slashes = bytes.iter().take(4).take_while(|b| **b == b'\\').count();
            match &bytes[slashes..] {
                [b'/', ..] if slashes <= 3 => slashes + 1,
                [b'u', b'0', b'0', a, b, ..] if slashes <= 3 && slash_or_plus(&[*a, *b]) => {
                    slashes + 5
                }
                _ => 0,
            }
        }
        _ => 0,
    }
}

/// Undoes what encodes a captured value, outermost first. `None` if it does not decode.
pub(super) fn decode(raw: &[u8]) -> Option<(Secret, Vec<Encoding>)> {
    let mut value = Secret::new(raw.to_vec());
    let mut encodings = Vec::new();
    while value.expose().contains(&b'\\') {
        if encodings.len() == LEVELS_MAX {
            return None;
        }
        value = json(value.expose())?;
        encodings.push(Encoding::JsonEscape);
    }
    if value.expose().contains(&b'%') {
        value = percent(value.expose())?;
        encodings.push(Encoding::Percent);
    }
    Some((value, encodings))
}

/// Undoes one level of the JSON escapes that can stand for a character of a secret.
fn json(raw: &[u8]) -> Option<Secret> {
    let mut value = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'\\', [c @ (b'/' | b'\\'), after @ ..]) => {
                value.push(*c);
                after
            }
            (b'\\', [b'u', b'0', b'0', high, low, after @ ..]) => {
                value.push(hex_pair(*high, *low)?);
                after
            }
            (b'\\', _) => return None,
            _ => {
                value.push(first);
                tail
            }
        };
    }
    Some(Secret::new(value))
}

fn percent(raw: &[u8]) -> Option<Secret> {
    let mut value = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                value.push(hex_pair(*high, *low)?);
                after
            }
            (b'%', _) => return None,
            _ => {
                value.push(first);
                tail
            }
        };
    }
    Some(Secret::new(value))
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(raw: &str) -> Option<(String, Vec<Encoding>)> {
        let (value, encodings) = decode(raw.as_bytes())?;
        Some((String::from_utf8(value.expose().to_vec()).ok()?, encodings))
    }

    #[test]
    fn known_forms() {
        use Encoding::{JsonEscape, Percent};
        let ok = |value: &str, encodings: &[Encoding]| Some((value.to_owned(), encodings.to_vec()));
        assert_eq!(decoded("a/b+c"), ok("a/b+c", &[]));
        assert_eq!(decoded(r"a\/b"), ok("a/b", &[JsonEscape]));
        assert_eq!(decoded(r"a\u002Fb\u002b"), ok("a/b+", &[JsonEscape]));
        assert_eq!(decoded(r"a\\/b"), ok("a/b", &[JsonEscape, JsonEscape]));
        assert_eq!(decoded(r"a\\\/b"), ok("a/b", &[JsonEscape, JsonEscape]));
        assert_eq!(decoded("a%2Fb%2b"), ok("a/b+", &[Percent]));
        assert_eq!(decoded("a%2"), None);
        assert_eq!(decoded("a\\"), None);
    }

    #[test]
    fn units() {
        for unit in [
            "a", "/", "+", r"\/", r"\\/", r"\\\/", r"\u002f", r"\\u002B", "%2F", "%2b",
        ] {
            assert_eq!(unit_len(unit.as_bytes()), unit.len(), "{unit}");
        }
        for none in ["", "=", "%3D", "%2", r"\n", r"\\\\/", r"\u003d", "\\"] {
            assert_eq!(unit_len(none.as_bytes()), 0, "{none}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_decode_without_panic(raw in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Some((value, _)) = decode(&raw) {
                prop_assert!(value.len() <= raw.len());
            }
            prop_assert!(unit_len(&raw) <= raw.len());
        }
    }
}
