//! The foot of the page: what was read, and with what.

use std::io::{self, Write};

use super::{Page, name, text};
use crate::report::human;

impl Page<'_> {
    /// What was read, and with what.
    pub(super) fn swept(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.facts.report;
        let (target, coverage) = (&report.target, &report.coverage);
        let objects = human::count(coverage.read() + coverage.cached());
        let bytes = human::size(coverage.bytes);
        let mut rows = vec![
            ("Path", name(&self.facts, &target.path)),
            ("Git directory", name(&self.facts, &target.git_dir)),
            ("What of it", name(&self.facts, target.selection.as_bytes())),
        ];
        if let Some(head) = &target.head {
            let branch = target
                .head_ref
                .as_ref()
                .map(|b| name(&self.facts, b.as_bytes()));
            let branch = branch.map(|b| format!(" ({b})")).unwrap_or_default();
            rows.push((
                "HEAD",
                format!("{}{branch}", name(&self.facts, head.as_bytes())),
            ));
        }
        rows.push(("Read", format!("{objects} objects, {bytes}")));
        if coverage.files > 0 {
            rows.push(("Files", human::count(coverage.files)));
        }
        if let Some(now) = self.options.now {
            rows.push(("When", text(&crate::model::utc(now))));
        }
        if let Some(seconds) = report.seconds {
            rows.push(("Time", format!("{seconds:.1} s")));
        }
        rows.push((
            "keysweep",
            format!(
                "{}, rules {}",
                text(report.tool.version),
                text(&report.tool.rules)
            ),
        ));
        writeln!(
            out,
            "<section>\n<h2>What was swept</h2>\n<div class=\"panel\"><dl class=\"facts\">"
        )?;
        for (term, value) in rows {
            writeln!(out, "<dt>{term}</dt><dd>{value}</dd>")?;
        }
        writeln!(
            out,
            "</dl></div>\n</section>\n<footer>Secrets are masked; access key IDs are shown, since they are needed to \
             disable keys. Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>Enter</kbd> unfold.</footer>"
        )
    }
}
