//! Tests of the scanner as a whole.

pub(super) mod agreement;
mod bounds;

use super::*;
use crate::model::{Confidence, Derivation, Encoding, ObjectId, Part};
use crate::testkeys::Keys;

fn rules() -> RuleSet {
    use std::sync::OnceLock;
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| RuleSet::builtin().unwrap()).clone()
}

fn id() -> ObjectId {
    ObjectId::from_bytes(&[7; 20]).unwrap()
}

fn place() -> Place {
    Place::Object {
        id: id(),
        kind: ObjectKind::Blob,
    }
}

fn object(kind: ObjectKind, bytes: &[u8]) -> Object<'_> {
    Object {
        id: id(),
        kind,
        bytes,
    }
}

fn scan_as(kind: ObjectKind, bytes: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    Scanner::new(&rules()).scan(&object(kind, bytes), &mut hits);
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
                "{} {:?} {:?} {:?} {:?} {:?} {:?} {} {} {} {:?}",
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
                h.about,
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
fn new_entries_of_a_tree() {
    let key = Keys::new(24).access_key_id();
    let mut tree = Vec::new();
    let mut entries = Vec::new();
    for n in 0..50 {
        let start = tree.len();
        tree.extend_from_slice(format!("100644 {n}-{key}\0").as_bytes());
        tree.extend_from_slice(&[b' '; 20]);
        entries.push(start..tree.len());
    }
    let whole = scan_as(ObjectKind::Tree, &tree);
    assert_eq!(whole.len(), 50);
    let mut hits = Vec::new();
    let mut scanner = Scanner::new(&rules());
    let nothing = object(ObjectKind::Tree, b"");
    let base = scanner.scan(&nothing, &mut hits);
    let fresh = [entries[3].clone(), entries[7].start..entries[9].end];
    let made = Derivation {
        fresh: &fresh,
        copies: &[],
        inserted: &tree,
        seams: &[],
    };
    let object = object(ObjectKind::Tree, &tree);
    let memory = scanner.scan_derived(&object, &made, &base, &mut hits);
    assert!(memory.has_hits());
    let expected: Vec<Hit> = [3, 7, 8, 9].map(|n| whole[n].clone()).to_vec();
    assert_eq!(told(&hits), told(&expected));
}

#[test]
fn a_stream_in_its_usual_steps() {
    let mut keys = Keys::new(30);
    let filler = "nothing to see here\n".repeat(20_000);
    let mut text = String::new();
    for _ in 0..4 {
        let (id, secret) = (keys.access_key_id(), keys.secret());
        let lines = [
            "[p]\n",
            "aws_access_key_id = ",
            &id,
            "\naws_secret_access_key = ",
            &secret,
        ];
        text.extend(lines);
        text.extend(["\n", &filler]);
    }
    let whole = scan(&text);
    assert_eq!(whole.len(), 8);
    let mut hits = Vec::new();
    let rules = rules();
    let mut scanner = Scanner::new(&rules);
    let mut stream = Stream::new(&scanner, place());
    text.as_bytes()
        .chunks(65_536)
        .for_each(|chunk| stream.push(&mut scanner, chunk));
    stream.finish(&mut scanner, &mut hits);
    assert_eq!(told(&hits), told(&whole));
}

#[test]
fn prefilter_and_gates_lose_no_example() {
    let mut slow = Scanner::new(&rules());
    slow.matcher.fast = false;
    let mut examples = 0;
    for (_, file) in crate::rules::FILES {
        let rule: crate::rules::RuleFile = toml::from_str(file).unwrap();
        let lists = [rule.must_match, rule.must_not_match, rule.known_gap];
        for example in lists.iter().flatten() {
            let text = Keys::fill(5, &example.text);
            let mut hits = Vec::new();
            slow.scan(&object(ObjectKind::Blob, text.as_bytes()), &mut hits);
            assert_eq!(told(&scan(&text)), told(&hits), "{}", example.why);
            examples += 1;
        }
    }
    assert!(examples > 50);
}

/// Scans in one push, with a step of its own.
fn stream_as(bytes: &[u8], step: usize) -> Vec<Hit> {
    let mut scanner = Scanner::new(&rules());
    let mut stream = Stream::new(&scanner, place());
    stream.step = step;
    stream.hold = 0;
    stream.push(&mut scanner, bytes);
    let mut hits = Vec::new();
    stream.finish(&mut scanner, &mut hits);
    hits
}

#[test]
fn tokens_are_whole_however_long() {
    let mut keys = Keys::new(31);
    let token = keys.session_token("eu-west-1");
    // Longer than any window, and with a header in the middle that is none of its own.
    let alphabet: Vec<u8> = (b'a'..=b'z').chain(b'A'..=b'Z').collect();
    let tail = keys.text(&alphabet, 3000);
    let long = format!("{}{tail}/{}==", &token[..300], &token[..200]);
    let text = format!("token={long}\n");
    assert_eq!(values(&scan(&text), Part::Token), [long]);
    // An ID inside of it is part of it.
    let with_id = format!("token={}/{}/{tail}\n", &token[..300], keys.access_key_id());
    assert_eq!(scan(&with_id).len(), 1);
    let cut = format!(
        "{}{}",
        &token[..300],
        keys.text(&alphabet, crate::rules::EXTENT_MAX)
    );
    let hits = scan(&cut);
    assert_eq!(hits[0].value.len(), crate::rules::EXTENT_MAX);
}

#[test]
fn names_beside_passwords_are_told() {
    let mut keys = Keys::new(32);
    let (user, password) = (keys.service_user(), keys.service_password());
    let hits = scan(&format!(
        "https://{user}:{}@git-codecommit",
        password
            .replace('=', "%3D")
            .replace('/', "%2F")
            .replace('+', "%2B")
    ));
    assert_eq!(values(&hits, Part::Key), [password]);
    assert_eq!(hits[0].about.related.as_deref(), Some(user.as_str()));
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

/// A million bytes of the same beginnings, in which nothing is found. Quadratic work would take
/// minutes here. No clock is read: the test would not end in time.
fn nothing_in_a_million_bytes_of(beginnings: &[&str]) {
    for hostile in beginnings {
        let text = hostile.repeat((1 << 20) / hostile.len());
        assert!(scan(&text).is_empty(), "{hostile}");
    }
}

#[test]
fn a_million_bytes_of_labels_take_linear_work() {
    nothing_in_a_million_bytes_of(&[
        "ecret",
        "ecret=",
        "secret_key=key=",
        "ecret aws ",
        "-at-",
        "a-at-123456789012",
        "SMTP_PASS",
        "SigninToken=",
        "PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n",
    ]);
}

#[test]
fn a_million_bytes_of_beginnings_take_linear_work() {
    nothing_in_a_million_bytes_of(&[
        "{",
        "AKIA",
        "\\",
        "%2F",
        "YXdz",
        "FQoDYXdz",
        "IQoJb3JpZ2lu-",
        "QVdTOm",
        "BA",
        "eyJ2ZXIiOj.",
        "bedrock-api-key-",
    ]);
}

#[test]
fn a_million_bytes_of_keys_take_linear_work() {
    let mut keys = Keys::new(26);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let n = (1 << 20) / 21;
    assert_eq!(scan(&format!("{id} ").repeat(n)).len(), n);
    assert_eq!(scan(&id.repeat(n)).len(), 0);
    let pairs = scan(&format!("{id} {secret}\n").repeat(n / 3));
    assert_eq!(pairs.len(), n / 3 * 2);
    // Values that begin inside of one another, each as long as the bound allows.
    let heads = keys.session_token("eu-west-1")[..60].repeat((1 << 20) / 60);
    assert!(scan(&heads).len() < 200);
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
        locate(&object(kind, b"100644 x\0"), &mut hits);
        locate(&object(kind, b""), &mut hits);
    }
    assert_eq!(hits[0].span.start, 500);
}
