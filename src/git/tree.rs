//! Tree objects: entries of mode, name and id, one after the other.

use std::ops::Range;

use memchr::memchr;

use crate::model::{NewRanges, ObjectKind};

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'t> {
    /// What the mode says it is.
    pub(crate) kind: EntryKind,
    /// The raw name.
    pub(crate) name: &'t [u8],
    /// The raw id.
    pub(crate) id: &'t [u8],
}

/// What a tree entry points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A file or symlink.
    Blob,
    /// A directory.
    Tree,
    /// A commit of a submodule: not an object of this repository.
    Gitlink,
}

impl EntryKind {
    /// The kind of object, if it is one of this repository.
    pub(crate) fn object_kind(self) -> Option<ObjectKind> {
        match self {
            EntryKind::Blob => Some(ObjectKind::Blob),
            EntryKind::Tree => Some(ObjectKind::Tree),
            EntryKind::Gitlink => None,
        }
    }
}

/// A tree that cannot be followed from this byte on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) usize);

/// Length of the shortest mode ("40000") and the longest git writes ("0100644" in old trees).
const MODE_LEN: Range<usize> = 5..8;

/// Splits the entry at `at`; returns it and where the next one begins.
#[inline]
fn entry(tree: &[u8], at: usize, id_len: usize) -> Option<(Entry<'_>, usize)> {
    let rest = &tree[at..];
    let blank = rest
        .iter()
        .take(MODE_LEN.end + 1)
        .position(|b| *b == b' ')?;
    let nul = blank + 1 + memchr(0, &rest[blank + 1..])?;
    let id = rest.get(nul + 1..nul + 1 + id_len)?;
    let mode = rest[..blank].trim_ascii_start();
    let mode = mode.strip_prefix(b"0").unwrap_or(mode);
    // git decides by the top digits alone, and so must we.
    let kind = match (mode.len(), mode.first_chunk::<2>()) {
        (5, Some([b'4', _])) => EntryKind::Tree,
        (6, Some(b"16")) => EntryKind::Gitlink,
        _ => EntryKind::Blob,
    };
    Some((
        Entry {
            kind,
            name: &rest[blank + 1..nul],
            id,
        },
        at + nul + 1 + id_len,
    ))
}

/// Shows all entries that are not wholly copied from the tree this one was made from. Ends early
/// at the first entry that cannot be split.
#[inline]
pub(crate) fn new_entries<'t>(
    tree: &'t [u8],
    id_len: usize,
    new: NewRanges<'_>,
    mut show: impl FnMut(Entry<'t>),
) -> Result<(), Malformed> {
    let mut at = 0;
    match new {
        NewRanges::All => {
            while at < tree.len() {
                let (entry, next) = entry(tree, at, id_len).ok_or(Malformed(at))?;
                show(entry);
                at = next;
            }
        }
        NewRanges::Only(ranges) => {
            for range in ranges {
                // Entries up to the range were copied; a junction at an entry's edge changes none.
                while at < tree.len() && (at < range.end || (range.is_empty() && at < range.start))
                {
                    let (entry, next) = entry(tree, at, id_len).ok_or(Malformed(at))?;
                    if next > range.start {
                        show(entry);
                    }
                    at = next;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn build(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut tree = Vec::new();
        for (mode, name) in entries {
            tree.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            tree.extend_from_slice(&[7; 20]);
        }
        tree
    }

    fn names(tree: &[u8], new: NewRanges<'_>) -> Vec<String> {
        let mut names = Vec::new();
        new_entries(tree, 20, new, |e| {
            names.push(String::from_utf8_lossy(e.name).into_owned())
        })
        .unwrap();
        names
    }

    #[test]
    fn tells_kinds_by_mode() {
        let tree = build(&[
            ("40000", "d"),
            ("100644", "f"),
            ("120000", "l"),
            ("160000", "s"),
            ("040000", "old"),
        ]);
        let mut kinds = Vec::new();
        new_entries(&tree, 20, NewRanges::All, |e| kinds.push(e.kind)).unwrap();
        assert_eq!(
            kinds,
            [
                EntryKind::Tree,
                EntryKind::Blob,
                EntryKind::Blob,
                EntryKind::Gitlink,
                EntryKind::Tree
            ]
        );
    }

    #[test]
    fn only_touched_entries_are_new() {
        let tree = build(&[("100644", "a"), ("100644", "b"), ("100644", "c")]);
        let len = tree.len() / 3;
        assert_eq!(names(&tree, NewRanges::Only(&[len + 2..len + 3])), ["b"]);
        assert_eq!(
            names(&tree, NewRanges::Only(&[len..len])),
            [""; 0],
            "a junction between two entries"
        );
        assert_eq!(
            names(&tree, NewRanges::Only(&[len + 1..len + 1])),
            ["b"],
            "a junction inside one"
        );
        assert_eq!(
            names(&tree, NewRanges::Only(&[len - 1..len + 1])),
            ["a", "b"]
        );
        assert_eq!(
            names(&tree, NewRanges::Only(&[0..1, 3 * len - 1..3 * len])),
            ["a", "c"]
        );
        assert_eq!(names(&tree, NewRanges::Only(&[])), [""; 0]);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(tree in proptest::collection::vec(any::<u8>(), 0..200)) {
            new_entries(&tree, 20, NewRanges::All, |_| ()).ok();
        }
    }
}
