//! Parts of an object that are scanned: widened, joined, and cut at fields.

use std::ops::Range;

/// The ranges widened by `reach`, clipped, with those that meet made one.
pub(super) fn widened(ranges: &[Range<usize>], reach: usize, len: usize) -> Vec<Range<usize>> {
    let mut zones: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        let end = len.min(range.end.saturating_add(reach));
        let zone = range.start.saturating_sub(reach).min(end)..end;
        match zones.last_mut() {
            Some(last) if zone.start <= last.end => last.end = last.end.max(zone.end),
            _ => zones.push(zone),
        }
    }
    zones
}

/// The zone that shares a byte with the range. Zones are ascending and disjoint.
pub(super) fn zone_at<'z>(
    zones: &'z [Range<usize>],
    range: &Range<usize>,
) -> Option<&'z Range<usize>> {
    let first = zones.partition_point(|zone| zone.end <= range.start);
    zones.get(first).filter(|zone| zone.start < range.end)
}

/// The parts of the zones inside a field, relative to it.
pub(super) fn inside(zones: &[Range<usize>], field: &Range<usize>) -> Vec<Range<usize>> {
    let first = zones.partition_point(|zone| zone.end <= field.start);
    zones[first..]
        .iter()
        .take_while(|zone| zone.start < field.end)
        .map(|zone| {
            let start = zone.start.max(field.start) - field.start;
            start..zone.end.min(field.end) - field.start
        })
        .collect()
}
