//! Of values that overlap one stays.

use super::matcher::Found;
use crate::model::Part;
use crate::rules::RuleSet;

/// Puts values in order. Of two that overlap the one of the more specific rule stays, and an ID
/// beats a secret that would contain it.
pub(super) fn settle(mut found: Vec<Found>, rules: &RuleSet) -> Vec<Found> {
    found.sort_by_key(|f| (f.span.start, f.rule));
    let mut kept: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        let Some(last) = kept.last() else {
            kept.push(one);
            continue;
        };
        let is_id = |f: &Found| rules.rules()[f.rule].part == Part::Id;
        if one.span.start >= last.span.end {
            kept.push(one);
        } else if one.rule < last.rule && (is_id(&one) || !is_id(last)) {
            kept.pop();
            kept.push(one);
        }
    }
    kept
}
