//! A stop in the history stage costs history, never findings.

use crate::git::history::pace::GaveUp;
use crate::git::testrepo::TestRepo;
use crate::model::{Control, Coverage, GapKind, Report, StopCause};
use crate::rules::RuleSet;
use crate::sweep::budget::Budget;
use crate::sweep::memory::{Memory, Way};
use crate::sweep::{Limits, Repo, Selection, Stages, SweepPlan};
use crate::testkeys::Keys;

fn with_stages<T>(repo: &TestRepo, run: impl FnOnce(&Stages<'_>) -> T) -> T {
    let plan = SweepPlan {
        rules: None,
        full_scan: false,
        recurse_submodules: false,
        now: None,
        path: repo.path().to_owned(),
        path_is_explicit: true,
        selection: Selection::All,
        threads: 1,
        min_confidence: crate::model::Confidence::Low,
        trace_placeholders: false,
        allow_incomplete: Vec::new(),
        strict: false,
        limits: Limits {
            object_size_max: None,
            hits_max: 100,
        },
        allowances: std::sync::Arc::default(),
        known: None,
        again: None,
        verification: None,
        cache: None,
    };
    let control = Control::default();
    let canaries = crate::canaries::Canaries::builtin().unwrap();
    let stages = Stages {
        verifier: None,
        canaries: &canaries,
        plan: &plan,
        control: &control,
        repo: &Repo::open(repo.path(), true).unwrap(),
        rules: &RuleSet::builtin().unwrap(),
        placeholders: &crate::placeholders::Placeholders::builtin().unwrap(),
    };
    run(&stages)
}

/// Sweeps a repository that has a key and lacks a blob; `stop` is asked for when everything is
/// read.
fn sweep(repo: &TestRepo, stop: Option<StopCause>) -> Report {
    with_stages(repo, |stages| {
        let tips = stages.tips().unwrap();
        let budget = Budget::new(100, stages.placeholders);
        let memory = &mut Memory::default();
        let mut swept = stages
            .read_objects(&tips, &budget, memory, Way::Fresh)
            .unwrap();
        if let Some(cause) = stop {
            stages.control.stop(cause);
        }
        stages.conclude(&tips, &budget, &mut swept, None).unwrap().0
    })
}

fn with_key_and_hole() -> TestRepo {
    let repo = TestRepo::new(&[]);
    let text = format!("aws_access_key_id = {}\n", Keys::new(60).access_key_id());
    repo.commit("k", text, "add a key");
    repo.commit("gone", "gone\n", "add what goes missing");
    let blob = repo.git(&["rev-parse", "HEAD:gone"]);
    let loose = format!("objects/{}/{}", &blob[..2], &blob[2..]);
    std::fs::remove_file(repo.git_dir().join(loose)).unwrap();
    repo
}

#[test]
fn findings_outlive_a_stop() {
    let repo = with_key_and_hole();
    let whole = sweep(&repo, None);
    assert_eq!(whole.findings.len(), 1);
    assert!(whole.findings[0].exposure.introduced.is_some());
    let kinds: Vec<_> = whole.gaps.iter().map(|gap| gap.kind).collect();
    assert_eq!(kinds, [GapKind::Missing]);
    for (cause, kind) in [
        (StopCause::Deadline, GapKind::Time),
        (StopCause::Interrupt, GapKind::Interrupted),
    ] {
        let report = sweep(&repo, Some(cause));
        assert_eq!(report.findings.len(), 1);
        let (known, told) = (&whole.findings[0], &report.findings[0]);
        assert_eq!(known.fingerprint, told.fingerprint);
        assert!(told.exposure.introduced.is_none());
        let kinds: Vec<_> = report.gaps.iter().map(|gap| gap.kind).collect();
        assert_eq!(kinds, [kind]);
        assert!(report.gaps[0].detail.contains("history"));
        assert!(!report.complete());
    }
}

#[test]
fn missing_objects_are_a_gap_even_if_nobody_can_tell_who_needs_them() {
    let gaps = |repo: &TestRepo| {
        with_stages(repo, |stages| {
            let tips = stages.tips().unwrap();
            let budget = Budget::new(100, stages.placeholders);
            let memory = &mut Memory::default();
            let swept = stages
                .read_objects(&tips, &budget, memory, Way::Fresh)
                .unwrap();
            let (objects, read) = (swept.objects, swept.read);
            let mut traced = super::Traced::default();
            let bound = Some(Err(GaveUp::Bound));
            let coverage = &mut Coverage::default();
            stages.account((&objects, &read), None, bound, coverage, &mut traced);
            let kinds = traced.gaps.iter().map(|gap| gap.kind);
            kinds.collect::<Vec<_>>()
        })
    };
    assert_eq!(gaps(&with_key_and_hole()), [GapKind::Missing]);
    let whole = TestRepo::new(&[]);
    whole.commit("k", "nothing\n", "nothing");
    assert_eq!(gaps(&whole), []);
}
