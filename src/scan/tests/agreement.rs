//! Ways of scanning that must agree, on random texts: with and without prefilter, at once and in
//! pieces, all and only what is new.

use std::ops::Range;

use proptest::prelude::*;

use super::{object, place, rules, scan, scan_as, stream_as, told, values};
use crate::model::{Hit, NewRanges, ObjectKind, Part, Span};
use crate::scan::{Scanner, Stream, locate};
use crate::testkeys::Keys;

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
    ) {
        let rules = rules();
        let mut scanner = Scanner::new(&rules);
        let mut stream = Stream::new(&scanner, place());
        stream.step = step;
        let mut rest = text.as_bytes();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at(rest.len().min(*cut));
            stream.push(&mut scanner, now);
            rest = later;
        }
        let mut hits = Vec::new();
        stream.finish(&mut scanner, &mut hits);
        prop_assert_eq!(told(&hits), told(&scan(&text)));
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
        if kind == ObjectKind::Blob {
            prop_assert_eq!(told(&stream_as(&bytes, 1 + at)), told(&whole));
        }
        let mut slow = Scanner::new(&rules());
        slow.matcher.fast = false;
        let mut hits = Vec::new();
        slow.scan(&object(kind, &bytes, NewRanges::All), &mut hits);
        prop_assert_eq!(told(&hits), told(&whole));
    }
}
