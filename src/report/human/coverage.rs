//! What was read, in a few lines.

use std::io;

use super::wording::{count, fill, plural, size, words};
use super::{Page, Tone};
use crate::model::{Coverage, KindCoverage, ObjectKind, RefCoverage};

impl Page<'_> {
    pub(super) fn coverage(&mut self) -> io::Result<()> {
        let coverage = &self.report.coverage;
        let mut lines = Vec::new();
        if coverage.read() > 0 || coverage.files == 0 {
            lines.push(objects(coverage));
        }
        if coverage.files > 0 {
            let bytes = if coverage.read() == 0 {
                coverage.bytes
            } else {
                0
            };
            lines.push(files(coverage.files, bytes));
        }
        lines.extend(cached(coverage));
        lines.extend(unread(coverage));
        lines.extend(refs(&coverage.refs));
        if let Some(seconds) = self.report.seconds {
            lines.push(format!("in {seconds:.1} s"));
        }
        let label = self.paint(Tone::Strong, "read:");
        for (i, line) in lines.iter().enumerate() {
            let indents = ("read:".len() + 1, "read:".len() + 1);
            for (j, line) in fill(&words(line), indents, self.options.width)
                .iter()
                .enumerate()
            {
                let label = if i + j == 0 { label.as_str() } else { "     " };
                writeln!(self.out, "{label} {line}")?;
            }
        }
        writeln!(self.out)
    }
}

fn objects(coverage: &Coverage) -> String {
    let kinds: Vec<String> = ObjectKind::ALL
        .into_iter()
        .map(|kind| plural(coverage.of(kind).read, kind.name()))
        .collect();
    format!(
        "{} ({}), {}",
        plural(coverage.read(), "object"),
        kinds.join(", "),
        size(coverage.bytes)
    )
}

/// What an earlier sweep read, if one is relied on.
fn cached(coverage: &Coverage) -> Option<String> {
    let cached = coverage.cached();
    (cached > 0).then(|| {
        format!(
            "and {} that an earlier sweep read (--no-cache reads all again)",
            plural(cached, "object")
        )
    })
}

fn files(files: u64, bytes: u64) -> String {
    let files = plural(files, "work tree file");
    if bytes > 0 {
        format!("{files}, {}", size(bytes))
    } else {
        files
    }
}

/// What was skipped or missing, if anything was.
fn unread(coverage: &Coverage) -> Option<String> {
    let kinds = ObjectKind::ALL.into_iter().map(|kind| coverage.of(kind));
    let (mut skipped, mut missing) = (0, 0);
    for KindCoverage {
        skipped: s,
        missing: m,
        ..
    } in kinds.chain([&coverage.unknown])
    {
        skipped += s;
        missing += m;
    }
    (skipped + missing > 0).then(|| {
        format!(
            "NOT read: {} skipped, {} missing",
            count(skipped),
            count(missing)
        )
    })
}

/// Where git starts from, kinds with none left out.
fn refs(refs: &RefCoverage) -> Option<String> {
    let kinds = [
        (refs.heads, "branch", "branches"),
        (refs.tags, "tag ref", "tag refs"),
        (refs.remotes, "remote-tracking ref", "remote-tracking refs"),
        (refs.notes, "notes ref", "notes refs"),
        (refs.stashes, "stash", "stashes"),
        (refs.other, "other ref", "other refs"),
        (refs.reflog_entries, "reflog entry", "reflog entries"),
        (refs.worktrees, "worktree", "worktrees"),
        (refs.index_entries, "index entry", "index entries"),
    ];
    let shown: Vec<String> = kinds
        .into_iter()
        .filter(|(n, _, _)| *n > 0)
        .map(|(n, one, many)| format!("{} {}", count(n), if n == 1 { one } else { many }))
        .collect();
    (!shown.is_empty()).then(|| format!("from {}", shown.join(", ")))
}
