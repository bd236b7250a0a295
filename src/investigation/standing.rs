//! What was made, changed and removed, and what of it still stands at the end of the log.

use std::collections::BTreeMap;

use super::calls::{Calls, Deed, Touch};
use super::record::Event;
use super::tree::Tree;
use crate::model::{Ended, Standing, TrailResource};

/// What is said of one thing, as events in their order.
#[derive(Default)]
struct Life<'a> {
    made: Vec<(&'a Event, &'a Touch, usize)>,
    changed: Vec<(&'a Event, &'a Touch, usize)>,
    changed_by_others: Vec<&'a Event>,
    gone: Vec<&'a Event>,
}

/// Kind, account, region (none for what has none) and id.
type Name = (usize, String, String, String);

/// Everything that the identities made or changed; `events` are sorted.
pub(super) fn resources(calls: &Calls, tree: &Tree, events: &[Event]) -> Vec<TrailResource> {
    let mut lives: BTreeMap<Name, Life<'_>> = BTreeMap::new();
    for event in events {
        let identity = tree.of(&event.caller, event.role.as_deref(), event.time);
        for touch in &event.touches {
            let name = name_of(
                calls,
                event,
                touch.kind,
                calls.kinds[touch.kind].id(&touch.parts),
            );
            let life = lives.entry(name).or_default();
            match (touch.deed, identity) {
                (Deed::Made, Some(identity)) => life.made.push((event, touch, identity)),
                (Deed::Changed, Some(identity)) => life.changed.push((event, touch, identity)),
                (Deed::Changed, None) => life.changed_by_others.push(event),
                (Deed::Gone, _) => life.gone.push(event),
                // Made by others: not ours to tell.
                (Deed::Made, None) => {}
            }
        }
    }
    let resources = lives
        .iter()
        .filter_map(|(name, life)| resource(calls, &lives, name, life));
    let mut resources: Vec<TrailResource> = resources.collect();
    resources.sort_by(|a, b| {
        let order = |r: &TrailResource| (r.standing, r.group, r.made);
        (order(a), &a.kind, &a.account, &a.region, &a.id).cmp(&(
            order(b),
            &b.kind,
            &b.account,
            &b.region,
            &b.id,
        ))
    });
    resources
}

fn name_of(calls: &Calls, event: &Event, kind: usize, id: String) -> Name {
    let region = if calls.kinds[kind].is_global {
        String::new()
    } else {
        event.region.to_string()
    };
    (kind, event.account.to_string(), region, id)
}

fn resource(
    calls: &Calls,
    lives: &BTreeMap<Name, Life<'_>>,
    name: &Name,
    life: &Life<'_>,
) -> Option<TrailResource> {
    let kind = &calls.kinds[name.0];
    let is_made = !life.made.is_empty();
    let (event, touch, identity) = life.made.last().or(life.changed.last())?;
    let mut gone = end(life, kind.is_unique, event.time, is_made);
    if gone.is_none()
        && let Some((parent, id)) = calls.parent_id(touch)
    {
        let parent = name_of(calls, event, parent, id);
        let ends = lives.get(&parent).into_iter().flat_map(|life| &life.gone);
        // A thing outlives no end of what holds it, unless it was made again after.
        gone = ends
            .filter(|end| end.time >= event.time)
            .max_by_key(|end| end.time)
            .copied();
    }
    let standing = match (gone, is_made) {
        (Some(_), _) => Standing::Gone,
        (None, true) => Standing::Stands,
        (None, false) => Standing::Changed,
    };
    let touched = life
        .changed_by_others
        .iter()
        .rev()
        .find(|other| other.time >= event.time);
    let (show, remove) = kind.commands(&touch.parts, &event.region);
    let arn = life
        .made
        .iter()
        .chain(&life.changed)
        .rev()
        .find_map(|(_, touch, _)| touch.arn.clone());
    Some(TrailResource {
        kind: kind.name.clone(),
        what: kind.what.clone(),
        group: kind.group,
        id: kind.id(&touch.parts),
        arn,
        account: name.1.clone(),
        region: (!name.2.is_empty()).then(|| name.2.clone()),
        identity: *identity,
        call: event.call(),
        made: event.time,
        event: event.id.clone(),
        standing,
        gone: gone.or(touched.copied()).map(ended),
        show,
        // What was there before is not to be removed.
        remove: if is_made { remove } else { Vec::new() },
    })
}

/// The call that ended the thing, if one did after it was made for the last time.
fn end<'a>(life: &Life<'a>, is_unique: bool, last: i64, is_made: bool) -> Option<&'a Event> {
    let final_end = life.gone.last().copied()?;
    if is_unique || final_end.time > last {
        return Some(final_end);
    }
    if final_end.time < last {
        return None;
    }
    // Within one second: as many ends as beginnings.
    let until = |time: i64| time <= last;
    let ends = life.gone.iter().filter(|event| until(event.time)).count();
    let beginnings = life
        .made
        .iter()
        .filter(|(event, ..)| until(event.time))
        .count();
    (is_made && ends >= beginnings).then_some(final_end)
}

fn ended(event: &Event) -> Ended {
    Ended {
        time: event.time,
        call: event.call(),
        caller: event.caller.shown().to_owned(),
        event: event.id.clone(),
    }
}
