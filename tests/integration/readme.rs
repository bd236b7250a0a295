//! README.md keeps its word: its commands exist, its tables are complete.

use std::collections::BTreeSet;
use std::path::Path;

use keysweep::model::{Confidence, Encoding, Field, GapKind, Severity, ValidityState};
use regex::Regex;

use crate::support::keysweep::run_in;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// All command lines in code blocks and code spans that call keysweep, without its name.
fn commands() -> Vec<String> {
    let name = r"(?:keysweep|cargo run --release --) ([a-z-][^`\n]*)";
    let in_block = Regex::new(&format!(r"(?m)^(?:\$ )?{name}")).unwrap();
    let in_span = Regex::new(&format!("`{name}`")).unwrap();
    let text = readme();
    let mut commands = Vec::new();
    // Every second piece between fences is a block.
    for (number, piece) in text.split("```").enumerate() {
        let call = if number % 2 == 1 { &in_block } else { &in_span };
        commands.extend(
            call.captures_iter(piece)
                .map(|found| found[1].trim().to_owned()),
        );
    }
    commands
}

fn help(command: &str) -> String {
    run_in(Path::new("/"), &[command, "--help"])
        .expect_code(0)
        .out()
}

#[test]
fn commands_exist() {
    let commands = commands();
    assert!(
        commands.len() >= 3,
        "the README shows how to call it: {commands:?}"
    );
    for line in commands {
        let words: Vec<&str> = line.split_whitespace().take_while(|w| *w != "#").collect();
        if words[0].starts_with('-') {
            continue;
        }
        let help = help(words[0]);
        for word in words
            .iter()
            .filter(|word| word.starts_with('-') && word.len() > 1)
        {
            let flag = word.split(['=', ',']).next().unwrap();
            assert!(help.contains(flag), "`{line}`: --help does not know {flag}");
        }
    }
}

#[test]
fn flags_in_the_text_exist() {
    let help = help("sweep");
    let flag = Regex::new(r"`(--[a-z][a-z-]+)").unwrap();
    let text = readme();
    let own: BTreeSet<&str> = text
        .lines()
        .filter(|line| !line.contains("git "))
        .flat_map(|line| flag.captures_iter(line).map(|c| c.get(1).unwrap().as_str()))
        .collect();
    assert!(!own.is_empty());
    for flag in own {
        assert!(help.contains(flag), "--help does not know {flag}");
    }
}

#[test]
fn enumerations_are_complete() {
    let text = readme();
    let mut names: Vec<&str> = GapKind::ALL.map(GapKind::name).to_vec();
    names.extend([Confidence::Low, Confidence::Medium, Confidence::High].map(Confidence::name));
    names.extend(
        [
            Severity::Low,
            Severity::Medium,
            Severity::High,
            Severity::Critical,
        ]
        .map(Severity::name),
    );
    names.extend(
        [
            ValidityState::NotChecked,
            ValidityState::Active,
            ValidityState::Inactive,
            ValidityState::Unknown,
        ]
        .map(ValidityState::name),
    );
    names.extend(
        [
            Field::Content,
            Field::Message,
            Field::Author,
            Field::Committer,
            Field::Tagger,
            Field::Header,
            Field::EntryName,
            Field::RefName,
            Field::IndexPath,
        ]
        .map(Field::name),
    );
    names.extend([Encoding::JsonEscape, Encoding::Percent].map(Encoding::name));
    for name in names {
        assert!(
            text.contains(&format!("`{name}`")),
            "README.md does not explain `{name}`"
        );
    }
}
