//! No name breaks out of its place, in any format.

use proptest::prelude::*;
use serde_json::Value;

use super::super::super::is_deceptive;
use super::super::{Format, Report, fixture, hostile, text};
use super::{all, schema_of, violations};

/// Formats that are one JSON document.
const DOCUMENTS: [Format; 4] = [
    Format::Json,
    Format::Sarif,
    Format::Gitlab,
    Format::GitleaksJson,
];

/// What the page and the lines are made of, without what stands in them: tags and the names of
/// attributes of HTML and XML, commands and properties of annotations, Markdown without spans.
fn skeleton(format: Format, shown: &str) -> Vec<String> {
    match format {
        Format::Html | Format::Junit => tags(shown),
        Format::Csv => records(shown)
            .iter()
            .map(|cells| cells.len().to_string())
            .collect(),
        Format::Github => shown
            .lines()
            .map(|line| properties(line, "::", "::", ','))
            .collect(),
        Format::Azure => {
            let line = |line| properties(line, "##vso[task.logissue ", "]", ';');
            shown.lines().map(line).collect()
        }
        Format::Markdown => shown.lines().map(without_spans).collect(),
        _ => Vec::new(),
    }
}

fn tags(shown: &str) -> Vec<String> {
    // Style and script are ours, and end where the page says.
    let shown = shown.replace(include_str!("../../html/page.css"), "");
    let shown = shown.replace(include_str!("../../html/page.js"), "");
    let mut tags = Vec::new();
    for piece in shown.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("a tag ends");
        // Every other piece between quotes is a value.
        let names: Vec<&str> = tag.split('"').step_by(2).collect();
        tags.push(names.join("\"\""));
    }
    tags
}

fn records(shown: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut characters = shown.chars().peekable();
    let mut quoted = false;
    while let Some(c) = characters.next() {
        let record = records.last_mut().unwrap();
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                record.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => records.push(vec![String::new()]),
            c => record.last_mut().unwrap().push(c),
        }
    }
    assert!(!quoted, "a cell does not end");
    records.pop();
    for cell in records.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{cell}");
        assert!(!cell.contains(['\n', '\r']), "{cell:?}");
    }
    records
}

/// `error file,line,title` of `::error file=…,line=…,title=…::…`
fn properties(line: &str, opening: &str, closing: &str, comma: char) -> String {
    let rest = line
        .strip_prefix(opening)
        .unwrap_or_else(|| panic!("no command: {line}"));
    let (command, message) = rest.split_once(closing).unwrap();
    let names = command
        .split(comma)
        .map(|p| p.split_once('=').map_or(p, |(name, _)| name));
    assert!(!message.contains("##"), "{message}");
    names.collect::<Vec<_>>().join(",")
}

fn without_spans(line: &str) -> String {
    if line.starts_with("```") || line.starts_with("    ") {
        return String::new();
    }
    let pieces: Vec<&str> = line.split('`').collect();
    assert_eq!(pieces.len() % 2, 1, "a span does not end: {line}");
    pieces.into_iter().step_by(2).collect::<Vec<_>>().join("``")
}

/// Names wherever a repository, a baseline or a target can put text.
fn hostile_everywhere(name: &[u8]) -> Report {
    let mut report = hostile(name);
    let lossy = String::from_utf8_lossy(name).into_owned();
    report.target.git_dir = name.to_vec();
    report.target.head_ref = Some(lossy.clone());
    for finding in &mut report.findings {
        finding.submodule = Some(lossy.clone());
        finding.credential.details.user = Some(lossy.clone());
        finding.credential.details.region = Some(lossy.clone());
        let exposure = fixture::exposure(finding);
        exposure.pushed_to = vec![lossy.clone()];
        if let Some(stamp) = &mut exposure.removed {
            stamp.author = name.to_vec();
        }
    }
    for suppressed in &mut report.suppressed {
        if let Some(accepted) = &mut suppressed.finding.credential.accepted {
            accepted.why = lossy.clone();
            accepted.owner = Some(lossy.clone());
            accepted.source = lossy.clone();
        }
        suppressed.finding.occurrences[0].path = Some(name.to_vec());
    }
    report
}

fn assert_contained(name: &[u8]) {
    let (report, benign) = (hostile_everywhere(name), hostile_everywhere(b"x"));
    for format in Format::ALL {
        let shown = text(&report, format, &all());
        let bad = |c: char| !matches!(c, '\n' | '\r') && is_deceptive(c);
        assert!(!shown.chars().any(bad), "{format:?} of {name:?}");
        if !matches!(format, Format::Azure) {
            let (_, body) = shown.split_once("</style>").unwrap_or(("", &shown));
            assert!(
                !body.contains("##") || format == Format::Markdown,
                "{format:?} of {name:?}"
            );
        }
        if DOCUMENTS.contains(&format) {
            let document: Value = serde_json::from_str(&shown).unwrap();
            if matches!(format, Format::Sarif | Format::Gitlab) {
                assert_eq!(
                    violations(&schema_of(format), &document),
                    [""; 0],
                    "{name:?}"
                );
            }
        } else if !matches!(format, Format::Human | Format::Ndjson) {
            let expected = skeleton(format, &text(&benign, format, &all()));
            assert_eq!(skeleton(format, &shown), expected, "{format:?} of {name:?}");
        }
    }
}

#[test]
fn known_tricks_stay_where_they_are_put() {
    for name in [
        &b"</script><script>alert(1)</script>"[..],
        b"\"><img src=x onerror=alert(1)>",
        b"' onmouseover='alert(1)",
        b"-->]]><![CDATA[<x/>",
        b"javascript:alert(1)",
        b"=cmd|' /C calc'!A0",
        b"\n::error::forged",
        b"x,title=forged::forged",
        b"##vso[task.setvariable variable=x]y",
        b"a;type=x]forged",
        b"`|x|`\n# Heading\n- [ ] @everyone #1 ![x](http://evil)",
        b"```\n</details>\n```",
        b"\r\n\x1b]0;title\x07",
        b"\xff\xfe\xc3(",
        "\u{202e}gnp.exe \u{2028} \u{feff}\u{ffff}\u{fffe}".as_bytes(),
        b"%0A%25%AZP25",
        b"{0} [link](x) \\",
        b"../../../etc/passwd",
        b"",
        b" ",
    ] {
        assert_contained(name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_name_breaks_out(
        name in prop::collection::vec(prop_oneof![
            "[<>&\"'`|\\\\;:,=%#\\[\\]{}()!*_~@+/. -]{1,6}".prop_map(String::into_bytes),
            "\\PC{1,4}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 1..6),
            Just(b"##vso[".to_vec()),
            Just(b"\n::".to_vec()),
            Just(b"</".to_vec()),
        ], 0..8)
    ) {
        assert_contained(&name.concat());
    }
}
