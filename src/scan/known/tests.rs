//! Known values are found wherever they stand, and however an object is gone through.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Known, SeekStream, Seeker};
use crate::model::{
    CredentialKind, Encoding, Field, Hit, KnownValue, Object, ObjectId, ObjectKind, Part, Place,
    Secret,
};
use crate::scan::layers::tests::ways::{INNER, OUTER, Way, encode};
use crate::scan::tests::agreement::{blot, derive, op, texts};
use crate::testkeys::Keys;

fn value(part: Part, text: &str) -> KnownValue {
    let kind = match part {
        Part::Id => CredentialKind::AccessKeyId,
        Part::Secret => CredentialKind::SecretAccessKey,
        Part::Token => CredentialKind::SessionToken,
        Part::Key => CredentialKind::CustomKey,
    };
    let secret = Secret::new(text.as_bytes().to_vec());
    KnownValue::of_secret(part, kind, &secret, "test").unwrap()
}

fn known(values: &[(Part, &str)]) -> Arc<Known> {
    Arc::new(Known::new(
        values
            .iter()
            .map(|(part, text)| value(*part, text))
            .collect(),
    ))
}

fn object(kind: ObjectKind, bytes: &[u8]) -> Object<'_> {
    Object {
        id: ObjectId::from_bytes(&[7; 20]).unwrap(),
        kind,
        bytes,
    }
}

fn seek(known: &Arc<Known>, bytes: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut seeker = Seeker::new(Arc::clone(known), 10_000);
    seeker.seek(&object(ObjectKind::Blob, bytes), &mut hits);
    hits
}

fn found(hits: &[Hit]) -> Vec<(Part, String)> {
    let text = |hit: &Hit| String::from_utf8(hit.value.expose().to_vec()).unwrap();
    hits.iter().map(|hit| (hit.part, text(hit))).collect()
}

fn told(hits: &[Hit]) -> Vec<String> {
    hits.iter()
        .map(|h| {
            format!(
                "{:?} {:?} {:?} {:?} {:?}",
                h.part, h.span, h.position, h.encodings, h.inner
            )
        })
        .collect()
}

#[test]
fn values_without_any_label_and_glued_to_anything() {
    let mut keys = Keys::new(80);
    let (id, secret) = (keys.access_key_id(), keys.slashed_secret());
    let known = known(&[(Part::Id, &id), (Part::Secret, &secret)]);
    for text in [
        secret.clone(),
        format!("x{secret}y"),
        format!("/a/b{secret}/c/{}", "d/".repeat(40)),
        format!("<{secret}>"),
        secret.replace('/', "\\/"),
        secret.replace('/', "%2F").replace('+', "%2B"),
        secret.replace('/', "%252F").replace('+', "%252B"),
        format!("k = \"{}\" +\n    \"{}\"", &secret[..13], &secret[13..]),
        format!("{}=\n{}", &secret[..20], &secret[20..]),
        data_encoding::BASE64.encode(secret.as_bytes()),
        format!("abc{}", data_encoding::BASE64.encode(secret.as_bytes())),
        data_encoding::HEXUPPER.encode(secret.as_bytes()),
        secret.bytes().map(|b| format!("{b}, ")).collect::<String>(),
        secret
            .bytes()
            .map(|b| format!("'{}', ", char::from(b)))
            .collect::<String>(),
        secret
            .bytes()
            .map(|b| format!("{b:02x} "))
            .collect::<String>(),
    ] {
        let hits = seek(&known, text.as_bytes());
        assert_eq!(found(&hits), [(Part::Secret, secret.clone())], "{text}");
    }
    for text in [
        id.clone(),
        format!("x{id}9"),
        format!("k = '{}' . '{}'", &id[..7], &id[7..]),
    ] {
        let hits = seek(&known, text.as_bytes());
        assert_eq!(found(&hits), [(Part::Id, id.clone())], "{text}");
    }
    let other = keys.secret();
    assert!(seek(&known, other.as_bytes()).is_empty());
    assert!(seek(&known, secret.to_ascii_lowercase().as_bytes()).is_empty());
}

#[test]
fn a_value_in_noise_that_is_base64() {
    let mut keys = Keys::new(81);
    let secret = keys.secret();
    let known = known(&[(Part::Secret, &secret)]);
    for before in 0..9_usize {
        let mut noise: Vec<u8> = (0..90 + before)
            .map(|_| keys.number() as u8 | 0x80)
            .collect();
        noise.extend_from_slice(secret.as_bytes());
        noise.extend((0..70).map(|_| keys.number() as u8 | 0x80));
        let text = data_encoding::BASE64.encode(&noise);
        let hits = seek(&known, text.as_bytes());
        assert_eq!(found(&hits), [(Part::Secret, secret.clone())]);
        assert_eq!(hits[0].encodings, [Encoding::Base64]);
        let (start, end) = (hits[0].span.start as usize, hits[0].span.end as usize);
        let cut = &text[start..end];
        let raw = data_encoding::BASE64_NOPAD
            .decode(&cut.as_bytes()[..cut.len() / 4 * 4])
            .unwrap();
        assert!(
            raw.windows(39).any(|w| secret.as_bytes().starts_with(w)),
            "{before}"
        );
    }
}

#[test]
fn tokens_and_service_keys_by_their_length() {
    let mut keys = Keys::new(82);
    let token = keys.session_token("eu-west-1");
    let pem = keys.pem("RSA PRIVATE");
    let smtp = keys.smtp_password();
    let known = known(&[(Part::Token, &token), (Part::Key, &pem), (Part::Key, &smtp)]);
    for (value, part) in [(&token, Part::Token), (&pem, Part::Key), (&smtp, Part::Key)] {
        for text in [
            format!("a {value} b"),
            format!("\"{}\"", value.replace('\n', "\\n")),
            data_encoding::BASE64_MIME.encode(format!("x: {value}\n").as_bytes()),
        ] {
            let hits = seek(&known, text.as_bytes());
            assert_eq!(found(&hits), [(part, value.clone())], "{text}");
        }
    }
}

/// What is packed, and then written byte by byte: nothing of it looks like a value.
#[test]
fn packed_bytes_in_lists_and_escapes() {
    let secret = Keys::new(85).secret();
    let known = known(&[(Part::Secret, &secret)]);
    for way in [Way::Gzip, Way::Zlib] {
        let packed = encode(way, format!("password is {secret}\n").as_bytes());
        let each = |write: &dyn Fn(&u8) -> String| packed.iter().map(write).collect::<String>();
        for text in [
            format!("data = b\"{}\"\n", each(&|b| format!("\\x{b:02x}"))),
            format!("x = [{}]\n", each(&|b| format!("0x{b:02x}, "))),
            format!("x = [{}]\n", each(&|b| format!("{b}, "))),
        ] {
            let hits = seek(&known, text.as_bytes());
            assert_eq!(found(&hits), [(Part::Secret, secret.clone())], "{text}");
        }
    }
    // Wrapped so that no line has much of it.
    let bytes: Vec<String> = secret.bytes().map(|b| format!("\\x{b:02x}")).collect();
    let lines: Vec<String> = bytes
        .chunks(8)
        .map(|line| format!("\"{}\"", line.concat()))
        .collect();
    let hits = seek(
        &known,
        format!("s = {};\n", lines.join("\n    ")).as_bytes(),
    );
    assert_eq!(found(&hits), [(Part::Secret, secret)]);
}

#[test]
fn names_and_messages() {
    let mut keys = Keys::new(83);
    let secret = loop {
        let secret = keys.secret();
        if !secret.contains('/') {
            break secret;
        }
    };
    let known = known(&[(Part::Secret, &secret)]);
    let mut seeker = Seeker::new(Arc::clone(&known), 100);
    let base64 = data_encoding::BASE64URL_NOPAD.encode(secret.as_bytes());
    for name in [&secret, &base64] {
        let mut tree = b"100644 ".to_vec();
        tree.extend_from_slice(name.as_bytes());
        tree.push(0);
        tree.extend_from_slice(&[9; 20]);
        let mut hits = Vec::new();
        seeker.seek(&object(ObjectKind::Tree, &tree), &mut hits);
        assert_eq!(hits[0].field, Field::EntryName);
        let mut hits = Vec::new();
        let place = Place::RefName(name.as_bytes().to_vec());
        seeker.seek_text(place, Field::RefName, name.as_bytes(), &mut hits);
        assert_eq!(hits.len(), 1);
    }
    let commit = format!("tree 1\nauthor {secret} <a> 1 +0\n\nmessage\n\n\t{secret}\n");
    let mut hits = Vec::new();
    seeker.seek(&object(ObjectKind::Commit, commit.as_bytes()), &mut hits);
    let fields: Vec<Field> = hits.iter().map(|hit| hit.field).collect();
    assert_eq!(fields, [Field::Author, Field::Message]);
    assert_eq!((hits[1].position.line, hits[1].position.column), (6, 2));
}

fn chain() -> impl Strategy<Value = Vec<Way>> {
    let outer = proptest::collection::vec(proptest::sample::select(OUTER.to_vec()), 0..4);
    let inner = proptest::option::of(proptest::sample::select(INNER.to_vec()));
    let is_wide = |way: Way| matches!(way, Way::Utf16Le | Way::Utf16Be | Way::Utf32Le);
    let is_text = move |way: Way| !is_wide(way) && !matches!(way, Way::Gzip | Way::Zlib);
    let chain = (outer, inner).prop_map(|(mut ways, inner)| {
        ways.extend(inner);
        ways
    });
    chain.prop_filter("only text is wide", move |ways| {
        ways.windows(2)
            .all(|pair| !is_wide(pair[0]) || is_text(pair[1]))
    })
}

/// Texts with known values in them, near misses, and what encodes them.
fn parts() -> impl Strategy<Value = String> {
    let mut keys = Keys::new(84);
    let (id, secret) = (keys.access_key_id(), keys.slashed_secret());
    let fixed = vec![
        id.clone(),
        secret.clone(),
        secret[..20].to_owned(),
        secret[20..].to_owned(),
        id[..8].to_owned(),
        id[8..].to_owned(),
        secret.replace('/', "\\/"),
        secret.replace('/', "%2F"),
        data_encoding::BASE64.encode(secret.as_bytes()),
        data_encoding::BASE64.encode(secret.as_bytes())[..30].to_owned(),
        data_encoding::BASE64.encode(secret.as_bytes())[30..].to_owned(),
        "\" + \"".to_owned(),
        "\"".to_owned(),
        "k = \"".to_owned(),
        "\\\n".to_owned(),
        "\n".to_owned(),
        ": ".to_owned(),
        "join(".to_owned(),
        "\", \"".to_owned(),
        "=\n".to_owned(),
        "some words of prose ".to_owned(),
        " ".repeat(200),
        "x".repeat(300),
    ];
    prop_oneof![
        4 => proptest::sample::select(fixed),
        1 => texts(0..3),
    ]
}

fn text_of(pieces: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    proptest::collection::vec(parts(), pieces).prop_map(|p| p.concat())
}

fn both() -> (Arc<Known>, String) {
    let mut keys = Keys::new(84);
    let (id, secret) = (keys.access_key_id(), keys.slashed_secret());
    (known(&[(Part::Id, &id), (Part::Secret, &secret)]), secret)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    })]

    #[test]
    fn any_chain_is_undone(
        ways in chain(),
        seed in 0_u64..1000,
        filler in 0_usize..40,
        bare in any::<bool>(),
    ) {
        let mut keys = Keys::new(seed);
        let secret = keys.secret();
        let known = known(&[(Part::Secret, &secret)]);
        let mut text = if bare {
            secret.clone().into_bytes()
        } else {
            format!("{}x {secret}\n", "# a comment\n".repeat(filler)).into_bytes()
        };
        for way in ways.iter().rev() {
            text = encode(*way, &text);
        }
        let mut bytes = b"before\n".to_vec();
        if let Some(Way::Zlib) = ways.first() {
            bytes.push(0);
        }
        bytes.extend_from_slice(&text);
        bytes.extend_from_slice(b"\nend\n");
        let hits = seek(&known, &bytes);
        prop_assert_eq!(found(&hits), [(Part::Secret, secret)], "{:?}", ways);
    }

    #[test]
    fn deltas_give_what_looking_through_everything_gives(
        base in text_of(0..20),
        deltas in proptest::collection::vec(
            (proptest::collection::vec(op(), 0..8), text_of(0..4), any::<bool>()),
            1..4,
        ),
        filler in 0_usize..4000,
    ) {
        let (known, _) = both();
        let plain = "lorem ipsum dolor\n".repeat(filler / 18);
        let mut seeker = Seeker::new(Arc::clone(&known), 10_000);
        let mut bytes = format!("{plain}{base}{plain}").into_bytes();
        let mut trace = seeker.seek(&object(ObjectKind::Blob, &bytes), &mut Vec::new());
        for (mut ops, insert, first) in deltas {
            let at = if first { 0 } else { ops.len() };
            ops.insert(at, crate::scan::tests::agreement::Op::Insert(insert));
            let derivation = derive(&bytes, &ops);
            let (derived, fresh) = (&derivation.bytes, &derivation.fresh);
            let made = derivation.made();
            let this = object(ObjectKind::Blob, derived);
            let (mut hits, mut expected) = (Vec::new(), Vec::new());
            Seeker::new(Arc::clone(&known), 10_000).seek(&this, &mut expected);
            if let Some(margins) = seeker.margins(&trace) {
                let glimpse = blot(derived, fresh, margins);
                let passes = seeker.passes(ObjectKind::Blob, &glimpse, &made, &trace);
                prop_assert!(!passes || expected.is_empty());
            }
            trace = seeker.seek_derived(&this, &made, &trace, &mut hits);
            prop_assert_eq!(told(&hits), told(&expected));
            bytes = derivation.bytes;
        }
    }

    #[test]
    fn any_bytes_are_looked_through_without_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        text in text_of(0..8),
        cuts in 1_usize..90,
        kind in proptest::sample::select(ObjectKind::ALL.to_vec()),
    ) {
        let (known, _) = both();
        let all = [&bytes[..], text.as_bytes()].concat();
        let mut seeker = Seeker::new(Arc::clone(&known), 10_000);
        seeker.seek(&object(kind, &all), &mut Vec::new());
        let mut stream = SeekStream::new(Place::WorktreeFile(b"x".to_vec()), Field::Content);
        for piece in all.chunks(cuts) {
            stream.push(&seeker, piece);
        }
        let mut hits = Vec::new();
        stream.finish(&mut seeker, &mut hits);
        prop_assert_eq!(told(&hits), told(&seek(&known, &all)));
    }
}

#[test]
fn hostile_text_takes_linear_work() {
    let (known, _) = both();
    for hostile in [
        "A",
        "AAAA",
        "a/b/c/d/",
        "%41",
        "\\x41",
        "\\",
        "&#65;",
        "=\n",
        "A=\nA",
        "'A', ",
        "41 4b ",
        "0x41, ",
        "A\0",
        "QUtJQUFB",
        "AK \"",
        "Ab1\" + \"",
        "Ab1\n",
        "x1 ",
        "PK\x03\x04\x14\0\0\0\x08\0",
    ] {
        let text = hostile.repeat((1 << 18) / hostile.len());
        assert!(seek(&known, text.as_bytes()).is_empty(), "{hostile:?}");
    }
}
