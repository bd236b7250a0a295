//! Objects made from others that were scanned before: only what is new is scanned again, and hits
//! of the base travel through what was copied. The result equals a scan of everything.

use std::ops::Range;

use super::layers::flags::{Flags, HEAD_LEN, MARGIN, asks_for_partner};
use super::marks::Marks;
use super::{Scanner, locate::locate, matcher, widened, zone_at};
use crate::model::{Derivation, Hit, Margins, Object, ObjectKind, Place, Span};
use crate::rules::GATE_REACH;

/// What a hit takes, values and all.
const HIT_WEIGHT: usize = size_of::<Hit>() + 64;
/// What it costs to carry a hit, in bytes that are merely gone through.
const CARRY_COST: u64 = 2048;

/// Bytes that the prefilter's vector instructions take at a time.
const VECTOR_LEN: usize = 32;

/// Hits of one object that travel to those made from it; where there are more, these are scanned as
/// a whole. Much more than a healthy repository has, and it bounds what waits on a long chain.
const CARRIED_MAX: usize = 1000;

/// What a scan of an object tells about objects made from it.
#[derive(Debug)]
pub struct Memory {
    /// Literals that may matter.
    marks: Marks,
    /// See [`Scanner::goes_on`].
    goes_on: bool,
    /// Something in it is encoded or packed: what is made from it is looked into as a whole.
    deep: bool,
    hits: Vec<Hit>,
}

impl Memory {
    pub(super) fn new(marks: Marks, goes_on: bool, deep: bool, hits: &[Hit]) -> Memory {
        let carried = if hits.len() > CARRIED_MAX {
            1
        } else {
            hits.len()
        };
        Memory {
            marks,
            goes_on,
            deep: deep || hits.len() > CARRIED_MAX,
            hits: hits[..carried].to_vec(),
        }
    }

    /// What is known of an object that was not scanned: nothing, so that what is made from it is
    /// scanned as a whole.
    pub fn unscanned() -> Memory {
        Memory::new(Marks::Many, false, true, &[])
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> u64 {
        (self.hits.len() * HIT_WEIGHT + self.marks.len() * 4) as u64
    }

    /// True if something was found.
    pub fn has_hits(&self) -> bool {
        !self.hits.is_empty()
    }
}

impl Scanner {
    /// How much around new bytes [`Scanner::passes`] looks at. `None` if an object made from this
    /// base must be scanned as a whole, or always has hits.
    ///
    /// New is only a literal that has a new byte in it or in what its gate looks at. What became of
    /// the base's literals is told by where they are now, if they are known one by one; if not, what
    /// they look at is searched for them again.
    pub fn margins(&self, base: &Memory) -> Option<Margins> {
        let range = self.range()?;
        if base.has_hits() || base.deep {
            return None;
        }
        let tight = self.tight();
        Some(match base.marks {
            Marks::At(_) => Margins {
                before: tight,
                behind: tight,
            },
            Marks::Many => range,
        })
    }

    /// Pieces too short for vector instructions would be searched byte by byte. Signs of what is
    /// encoded, and the beginning of an object, are seen whole.
    fn tight(&self) -> usize {
        self.matcher
            .literal_len_max()
            .max(VECTOR_LEN)
            .max(GATE_REACH)
            .max(MARGIN)
            .max(HEAD_LEN)
    }

    /// How far a literal may lie from a new byte that changes what is found at it: the value lies
    /// ahead of the literal, and within a rule's reach of the new byte. Rules that need an ID nearby
    /// ask for nothing more: a new ID has literals of its own, and with an old one the base has a hit.
    fn range(&self) -> Option<Margins> {
        let reach = self.reach.and(self.reach_without_ids)?;
        Some(Margins {
            before: reach + matcher::WINDOW,
            behind: reach + GATE_REACH,
        })
    }

    /// A quick test: true if an object has no hit, judged by what is new in it and
    /// [`Scanner::margins`] around it. Nothing else of `bytes` is looked at.
    pub fn passes(
        &self,
        kind: ObjectKind,
        bytes: &[u8],
        made: &Derivation<'_>,
        base: &Memory,
    ) -> bool {
        self.has_nothing_new(kind, bytes, made, base, |_| false)
    }

    /// The same. `is_quiet` says of a literal of the base, by where it is now, whether it is of no
    /// interest although something new is in its range.
    fn has_nothing_new(
        &self,
        kind: ObjectKind,
        bytes: &[u8],
        made: &Derivation<'_>,
        base: &Memory,
        is_quiet: impl Fn(usize) -> bool,
    ) -> bool {
        let (Some(range), Some(Margins { before, behind })) = (self.range(), self.margins(base))
        else {
            return false;
        };
        let Derivation { fresh, copies } = *made;
        if !self.matcher.fast {
            return false;
        }
        if kind == ObjectKind::Tree {
            // A name is a field of its own, so nothing around it matters.
            return !fresh
                .iter()
                .any(|range| self.matcher.may_match(&bytes[range.clone()]));
        }
        let mut near = base.marks.near(copies, fresh, range.before, range.behind);
        // Pieces that meet are searched as one: each search has a price.
        let mut pieces = Pieces::new(fresh, before, behind, bytes.len());
        near.all(is_quiet)
            && !pieces.any(|piece| {
                let bytes = &bytes[piece.clone()];
                self.matcher.may_match_or_sign(bytes)
                    || Flags::in_bytes(bytes, true)
                    || (piece.start == 0 && Flags::in_head(bytes))
            })
    }

    /// True if an object made from one without signs of anything encoded may have one. `found` is
    /// what was found around its new bytes.
    fn has_new_sign(&self, bytes: &[u8], fresh: &[Range<usize>], found: &[Hit]) -> bool {
        let reach = self.reach.unwrap_or(0).max(matcher::WINDOW);
        let mut pieces = widened(fresh, reach, bytes.len()).into_iter();
        asks_for_partner(found)
            || pieces.any(|piece| {
                let starts = piece.start == 0;
                let piece = &bytes[piece];
                self.matcher.has_sign(piece)
                    || Flags::in_bytes(piece, true)
                    || (starts && Flags::in_head(piece))
            })
    }

    /// The literals of an object made from this base.
    fn new_marks(&self, bytes: &[u8], made: &Derivation<'_>, base: &Memory) -> Marks {
        let old = base.marks.moved(made.copies);
        let pieces = widened(made.fresh, self.tight(), bytes.len()).into_iter();
        old.and(pieces.flat_map(|piece| {
            let places = self.matcher.places(&bytes[piece.clone()]);
            places.map(move |at| piece.start + at)
        }))
    }

    /// Scans an object that was made from another one, given what the scan of that one gave.
    ///
    /// Around what is new, as far as [`crate::rules::RuleSet::reach`] says, everything is looked
    /// for again; hits of the base from elsewhere move with the bytes that were copied. Commits
    /// and tags are short, and what field a byte belongs to may be decided far from it, so they
    /// are scanned whole.
    pub fn scan_derived(
        &mut self,
        object: &Object<'_>,
        made: &Derivation<'_>,
        base: &Memory,
        hits: &mut Vec<Hit>,
    ) -> Memory {
        let derivable = matches!(object.kind, ObjectKind::Blob | ObjectKind::Tree);
        let derivable = derivable && !base.goes_on && !base.deep;
        let Some(reach) = self.reach.filter(|_| derivable) else {
            return self.scan(object, hits);
        };
        let is_quiet = |at| self.matcher.is_quiet(object.bytes, at);
        if self.has_nothing_new(object.kind, object.bytes, made, base, is_quiet) {
            return Memory::new(base.marks.moved(made.copies), false, false, &[]);
        }
        let mut found = Vec::new();
        let zones = if object.kind == ObjectKind::Tree {
            for range in made.fresh {
                if self.matcher.may_match(&object.bytes[range.clone()]) {
                    self.scan_entries(object, range, &mut found);
                }
            }
            made.fresh.to_vec()
        } else {
            let zones = widened(made.fresh, reach, object.bytes.len());
            self.scan_zones(object, &zones, reach + matcher::WINDOW, &mut found);
            let crowded = found.len().saturating_add(base.hits.len()) >= self.hits_max;
            if crowded
                || self.goes_on(&found)
                || self.has_new_sign(object.bytes, made.fresh, &found)
            {
                return self.scan(object, hits);
            }
            zones
        };
        self.matcher.pay(base.hits.len() as u64 * CARRY_COST);
        // A base may be copied again and again.
        if !carry(
            object,
            made,
            &base.hits,
            (&zones, self.hits_max),
            &mut found,
        ) {
            return self.scan(object, hits);
        }
        locate(object, &mut found);
        let marks = match object.kind {
            ObjectKind::Tree => Marks::none(),
            _ => self.new_marks(object.bytes, made, base),
        };
        let memory = Memory::new(marks, false, false, &found);
        hits.append(&mut found);
        memory
    }
}

/// New ranges with margins around them, those that meet made one.
struct Pieces<'f> {
    fresh: std::slice::Iter<'f, Range<usize>>,
    before: usize,
    behind: usize,
    len: usize,
    open: Option<Range<usize>>,
}

impl Pieces<'_> {
    fn new(fresh: &[Range<usize>], before: usize, behind: usize, len: usize) -> Pieces<'_> {
        Pieces {
            fresh: fresh.iter(),
            before,
            behind,
            len,
            open: None,
        }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        for range in self.fresh.by_ref() {
            let start = range.start.saturating_sub(self.before);
            let end = self.len.min(range.end + self.behind);
            match &mut self.open {
                Some(open) if start <= open.end => open.end = end,
                open => {
                    if let Some(done) = open.replace(start..end) {
                        return Some(done);
                    }
                }
            }
        }
        self.open.take()
    }
}

/// Adds the hits of the base that what was copied still holds. What lies in a zone was looked for
/// again. False if there would be more than `max`.
fn carry(
    object: &Object<'_>,
    made: &Derivation<'_>,
    base: &[Hit],
    (zones, max): (&[Range<usize>], usize),
    found: &mut Vec<Hit>,
) -> bool {
    if base.is_empty() {
        return true;
    }
    let place = Place::Object {
        id: object.id,
        kind: object.kind,
    };
    let taken = taken(found);
    for copy in made.copies {
        let copied = copy.from as u64..(copy.from + copy.len) as u64;
        let first = base.partition_point(|hit| hit.span.start < copied.start);
        let inside = base[first..].iter();
        for hit in inside.take_while(|hit| hit.span.start < copied.end) {
            let start = copy.at + (hit.span.start - copied.start) as usize;
            let span = start..start + (hit.span.end - hit.span.start) as usize;
            let again = zone_at(zones, &span).is_some() || zone_at(&taken, &span).is_some();
            if hit.span.end <= copied.end && !again {
                if found.len() >= max {
                    return false;
                }
                found.push(Hit {
                    place: place.clone(),
                    span: Span {
                        start: span.start as u64,
                        end: span.end as u64,
                    },
                    ..hit.clone()
                });
            }
        }
    }
    found.sort_by_key(|hit| hit.span);
    true
}

/// Where hits stand already: ascending and disjoint, so that each question takes a binary search.
fn taken(found: &mut [Hit]) -> Vec<Range<usize>> {
    found.sort_by_key(|hit| hit.span);
    let mut taken: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for hit in found {
        let (start, end) = (hit.span.start as usize, hit.span.end as usize);
        match taken.last_mut() {
            Some(last) if start < last.end => last.end = last.end.max(end),
            _ => taken.push(start..end),
        }
    }
    taken
}
