//! Hits that are remembered, so that not every object that holds one must be read again: all of a
//! hit but its value. That comes from the list of published examples, whose hash is part of the
//! cache's key, or from the one object with this value that is read again. And limits: unpacking an
//! archive up to its bound may take longer than all the rest of a second sweep.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::model::{
    About, Confidence, Credential, Disclosure, Encoding, Field, Hit, Inner, Limit, Naming,
    ObjectId, ObjectKind, Place, Position, Secret, Span,
};
use crate::placeholders::Placeholders;
use crate::rules::RuleSet;

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::sweep) struct Remembered {
    /// Where values stand that are not listed, in objects that are read again.
    pub(super) seen: Vec<Spot>,
    /// Objects about which history is not asked: they hold nothing but what says itself that it is
    /// no credential. Examples fill the documentation of whole services.
    pub(super) untraced: Vec<Outlined>,
    /// Other objects. What history said of them holds only as long as nothing at all changes.
    pub(super) traced: Vec<Outlined>,
    /// What limits say, each once: kinds and details.
    pub(super) limits: Vec<(String, String)>,
}

/// What was found in an object.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::sweep) struct Outlined {
    pub(in crate::sweep) object: ObjectId,
    #[serde(default, skip_serializing_if = "is_plain")]
    pub(super) hits: Vec<Outline>,
    /// The limits that were reached in it, by their number among [`Remembered::limits`].
    #[serde(default, skip_serializing_if = "is_plain")]
    pub(super) limits: Vec<u32>,
}

/// Where a value is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Source {
    /// See [`Placeholders::number`].
    Listed(u16),
    /// A number among [`Remembered::seen`].
    Seen(u32),
}

/// Limits that say the same of an object whenever it is read, in words of the scanner's own.
pub(super) const LIMITS: [&str; 7] = [
    "container-damaged",
    "container-depth",
    "container-size",
    "container-unread",
    "encoded-depth",
    "encoded-size",
    "lfs-pointer",
];

impl Source {
    pub(super) fn seen(&mut self) -> Option<&mut u32> {
        match self {
            Source::Seen(number) => Some(number),
            Source::Listed(_) => None,
        }
    }
}

/// The place of a hit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Spot {
    pub(super) object: ObjectId,
    /// Its place among the rules.
    rule: usize,
    span: Span,
    inner: Option<Inner>,
    encodings: Vec<Encoding>,
}

/// A [`Hit`] without its value. What is nothing special is not
/// written, and names are short: there may be tens of thousands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Outline {
    /// Its place among the rules.
    #[serde(rename = "r")]
    rule: usize,
    #[serde(rename = "v")]
    pub(super) value: Source,
    #[serde(rename = "s")]
    span: Span,
    #[serde(rename = "p")]
    position: Position,
    #[serde(default, skip_serializing_if = "is_plain", rename = "e")]
    encodings: Vec<Encoding>,
    #[serde(rename = "c")]
    confidence: Confidence,
    #[serde(default, skip_serializing_if = "is_plain", rename = "n")]
    section: u32,
    #[serde(default, skip_serializing_if = "is_plain", rename = "m")]
    stem: u32,
    #[serde(default, skip_serializing_if = "is_plain", rename = "l")]
    labelled: bool,
    #[serde(default, skip_serializing_if = "is_plain", rename = "d")]
    disclosure: Option<Disclosure>,
    #[serde(default, skip_serializing_if = "is_plain", rename = "a")]
    naming: Naming,
    #[serde(default, skip_serializing_if = "is_plain", rename = "i")]
    inner: Option<Inner>,
}

fn is_plain<T: Default + PartialEq>(fact: &T) -> bool {
    *fact == T::default()
}

/// The values of [`Remembered::seen`] as they were read again; `None` where one was not.
pub(super) struct Values(Vec<Option<Secret>>);

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

impl Remembered {
    /// The same where history is asked about more objects.
    pub(super) fn tracing(mut self, is_traced: impl Fn(&Outlined) -> bool) -> Remembered {
        let untraced = std::mem::take(&mut self.untraced).into_iter();
        let (more, untraced): (Vec<_>, Vec<_>) = untraced.partition(is_traced);
        self.untraced = untraced;
        self.traced.extend(more);
        self
    }

    /// The limits that were reached in an object; `None` if one is of another kind.
    pub(super) fn limits(&self, known: &Outlined) -> Option<Vec<Limit>> {
        let limits = known.limits.iter().map(|number| {
            let (kind, detail) = self.limits.get(*number as usize)?;
            Some(Limit {
                kind: LIMITS.into_iter().find(|known| known == kind)?,
                object: Some(known.object),
                detail: detail.clone(),
            })
        });
        limits.collect()
    }

    /// Objects of which a value is known from none that is here.
    pub(super) fn orphans(&self, is_here: impl Fn(&ObjectId) -> bool) -> Vec<ObjectId> {
        let gone: Vec<bool> = self
            .seen
            .iter()
            .map(|spot| !is_here(&spot.object))
            .collect();
        let is_orphan = |known: &&Outlined| {
            known.hits.iter().any(|outline| match outline.value {
                Source::Seen(number) => gone.get(number as usize) != Some(&false),
                Source::Listed(_) => false,
            })
        };
        let objects = self.untraced.iter().filter(is_orphan);
        objects.map(|known| known.object).collect()
    }

    /// Takes the values from what was found in the objects that were read again.
    pub(super) fn values(&self, found: &[Hit], rules: &RuleSet) -> Values {
        let objects: HashSet<ObjectId> = self.seen.iter().map(|spot| spot.object).collect();
        let mut read: HashMap<Spot, Secret> = HashMap::new();
        for hit in found {
            let spot = match hit.place {
                Place::Object { id, .. } if objects.contains(&id) => Spot::of(hit, id, rules),
                _ => None,
            };
            if let Some(spot) = spot {
                read.insert(spot, hit.value.clone());
            }
        }
        Values(self.seen.iter().map(|spot| read.remove(spot)).collect())
    }
}

impl Outlined {
    /// What was found in it; `None` if the rules or the list are others, or a value was not read.
    pub(super) fn hits(
        &self,
        values: &Values,
        (rules, placeholders): (&RuleSet, &Placeholders),
    ) -> Option<Vec<Hit>> {
        let place = Place::Object {
            id: self.object,
            kind: ObjectKind::Blob,
        };
        let hits = self.hits.iter().map(|outline| {
            let value = match outline.value {
                Source::Listed(number) => placeholders.numbered(number),
                Source::Seen(number) => values.0.get(number as usize)?.clone(),
            };
            outline.hit(&place, value?, rules)
        });
        hits.collect()
    }
}

impl Spot {
    /// `None` if no such rule is known.
    pub(super) fn of(hit: &Hit, object: ObjectId, rules: &RuleSet) -> Option<Spot> {
        let rule = rules.rules().iter().position(|rule| rule.id == hit.rule)?;
        Some(Spot {
            object,
            rule,
            span: hit.span,
            inner: hit.inner,
            encodings: hit.encodings.clone(),
        })
    }
}

impl Outline {
    /// All of a hit that is not its value; `None` if something is known of it that may be a value
    /// itself.
    pub(super) fn of(hit: &Hit, value: Source, rules: &RuleSet) -> Option<Outline> {
        let mut known = rules.rules().iter().enumerate();
        let (number, rule) = known.find(|(_, rule)| rule.id == hit.rule)?;
        let plain = About {
            service: rule.kind,
            alone: rule.alone,
            disclosure: hit.about.disclosure,
            naming: hit.about.naming,
            ..About::default()
        };
        let is_plain = hit.field == Field::Content && hit.part == rule.part && hit.about == plain;
        is_plain.then(|| Outline {
            rule: number,
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

    /// What is a placeholder by its value is told by whoever counts hits.
    fn hit(&self, place: &Place, value: Secret, rules: &RuleSet) -> Option<Hit> {
        let rule = rules.rules().get(self.rule)?;
        Some(Hit {
            rule: rule.id,
            part: rule.part,
            placeholder: None,
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
