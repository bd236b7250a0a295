//! Lists and comments; imports in a file of their own.

mod import;

use proptest::prelude::*;

use super::import::Imported;
use super::*;
use crate::model::{
    Candidate, Confidence, Coverage, CredentialKind, Details, Exposure, Field, Finding, ObjectId,
    ObjectKind, Occurrence, Part, Position, Secret, Severity, Span, Target, ToolInfo, Validity,
};
use crate::testkeys::Keys;

const PRINT: &str = "ks1-00112233445566778899aabbccddeeff";

fn baseline(entries: &str) -> Result<AllowList, String> {
    let text = format!("version = 1\n[accept]\n{entries}\n");
    AllowList::baseline(text.as_bytes(), "b.toml").map_err(|e| e.to_string())
}

fn entry(expires: &str) -> String {
    format!("{PRINT} = {{ reason = \"r\", owner = \"o\", expires = \"{expires}\" }}")
}

fn allowances(lists: Vec<AllowList>) -> Allowances {
    Allowances {
        lists,
        today: "2026-11-27".to_owned(),
        inline: false,
    }
}

fn oid(byte: u8) -> ObjectId {
    ObjectId::from_bytes(&[byte; 20]).unwrap()
}

fn pair(seed: u64) -> Finding {
    let mut keys = Keys::new(seed);
    Finding {
        inventory: None,
        fingerprint: Fingerprint(format!("ks1-{seed:032x}")),
        credential: Credential {
            kind: CredentialKind::AccessKey,
            access_key_id: Some(keys.access_key_id()),
            secret: Some(Secret::new(keys.secret().into_bytes())),
            token: None,
            rule: "aws-access-key-id",
            confidence: Confidence::High,
            hits: Vec::new(),
            candidates: Vec::<Candidate>::new(),
            placeholder: None,
            accepted: None,
            details: Details::default(),
        },
        severity: Severity::High,
        account_id: None,
        validity: Validity::default(),
        expired: false,
        exposure: std::sync::Arc::new(Exposure::default()),
        submodule: None,
        occurrences: Vec::new(),
        notes: Vec::new(),
    }
}

fn in_blob(path: &str, line: u64) -> Occurrence {
    Occurrence {
        part: Part::Id,
        field: Field::Content,
        object: Some(oid(0xb1)),
        object_kind: Some(ObjectKind::Blob),
        path: Some(path.as_bytes().to_vec()),
        more_paths: Vec::new(),
        path_count: 1,
        path_count_at_least: false,
        commit: Some(oid(0xc1)),
        position: Position { line, column: 1 },
        span: Span { start: 0, end: 20 },
        encodings: Vec::new(),
    }
}

fn report_of(finding: Finding) -> Report {
    Report {
        stored: std::collections::BTreeMap::new(),
        verification: None,
        investigation: None,
        tool: ToolInfo {
            version: "0",
            rules: String::new(),
        },
        target: Target::default(),
        coverage: Coverage::default(),
        gaps: Vec::new(),
        allowed_gaps: Vec::new(),
        limits: Vec::new(),
        strict: false,
        notes: Vec::new(),
        findings: vec![finding],
        suppressed: Vec::new(),
        asides: Vec::new(),
        unlisted: Vec::new(),
        seconds: None,
    }
}

#[test]
fn an_entry_counts_up_to_its_last_day() {
    let print = Fingerprint(PRINT.to_owned());
    for (expires, has_lapsed) in [
        ("never", false),
        ("2026-11-27", false),
        ("2027-01-01", false),
        ("2026-11-26", true),
        ("1999-12-31", true),
    ] {
        let list = baseline(&entry(expires)).unwrap();
        let accepted = allowances(vec![list.clone()]).listed(&print).unwrap();
        assert_eq!(accepted.has_lapsed, has_lapsed, "{expires}");
        assert_eq!(accepted.reason, SuppressionReason::Baseline);
        let clockless = Allowances {
            today: String::new(),
            ..allowances(vec![list])
        };
        let accepted = clockless.listed(&print).unwrap();
        assert_eq!(accepted.has_lapsed, expires != "never", "without a clock");
    }
}

#[test]
fn one_list_that_still_counts_is_enough() {
    let print = Fingerprint(PRINT.to_owned());
    let (old, new) = (
        baseline(&entry("2020-01-01")).unwrap(),
        baseline(&entry("never")).unwrap(),
    );
    for lists in [vec![old.clone(), new.clone()], vec![new, old]] {
        assert!(!allowances(lists).listed(&print).unwrap().has_lapsed);
    }
}

#[test]
fn what_is_not_understood_is_refused_whole() {
    for (wrong, why) in [
        (
            "ks1-00 = { reason = \"r\", owner = \"o\", expires = \"never\" }",
            "no fingerprint",
        ),
        (
            &*format!("{PRINT} = {{ owner = \"o\", expires = \"never\" }}"),
            "missing field `reason`",
        ),
        (
            &*format!("{PRINT} = {{ reason = \"r\", expires = \"never\" }}"),
            "missing field `owner`",
        ),
        (
            &*format!("{PRINT} = {{ reason = \"r\", owner = \"o\" }}"),
            "missing field `expires`",
        ),
        (
            &*format!("{PRINT} = {{ reason = \" \", owner = \"o\", expires = \"never\" }}"),
            "`reason` is empty",
        ),
        (&*entry("soon"), "neither a day"),
        (&*entry("2026-02-30"), "neither a day"),
        (&*entry("2026-W01-1"), "neither a day"),
        (
            &*format!("{}\n{}", entry("never"), entry("2027-01-01")),
            "duplicate key",
        ),
        (
            &*format!(
                "{PRINT} = {{ reason = \"r\", owner = \"o\", expires = \"never\", path = \"x\" }}"
            ),
            "unknown field `path`",
        ),
        ("[paths]\nx = 1", "unknown field `paths`"),
    ] {
        let error = baseline(wrong).unwrap_err();
        assert!(error.contains(why), "{wrong}: {error}");
        assert!(error.starts_with("b.toml: "), "{error}");
    }
    for (text, why) in [
        ("[accept]", "missing field `version`"),
        ("version = 2", "version 2 is not known"),
        ("version = 1\nignore = 1", "unknown field `ignore`"),
    ] {
        let error = AllowList::baseline(text.as_bytes(), "b").unwrap_err();
        assert!(error.why.contains(why), "{error}");
    }
    assert!(
        AllowList::baseline(b"\xff", "b")
            .unwrap_err()
            .why
            .contains("no UTF-8")
    );
    assert!(
        AllowList::baseline(&vec![b' '; 17 << 20], "b")
            .unwrap_err()
            .why
            .contains("longer")
    );
}

#[test]
fn marks_are_for_what_is_listed_and_no_placeholder() {
    let print = Fingerprint(PRINT.to_owned());
    let lists = allowances(vec![baseline(&entry("never")).unwrap()]);
    let mut credentials = vec![pair(1).credential, pair(2).credential];
    credentials[1].placeholder = Some(SuppressionReason::Documentation);
    lists.mark(&mut credentials, |_| print.clone());
    assert!(credentials[0].accepted.is_some());
    assert!(credentials[1].accepted.is_none());
    lists.mark(&mut credentials, |_| Fingerprint("ks1-other".to_owned()));
    assert!(credentials[0].accepted.is_none());
}

#[test]
fn entries_of_no_use_are_told() {
    let mut report = report_of(pair(1));
    let notes = |list: &str, report: &Report, whole| {
        let notes = allowances(vec![baseline(list).unwrap()]).notes(report, whole);
        let notes: Vec<&str> = notes.iter().map(|n| n.kind).collect();
        notes
    };
    assert_eq!(notes(&entry("never"), &report, true), ["baseline-unused"]);
    assert_eq!(
        notes(&entry("never"), &report, false),
        [""; 0],
        "the rest may have it"
    );
    assert_eq!(
        notes(&entry("2020-01-01"), &report, false),
        ["baseline-expired"]
    );
    report.findings[0].fingerprint = Fingerprint(PRINT.to_owned());
    assert_eq!(notes(&entry("never"), &report, true), [""; 0]);
    assert_eq!(
        notes(&entry("2020-01-01"), &report, true),
        ["baseline-expired"]
    );
}

#[test]
fn tags_count_on_the_line_of_the_finding_only() {
    let tag = |content: &str, value: &str| {
        let start = content.find(value).unwrap();
        tag_in(content.as_bytes(), start, start + value.len())
    };
    for known in TAGS {
        assert_eq!(tag(&format!("a VALUE # {known}\n"), "VALUE"), Some(known));
        assert_eq!(tag(&format!("/* {known} */ VALUE"), "VALUE"), Some(known));
        assert_eq!(tag(&format!("# {known}\nVALUE\n# {known}"), "VALUE"), None);
        assert_eq!(tag(&format!("VALUE\r# {known}"), "VALUE"), None);
        assert_eq!(tag(&format!("VALUE # {known}ed"), "VALUE"), None);
        assert_eq!(tag(&format!("VALUE # x-{known}"), "VALUE"), None);
    }
    assert_eq!(
        tag("keysweep:allow\u{0}VALUE", "VALUE"),
        Some("keysweep:allow")
    );
    assert_eq!(
        tag("a\nVAL\nUE gitleaks:allow\n", "VAL\nUE"),
        Some("gitleaks:allow")
    );
    assert_eq!(
        tag("x keysweep:allow y", "keysweep:allow"),
        None,
        "the value itself is none"
    );
    let far = format!("keysweep:allow{}VALUE", " ".repeat(5000));
    assert_eq!(tag(&far, "VALUE"), None, "a line is looked at so far only");
    assert_eq!(tag_in(b"short", 3, 99), None);
    assert_eq!(tag_in(b"short", 9, 3), None);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_baseline_is_read_as_it_was_written(
        entries in prop::collection::btree_map(
            "[0-9a-f]{32}",
            ("\\PC{0,12}[a-z\"'\\\\\u{202e}\u{7f}\n]", "[A-Za-z@. ]{0,8}x", prop_oneof![Just("never"), Just("2027-01-31")]),
            0..6,
        )
    ) {
        let source = Source { kind: SourceKind::Baseline, name: "b".to_owned() };
        let mut list = AllowList::new(source);
        for (digits, (reason, owner, expires)) in entries {
            list.insert(Fingerprint(format!("ks1-{digits}")), Entry {
                reason,
                owner,
                expires: Expiry::parse(expires).unwrap(),
                kind: Some("aws-access-key".to_owned()),
            });
        }
        let text = write_baseline(&list);
        prop_assert_eq!(text.lines().count(), 4 + list.len(), "one line for each");
        let read = AllowList::baseline(text.as_bytes(), "b");
        // A reason that is nothing but white space is refused, however it was written.
        match read {
            Ok(read) => prop_assert_eq!(read, list),
            Err(error) => prop_assert!(error.why.contains("is empty"), "{}", error),
        }
    }

    #[test]
    fn no_bytes_upset_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        AllowList::baseline(&bytes, "b").ok();
        Imported::read(&bytes, "b").ok();
        tag_in(&bytes, bytes.len() / 3, bytes.len() / 2);
    }
}
