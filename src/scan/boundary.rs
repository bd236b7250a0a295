//! What may stand right beside a value without being a part of it.

use std::ops::Range;

use super::checks::{Candidate, is_base64};
use super::decode::unit_len;
use super::framed::{
    cut_in_binary, ends_by_length, follows_label, is_control, is_glued_in_binary, is_zip_header,
    says_length, secret_follows,
};
use super::matcher::SECRET_LEN;

/// Longest ending of a file's name that may follow a secret, without its dot.
const FILE_ENDING_LEN_MAX: usize = 8;

/// Longest word that may be glued to an ID.
const WORD_LEN_MAX: usize = 24;

/// True if what stands on either side is no part of an ID: no letter or digit, the end of an
/// escape, a word (`keyAKIA…`), or a number such as a date.
///
/// Random base64 shows an ID's shape once in 10^11 characters; what this must tell apart are texts
/// of capitals and digits, such as base32, proteins and names in capitals.
pub(super) fn key_id_boundary(bytes: &[u8], start: usize, end: usize) -> bool {
    let left = &bytes[..start];
    id_begins(left)
        && (id_ends(&bytes[end..])
            || says_length(left, end - start)
            || secret_follows(bytes, end)
            || is_zip_header(&bytes[end..]))
        || is_glued_in_binary(bytes, &(start..end))
}

fn id_begins(left: &[u8]) -> bool {
    let run = left
        .iter()
        .rev()
        .take(WORD_LEN_MAX + 1)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let (before, run) = left.split_at(left.len() - run);
    let number = || run.len() >= 4 && run.len() <= 14 && run.iter().all(u8::is_ascii_digit);
    run.is_empty()
        || ends_with_escape(left)
        || is_label_of_id(before, run)
        || is_wide_letter(before, run)
        || (!before.ends_with(b"+") && !before.ends_with(b"/") && (is_word(run) || number()))
}

fn id_ends(right: &[u8]) -> bool {
    let run = right
        .iter()
        .take(WORD_LEN_MAX + 1)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let run = &right[..run];
    let lower = || {
        let capitals = run.iter().filter(|b| b.is_ascii_uppercase()).count();
        run.len() >= 2
            && run[0].is_ascii_lowercase()
            && run.iter().all(u8::is_ascii_alphabetic)
            && capitals * 4 <= run.len()
    };
    // Base32 has no 0, 1, 8 and 9.
    let number = || {
        let digits = run.iter().all(u8::is_ascii_digit);
        digits && (6..=14).contains(&run.len()) && run.iter().any(|b| b"0189".contains(b))
    };
    let label = [&b"AWS_"[..], b"SECRET", b"Secret"];
    run.is_empty()
        || ((lower() || number()) && run.len() <= WORD_LEN_MAX)
        || label.iter().any(|label| right.starts_with(label))
}

/// The second byte of a character in Shift JIS, GBK or Big5 may look like a letter. In UTF-8 no letter
/// follows the first byte of a character.
pub(super) fn is_wide_letter(before: &[u8], run: &[u8]) -> bool {
    let starts_wide = |b: &u8| *b >= 0x81 && *b != 0xff;
    let is_utf8 = || {
        let tail = &before[before.len().saturating_sub(4)..];
        (0..tail.len()).any(|at| std::str::from_utf8(&tail[at..]).is_ok())
    };
    run.len() == 1 && before.last().is_some_and(starts_wide) && !is_utf8()
}

/// A label in capitals whose separator was lost, as in cells that were copied from a page:
/// `Access key IDAKIA…`. Base64 has signs of its own before such letters.
fn is_label_of_id(before: &[u8], run: &[u8]) -> bool {
    let is_spaced = matches!(
        before.last(),
        None | Some(b' ' | b'_' | b'-' | b'\n' | b'\t')
    );
    is_spaced
        && matches!(
            run,
            b"ID" | b"KEY" | b"KEYID" | b"ACCESSKEY" | b"ACCESSKEYID"
        )
        || run.ends_with(b"KeyID")
        || run.ends_with(b"keyID")
        || run.ends_with(b"keyId")
}

/// Two letters or more that end in lower case, with capitals only where words begin.
fn is_word(run: &[u8]) -> bool {
    let capitals = run.iter().filter(|b| b.is_ascii_uppercase()).count();
    (2..=WORD_LEN_MAX).contains(&run.len())
        && run.iter().all(u8::is_ascii_alphabetic)
        && run.last().is_some_and(u8::is_ascii_lowercase)
        && capitals * 4 <= run.len()
}

/// Nothing on the left belongs to the value. `=` may stand there: it assigns.
pub(super) fn left_is_free(candidate: Candidate<'_>) -> bool {
    let left = &candidate.bytes[..candidate.start];
    let Some((&last, before)) = left.split_last() else {
        return true;
    };
    match last {
        // `ID/secret`.
        b'/' if ends_with_id(before) => true,
        // Added by a patch.
        b'+' if begins_line(before) || is_added(candidate) => true,
        // A space of a form.
        b'+' if before.ends_with(b"%3D") || before.ends_with(b"=") => true,
        b if is_base64(b) => {
            ends_with_escape(left)
                || ends_with_id(left)
                || is_wide_letter(before, &[b])
                || follows_label(candidate.bytes, &(candidate.start..candidate.end))
                || before.last().is_some_and(|b| is_control(*b))
        }
        b'-' if begins_line(before) || is_removed(candidate) => true,
        b'-' if ends_by_length(candidate.bytes, &(candidate.start..candidate.end)) => true,
        b'-' | b'_' => {
            ends_with_id(before) || names_a_secret(before) || emphasised(candidate, last)
        }
        // A dot inside a word: a piece of a dotted token or of a file name.
        b'.' => !before.last().is_some_and(|b| is_base64(*b)) || ends_with_id(before),
        // The backslash of an escaped slash that was cut off.
        b'\\' => candidate.bytes[candidate.start] != b'/',
        _ => true,
    }
}

/// True where a line begins, but for the signs of a patch.
pub(super) fn begins_line(left: &[u8]) -> bool {
    let before = left.strip_suffix(b"+").or(left.strip_suffix(b"-"));
    matches!(before.unwrap_or(left), [] | [.., b'\n' | b'\r'])
        || left.ends_with(b"\n ")
        || left == b" "
}

/// `[-value-]`, where words are compared.
fn is_removed(candidate: Candidate<'_>) -> bool {
    let left = &candidate.bytes[..candidate.start];
    left.ends_with(b"[-") && candidate.bytes[candidate.end..].starts_with(b"-]")
}

/// True if an access key ID ends here.
pub(super) fn ends_with_id(left: &[u8]) -> bool {
    let Some(id) = left.len().checked_sub(20).map(|at| &left[at..]) else {
        return false;
    };
    let upper = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (id.starts_with(b"AKIA") || id.starts_with(b"ASIA"))
        && id.iter().all(upper)
        && (left.iter().nth_back(20) == Some(&b'/') || id_begins(&left[..left.len() - 20]))
}

/// `sk-`, `secret_`, and the `:-` in front of a shell's default.
fn names_a_secret(before: &[u8]) -> bool {
    let run = before
        .iter()
        .rev()
        .take(8)
        .take_while(|b| is_base64(**b))
        .count();
    let word = before[before.len() - run..].to_ascii_lowercase();
    matches!(&word[..], b"sk" | b"secret" | b"key" | b"aws" | b"pass")
        || (word.is_empty() && before.ends_with(b":"))
}

/// `_value_`, `__value__`: Markdown's emphasis.
fn emphasised(candidate: Candidate<'_>, sign: u8) -> bool {
    let left = &candidate.bytes[..candidate.start];
    let right = &candidate.bytes[candidate.end..];
    let count = |run: usize| sign == b'_' && (1..=3).contains(&run);
    let before = left.iter().rev().take_while(|b| **b == b'_').count();
    let after = right.iter().take_while(|b| **b == b'_').count();
    let outside = [left.iter().nth_back(before), right.get(after)];
    count(before)
        && before == after
        && outside
            .iter()
            .all(|b| b.is_none_or(|b| !b.is_ascii_alphanumeric()))
}

/// `\n`, `%3D`, `\u003d`, `\x3d`: what looks like a letter is the end of an escape. So is the end
/// of a terminal's colours.
pub(super) fn ends_with_escape(left: &[u8]) -> bool {
    if let [.., b'\\', b'n' | b'r' | b't' | b'f' | b'v' | b'b'] = left {
        return true;
    }
    let hex = |pair: &[u8]| pair.iter().all(u8::is_ascii_hexdigit);
    let of_base64 = |pair: &[u8]| matches!(pair, b"2f" | b"2F" | b"2b" | b"2B");
    match left {
        [.., b'\\', b'u', x, y, a, b] => {
            let is_slash_or_plus = [*x, *y] == *b"00" && of_base64(&[*a, *b]);
            hex(&[*x, *y, *a, *b]) && !is_slash_or_plus
        }
        [.., b'%', a, b] | [.., b'\\', b'x', a, b] => hex(&[*a, *b]) && !of_base64(&[*a, *b]),
        [.., b'\\', b'0'] => true,
        // As compilers write them.
        [.., b'\\', b'0' | b'2', b] => b.is_ascii_hexdigit(),
        [.., b'\\', b'0', a, b] => matches!((a, b), (b'0'..=b'7', b'0'..=b'7')),
        [before @ .., letter] if letter.is_ascii_alphabetic() => ends_with_colour(before, *letter),
        _ => false,
    }
}

/// `[0;32`, as in the escapes of terminals, without the `m`; with another letter behind it, it
/// does something else than colouring. Logs that were copied have lost the escape itself.
fn ends_with_colour(left: &[u8], letter: u8) -> bool {
    let codes = left
        .iter()
        .rev()
        .take(12)
        .take_while(|b| b.is_ascii_digit() || **b == b';')
        .count();
    let before = &left[..left.len() - codes];
    let Some(escape) = before.strip_suffix(b"[") else {
        return false;
    };
    (letter == b'm' && codes > 0) || escape.last() == Some(&0x1b)
}

/// Nothing on the right belongs to the value.
pub(super) fn right_is_free(candidate: Candidate<'_>) -> bool {
    let right = &candidate.bytes[candidate.end..];
    let span = candidate.start..candidate.end;
    match right.first() {
        None => true,
        Some(b'"' | b'\'' | b'`') if is_turned_round(&right[1..]) => false,
        _ if cut_in_binary(candidate.bytes, &span) => true,
        // 40 characters of base64 take no padding: this is a separator, unless a name ends here.
        Some(b'=') => right.get(1).is_none_or(|b| !b.is_ascii_alphanumeric()),
        Some(b'_') => emphasised(candidate, b'_'),
        // The end of a comment in HTML.
        Some(b'-') => is_removed(candidate) || right.starts_with(b"-->"),
        // A dotted token goes on for long; what ends soon is the ending of a file's name.
        Some(b'.') => {
            let ending = right[1..].iter().take_while(|b| is_base64(**b)).count();
            ending <= FILE_ENDING_LEN_MAX
        }
        Some(_) => {
            unit_len(right) == 0
                || secret_follows_id(candidate)
                || is_added(candidate)
                || is_zip_header(right)
        }
    }
}

/// True behind a literal that the language turns round: what stands there is no secret, and what
/// it becomes would not stand there.
fn is_turned_round(behind: &[u8]) -> bool {
    let signs: [&[u8]; 6] = [
        b"[::-1]",
        b".reverse",
        b".split('').reverse",
        b".split(\"\").reverse",
        b".chars().rev()",
        b".reversed()",
    ];
    signs.iter().any(|sign| behind.starts_with(sign))
}

/// The secret and a column stand right behind the ID.
fn secret_follows_id(candidate: Candidate<'_>) -> bool {
    ends_with_id(&candidate.bytes[..candidate.start])
        && secret_follows(candidate.bytes, candidate.start)
}

/// `{+value+}`, where words are compared.
fn is_added(candidate: Candidate<'_>) -> bool {
    let left = &candidate.bytes[..candidate.start];
    left.ends_with(b"{+") && candidate.bytes[candidate.end..].starts_with(b"+}")
}

/// The letters of an escape that stand right before a value look like its beginning: `\n`, `%3A`,
/// `\u003d`, a terminal's `[1m`.
pub(super) fn without_escape(bytes: &[u8], span: Range<usize>) -> Range<usize> {
    let before = span.start.checked_sub(1).map(|i| bytes[i]);
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    let len = match (before, &bytes[span.clone()]) {
        (Some(b'\\'), [b'u', a @ b'0', b @ b'0', c, d, ..]) if hex(&[*a, *b, *c, *d]) => 5,
        (Some(b'\\'), [b'x', a, b, ..]) if hex(&[*a, *b]) => 3,
        (Some(b'\\'), value @ [b'0' | b'2', ..]) => number_escape_len(value),
        (Some(b'\\'), [b'n' | b'r' | b't', ..]) => 1,
        (Some(b'%'), [a, b, ..]) if hex(&[*a, *b]) => 2,
        (Some(b'[' | b';'), value) => {
            let digits = value
                .iter()
                .take(3)
                .take_while(|b| b.is_ascii_digit())
                .count();
            let colour = value.get(digits).is_some_and(u8::is_ascii_alphabetic)
                && ends_with_escape(&bytes[..=(span.start + digits)]);
            if colour { digits + 1 } else { 0 }
        }
        _ => 0,
    };
    span.start + len..span.end
}

/// `0`, `00`, `012`: the number of an escape, as long as it must be for 40 characters to be left.
fn number_escape_len(value: &[u8]) -> usize {
    let octal = |b: &u8| matches!(b, b'0'..=b'7');
    match (value.len().checked_sub(SECRET_LEN), value) {
        (Some(3), [a, b, c, ..]) if [a, b, c].into_iter().all(octal) => 3,
        (Some(2), [_, b, ..]) if b.is_ascii_hexdigit() => 2,
        (Some(0 | 1), [b'0', ..]) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_are_no_letters() {
        // A colon in Shift JIS and in Big5, then letters of a word, then UTF-8.
        for (left, expected) in [
            (&b"\x83\x4c\x81F"[..], true),
            (b"key\xa1G", true),
            (b"keyF", false),
            (b"F", false),
            ("caf\u{e9}F".as_bytes(), false),
        ] {
            let (run, before) = (&left[left.len() - 1..], &left[..left.len() - 1]);
            assert_eq!(is_wide_letter(before, run), expected, "{left:?}");
        }
    }
}
