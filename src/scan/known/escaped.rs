//! Do escapes in a run stand for a part of a value? Judged by undoing them: most stand for quotes, line
//! ends and the like, with no value around them.

use super::runs::{ENCODED, is_of};
use crate::scan::layers::escapes;

/// Escapes of escapes are undone so often.
const LEVELS: usize = 4;

/// True if an escape in the run stands for a byte of a row, at least `row_min` long, of what values are
/// made of.
pub(super) fn has_value(run: &[u8], row_min: usize) -> bool {
    let Some(mut text) = undo(run, &[]) else {
        return false;
    };
    for _ in 1..LEVELS {
        if has_row(&text, row_min) {
            return true;
        }
        let Text { bytes, escaped } = &text;
        match undo(bytes, escaped) {
            Some(next) => text = next,
            None => return false,
        }
    }
    has_row(&text, row_min)
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

fn has_row(text: &Text, row_min: usize) -> bool {
    let (mut len, mut is_escaped) = (0, false);
    text.bytes.iter().zip(&text.escaped).any(|(byte, escaped)| {
        if is_of(*byte, ENCODED) || *byte == b'=' {
            len += 1;
            is_escaped |= escaped;
        } else {
            (len, is_escaped) = (0, false);
        }
        is_escaped && len >= row_min
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
        ] {
            assert!(has_value(text.as_bytes(), 10), "{text}");
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
            assert!(!has_value(text.as_bytes(), 10), "{text}");
        }
    }
}
