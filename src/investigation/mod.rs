//! What was done with a key, what it became, and what still stands, from CloudTrail's files.
//!
//! Reads files in every form that people have them in ([`source`]: trail files, `lookup-events`, tables
//! of Athena and CloudTrail Lake), takes a cheap look at each record ([`glance`]), parses those that
//! matter ([`record`]), and keeps each once ([`ledger`]). Files are read again as long as that finds
//! anything new ([`round`]). At the end it is clear who is who ([`tree`]) and what stands
//! ([`standing`]). `calls.toml` knows AWS's calls ([`calls`]). Nothing is asked of AWS, and no command
//! is run.

mod calls;
mod compare;
mod coverage;
mod files;
mod glance;
mod ledger;
mod mint;
mod names;
mod path;
mod record;
mod round;
mod rows;
mod script;
mod source;
mod split;
mod stamped;
mod standing;
mod subjects;
mod time;
mod token;
mod tree;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

pub use calls::TableError;
pub use script::{LookUp, look_up_script};
pub use subjects::{SubjectsError, of_id, subjects};

use crate::model::{Control, Group, Investigation, StopCause, Subject};
use calls::Calls;
use compare::Counts;
use ledger::{Ledger, Outcome, Tally};
use mint::Handle;
use round::Rounds;
use tree::Tree;

/// What to look for, and where.
#[derive(Clone, Debug)]
pub struct InvestigationPlan {
    /// The keys.
    pub subjects: Vec<Subject>,
    /// Files, and folders with files.
    pub inputs: Vec<PathBuf>,
    /// Worker threads, at least 1.
    pub threads: usize,
}

/// Why nothing trustworthy came out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// keysweep's own table or threads could not be set up.
    #[error("could not start: {0}")]
    Start(String),
}

/// Looks through the files.
///
/// # Errors
/// keysweep cannot start. Files that cannot be read are gaps.
pub fn investigate(plan: &InvestigationPlan, control: &Control) -> Result<Investigation, Error> {
    let start = |error: &dyn std::fmt::Display| Error::Start(error.to_string());
    let calls = Calls::builtin().map_err(|error| start(&error))?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.threads)
        .build();
    let pool = pool.map_err(|error| start(&error))?;
    Ok(pool.install(|| look_through(plan, &calls, control)))
}

fn look_through(plan: &InvestigationPlan, calls: &Calls, control: &Control) -> Investigation {
    let mut found = Investigation {
        subjects: plan.subjects.clone(),
        ..Investigation::default()
    };
    let mut gaps = Vec::new();
    let (files, passed_over) = files::list(&plan.inputs, &mut gaps);
    let since = plan
        .subjects
        .iter()
        .filter_map(|subject| Some((subject.access_key_id.clone(), subject.introduced?)));
    let rounds = Rounds::new(calls, control, Ledger::new(since.collect()));
    let keys = plan
        .subjects
        .iter()
        .map(|s| Handle::Key(s.access_key_id.clone()).token());
    rounds.tracked.add(&keys.collect::<Vec<_>>());
    let mut read = rounds.read(&files);
    gaps.append(&mut read.gaps);
    if let Some(cause) = control.stopped() {
        let (kind, detail) = match cause {
            StopCause::Deadline => ("time", "--max-time is over"),
            StopCause::Interrupt | StopCause::Terminate => {
                ("interrupted", "a signal ended it early")
            }
        };
        gaps.push(source::gap(Path::new(""), kind, detail));
    }
    let mut ledger = rounds
        .ledger
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if ledger.is_full {
        let detail = "more calls that changed something than are kept";
        gaps.push(source::gap(Path::new(""), "hit-limit", detail));
    }
    ledger.sort();
    gaps.sort();
    gaps.dedup();
    found.coverage.gaps = gaps;
    found.coverage.passed_over = passed_over;
    found.coverage.bytes_read = files.iter().map(|file| file.bytes).sum();
    found.coverage.bytes_unpacked = read.bytes;
    read.seen.finish(&mut found.coverage, &plan.subjects);
    conclude(&mut found, ledger, calls);
    found
}

/// From calls to who is who and what stands.
fn conclude(found: &mut Investigation, ledger: Ledger, calls: &Calls) {
    let mut tree = Tree::grow(&found.subjects, &ledger.deeds);
    let since: HashMap<usize, i64> = found
        .subjects
        .iter()
        .enumerate()
        .filter_map(|(at, subject)| Some((at, subject.introduced?)))
        .collect();
    let mut counts = Counts::default();
    for (kind, tally) in &ledger.tallies {
        if let Some(at) = tree.of_looks(kind, *tally) {
            counts.looks(at, kind, *tally);
            tree.count(at, kind.outcome, *tally);
        }
    }
    for event in &ledger.deeds {
        if let Some(at) = tree.of(&event.caller, event.role.as_deref(), event.time) {
            counts.deed(at, event, since.get(&at).copied());
            let tally = Tally {
                count: 1,
                first: event.time,
                last: event.time,
            };
            tree.count(at, Outcome::of(event), tally);
        }
    }
    found.resources = standing::resources(calls, &tree, &ledger.deeds);
    let (activity, comparisons, mut timeline) = counts.finish(&found.subjects);
    timeline.extend(compare::steps(&tree.identities, &found.resources));
    compare::order(&mut timeline);
    (found.activity, found.comparisons, found.timeline) = (activity, comparisons, timeline);
    found.unlisted = ledger.unlisted;
    let mut events = ledger.deeds;
    events.extend(ledger.looks);
    events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    found.events = compare::events(&tree, events, found, calls);
    found.identities = tree.identities;
    found.activity.sort_by(|a, b| {
        let order =
            |a: &crate::model::Activity| Group::ALL.iter().position(|group| *group == a.group);
        (a.identity, order(a), &a.service, &a.name, &a.region).cmp(&(
            b.identity,
            order(b),
            &b.service,
            &b.name,
            &b.region,
        ))
    });
}
