//! Layers, end to end: what is encoded is found, and its span decodes back to the value.

pub(in crate::scan) mod ways;

use proptest::prelude::*;

use crate::model::{Encoding, Field, Hit, Limit, Object, ObjectId, ObjectKind, Part, Place};
use crate::rules::RuleSet;
use crate::scan::{Scanner, Stream};
use crate::testkeys::Keys;
use ways::{INNER, OUTER, Way, encode, undo};

fn scan(bytes: &[u8]) -> (Vec<Hit>, Vec<Limit>) {
    use std::sync::OnceLock;
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    let rules = RULES.get_or_init(|| RuleSet::builtin().unwrap());
    let mut scanner = Scanner::new(rules);
    let mut hits = Vec::new();
    let object = Object {
        id: ObjectId::from_bytes(&[7; 20]).unwrap(),
        kind: ObjectKind::Blob,
        bytes,
    };
    scanner.scan(&object, &mut hits);
    (hits, scanner.take_limits())
}

/// The value that each hit's bytes give along its chain.
fn check(bytes: &[u8], hits: &[Hit]) {
    for hit in hits {
        let cut = bytes[hit.span.start as usize..hit.span.end as usize].to_vec();
        let mut cuts = vec![cut];
        for encoding in &hit.encodings {
            // A cut through an outer encoding may leave some characters too many at both ends.
            let skipped = match encoding {
                Encoding::Base64 | Encoding::Base64Url => 0..4,
                Encoding::Hex => 0..2,
                _ => 0..1,
            };
            let tail = |cut: &Vec<u8>, from: usize| cut.get(from..).unwrap_or_default().to_vec();
            let starts = cuts
                .iter()
                .flat_map(|cut| skipped.clone().map(|from| tail(cut, from)));
            cuts = starts.map(|cut| undo(*encoding, &cut)).collect();
        }
        let value = hit.value.expose();
        let holds = |cut: &Vec<u8>| cut.windows(value.len()).any(|window| window == value);
        assert!(
            cuts.iter().any(holds),
            "{:?} does not give the value",
            hit.encodings
        );
    }
}

fn values(hits: &[Hit], part: Part) -> Vec<String> {
    hits.iter()
        .filter(|hit| hit.part == part)
        .map(|hit| String::from_utf8(hit.value.expose().to_vec()).unwrap())
        .collect()
}

fn chain() -> impl Strategy<Value = Vec<Way>> {
    let outer = proptest::collection::vec(proptest::sample::select(OUTER.to_vec()), 0..4);
    let inner = proptest::option::of(proptest::sample::select(INNER.to_vec()));
    let chain = (outer, inner).prop_map(|(mut ways, inner)| {
        ways.extend(inner);
        ways
    });
    let is_wide = |way: Way| matches!(way, Way::Utf16Le | Way::Utf16Be | Way::Utf32Le);
    let is_text = move |way: Way| !is_wide(way) && !matches!(way, Way::Gzip | Way::Zlib);
    // Nobody writes bytes that are no text in wide characters.
    chain.prop_filter("only text is wide", move |ways| {
        ways.windows(2)
            .all(|pair| !is_wide(pair[0]) || is_text(pair[1]))
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    })]

    #[test]
    fn any_chain_is_undone_and_leads_back(
        ways in chain(),
        seed in 0_u64..1000,
        filler in 0_usize..40,
        before in "[ -$.-;?-~]{0,9}",
    ) {
        let mut keys = Keys::new(seed);
        let (id, secret) = (keys.access_key_id(), keys.secret());
        let mut text = format!(
            "{}[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\nregion = x\n",
            "# a comment\n".repeat(filler),
        ).into_bytes();
        for way in ways.iter().rev() {
            text = encode(*way, &text);
        }
        let mut bytes = format!("{before}\n").into_bytes();
        // Zlib has no sign of its own: it is looked for at the beginning, and where zeros are.
        if let Some(Way::Zlib) = ways.first() {
            bytes.push(0);
        }
        bytes.extend_from_slice(&text);
        bytes.extend_from_slice(b"\nend\n");
        let (hits, limits) = scan(&bytes);
        prop_assert!(limits.is_empty(), "{limits:?}");
        prop_assert_eq!(values(&hits, Part::Id), [id], "{:?}", ways);
        prop_assert_eq!(values(&hits, Part::Secret), [secret]);
        prop_assert_eq!(hits[0].section, hits[1].section);
        prop_assert_ne!(hits[0].section, 0);
        check(&bytes, &hits);
    }

    #[test]
    fn any_bytes_are_looked_into_without_panic(
        pieces in proptest::collection::vec(
            prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..40),
                proptest::sample::select(vec![
                    b"PK\x03\x04".to_vec(), b"PK\x05\x06".to_vec(), b"\x1f\x8b\x08".to_vec(),
                    b"BZh91AY&SY".to_vec(), b"\xfd7zXZ\0".to_vec(), b"\x28\xb5\x2f\xfd".to_vec(),
                    b"x\x9c".to_vec(), b"stream\r\n".to_vec(), b"QUtJQ".to_vec(), b"%41%4b".to_vec(),
                    b"\\u0041".to_vec(), b"0x41, ".to_vec(), b"41 4b ".to_vec(), b"=\n".to_vec(),
                    b"A\0K\0I\0A\0".to_vec(), b"&#65;".to_vec(), b"00000000: 4142".to_vec(),
                ]),
            ],
            0..40,
        ),
    ) {
        let (hits, _) = scan(&pieces.concat());
        // The letters of IDs above may happen to give one.
        prop_assert!(hits.iter().all(|hit| hit.part == Part::Id));
    }
}

#[test]
fn each_way_is_undone_and_leads_back() {
    for way in OUTER.into_iter().chain(INNER) {
        for seed in 0..12 {
            let mut keys = Keys::new(seed);
            let (id, secret) = (keys.access_key_id(), keys.secret());
            let filler = "# a comment\n".repeat(seed as usize * 3);
            let text = format!(
                "{filler}[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
            );
            let mut bytes = encode(way, text.as_bytes());
            // What is packed is a file of its own; the rest stands in another text.
            if !matches!(way, Way::Gzip | Way::Zlib) {
                bytes = [&b"some text\n"[..], &bytes, b"\nend\n"].concat();
            }
            let (hits, limits) = scan(&bytes);
            assert!(limits.is_empty(), "{limits:?}");
            assert_eq!(values(&hits, Part::Id), [id], "{way:?}");
            assert_eq!(values(&hits, Part::Secret), [secret], "{way:?}");
            assert_eq!(hits[0].section, hits[1].section);
            assert_ne!(hits[0].section, 0);
            check(&bytes, &hits);
        }
    }
}

#[test]
fn labels_outside_name_encoded_values() {
    let mut keys = Keys::new(50);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    for text in [
        format!(
            "data:\n  AWS_ACCESS_KEY_ID: {}\n  AWS_SECRET_ACCESS_KEY: {}\n",
            base64(&id),
            base64(&secret)
        ),
        format!("id: {}\nkey: {}\n", base64(&id), base64(&secret)),
        format!(
            "aws_access_key_id: {id}\naws_secret_access_key: {}\n",
            base64(&secret)
        ),
        format!("AWS_SECRET_ACCESS_KEY: {secret}\nid: {}\n", base64(&id)),
        format!("{}\n{}\n", base64(&base64(&id)), base64(&base64(&secret))),
    ] {
        let (hits, _) = scan(text.as_bytes());
        assert_eq!(values(&hits, Part::Id), std::slice::from_ref(&id), "{text}");
        assert_eq!(
            values(&hits, Part::Secret),
            std::slice::from_ref(&secret),
            "{text}"
        );
        check(text.as_bytes(), &hits);
    }
}

#[test]
fn members_of_archives_are_places_of_their_own() {
    let mut keys = Keys::new(51);
    let mut bytes = b"two streams\0".to_vec();
    for _ in 0..2 {
        let (id, secret) = (keys.access_key_id(), keys.secret());
        bytes.extend(encode(Way::Zlib, format!("{id} {secret}\n").as_bytes()));
    }
    let (hits, _) = scan(&bytes);
    let views: Vec<u32> = hits.iter().map(|hit| hit.inner.unwrap().view).collect();
    assert_eq!(views, [1, 1, 2, 2]);
    assert_eq!(hits[0].span, hits[1].span);
    check(&bytes, &hits);
}

#[test]
fn escapes_of_single_characters() {
    let mut keys = Keys::new(52);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let one = |text: &str, at: usize, form: fn(char) -> String| {
        let c = text[at..].chars().next().unwrap();
        format!("{}{}{}", &text[..at], form(c), &text[at + 1..])
    };
    let unicode = |c: char| format!("\\u{:04x}", c as u32);
    let xml = |c: char| format!("&#x{:x};", c as u32);
    for form in [unicode, xml] {
        let text = format!(
            "aws_access_key_id = {}\naws_secret_access_key = {}\n",
            one(&id, 9, form),
            one(&secret, 17, form)
        );
        let (hits, _) = scan(text.as_bytes());
        assert_eq!(values(&hits, Part::Id), std::slice::from_ref(&id), "{text}");
        assert_eq!(
            values(&hits, Part::Secret),
            std::slice::from_ref(&secret),
            "{text}"
        );
    }
}

#[test]
fn a_bomb_ends_at_its_bound() {
    let bomb = encode(Way::Gzip, &vec![0; 40 << 20]);
    let (hits, limits) = scan(&bomb);
    assert!(hits.is_empty());
    let kinds: Vec<&str> = limits.iter().map(|limit| limit.kind).collect();
    assert_eq!(kinds, ["container-size"]);
}

#[test]
fn what_lies_too_deep_is_named() {
    let mut bytes = b"nothing".to_vec();
    for _ in 0..12 {
        bytes = encode(Way::Gzip, &bytes);
    }
    let (_, limits) = scan(&bytes);
    assert_eq!(
        limits.iter().map(|l| l.kind).collect::<Vec<_>>(),
        ["container-depth"]
    );
}

#[test]
fn flipped_bytes_are_found_or_named() {
    let mut keys = Keys::new(53);
    let text = format!("{} {}\n", keys.access_key_id(), keys.secret());
    for way in [Way::Gzip, Way::Zlib] {
        let packed = encode(way, text.as_bytes());
        for at in 10..packed.len() {
            let mut damaged = packed.clone();
            damaged[at] ^= 0x20;
            let (hits, limits) = scan(&damaged);
            let named = limits.iter().any(|limit| limit.kind == "container-damaged");
            assert!(
                !hits.is_empty() || named || matches!(way, Way::Zlib),
                "{way:?} {at}"
            );
        }
    }
}

#[test]
fn hostile_text_takes_linear_work() {
    // Quadratic work would take minutes here.
    let id = Keys::new(54).access_key_id();
    for hostile in [
        "QUtJQUFB",
        "QUtJQ-",
        "41 4b ",
        "0x41, ",
        "0xff, ",
        "'A', ",
        "7, ",
        "%",
        "%41",
        "\\",
        "\\x41",
        "&#65;",
        "=\n",
        "A\0",
        "\0\0\0A",
        "x\u{9c}",
        "PK\x03\x04\x14\0\0\0\x08\0",
        "stream\nx\x01",
        "\x1f",
        "00000000: 4142\n",
        "QUtJQUtJQUtJQUtJQUtJQUtJQUtJQUtJQUtJQUtJQUtJ\n",
        "AAAA",
        "a/b/c/d/",
    ] {
        let text = format!("{id}\n{}", hostile.repeat((1 << 20) / hostile.len()));
        let (hits, _) = scan(text.as_bytes());
        assert!(hits.len() < 10, "{hostile:?}");
    }
}

#[test]
fn files_that_come_in_pieces() {
    let mut keys = Keys::new(55);
    let text = format!("{} {}\n", keys.access_key_id(), keys.secret());
    let packed = encode(Way::Gzip, text.as_bytes());
    let rules = RuleSet::builtin().unwrap();
    let mut scanner = Scanner::new(&rules);
    let mut stream = Stream::new(&scanner, Place::WorktreeFile(b"x.gz".to_vec()));
    for piece in packed.chunks(7) {
        stream.push(&mut scanner, piece);
    }
    let mut hits = Vec::new();
    stream.finish(&mut scanner, &mut hits);
    assert_eq!(hits.len(), 2);
    assert_eq!(hits[0].field, Field::Content);
    assert_eq!(hits[0].encodings, [Encoding::Gzip]);
}

#[test]
fn where_pieces_end_says_nothing_of_what_is_encoded() {
    // Base64 of text without anything of interest, too long to be held.
    let words = "The quick brown fox jumps over the lazy dog. ".repeat(2000);
    let text = encode(Way::Base64, words.as_bytes());
    for step in [1000, 4096, 10_007] {
        let mut scanner = Scanner::new(&RuleSet::builtin().unwrap());
        let mut stream = Stream::new(&scanner, Place::WorktreeFile(b"x".to_vec()));
        (stream.step, stream.hold) = (step, 0);
        stream.push(&mut scanner, &text);
        stream.finish(&mut scanner, &mut Vec::new());
        assert!(scanner.take_limits().is_empty(), "{step}");
    }
}

#[test]
fn text_that_begins_as_zlib_does_is_text() {
    // The fixed code of zlib reads something out of many of these.
    for seed in 0..300 {
        let mut keys = Keys::new(seed);
        let (id, secret) = (keys.access_key_id(), keys.secret());
        let text = format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
        let octal = encode(Way::Octal, text.as_bytes());
        let bytes = [b"x^\n", &encode(Way::Hex, &octal)[..]].concat();
        let (hits, limits) = scan(&bytes);
        assert!(limits.is_empty(), "{seed} {limits:?}");
        assert_eq!(values(&hits, Part::Secret), [secret]);
    }
}

#[test]
fn base64_of_text_is_told_from_a_secret() {
    let text = encode(Way::Base64, b"change-me-before-deploying-ok?");
    assert!(text.len() == 40 && super::is_encoded_text(&text));
    for seed in 0..500 {
        assert!(!super::is_encoded_text(Keys::new(seed).secret().as_bytes()));
    }
}
