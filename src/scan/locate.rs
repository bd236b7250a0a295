//! Where a hit stands, for people (line and column) and for pairing (section and naming). All of
//! that costs only where there are hits.

use crate::model::{Hit, Object, ObjectKind, Part, Position, SECTION_HARD};

use super::{fields, naming};

/// How far back the beginning of a section is looked for.
pub(super) const SECTION_LOOKBACK: usize = 1024;

/// Longest first line of a field that is looked at.
pub(super) const HEAD_MAX: usize = 1024;

/// Counts lines forward through an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    /// Line feeds so far.
    feeds: u64,
    /// Offset after the last one.
    line_start: u64,
    /// Everything before this offset is counted.
    at: u64,
}

impl Lines {
    pub(super) fn new() -> Lines {
        Lines {
            feeds: 0,
            line_start: 0,
            at: 0,
        }
    }

    /// Counts up to offset `to`. `bytes` begin at offset `base`, which is not after the place
    /// reached so far.
    pub(super) fn advance(&mut self, bytes: &[u8], base: u64, to: u64) {
        if to <= self.at {
            return;
        }
        let piece = &bytes[(self.at - base) as usize..(to - base) as usize];
        self.feeds += memchr::memchr_iter(b'\n', piece).count() as u64;
        if let Some(last) = memchr::memrchr(b'\n', piece) {
            self.line_start = self.at + last as u64 + 1;
        }
        self.at = to;
    }

    /// The position of the offset reached.
    pub(super) fn position(&self) -> Position {
        Position {
            line: self.feeds + 1,
            column: self.at - self.line_start + 1,
        }
    }
}

/// Sets position and section of all hits of one object, which are sorted by span.
///
/// Hits that reached it by a delta's copies keep nothing of the base's lines.
pub(super) fn locate(object: &Object<'_>, hits: &mut [Hit]) {
    let Object { id, kind, bytes } = *object;
    if hits.is_empty() {
        return;
    }
    let id_len = id.as_bytes().len();
    if kind == ObjectKind::Tree {
        let names = fields::entry_names(bytes, id_len).0;
        for hit in hits {
            let start = hit.span.start as usize;
            let after = names.partition_point(|name| name.start <= start);
            let name = after.checked_sub(1).map(|i| &names[i]);
            if let Some(name) = name.filter(|name| name.contains(&start)) {
                place(hit, &bytes[name.clone()], name.start as u64);
            }
        }
        return;
    }
    let mut lines = Lines::new();
    let fields = fields::split(kind, bytes);
    for hit in hits {
        lines.advance(bytes, 0, hit.span.start.min(bytes.len() as u64));
        hit.position = lines.position();
        let start = hit.span.start as usize;
        if let Some((_, field)) = fields.iter().find(|(_, f)| f.contains(&start)) {
            stand(
                hit,
                &bytes[field.clone()],
                field.start as u64,
                first_line(&bytes[field.clone()]),
            );
        }
    }
}

/// Sets position and section of a hit in a text of its own: a name.
pub(super) fn place(hit: &mut Hit, text: &[u8], base: u64) {
    let at = (hit.span.start - base) as usize;
    let mut lines = Lines::new();
    lines.advance(text, 0, at as u64);
    hit.position = lines.position();
    stand(hit, text, base, first_line(text));
}

/// Sets what a text that begins at offset `base` says of a hit in it: section and naming. `head` is
/// the first line of the field.
pub(super) fn stand(hit: &mut Hit, text: &[u8], base: u64, head: &[u8]) {
    let start = (hit.span.start - base) as usize;
    let end = (hit.span.end - base) as usize;
    // Only of secrets it matters what their columns are called.
    let head = Some(head).filter(|_| hit.part == Part::Secret);
    hit.section = section(text, base, start);
    hit.about.naming = naming::of(text, head, &(start..end));
}

/// The first line of a field, as far as it may name columns.
pub(super) fn first_line(text: &[u8]) -> &[u8] {
    let head = &text[..text.len().min(HEAD_MAX)];
    &head[..memchr::memchr(b'\n', head).unwrap_or(0)]
}

/// The section that offset `at` of a field belongs to: a number made from the offset of its
/// beginning in the object, so that two hits agree on it without looking at each other.
///
/// A header line in square brackets (INI) makes a hard section. The innermost open bracket (JSON
/// object, call, block) or the dash of a YAML list item makes a soft one. 0 if neither begins in
/// the last kilobyte.
pub(super) fn section(field: &[u8], base: u64, at: usize) -> u32 {
    let floor = at.saturating_sub(SECTION_LOOKBACK);
    let number = |offset: usize| ((base + offset as u64 + 1) as u32) & !SECTION_HARD;
    let mut depth = 0_usize;
    let mut end = at;
    let mut indent = None;
    for i in (floor..at).rev() {
        match field[i] {
            b'}' | b')' | b']' => depth += 1,
            b'{' | b'(' | b'[' if depth == 0 => return number(i),
            b'{' | b'(' | b'[' => depth -= 1,
            b'\n' => {
                match line_opens(&field[i + 1..end], &mut indent) {
                    // What stands on the line itself is no header.
                    Some(Opens::Hard) if end == at => {}
                    Some(Opens::Hard) => return number(i + 1) | SECTION_HARD,
                    Some(Opens::Soft) if depth == 0 => return number(i + 1),
                    _ => {}
                }
                end = i;
            }
            _ => {}
        }
    }
    if floor > 0 {
        return 0;
    }
    match line_opens(&field[..end], &mut indent) {
        Some(Opens::Hard) if end == at => 0,
        Some(Opens::Hard) => number(0) | SECTION_HARD,
        Some(Opens::Soft) => number(0),
        None => 0,
    }
}

enum Opens {
    Hard,
    Soft,
}

/// Whether a line opens a section for what follows. `indent` is the smallest indentation of the
/// lines seen so far (they come from below): a list item counts only from outside.
fn line_opens(line: &[u8], indent: &mut Option<usize>) -> Option<Opens> {
    let width = line
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    let text = line[width..].trim_ascii_end();
    let plain = |inner: &[u8]| {
        !inner
            .iter()
            .any(|b| matches!(b, b'[' | b']' | b'{' | b',' | b'"'))
    };
    if let [b'[', inner @ .., b']'] = text
        && plain(inner)
        && !inner.is_empty()
    {
        return Some(Opens::Hard);
    }
    let first = indent.is_none();
    if text.starts_with(b"- ") && (first || indent.is_some_and(|i| width < i)) {
        return Some(Opens::Soft);
    }
    if !text.is_empty() {
        *indent = Some(indent.map_or(width, |i| i.min(width)));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section_of(text: &str, mark: &str) -> u32 {
        section(text.as_bytes(), 0, text.find(mark).unwrap())
    }

    fn same(text: &str) -> bool {
        section_of(text, "ID") == section_of(text, "SECRET")
    }

    #[test]
    fn profiles_are_hard_sections() {
        let text = "[a]\nx = ID\ny = OTHER\n\n[b]\ny = SECRET\n";
        assert_ne!(section_of(text, "ID") & SECTION_HARD, 0);
        assert_eq!(section_of(text, "ID"), section_of(text, "OTHER"));
        assert!(!same(text));
    }

    #[test]
    fn brackets_and_list_items_are_soft_sections() {
        assert!(same(r#"[{"i": "ID", "s": "SECRET"}, {"i": 1}]"#));
        assert!(!same(r#"[{"i": "ID"}, {"s": "SECRET"}]"#));
        assert!(same("f(\"ID\", g(1), \"SECRET\")"));
        assert!(same("keys:\n  - id: ID\n    secret: SECRET\n"));
        assert!(!same(
            "keys:\n  - id: ID\n    x: 1\n  - id: y\n    secret: SECRET\n"
        ));
        assert_eq!(section_of("x = ID", "ID"), 0);
        assert!(same("[1] ID\n[2] SECRET\n"));
    }

    #[test]
    fn a_section_too_far_back_is_not_seen() {
        let text = format!("[a]\n{}ID", "x\n".repeat(SECTION_LOOKBACK));
        assert_eq!(section_of(&text, "ID"), 0);
    }

    #[test]
    fn lines_in_pieces_equal_lines_at_once() {
        let text = b"a\nbb\n\nccc";
        for split in 0..=text.len() as u64 {
            let (mut once, mut twice) = (Lines::new(), Lines::new());
            once.advance(text, 0, 8);
            twice.advance(text, 0, split.min(8));
            twice.advance(text, 0, 8);
            assert_eq!(once.position(), twice.position());
        }
    }
}
