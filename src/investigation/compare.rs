//! How the key was used before it leaked, what is different after, and the course of things.

use std::collections::BTreeMap;

use super::ledger::{LookKind, Outcome, Tally};
use super::record::Event;
use super::tree::Tree;
use crate::model::{
    Activity, Comparison, Identity, Investigation, Milestone, Standing, Subject, TrailEvent,
    TrailResource, Traits,
};

/// Traits listed of each sort.
const TRAITS_MAX: usize = 200;
/// Steps of the course.
const STEPS_MAX: usize = 2000;

/// Counts calls by identity and kind, and compares before with after.
#[derive(Default)]
pub(super) struct Counts {
    activity: BTreeMap<Key, Activity>,
    sides: BTreeMap<(usize, bool), Side>,
}

type Key = (usize, String, String, String);

#[derive(Default)]
struct Side {
    calls: u64,
    first: Option<i64>,
    last: Option<i64>,
    addresses: BTreeMap<String, u64>,
    agents: BTreeMap<String, u64>,
    regions: BTreeMap<String, u64>,
    names: BTreeMap<String, u64>,
}

impl Counts {
    /// Counts calls that only looked.
    pub(super) fn looks(&mut self, at: usize, kind: &LookKind, tally: Tally) {
        let key = (
            at,
            kind.service.to_string(),
            kind.name.to_string(),
            kind.region.to_string(),
        );
        let activity = self.activity.entry(key).or_insert_with(|| Activity {
            identity: at,
            group: kind.group,
            service: kind.service.clone(),
            name: kind.name.clone(),
            region: kind.region.clone(),
            succeeded: 0,
            denied: 0,
            failed: 0,
            first: tally.first,
            last: tally.last,
        });
        let count = match kind.outcome {
            Outcome::Succeeded => &mut activity.succeeded,
            Outcome::Denied => &mut activity.denied,
            Outcome::Failed => &mut activity.failed,
        };
        *count += tally.count;
        activity.first = activity.first.min(tally.first);
        activity.last = activity.last.max(tally.last);
        let side = self.sides.entry((at, kind.is_after)).or_default();
        side.calls += tally.count;
        side.first = Some(
            side.first
                .map_or(tally.first, |first| first.min(tally.first)),
        );
        side.last = Some(side.last.map_or(tally.last, |last| last.max(tally.last)));
        let call = format!("{}:{}", kind.service, kind.name);
        for (traits, value) in [
            (&mut side.addresses, kind.address.to_string()),
            (&mut side.agents, program(&kind.agent)),
            (&mut side.regions, kind.region.to_string()),
            (&mut side.names, call),
        ] {
            if !value.is_empty() {
                *traits.entry(value).or_default() += tally.count;
            }
        }
    }

    /// Counts a call that did something.
    pub(super) fn deed(&mut self, at: usize, event: &Event, since: Option<i64>) {
        let kind = LookKind {
            caller: event.caller.clone(),
            role: None,
            service: event.service.clone(),
            name: event.name.clone(),
            region: event.region.clone(),
            address: event.address.clone(),
            agent: event.agent.clone(),
            group: event.group,
            outcome: Outcome::of(event),
            is_after: since.is_some_and(|since| event.time >= since),
        };
        let tally = Tally {
            count: 1,
            first: event.time,
            last: event.time,
        };
        self.looks(at, &kind, tally);
    }

    pub(super) fn finish(
        self,
        subjects: &[Subject],
    ) -> (Vec<Activity>, Vec<Comparison>, Vec<Milestone>) {
        let mut comparisons = Vec::new();
        let mut steps = Vec::new();
        let nobody = Side::default();
        for (at, subject) in subjects.iter().enumerate() {
            let before = self.sides.get(&(at, false)).unwrap_or(&nobody);
            let after = self.sides.get(&(at, true)).unwrap_or(&nobody);
            let fresh = |after: &BTreeMap<String, u64>, before: &BTreeMap<String, u64>| {
                let fresh = after.iter().filter(|(name, _)| !before.contains_key(*name));
                list(fresh)
            };
            comparisons.push(Comparison {
                subject: at,
                since: subject.introduced,
                before: before.calls,
                after: after.calls,
                normal: Traits {
                    addresses: list(before.addresses.iter()),
                    agents: list(before.agents.iter()),
                    regions: list(before.regions.iter()),
                    calls: list(before.names.iter()),
                },
                new: Traits {
                    addresses: fresh(&after.addresses, &before.addresses),
                    agents: fresh(&after.agents, &before.agents),
                    regions: fresh(&after.regions, &before.regions),
                    calls: fresh(&after.names, &before.names),
                },
            });
            steps.extend(uses(at, subject, before, after));
        }
        (self.activity.into_values().collect(), comparisons, steps)
    }
}

fn list<'a>(traits: impl Iterator<Item = (&'a String, &'a u64)>) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = traits.map(|(name, count)| (name.clone(), *count)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(TRAITS_MAX);
    all
}

/// A program's name without its version and what it runs on.
fn program(agent: &str) -> String {
    let agent = agent.trim_start_matches('[').trim_end_matches(']');
    let end = agent.find(['/', ' ', ';', '(']).unwrap_or(agent.len());
    let name = if end == 0 { agent } else { &agent[..end] };
    name.chars().take(80).collect()
}

fn uses(at: usize, subject: &Subject, before: &Side, after: &Side) -> Vec<Milestone> {
    let step = |kind, what: &str, time: Option<i64>| {
        time.map(|time| Milestone {
            time,
            kind,
            what: format!("{}: {what}", subject.access_key_id),
            identity: Some(at),
            event: None,
        })
    };
    let is_split = subject.introduced.is_some();
    let first = before.first.or(after.first);
    let last = after.last.or(before.last);
    let steps = [
        step("introduced", "came into git", subject.introduced),
        step("first-use", "first use in the log", first),
        step(
            "last-use-before",
            "last use before it came into git",
            before.last.filter(|_| is_split),
        ),
        step(
            "first-use-after",
            "first use after it came into git",
            after.first.filter(|_| is_split),
        ),
        step("last-use", "last use in the log", last),
    ];
    steps.into_iter().flatten().collect()
}

/// What the identities became and made, as steps.
pub(super) fn steps(identities: &[Identity], resources: &[TrailResource]) -> Vec<Milestone> {
    let mut steps = Vec::new();
    for (at, identity) in identities.iter().enumerate() {
        if let (Some(time), Some(by), Some(parent)) =
            (identity.made, &identity.made_by, identity.parent)
        {
            steps.push(Milestone {
                time,
                kind: "became",
                what: format!(
                    "{} by {by}: {} {}",
                    identities[parent].id,
                    identity.kind.name(),
                    identity.id
                ),
                identity: Some(at),
                event: identity.made_event.clone(),
            });
        }
    }
    for resource in resources {
        let kind = match resource.standing {
            Standing::Changed => "changed",
            Standing::Stands | Standing::Gone => "made",
        };
        steps.push(Milestone {
            time: resource.made,
            kind,
            what: format!("{}: {} {}", resource.call, resource.what, resource.id),
            identity: Some(resource.identity),
            event: Some(resource.event.clone()),
        });
        if let (Some(gone), Standing::Gone) = (&resource.gone, resource.standing) {
            steps.push(Milestone {
                time: gone.time,
                kind: "gone",
                what: format!(
                    "{} by {}: {} {}",
                    gone.call, gone.caller, resource.what, resource.id
                ),
                identity: None,
                event: Some(gone.event.clone()),
            });
        }
    }
    steps
}

/// The order of steps, the same for the same events.
pub(super) fn order(steps: &mut Vec<Milestone>) {
    steps.sort_by(|a, b| {
        (a.time, a.kind, &a.what, &a.event).cmp(&(b.time, b.kind, &b.what, &b.event))
    });
    steps.truncate(STEPS_MAX);
}

/// Events as they are reported: those of the identities, and those of others that touched what they made.
pub(super) fn events(
    tree: &Tree,
    events: Vec<Event>,
    found: &Investigation,
    calls: &super::calls::Calls,
) -> Vec<TrailEvent> {
    let ends: std::collections::HashSet<&str> = found
        .resources
        .iter()
        .filter_map(|r| r.gone.as_ref())
        .map(|gone| &*gone.event)
        .collect();
    let told = events.into_iter().filter_map(|event| {
        let identity = tree.of(&event.caller, event.role.as_deref(), event.time);
        if identity.is_none() && !ends.contains(&*event.id) {
            return None;
        }
        let touched = event.touches.iter().map(|touch| {
            let kind = &calls.kinds[touch.kind];
            format!("{} {}", kind.name, kind.id(&touch.parts))
        });
        let minted = event
            .mints
            .iter()
            .map(|mint| format!("{} {}", mint.kind.name(), mint.id));
        let mut resources: Vec<String> = touched.chain(minted).collect();
        resources.extend(event.resources);
        Some(TrailEvent {
            time: event.time,
            id: event.id,
            identity,
            caller: event.caller.shown().into(),
            account: event.account,
            region: event.region,
            service: event.service,
            name: event.name,
            group: event.group,
            address: event.address,
            agent: event.agent,
            error: event.error,
            denied: event.is_denied,
            resources,
        })
    });
    told.collect()
}
