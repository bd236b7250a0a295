//! Looks for values that somebody named ([`crate::model::KnownValue`]), by length and hash alone and
//! whether or not any rule would report them: in texts as they stand, in pieces, and in every layer.
//!
//! A value is made of one alphabet, so only runs of it are hashed: every window of the value's
//! length. What is encoded is looked into by the same layers as everything else; only the signs
//! that something is are its own, since no label tells where a value stands.

mod derived;
mod direct;
mod escaped;
mod runs;
mod signs;
mod stream;
#[cfg(test)]
mod tests;
mod windows;

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use crate::model::{
    About, Confidence, Field, Hit, KnownValue, Limit, Mark, Object, ObjectKind, Part, Place,
    Position, Span,
};

use super::fields;
use super::layers::flags::Flags;
use super::layers::{Layers, Search};
use super::literals::Literals;
use super::locate::{Lines, locate};
use super::matcher::Found;
pub use derived::Trace;
pub use stream::SeekStream;
use windows::Group;

/// What reports call the rule behind such a hit.
pub const RULE: &str = "known-value";

/// Values that are looked for, ready to be searched with; threads share it.
pub struct Known {
    values: Vec<KnownValue>,
    /// Numbers of the values that are IDs, in the order of their literals.
    ids: Vec<usize>,
    literals: Option<Literals>,
    groups: Vec<Group>,
    /// What something packed begins with.
    packed: Literals,
    /// The shortest value, and the longest.
    lengths: Range<usize>,
}

/// Beginnings of what is packed that hardly stand in a text: it may lie anywhere in an object, and have
/// no zero.
const PACKED: [&[u8]; 6] = [
    b"\x1f\x8b\x08",
    b"x\x9c",
    b"x\xda",
    b"1AY&SY",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
];

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Known({} values)", self.values.len())
    }
}

impl Known {
    /// Prepares a search. Equal values are one: the first one's label counts.
    pub fn new(values: Vec<KnownValue>) -> Known {
        let mut groups: Vec<Group> = Vec::new();
        let mut ids: Vec<usize> = Vec::new();
        let (mut least, mut most) = (usize::MAX, 0);
        for (number, value) in values.iter().enumerate() {
            let len = match &value.mark {
                Mark::Literal(id) => {
                    ids.push(number);
                    id.len()
                }
                Mark::Hash {
                    sha256,
                    len,
                    alphabet,
                } => {
                    let same = |g: &&mut Group| g.len == *len && g.alphabet == *alphabet;
                    match groups.iter_mut().find(same) {
                        Some(group) => group.add(*sha256, number),
                        None => groups.push(Group::new(*len, *alphabet, *sha256, number)),
                    }
                    *len
                }
            };
            least = least.min(len);
            most = most.max(len);
        }
        groups.iter_mut().for_each(Group::sort);
        let literal = |number: &usize| match &values[*number].mark {
            Mark::Literal(id) => id.as_bytes(),
            Mark::Hash { .. } => b"",
        };
        let texts: Vec<&[u8]> = ids.iter().map(literal).collect();
        let literals = (!texts.is_empty()).then(|| Literals::new(&texts));
        Known {
            literals,
            packed: Literals::new(&PACKED),
            ids,
            groups,
            lengths: least..most,
            values,
        }
    }

    /// The values.
    pub fn values(&self) -> &[KnownValue] {
        &self.values
    }

    /// The length of the shortest value; nothing shorter holds one.
    fn len_min(&self) -> usize {
        self.lengths.start
    }
}

/// Looks for known values. Cheap to use again and again, so keep one a thread.
pub struct Seeker {
    known: Arc<Known>,
    layers: Layers,
    limits: Vec<Limit>,
    toll: Cell<u64>,
    hits_max: usize,
}

/// A seeker at work on one text, as the layers need it.
struct Searching<'s> {
    known: &'s Known,
    toll: &'s Cell<u64>,
    enough: usize,
}

impl Search for Searching<'_> {
    fn may_find(&self, _: &[u8]) -> bool {
        true
    }

    fn find(&self, bytes: &[u8]) -> Vec<Found> {
        let mut found = self.known.find(bytes, self.toll);
        if self.known.has_sign(bytes) {
            found.extend(self.known.find_directly(bytes, self.toll));
            found.sort_by_key(|one| (one.span.start, one.span.end));
        }
        found
    }

    fn has_sign(&self, bytes: &[u8], flags: &Flags) -> bool {
        self.known.has_sign(bytes)
            || flags.in_wide(bytes)
            || Flags::in_head_of_text(bytes)
            || Flags::in_page(bytes)
    }

    fn is_of_interest(&self, bytes: &[u8]) -> bool {
        self.known.may_hold(bytes)
    }

    fn pay(&self, cost: u64) {
        self.toll.set(self.toll.get().saturating_add(cost));
    }

    fn enough(&self) -> usize {
        self.enough
    }
}

impl Seeker {
    /// A seeker that looks for no more than `hits_max` hits of one object or text.
    pub fn new(known: Arc<Known>, hits_max: usize) -> Seeker {
        Seeker {
            known,
            layers: Layers::new(),
            limits: Vec::new(),
            toll: Cell::new(0),
            hits_max,
        }
    }

    /// Work done since this was last asked, in bytes that are merely gone through.
    pub fn take_toll(&mut self) -> u64 {
        self.toll.take()
    }

    /// Bounds that were reached inside of objects since this was last asked.
    pub fn take_limits(&mut self) -> Vec<Limit> {
        std::mem::take(&mut self.limits)
    }

    /// Looks through an object that is in memory as a whole.
    pub fn seek(&mut self, object: &Object<'_>, hits: &mut Vec<Hit>) -> Trace {
        let Object { id, kind, bytes } = *object;
        let place = Place::Object { id, kind };
        let mut found = Vec::new();
        let mut is_deep = false;
        if kind == ObjectKind::Tree {
            self.names(object, &(0..bytes.len()), &mut found);
        } else if bytes.len() > super::stream::HOLD {
            is_deep = self.seek_large(&place, bytes, &mut found);
        } else {
            let mut views = 0;
            for (field, range) in fields::split(kind, bytes) {
                let text = (&bytes[range.clone()], range.start);
                is_deep |= self.text(&place, field, text, &mut views, &mut found);
            }
        }
        self.settle(object, &mut found);
        let trace = Trace::new(is_deep, &found, id.as_bytes().len());
        hits.append(&mut found);
        trace
    }

    /// Looks through a text that is no object.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every caller makes the place for this call"
    )]
    pub fn seek_text(&mut self, place: Place, field: Field, bytes: &[u8], hits: &mut Vec<Hit>) {
        let mut found = Vec::new();
        self.text(&place, field, (bytes, 0), &mut 0, &mut found);
        found.sort_by_key(|hit| (hit.span, hit.inner));
        found.truncate(self.hits_max);
        let mut lines = Lines::new();
        for hit in &mut found {
            lines.advance(bytes, 0, hit.span.start);
            hit.position = lines.position();
        }
        hits.append(&mut found);
    }

    /// Puts what was found in an object in order, and says where it stands for people.
    fn settle(&self, object: &Object<'_>, found: &mut Vec<Hit>) {
        found.sort_by_key(|hit| (hit.span, hit.inner));
        found.truncate(self.hits_max);
        locate(object, found);
    }

    /// Looks through one text and its layers; true if it was looked into. `base` is its offset.
    fn text(
        &mut self,
        place: &Place,
        field: Field,
        (bytes, base): (&[u8], usize),
        views: &mut u32,
        hits: &mut Vec<Hit>,
    ) -> bool {
        if bytes.len() < self.known.len_min() {
            return false;
        }
        let plain = self.known.find(bytes, &self.toll);
        let is_deep = self.known.has_sign(bytes) || Flags::in_head(bytes);
        let mut taken: Vec<Range<usize>> = plain.iter().map(|f| f.span.clone()).collect();
        hits.extend(plain.into_iter().map(|f| self.hit(f, place, field, base)));
        if is_deep {
            let mut direct = self.known.find_directly(bytes, &self.toll);
            direct.retain(|f| !taken.contains(&f.span));
            taken.extend(direct.iter().map(|f| f.span.clone()));
            taken.sort_by_key(|span| (span.start, span.end));
            hits.extend(direct.into_iter().map(|f| self.hit(f, place, field, base)));
            self.look_into(place, field, (bytes, base), &taken, views, hits);
        }
        is_deep
    }

    fn look_into(
        &mut self,
        place: &Place,
        field: Field,
        (bytes, base): (&[u8], usize),
        taken: &[Range<usize>],
        views: &mut u32,
        hits: &mut Vec<Hit>,
    ) {
        let search = Searching {
            known: &self.known,
            toll: &self.toll,
            enough: self.hits_max,
        };
        let seen = self.layers.look(&search, bytes, taken, *views, None);
        *views = seen.views;
        for deep in seen.found {
            let mut hit = self.hit(deep.found, place, field, base);
            hit.span = Span {
                start: (base + deep.span.start) as u64,
                end: (base + deep.span.end) as u64,
            };
            hit.inner = deep.inner;
            hits.push(hit);
        }
        let object = match place {
            Place::Object { id, .. } => Some(*id),
            _ => None,
        };
        let limits = seen.notices.into_iter().map(|(kind, detail)| Limit {
            kind,
            object,
            detail,
        });
        self.limits.extend(limits);
    }

    /// Looks through the names of some entries of a tree.
    fn names(&mut self, object: &Object<'_>, entries: &Range<usize>, hits: &mut Vec<Hit>) {
        let Object { id, kind, .. } = *object;
        let place = Place::Object { id, kind };
        let bytes = &object.bytes[entries.clone()];
        for name in fields::entry_names(bytes, id.as_bytes().len()).0 {
            let text = (&bytes[name.clone()], entries.start + name.start);
            self.text(&place, Field::EntryName, text, &mut 0, hits);
            if hits.len() >= self.hits_max {
                return;
            }
        }
    }

    fn hit(&self, found: Found, place: &Place, field: Field, base: usize) -> Hit {
        let value = &self.known.values[found.rule];
        Hit {
            rule: RULE,
            part: value.part,
            value: found.value,
            place: place.clone(),
            field,
            span: Span {
                start: (base + found.span.start) as u64,
                end: (base + found.span.end) as u64,
            },
            position: Position { line: 1, column: 1 },
            encodings: found.encodings,
            confidence: Confidence::High,
            section: 0,
            labelled: true,
            stem: 0,
            placeholder: None,
            about: About {
                service: (value.part == Part::Key).then_some(value.kind),
                known: Some(Arc::clone(&value.label)),
                ..About::default()
            },
            inner: None,
        }
    }
}
