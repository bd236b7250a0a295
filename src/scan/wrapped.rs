//! Long values of base64 that are wrapped in lines or joined from literals.

use std::ops::Range;

use super::checks::{class_changes, is_base64};
use super::glue::{Glue, glue};

/// Shorter lines are no wrapped text.
const WIDTH_MIN: usize = 16;
/// Most pieces of one value.
const PIECES_MAX: usize = 1024;

/// The pieces of the value whose first one begins at `start`, with the padding of the last. What
/// joins them is the same everywhere; lines are equally long, but for the last one and, behind a
/// label, the first.
pub(super) fn pieces(text: &[u8], start: usize) -> Vec<Range<usize>> {
    let first = run(text, start);
    let mut pieces = vec![first];
    let (mut kind, mut width) = (None, None);
    while let Some(last) = pieces.last()
        && text[last.clone()].last() != Some(&b'=')
        && pieces.len() < PIECES_MAX
        && let Some((len, this)) = glue(text, last.end)
        && kind.is_none_or(|kind| kind == this)
    {
        let next = run(text, last.end + len);
        match this {
            Glue::Operator if !next.is_empty() => {}
            Glue::Line | Glue::Continued => {
                let width = *width.get_or_insert_with(|| pieces[0].len().max(next.len()));
                let full = next.len() == width && pieces[0].len() >= WIDTH_MIN.min(width);
                if width < WIDTH_MIN || !(full || is_last(text, &pieces, &next, width)) {
                    break;
                }
            }
            _ => break,
        }
        kind = Some(this);
        pieces.push(next);
    }
    pieces
}

/// True if a shorter line may be the last one: with it the base64 is whole, and it is no word.
fn is_last(text: &[u8], before: &[Range<usize>], line: &Range<usize>, width: usize) -> bool {
    let total: usize = before.iter().map(Range::len).sum();
    let value = &text[line.clone()];
    !line.is_empty()
        && line.len() < width
        && (total + line.len()).is_multiple_of(4)
        && (value.ends_with(b"=") || class_changes(value) >= 2)
        && matches!(
            text.get(line.end),
            None | Some(b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'<' | b'\\')
        )
}

/// Base64 and its padding.
fn run(text: &[u8], start: usize) -> Range<usize> {
    let rest = &text[start.min(text.len())..];
    let len = rest.iter().take_while(|b| is_base64(**b)).count();
    let pads = rest[len..].iter().take(2).take_while(|b| **b == b'=');
    start..start + len + if len > 0 { pads.count() } else { 0 }
}

/// The pieces put together.
pub(super) fn joined(text: &[u8], pieces: &[Range<usize>]) -> Vec<u8> {
    let mut value = Vec::with_capacity(pieces.iter().map(Range::len).sum());
    for piece in pieces {
        value.extend_from_slice(&text[piece.clone()]);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let pieces = pieces(text.as_bytes(), 0);
        String::from_utf8(joined(text.as_bytes(), &pieces)).unwrap()
    }

    #[test]
    fn lines_and_literals_are_joined() {
        let whole = "AbC0".repeat(17) + "Ab==";
        for (width, between) in [
            (20, "\n"),
            (20, "\r\n    "),
            (24, "\n# "),
            (16, "\\\n"),
            (30, "\" +\n\""),
        ] {
            let lines: Vec<&str> = (0..whole.len())
                .step_by(width)
                .map(|at| &whole[at..whole.len().min(at + width)])
                .collect();
            let text = format!("{}\nother = x\n", lines.join(between));
            assert_eq!(told(&text), whole, "{between:?}");
        }
        // The first line stands behind a label.
        assert_eq!(
            told(&format!(
                "{}\n{}\n{}\n",
                &whole[..17],
                &whole[17..57],
                &whole[57..]
            )),
            whole
        );
    }

    #[test]
    fn what_follows_is_not_joined() {
        let line = "AbC0".repeat(6);
        for behind in [
            "\nword\n",
            "\nregion = x\n",
            "\n\nAbC0\n",
            " AbC0",
            "\",\"AbC0\"",
            "\nAbC\n",
        ] {
            assert_eq!(told(&format!("{line}{behind}")), line, "{behind:?}");
        }
        assert_eq!(told("AbC0==\nAbC0AbC0\n"), "AbC0==");
        assert_eq!(told(""), "");
    }
}
