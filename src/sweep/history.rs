//! Between reading and pairing: the history of what was found, and what is missing. Whatever the
//! reason to give up, findings stay; they only know less of their history.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::budget::Budget;
use super::memory::Remembered;
use super::told::{self, Told};
use super::{Scanned, Stages, names};
use crate::git::attribution::{Carrier, History};
use crate::git::history::needers::Needer;
use crate::git::history::pace::GaveUp;
use crate::git::objects::Objects;
use crate::git::past::Growth;
use crate::git::past::bound::Bound;
use crate::git::source::{self, Read};
use crate::git::tips::Tips;
use crate::model::{
    self, Coverage, Credential, Exposure, Gap, Hit, Limit, Location, Note, ObjectId, Place,
    StopCause,
};
use crate::pairing;

/// What history tells.
#[derive(Default)]
pub(super) struct Traced<'a> {
    pub(super) history: Option<History<'a>>,
    /// Where each object with hits stands, by its number.
    pub(super) locations: BTreeMap<u32, Arc<Location>>,
    pub(super) gaps: Vec<Gap>,
    pub(super) notes: Vec<Note>,
    pub(super) limits: Vec<Limit>,
    /// What is known of each set of carriers, once history was asked.
    pub(super) told: Option<Vec<(Vec<Carrier>, Exposure)>>,
}

impl Traced<'_> {
    /// True if history may know more than what is remembered of it tells.
    pub(super) fn is_unsure(&self, objects: &Objects) -> bool {
        objects.past().is_some_and(Bound::lacks) || (objects.past().is_some() && self.is_bounded())
    }

    /// What the report says besides findings, as far as it does not come from objects.
    pub(super) fn scanned(
        self,
        stages: &Stages<'_>,
        tips: &Tips,
        budget: &Budget<'_>,
        coverage: Coverage,
    ) -> Scanned {
        let Traced {
            mut gaps,
            mut notes,
            mut limits,
            ..
        } = self;
        limits.extend(budget.limit());
        gaps.extend(tips.gaps.iter().chain(&stages.repo.gaps).cloned());
        gaps.extend(budget.gap());
        notes.extend_from_slice(&tips.notes);
        notes.extend_from_slice(&stages.repo.notes);
        Scanned {
            limits,
            coverage,
            gaps,
            notes,
        }
    }

    /// True if not all of history was looked at, and what was depends on more than history.
    fn is_bounded(&self) -> bool {
        self.limits.iter().any(|limit| limit.kind == "history")
            || self.gaps.iter().any(|gap| gap.object.is_none())
            || self
                .locations
                .values()
                .any(|location| location.path_count_at_least)
    }
}

/// What the next sweep may take for granted.
#[derive(Default)]
pub(super) struct Lasting {
    /// What history said.
    pub(super) told: Option<Told>,
    /// What it was said of.
    pub(super) past: Option<Growth>,
    /// Objects that need not be read again although something was found in them.
    pub(super) remembered: Remembered,
}

impl Lasting {
    /// What there is to remember: nothing that may hold a value, or may be different next time.
    pub(super) fn of<S>(
        (objects, read): (&Objects, &Read<S>),
        traced: &Traced<'_>,
        credentials: &[Credential],
        coverage: &Coverage,
    ) -> Lasting {
        let Some(told) = Told::of(objects, read, traced, credentials, coverage) else {
            return Lasting::default();
        };
        let history = traced.history.as_ref();
        let history = history.filter(|_| objects.is_followed(read) && !traced.is_bounded());
        let past = history.and_then(|history| objects.past_of(history, told.stamps()));
        let past = past.filter(|past| {
            let texts: Vec<&[u8]> = past.texts().collect();
            !told::may_hold_values(credentials, &texts.join(&b'\n'))
        });
        Lasting {
            told: Some(told),
            past,
            remembered: Remembered::default(),
        }
    }
}

impl Stages<'_> {
    /// Objects whose history is worth asking for: those with hits that are no placeholders.
    pub(super) fn objects_to_trace(&self, hits: &[Hit]) -> BTreeSet<ObjectId> {
        self.to_trace(hits.iter())
    }

    /// The same without those that nothing comes of.
    pub(super) fn objects_to_pair(&self, hits: &[Hit]) -> BTreeSet<ObjectId> {
        let is_lonely = pairing::lonely(hits);
        self.to_trace(hits.iter().filter(|hit| !is_lonely(hit)))
    }

    fn to_trace<'h>(&self, hits: impl Iterator<Item = &'h Hit>) -> BTreeSet<ObjectId> {
        let worth = |hit: &&Hit| self.plan.trace_placeholders || hit.placeholder.is_none();
        let objects = hits.filter(worth).filter_map(|hit| match hit.place {
            Place::Object { id, .. } => Some(id),
            _ => None,
        });
        objects.collect()
    }

    /// Accounts for what could not be read, and traces objects with hits. After a stop nothing is
    /// traced: what was read is only a part.
    pub(super) fn trace<'a, S>(
        &'a self,
        objects: &'a Objects,
        read: &'a Read<S>,
        tips: &'a Tips,
        (hits, always): (&BTreeSet<ObjectId>, bool),
        coverage: &mut Coverage,
    ) -> Traced<'a> {
        self.control.begin_tracing();
        let mut traced = Traced::default();
        let history = match self.control.check_clock() {
            // The stop came while objects were read, and is a gap already; or just now.
            Some(cause) if read.gaps.contains(&source::stop_gap(cause)) => None,
            Some(cause) => {
                traced.gaps.push(stop_gap(cause));
                None
            }
            None => {
                // What is remembered for the next sweep is history, whether or not it was asked.
                let always = always || self.plan.cache.is_some();
                objects.trace(read, tips, hits, always, self.control)
            }
        };
        let needers = history.as_ref().map(History::needers);
        self.account(
            (objects, read),
            history.as_ref(),
            needers,
            coverage,
            &mut traced,
        );
        traced.locations = history
            .as_ref()
            .and_then(|history| self.unless_given_up(history.locations(), &mut traced))
            .unwrap_or_default();
        if let Some(history) = &history {
            traced.limits.extend(long_paths(history, &traced.locations));
        }
        traced.history = history;
        traced
    }

    /// Says what is damaged, and what is missing and needed. If it could not be told who needs what
    /// is missing, that is a gap: it may be anything.
    fn account<S>(
        &self,
        (objects, read): (&Objects, &Read<S>),
        history: Option<&History<'_>>,
        needers: Option<Result<HashMap<u32, Needer>, GaveUp>>,
        coverage: &mut Coverage,
        traced: &mut Traced<'_>,
    ) {
        if matches!(needers, Some(Err(GaveUp::Bound))) {
            traced.gaps.extend(objects.untold_missing());
        }
        let needers = needers.and_then(|result| self.unless_given_up(result, traced));
        let damage = objects.damage(read, needers.as_ref(), &mut traced.notes);
        traced.gaps.extend(damage);
        if let (Some(history), Some(needers)) = (history, &needers) {
            let (gaps, notes) = objects.missing(history, needers, coverage);
            traced.gaps.extend(gaps);
            traced.notes.extend(notes);
        }
    }

    /// True if it is of interest where a credential went.
    pub(super) fn is_worth_tracing(&self, credential: &Credential) -> bool {
        self.plan.trace_placeholders || credential.placeholder.is_none()
    }

    /// How far each credential has spread; nothing is known of placeholders, or after a stop.
    pub(super) fn exposures(
        &self,
        credentials: &[Credential],
        tips: &Tips,
        traced: &mut Traced<'_>,
    ) -> Vec<Arc<Exposure>> {
        let places = names::places(credentials, |c: &Credential| self.is_worth_tracing(c));
        let nothing = || vec![Arc::default(); credentials.len()];
        if places.distinct.is_empty() {
            return nothing();
        }
        let Some(history) = traced.history.take() else {
            return nothing();
        };
        let told = history.exposures(&places.distinct);
        let Some((told, cut)) = self.unless_given_up(told, traced) else {
            return nothing();
        };
        if cut {
            let detail = "so many commits introduce credentials that some refs which reach \
                          them are not counted";
            traced.limits.push(limit(detail));
        }
        let known = if tips.head.is_none() || history.has_head() {
            model::Traced::Yes
        } else {
            model::Traced::WithoutHead
        };
        let told = told.into_iter().map(|told| Exposure {
            traced: known,
            ..told
        });
        let told: Vec<Exposure> = told.collect();
        traced.history = Some(history);
        traced.told = Some(places.distinct.iter().cloned().zip(told.clone()).collect());
        places.share(told.into_iter())
    }

    /// The result, or `None` and a word in the report on why there is none.
    fn unless_given_up<T>(&self, result: Result<T, GaveUp>, traced: &mut Traced<'_>) -> Option<T> {
        match result {
            Ok(result) => return Some(result),
            Err(GaveUp::Stopped) => {
                let cause = self.control.stopped();
                traced.gaps.extend(cause.map(stop_gap));
            }
            Err(GaveUp::Bound) => {
                let detail = "the history of what was found is too tangled to trace: introducing \
                              commits, paths or refs are left out";
                traced.limits.push(limit(detail));
            }
        }
        None
    }
}

fn limit(detail: &str) -> Limit {
    Limit {
        kind: "history",
        object: None,
        detail: detail.to_owned(),
    }
}

/// The gap that a stop leaves once every object was read.
fn stop_gap(cause: StopCause) -> Gap {
    let kind = source::stop_gap(cause).kind;
    let detail = match cause {
        StopCause::Deadline => "time ran out before history was traced to its end",
        StopCause::Interrupt | StopCause::Terminate => {
            "the sweep was interrupted before history was traced to its end"
        }
    };
    Gap::new(kind, detail)
}

/// Says of which objects no path is short enough to be listed.
fn long_paths(history: &History<'_>, locations: &BTreeMap<u32, Arc<Location>>) -> Vec<Limit> {
    let without = locations
        .iter()
        .filter(|(_, location)| location.paths.is_empty() && location.path_count > 0);
    let limits = without.map(|(number, _)| Limit {
        kind: "long-path",
        object: Some(history.object_id(*number)),
        detail: "no path of this object is short enough to be listed".to_owned(),
    });
    limits.collect()
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
