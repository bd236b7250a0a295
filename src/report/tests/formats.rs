//! Formats for dashboards and CI systems: what they look like, that they keep to their schemas,
//! and that no name breaks out of its place.

mod contained;

use serde_json::Value;

use super::super::{csv, sarif};
use super::*;
use schema::violations;

#[path = "../../../tests/integration/support/schema.rs"]
mod schema;

const SARIF: &str = include_str!("../../../tests/integration/schemas/sarif-2.1.0.json");
const GITLAB: &str =
    include_str!("../../../tests/integration/schemas/gitlab-secret-detection.json");

fn parsed(report: &Report, format: Format, options: &Options) -> Value {
    serde_json::from_str(&text(report, format, options)).unwrap()
}

fn schema_of(format: Format) -> Value {
    serde_json::from_str(if format == Format::Sarif {
        SARIF
    } else {
        GITLAB
    })
    .unwrap()
}

/// Everything is listed, and no clock.
fn all() -> Options {
    Options {
        show_suppressed: true,
        ..Options::default()
    }
}

#[test]
fn whole_outputs() {
    for format in [
        Format::Gitlab,
        Format::Junit,
        Format::Csv,
        Format::Markdown,
        Format::Github,
        Format::Azure,
        Format::GitleaksJson,
    ] {
        snapshot(
            &format!("{}_rich", format.name()),
            &rich(),
            format,
            &options(),
        );
    }
}

#[test]
fn whole_sarif_and_page() {
    let report = rich();
    let sarif = parsed(&report, Format::Sarif, &options());
    let page = text(&report, Format::Html, &options());
    // Style and script stand in files of their own.
    let (_, body) = page.split_once("</style>").unwrap();
    let (body, _) = body.split_once("<script>").unwrap();
    let pretty = serde_json::to_string_pretty(&sarif).unwrap();
    for (name, shown) in [("sarif_rich", pretty.as_str()), ("html_rich", body)] {
        let shown = fixture::redact(shown.as_bytes(), &report);
        insta::with_settings!({
            snapshot_path => "../../../tests/integration/snapshots",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name, shown) });
    }
}

#[test]
fn reports_keep_to_their_schemas() {
    for format in [Format::Sarif, Format::Gitlab] {
        let schema = schema_of(format);
        let mut bare = rich();
        for finding in &mut bare.findings {
            *fixture::exposure(finding) = crate::model::Exposure::default();
            finding.occurrences.clear();
        }
        for report in [fixture::empty(), fixture::pushed_pair(), rich(), bare] {
            for options in [options(), all()] {
                let document = parsed(&report, format, &options);
                let wrong = violations(&schema, &document);
                assert_eq!(wrong, [""; 0], "{format:?}");
            }
        }
        // The check is one.
        let wrong = violations(&schema, &serde_json::json!({ "version": 3, "runs": [{}] }));
        assert!(!wrong.is_empty());
    }
}

#[test]
fn sarif_says_what_was_not_read_and_what_is_accepted() {
    let run = |report: &Report, options: &Options| {
        parsed(report, Format::Sarif, options)["runs"][0].clone()
    };
    let complete = run(&fixture::pushed_pair(), &options());
    assert_eq!(complete["invocations"][0]["executionSuccessful"], true);
    let report = rich();
    let incomplete = run(&report, &options());
    let invocation = &incomplete["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(told.len(), report.gaps.len() + 1);
    let suppressed = |run: &Value| {
        let results = run["results"].as_array().unwrap();
        let hidden = results.iter().filter(|r| r.get("suppressions").is_some());
        (results.len(), hidden.count())
    };
    assert_eq!(
        suppressed(&incomplete),
        (5, 1),
        "only what somebody accepted"
    );
    assert_eq!(suppressed(&run(&report, &all())), (7, 3));
}

#[test]
fn sarif_keeps_within_bounds_and_counts_what_it_leaves_out() {
    let mut report = fixture::pushed_pair();
    let one = report.findings[0].clone();
    report.findings = (0..5100).map(|_| one.clone()).collect();
    let sarif = text(&report, Format::Sarif, &options());
    assert!(sarif.len() < 10_000_000, "{}", sarif.len());
    let run = serde_json::from_str::<Value>(&sarif).unwrap()["runs"][0].clone();
    let results = run["results"].as_array().unwrap().len();
    assert!(results <= 5000, "{results}");
    let told = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(told["descriptor"]["id"], "results-left-out");
    let left_out = format!("{} results", 5100 - results);
    assert!(
        told["message"]["text"]
            .as_str()
            .unwrap()
            .starts_with(&left_out)
    );
    let mut wide = fixture::pushed_pair();
    let place = wide.findings[0].occurrences[0].clone();
    wide.findings[0].occurrences = vec![place; 2000];
    let result = parsed(&wide, Format::Sarif, &options())["runs"][0]["results"][0].clone();
    assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 99);
}

#[test]
fn a_summary_fits_into_the_page_of_a_step() {
    let mut report = rich();
    let long = "\u{202e}".repeat(600);
    for n in 0..40 {
        let gap = Gap::new(GapKind::Damaged, format!("{n}{long}"));
        report.gaps.push(Gap {
            path: Some(long.clone().into_bytes()),
            ..gap
        });
    }
    let hidden = report.suppressed[2].clone();
    report.suppressed = vec![hidden; 300];
    let mut one = report.findings[3].clone();
    one.occurrences[0].path = Some(long.into_bytes());
    report.findings = vec![one; 3000];
    let summary = text(&report, Format::Markdown, &options());
    assert!(summary.len() < 1 << 20, "{}", summary.len());
    assert!(summary.contains(" more; the JSON report has them all"));
}

#[test]
fn fingerprints_are_those_of_the_value() {
    let (mut moved, report) = (fixture::pushed_pair(), fixture::pushed_pair());
    moved.findings[0].occurrences.truncate(1);
    moved.findings[0].occurrences[0] = in_blob(Part::Id, "elsewhere", 99, 1, 20);
    let print = |report: &Report| {
        let sarif = parsed(report, Format::Sarif, &options());
        let id = parsed(report, Format::Gitlab, &options())["vulnerabilities"][0]["id"].clone();
        (
            sarif["runs"][0]["results"][0]["partialFingerprints"].clone(),
            id,
        )
    };
    assert_eq!(print(&report), print(&moved));
    moved.findings[0].submodule = Some("vendor/lib".to_owned());
    assert_ne!(print(&report), print(&moved));
}

#[test]
fn locations_are_relative_and_inert() {
    for (path, uri) in [
        (&b"a/b c.env"[..], "a/b%20c.env"),
        (b"/etc/passwd", "%2Fetc/passwd"),
        (b"//host/x", "%2F/host/x"),
        (b"https://evil/x", "https%3A//evil/x"),
        (b"a/../../b", "a/%2E%2E/%2E%2E/b"),
        (b"caf\xe9?x#y%", "caf%E9%3Fx%23y%25"),
    ] {
        assert_eq!(sarif::uri(path), uri);
    }
}

#[test]
fn spreadsheets_calculate_nothing() {
    for formula in ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "|x", "%x"] {
        let cell = csv::cell(formula);
        assert!(cell.starts_with("\"'"), "{cell}");
    }
    assert_eq!(csv::cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
}

#[test]
fn the_page_loads_nothing_and_runs_only_what_it_names() {
    let page = text(&rich(), Format::Html, &options());
    let (head, _) = page.split_once("<style>").unwrap();
    assert!(head.contains("default-src 'none'") && !head.contains("unsafe"));
    for outside in [
        "http://", "https://", "//cdn", "@import", "url(", " style=", " onclick", "<iframe",
        "<object",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("<style>").count(), 1);
}

#[test]
fn paths_that_are_not_utf8_carry_their_bytes() {
    let report = hostile(b"caf\xe9/x");
    let json: Value = parsed(&report, Format::Json, &options());
    let occurrence = &json["findings"][0]["occurrences"][0];
    assert_eq!(occurrence["path"], "caf\u{fffd}/x");
    let raw = occurrence["path_bytes"].as_str().unwrap();
    let raw = data_encoding::BASE64.decode(raw.as_bytes()).unwrap();
    assert_eq!(raw, b"caf\xe9/x");
    assert_eq!(json["gaps"][0]["path_bytes"], occurrence["path_bytes"]);
    assert_eq!(json["target"]["path_bytes"], occurrence["path_bytes"]);
    assert!(json["target"]["git_dir_bytes"].is_string());
}
