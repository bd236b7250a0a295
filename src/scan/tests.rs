//! Tests of the scanner as a whole: ways of scanning that must agree, and hostile input.

use std::ops::Range;

use proptest::prelude::*;

use super::*;
use crate::model::{Confidence, Encoding, ObjectId, Part};
use crate::testkeys::Keys;

fn rules() -> RuleSet {
    use std::sync::OnceLock;
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| RuleSet::builtin().unwrap()).clone()
}

fn id() -> ObjectId {
    ObjectId::from_bytes(&[7; 20]).unwrap()
}

fn object<'a>(kind: ObjectKind, bytes: &'a [u8], new: NewRanges<'a>) -> Object<'a> {
    Object {
        id: id(),
        kind,
        bytes,
        new,
    }
}

fn scan_as(kind: ObjectKind, bytes: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    Scanner::new(&rules()).scan(&object(kind, bytes, NewRanges::All), &mut hits);
    hits
}

fn scan(text: &str) -> Vec<Hit> {
    scan_as(ObjectKind::Blob, text.as_bytes())
}

/// Everything a hit says, comparable.
fn told(hits: &[Hit]) -> Vec<String> {
    hits.iter()
        .map(|h| {
            format!(
                "{} {:?} {:?} {:?} {:?} {:?} {:?} {} {} {}",
                h.rule,
                h.part,
                h.field,
                h.span,
                h.position,
                h.encodings,
                h.confidence,
                h.section,
                h.labelled,
                h.value.sha256(),
            )
        })
        .collect()
}

fn values(hits: &[Hit], part: Part) -> Vec<String> {
    hits.iter()
        .filter(|h| h.part == part)
        .map(|h| String::from_utf8(h.value.expose().to_vec()).unwrap())
        .collect()
}

#[test]
fn a_credentials_file() {
    let mut keys = Keys::new(21);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let text = format!("[p]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    let hits = scan(&text);
    assert_eq!(values(&hits, Part::Id), [id]);
    assert_eq!(values(&hits, Part::Secret), [secret]);
    assert_eq!((hits[0].position.line, hits[0].position.column), (2, 21));
    assert_eq!((hits[1].position.line, hits[1].position.column), (3, 25));
    assert_eq!(hits[0].section, hits[1].section);
    assert_ne!(hits[0].section, 0);
    assert_eq!(hits[1].rule, "aws-secret-access-key");
    for hit in &hits {
        assert_eq!(hit.confidence, Confidence::High);
        let span = hit.span.start as usize..hit.span.end as usize;
        assert_eq!(&text.as_bytes()[span], hit.value.expose());
    }
}

#[test]
fn spans_cover_encoded_bytes() {
    let secret = Keys::new(22).slashed_secret();
    let escaped = secret.replace('/', "\\/");
    let text = format!("{{\"SecretAccessKey\":\"{escaped}\"}}");
    let hits = scan(&text);
    assert_eq!(values(&hits, Part::Secret), [secret]);
    assert_eq!(hits[0].encodings, [Encoding::JsonEscape]);
    let span = hits[0].span.start as usize..hits[0].span.end as usize;
    assert_eq!(&text[span], escaped);
}

#[test]
fn fields_of_commits_are_told_apart_and_never_joined() {
    let mut keys = Keys::new(23);
    let (a, b) = (keys.access_key_id(), keys.access_key_id());
    let commit = format!(
        "tree {}\nauthor {a} <x> 1 +0000\ncommitter C <c> 1 +0000\n\nUse {b}\n",
        "0".repeat(40)
    );
    let hits = scan_as(ObjectKind::Commit, commit.as_bytes());
    let fields: Vec<Field> = hits.iter().map(|h| h.field).collect();
    assert_eq!(fields, [Field::Author, Field::Message]);
    assert_eq!(values(&hits, Part::Id), [a.clone(), b]);
    // A label in a header names nothing in the message.
    let secret = keys.secret();
    let split = format!("tree 1\nx aws_secret_access_key\n\n{secret}\n");
    assert!(scan_as(ObjectKind::Commit, split.as_bytes()).is_empty());
}

#[test]
fn names_in_trees() {
    let key = Keys::new(24).access_key_id();
    let mut tree = Vec::new();
    for name in ["README", &format!("{key}.csv"), "x"] {
        tree.extend_from_slice(format!("100644 {name}\0").as_bytes());
        // Bytes of an object id are no text, even if they look like it.
        tree.extend_from_slice(key.as_bytes());
    }
    let hits = scan_as(ObjectKind::Tree, &tree);
    assert_eq!(values(&hits, Part::Id), [key]);
    assert_eq!(hits[0].field, Field::EntryName);
    assert_eq!(hits[0].position, Position { line: 1, column: 1 });
    let at = tree.windows(4).position(|w| w == b".csv").unwrap() as u64;
    assert_eq!(hits[0].span.end, at);
}

#[test]
fn names_that_are_no_object() {
    let key = Keys::new(25).access_key_id();
    let name = format!("refs/heads/{key}").into_bytes();
    let mut hits = Vec::new();
    let place = Place::RefName(name.clone());
    Scanner::new(&rules()).scan_text(place.clone(), Field::RefName, &name, &mut hits);
    assert_eq!(values(&hits, Part::Id), [key]);
    assert_eq!((hits[0].place.clone(), hits[0].span.start), (place, 11));
}

#[test]
fn a_million_bytes_of_keys_take_linear_work() {
    // Quadratic work would take minutes here. No clock is read: the test would not end in time.
    let mut keys = Keys::new(26);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let n = (1 << 20) / 21;
    assert_eq!(scan(&format!("{id} ").repeat(n)).len(), n);
    assert_eq!(scan(&id.repeat(n)).len(), 0);
    let pairs = scan(&format!("{id} {secret}\n").repeat(n / 3));
    assert_eq!(pairs.len(), n / 3 * 2);
    for hostile in [
        "ecret",
        "ecret=",
        "secret_key=key=",
        "ecret aws ",
        "{",
        "AKIA",
        "\\",
        "%2F",
    ] {
        let text = hostile.repeat((1 << 20) / hostile.len());
        assert!(scan(&text).is_empty(), "{hostile}");
    }
    let open = format!("{}{}", "{".repeat(1 << 20), format!("{id} ").repeat(1000));
    assert_eq!(scan(&open).len(), 1000);
}

#[test]
fn a_scanner_can_go_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&Scanner::new(&rules()));
}

#[test]
fn hits_that_moved_out_of_an_object_are_left_as_they_are() {
    let key = Keys::new(29).access_key_id();
    let mut hits = scan(&format!("{}{key}", "\n".repeat(500)));
    for kind in ObjectKind::ALL {
        locate(kind, 20, b"100644 x\0", &mut hits);
        locate(kind, 20, b"", &mut hits);
    }
    assert_eq!(hits[0].span.start, 500);
}

/// Pieces that rules care about, so that random texts are near misses.
fn piece() -> impl Strategy<Value = String> {
    let mut keys = Keys::new(27);
    let (id, temporary) = (keys.access_key_id(), keys.temporary_key_id());
    let (secret, slashed) = (keys.secret(), keys.slashed_secret());
    let fixed: Vec<String> = vec![
        id.clone(),
        temporary,
        secret.clone(),
        slashed.replace('/', "\\/"),
        slashed.replace('/', "%2F").replace('+', "%2B"),
        slashed,
        id[..10].to_owned(),
        secret[..20].to_owned(),
        "aws_secret_access_key".to_owned(),
        "AWS_SECRET".to_owned(),
        "secretKey".to_owned(),
        "secret".to_owned(),
        "aws".to_owned(),
        "[profile x]\n".to_owned(),
        "\\n".to_owned(),
        "- ".to_owned(),
        "word ".to_owned(),
        "x".repeat(300),
        " ".repeat(100),
    ];
    prop_oneof![
        4 => proptest::sample::select(fixed),
        4 => proptest::sample::select(vec!["=", " ", "\n", ":", "\"", "{", "}", "(", ",", "/", "+", "%", "."])
            .prop_map(str::to_owned),
        1 => "[ -~\\n]{0,12}",
    ]
}

fn texts(pieces: Range<usize>) -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), pieces).prop_map(|p| p.concat())
}

/// No regression files: they would hold the keys of a failing case.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn prefilter_and_gates_lose_nothing(text in texts(0..30)) {
        let mut slow = Scanner::new(&rules());
        slow.matcher.fast = false;
        let mut hits = Vec::new();
        slow.scan(&object(ObjectKind::Blob, text.as_bytes(), NewRanges::All), &mut hits);
        prop_assert_eq!(told(&scan(&text)), told(&hits));
    }

    #[test]
    fn every_key_id_by_the_plain_pattern_is_a_hit(text in texts(0..30)) {
        let plain = regex::bytes::Regex::new("(?-u:\\b)?(?:AKIA|ASIA)[A-Z0-9]{16}").unwrap();
        let bytes = text.as_bytes();
        let free = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric());
        let mut expected = Vec::new();
        for at in 0..bytes.len() {
            if let Some(m) = plain.find(&bytes[at..]).filter(|m| m.start() == 0)
                && free(at.checked_sub(1).map(|i| &bytes[i]))
                && free(bytes.get(at + m.end()))
            {
                expected.push(String::from_utf8_lossy(m.as_bytes()).into_owned());
            }
        }
        prop_assert_eq!(values(&scan(&text), Part::Id), expected);
    }

    #[test]
    fn a_stream_equals_a_scan_at_once(
        text in texts(0..60),
        cuts in proptest::collection::vec(1_usize..700, 1..40),
        step in 1_usize..3000,
        kind in proptest::sample::select(vec![ObjectKind::Blob, ObjectKind::Commit, ObjectKind::Tag]),
    ) {
        let text = match kind {
            ObjectKind::Blob => text,
            _ => format!("tree 1\nauthor {}\n\n{text}", text.replace('\n', " ")),
        };
        let rules = rules();
        let mut scanner = Scanner::new(&rules);
        let mut stream = Stream::new(&mut scanner, id(), kind);
        stream.step = step;
        let mut rest = text.as_bytes();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at(rest.len().min(*cut));
            stream.push(now);
            rest = later;
        }
        let mut hits = Vec::new();
        stream.finish(&mut hits);
        prop_assert_eq!(told(&hits), told(&scan_as(kind, text.as_bytes())));
    }

    #[test]
    fn new_ranges_find_what_a_base_without_hits_did_not(
        texts in proptest::collection::vec(texts(0..8), 1..5),
        filler in 0_usize..3000,
    ) {
        // A derived object: what is inserted lies between copies of text without hits.
        let copied = "lorem ipsum dolor\n".repeat(filler / 18);
        let mut derived = String::new();
        let mut ranges = Vec::new();
        for text in texts {
            derived.push_str(&copied);
            ranges.push(derived.len()..derived.len() + text.len());
            derived.push_str(&text);
        }
        derived.push_str(&copied);
        let mut hits = Vec::new();
        let new = NewRanges::Only(&ranges);
        Scanner::new(&rules()).scan(&object(ObjectKind::Blob, derived.as_bytes(), new), &mut hits);
        prop_assert_eq!(told(&hits), told(&scan(&derived)));
    }

    #[test]
    fn new_ranges_and_old_hits_make_a_whole(
        before in texts(0..20), inserted in texts(0..6), after in texts(0..20),
    ) {
        let base = format!("{before}{after}");
        let derived = format!("{before}{inserted}{after}");
        let new = before.len()..before.len() + inserted.len();
        let reach = rules().reach().unwrap();
        let zone = new.start.saturating_sub(reach)..derived.len().min(new.end + reach);
        let mut hits: Vec<Hit> = Vec::new();
        Scanner::new(&rules()).scan(
            &object(ObjectKind::Blob, derived.as_bytes(), NewRanges::Only(&[new])),
            &mut hits,
        );
        // As a delta engine does it: hits of the base move with their bytes, except in the zone.
        for mut hit in scan(&base) {
            let moved = if hit.span.start >= before.len() as u64 {
                inserted.len() as u64
            } else if hit.span.end <= before.len() as u64 {
                0
            } else {
                continue;
            };
            hit.span = Span { start: hit.span.start + moved, end: hit.span.end + moved };
            let zone = Span { start: zone.start as u64, end: zone.end as u64 };
            if hit.span.start >= zone.end || hit.span.end <= zone.start {
                hits.push(hit);
            }
        }
        hits.sort_by_key(|h| h.span);
        locate(ObjectKind::Blob, 20, derived.as_bytes(), &mut hits);
        prop_assert_eq!(told(&hits), told(&scan(&derived)));
    }

    #[test]
    fn any_bytes_scan_without_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        kind in proptest::sample::select(ObjectKind::ALL.to_vec()),
        at in 0_usize..400,
        key in any::<bool>(),
    ) {
        let mut bytes = bytes;
        if key {
            let at = at.min(bytes.len());
            bytes.splice(at..at, Keys::new(28).access_key_id().into_bytes());
        }
        let whole = scan_as(kind, &bytes);
        let rules = rules();
        let mut scanner = Scanner::new(&rules);
        let mut stream = Stream::new(&mut scanner, id(), kind);
        stream.step = 1 + at;
        stream.push(&bytes);
        let mut hits = Vec::new();
        stream.finish(&mut hits);
        prop_assert_eq!(told(&hits), told(&whole));
    }
}
