//! How much is found at most, and that what is left out depends on the bytes alone.

use super::{id, object, place, rules, told};
use crate::model::{Copied, Derivation, Field, Hit, ObjectKind};
use crate::scan::{Memory, Scanner, Stream};
use crate::testkeys::Keys;

/// A text with so many IDs, each with its secret.
fn text(count: usize) -> String {
    let mut keys = Keys::new(91);
    let line = |_| {
        format!(
            "id = {}\nsecret_key = {}\n",
            keys.access_key_id(),
            keys.secret()
        )
    };
    (0..count).map(line).collect()
}

fn scanner(max: usize) -> Scanner {
    Scanner::new(&rules()).with_hits_max(max)
}

fn scanned(max: usize, text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    scanner(max).scan(&object(ObjectKind::Blob, text.as_bytes()), &mut hits);
    hits
}

#[test]
fn the_first_hits_are_the_same_however_many_follow() {
    let text = text(60);
    let all = told(&scanned(usize::MAX, &text));
    assert_eq!(all.len(), 120);
    for max in [1, 2, 7, 50, 119, 120, 121] {
        let first = &all[..max.min(all.len())];
        assert_eq!(told(&scanned(max, &text)), first, "at most {max}");
        let mut hits = Vec::new();
        scanner(max).scan_text(place(), Field::Content, text.as_bytes(), &mut hits);
        assert_eq!(told(&hits), first, "as a text, at most {max}");
        let mut scanner = scanner(max);
        let mut stream = Stream::new(&scanner, place());
        (stream.step, stream.hold) = (256, 0);
        stream.push(&mut scanner, text.as_bytes());
        let mut hits = Vec::new();
        stream.finish(&mut scanner, &mut hits);
        assert_eq!(told(&hits), first, "as a stream, at most {max}");
    }
}

#[test]
fn names_of_a_tree_are_bounded_as_well() {
    let mut keys = Keys::new(92);
    let mut names: Vec<String> = (0..20).map(|_| keys.access_key_id()).collect();
    names.sort();
    let entry = |name: &String| [b"100644 ", name.as_bytes(), b"\0", &[7; 20]].concat();
    let tree: Vec<u8> = names.iter().flat_map(entry).collect();
    let mut hits = Vec::new();
    // What other objects had does not count.
    for _ in 0..2 {
        scanner(5).scan(&object(ObjectKind::Tree, &tree), &mut hits);
    }
    assert_eq!(hits.len(), 10);
}

/// Scans a text, then the same with something in the middle, as the delta tells.
fn derived(max: usize, text: &str, new: &str) -> (Vec<Hit>, Memory, Vec<Hit>) {
    let at = text.len() / 2;
    let at = at + text[at..].find('\n').unwrap() + 1;
    let made = [&text[..at], new, &text[at..]].concat();
    let copies = [
        Copied {
            at: 0,
            from: 0,
            len: at,
        },
        Copied {
            at: at + new.len(),
            from: at,
            len: text.len() - at,
        },
    ];
    let inserted = at..at + new.len();
    let made_by = Derivation {
        fresh: std::slice::from_ref(&inserted),
        copies: &copies,
        inserted: made.as_bytes(),
        seams: &[],
    };
    let mut scanner = scanner(max);
    let base = scanner.scan(&object(ObjectKind::Blob, text.as_bytes()), &mut Vec::new());
    let mut hits = Vec::new();
    let memory = scanner.scan_derived(
        &object(ObjectKind::Blob, made.as_bytes()),
        &made_by,
        &base,
        &mut hits,
    );
    (hits, memory, scanned(max, &made))
}

#[test]
fn crowded_objects_hand_on_little_and_lose_nothing() {
    let new = format!("id = {}\n", Keys::new(93).access_key_id());
    for (count, max) in [
        (300, usize::MAX),
        (700, usize::MAX),
        (60, 100),
        (50, 101),
        (40, 100),
    ] {
        let (hits, memory, expected) = derived(max, &text(count), &new);
        assert_eq!(told(&hits), told(&expected), "{count} pairs, at most {max}");
        // A long chain holds what each of its links hands on.
        assert!(memory.weight() < 1 << 20);
        assert!(memory.has_hits());
    }
}

#[test]
fn what_was_not_scanned_says_nothing() {
    let text = text(1);
    let copies = [Copied {
        at: 0,
        from: 0,
        len: text.len(),
    }];
    let made = Derivation {
        fresh: &[],
        copies: &copies,
        inserted: &[],
        seams: &[],
    };
    let mut scanner = scanner(10);
    let (mut hits, memory) = (Vec::new(), Memory::unscanned());
    assert!(scanner.margins(&memory).is_none());
    let object = object(ObjectKind::Blob, text.as_bytes());
    assert!(!scanner.passes(ObjectKind::Blob, text.as_bytes(), &made, &memory));
    scanner.scan_derived(&object, &made, &memory, &mut hits);
    assert_eq!((hits.len(), object.id), (2, id()));
}

#[test]
fn what_is_found_is_work() {
    let mut scanner = scanner(usize::MAX);
    let mut toll = |text: &str| {
        scanner.scan(&object(ObjectKind::Blob, text.as_bytes()), &mut Vec::new());
        scanner.take_toll()
    };
    assert_eq!(toll(&"nothing to see\n".repeat(1000)), 0);
    let (one, ten) = (toll(&text(1)), toll(&text(10)));
    assert!(one > 4096 && ten > 8 * one);
    assert_eq!(toll(""), 0);
}

#[test]
fn a_base_that_is_copied_again_and_again_is_bounded_as_well() {
    let text = text(10);
    for max in [50, 119, 120, 121, usize::MAX] {
        let copies: Vec<Copied> = (0..6)
            .map(|n| Copied {
                at: n * text.len(),
                from: 0,
                len: text.len(),
            })
            .collect();
        let made = text.repeat(6);
        let junctions: Vec<_> = (1..6).map(|n| n * text.len()..n * text.len()).collect();
        let made_by = Derivation {
            fresh: &junctions,
            copies: &copies,
            inserted: made.as_bytes(),
            seams: &[],
        };
        let mut scanner = scanner(max);
        let base = scanner.scan(&object(ObjectKind::Blob, text.as_bytes()), &mut Vec::new());
        let mut hits = Vec::new();
        let object = object(ObjectKind::Blob, made.as_bytes());
        scanner.scan_derived(&object, &made_by, &base, &mut hits);
        assert_eq!(told(&hits), told(&scanned(max, &made)), "at most {max}");
        assert_eq!(hits.len(), max.min(120));
    }
}
