//! Tree objects: entries of mode, name and id, one after the other.

use memchr::memchr;

use crate::git::pack::delta::whole_entries;
use crate::model::{Copied, ObjectKind};

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'t> {
    /// What the mode says it is.
    pub(crate) kind: EntryKind,
    /// The raw name.
    pub(crate) name: &'t [u8],
    /// The raw id.
    pub(crate) id: &'t [u8],
    /// Where the entry begins in the tree.
    pub(crate) at: usize,
    /// Where it ends.
    pub(crate) end: usize,
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

/// No mode is longer, however many zeros git let pass.
const MODE_LEN_MAX: usize = 24;

/// Splits the entry at `at`; returns it and where the next one begins.
#[inline]
pub(crate) fn entry(tree: &[u8], at: usize, id_len: usize) -> Option<(Entry<'_>, usize)> {
    let rest = &tree[at..];
    let blank = rest.iter().take(MODE_LEN_MAX).position(|b| *b == b' ')?;
    let nul = blank + 1 + memchr(0, &rest[blank + 1..])?;
    let id = rest.get(nul + 1..nul + 1 + id_len)?;
    // git reads the digits as a number, however many zeros stand before it.
    let mode = rest[..blank]
        .iter()
        .fold(0u32, |mode, digit| mode << 3 | u32::from(digit & 7));
    let kind = match mode & 0o170_000 {
        0o040_000 => EntryKind::Tree,
        0o160_000 => EntryKind::Gitlink,
        _ => EntryKind::Blob,
    };
    let end = at + nul + 1 + id_len;
    let name = &rest[blank + 1..nul];
    Some((
        Entry {
            kind,
            name,
            id,
            at,
            end,
        },
        end,
    ))
}

/// What is met while a tree is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event<'t> {
    /// An entry that the base does not have in the same words.
    New(Entry<'t>),
    /// Entries of the base, copied whole: the number of the first, and how many.
    Copied(usize, usize),
}

/// A tree seldom has so many entries more than its base.
const MORE_ENTRIES: usize = 4;

/// Where entries begin, and where the last one ends. Entry `n` lies between the numbers `n` and
/// `n + 1` of the list.
pub(crate) type Bounds = Vec<u32>;

/// Splits a whole tree. Ends early at an entry that cannot be split.
pub(crate) fn entries<'t>(
    tree: &'t [u8],
    id_len: usize,
    bounds: &mut Bounds,
    mut show: impl FnMut(Entry<'t>),
) -> Result<(), Malformed> {
    bounds.clear();
    bounds.push(0);
    let mut at = 0;
    while at < tree.len() {
        let (entry, next) = entry(tree, at, id_len).ok_or(Malformed(at))?;
        show(entry);
        bounds.push(next as u32);
        at = next;
    }
    Ok(())
}

/// A tree that a delta made from another.
pub(crate) struct Derived<'t> {
    pub(crate) bytes: &'t [u8],
    pub(crate) id_len: usize,
    /// The bounds of its base.
    pub(crate) base: &'t [u32],
    /// What was copied from there.
    pub(crate) copies: &'t [Copied],
    /// Entries that were copied whole are not in `bytes` (see `Extent::CutEntries`).
    pub(crate) sparse: bool,
}

/// Splits a tree that a delta made from another whose bounds are known, without looking at what was
/// copied. Its own bounds go to `bounds`, if anyone will need them.
///
/// From a place where an entry begins both here and in the base, the same bytes are the same
/// entries. Everything before such a place is split and shown as new, so a delta that shifts
/// entries against their bytes hides nothing. Of a sparse tree an entry that would have to be read
/// where nothing was written is an error: such a tree must be rebuilt.
pub(crate) fn follow<'t>(
    tree: &Derived<'t>,
    mut bounds: Option<&mut Bounds>,
    mut show: impl FnMut(Event<'t>),
) -> Result<(), Malformed> {
    let base = tree.base;
    if let Some(bounds) = &mut bounds {
        bounds.clear();
        bounds.reserve(base.len() + MORE_ENTRIES);
        bounds.push(0);
    }
    let (mut at, mut near) = (0, 0);
    // Where the last entry began that was split here.
    let mut split = 0;
    for copy in tree.copies {
        let whole = whole_entries(base, copy.from, copy.len, &mut near);
        let hole = whole.map_or(0..0, |(first, last)| {
            copy.result_of(base[first])..copy.result_of(base[last])
        });
        let read_hole = |from: usize, to: usize| tree.sparse && from < hole.end && to > hole.start;
        if read_hole(split, at) {
            return Err(Malformed(at));
        }
        while at < copy.at + copy.len {
            if let Some((first, last)) = whole
                && let Some(first) = known(base, first, copy, at)
                && first < last
            {
                show(Event::Copied(first, last - first));
                if let Some(bounds) = &mut bounds {
                    let shift = (at as u32).wrapping_sub(base[first]);
                    let moved = base[first + 1..=last].iter();
                    bounds.extend(moved.map(|bound| bound.wrapping_add(shift)));
                }
                at = hole.end;
                split = at;
                break;
            }
            let (entry, next) = entry(tree.bytes, at, tree.id_len).ok_or(Malformed(at))?;
            if read_hole(at, next) {
                return Err(Malformed(at));
            }
            show(Event::New(entry));
            if let Some(bounds) = &mut bounds {
                bounds.push(next as u32);
            }
            (split, at) = (at, next);
        }
    }
    while at < tree.bytes.len() {
        let (entry, next) = entry(tree.bytes, at, tree.id_len).ok_or(Malformed(at))?;
        show(Event::New(entry));
        if let Some(bounds) = &mut bounds {
            bounds.push(next as u32);
        }
        at = next;
    }
    Ok(())
}

/// The number of the base's entry that begins at `at` of the result, if one does; no entry before
/// `first` is asked for.
#[inline]
fn known(base: &[u32], first: usize, copy: &Copied, at: usize) -> Option<usize> {
    let here = copy.from + at.checked_sub(copy.at)?;
    // Nearly always the first one that was copied whole.
    if base[first] as usize == here {
        return Some(first);
    }
    base.binary_search(&(here as u32)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::git::pack::delta::{self, Extent, Trail};

    fn build(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut tree = Vec::new();
        for (mode, name) in entries {
            tree.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            tree.extend_from_slice(&[7; 20]);
        }
        tree
    }

    #[test]
    fn tells_kinds_by_mode() {
        let tree = build(&[
            ("40000", "d"),
            ("100644", "f"),
            ("120000", "l"),
            ("160000", "s"),
            ("0040000", "old"),
        ]);
        let mut kinds = Vec::new();
        entries(&tree, 20, &mut Bounds::new(), |e| kinds.push(e.kind)).unwrap();
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

    /// The same as [`derive`], of which only cut entries are rebuilt, between garbage.
    fn sparse_tree(
        base: &[u8],
        bounds: &[u32],
        ops: &[Result<(usize, usize), Vec<u8>>],
        len: usize,
    ) -> Vec<u8> {
        let delta = instructions(base, ops);
        let sizes = delta::sizes(&delta).unwrap();
        let mut out = vec![b'4'; len];
        let extent = Extent::CutEntries(bounds);
        delta::apply_extent(
            base,
            &delta,
            &sizes,
            &mut out,
            &mut Trail::default(),
            extent,
        )
        .unwrap();
        out
    }

    /// A delta of copies (offset, length in the base) and inserts, applied.
    fn derive(base: &[u8], ops: &[Result<(usize, usize), Vec<u8>>]) -> (Vec<u8>, Trail) {
        let delta = instructions(base, ops);
        let sizes = delta::sizes(&delta).unwrap();
        let (mut out, mut trail) = (vec![0; sizes.result as usize], Trail::default());
        delta::apply(base, &delta, &sizes, &mut out, &mut trail).unwrap();
        (out, trail)
    }

    fn instructions(base: &[u8], ops: &[Result<(usize, usize), Vec<u8>>]) -> Vec<u8> {
        let len: usize = ops
            .iter()
            .map(|op| op.as_ref().map_or_else(Vec::len, |(_, len)| *len))
            .sum();
        let varint = |n: usize| [(n & 0x7f) as u8 | 0x80, (n >> 7) as u8];
        let mut delta = [varint(base.len()), varint(len)].concat();
        for op in ops {
            match op {
                Ok((at, len)) => delta.extend([
                    0xb3,
                    *at as u8,
                    (at >> 8) as u8,
                    *len as u8,
                    (len >> 8) as u8,
                ]),
                Err(bytes) => {
                    delta.push(bytes.len() as u8);
                    delta.extend(bytes);
                }
            }
        }
        delta
    }

    /// Entries as following finds them: names, and whether each was copied.
    fn followed(base: &[u8], ops: &[Result<(usize, usize), Vec<u8>>]) -> Vec<(String, bool)> {
        let mut base_bounds = Bounds::new();
        let mut base_names = Vec::new();
        let name = |e: Entry<'_>| String::from_utf8_lossy(e.name).into_owned();
        entries(base, 20, &mut base_bounds, |e| base_names.push(name(e))).unwrap();
        let (tree, trail) = derive(base, ops);
        let mut found = Vec::new();
        let derived = Derived {
            bytes: &tree,
            id_len: 20,
            base: &base_bounds,
            copies: &trail.copies,
            sparse: false,
        };
        follow(&derived, None, |event| match event {
            Event::New(e) => found.push((name(e), false)),
            Event::Copied(first, n) => found.extend(
                base_names[first..first + n]
                    .iter()
                    .map(|n| (n.clone(), true)),
            ),
        })
        .unwrap();
        found
    }

    #[test]
    fn only_touched_entries_are_new() {
        let base = build(&[("100644", "a"), ("100644", "b"), ("100644", "c")]);
        let n = base.len() / 3;
        let pair = |name: &str, copied: bool| (name.to_owned(), copied);
        let changed = followed(
            &base,
            &[Ok((0, n + 10)), Err(vec![9; 5]), Ok((n + 15, 2 * n - 15))],
        );
        assert_eq!(
            changed,
            [pair("a", true), pair("b", false), pair("c", true)]
        );
        let dropped = followed(&base, &[Ok((0, n)), Ok((2 * n, n))]);
        assert_eq!(dropped, [pair("a", true), pair("c", true)]);
        let spliced = followed(&base, &[Ok((0, n - 4)), Ok((2 * n - 4, n + 4))]);
        assert_eq!(spliced, [pair("a", false), pair("c", true)]);
    }

    proptest! {
        #[test]
        fn following_equals_splitting(names in proptest::collection::vec("[a-z0-9 ]{1,9}", 1..12),
                                      cuts in proptest::collection::vec((0usize..400, 1usize..200), 1..6),
                                      insert in proptest::collection::vec(any::<u8>(), 1..30)) {
            let rows: Vec<(&str, &str)> = names.iter().map(|n| ("100644", n.as_str())).collect();
            let base = build(&rows);
            let mut base_bounds = Bounds::new();
            entries(&base, 20, &mut base_bounds, |_| ()).unwrap();
            let mut ops: Vec<Result<(usize, usize), Vec<u8>>> = Vec::new();
            for (at, len) in cuts {
                let at = at % base.len();
                ops.push(Ok((at, len.min(base.len() - at))));
                ops.push(Err(insert.clone()));
            }
            let (tree, trail) = derive(&base, &ops);
            let (mut whole, mut carried) = (Bounds::new(), Bounds::new());
            let one = entries(&tree, 20, &mut whole, |_| ());
            let mut derived = Derived {
                bytes: &tree,
                id_len: 20,
                base: &base_bounds,
                copies: &trail.copies,
                sparse: false,
            };
            let mut events = Vec::new();
            let own = |event: Event<'_>| match event {
                Event::New(e) => (Some((e.kind, e.name.to_vec(), e.id.to_vec(), e.at)), 0, 0),
                Event::Copied(first, count) => (None, first, count),
            };
            let other = follow(&derived, Some(&mut carried), |event| events.push(own(event)));
            prop_assert_eq!(one, other);
            prop_assert_eq!(&whole, &carried);
            // Of a sparse tree nothing else is seen, or it is refused.
            let sparse = sparse_tree(&base, &base_bounds, &ops, tree.len());
            (derived.bytes, derived.sparse) = (&sparse, true);
            let mut seen = Vec::new();
            if follow(&derived, None, |event| seen.push(own(event))).is_ok() {
                prop_assert_eq!(seen, events);
            }
        }

        #[test]
        fn arbitrary_bytes_never_panic(tree in proptest::collection::vec(any::<u8>(), 0..200)) {
            entries(&tree, 20, &mut Bounds::new(), |_| ()).ok();
        }
    }
}
