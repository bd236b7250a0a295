//! `--recurse-submodules`: repositories of submodules, each swept on its own and added to the
//! report of the one around them.
//!
//! Their objects, refs and histories are their own, so a credential that lies in two repositories
//! is two findings: each has its own exposure, and its own steps.

use super::{Stages, SweepPlan, sweep_asking};
use crate::git::repo::Repo;
use crate::git::submodules::{self, Submodule};
use crate::grading;
use crate::model::{Aside, Finding, Gap, GapKind, Report};

/// What a note about submodules that were not swept is called.
const UNREAD: &str = "submodules";

/// Sweeps the submodules of a repository that was swept, and adds what is there to its report.
pub(super) fn add(stages: &Stages<'_>, report: &mut Report) {
    let (plan, repo) = (stages.plan, stages.repo);
    // What could not be listed is a gap of the report already.
    let found = submodules::submodules(repo, &mut Vec::new());
    report.notes.retain(|note| note.kind != UNREAD);
    report.coverage.refs.submodules_unread = 0;
    report
        .gaps
        .extend(submodules::unfetched(repo, stages.control));
    // What is not fit to remember this repository is not for what lies in it.
    let is_refused = report
        .asides
        .iter()
        .any(|aside| matches!(aside, Aside::Warning(_)));
    for Submodule { name, git_dir } in found {
        let own = SweepPlan {
            path: git_dir.clone(),
            path_is_explicit: true,
            // Its own submodules are in the list already.
            recurse_submodules: false,
            cache: plan.cache.clone().filter(|_| !is_refused),
            ..plan.clone()
        };
        let swept = sweep_asking(&own, stages.control, stages.verifier).and_then(|mut inner| {
            let repo = Repo::open(&own.path, true)?;
            let unfetched = submodules::unfetched(&repo, stages.control);
            inner.gaps.extend(unfetched);
            Ok(inner)
        });
        match swept {
            Ok(inner) => absorb(&name, inner, report),
            Err(error) => {
                report.coverage.refs.submodules_unread += 1;
                let detail = format!("the submodule cannot be swept: {error}; {}", error.hint());
                let shown = repo.shown(&git_dir);
                report
                    .gaps
                    .push(Gap::of_path(GapKind::Unreadable, shown, detail));
            }
        }
    }
    grading::sort(&mut report.findings, |finding| finding);
    grading::sort(&mut report.suppressed, |suppressed| &suppressed.finding);
    report.gaps.sort();
    report.gaps.dedup();
    report.limits.sort();
    report.notes.sort();
}

/// Adds the report of one submodule. What has no field for its name says it in words.
pub(super) fn absorb(name: &str, mut inner: Report, report: &mut Report) {
    // Those in it are swept as well, or counted where they cannot be.
    inner.coverage.refs.submodules_unread = 0;
    let named = |detail: &str| format!("in the submodule \"{name}\": {detail}");
    let belongs = |finding: Finding| Finding {
        submodule: Some(name.to_owned()),
        ..finding
    };
    report.coverage.add(&inner.coverage);
    report.coverage.refs.add(&inner.coverage.refs);
    report.gaps.extend(inner.gaps.into_iter().map(|gap| Gap {
        // That time ran out is said once.
        detail: match gap.kind {
            GapKind::Time | GapKind::Interrupted => gap.detail,
            _ => named(&gap.detail),
        },
        ..gap
    }));
    for mut limit in inner.limits {
        limit.detail = named(&limit.detail);
        report.limits.push(limit);
    }
    // What is unused in one repository may be used in another; that is told of all in the end.
    let told = |kind: &str| kind == UNREAD || kind.starts_with("baseline-");
    for mut note in inner.notes.into_iter().filter(|note| !told(note.kind)) {
        note.detail = named(&note.detail);
        report.notes.push(note);
    }
    report
        .findings
        .extend(inner.findings.into_iter().map(belongs));
    for mut suppressed in inner.suppressed {
        suppressed.finding = belongs(suppressed.finding);
        report.suppressed.push(suppressed);
    }
    report.unlisted.extend(inner.unlisted);
    report.stored.extend(inner.stored);
    report.asides.extend(inner.asides);
}
