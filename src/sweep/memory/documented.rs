//! Objects in which nothing was found but published examples, which are nobody's secret and fill
//! the documentation of whole services. What was found in them is remembered, so that they need
//! not be read again; of each value only its number in the list, which is part of the cache's key.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use crate::model::{
    About, Confidence, Credential, Disclosure, Encoding, Field, Hit, Inner, Limit, Naming,
    ObjectId, ObjectKind, Place, Position, Span,
};
use crate::placeholders::Placeholders;
use crate::rules::RuleSet;
use crate::sweep::Stages;

/// Hits that are remembered of all objects together. Objects beyond are read again.
const EXAMPLES_MAX: usize = 50_000;

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::sweep) struct Documented {
    pub(in crate::sweep) object: ObjectId,
    examples: Vec<Example>,
}

/// One occurrence of a published value: a [`Hit`] by numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Example {
    /// Its place among the rules.
    rule: usize,
    /// See [`Placeholders::number`].
    value: u16,
    span: Span,
    position: Position,
    encodings: Vec<Encoding>,
    confidence: Confidence,
    section: u32,
    stem: u32,
    labelled: bool,
    disclosure: Option<Disclosure>,
    naming: Naming,
    inner: Option<Inner>,
}

/// The blobs among the hits' places that hold nothing but published values, and in which no
/// limit was reached.
fn documented(
    hits: &[Hit],
    limits: &[Limit],
    (rules, placeholders): (&RuleSet, &Placeholders),
) -> Vec<Documented> {
    let mut barred: BTreeSet<ObjectId> = limits.iter().filter_map(|limit| limit.object).collect();
    let mut known: BTreeMap<ObjectId, Vec<Example>> = BTreeMap::new();
    for hit in hits {
        let Place::Object { id, kind } = &hit.place else {
            continue;
        };
        let example = (*kind == ObjectKind::Blob)
            .then(|| Example::of(hit, rules, placeholders))
            .flatten();
        match example {
            Some(example) => known.entry(*id).or_default().push(example),
            None => _ = barred.insert(*id),
        }
    }
    let mut left = EXAMPLES_MAX;
    let known = known.into_iter().filter(|(id, _)| !barred.contains(id));
    let bounded = known.map_while(|(object, examples)| {
        left = left.checked_sub(examples.len())?;
        Some(Documented { object, examples })
    });
    bounded.collect()
}

impl Stages<'_> {
    /// What need not be read again although something was found in it.
    pub(in crate::sweep) fn documented(&self, hits: &[Hit], limits: &[Limit]) -> Vec<Documented> {
        let is_kept = self.plan.cache.is_some() && self.plan.known.is_none();
        let lists = (self.rules, self.placeholders);
        let known = is_kept.then(|| documented(hits, limits, lists));
        known.unwrap_or_default()
    }
}

/// Objects that hold a part of a credential that is no example: history is asked about them.
pub(in crate::sweep) fn needed(credentials: &[Credential]) -> HashSet<ObjectId> {
    let real = credentials.iter().filter(|c| c.placeholder.is_none());
    let places = real.flat_map(|credential| &credential.hits);
    let objects = places.filter_map(|located| match located.hit.place {
        Place::Object { id, .. } => Some(id),
        _ => None,
    });
    objects.collect()
}

impl Documented {
    /// What was found in it; `None` if the list or the rules are others.
    pub(in crate::sweep) fn hits(
        &self,
        rules: &RuleSet,
        placeholders: &Placeholders,
    ) -> Option<Vec<Hit>> {
        let place = Place::Object {
            id: self.object,
            kind: ObjectKind::Blob,
        };
        let examples = self.examples.iter();
        examples
            .map(|example| example.hit(&place, rules, placeholders))
            .collect()
    }
}

impl Example {
    /// `None` if it is no listed value, or something is known of it that may be a value itself.
    fn of(hit: &Hit, rules: &RuleSet, placeholders: &Placeholders) -> Option<Example> {
        let value = placeholders.number(&hit.value)?;
        let (rule, found_by) = rules
            .rules()
            .iter()
            .enumerate()
            .find(|(_, rule)| rule.id == hit.rule)?;
        let plain = About {
            service: found_by.kind,
            alone: found_by.alone,
            disclosure: hit.about.disclosure,
            naming: hit.about.naming,
            ..About::default()
        };
        let is_plain = hit.field == Field::Content
            && hit.part == found_by.part
            && hit.placeholder.is_some()
            && hit.about == plain;
        is_plain.then(|| Example {
            rule,
            value,
            span: hit.span,
            position: hit.position,
            encodings: hit.encodings.clone(),
            confidence: hit.confidence,
            section: hit.section,
            stem: hit.stem,
            labelled: hit.labelled,
            disclosure: hit.about.disclosure,
            naming: hit.about.naming,
            inner: hit.inner,
        })
    }

    fn hit(&self, place: &Place, rules: &RuleSet, placeholders: &Placeholders) -> Option<Hit> {
        let rule = rules.rules().get(self.rule)?;
        let value = placeholders.numbered(self.value)?;
        Some(Hit {
            rule: rule.id,
            part: rule.part,
            placeholder: placeholders.judge(rule.part, &value),
            value,
            place: place.clone(),
            field: Field::Content,
            span: self.span,
            position: self.position,
            encodings: self.encodings.clone(),
            confidence: self.confidence,
            section: self.section,
            stem: self.stem,
            labelled: self.labelled,
            about: About {
                service: rule.kind,
                alone: rule.alone,
                disclosure: self.disclosure,
                naming: self.naming,
                ..About::default()
            },
            inner: self.inner,
        })
    }
}
