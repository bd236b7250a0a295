//! Whole reports for people.

use super::{oid, options, rich, snapshot, text};
use crate::model::{Coverage, Gap, GapKind, Held, Pushed, Report, Severity, Traced};
use crate::report::{Format, Options, fixture};

#[test]
fn short_reports_for_people() {
    let mut report = fixture::pushed_pair();
    snapshot("human_pushed_pair", &report, Format::Human, &options());
    report.findings.clear();
    snapshot("human_clean", &report, Format::Human, &options());
}

/// A key in every place that is only here, and what was not read besides.
fn local() -> Report {
    let mut report = fixture::pushed_pair();
    let holders = [
        Held::Reflog("HEAD".to_owned()),
        Held::Stash("stash@{1}".to_owned()),
        Held::Stash("stash@{11}".to_owned()),
        Held::Worktree("linked".to_owned()),
        Held::Index("main".to_owned()),
        Held::PseudoRef("ORIG_HEAD".to_owned()),
        Held::File("COMMIT_EDITMSG".to_owned()),
        Held::Index("linked".to_owned()),
        Held::Dangling,
    ];
    for (seed, held) in (10..).zip(holders) {
        let mut finding = fixture::pair(seed);
        finding.severity = Severity::High;
        let exposure = fixture::exposure(&mut finding);
        (exposure.pushed, exposure.pushed_to) = (Pushed::NotSeen, Vec::new());
        exposure.refs.clear();
        exposure.ref_count = 0;
        exposure.held_by = vec![held];
        report.findings.push(finding);
    }
    let mut in_commits = fixture::pair(30);
    fixture::never_pushed(&mut in_commits);
    fixture::exposure(&mut in_commits).refs =
        (1..20).map(|n| format!("refs/heads/feature-{n}")).collect();
    fixture::exposure(&mut in_commits).ref_count = 42;
    fixture::exposure(&mut in_commits).held_by = vec![
        Held::Reflog("HEAD".to_owned()),
        Held::Reflog("refs/heads/feature-1".to_owned()),
        Held::Index("main".to_owned()),
    ];
    report.findings.push(in_commits);
    report.coverage.refs.submodules_unread = 1;
    let mut shut = Gap::new(
        GapKind::Unreadable,
        "the pack cannot be opened: permission denied",
    );
    shut.path = Some(b"objects/pack/pack-1.pack".to_vec());
    let missing = Gap::of_object(GapKind::Missing, oid(0x21), "something reachable needs it");
    report.gaps = vec![missing, shut];
    report
}

#[test]
fn what_is_only_here_has_a_step_for_each_holder() {
    snapshot("human_local", &local(), Format::Human, &options());
}

#[test]
fn lines_fit_the_terminal_but_for_names_and_commands() {
    for width in [60, 80, 120] {
        let options = Options { width, ..options() };
        for report in [local(), fixture::pushed_pair()] {
            let shown = text(&report, Format::Human, &options);
            let (verdict, rest) = shown
                .trim_end()
                .rsplit_once('\n')
                .map(|(a, b)| (b, a))
                .unwrap();
            assert!(!verdict.is_empty());
            for line in rest.lines() {
                let command = ["      aws ", "      git "];
                let free = command.iter().any(|start| line.starts_with(start));
                let one_piece = !line.trim_start_matches([' ', '|', '=']).contains(' ');
                let fits = line.chars().count() <= width;
                assert!(
                    fits || free || one_piece || line.contains("]: AWS"),
                    "{line}"
                );
            }
        }
    }
}

#[test]
fn a_part_of_a_repository_says_so_from_the_first_line() {
    let mut report = fixture::pushed_pair();
    fixture::never_pushed(&mut report.findings[0]);
    fixture::exposure(&mut report.findings[0]).traced = Traced::WithoutHead;
    report.target.selection = "refs main v1".to_owned();
    snapshot("human_refs", &report, Format::Human, &options());
    report.target.selection = "worktree".to_owned();
    let finding = &mut report.findings[0];
    finding.exposure = std::sync::Arc::default();
    for occurrence in &mut finding.occurrences {
        (occurrence.object, occurrence.commit) = (None, None);
    }
    report.coverage = Coverage::default();
    (report.coverage.files, report.coverage.bytes) = (3, 400);
    snapshot("human_worktree", &report, Format::Human, &options());
}

#[test]
fn colour_adds_nothing_but_colour() {
    let plain = text(&rich(), Format::Human, &options());
    assert!(!plain.contains('\x1b'));
    let colour = Options {
        colour: true,
        ..options()
    };
    let coloured = text(&rich(), Format::Human, &colour);
    assert_ne!(coloured, plain);
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn without_a_clock_nothing_is_said_about_ages() {
    let still = Options::default();
    assert!(!text(&rich(), Format::Human, &still).contains(" ago"));
    assert!(text(&rich(), Format::Human, &options()).contains("(2 years ago)"));
}
