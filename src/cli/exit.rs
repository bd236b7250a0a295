//! The exit codes, a contract.

use crate::model::{Finding, Report, StopCause, SuppressionReason, ValidityState};

/// Complete, and nothing at or above `--fail-on`.
pub(super) const CLEAN: u8 = 0;
/// Findings at or above `--fail-on`, unless `--exit-code` says otherwise.
pub(super) const FINDINGS: u8 = 1;
/// A usage error, or nothing trustworthy came out.
pub(super) const USAGE: u8 = 2;
/// Nothing at or above `--fail-on`, but something was not read.
pub(super) const INCOMPLETE: u8 = 3;
/// SIGINT: 128 and the signal's number, as shells have it.
pub(super) const INTERRUPTED: u8 = 130;
/// SIGTERM.
pub(super) const TERMINATED: u8 = 143;

/// From which findings on a sweep fails. Each level holds the findings of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(super) enum FailOn {
    /// Any finding, of low confidence too
    Low,
    /// Confidence medium or high
    Medium,
    /// Confidence high (any plausible key ID), and every pair
    High,
    /// An ID with its secret, or a key of a single service that works alone
    Pair,
    /// Verified active, which only --verify can tell
    Active,
}

/// The level that a finding reaches.
fn level(finding: &Finding) -> FailOn {
    use crate::model::Confidence;
    if finding.validity.state == ValidityState::Active {
        return FailOn::Active;
    }
    // Whoever has a wrong secret has none.
    let is_whole = finding.validity.state != ValidityState::IdActive;
    if is_whole && (finding.is_pair() || finding.is_usable()) {
        return FailOn::Pair;
    }
    match finding.confidence() {
        Confidence::Low => FailOn::Low,
        Confidence::Medium => FailOn::Medium,
        Confidence::High => FailOn::High,
    }
}

/// How many findings make the sweep fail: those shown, and those hidden only for their low
/// confidence. Placeholders never count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Failing {
    /// Of those shown.
    pub(super) shown: usize,
    /// Of those suppressed for low confidence.
    pub(super) hidden: usize,
}

impl Failing {
    /// Counts in a report.
    pub(super) fn count(report: &Report, fail_on: FailOn) -> Failing {
        let counts = |finding: &&Finding| level(finding) >= fail_on;
        let low = report
            .suppressed
            .iter()
            .filter(|s| s.reason == SuppressionReason::LowConfidence)
            .map(|s| &s.finding);
        Failing {
            shown: report.findings.iter().filter(counts).count(),
            hidden: low.filter(counts).count(),
        }
    }

    /// True if there is any.
    pub(super) const fn any(self) -> bool {
        self.shown + self.hidden > 0
    }
}

/// What became of the reports that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// All of them are out, or the reader of stdout had enough.
    Yes,
    /// One could not be written.
    Failed,
}

/// All that the exit code depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation {
    /// Something at or above `--fail-on` was found.
    pub(super) failing: bool,
    /// Everything was read, but for gaps the user accepted.
    pub(super) complete_enough: bool,
    /// The signal that ended the sweep early.
    pub(super) stopped: Option<StopCause>,
    /// Whether the reports are out.
    pub(super) written: Written,
    /// `--exit-code`.
    pub(super) findings_code: u8,
}

/// The exit code of a sweep that produced a report.
pub(super) const fn code(situation: Situation) -> u8 {
    let code = match situation.stopped {
        Some(StopCause::Interrupt) => INTERRUPTED,
        Some(StopCause::Terminate) => TERMINATED,
        // Time that runs out is a gap like any other.
        Some(StopCause::Deadline) | None => verdict(situation),
    };
    match (code, situation.written) {
        (CLEAN, Written::Failed) => USAGE,
        _ => code,
    }
}

const fn verdict(situation: Situation) -> u8 {
    // `--exit-code 0` accepts findings, but never hides that something was not read.
    if situation.failing && situation.findings_code != CLEAN {
        situation.findings_code
    } else if situation.complete_enough {
        CLEAN
    } else {
        INCOMPLETE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, CredentialKind, Suppressed};
    use crate::report::fixture;

    fn base() -> Situation {
        Situation {
            failing: false,
            complete_enough: true,
            stopped: None,
            written: Written::Yes,
            findings_code: FINDINGS,
        }
    }

    #[test]
    fn the_contract_case_by_case() {
        let findings = Situation {
            failing: true,
            ..base()
        };
        let incomplete = Situation {
            complete_enough: false,
            ..base()
        };
        let both = Situation {
            failing: true,
            ..incomplete
        };
        let stop = |cause, s| Situation {
            stopped: Some(cause),
            ..s
        };
        let unwritten = |s| Situation {
            written: Written::Failed,
            ..s
        };
        let moved = |findings_code, s| Situation { findings_code, ..s };
        let cases = [
            ("complete, nothing", base(), 0),
            ("findings, complete", findings, 1),
            ("findings, incomplete", both, 1),
            ("nothing, incomplete", incomplete, 3),
            ("unwritten, nothing", unwritten(base()), 2),
            ("unwritten, findings", unwritten(findings), 1),
            ("unwritten, incomplete", unwritten(incomplete), 3),
            ("interrupted", stop(StopCause::Interrupt, incomplete), 130),
            (
                "interrupted, findings",
                stop(StopCause::Interrupt, both),
                130,
            ),
            ("terminated", stop(StopCause::Terminate, incomplete), 143),
            (
                "terminated, unwritten",
                unwritten(stop(StopCause::Terminate, both)),
                143,
            ),
            ("out of time", stop(StopCause::Deadline, incomplete), 3),
            ("out of time, findings", stop(StopCause::Deadline, both), 1),
            ("moved, findings", moved(42, findings), 42),
            ("moved, nothing", moved(42, base()), 0),
            ("moved, incomplete", moved(42, incomplete), 3),
            ("moved to 0, findings", moved(0, findings), 0),
            ("moved to 0, findings, incomplete", moved(0, both), 3),
            (
                "moved to 0, findings, unwritten",
                moved(0, unwritten(findings)),
                2,
            ),
        ];
        for (name, situation, expected) in cases {
            assert_eq!(code(situation), expected, "{name}");
        }
    }

    /// One finding of every level, from low to active.
    fn ladder() -> Vec<Finding> {
        let alone = |confidence| {
            let mut finding = fixture::pair(1);
            finding.credential.kind = CredentialKind::AccessKeyId;
            finding.credential.secret = None;
            finding.credential.confidence = confidence;
            finding
        };
        let mut pair = fixture::pair(2);
        pair.credential.confidence = Confidence::Medium;
        let mut active = fixture::pair(3);
        active.validity.state = ValidityState::Active;
        vec![
            alone(Confidence::Low),
            alone(Confidence::Medium),
            alone(Confidence::High),
            pair,
            active,
        ]
    }

    #[test]
    fn each_level_is_a_subset_of_the_one_before() {
        let mut report = fixture::empty();
        report.findings = ladder();
        let levels = [
            FailOn::Low,
            FailOn::Medium,
            FailOn::High,
            FailOn::Pair,
            FailOn::Active,
        ];
        let counts = levels.map(|fail_on| Failing::count(&report, fail_on).shown);
        assert_eq!(counts, [5, 4, 3, 2, 1]);
    }

    #[test]
    fn low_confidence_is_hidden_but_counts_and_placeholders_never_do() {
        let mut report = fixture::empty();
        let low = ladder().remove(0);
        for reason in [
            SuppressionReason::LowConfidence,
            SuppressionReason::Placeholder,
            SuppressionReason::Documentation,
        ] {
            let finding = low.clone();
            report.suppressed.push(Suppressed { finding, reason });
        }
        let failing = Failing::count(&report, FailOn::Low);
        assert_eq!(
            failing,
            Failing {
                shown: 0,
                hidden: 1
            }
        );
        assert!(failing.any());
        assert!(!Failing::count(&report, FailOn::Medium).any());
    }
}
