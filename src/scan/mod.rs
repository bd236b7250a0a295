//! From bytes to hits: pure, no I/O, one [`Scanner`] a thread.
//!
//! Every byte passes the prefilter; everything dearer happens around its hits. What is encoded or
//! packed is looked into (`layers`) where cheap signs say that it may hold something. A hit never
//! spans two fields of an object. Hits come out in the order of their spans.

mod alone;
mod anchors;
mod between;
mod block;
mod boundary;
mod buckets;
mod carry;
mod checks;
mod columns;
mod decode;
mod derived;
mod disclosure;
mod extent;
mod fields;
mod framed;
mod gate;
mod glue;
pub mod known;
mod layers;
mod literals;
mod locate;
mod looking;
mod marks;
mod markup;
mod matcher;
mod naming;
mod owner;
mod pieces;
mod prefilter;
mod settle;
mod stem;
mod stream;
#[cfg(test)]
mod tests;
mod vendors;
mod verdict;
mod words;
mod wrapped;
mod zones;

use std::ops::Range;

use crate::model::{About, Field, Hit, Limit, Naming, Object, ObjectKind, Place, Position, Span};
use crate::rules::RuleSet;

pub use derived::Memory;
pub use stream::Stream;

use layers::flags::{Flags, asks_for_partner};
use layers::{Earlier, Layers};
use locate::locate;
use looking::Text;
use matcher::{Found, Matcher};
use prefilter::Survey;
use zones::{inside, widened, zone_at};

/// Finds pieces of credentials. Cheap to use again and again, so keep one a thread.
pub struct Scanner {
    matcher: Matcher,
    /// See [`RuleSet::reach`].
    reach: Option<usize>,
    /// The same without the rules that need an ID nearby.
    reach_without_ids: Option<usize>,
    layers: Layers,
    /// Bounds that were reached since they were last asked for.
    limits: Vec<Limit>,
    /// True only in tests: nothing is looked into.
    shallow: bool,
    /// Most hits of one object.
    hits_max: usize,
}

impl Scanner {
    /// A scanner for these rules.
    pub fn new(rules: &RuleSet) -> Scanner {
        Scanner {
            matcher: Matcher::new(rules),
            reach: rules.reach(),
            reach_without_ids: rules.reach_without_ids(),
            layers: Layers::new(),
            limits: Vec::new(),
            shallow: false,
            hits_max: usize::MAX,
        }
    }

    /// The same that looks for no more than the first `max` hits of an object or a text.
    #[must_use]
    pub fn with_hits_max(mut self, max: usize) -> Scanner {
        self.hits_max = max;
        self.matcher.enough = max;
        self
    }

    /// The same that takes no short way through what is encoded: the oracle for those that do.
    #[must_use]
    pub fn thorough(mut self) -> Scanner {
        self.layers.thorough = true;
        self
    }

    /// Work done since this was last asked, in bytes that are merely gone through: what is found,
    /// or looks like it, and what is encoded cost much more than plain text.
    pub fn take_toll(&mut self) -> u64 {
        self.matcher.toll.take()
    }

    /// Bounds that were reached inside of objects since this was last asked.
    pub fn take_limits(&mut self) -> Vec<Limit> {
        std::mem::take(&mut self.limits)
    }

    /// True if any literal of the rules stands in a text: the prefilter alone.
    pub fn meets_literal(&self, bytes: &[u8]) -> bool {
        self.matcher.may_match(bytes)
    }

    /// How many values the rules find in a text as it stands: the matcher alone.
    pub fn count_values(&self, bytes: &[u8]) -> usize {
        self.matcher.find(bytes).len()
    }

    /// Scans an object that is in memory as a whole. What it gives back is for
    /// [`Scanner::scan_derived`] of objects made from this one.
    pub fn scan(&mut self, object: &Object<'_>, hits: &mut Vec<Hit>) -> Memory {
        self.scan_whole(object, None, hits)
    }

    /// The same, knowing what decoding its base told.
    fn scan_whole(
        &mut self,
        object: &Object<'_>,
        earlier: Option<Earlier>,
        hits: &mut Vec<Hit>,
    ) -> Memory {
        let first = hits.len();
        let everything = 0..object.bytes.len();
        let is_large = object.kind == ObjectKind::Blob && everything.len() > stream::HOLD;
        let Survey {
            marks,
            open,
            counts,
            sign,
        } = match object.kind {
            // Its names are searched one by one.
            ObjectKind::Tree => Survey {
                open: self.matcher.may_match(object.bytes),
                ..Survey::nothing()
            },
            _ => self.matcher.survey(object.bytes),
        };
        match object.kind {
            _ if !open => {}
            ObjectKind::Tree => self.scan_entries(object, &everything, hits),
            ObjectKind::Blob if is_large => Stream::scan_at_once(self, object, hits),
            _ => {
                let margin = everything.len();
                self.scan_zones(object, std::slice::from_ref(&everything), margin, hits);
                locate(object, &mut hits[first..]);
            }
        }
        if object.kind == ObjectKind::Blob && hits.len() == first {
            self.scan_alone(object.bytes, &place_of(object), hits);
        }
        let deep = object.kind != ObjectKind::Tree
            && (sign || has_sign(object.bytes, &hits[first..]))
            && !self.shallow;
        let mut trace = None;
        if deep && !is_large {
            trace = self.look_into(object, (sign, counts), earlier, first, hits);
        } else if deep && !open {
            self.limits.push(stream::not_looked_into(Some(object.id)));
        }
        hits.truncate(first.saturating_add(self.hits_max));
        let memory = Memory::new(marks, self.goes_on(&hits[first..]), deep, &hits[first..]);
        memory.with(trace)
    }

    /// Scans a text that is no object: a ref's name, a path in an index, a file of the work tree.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every caller makes the place for this call"
    )]
    pub fn scan_text(&mut self, place: Place, field: Field, bytes: &[u8], hits: &mut Vec<Hit>) {
        let first = hits.len();
        let Survey {
            open, counts, sign, ..
        } = self.matcher.survey(bytes);
        if open {
            for found in self.matcher.find(bytes) {
                hits.push(self.hit(found, &place, field, 0));
            }
        }
        if field == Field::Content && hits.len() == first {
            self.scan_alone(bytes, &place, hits);
        }
        for hit in &mut hits[first..] {
            locate::stand(hit, bytes, 0, locate::first_line(bytes));
        }
        if (sign || has_sign(bytes, &hits[first..])) && !self.shallow {
            let text = Text::new(bytes, (sign, counts));
            self.look_into_text(&place, field, text, 0, first, hits);
            hits[first..].sort_by_key(|hit| (hit.span, hit.inner));
        }
        hits.truncate(first.saturating_add(self.hits_max));
        let mut lines = locate::Lines::new();
        for hit in &mut hits[first..] {
            lines.advance(bytes, 0, hit.span.start);
            hit.position = lines.position();
        }
    }

    /// Scans what lies in the zones, field by field. A hit is looked for with `margin` more bytes
    /// to both sides, since these decide about it.
    fn scan_zones(
        &mut self,
        object: &Object<'_>,
        zones: &[Range<usize>],
        margin: usize,
        hits: &mut Vec<Hit>,
    ) {
        let mut found = Vec::new();
        let place = place_of(object);
        for (field, range) in fields::split(object.kind, object.bytes) {
            // Zones do not meet, but what is searched around them may: searched once, then.
            for piece in widened(&inside(zones, &range), margin, range.len()) {
                let base = range.start + piece.start;
                let bytes = &object.bytes[base..range.start + piece.end];
                self.scan_piece(bytes, &place, field, base, &mut found);
            }
        }
        found.retain(|hit| {
            let span = hit.span.start as usize..hit.span.end as usize;
            zone_at(zones, &span).is_some()
        });
        hits.append(&mut found);
    }

    /// Scans the names of some entries of a tree.
    fn scan_entries(&mut self, object: &Object<'_>, entries: &Range<usize>, hits: &mut Vec<Hit>) {
        let place = place_of(object);
        let id_len = object.id.as_bytes().len();
        let bytes = &object.bytes[entries.clone()];
        let before = hits.len();
        for name in fields::entry_names(bytes, id_len).0 {
            let text = &bytes[name.clone()];
            let base = entries.start + name.start;
            let first = hits.len();
            self.scan_piece(text, &place, Field::EntryName, base, hits);
            for hit in &mut hits[first..] {
                locate::place(hit, text, base as u64);
            }
            if hits.len() - before >= self.hits_max {
                return;
            }
        }
    }

    /// Scans a file for a value that is all there is in it.
    fn scan_alone(&mut self, bytes: &[u8], place: &Place, hits: &mut Vec<Hit>) {
        let found = self.matcher.find_alone(bytes);
        hits.extend(found.map(|found| {
            let mut hit = self.hit(found, place, Field::Content, 0);
            locate::place(&mut hit, bytes, 0);
            hit
        }));
    }

    fn scan_piece(
        &mut self,
        bytes: &[u8],
        place: &Place,
        field: Field,
        base: usize,
        hits: &mut Vec<Hit>,
    ) {
        if self.matcher.may_match(bytes) {
            for found in self.matcher.find(bytes) {
                hits.push(self.hit(found, place, field, base as u64));
            }
        }
    }

    /// A hit without position and section; `base` is the offset of the searched bytes.
    fn hit(&self, found: Found, place: &Place, field: Field, base: u64) -> Hit {
        let rule = &self.matcher.rules.rules()[found.rule];
        Hit {
            rule: rule.id,
            part: rule.part,
            value: found.value,
            place: place.clone(),
            field,
            span: Span {
                start: base + found.span.start as u64,
                end: base + found.span.end as u64,
            },
            position: Position { line: 1, column: 1 },
            encodings: found.encodings,
            confidence: found.confidence,
            section: 0,
            labelled: rule.labelled,
            stem: found.stem,
            placeholder: None,
            about: About {
                service: rule.kind,
                related: found.related,
                disclosure: found.disclosure,
                known: None,
                alone: rule.alone,
                naming: Naming::default(),
            },
            inner: None,
        }
    }

    /// True if some value may go on farther than a rule's reach tells: what an object made from
    /// this one has of it must be looked for in all of it.
    fn goes_on(&self, hits: &[Hit]) -> bool {
        let rules = self.matcher.rules.rules();
        let mut long = rules.iter().filter(|rule| rule.extends.is_some());
        !hits.is_empty() && long.any(|rule| hits.iter().any(|hit| hit.rule == rule.id))
    }
}

fn place_of(object: &Object<'_>) -> Place {
    Place::Object {
        id: object.id,
        kind: object.kind,
    }
}

/// True if something in the bytes is encoded that no literal tells, or what was found in them
/// asks for a partner that may be.
fn has_sign(bytes: &[u8], found: &[Hit]) -> bool {
    asks_for_partner(found) || Flags::in_head(bytes) || Flags::in_bytes(bytes, false)
}
