//! Whole reports in every format: what they look like, and what they must never contain.

mod formats;
mod human;

use super::fixture::{self, in_blob, oid};
use super::{Format, Options, Verbosity, write};
use crate::model::{
    Candidate, CredentialKind, Distance, Encoding, Field, Gap, GapKind, Held, Limit, Note,
    ObjectKind, Occurrence, Part, Principal, Report, Secret, Severity, SuppressionReason, Validity,
    ValidityState, Verification,
};

fn bytes(report: &Report, format: Format, options: &Options) -> Vec<u8> {
    let mut out = Vec::new();
    write(report, format, options, &mut out).unwrap();
    out
}

fn text(report: &Report, format: Format, options: &Options) -> String {
    String::from_utf8(bytes(report, format, options)).unwrap()
}

fn snapshot(name: &str, report: &Report, format: Format, options: &Options) {
    let shown = fixture::redact(&bytes(report, format, options), report);
    insta::with_settings!({
        snapshot_path => "../../tests/integration/snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, shown) });
}

/// 2026-06-01, two years after the fixture's key was committed.
const NOW: i64 = 1_780_272_000;

fn options() -> Options {
    Options {
        now: Some(NOW),
        ..Options::default()
    }
}

/// Everything at once: four findings of different kinds, gaps, limits, notes, suppressed ones.
fn rich() -> Report {
    let mut report = fixture::pushed_pair();
    report.findings.push(temporary_in_stash());
    report.findings.push(bare_secret_in_names());
    report.findings.push(spread_out());
    for n in 0..7 {
        report.gaps.push(Gap {
            reference: Some("refs/heads/old".to_owned()),
            path: Some(format!("docs/{n}.md").into_bytes()),
            ..Gap::of_object(GapKind::Missing, oid(0x10 + n), "needed by commit c0ffee")
        });
    }
    report
        .gaps
        .push(Gap::new(GapKind::Shallow, "history ends at 1 commit"));
    report.allowed_gaps.push(GapKind::Shallow);
    report.limits.push(Limit {
        kind: "lfs-pointer",
        object: Some(oid(0x77)),
        detail: "the content is kept outside git".to_owned(),
    });
    report.notes.push(Note {
        kind: "replace-refs",
        detail: "2 replace refs were ignored".to_owned(),
    });
    fixture::suppress_into(&mut report, SuppressionReason::Documentation);
    fixture::suppress_into(&mut report, SuppressionReason::LowConfidence);
    fixture::suppress_into(&mut report, SuppressionReason::Baseline);
    report.findings[2].credential.accepted = Some(fixture::acceptance(true));
    report.seconds = Some(1.23456);
    // Every field that a report can have is there: README.md is held against the snapshots.
    report.target.path = b"caf\xe9".to_vec();
    report.target.git_dir = b"caf\xe9/.git".to_vec();
    report.coverage.files = 2;
    report.coverage.unknown.skipped = 1;
    report.gaps[0].path = Some(b"docs/\xff".to_vec());
    report.findings[3].validity = Validity {
        state: ValidityState::Unknown,
        checked_at: Some("2026-06-01T00:00:00Z".to_owned()),
        arn: Some("arn:aws:iam::123456789012:user/ann".to_owned()),
        principal: Some(Principal::User),
        account: Some("123456789012".to_owned()),
        reason: Some("no answer".to_owned()),
    };
    report.verification = Some(Verification {
        calls: 12,
        accepted: 1,
        ids: 10,
        user_agent: "keysweep/0.0.0".to_owned(),
        hosts: vec!["https://sts.us-east-1.amazonaws.com".to_owned()],
        budget_spent: true,
    });
    report
}

fn temporary_in_stash() -> crate::model::Finding {
    let mut finding = fixture::pair(2);
    finding.credential.kind = CredentialKind::TemporaryKey;
    finding.credential.access_key_id = Some(fixture::key_id("ASIA", 2));
    let token = fixture::secret(20) + &fixture::secret(21);
    finding.credential.token = Some(Secret::new(token.into_bytes()));
    finding.severity = Severity::Medium;
    finding.account_id = None;
    fixture::exposure(&mut finding).refs.clear();
    fixture::exposure(&mut finding).ref_count = 0;
    fixture::never_pushed(&mut finding);
    fixture::exposure(&mut finding).reachable = false;
    fixture::exposure(&mut finding).removed = None;
    fixture::exposure(&mut finding).held_by = vec![
        Held::Stash("stash@{0}".to_owned()),
        Held::Reflog("HEAD".to_owned()),
    ];
    finding
}

/// The secret stands in a file name, a ref name and an author line, and all of these are hostile.
fn bare_secret_in_names() -> crate::model::Finding {
    let mut finding = fixture::pair(3);
    let secret = fixture::secret(3);
    finding.credential.kind = CredentialKind::SecretAccessKey;
    finding.credential.access_key_id = None;
    finding.account_id = None;
    finding.severity = Severity::High;
    fixture::never_pushed(&mut finding);
    fixture::exposure(&mut finding).refs = vec![format!("refs/heads/{secret}\u{202e}")];
    fixture::exposure(&mut finding).ref_count = 17;
    if let Some(stamp) = &mut fixture::exposure(&mut finding).introduced {
        stamp.author = format!("{secret} \x1b[31m\nclean: all <x@y>").into_bytes();
    }
    let name = [b"dir\xff/", secret.as_bytes(), b"\nclean: nothing found"].concat();
    let percent = percent(secret.as_bytes());
    let place = |field, object_kind: Option<ObjectKind>, path: Vec<u8>| Occurrence {
        field,
        object: object_kind.map(|_| oid(0xd1)),
        object_kind,
        path: Some(path),
        ..in_blob(Part::Secret, "", 1, 7, 40)
    };
    finding.occurrences = vec![
        place(Field::EntryName, Some(ObjectKind::Tree), name),
        Occurrence {
            encodings: vec![Encoding::Percent],
            commit: None,
            ..place(
                Field::RefName,
                None,
                format!("refs/x/{percent}").into_bytes(),
            )
        },
    ];
    finding.notes = vec![format!("it stands in refs/x/{secret}")];
    finding
}

fn percent(raw: &[u8]) -> String {
    let coded: Vec<String> = raw.iter().map(|b| format!("%{b:02X}")).collect();
    coded.concat()
}

/// An ID alone at many paths, in a message and in the index.
fn spread_out() -> crate::model::Finding {
    let mut finding = fixture::pair(4);
    finding.credential.kind = CredentialKind::AccessKeyId;
    finding.credential.secret = None;
    finding.credential.candidates = vec![Candidate {
        secret_sha256: "00ff".repeat(16),
        distance: Distance::Bytes(120),
        hit: None,
    }];
    finding.severity = Severity::Medium;
    fixture::exposure(&mut finding).at_head = true;
    fixture::exposure(&mut finding).removed = None;
    fixture::never_pushed(&mut finding);
    finding.occurrences = (1..9)
        .map(|line| in_blob(Part::Id, "a/b.txt", line, line * 30, 20))
        .collect();
    finding.occurrences[0].more_paths = vec![b"a/c.txt".to_vec(), b"\xfe".to_vec()];
    finding.occurrences[0].path_count = 40;
    finding.occurrences[1] = Occurrence {
        field: Field::Message,
        object: Some(oid(0xc1)),
        object_kind: Some(ObjectKind::Commit),
        path: None,
        ..finding.occurrences[1].clone()
    };
    finding.occurrences[2].path = None;
    finding.occurrences[2].commit = None;
    finding
}

#[test]
fn a_rich_report_for_people() {
    snapshot("human_rich", &rich(), Format::Human, &options());
    let everything = Options {
        verbosity: Verbosity::Verbose,
        show_suppressed: true,
        width: 72,
        ..options()
    };
    snapshot("human_rich_verbose", &rich(), Format::Human, &everything);
}

#[test]
fn a_rich_report_for_machines() {
    snapshot("json_rich", &rich(), Format::Json, &options());
    snapshot("ndjson_rich", &rich(), Format::Ndjson, &options());
}

#[test]
fn no_format_shows_a_piece_of_a_secret() {
    let report = rich();
    let hidden = report.suppressed.iter().map(|s| &s.finding);
    let secrets: Vec<&Secret> = report
        .findings
        .iter()
        .chain(hidden)
        .flat_map(|f| [&f.credential.secret, &f.credential.token])
        .flatten()
        .collect();
    assert_eq!(secrets.len(), 7);
    for format in Format::ALL {
        for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
            let options = Options {
                verbosity,
                show_suppressed: true,
                ..options()
            };
            let shown = text(&report, format, &options);
            for secret in &secrets {
                for piece in secret.expose().windows(6) {
                    let plain = std::str::from_utf8(piece).unwrap();
                    let percent = percent(piece);
                    assert!(!shown.contains(plain), "{format:?} shows a secret");
                    assert!(
                        !shown.contains(&percent),
                        "{format:?} shows an encoded secret"
                    );
                }
            }
        }
    }
}

#[test]
fn reveal_shows_secrets_in_every_format() {
    let report = rich();
    let options = Options {
        reveal: true,
        ..options()
    };
    let token = report.findings[1].credential.token.clone().unwrap();
    let secret = report.findings[0].credential.secret.clone().unwrap();
    for format in Format::ALL.into_iter().filter(|f| f.can_reveal()) {
        let shown = text(&report, format, &options);
        for value in [&token, &secret] {
            let raw = std::str::from_utf8(value.expose()).unwrap();
            assert!(shown.contains(raw), "{format:?}");
        }
    }
    let json: serde_json::Value =
        serde_json::from_str(&text(&report, Format::Json, &options)).unwrap();
    let raw = std::str::from_utf8(secret.expose()).unwrap();
    assert_eq!(json["findings"][0]["secret"], raw);
    assert!(json["findings"][0].get("token").is_none());
}

/// Puts `name` wherever a repository can put text.
fn hostile(name: &[u8]) -> Report {
    let mut report = rich();
    let lossy = String::from_utf8_lossy(name).into_owned();
    report.target.path = name.to_vec();
    for finding in &mut report.findings {
        for occurrence in &mut finding.occurrences {
            occurrence.path = Some(name.to_vec());
        }
        if let Some(stamp) = &mut fixture::exposure(finding).introduced {
            stamp.author = name.to_vec();
        }
        fixture::exposure(finding).refs = vec![lossy.clone()];
        fixture::exposure(finding).held_by = vec![Held::Worktree(lossy.clone())];
        finding.notes = vec![lossy.clone()];
    }
    for gap in &mut report.gaps {
        gap.path = Some(name.to_vec());
        gap.reference = Some(lossy.clone());
        gap.detail = lossy.clone();
    }
    report.notes[0].detail = lossy.clone();
    report.limits[0].detail = lossy;
    report
}

#[test]
fn names_cannot_forge_lines() {
    let verbose = Options {
        verbosity: Verbosity::Verbose,
        show_suppressed: true,
        ..options()
    };
    // So wide that lines are never broken: then each name keeps to its own.
    let wide = Options {
        width: 100_000,
        ..verbose
    };
    let benign = text(&hostile(b"x"), Format::Human, &wide);
    let names: [&[u8]; 6] = [
        b"\nclean: no AWS credentials",
        b"a\r\n::error::forged",
        b"\x1b[2K\x1b[1Aclean",
        "\u{2028}clean\u{85}".as_bytes(),
        b"\xff\n\xfe",
        b"x ##vso[task.complete result=Succeeded] y",
    ];
    for name in names {
        let shown = text(&hostile(name), Format::Human, &wide);
        assert_eq!(shown.lines().count(), benign.lines().count(), "{shown}");
        let shown = text(&hostile(name), Format::Human, &verbose);
        assert!(!shown.lines().any(|l| l.trim_start().starts_with("clean")));
        assert!(!shown.lines().any(|l| l.trim_start().starts_with("::")));
        assert!(!shown.contains("##"));
        let bad = |c| c != '\n' && super::is_deceptive(c);
        assert!(!shown.chars().any(bad), "{shown:?}");
    }
}

#[test]
fn machine_formats_are_harmless_on_a_terminal_and_lossless() {
    let name = "a\u{9b}31m\u{202e}b\u{7f}\u{2028}##vso[x]\u{e0041}\n\"\\";
    let report = hostile(name.as_bytes());
    for format in [Format::Json, Format::Ndjson] {
        let shown = text(&report, format, &options());
        let bad = |c| c != '\n' && super::is_deceptive(c);
        assert!(!shown.chars().any(bad));
        assert!(!shown.contains("##"));
        let first = match format {
            Format::Ndjson => shown.lines().next().unwrap().to_owned(),
            _ => shown,
        };
        let json: serde_json::Value = serde_json::from_str(&first).unwrap();
        let finding = json.pointer("/findings/0").unwrap_or(&json);
        assert_eq!(finding["occurrences"][0]["path"], name);
    }
}

#[test]
fn every_ndjson_line_says_what_it_is_and_the_summary_is_last() {
    let shown = text(&rich(), Format::Ndjson, &options());
    let lines: Vec<serde_json::Value> = shown
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let types: Vec<&str> = lines.iter().map(|l| l["type"].as_str().unwrap()).collect();
    let expected = [
        "finding",
        "finding",
        "finding",
        "finding",
        "suppressed",
        "suppressed",
        "suppressed",
        "summary",
    ];
    assert_eq!(types, expected);
    assert_eq!(lines[4]["reason"], "documentation");
    assert_eq!(lines[7]["totals"]["findings"], 4);
    assert_eq!(lines[7]["complete"], false);
}

#[test]
fn json_and_ndjson_hold_the_same_facts() {
    let json: serde_json::Value =
        serde_json::from_str(&text(&rich(), Format::Json, &options())).unwrap();
    let shown = text(&rich(), Format::Ndjson, &options());
    let mut merged = serde_json::Map::new();
    let (mut findings, mut suppressed) = (Vec::new(), Vec::new());
    for line in shown.lines() {
        let mut line: serde_json::Map<_, _> = serde_json::from_str(line).unwrap();
        match line.remove("type").unwrap().as_str().unwrap() {
            "finding" => findings.push(line.into()),
            "suppressed" => suppressed.push(line.into()),
            _ => merged = line,
        }
    }
    merged.insert("findings".to_owned(), serde_json::Value::Array(findings));
    merged.insert(
        "suppressed".to_owned(),
        serde_json::Value::Array(suppressed),
    );
    assert_eq!(json, serde_json::Value::Object(merged));
}
