//! Whether what a pattern captured is a hit, and how sure that is.

use std::ops::Range;

use super::checks::{self, Candidate};
use super::matcher::Found;
use super::pieces::{self, Alphabet};
use super::{disclosure, extent, stem};
use crate::model::{Confidence, Encoding, Part, Secret};
use crate::rules::{Check, Rule};

/// Decodes what a pattern captured, and asks the rule's checks. What a value goes on with behind
/// that changes nothing but the value and the confidence.
pub(super) fn judge(rule: &Rule, index: usize, bytes: &[u8], head: Range<usize>) -> Option<Found> {
    // Whether it is a hit comes first: where many values begin, few are followed to their end.
    let head = match rule.extends {
        Some(extent) => extent::whole_head(extent, bytes, head),
        None => head,
    };
    let (decoded_head, _) = extent::decode(rule.extends, &bytes[head.clone()])?;
    if !fits(rule, bytes, &head, &decoded_head) {
        return None;
    }
    let span = match rule.extends {
        Some(extent) => head.start..extent::end(extent, bytes, &head),
        None => head,
    };
    let (value, encodings) = extent::decode(rule.extends, &bytes[span.clone()])?;
    Some(graded((rule, index), bytes, span, value, encodings))
}

/// The same for a value in pieces whose first one begins at `start`.
pub(super) fn in_pieces(rule: &Rule, index: usize, bytes: &[u8], start: usize) -> Option<Found> {
    let alphabet = match rule.part {
        Part::Id => Alphabet::Id,
        _ => Alphabet::Secret,
    };
    let (span, value) = pieces::join(bytes, start, alphabet)?;
    let encodings = vec![Encoding::Concatenation];
    fits(rule, bytes, &span, &value).then(|| graded((rule, index), bytes, span, value, encodings))
}

fn candidate<'a>(
    rule: &Rule,
    bytes: &'a [u8],
    span: &Range<usize>,
    value: &'a Secret,
) -> Candidate<'a> {
    Candidate {
        bytes,
        start: span.start,
        end: span.end,
        value: value.expose(),
        kind: rule.kind,
    }
}

/// True if a value passes what its rule requires.
fn fits(rule: &Rule, bytes: &[u8], span: &Range<usize>, value: &Secret) -> bool {
    let candidate = candidate(rule, bytes, span, value);
    let mut required = rule.require.iter();
    required.all(|check| checks::passes(*check, candidate))
}

/// A value that fits, with its confidence.
fn graded(
    (rule, index): (&Rule, usize),
    bytes: &[u8],
    span: Range<usize>,
    value: Secret,
    encodings: Vec<Encoding>,
) -> Found {
    let whole = candidate(rule, bytes, &span, &value);
    let all = |list: &[Check]| list.iter().all(|check| checks::passes(*check, whole));
    let disclosure = match (rule.part, rule.kind) {
        (Part::Id, None) => disclosure::of(bytes, &span),
        _ => None,
    };
    let confidence = if !all(&rule.low_unless) {
        Confidence::Low
    } else if disclosure.is_some() || !all(&rule.medium_unless) {
        rule.confidence.min(Confidence::Medium)
    } else {
        rule.confidence
    };
    Found {
        rule: index,
        stem: stem::of(bytes, span.start),
        span,
        confidence,
        encodings,
        disclosure,
        related: None,
        value,
    }
}
