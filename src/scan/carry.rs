//! Hits of a base on their way to the objects made from it.

use std::ops::Range;

use super::zones::zone_at;
use crate::model::{Derivation, Hit, Object, Place, Span};

/// Adds the hits of the base that what was copied still holds. What lies in a zone was looked for
/// again. False if there would be more than `max`.
pub(super) fn carry(
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
