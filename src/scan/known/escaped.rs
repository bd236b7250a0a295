//! Do escapes in a run stand for a part of a value? Judged by undoing them: most stand for quotes, line
//! ends and the like, with no value around them.

use super::runs::{ENCODED, is_of};
use crate::scan::layers::escapes;

/// Escapes of escapes are undone so often.
const LEVELS: usize = 4;

/// With one escape in it, a row of less is no part of a value.
const ROW_MIN: usize = 12;
/// So many escapes in any row may be a short piece of one.
const ESCAPES_MIN: usize = 2;

/// True if escapes in the run stand for bytes in a row of what values are made of, or for bytes that are no
/// text: of something packed, or of wide characters.
pub(super) fn has_value(run: &[u8]) -> bool {
    let mut text = undo(run, &[]);
    for _ in 0..LEVELS {
        let Some(Text { bytes, escaped }) = &text else {
            return false;
        };
        if has_row(bytes, escaped) {
            return true;
        }
        text = undo(bytes, escaped);
    }
    // Deeper ones are left to whoever undoes them.
    text.is_some()
}

/// A text, and which of its bytes escapes stood for.
struct Text {
    bytes: Vec<u8>,
    escaped: Vec<bool>,
}

/// Undoes escapes once; `None` if there is none.
fn undo(run: &[u8], before: &[bool]) -> Option<Text> {
    let mut text = Text {
        bytes: Vec::new(),
        escaped: Vec::new(),
    };
    let was = |at: usize| before.get(at).copied().unwrap_or(false);
    let mut done = 0;
    let mut has_unit = false;
    for at in memchr::memchr3_iter(b'%', b'\\', b'&', run) {
        if at < done {
            continue;
        }
        let rest = &run[at..];
        let unit = match rest[0] {
            b'%' => escapes::percent(rest),
            b'\\' => escapes::backslash(rest),
            _ => escapes::entity(rest),
        };
        let Some(unit) = unit else {
            continue;
        };
        has_unit = true;
        text.bytes.extend_from_slice(&run[done..at]);
        text.escaped.extend((done..at).map(was));
        text.bytes.extend(unit.byte);
        text.escaped.extend(unit.byte.map(|_| true));
        done = at + unit.len;
    }
    text.bytes.extend_from_slice(&run[done..]);
    text.escaped.extend((done..run.len()).map(was));
    has_unit.then_some(text)
}

fn has_row(bytes: &[u8], escaped: &[bool]) -> bool {
    let (mut len, mut escapes) = (0, 0);
    bytes.iter().zip(escaped).any(|(byte, escaped)| {
        if *escaped && (*byte < 9 || *byte >= 0x80) {
            return true;
        }
        if is_of(*byte, ENCODED) || *byte == b'=' {
            len += 1;
            escapes += usize::from(*escaped);
        } else {
            (len, escapes) = (0, 0);
        }
        escapes >= ESCAPES_MIN || (escapes > 0 && len >= ROW_MIN)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_count_inside_of_what_may_be_a_value() {
        for text in [
            "abcdefgh%2Fijklmnop",
            "abcdefghijkl\\/mnop",
            "abcd\\u0041efghijkl",
            "abcdefghijkl&#43;mn",
            "abcd\\\\u0041efghijkl",
            "abcd%252Fefghijkl",
            "abcd&amp;#65;efghijkl",
            "\\x41\\x4b\\x49\\x41",
            "x\\x9c\\xcb(),",
            "A\\x00K\\x00I\\x00A\\x00",
        ] {
            assert!(has_value(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn escapes_around_values_do_not() {
        for text in [
            "abcdefghijklmnopqrstuvwx",
            "href&quot;abcdefghijklmnopqrstuvwx",
            "printf\\\\abcdefghijklmnopqrstuvwx",
            "x\\nabcdefghijklmnopqrstuvwx\\n",
            "a&amp;abcdefghijklmnopqrstuvwx",
            "ab%2Fcd",
            "",
        ] {
            assert!(!has_value(text.as_bytes()), "{text}");
        }
    }
}
