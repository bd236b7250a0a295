//! What a report must say about a planted key: checked against git's own bytes.

use serde_json::Value;

use super::json::{Finding, Report, text};
use super::keysweep::sweep_json;
use super::repo::Repo;
use super::seed::Pair;

/// Where a planted pair must be reported.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place<'a> {
    pub(crate) object: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) field: &'a str,
    pub(crate) path: Option<&'a str>,
    pub(crate) commit: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// In a blob that no commit holds.
    pub(crate) fn blob(object: &'a str) -> Place<'a> {
        Place {
            object,
            kind: "blob",
            field: "content",
            ..Place::default()
        }
    }

    /// In a blob with a path, brought by a commit.
    pub(crate) fn file(object: &'a str, path: &'a str, commit: &'a str) -> Place<'a> {
        Place {
            path: Some(path),
            commit: Some(commit),
            ..Place::blob(object)
        }
    }

    /// In a field of an object that is no blob.
    pub(crate) fn field(object: &'a str, kind: &'a str, field: &'a str) -> Place<'a> {
        Place {
            object,
            kind,
            field,
            ..Place::default()
        }
    }
}

/// Sweeps a healthy repository that holds keys: exit code 1 and nothing unread.
#[track_caller]
pub(crate) fn healthy(repo: &Repo) -> Report {
    healthy_at(repo.path())
}

/// The same for any path.
#[track_caller]
pub(crate) fn healthy_at(path: &std::path::Path) -> Report {
    let (run, report) = sweep_json(path, &[]);
    run.expect_code(1);
    assert!(
        report.complete(),
        "gaps in a healthy repository: {:#?}",
        report.gaps()
    );
    assert!(report.gaps().is_empty());
    report
}

/// Asserts that both parts of `pair` are reported at `place`, at the exact bytes.
#[track_caller]
pub(crate) fn assert_pair<'a>(
    repo: &Repo,
    report: &'a Report,
    pair: &Pair,
    place: Place<'_>,
) -> Finding<'a> {
    let finding = report.pair(pair);
    let content = repo.content(place.object);
    for (part, value) in [("id", &pair.id), ("secret", &pair.secret)] {
        let all = finding.occurrences(part);
        let here = all
            .iter()
            .find(|o| text(o, "/object") == Some(place.object));
        let Some(here) = here else {
            panic!("no {part} in {} {}: {all:#?}", place.kind, place.object)
        };
        assert_eq!(text(here, "/object_kind"), Some(place.kind), "{here:#?}");
        assert_eq!(text(here, "/field"), Some(place.field), "{here:#?}");
        assert_eq!(cut(&content, here), value.as_bytes(), "{here:#?}");
        if place.field == "content" {
            assert_position(&content, here);
        }
        if let Some(path) = place.path {
            assert_eq!(text(here, "/path"), Some(path), "{here:#?}");
        }
        if let Some(commit) = place.commit {
            assert_eq!(text(here, "/commit"), Some(commit), "{here:#?}");
        }
    }
    if let Some(commit) = place.commit {
        assert_eq!(finding.text("/exposure/introduced/commit"), Some(commit));
    }
    finding
}

/// The bytes that an occurrence names.
#[track_caller]
pub(crate) fn cut<'a>(content: &'a [u8], occurrence: &Value) -> &'a [u8] {
    let (start, end) = span(occurrence);
    content
        .get(start..end)
        .unwrap_or_else(|| panic!("{start}..{end} is outside of {} bytes", content.len()))
}

/// The byte range of an occurrence.
#[track_caller]
pub(crate) fn span(occurrence: &Value) -> (usize, usize) {
    let number = |name: &str| occurrence[name].as_u64().expect("a byte offset") as usize;
    (number("byte_start"), number("byte_end"))
}

/// Line and column count from 1, lines by line feeds, columns in bytes.
#[track_caller]
fn assert_position(content: &[u8], occurrence: &Value) {
    let before = &content[..span(occurrence).0];
    let line = before.split(|b| *b == b'\n').count();
    let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
    assert_eq!(
        occurrence["line"].as_u64(),
        Some(line as u64),
        "{occurrence:#?}"
    );
    assert_eq!(
        occurrence["column"].as_u64(),
        Some(column as u64),
        "{occurrence:#?}"
    );
}
