//! Objects made from others: only what is new is looked through again, and what the base holds
//! travels with what was copied. The result is that of looking through everything.

use std::ops::Range;

use super::Seeker;
use super::signs::SIGN_LEN;
use super::windows::CONTEXT;
use crate::model::{Derivation, Hit, Margins, Object, ObjectKind, Place};
use crate::scan::layers::flags::Flags;
use crate::scan::pieces::SPAN_MAX;
use crate::scan::zones::{inside, widened, zone_at};
use crate::scan::{carry::carry, fields};

/// What a hit takes, values and all.
const HIT_WEIGHT: usize = size_of::<Hit>() + 64;
/// Hits of one object that travel to those made from it; where there are more, these are looked
/// through as a whole.
const CARRIED_MAX: usize = 1000;

/// What looking through an object tells about those made from it.
#[derive(Debug)]
pub struct Trace {
    /// Something in it is encoded or packed: what is made from it is looked into as a whole.
    is_deep: bool,
    hits: Vec<Hit>,
    /// Length of the names of objects.
    id_len: usize,
}

impl Trace {
    pub(super) fn new(is_deep: bool, hits: &[Hit], id_len: usize) -> Trace {
        let carried = if hits.len() > CARRIED_MAX {
            1
        } else {
            hits.len()
        };
        Trace {
            is_deep: is_deep || hits.len() > CARRIED_MAX,
            hits: hits[..carried].to_vec(),
            id_len,
        }
    }

    /// What is known of an object that nobody looked through: nothing.
    pub fn unknown() -> Trace {
        Trace::new(true, &[], 0)
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> u64 {
        (self.hits.len() * HIT_WEIGHT) as u64
    }

    /// True if something was found.
    pub fn has_hits(&self) -> bool {
        !self.hits.is_empty()
    }
}

impl Seeker {
    /// How far beyond a zone a value may stand that touches it, with all that decides about it.
    fn span(&self) -> usize {
        let longest = self.known.lengths.end;
        longest.max(SPAN_MAX).max(SIGN_LEN) + CONTEXT
    }

    /// How much around new bytes [`Seeker::passes`] looks at; `None` if what is made from this base
    /// must be shown.
    pub fn margins(&self, base: &Trace) -> Option<Margins> {
        let margin = CONTEXT + self.span();
        (!base.is_deep && base.hits.is_empty()).then_some(Margins {
            before: margin,
            behind: margin,
        })
    }

    /// True if an object made from this base holds no value, judged by what is new and
    /// [`Seeker::margins`] around it. Nothing else of `bytes` is looked at.
    pub fn passes(
        &self,
        kind: ObjectKind,
        bytes: &[u8],
        made: &Derivation<'_>,
        base: &Trace,
    ) -> bool {
        let Some(margins) = self.margins(base) else {
            return false;
        };
        if kind == ObjectKind::Tree {
            let clean = |name: &[u8]| {
                name.len() < self.known.len_min()
                    || !(self.known.has_sign(name)
                        || Flags::in_head(name)
                        || self.known.may_hold(name))
            };
            return made.fresh.iter().all(|range| {
                let bytes = &bytes[range.clone()];
                let names = fields::entry_names(bytes, base.id_len).0;
                names.into_iter().all(|name| clean(&bytes[name]))
            });
        }
        let zones = widened(made.fresh, CONTEXT, bytes.len());
        widened(made.fresh, margins.before, bytes.len())
            .iter()
            .all(|piece| {
                let is_clean = !self.has_sign(bytes, piece);
                is_clean && self.find_in(bytes, piece, &zones).next().is_none()
            })
    }

    /// True if something in a piece is encoded.
    fn has_sign(&self, bytes: &[u8], piece: &Range<usize>) -> bool {
        let text = &bytes[piece.clone()];
        self.known.has_sign(text) || (piece.start == 0 && Flags::in_head(text))
    }

    /// What stands in a piece and shares a byte with a zone, relative to the object.
    fn find_in<'s>(
        &'s self,
        bytes: &[u8],
        piece: &Range<usize>,
        zones: &'s [Range<usize>],
    ) -> impl Iterator<Item = crate::scan::matcher::Found> + 's {
        let text = &bytes[piece.clone()];
        let start = piece.start;
        let mut all = Vec::new();
        for zone in inside(zones, piece) {
            all.extend(self.known.find_near(text, &zone, &self.toll));
        }
        all.sort_by_key(|one| (one.span.start, one.span.end, one.rule));
        all.dedup_by(|a, b| a.span == b.span && a.rule == b.rule);
        all.into_iter().filter_map(move |mut one| {
            one.span = start + one.span.start..start + one.span.end;
            zone_at(zones, &one.span).is_some().then_some(one)
        })
    }

    /// Looks through an object that was made from another one, given what was found in that.
    pub fn seek_derived(
        &mut self,
        object: &Object<'_>,
        made: &Derivation<'_>,
        base: &Trace,
        hits: &mut Vec<Hit>,
    ) -> Trace {
        let derivable = matches!(object.kind, ObjectKind::Blob | ObjectKind::Tree);
        if !derivable || base.is_deep {
            return self.seek(object, hits);
        }
        let Object { id, kind, bytes } = *object;
        let mut found = Vec::new();
        let zones = if kind == ObjectKind::Tree {
            for range in made.fresh {
                self.names(object, range, &mut found);
            }
            made.fresh.to_vec()
        } else {
            let zones = widened(made.fresh, CONTEXT, bytes.len());
            let place = Place::Object { id, kind };
            for piece in widened(&zones, self.span(), bytes.len()) {
                if self.has_sign(bytes, &piece) {
                    return self.seek(object, hits);
                }
                let values: Vec<_> = self.find_in(bytes, &piece, &zones).collect();
                let hit = |one| self.hit(one, &place, crate::model::Field::Content, 0);
                found.extend(values.into_iter().map(hit));
            }
            zones
        };
        if !carry(
            object,
            made,
            &base.hits,
            (&zones, self.hits_max),
            &mut found,
        ) {
            return self.seek(object, hits);
        }
        self.settle(object, &mut found);
        let trace = Trace::new(false, &found, id.as_bytes().len());
        hits.append(&mut found);
        trace
    }
}
