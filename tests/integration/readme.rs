//! README.md keeps its word: its commands exist, its tables are complete.

use std::collections::BTreeSet;
use std::path::Path;

use keysweep::model::{
    Confidence, CredentialKind, Encoding, Field, GapKind, Principal, Severity, ValidityState,
};
use regex::Regex;
use serde_json::Value;

use crate::patterns::keys::Keys;
use crate::support::keysweep::{run_in, sweep};
use crate::support::repo::Repo;
use crate::support::seed::Seed;

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
    let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
    run_in(Path::new("/"), &words).expect_code(0).out()
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
    let commands = [
        "sweep",
        "plan",
        "prove",
        "verify",
        "ci",
        "doctor",
        "fingerprint",
        "investigate",
        "hook install",
        "baseline create",
        "inventory script",
    ];
    let help: String = commands.map(help).concat();
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
    names.extend(ValidityState::ALL.map(ValidityState::name));
    names.extend(Principal::ALL.map(Principal::name));
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
    names.extend(CredentialKind::all().map(CredentialKind::name));
    names.extend(Encoding::ALL.map(Encoding::name));
    for name in names {
        assert!(
            text.contains(&format!("`{name}`")),
            "README.md does not explain `{name}`"
        );
    }
}

/// The fields that the tables of the JSON report name, as paths from the document.
fn documented_fields() -> BTreeSet<String> {
    let text = readme();
    let section = text.split("## ").find(|s| s.starts_with("The JSON report"));
    let name = Regex::new("`([^`]+)`").unwrap();
    let mut base = None;
    let mut fields = BTreeSet::new();
    for line in section.unwrap().lines() {
        let cell = line
            .strip_prefix("| ")
            .and_then(|row| row.split(" | ").next());
        match cell {
            Some("field") => base = Some(""),
            Some("finding's field") => base = Some("findings."),
            None if !line.starts_with('|') => base = None,
            _ => {}
        }
        let (Some(base), Some(cell)) = (base, cell) else {
            continue;
        };
        for found in name.captures_iter(cell) {
            fields.insert(format!("{base}{}", &found[1]));
        }
    }
    fields
}

/// Paths of all fields of a document, without those of objects that only hold others. A line of
/// NDJSON counts as the finding it is.
fn fields(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => {
            into.insert(path.to_owned());
            for item in items {
                fields(item, path, into);
            }
        }
        Value::Object(object) => {
            into.remove(path);
            for (key, value) in object {
                let at = match (path, key.as_str()) {
                    ("", "suppressed") => {
                        into.insert(key.clone());
                        "findings".to_owned()
                    }
                    ("", key) => key.to_owned(),
                    ("coverage.objects", key) => {
                        into.insert(format!("{path}.{key}"));
                        "coverage.objects.*".to_owned()
                    }
                    (_, key) => format!("{path}.{key}"),
                };
                fields(value, &at, into);
            }
        }
        _ => {
            into.insert(path.to_owned());
        }
    }
}

/// The JSON in a snapshot: everything after its head.
fn snapshot(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/snapshots");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    text.splitn(3, "---\n").nth(2).unwrap().to_owned()
}

/// A file whose findings have the fields that few have.
fn services() -> String {
    let mut keys = Keys::new(311);
    let session = (
        keys.temporary_key_id(),
        keys.secret(),
        keys.session_token("eu-west-1"),
    );
    let (signer, canary) = (
        keys.access_key_id(),
        keys.key_id_of("AKIA", 534_261_010_715),
    );
    format!(
        "[s]\naws_access_key_id={}\naws_secret_access_key={}\naws_session_token={}\n[b]\nkey={}\n\
         short={}\n[u]\nX-Amz-Credential={signer}%2F20200101%2Fus-east-1%2Fs3%2Faws4_request\n\
         [c]\naws_access_key_id={canary}\n",
        session.0,
        session.1,
        session.2,
        keys.service_api_key("ABSK", "deploy"),
        keys.bedrock_short_key(&signer, "20260102T030405Z"),
    )
}

#[test]
fn every_field_of_the_json_report_is_documented_and_no_other() {
    let mut written = BTreeSet::new();
    let full: Value = serde_json::from_str(&snapshot("json_rich.snap")).unwrap();
    fields(&full, "", &mut written);
    for line in snapshot("ndjson_rich.snap").lines() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let kind = line["type"].clone();
        written.insert("type".to_owned());
        line.as_object_mut().unwrap().remove("type");
        let base = if kind == "summary" { "" } else { "findings" };
        fields(&line, base, &mut written);
    }
    // Real reports: what the snapshots are made of is built by hand.
    let repo = Repo::new();
    repo.commit_file("a", Seed::new(310).pair().ini());
    repo.commit_file("b", "key AKIAIOSFODNN7EXAMPLE\n");
    repo.commit_file("c", services());
    let report = repo.root().join("report.json");
    let output = format!("json={}", report.display());
    let listing = repo.root().join("inventory.json");
    let id = Seed::new(310).pair().id;
    let last = "{\"LastUsedDate\": \"2026-01-01T00:00:00Z\", \"ServiceName\": \"s3\", \"Region\": \"us-east-1\"}";
    let text = format!(
        "{{\"Account\": \"210987654321\"}} {{\"AccessKeyMetadata\": [{{\"UserName\": \"u\", \"AccessKeyId\": \"{id}\", \
         \"Status\": \"Active\", \"CreateDate\": \"2025-01-01T00:00:00Z\"}}]}} \
         {{\"AccessKeyId\": \"{id}\", \"AccessKeyLastUsed\": {last}}}"
    );
    std::fs::write(&listing, text).unwrap();
    let listing = listing.to_str().unwrap();
    for args in [
        &["--reveal", "-q", "-o", &output, "--inventory", listing][..],
        &["-o", &output, "--worktree"],
    ] {
        sweep(repo.path(), args).expect_code(1);
        let text = std::fs::read_to_string(&report).unwrap();
        fields(&serde_json::from_str(&text).unwrap(), "", &mut written);
    }
    // Lists and the objects above fields need no line of their own, but `findings` has one.
    let documented = documented_fields();
    written.insert("findings".to_owned());
    // Written only with --recurse-submodules; tests/integration/submodules.rs has it.
    written.insert("findings.submodule".to_owned());
    // Written only where paths are too many to count.
    written.insert("findings.occurrences.path_count_at_least".to_owned());
    let is_parent = |path: &String| {
        let inside = format!("{path}.");
        written.iter().any(|other| other.starts_with(&inside)) && !documented.contains(path)
    };
    let written: BTreeSet<String> = written.iter().filter(|p| !is_parent(p)).cloned().collect();
    let missing: Vec<_> = written.difference(&documented).collect();
    let stale: Vec<_> = documented.difference(&written).collect();
    assert!(
        missing.is_empty(),
        "README.md does not document {missing:?}"
    );
    assert!(
        stale.is_empty(),
        "README.md documents what is never written: {stale:?}"
    );
}

#[test]
fn every_kind_of_note_and_limit_is_documented() {
    let readme = readme();
    let kind = regex::Regex::new("kind: \"([a-z-]+)\"").unwrap();
    let mut seen = 0;
    for entry in ignore::Walk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for found in kind.captures_iter(code) {
            seen += 1;
            let name = format!("`{}`", &found[1]);
            assert!(
                readme.contains(&name),
                "{name} of {} is not in the README",
                path.display()
            );
        }
    }
    assert!(seen > 10, "{seen}");
}
