//! Looks into texts: hits of what is encoded or packed in them.

use std::ops::Range;

use super::layers::{Earlier, Surveyed, Trace};
use super::{Scanner, fields, locate, place_of};
use crate::model::{Field, Hit, Limit, Object, Place, Span};

/// A text to be looked into, and what is known of it.
pub(super) struct Text<'t> {
    bytes: &'t [u8],
    /// Its offset in the object.
    base: usize,
    /// False if no literal in it is a sign.
    sign: bool,
    /// False if no literal in it counts.
    open: bool,
    /// What decoding the base of an object told.
    earlier: Option<Earlier>,
}

impl<'t> Text<'t> {
    /// One that is no part of an object, with what its literals say.
    pub(super) fn new(bytes: &'t [u8], (sign, open): (bool, bool)) -> Text<'t> {
        Text {
            bytes,
            base: 0,
            sign,
            open,
            earlier: None,
        }
    }
}

impl Scanner {
    /// Looks into what is encoded or packed in an object. Hits from place `first` on were found in
    /// it as it stands; `sign` says whether a literal in it is one, `counts` whether one counts.
    pub(super) fn look_into(
        &mut self,
        object: &Object<'_>,
        (sign, counts): (bool, bool),
        mut earlier: Option<Earlier>,
        first: usize,
        hits: &mut Vec<Hit>,
    ) -> Option<Trace> {
        let place = place_of(object);
        let (mut views, mut trace) = (0, None);
        for (field, range) in fields::split(object.kind, object.bytes) {
            let bytes = &object.bytes[range.clone()];
            // What a field ends may be a sign only there.
            let cut = bytes.len() < object.bytes.len();
            let text = Text {
                bytes,
                base: range.start,
                sign: sign || cut,
                open: counts || cut,
                earlier: earlier.take().filter(|_| !cut),
            };
            (views, trace) = self.look_into_text(&place, field, text, views, first, hits);
            trace = trace.filter(|_| !cut);
        }
        // Positions count in the whole object.
        let mut lines = locate::Lines::new();
        hits[first..].sort_by_key(|hit| (hit.span, hit.inner));
        for hit in &mut hits[first..] {
            lines.advance(object.bytes, 0, hit.span.start);
            hit.position = lines.position();
        }
        trace
    }

    /// The same for one text. Gives the number of the last unpacked text as well.
    pub(super) fn look_into_text(
        &mut self,
        place: &Place,
        field: Field,
        text: Text<'_>,
        views: u32,
        first: usize,
        hits: &mut Vec<Hit>,
    ) -> (u32, Option<Trace>) {
        let Text { bytes, base, .. } = text;
        let end = base + bytes.len();
        let plain: Vec<Range<usize>> = hits[first..]
            .iter()
            .map(|hit| hit.span.start as usize..hit.span.end as usize)
            .filter(|span| span.start >= base && span.end <= end)
            .map(|span| span.start - base..span.end - base)
            .collect();
        let search = Surveyed {
            matcher: &self.matcher,
            text: bytes,
            sign: text.sign,
            open: text.open,
        };
        let seen = self
            .layers
            .look(&search, bytes, &plain, views, text.earlier);
        for deep in seen.found {
            let mut hit = self.hit(deep.found, place, field, base as u64);
            hit.span = Span {
                start: (base + deep.span.start) as u64,
                end: (base + deep.span.end) as u64,
            };
            hit.inner = deep.inner;
            hit.section = deep.section;
            hit.about.naming = deep.naming;
            hits.push(hit);
        }
        let object = match place {
            Place::Object { id, .. } => Some(*id),
            _ => None,
        };
        let notices = seen.notices.into_iter();
        self.limits.extend(notices.map(|(kind, detail)| Limit {
            kind,
            object,
            detail,
        }));
        (seen.views, seen.trace)
    }
}
