//! Objects made from others that were scanned before: only what is new is scanned again, and hits
//! of the base travel through what was copied. The result equals a scan of everything.

use std::ops::Range;

use super::layers::Trace;
use super::layers::flags::{Flags, HEAD_LEN, MARGIN, asks_for_partner};
use super::marks::{MARKS_MAX, Marks};
use super::{Scanner, alone, carry::carry, locate::locate, matcher, zones::widened};
use crate::model::{Derivation, Hit, Margins, Object, ObjectKind};
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
    /// What decoding it told, if something in it is decoded at all.
    trace: Option<Trace>,
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
            trace: None,
            hits: hits[..carried].to_vec(),
        }
    }

    /// The same with what decoding it told.
    pub(super) fn with(self, trace: Option<Trace>) -> Memory {
        Memory { trace, ..self }
    }

    /// What is known of an object that was not scanned: nothing, so that what is made from it is
    /// scanned as a whole.
    pub fn unscanned() -> Memory {
        Memory::new(Marks::Many, false, true, &[])
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> u64 {
        let trace = self.trace.as_ref().map_or(0, Trace::weight);
        (self.hits.len() * HIT_WEIGHT + self.marks.len() * 4 + trace) as u64
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
        let (Some(range), Some(Margins { before, behind })) = (self.range(), self.margins(base))
        else {
            return false;
        };
        let Derivation { fresh, copies, .. } = *made;
        if !self.matcher.fast || (kind == ObjectKind::Blob && alone::may_be(bytes)) {
            return false;
        }
        if kind == ObjectKind::Tree {
            // A name is a field of its own, so nothing around it matters.
            return !fresh
                .iter()
                .any(|range| self.matcher.may_match_names(&bytes[range.clone()]));
        }
        let mut near = base.marks.near(copies, fresh, range.before, range.behind);
        if near.next().is_some() {
            return false;
        }
        let plain = matches!(base.marks, Marks::At(_)) && self.inserts_no_literal(bytes, made);
        // Pieces that meet are searched as one: each search has a price.
        !Pieces::new(fresh, before, behind, bytes.len()).any(|piece| {
            let bytes = &bytes[piece.clone()];
            let sign = if plain {
                Flags::in_text(bytes, true)
            } else {
                self.matcher.may_match_or_sign(bytes) || Flags::in_bytes(bytes, true)
            };
            sign || (piece.start == 0 && Flags::in_head(bytes))
        })
    }

    /// True if neither a literal stands in an object that was not copied whole, nor a zero.
    fn inserts_no_literal(&self, bytes: &[u8], made: &Derivation<'_>) -> bool {
        let straddles = |at: usize| self.matcher.may_straddle(bytes, at);
        self.matcher.is_plain(made.inserted)
            && memchr::memchr(0, made.inserted).is_none()
            && !made.seams.iter().any(|at| straddles(*at))
            && !made
                .fresh
                .iter()
                .any(|range| straddles(range.start) || straddles(range.end))
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
        let derivable = derivable && !base.goes_on && !base.deep && !alone::may_be(object.bytes);
        let Some(reach) = self.reach.filter(|_| derivable) else {
            let earlier = base
                .trace
                .as_ref()
                .filter(|_| object.kind == ObjectKind::Blob);
            let earlier = earlier.map(|trace| trace.moved(made, object.bytes.len()));
            return self.scan_whole(object, earlier, hits);
        };
        let mut found = Vec::new();
        let (zones, marks) = if object.kind == ObjectKind::Tree {
            for range in made.fresh {
                if self.matcher.may_match_names(&object.bytes[range.clone()]) {
                    self.scan_entries(object, range, &mut found);
                }
            }
            (made.fresh.to_vec(), Marks::none())
        } else {
            let new = self.new_literals(object.bytes, made, base, reach);
            let zones = widened(&new.fresh, reach, object.bytes.len());
            if !zones.is_empty() {
                self.scan_zones(object, &zones, reach + matcher::WINDOW, &mut found);
            }
            let crowded = found.len().saturating_add(base.hits.len()) >= self.hits_max;
            if crowded || new.sign || asks_for_partner(&found) || self.goes_on(&found) {
                return self.scan(object, hits);
            }
            (zones, new.marks)
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
        let memory = Memory::new(marks, false, false, &found);
        hits.append(&mut found);
        memory
    }

    /// What the literals of an object say, those of its base and new ones.
    fn new_literals(
        &self,
        bytes: &[u8],
        made: &Derivation<'_>,
        base: &Memory,
        reach: usize,
    ) -> New {
        let Derivation { fresh, copies, .. } = *made;
        let pieces = || {
            let tight = self.tight();
            Pieces::new(fresh, tight, tight, bytes.len())
        };
        let moved = base.marks.moved(copies);
        let many = base.hits.len() > MARKS_MAX || matches!(moved, Marks::Many);
        // A base that is not looked into as a whole has no zeros.
        let plain = !many && self.inserts_no_literal(bytes, made);
        let sign = pieces().any(|piece| {
            let starts = piece.start == 0;
            let piece = &bytes[piece];
            let sign = if plain {
                Flags::in_text(piece, true)
            } else {
                Flags::in_bytes(piece, true)
            };
            sign || (starts && Flags::in_head(piece))
        });
        if many {
            // Where they are is not known: everything new counts.
            let mut pieces = widened(fresh, reach + matcher::WINDOW, bytes.len()).into_iter();
            return New {
                fresh: fresh.to_vec(),
                sign: sign || pieces.any(|piece| self.matcher.has_sign(&bytes[piece])),
                marks: Marks::Many,
            };
        }
        let mut new = Vec::new();
        if !plain {
            for piece in pieces() {
                let places = self.matcher.places(&bytes[piece.clone()]);
                new.extend(places.map(|at| piece.start + at));
            }
        }
        let (before, behind) = (reach + matcher::WINDOW, reach + GATE_REACH);
        let near = moved.still_near(fresh, before, behind);
        let is_loud = |at: &usize| !self.matcher.is_quiet(bytes, *at);
        let mut loud: Vec<usize> = near.chain(new.iter().copied()).filter(is_loud).collect();
        // What became of a hit is to be seen, even if nothing is there any more.
        let hits = Marks::of(base.hits.iter().map(|hit| hit.span.start as usize));
        loud.extend(hits.near(copies, fresh, before, behind));
        loud.sort_unstable();
        let mut rest = &loud[..];
        let is_heard = |range: &&Range<usize>| {
            while let Some((at, others)) = rest.split_first() {
                if at + before >= range.start {
                    return *at <= range.end + behind;
                }
                rest = others;
            }
            false
        };
        New {
            fresh: fresh.iter().filter(is_heard).cloned().collect(),
            sign: sign || loud.iter().any(|at| self.matcher.is_sign(bytes, *at)),
            marks: moved.and(new.into_iter()),
        }
    }
}

/// What the literals of an object say that was made from another one.
struct New {
    /// New ranges that lie in the range of a literal that is not quiet.
    fresh: Vec<Range<usize>>,
    /// Something may be encoded that was not in the base.
    sign: bool,
    /// All literals.
    marks: Marks,
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
