//! The last line: it says "clean" only if everything was read and nothing was found.

use std::io;

use super::finding::headline;
use super::gaps::why_incomplete;
use super::wording::{count, plural};
use super::{Page, Tone};
use crate::model::{Report, SuppressionReason};

impl Page<'_> {
    pub(super) fn verdict(&mut self) -> io::Result<()> {
        let (tone, text) = verdict(self.report);
        let text = self.paint(tone, &text);
        writeln!(self.out, "{text}")
    }

    pub(super) fn suppressed(&mut self) -> io::Result<()> {
        let report = self.report;
        if report.suppressed.is_empty() {
            return Ok(());
        }
        let by_reason: Vec<String> = [
            SuppressionReason::Documentation,
            SuppressionReason::Placeholder,
            SuppressionReason::LowConfidence,
        ]
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
                let place = self.main_place(&suppressed.finding);
                let reason = suppressed.reason.name();
                writeln!(self.out, "  {reason}: {what}, {place}")?;
            }
        }
        writeln!(self.out)
    }
}

/// How many findings were suppressed for this reason.
fn count_of(report: &Report, reason: SuppressionReason) -> u64 {
    let hidden = report.suppressed.iter();
    hidden.filter(|s| s.reason == reason).count() as u64
}

fn verdict(report: &Report) -> (Tone, String) {
    let totals = report.totals();
    let low = count_of(report, SuppressionReason::LowConfidence);
    if totals.findings > 0 {
        let mut parts = vec![plural(totals.findings, "finding")];
        if totals.pairs > 0 {
            parts.push(format!("{} with the secret", count(totals.pairs)));
        }
        if totals.active > 0 {
            parts.push(format!("{} ACTIVE", count(totals.active)));
        }
        let rest = match why_incomplete(report) {
            None => "everything was read".to_owned(),
            Some(why) => format!("INCOMPLETE: {why}, there may be more"),
        };
        let text = format!("{}; {rest}", parts.join(", "));
        return (Tone::Error, text);
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
    if low > 0 {
        let text = format!(
            "nothing shown, but {} of low confidence suppressed; everything was read",
            plural(low, "finding")
        );
        return (Tone::Warning, text);
    }
    let text = match (report.coverage.read(), report.coverage.files) {
        (0, 0) => {
            "clean: there was nothing to read, and no name holds an AWS credential".to_owned()
        }
        (0, files) => format!("clean: no AWS credentials in {}", plural(files, "file")),
        (objects, _) => format!(
            "clean: no AWS credentials in {}; everything was read",
            plural(objects, "object")
        ),
    };
    (Tone::Good, text)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture;
    use super::*;
    use crate::model::{Coverage, Gap, GapKind, Limit, ObjectKind};

    fn text(report: &Report) -> String {
        verdict(report).1
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
