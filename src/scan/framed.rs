//! Values that no separator parts from their neighbours, where something else tells their bounds:
//! a length in front of a string, an ID right before its secret, the sign of a patch's line.

use std::ops::Range;

use super::boundary::{begins_line, ends_with_id, is_wide_letter, without_escape};
use super::matcher::SECRET_LEN;

/// How far around a string control characters are looked for, which text does not have.
const LOOK: usize = 32;
/// Most characters of a column of fixed width right behind a secret that follows its ID.
const COLUMN_MAX: usize = 3;
/// Most letters of a label right before a secret.
const LABEL_MAX: usize = 24;
/// Length of an access key ID.
const ID_LEN: usize = 20;

/// True if the number right in front of a string says that it is `len` bytes long: one byte, or
/// four with the lowest first. Ruby adds 5.
pub(super) fn says_length(left: &[u8], len: usize) -> bool {
    let is = |number: u8, len: usize| usize::from(number) == len;
    match left {
        [.., b'"', number] if is(*number, len + 5) => true,
        [.., number, 0, 0, 0] | [.., number] => is(*number, len),
        [] => false,
    }
}

/// True if a length in front of the secret says that it ends here. That length is an opening
/// bracket, too, so that something around must be no text.
pub(super) fn ends_by_length(bytes: &[u8], span: &Range<usize>) -> bool {
    says_length(&bytes[..span.start], span.len()) && in_binary(bytes, span)
}

/// True if a secret ends here in a binary file: its length says so, or one letter or digit follows
/// that is the type of what comes next.
pub(super) fn cut_in_binary(bytes: &[u8], span: &Range<usize>) -> bool {
    let after_control = bytes[..span.start].last().is_some_and(|b| is_control(*b));
    ends_by_length(bytes, span)
        || (!after_control && one_follows(bytes, span.end) && in_binary(bytes, span))
}

/// True if one more character of base64 stands here, and no second one.
fn one_follows(bytes: &[u8], at: usize) -> bool {
    let of_value = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    bytes.get(at).is_some_and(of_value) && !bytes.get(at + 1).is_some_and(of_value)
}

/// True if the first character of what was taken for a secret is the length of a string, and the
/// secret's last one stands behind.
pub(super) fn length_is_first(bytes: &[u8], span: &Range<usize>) -> bool {
    span.len() == SECRET_LEN
        && !ends_by_length(bytes, span)
        && bytes[..span.start].last().is_some_and(|b| is_control(*b))
        && one_follows(bytes, span.end)
}

/// True if what stands around is no text.
fn in_binary(bytes: &[u8], span: &Range<usize>) -> bool {
    let before = &bytes[span.start.saturating_sub(LOOK)..span.start];
    let behind = &bytes[span.end..bytes.len().min(span.end + LOOK)];
    before.iter().chain(behind).any(|b| is_control(*b))
}

/// What text does not have: no white space, and not what begins a terminal's escapes.
pub(super) fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31)
}

/// True if the one letter or digit on either side of an ID is no part of it: in a binary file it
/// is the length of the string, or the type of the next one.
pub(super) fn is_glued_in_binary(bytes: &[u8], span: &Range<usize>) -> bool {
    let alone = |two: [Option<&u8>; 2]| {
        let is_letter = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        is_letter(two[0]) && !is_letter(two[1])
    };
    let mut left = bytes[..span.start].iter().rev();
    let mut right = bytes[span.end..].iter();
    let free = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric());
    let before = [left.next(), left.next()];
    let behind = [right.next(), right.next()];
    (alone(before) || free(before[0]))
        && (alone(behind) || free(behind[0]))
        && in_binary(bytes, span)
}

/// True if the header of a zip archive's next part stands here.
pub(super) fn is_zip_header(right: &[u8]) -> bool {
    matches!(right, [b'P', b'K', 1..=8, 1..=8, ..])
}

/// True if exactly a secret, or a secret and a short column, stands right behind the ID that ends
/// at `end`.
pub(super) fn secret_follows(bytes: &[u8], end: usize) -> bool {
    let most = bytes.len().min(end + SECRET_LEN + COLUMN_MAX + 1);
    let run = bytes[end..most]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
        .count();
    // `ID/secret` has a separator.
    let most = if bytes.get(end) == Some(&b'/') {
        0
    } else {
        COLUMN_MAX
    };
    (SECRET_LEN..=SECRET_LEN + most).contains(&run)
        && bytes[end + SECRET_LEN..end + run]
            .iter()
            .all(u8::is_ascii_uppercase)
        && bytes[end..end + SECRET_LEN]
            .iter()
            .any(u8::is_ascii_lowercase)
}

/// True if a label stands right before the secret, as databases write a row's columns.
pub(super) fn follows_label(bytes: &[u8], span: &Range<usize>) -> bool {
    let letters = bytes[..span.start].iter().rev().take(LABEL_MAX + 1);
    let len = letters.take_while(|b| b.is_ascii_alphabetic()).count();
    let label = bytes[span.start - len..span.start].to_ascii_lowercase();
    len <= LABEL_MAX
        && (label.ends_with(b"secret") || label.ends_with(b"key"))
        && !bytes.get(span.end).is_some_and(u8::is_ascii_alphanumeric)
        && in_binary(bytes, span)
}

/// A run of base64 without what belongs to its neighbours, where 40 characters are left then.
pub(super) fn narrowed(bytes: &[u8], span: Range<usize>) -> Range<usize> {
    let span = without_escape(bytes, span);
    let Some(extra) = span
        .len()
        .checked_sub(SECRET_LEN)
        .filter(|extra| *extra > 0)
    else {
        return span;
    };
    let (left, run, right) = (
        &bytes[..span.start],
        &bytes[span.clone()],
        &bytes[span.end..],
    );
    let cut = |skip: usize| span.start + skip..span.start + skip + SECRET_LEN;
    let signs = |count: usize| run[..count].iter().all(|b| *b == b'+');
    if ends_by_length(bytes, &cut(0)) {
        return cut(0);
    }
    // The length of the string, or of its bytes as wide characters.
    if extra == 1 && left.last().is_some_and(|b| is_control(*b)) {
        return cut(1);
    }
    // A space of a form, or the second byte of a character that looks like a letter.
    let is_space = || run[0] == b'+' && (left.ends_with(b"%3D") || left.ends_with(b"="));
    if extra == 1 && (is_space() || is_wide_letter(left, &run[..1])) {
        return cut(1);
    }
    // The type of what follows.
    if extra == 1 && in_binary(bytes, &span) && left.last().is_some_and(u8::is_ascii) {
        return cut(0);
    }
    // Added by a patch, in one file or in both sides of a merge.
    if extra <= 2 && signs(extra) && begins_line(left) {
        return cut(extra);
    }
    // Added, where words are compared.
    if extra == 2
        && signs(1)
        && left.ends_with(b"{")
        && run.ends_with(b"+")
        && right.starts_with(b"}")
    {
        return cut(1);
    }
    if extra == 2 && run.ends_with(b"PK") && is_zip_header(&bytes[span.end - 2..]) {
        return cut(0);
    }
    if follows_label(bytes, &cut(extra)) {
        return cut(extra);
    }
    if (ID_LEN..ID_LEN + LOOK).contains(&extra) {
        let behind_id = (ID_LEN..=extra).find(|at| {
            let end = span.start + at;
            ends_with_id(&bytes[..end]) && secret_follows(bytes, end)
        });
        if let Some(at) = behind_id {
            return cut(at);
        }
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkeys::Keys;

    /// What is left of the run of base64 that holds the secret.
    fn left_of(before: &str, secret: &str, behind: &str) -> bool {
        let text = format!("{before}{secret}{behind}").into_bytes();
        let at = before.len();
        let of_run = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
        let start = at - before.bytes().rev().take_while(|b| of_run(&b)).count();
        let end = at + text[at..].iter().take_while(of_run).count();
        narrowed(&text, start..end) == (at..at + SECRET_LEN)
    }

    #[test]
    fn neighbours_are_cut_off() {
        let mut keys = Keys::new(77);
        let id = keys.access_key_id();
        let secret = format!("a{}z", &keys.secret()[1..39]);
        for (before, behind) in [
            ("x", ""),
            ("\x01(", "t\0"),
            ("z(", "z\x04key"),
            ("(\0\0\0", "s\x01"),
            ("_\x10(", "Vregion"),
            ("\"-", "\x06:\x06ET"),
            ("\0Q", "\0"),
            ("key: ", "N)\x08"),
            ("+", "\n"),
            ("a\n++", "\n"),
            ("{+", "+}"),
            ("", "PK\x01\x02"),
            ("\x03\x21\x5daws_secret", "\x01"),
            ("\x03secretKey", "\x1b"),
            (&format!("0001{id}"), "EU\n"),
            (&id, ""),
        ] {
            let expected = before != "x";
            assert_eq!(
                left_of(before, &secret, behind),
                expected,
                "{before:?} {behind:?}"
            );
        }
        for (before, behind) in [
            ("(", "t "),
            ("f(", "tail"),
            ("a +", ""),
            ("{+", "+"),
            ("", "PK"),
            ("aws_secret", "\n"),
            ("\x03word", "\n"),
            ("\x03secret", "s\n"),
        ] {
            let narrow = left_of(before, &secret, behind);
            assert!(!narrow, "{before:?} {behind:?}");
        }
    }

    #[test]
    fn lengths() {
        for (left, expected) in [
            (&b"\x14"[..], true),
            (b"\x14\0\0\0", true),
            (b"I\"\x19", true),
            (b"\x19", false),
            (b"\0\x14", true),
            (b"", false),
            (b"(", false),
        ] {
            assert_eq!(says_length(left, 20), expected, "{left:?}");
        }
    }
}
