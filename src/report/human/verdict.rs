//! The last line: it says "clean" only if everything was read and nothing was found.

use std::io;

use super::finding::headline;
use super::gaps::why_incomplete;
use super::scope::submodules;
use super::wording::{count, plural, words};
use super::{Page, Tone};
use crate::model::{Report, Scope, Suppressed, SuppressionReason};

impl Page<'_> {
    pub(super) fn verdict(&mut self) -> io::Result<()> {
        let (tone, text) = self.verdict_text();
        // One line, however long: `tail -n 1` is all a script needs.
        let text = self.paint(tone, &text);
        writeln!(self.out, "{text}")
    }

    pub(super) fn suppressed(&mut self) -> io::Result<()> {
        let report = self.report;
        if report.suppressed.is_empty() {
            return Ok(());
        }
        let by_reason: Vec<String> = SuppressionReason::ALL
            .into_iter()
            .filter_map(|reason| {
                let n = count_of(report, reason);
                (n > 0).then(|| format!("{} {}", count(n), reason.name()))
            })
            .collect();
        let total = report.suppressed.len() as u64;
        let label = self.paint(Tone::Strong, "suppressed:");
        let hint = if self.options.show_suppressed {
            ""
        } else {
            "; --show-suppressed lists them"
        };
        writeln!(
            self.out,
            "{label} {} ({}){hint}",
            count(total),
            by_reason.join(", ")
        )?;
        if self.options.show_suppressed {
            for suppressed in &report.suppressed {
                let what = headline(&suppressed.finding);
                let reason = suppressed.reason.name();
                let mut pieces = words(&format!("{what},"));
                pieces.extend(self.main_place(&suppressed.finding));
                pieces.extend(self.accepted_by(suppressed));
                self.lines(&format!("  {reason}:"), reason.len() + 3, &pieces)?;
            }
        }
        writeln!(self.out)
    }

    /// `(rotated; sec-team; until 2027-01-31)`, if somebody accepted it.
    fn accepted_by(&self, suppressed: &Suppressed) -> Vec<String> {
        let accepted = suppressed.finding.credential.accepted.as_ref();
        let Some(accepted) = accepted.filter(|a| a.reason == suppressed.reason) else {
            return Vec::new();
        };
        let text = |text: &str| self.text(text.as_bytes());
        let mut parts = vec![text(&accepted.why)];
        parts.extend(accepted.owner.as_deref().map(text));
        let day = accepted.expires.as_deref();
        parts.extend(day.map(|day| format!("until {}", text(day))));
        words(&format!("({})", parts.join("; ")))
    }

    pub(super) fn verdict_text(&self) -> (Tone, String) {
        let report = self.report;
        let totals = report.totals();
        if totals.findings > 0 {
            let mut parts = vec![plural(totals.findings, "finding")];
            if totals.pairs > 0 {
                parts.push(format!("{} with the secret", count(totals.pairs)));
            }
            if totals.active > 0 {
                parts.push(format!("{} ACTIVE", count(totals.active)));
            }
            let rest = match why_incomplete(report) {
                None => self.what_was_read(),
                Some(why) => format!("INCOMPLETE: {why}, there may be more"),
            };
            return (Tone::Error, format!("{}; {rest}", parts.join(", ")));
        }
        if let Some(why) = why_incomplete(report) {
            let accepted = if report.complete_enough() {
                ", accepted by --allow-incomplete"
            } else {
                ""
            };
            let text = format!("INCOMPLETE: nothing found in what was read, but {why}{accepted}");
            return (Tone::Warning, text);
        }
        let low = count_of(report, SuppressionReason::LowConfidence);
        if low > 0 {
            let low = plural(low, "finding");
            let read = self.what_was_read();
            let text = format!("nothing shown, but {low} of low confidence suppressed; {read}");
            return (Tone::Warning, text);
        }
        match accepted(report) {
            0 => self.nothing_found(),
            n => {
                let (n, read) = (plural(n, "accepted finding"), self.what_was_read());
                (Tone::Strong, format!("nothing but {n}; {read}"))
            }
        }
    }

    /// How much was read, said so that a part never sounds like the whole.
    fn what_was_read(&self) -> String {
        let coverage = &self.report.coverage;
        let objects = plural(coverage.read() + coverage.cached(), "object");
        match self.report.target.scope() {
            Scope::All => match submodules(self.report) {
                None => "everything was read".to_owned(),
                Some(some) => format!("everything was read, except {some}"),
            },
            Scope::Refs => format!("only {} was read ({objects})", self.reached()),
            Scope::Range => format!("only {} was read ({objects})", self.range()),
            Scope::Worktree => {
                let files = plural(coverage.files, "file");
                format!("only the work tree was read ({files}), no history")
            }
        }
    }

    fn nothing_found(&self) -> (Tone, String) {
        let coverage = &self.report.coverage;
        let objects = plural(coverage.read() + coverage.cached(), "object");
        match self.report.target.scope() {
            Scope::All
                if coverage.read() + coverage.cached() == 0
                    && submodules(self.report).is_none() =>
            {
                (
                    Tone::Good,
                    "clean: there was nothing to read, and no name holds an AWS credential"
                        .to_owned(),
                )
            }
            Scope::All => match submodules(self.report) {
                None => (
                    Tone::Good,
                    format!("clean: no AWS credentials in {objects}; everything was read"),
                ),
                Some(some) => (
                    Tone::Strong,
                    format!("nothing found in {objects}, but NOT swept: {some}"),
                ),
            },
            Scope::Refs => (
                Tone::Strong,
                format!(
                    "nothing found in {} ({objects}); nothing else in the repository was read",
                    self.reached()
                ),
            ),
            Scope::Range => (
                Tone::Strong,
                format!(
                    "nothing found in {} ({objects}); nothing else was read",
                    self.range()
                ),
            ),
            Scope::Worktree => (
                Tone::Strong,
                format!(
                    "nothing found in the work tree ({}); no history was read",
                    plural(coverage.files, "file")
                ),
            ),
        }
    }
}

/// How many findings were suppressed for this reason.
/// How many findings somebody accepted.
fn accepted(report: &Report) -> u64 {
    let accepted = [
        SuppressionReason::Baseline,
        SuppressionReason::AllowList,
        SuppressionReason::Inline,
    ];
    accepted
        .into_iter()
        .map(|reason| count_of(report, reason))
        .sum()
}

fn count_of(report: &Report, reason: SuppressionReason) -> u64 {
    let hidden = report.suppressed.iter();
    hidden.filter(|s| s.reason == reason).count() as u64
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture;
    use super::*;
    use crate::model::{Coverage, Gap, GapKind, Limit, ObjectKind};
    use crate::report::Options;
    use crate::report::redact::Redactor;

    fn text(report: &Report) -> String {
        let page = Page {
            report,
            options: &Options::default(),
            redactor: Redactor::new(report),
            out: &mut io::sink(),
        };
        page.verdict_text().1
    }

    fn read_some(report: &mut Report) {
        let mut coverage = Coverage::default();
        coverage.of_mut(ObjectKind::Blob).read = 1234;
        report.coverage = coverage;
    }

    #[test]
    fn clean_is_said_only_of_complete_sweeps_without_findings() {
        let mut report = fixture::empty();
        assert_eq!(
            text(&report),
            "clean: there was nothing to read, and no name holds an AWS credential"
        );
        read_some(&mut report);
        assert_eq!(
            text(&report),
            "clean: no AWS credentials in 1,234 objects; everything was read"
        );
        report.gaps.push(Gap::new(GapKind::Shallow, "history ends"));
        assert_eq!(
            text(&report),
            "INCOMPLETE: nothing found in what was read, but 1 gap"
        );
        report.allowed_gaps.push(GapKind::Shallow);
        assert_eq!(
            text(&report),
            "INCOMPLETE: nothing found in what was read, but 1 gap, accepted by --allow-incomplete"
        );
    }

    #[test]
    fn a_part_is_never_called_clean() {
        let mut report = fixture::empty();
        read_some(&mut report);
        report.coverage.files = 6;
        for (selection, nothing, something) in [
            (
                "refs main v1",
                "nothing found in what main, v1 reach (1,234 objects); nothing else in the \
                 repository was read",
                "only what main, v1 reach was read (1,234 objects)",
            ),
            (
                "refs a b c d",
                "nothing found in what 4 refs reach (1,234 objects); nothing else in the \
                 repository was read",
                "only what 4 refs reach was read (1,234 objects)",
            ),
            (
                "worktree",
                "nothing found in the work tree (6 files); no history was read",
                "only the work tree was read (6 files), no history",
            ),
        ] {
            report.target.selection = selection.to_owned();
            report.findings.clear();
            assert_eq!(text(&report), nothing);
            report.findings.push(fixture::pair(1));
            let expected = format!("1 finding, 1 with the secret; {something}");
            assert_eq!(text(&report), expected);
        }
    }

    #[test]
    fn unread_submodules_are_named_in_the_last_line() {
        let mut report = fixture::empty();
        report.coverage.refs.submodules_unread = 2;
        let nothing = "nothing found in 0 objects, but NOT swept: 2 submodules";
        assert_eq!(text(&report), nothing);
        report.findings.push(fixture::pair(1));
        assert_eq!(
            text(&report),
            "1 finding, 1 with the secret; everything was read, except 2 submodules"
        );
    }

    #[test]
    fn limits_count_only_when_strict() {
        let mut report = fixture::empty();
        report.limits.push(Limit {
            kind: "lfs-pointer",
            object: None,
            detail: "not in git".to_owned(),
        });
        assert!(text(&report).starts_with("clean"));
        report.strict = true;
        assert_eq!(
            text(&report),
            "INCOMPLETE: nothing found in what was read, but 1 limit"
        );
    }

    #[test]
    fn findings_come_first_and_gaps_are_not_forgotten() {
        let mut report = fixture::pushed_pair();
        assert_eq!(
            text(&report),
            "1 finding, 1 with the secret; everything was read"
        );
        report.gaps.push(Gap::new(GapKind::Time, "time is over"));
        assert_eq!(
            text(&report),
            "1 finding, 1 with the secret; INCOMPLETE: 1 gap, there may be more"
        );
    }

    #[test]
    fn what_low_confidence_hides_is_not_called_clean() {
        let mut report = fixture::empty();
        fixture::suppress_into(&mut report, SuppressionReason::LowConfidence);
        assert_eq!(
            text(&report),
            "nothing shown, but 1 finding of low confidence suppressed; everything was read"
        );
        let mut report = fixture::empty();
        fixture::suppress_into(&mut report, SuppressionReason::Documentation);
        assert!(text(&report).starts_with("clean"));
    }
}
