//! Ways of scanning that must agree, on random texts: with and without prefilter, at once and in
//! pieces, all and only what is new.

use std::ops::Range;

use proptest::prelude::*;

use super::{object, place, rules, scan, scan_as, stream_as, told, values};
use crate::model::{Copied, Derivation, Margins, ObjectKind, Part};
use crate::scan::{Scanner, Stream};
use crate::testkeys::Keys;

/// Pieces that rules care about, so that random texts are near misses.
fn piece() -> impl Strategy<Value = String> {
    let mut keys = Keys::new(27);
    let (id, temporary) = (keys.access_key_id(), keys.temporary_key_id());
    let (secret, slashed) = (keys.secret(), keys.slashed_secret());
    let token = keys.session_token("eu-west-1");
    let (bedrock, pem) = (keys.service_api_key("ABSK", "u+1"), keys.pem("RSA PRIVATE"));
    let mut fixed: Vec<String> = vec![
        keys.bedrock_short_key(&id, "20260102T030405Z"),
        keys.smtp_password(),
        keys.service_user(),
        keys.service_password(),
        keys.codeartifact_token(),
        keys.bare_key_id(),
        token[..60].to_owned(),
        token[60..].to_owned(),
        token
            .replace('/', "%2F")
            .replace('+', "%2B")
            .replace('=', "%3D"),
        token.replace('/', "\\/"),
        bedrock[..40].to_owned(),
        bedrock,
        pem.replace('\n', "\\n"),
        pem[..70].to_owned(),
        pem,
        token,
    ];
    fixed.extend([
        "email-smtp.eu-west-1.amazonaws.com".to_owned(),
        "SMTP_PASSWORD".to_owned(),
        "SigninToken=".to_owned(),
        "aws_access_key_id".to_owned(),
        "X-Amz-Credential=".to_owned(),
        "/20260102/eu-west-1/s3/aws4_request&X-Amz-Date=20260102T030405Z".to_owned(),
        "&X-Amz-Expires=60".to_owned(),
        "&X-Amz-Security-Token=".to_owned(),
        "-----END RSA PRIVATE KEY-----".to_owned(),
        format!("APKA{}", &id[4..]),
    ]);
    fixed.extend(vec![
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
    ]);
    fixed.extend(encoded(&id, &secret));
    fixed.extend(around(&id, &secret));
    prop_oneof![
        4 => proptest::sample::select(fixed),
        4 => proptest::sample::select(vec!["=", " ", "\n", ":", "\"", "{", "}", "(", ",", "/", "+", "%", "."])
            .prop_map(str::to_owned),
        1 => "[ -~\\n]{0,12}",
    ]
}

/// What decides from some way off whose a secret is, or what it is.
fn around(id: &str, secret: &str) -> Vec<String> {
    let fixed = [
        "DB_PASSWORD=",
        "SESSION_SECRET=",
        "AWS_ACCESS_KEY_ID=",
        "AWS_SECRET_ACCESS_KEY=\n",
        "aws:\n  ",
        "  region: eu-west-1\n",
        "value: ",
        "\n  name: AWS_SECRET_ACCESS_KEY\n",
        "{\"key\":\"aws_secret_access_key\",\"value\":\"",
        "key,checksum,secret\n",
        "INSERT INTO k (secret_key, access_key, token) VALUES ('",
        "[s3]\n",
        "secret: ",
        "AWS secret access key for prod is ",
        "# ",
        ")-20(",
        ")]TJ",
        "DescribeSomethingLongThatIsMadeOfWordsOnly",
    ];
    let pieces = [
        format!("AWS_ACCESS_KEY_ID={id}\n"),
        format!("{}\" + \"{}\"", &secret[..20], &secret[20..]),
    ];
    fixed.map(str::to_owned).into_iter().chain(pieces).collect()
}

/// Keys and pieces of them as encodings have them.
fn encoded(id: &str, secret: &str) -> Vec<String> {
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let each =
        |text: &str, unit: fn(u8) -> String| text.bytes().map(unit).collect::<Vec<_>>().concat();
    vec![
        base64(id),
        base64(secret),
        base64(&format!(
            "aws_access_key_id={id}\naws_secret_access_key={secret}\n"
        )),
        base64(&format!("aws_access_key_id={id}\n"))[..30].to_owned(),
        each(id, |b| format!("%{b:02X}")),
        id.bytes().flat_map(|b| [char::from(b), '\0']).collect(),
        each(&id[..12], |b| format!("\\u{b:04x}")),
        format!("{}\\u{:04x}{}", &id[..6], id.as_bytes()[6], &id[7..]),
        "QUtJ".to_owned(),
        "\\u200b".to_owned(),
        "\0".to_owned(),
        "PK\x03\x04".to_owned(),
    ]
}

pub(in crate::scan) fn texts(pieces: Range<usize>) -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), pieces).prop_map(|p| p.concat())
}

/// No regression files: they would hold the keys of a failing case.
pub(in crate::scan) fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    }
}

/// One instruction of a delta: a copy from somewhere in the base, given in thousandths, or bytes.
#[derive(Clone, Debug)]
pub(in crate::scan) enum Op {
    Copy(usize, usize),
    Insert(String),
}

pub(in crate::scan) fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => (0_usize..1000, 0_usize..1000).prop_map(|(from, len)| Op::Copy(from, len)),
        // From where the last copy ended, as after a small edit.
        2 => (1_usize..1000).prop_map(|len| Op::Copy(1000, len)),
        2 => texts(0..4).prop_map(Op::Insert),
    ]
}

/// What comes out of a delta.
#[derive(Default)]
pub(in crate::scan) struct Derived {
    pub(in crate::scan) bytes: Vec<u8>,
    pub(in crate::scan) fresh: Vec<Range<usize>>,
    copies: Vec<Copied>,
    inserted: Vec<u8>,
    seams: Vec<usize>,
}

impl Derived {
    pub(in crate::scan) fn made(&self) -> Derivation<'_> {
        Derivation {
            fresh: &self.fresh,
            copies: &self.copies,
            inserted: &self.inserted,
            seams: &self.seams,
        }
    }

    /// In pieces so short that most literals lie across their seams.
    fn insert(&mut self, text: &[u8]) {
        let start = self.bytes.len();
        for piece in text.chunks(5) {
            if self.bytes.len() > start {
                self.seams.push(self.bytes.len());
            }
            self.inserted.push(piece.len() as u8);
            self.inserted.extend_from_slice(piece);
            self.bytes.extend_from_slice(piece);
        }
        self.fresh.push(start..self.bytes.len());
    }
}

/// Carries out a delta.
pub(in crate::scan) fn derive(base: &[u8], ops: &[Op]) -> Derived {
    let mut out = Derived::default();
    let mut copied_to = 0;
    let mut after_copy = false;
    for op in ops {
        let at = out.bytes.len();
        match op {
            Op::Copy(from, len) => {
                let from = if *from == 1000 {
                    copied_to
                } else {
                    base.len() * from / 1000
                };
                let len = (base.len() - from) * len / 1000;
                if (after_copy && copied_to != from) || (at == 0 && from != 0) {
                    out.fresh.push(at..at);
                }
                match out.copies.last_mut() {
                    // One that goes on where the last one ended is the same copy.
                    Some(last) if after_copy && copied_to == from => last.len += len,
                    _ => out.copies.push(Copied { at, from, len }),
                }
                out.inserted.push(0xff);
                out.bytes.extend_from_slice(&base[from..from + len]);
                (copied_to, after_copy) = (from + len, true);
            }
            Op::Insert(text) => {
                out.insert(text.as_bytes());
                after_copy = false;
            }
        }
    }
    if after_copy && copied_to != base.len() {
        let at = out.bytes.len();
        out.fresh.push(at..at);
    }
    out
}

/// The same bytes with everything blotted out that lies farther than the margins from new ones.
pub(in crate::scan) fn blot(bytes: &[u8], fresh: &[Range<usize>], margins: Margins) -> Vec<u8> {
    let near = |at: usize| {
        fresh
            .iter()
            .any(|range| at + margins.before >= range.start && at < range.end + margins.behind)
    };
    (0..bytes.len())
        .map(|at| if near(at) { bytes[at] } else { b'#' })
        .collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn prefilter_and_gates_lose_nothing(text in texts(0..30)) {
        let mut slow = Scanner::new(&rules());
        slow.matcher.fast = false;
        let mut hits = Vec::new();
        slow.scan(&object(ObjectKind::Blob, text.as_bytes()), &mut hits);
        prop_assert_eq!(told(&scan(&text)), told(&hits));
    }

    #[test]
    fn every_key_id_by_the_plain_pattern_is_a_hit(text in texts(0..30)) {
        let plain = regex::bytes::Regex::new("(?-u:\\b)?(?:AKIA|ASIA)[A-Z0-9]{16}").unwrap();
        let bytes = text.as_bytes();
        let free = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric());
        let hits = scan(&text);
        let ids: Vec<_> = hits.iter().filter(|h| h.rule == "aws-access-key-id").cloned().collect();
        let mut expected = Vec::new();
        for at in 0..bytes.len() {
            if let Some(m) = plain.find(&bytes[at..]).filter(|m| m.start() == 0)
                && free(at.checked_sub(1).map(|i| &bytes[i]))
                && free(bytes.get(at + m.end()))
                // What is part of a token or of a key is no ID.
                && !hits.iter().any(|h| h.part != Part::Id && h.span.start <= at as u64 && (at as u64) < h.span.end)
            {
                expected.push(String::from_utf8_lossy(m.as_bytes()).into_owned());
            }
        }
        // The plain pattern sees nothing that is encoded, and nothing that is glued to a word.
        let mut found = ids;
        found.retain(|hit| hit.encodings.is_empty());
        let found = values(&found, Part::Id);
        let mut found = found.iter();
        for id in expected {
            prop_assert!(found.any(|other| *other == id), "{} is lost", id);
        }
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
        stream.hold = 0;
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
        // Only what is held as a whole is looked into.
        let mut expected = Vec::new();
        scanner.shallow = true;
        scanner.scan(&object(ObjectKind::Blob, text.as_bytes()), &mut expected);
        // So is what may be nothing but a value.
        expected.retain(|hit| !hit.about.alone);
        prop_assert_eq!(told(&hits), told(&expected));
    }

    #[test]
    fn a_chain_of_deltas_equals_a_scan_of_each(
        base in texts(0..40),
        deltas in proptest::collection::vec(proptest::collection::vec(op(), 0..8), 1..4),
        filler in 0_usize..3000,
    ) {
        // Copies of a text without literals stand between what matters, so that margins end.
        let plain = "lorem ipsum dolor\n".repeat(filler / 18);
        let mut scanner = Scanner::new(&rules());
        let mut bytes = format!("{plain}{base}{plain}").into_bytes();
        let mut memory = scanner.scan(&object(ObjectKind::Blob, &bytes), &mut Vec::new());
        for ops in deltas {
            let derivation = derive(&bytes, &ops);
            let (derived, fresh, made) = (&derivation.bytes, &derivation.fresh, derivation.made());
            let this = object(ObjectKind::Blob, derived);
            let (mut hits, mut expected) = (Vec::new(), Vec::new());
            let whole = Scanner::new(&rules()).scan(&this, &mut expected);
            if let Some(margins) = scanner.margins(&memory) {
                // Only what the margins name may decide.
                let glimpse = blot(derived, fresh, margins);
                let passes = scanner.passes(ObjectKind::Blob, &glimpse, &made, &memory);
                prop_assert_eq!(passes, scanner.passes(ObjectKind::Blob, derived, &made, &memory));
                prop_assert!(!passes || expected.is_empty());
            }
            memory = scanner.scan_derived(&this, &made, &memory, &mut hits);
            prop_assert_eq!(told(&hits), told(&expected));
            prop_assert_eq!(memory.has_hits(), whole.has_hits());
            bytes = derivation.bytes;
        }
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
            let mut shallow = Scanner::new(&rules());
            shallow.shallow = true;
            let mut plain = Vec::new();
            shallow.scan(&object(kind, &bytes), &mut plain);
            prop_assert_eq!(told(&stream_as(&bytes, 1 + at)), told(&plain));
        }
        let mut slow = Scanner::new(&rules());
        slow.matcher.fast = false;
        let mut hits = Vec::new();
        slow.scan(&object(kind, &bytes), &mut hits);
        prop_assert_eq!(told(&hits), told(&whole));
    }
}
