//! Every example of every rule in `patterns/`, and what must hold for all of them.

use std::path::Path;
use std::sync::OnceLock;

use keysweep::model::{Credential, Field, Hit, LocatedHit, Object, ObjectId, ObjectKind, Place};
use keysweep::pairing::pair;
use keysweep::rules::{Example, FILES, Role, RuleFile, RuleSet};
use keysweep::scan::Scanner;

#[path = "support/keys.rs"]
#[allow(dead_code, reason = "shared with the unit tests, which use all of it")]
pub(crate) mod keys;
use keys::Keys;

/// Examples are filled with several sets of keys.
const SEEDS: std::ops::Range<u64> = 0..8;

fn rule_files() -> Vec<RuleFile> {
    FILES
        .iter()
        .map(|(name, text)| toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}")))
        .collect()
}

/// Compiled once: there are many examples.
fn rules() -> RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    let compiled = || RuleSet::builtin().expect("built-in rules compile");
    RULES.get_or_init(compiled).clone()
}

fn hits_of(rule: &str, text: &str) -> Vec<Hit> {
    let rules = rules();
    let object = Object {
        id: ObjectId::from_bytes(&[1; 20]).expect("20 bytes are an id"),
        kind: ObjectKind::Blob,
        bytes: text.as_bytes(),
    };
    let mut hits = Vec::new();
    Scanner::new(&rules).scan(&object, &mut hits);
    hits.retain(|hit| hit.rule == rule);
    hits
}

fn captured(hits: &[Hit], text: &str) -> Vec<String> {
    hits.iter()
        .map(|hit| text[hit.span.start as usize..hit.span.end as usize].to_owned())
        .collect()
}

fn expected(example: &Example, seed: u64) -> Vec<String> {
    let finds = example
        .finds
        .as_ref()
        .unwrap_or_else(|| panic!("{}: no finds", example.why));
    finds.list().iter().map(|f| Keys::fill(seed, f)).collect()
}

#[test]
fn every_file_is_embedded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            !["README.md", "placeholders.toml", "canaries.toml"].contains(&name.as_str())
        })
        .collect();
    let mut embedded: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    there.sort();
    embedded.sort_unstable();
    assert_eq!(there, embedded);
}

#[test]
fn every_rule_has_examples_and_references() {
    for rule in rule_files() {
        // What is only context is shown by the examples of the rules that are near to it.
        let context = matches!(rule.role, Role::Context);
        assert!(context || rule.must_match.len() >= 3, "{}", rule.id);
        assert!(context || rule.must_not_match.len() >= 3, "{}", rule.id);
        assert!(!rule.references.is_empty(), "{}", rule.id);
        assert!(!rule.title.is_empty(), "{}", rule.id);
        for example in rule.must_match.iter().chain(&rule.known_gap) {
            assert!(example.finds.is_some(), "{}: {}", rule.id, example.why);
        }
    }
}

#[test]
fn what_must_match_is_captured_exactly() {
    for rule in rule_files() {
        for (example, seed) in rule
            .must_match
            .iter()
            .flat_map(|e| SEEDS.map(move |s| (e, s)))
        {
            let text = Keys::fill(seed, &example.text);
            let hits = hits_of(&rule.id, &text);
            let what = format!("{}: {} (seed {seed})", rule.id, example.why);
            assert_eq!(captured(&hits, &text), expected(example, seed), "{what}");
            if let Some(value) = &example.value {
                assert_eq!(
                    hits[0].value.expose(),
                    Keys::fill(seed, value).as_bytes(),
                    "{what}"
                );
                assert!(!hits[0].encodings.is_empty(), "{what}");
            }
            if let Some(confidence) = &example.confidence {
                assert_eq!(hits[0].confidence.name(), confidence, "{what}");
            }
        }
    }
}

#[test]
fn what_must_not_match_is_left_alone() {
    for rule in rule_files() {
        for (example, seed) in rule
            .must_not_match
            .iter()
            .flat_map(|e| SEEDS.map(move |s| (e, s)))
        {
            let text = Keys::fill(seed, &example.text);
            let found = captured(&hits_of(&rule.id, &text), &text);
            assert!(
                found.is_empty(),
                "{}: {} (seed {seed})",
                rule.id,
                example.why
            );
        }
    }
}

#[test]
fn known_gaps_are_still_gaps() {
    for rule in rule_files() {
        for example in &rule.known_gap {
            let text = Keys::fill(1, &example.text);
            let found = captured(&hits_of(&rule.id, &text), &text);
            let hint = "found now: make it a must_match";
            assert_ne!(
                found,
                expected(example, 1),
                "{}: {}: {hint}",
                rule.id,
                example.why
            );
        }
    }
}

#[test]
fn matches_contain_a_literal_of_their_rule() {
    for rule in rule_files()
        .iter()
        .filter(|rule| !rule.prefilter.is_empty())
    {
        for example in &rule.must_match {
            let text = Keys::fill(1, &example.text);
            assert!(
                rule.prefilter.iter().any(|literal| text.contains(literal)),
                "{}: {}",
                rule.id,
                example.why
            );
        }
    }
}

#[test]
fn no_rule_file_holds_a_key() {
    // The published values of placeholders.toml are the only ones in this folder.
    for (name, text) in FILES {
        let hits: Vec<String> = [
            "aws-access-key-id",
            "aws-secret-access-key",
            "aws-secret-near-id",
        ]
        .iter()
        .flat_map(|rule| captured(&hits_of(rule, text), text))
        .collect();
        assert!(hits.is_empty(), "{name}");
    }
}

/// Files with three credentials, as their tools write them. `I` and `S` stand for ID and secret.
const LAYOUTS: &[(&str, &str)] = &[
    (
        "profiles",
        "[p#]\naws_access_key_id = I\naws_secret_access_key = S\nregion = eu-west-1\n\n",
    ),
    (
        "profiles, secret first",
        "[p#]\naws_secret_access_key=S\naws_access_key_id=I\n",
    ),
    (
        "environment",
        "# stage #\nexport AWS_ACCESS_KEY_ID=I\nexport AWS_SECRET_ACCESS_KEY=S\n",
    ),
    (
        "environment, secret first",
        "AWS_SECRET_ACCESS_KEY=S\nAWS_ACCESS_KEY_ID=I\n\n",
    ),
    (
        "JSON objects",
        "{\n  \"AccessKeyId\": \"I\",\n  \"SecretAccessKey\": \"S\"\n},\n",
    ),
    (
        "JSON objects, secret first",
        "{\"SecretAccessKey\":\"S\",\"AccessKeyId\":\"I\"},",
    ),
    ("YAML list", "  - secret_key: S\n    access_key: I\n"),
    ("console table", "user#,I,S\r\n"),
    ("table, secret first", "S\tI\n"),
    ("calls", "new BasicAWSCredentials(\"I\", \"S\");\n"),
    ("URLs", "s3://I:S@bucket#/path\n"),
    ("PHP", "'u#' => ['key' => 'I', 'secret' => 'S'],\n"),
    (
        "XML",
        "<Key><AccessKeyId>I</AccessKeyId><SecretAccessKey>S</SecretAccessKey></Key>\n",
    ),
    ("bare lines", "I\nS\n"),
];

#[test]
fn neighbouring_credentials_pair_exactly() {
    for (name, block) in LAYOUTS {
        for seed in SEEDS {
            let mut keys = Keys::new(seed);
            let pairs: Vec<(String, String)> = (0..3)
                .map(|_| (keys.access_key_id(), keys.secret()))
                .collect();
            let fill = |(n, (id, secret)): (usize, &(String, String))| {
                let mark = |c: char| match c {
                    'I' => Some(id.clone()),
                    'S' => Some(secret.clone()),
                    '#' => Some(n.to_string()),
                    _ => None,
                };
                fill_marks(block, mark)
            };
            let text: String = pairs.iter().enumerate().map(fill).collect();
            let mut expected = pairs.clone();
            expected.sort();
            assert_eq!(paired(&text), expected, "{name} (seed {seed})");
        }
    }
}

#[test]
fn columns_pair_in_order() {
    let mut keys = Keys::new(3);
    let pairs: Vec<(String, String)> = (0..3)
        .map(|_| (keys.access_key_id(), keys.secret()))
        .collect();
    let ids: Vec<&str> = pairs.iter().map(|p| p.0.as_str()).collect();
    let secrets: Vec<&str> = pairs.iter().map(|p| p.1.as_str()).collect();
    let text = format!("ids = {}\nsecrets = {}\n", ids.join(" "), secrets.join(" "));
    let mut expected = pairs.clone();
    expected.sort();
    assert_eq!(paired(&text), expected);
}

/// Replaces the marks that stand alone: `I`, `S` and `#` with no letter beside them.
fn fill_marks(block: &str, mark: impl Fn(char) -> Option<String>) -> String {
    let chars: Vec<char> = block.chars().collect();
    let letter = |i: Option<usize>| {
        i.and_then(|i| chars.get(i))
            .is_some_and(char::is_ascii_alphabetic)
    };
    let mut text = String::new();
    for (i, c) in chars.iter().enumerate() {
        let alone = *c == '#' || !(letter(i.checked_sub(1)) || letter(Some(i + 1)));
        match mark(*c).filter(|_| alone) {
            Some(value) => text.push_str(&value),
            None => text.push(*c),
        }
    }
    text
}

/// All pairs that the scanner and the pairing make of a text, sorted. Anything else fails.
fn paired(text: &str) -> Vec<(String, String)> {
    let rules = rules();
    let mut hits = Vec::new();
    let place = Place::WorktreeFile(b"file".to_vec());
    Scanner::new(&rules).scan_text(place, Field::Content, text.as_bytes(), &mut hits);
    let located = hits.into_iter().map(|hit| LocatedHit {
        hit,
        location: std::sync::Arc::default(),
    });
    let whole = |c: Credential| {
        let secret = c.secret.expect("no ID is left alone");
        let secret = String::from_utf8(secret.expose().to_vec()).expect("secrets are ASCII");
        (c.access_key_id.expect("no secret is left alone"), secret)
    };
    pair(located.collect()).into_iter().map(whole).collect()
}
