//! Choosing which objects with hits must be read again: of those that hold the same values one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::remembered::{LIMITS, Outline, Outlined, Remembered, Source, Spot};
use crate::model::{Hit, Limit, ObjectId, ObjectKind, Place};
use crate::placeholders::Placeholders;
use crate::rules::RuleSet;
use crate::sweep::Stages;

/// Hits and limits that are remembered of all objects together. Objects beyond are read again.
const FACTS_MAX: usize = 50_000;

/// Everything that might be remembered of what was found.
#[derive(Default)]
pub(in crate::sweep) struct Outlines {
    /// Objects of which every hit can be remembered.
    objects: BTreeMap<ObjectId, Drafted>,
    /// Where each value stands that is not listed; [`Source::Seen`] is a number in here.
    holders: Vec<Vec<Spot>>,
    /// See [`Remembered::limits`].
    limits: Vec<(String, String)>,
}

#[derive(Default)]
struct Drafted {
    hits: Vec<Outline>,
    limits: Vec<u32>,
    /// Some hits do not say themselves that they are no credentials.
    is_real: bool,
}

impl Stages<'_> {
    /// What may be remembered of these hits.
    pub(in crate::sweep) fn outlines(&self, hits: &[Hit], limits: &[Limit]) -> Outlines {
        let is_kept = self.plan.cache.is_some() && self.plan.known.is_none();
        let lists = (self.rules, self.placeholders);
        let outlines = is_kept.then(|| Outlines::of(hits, limits, lists));
        outlines.unwrap_or_default()
    }
}

impl Outlines {
    /// No hit is remembered that was found elsewhere than in a blob's content.
    fn of(
        hits: &[Hit],
        limits: &[Limit],
        (rules, placeholders): (&RuleSet, &Placeholders),
    ) -> Outlines {
        let mut barred: BTreeSet<ObjectId> = BTreeSet::new();
        let mut outlines = Outlines::default();
        for limit in limits {
            let Some(id) = limit.object else {
                continue;
            };
            if !LIMITS.contains(&limit.kind) {
                barred.insert(id);
            }
            let number = outlines.limit(limit);
            let drafted = outlines.objects.entry(id).or_default();
            drafted.limits.push(number);
        }
        let mut numbers: HashMap<&[u8], u32> = HashMap::new();
        let mut spots: HashMap<Spot, Option<u32>> = HashMap::new();
        for hit in hits {
            let Place::Object { id, kind } = hit.place else {
                continue;
            };
            let value = placeholders.number(&hit.value).map(Source::Listed);
            let value = value.unwrap_or_else(|| {
                let next = numbers.len() as u32;
                Source::Seen(*numbers.entry(hit.value.expose()).or_insert(next))
            });
            let outline = Outline::of(hit, value, rules).filter(|_| kind == ObjectKind::Blob);
            let Some(outline) = outline else {
                barred.insert(id);
                continue;
            };
            if let (Source::Seen(number), Some(spot)) = (value, Spot::of(hit, id, rules)) {
                let known = spots.entry(spot).or_insert(Some(number));
                // A place of two values tells of none.
                *known = known.filter(|known| *known == number);
            }
            let drafted = outlines.objects.entry(id).or_default();
            drafted.hits.push(outline);
            drafted.is_real |= hit.placeholder.is_none();
        }
        outlines.objects.retain(|id, _| !barred.contains(id));
        outlines.holders = vec![Vec::new(); numbers.len()];
        let certain = spots.into_iter();
        for (spot, number) in certain.filter_map(|(spot, number)| Some((spot, number?))) {
            outlines.holders[number as usize].push(spot);
        }
        outlines.holders.iter_mut().for_each(|spots| spots.sort());
        outlines
    }

    /// The number of what a limit says.
    fn limit(&mut self, limit: &Limit) -> u32 {
        let says =
            |(kind, detail): &(String, String)| *kind == limit.kind && *detail == limit.detail;
        // There are few different ones.
        let known = self.limits.iter().position(says);
        known.unwrap_or_else(|| {
            let words = (limit.kind.to_owned(), limit.detail.clone());
            self.limits.push(words);
            self.limits.len() - 1
        }) as u32
    }

    /// What is remembered. History is asked about objects that are `needed`; those that were
    /// `recalled` were not read by this sweep and are not read by the next one.
    pub(in crate::sweep) fn settle(
        self,
        needed: &HashSet<ObjectId>,
        recalled: &HashSet<ObjectId>,
    ) -> Remembered {
        self.settle_within(FACTS_MAX, needed, recalled)
    }

    fn settle_within(
        mut self,
        facts_max: usize,
        needed: &HashSet<ObjectId>,
        recalled: &HashSet<ObjectId>,
    ) -> Remembered {
        let chosen = self.choose(recalled);
        let limits = std::mem::take(&mut self.limits);
        let mut remembered = Remembered {
            limits,
            ..Remembered::default()
        };
        let mut numbers = vec![None; chosen.len()];
        let mut objects: Vec<(ObjectId, Drafted)> = self.objects.into_iter().collect();
        // Nobody would know of those that were not read if they were not remembered again.
        objects.sort_by_key(|(id, drafted)| (!recalled.contains(id), drafted.is_real));
        let mut left = facts_max;
        for (object, mut drafted) in objects {
            let facts = drafted.hits.len() + drafted.limits.len();
            let seen = drafted.hits.iter_mut();
            let mut seen: Vec<&mut u32> = seen.filter_map(|hit| hit.value.seen()).collect();
            let is_known = seen
                .iter()
                .all(|number| chosen[**number as usize].is_some());
            if !is_known || facts > left {
                continue;
            }
            left -= facts;
            for number in &mut seen {
                let at = **number as usize;
                **number = *numbers[at].get_or_insert_with(|| {
                    remembered.seen.extend(chosen[at].clone());
                    remembered.seen.len() as u32 - 1
                });
            }
            let is_traced = drafted.is_real || needed.contains(&object);
            let list = if is_traced {
                &mut remembered.traced
            } else {
                &mut remembered.untraced
            };
            let Drafted { hits, limits, .. } = drafted;
            list.push(Outlined {
                object,
                hits,
                limits,
            });
        }
        remembered
    }

    /// Chooses for each value an object that is read again, one that has to be anyway if there is
    /// one, and takes it out of those that need not be.
    fn choose(&mut self, recalled: &HashSet<ObjectId>) -> Vec<Option<Spot>> {
        let holders = std::mem::take(&mut self.holders);
        let chosen = holders.into_iter().map(|spots| {
            let stays = |spot: &&Spot| !self.objects.contains_key(&spot.object);
            let was_read = |spot: &&Spot| !recalled.contains(&spot.object);
            let spot = spots.iter().find(stays);
            let spot = spot.or_else(|| spots.iter().find(was_read)).cloned();
            if let Some(spot) = &spot {
                self.objects.remove(&spot.object);
            }
            spot
        });
        chosen.collect()
    }
}

#[cfg(test)]
#[path = "outlines_tests.rs"]
mod tests;
