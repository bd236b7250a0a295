//! Every example of every rule in `patterns/`, and what must hold for all of them.

use std::path::Path;

use keysweep::model::{Hit, NewRanges, Object, ObjectId, ObjectKind};
use keysweep::rules::{Example, FILES, RuleFile, RuleSet};
use keysweep::scan::Scanner;

#[path = "support/keys.rs"]
#[allow(dead_code, reason = "shared with the unit tests, which use all of it")]
mod keys;
use keys::Keys;

/// Examples are filled with several sets of keys.
const SEEDS: std::ops::Range<u64> = 0..8;

fn rule_files() -> Vec<RuleFile> {
    FILES
        .iter()
        .map(|(name, text)| toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}")))
        .collect()
}

fn hits_of(rule: &str, text: &str) -> Vec<Hit> {
    let rules = RuleSet::builtin().unwrap();
    let object = Object {
        id: ObjectId::from_bytes(&[1; 20]).unwrap(),
        kind: ObjectKind::Blob,
        bytes: text.as_bytes(),
        new: NewRanges::All,
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
        .filter(|name| name.ends_with(".toml") && name != "placeholders.toml")
        .collect();
    let mut embedded: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    there.sort();
    embedded.sort_unstable();
    assert_eq!(there, embedded);
}

#[test]
fn every_rule_has_examples_and_references() {
    for rule in rule_files() {
        assert!(rule.must_match.len() >= 3, "{}", rule.id);
        assert!(rule.must_not_match.len() >= 3, "{}", rule.id);
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
