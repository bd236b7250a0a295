//! The fields of commits, tags and trees. What is damaged is split as far as it goes.

use std::ops::Range;

use crate::model::{Field, ObjectKind};

/// Splits a blob, commit or tag. At most 8 ranges come back, whatever the object holds: only the
/// first author, committer and tagger lines count as such.
pub(super) fn split(kind: ObjectKind, bytes: &[u8]) -> Vec<(Field, Range<usize>)> {
    if kind == ObjectKind::Blob {
        return vec![(Field::Content, 0..bytes.len())];
    }
    let mut fields: Vec<(Field, Range<usize>)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i + 1);
        if bytes[at] == b'\n' {
            push(&mut fields, Field::Message, at + 1..bytes.len());
            break;
        }
        let field = match &bytes[at..end] {
            // A continuation belongs to the header before.
            [b' ', ..] => fields.last().map_or(Field::Header, |(field, _)| *field),
            line => first_of(&fields, header_field(line)),
        };
        push(&mut fields, field, at..end);
        at = end;
    }
    fields
}

fn header_field(line: &[u8]) -> Field {
    if line.starts_with(b"author ") {
        Field::Author
    } else if line.starts_with(b"committer ") {
        Field::Committer
    } else if line.starts_with(b"tagger ") {
        Field::Tagger
    } else {
        Field::Header
    }
}

fn first_of(fields: &[(Field, Range<usize>)], field: Field) -> Field {
    if fields.iter().any(|(known, _)| *known == field) {
        Field::Header
    } else {
        field
    }
}

/// Adds a range; neighbours of the same field become one.
fn push(fields: &mut Vec<(Field, Range<usize>)>, field: Field, range: Range<usize>) {
    match fields.last_mut() {
        Some((last, known)) if *last == field => known.end = range.end,
        _ => fields.push((field, range)),
    }
}

/// The names in a tree object, whose ids are `id_len` bytes long. An entry that is cut off ends
/// the walk; the second value is the offset after the last whole entry.
pub(super) fn entry_names(bytes: &[u8], id_len: usize) -> (Vec<Range<usize>>, usize) {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(space) = memchr::memchr(b' ', &bytes[at..]) {
        let start = at + space + 1;
        let Some(nul) = memchr::memchr(0, &bytes[start..]) else {
            break;
        };
        let end = start + nul;
        if bytes.len() - end <= id_len {
            break;
        }
        names.push(start..end);
        at = end + 1 + id_len;
    }
    (names, at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_commit_in_parts() {
        let text = b"tree 12\nparent 34\nauthor A <a> 1 +0\ncommitter C <c> 1 +0\ngpgsig x\n y\n\nsubject\n\nbody\n";
        let parts: Vec<(Field, &str)> = split(ObjectKind::Commit, text)
            .into_iter()
            .map(|(f, r)| (f, std::str::from_utf8(&text[r]).unwrap()))
            .collect();
        assert_eq!(
            parts,
            [
                (Field::Header, "tree 12\nparent 34\n"),
                (Field::Author, "author A <a> 1 +0\n"),
                (Field::Committer, "committer C <c> 1 +0\n"),
                (Field::Header, "gpgsig x\n y\n"),
                (Field::Message, "subject\n\nbody\n"),
            ]
        );
    }

    #[test]
    fn a_tag_and_repeated_headers() {
        let text = b"object 1\ntagger T <t> 1 +0\nauthor x\nauthor y\nother\nauthor z\n\nm";
        let fields: Vec<Field> = split(ObjectKind::Tag, text)
            .into_iter()
            .map(|(f, _)| f)
            .collect();
        assert_eq!(
            fields,
            [
                Field::Header,
                Field::Tagger,
                Field::Author,
                Field::Header,
                Field::Message
            ]
        );
    }

    #[test]
    fn names_of_a_tree() {
        let mut tree = Vec::new();
        for name in ["a", "b c", "d"] {
            tree.extend_from_slice(format!("100644 {name}\0").as_bytes());
            tree.extend_from_slice(&[b' '; 20]);
        }
        let whole = tree.len();
        tree.extend_from_slice(b"100644 cut\x00123");
        let (names, end) = entry_names(&tree, 20);
        let names: Vec<&[u8]> = names.into_iter().map(|r| &tree[r]).collect();
        assert_eq!(names, [&b"a"[..], b"b c", b"d"]);
        assert_eq!(end, whole);
    }

    proptest! {
        #[test]
        fn any_bytes_split_into_ascending_ranges(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b' '), any::<u8>()], 0..200),
        ) {
            let mut end = 0;
            let fields = split(ObjectKind::Commit, &bytes);
            prop_assert!(fields.len() <= 12);
            for (_, range) in fields {
                prop_assert!(range.start >= end && range.end >= range.start);
                end = range.end;
            }
            prop_assert!(end <= bytes.len());
            let (names, end) = entry_names(&bytes, 20);
            prop_assert!(names.iter().all(|n| n.end < bytes.len()) && end <= bytes.len());
        }
    }
}
