//! Values in pieces: split by concatenation, wrapped over lines, or with something invisible in
//! them. What stands between two pieces is glue; the span covers pieces and glue, and the value is
//! the pieces alone.
//!
//! Everything is bounded: at most [`PIECES_MAX`] pieces, at most [`GLUE_MAX`] bytes between two.

use std::ops::Range;

use crate::model::Secret;

use super::boundary::ends_with_escape;
use super::checks::{class_changes, is_base64};
use super::glue::{Glue, glue};

/// Most pieces of one value.
const PIECES_MAX: usize = 16;
/// Most bytes of glue between two pieces.
pub(super) const GLUE_MAX: usize = 64;
/// Most bytes from the first piece to the end of the last.
pub(super) const SPAN_MAX: usize = 320;
/// How far around pieces that a comma separates the call that joins them is looked for.
const JOIN_LOOK: usize = 64;

/// What a value in pieces is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// An access key ID: upper-case letters and digits.
    Id,
    /// A secret access key: base64.
    Secret,
}

impl Alphabet {
    fn holds(self, byte: u8) -> bool {
        match self {
            Alphabet::Id => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Alphabet::Secret => is_base64(byte),
        }
    }

    fn len(self) -> usize {
        match self {
            Alphabet::Id => 20,
            Alphabet::Secret => 40,
        }
    }
}

/// The pieces of a value whose first one begins at `start`: its span and the value. `None` if what
/// stands there is no value in at least two pieces.
pub(super) fn join(
    bytes: &[u8],
    start: usize,
    alphabet: Alphabet,
) -> Option<(Range<usize>, Secret)> {
    let pieces = pieces(bytes, start, alphabet)?;
    let span = start..pieces.last()?.end;
    let mut value = Vec::with_capacity(alphabet.len());
    for piece in pieces {
        value.extend_from_slice(&bytes[piece]);
    }
    Some((span, Secret::new(value)))
}

fn pieces(bytes: &[u8], start: usize, alphabet: Alphabet) -> Option<Vec<Range<usize>>> {
    let run = |from: usize| {
        let most = bytes.len().min(from + alphabet.len() + 1);
        let len = bytes[from..most]
            .iter()
            .take_while(|b| alphabet.holds(**b))
            .count();
        from..from + len
    };
    let first = run(start);
    let mut left = alphabet.len().checked_sub(first.len())?;
    if left == 0 || first.len() < 2 {
        return None;
    }
    let mut pieces = vec![first];
    let mut kind = None;
    while left > 0 {
        let end = pieces.last()?.end;
        let (len, this) = glue(bytes, end)?;
        let piece = run(end + len);
        let same = kind.is_none_or(|kind| kind == this);
        // An ID decides within a short reach.
        let too_long = len > GLUE_MAX && alphabet == Alphabet::Id;
        if !same
            || too_long
            || piece.is_empty()
            || piece.len() > left
            || piece.end - start > SPAN_MAX
        {
            return None;
        }
        left -= piece.len();
        kind = Some(this);
        pieces.push(piece);
        if pieces.len() > PIECES_MAX {
            return None;
        }
    }
    let kind = kind?;
    let end = pieces.last()?.end;
    (begins(bytes, start, kind)
        && ends(bytes, end, kind, alphabet)
        && convinces(bytes, &pieces, kind, alphabet))
    .then_some(pieces)
}

/// True if the first piece is no continuation of something before it.
fn begins(bytes: &[u8], start: usize, kind: Glue) -> bool {
    let left = &bytes[..start];
    let Some(&last) = left.last() else {
        return true;
    };
    if is_base64(last) && !ends_with_escape(left) {
        return false;
    }
    if continues(bytes, start, kind) {
        return false;
    }
    match kind {
        Glue::Operator | Glue::Comma => matches!(last, b'"' | b'\'' | b'`' | b';'),
        Glue::Continued | Glue::Invisible | Glue::Markup => true,
        // A value that is wrapped has a label, a sign or the beginning of all before it.
        Glue::Line | Glue::Space => {
            let tail = &left[left.len().saturating_sub(GLUE_MAX)..];
            let before = tail.trim_ascii_end();
            let broken = tail[before.len()..].contains(&b'\n');
            match before.last() {
                None | Some(b':' | b'=' | b'>' | b'"' | b'\'' | b'|' | b'`' | b'*') => true,
                Some(b) => !broken && !b.is_ascii_alphanumeric(),
            }
        }
    }
}

/// True if glue of this kind joins what begins here to another piece before it.
fn continues(bytes: &[u8], start: usize, kind: Glue) -> bool {
    let joined = matches!(kind, Glue::Operator | Glue::Continued);
    let most = GLUE_MAX.min(start.saturating_sub(1));
    joined
        && (1..=most).any(|len| {
            let before = start - len;
            // The format of `printf` is no piece.
            is_base64(bytes[before - 1])
                && !bytes[..before - 1].ends_with(b"%")
                && glue(bytes, before) == Some((len, kind))
        })
}

/// True if nothing continues the last piece.
fn ends(bytes: &[u8], end: usize, kind: Glue, alphabet: Alphabet) -> bool {
    match bytes.get(end) {
        None => return true,
        Some(b) if b.is_ascii_alphanumeric() => return false,
        Some(b'/' | b'+') if alphabet == Alphabet::Secret => return false,
        Some(b'=' | b'-' | b'_') if kind != Glue::Operator => return false,
        // A label, or the offset of a dump.
        Some(b':') if kind == Glue::Line => return false,
        Some(_) => {}
    }
    if matches!(kind, Glue::Operator | Glue::Comma)
        && !matches!(bytes[end], b'"' | b'\'' | b'`' | b'&' | b'\\')
    {
        return false;
    }
    if matches!(kind, Glue::Line | Glue::Space) {
        // The next line, or word, must not look like another piece.
        return true;
    }
    match glue(bytes, end) {
        Some((len, next)) if next == kind && kind != Glue::Comma => {
            !bytes.get(end + len).is_some_and(|b| alphabet.holds(*b))
        }
        _ => true,
    }
}

/// What speaks for pieces that could as well stand beside each other by chance.
fn convinces(bytes: &[u8], pieces: &[Range<usize>], kind: Glue, alphabet: Alphabet) -> bool {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return false;
    };
    match kind {
        Glue::Operator | Glue::Continued | Glue::Invisible | Glue::Markup => true,
        Glue::Comma => joined_by_call(bytes, first.start..last.end),
        Glue::Line | Glue::Space => match alphabet {
            Alphabet::Id => {
                let digits = pieces
                    .iter()
                    .flat_map(|piece| &bytes[piece.clone()])
                    .filter(|b| b.is_ascii_digit())
                    .count();
                digits >= 2
            }
            Alphabet::Secret => {
                // Words of prose have few digits and change their class seldom.
                pieces.iter().all(|piece| {
                    let piece = &bytes[piece.clone()];
                    piece.len() < 4 || class_changes(piece) * 4 >= piece.len()
                })
            }
        },
    }
}

/// True if a call that joins strings stands around the span.
fn joined_by_call(bytes: &[u8], span: Range<usize>) -> bool {
    let before = &bytes[span.start.saturating_sub(JOIN_LOOK)..span.start];
    let after = &bytes[span.end..bytes.len().min(span.end + JOIN_LOOK)];
    let words: [&[u8]; 9] = [
        b"join", b"concat", b"implode", b"printf", b"format", b"paste", b"append", b"strcat",
        b"merge",
    ];
    [before, after].into_iter().any(|text| {
        let text = text.to_ascii_lowercase();
        words
            .iter()
            .any(|word| text.windows(word.len()).any(|w| w == *word))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testkeys::Keys;

    fn joined(text: &str, start: usize, alphabet: Alphabet) -> Option<(String, String)> {
        let (span, value) = join(text.as_bytes(), start, alphabet)?;
        let value = String::from_utf8(value.expose().to_vec()).unwrap();
        Some((text[span].to_owned(), value))
    }

    /// Checks one way of splitting, for an ID and for a secret.
    fn splits(before: &str, glue: &str, after: &str) -> (bool, bool) {
        let mut keys = Keys::new(21);
        let id = loop {
            let id = keys.access_key_id();
            if id.bytes().filter(u8::is_ascii_digit).count() > 2 {
                break id;
            }
        };
        let secret = keys.secret();
        let whole = |value: &str, at: usize, alphabet| {
            let pieces = format!("{}{glue}{}", &value[..at], &value[at..]);
            let text = format!("{before}{pieces}{after}");
            joined(&text, before.len(), alphabet) == Some((pieces, value.to_owned()))
        };
        (
            whole(&id, 8, Alphabet::Id),
            whole(&secret, 16, Alphabet::Secret),
        )
    }

    #[test]
    fn glue_of_languages() {
        for (before, glue, after) in [
            ("k = \"", "\" + \"", "\"\n"),
            ("k = '", "' . '", "';"),
            ("k = '", "'..'", "'"),
            ("k = \"", "\" <> \"", "\""),
            ("k = \"", "\" ++ \"", "\""),
            ("k = \"", "\" & _\n  \"", "\""),
            ("k = '", "' || '", "'"),
            ("k = \"", "\" \"", "\""),
            ("k = \"", "\"\n    \"", "\""),
            ("k = \"", "\" \\\n    \"", "\""),
            ("k = \"", "\"\"", "\""),
            ("k = \"", "\").append(\"", "\")"),
            ("k = \"", "\" +\n f\"", "\""),
            ("k = `", "${\"\"}", "`"),
            ("k = \"", "\";\nk += \"", "\";"),
            ("join(\"\", [\"", "\", \"", "\"])"),
            ("concat!(\"", "\", \"", "\")"),
            ("k=", "\\\n", "\n"),
            ("k = \"", "\\\n   \\", "\""),
            ("k: ", "\n", "\n"),
            ("# k: ", "\n# ", "\n"),
            ("k: ", "<wbr>", "\n"),
            ("k: ", "\u{200b}", "\n"),
            ("k: ", "\u{ad}", "\n"),
            ("key: ", " ", "\n"),
        ] {
            assert_eq!(splits(before, glue, after), (true, true), "{glue:?}");
        }
    }

    #[test]
    fn what_is_no_glue() {
        for (before, glue, after) in [
            ("[\"", "\", \"", "\"]"),
            ("x", "\" + \"", "\""),
            ("k = \"", "\" - \"", "\""),
            ("k = \"", "\" + \"", "x\""),
            ("k = \"", "\" + \"", "\" + \"ABC\""),
            ("word ", "\n", "\n"),
            ("k = ", "", ""),
            ("k: ", "/x", ""),
        ] {
            assert_eq!(splits(before, glue, after), (false, false), "{glue:?}");
        }
    }

    #[test]
    fn words_are_no_value() {
        for text in [
            ": THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG",
            ": this is a line of text with forty letters in it",
        ] {
            assert_eq!(joined(text, 2, Alphabet::Secret), None);
            assert_eq!(joined(text, 2, Alphabet::Id), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_join_within_bounds(
            bytes in proptest::collection::vec(
                prop_oneof![Just(b'"'), Just(b'+'), Just(b' '), Just(b'\n'), Just(b'A'), Just(b'7'), any::<u8>()],
                0..400,
            ),
            at in 0_usize..400,
        ) {
            let at = at.min(bytes.len());
            for alphabet in [Alphabet::Id, Alphabet::Secret] {
                if let Some((span, value)) = join(&bytes, at, alphabet) {
                    prop_assert!(span.len() <= SPAN_MAX && span.start == at);
                    prop_assert_eq!(value.len(), alphabet.len());
                }
            }
        }
    }
}
