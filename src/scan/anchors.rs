//! What rules want to be near to: IDs and the like, by their places in one text.

use std::ops::Range;

/// What other rules want to be near to.
pub(super) struct Anchor {
    pub(super) rule: usize,
    pub(super) span: Range<usize>,
    /// Where its name stands, if it has one: around the span.
    pub(super) name: Option<Range<usize>>,
}

/// True if an anchor of `rule` lies at most `within` bytes from the span. Anchors of one rule do
/// not overlap.
pub(super) fn has_anchor(
    anchors: &[Anchor],
    rule: usize,
    span: &Range<usize>,
    within: usize,
) -> bool {
    around(anchors, span, within).any(|anchor| anchor.rule == rule)
}

/// The one of these that is nearest; of equals the first.
pub(super) fn nearest<'a>(
    anchors: &'a [Anchor],
    rule: usize,
    span: &Range<usize>,
    within: usize,
) -> Option<&'a Anchor> {
    let distance = |a: &Anchor| {
        let behind = a.span.start.saturating_sub(span.end);
        behind.max(span.start.saturating_sub(a.span.end))
    };
    around(anchors, span, within)
        .filter(|anchor| anchor.rule == rule)
        .min_by_key(|anchor| distance(anchor))
}

fn around<'a>(
    anchors: &'a [Anchor],
    span: &Range<usize>,
    within: usize,
) -> impl Iterator<Item = &'a Anchor> {
    let (start, end) = (span.start, span.end);
    let first = anchors.partition_point(|a| a.span.end + within < start);
    anchors[first..]
        .iter()
        .take_while(move |a| a.span.start <= end + within)
}
/// Ascending spans, each widened by `margin`, with those that meet made one.
pub(super) fn merged<'a>(
    spans: impl Iterator<Item = &'a Range<usize>>,
    margin: usize,
    len: usize,
) -> Vec<Range<usize>> {
    let mut zones: Vec<Range<usize>> = Vec::new();
    for span in spans {
        let zone = span.start.saturating_sub(margin)..len.min(span.end + margin);
        match zones.last_mut() {
            Some(last) if zone.start <= last.end => last.end = last.end.max(zone.end),
            _ => zones.push(zone),
        }
    }
    zones
}
