//! Prefilter → gate → pattern → checks, over one field of one object.
//!
//! Work is linear in the field's length whatever it holds: a pattern sees a bounded window behind
//! each literal, and the neighbourhoods of IDs are merged before they are searched.

use std::ops::Range;

use regex::bytes::Regex;

use crate::model::{Confidence, Encoding, Part, Secret};
use crate::rules::{Check, Gate, Rule, RuleSet};

use super::checks::{self, Candidate, is_base64};
use super::decode::{decode, unit_len};
use super::prefilter::Prefilter;

/// Bytes behind a literal that its pattern may see: a label's rest, what stands between label and
/// value, and a secret with every character escaped.
const WINDOW: usize = 768;
/// A value begins at most so many bytes behind its label's literal.
const VALUE_AHEAD: usize = 320;
/// Length of a secret access key.
const SECRET_LEN: usize = 40;
/// Neighbourhoods are widened by this, so that a value that begins inside is seen whole.
pub(super) const VALUE_LEN_MAX: usize = SECRET_LEN * 9;

/// A value that a rule found, relative to the field.
#[derive(Debug)]
pub(super) struct Found {
    /// Index of the rule.
    pub(super) rule: usize,
    /// The exact bytes.
    pub(super) span: Range<usize>,
    /// The decoded value.
    pub(super) value: Secret,
    /// From the outermost to the innermost.
    pub(super) encodings: Vec<Encoding>,
    /// After all checks.
    pub(super) confidence: Confidence,
}

/// Finds values; owns what one thread reuses.
pub(super) struct Matcher {
    pub(super) rules: RuleSet,
    /// Clones of the rules' patterns: a clone has scratch space of its own.
    patterns: Vec<Regex>,
    prefilter: Prefilter,
    /// Literals whose rule needs an ID nearby: place and rule.
    waiting: Vec<(usize, usize)>,
    /// Where IDs of the rule that others are near to stand, ascending.
    anchors: Vec<(usize, Range<usize>)>,
    /// False only in tests: literals are then searched naively, and gates are open.
    pub(super) fast: bool,
}

impl Matcher {
    pub(super) fn new(rules: &RuleSet) -> Matcher {
        Matcher {
            rules: rules.clone(),
            patterns: rules.rules().iter().map(|r| r.regex.clone()).collect(),
            prefilter: Prefilter::new(rules),
            waiting: Vec::new(),
            anchors: Vec::new(),
            fast: true,
        }
    }

    /// True if any literal stands in the bytes. The whole cost of an object without one.
    pub(super) fn may_match(&self, bytes: &[u8]) -> bool {
        !self.fast || self.prefilter.next(bytes, 0).is_some()
    }

    /// Finds all values of a field, in order. Two never overlap.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Vec<Found> {
        self.waiting.clear();
        self.anchors.clear();
        let mut found = Vec::new();
        if self.fast {
            let mut from = 0;
            while let Some((at, literal)) = self.prefilter.next(bytes, from) {
                self.visit(bytes, at, literal, &mut found);
                from = at + 1;
            }
        } else {
            self.visit_naively(bytes, &mut found);
        }
        if !self.anchors.is_empty() {
            self.match_waiting(bytes, &mut found);
            self.search_neighbourhoods(bytes, &mut found);
        }
        settle(found, &self.rules)
    }

    /// Tries every rule at every byte where one of its literals stands.
    fn visit_naively(&mut self, bytes: &[u8], found: &mut Vec<Found>) {
        let rules = self.rules.clone();
        for at in 0..bytes.len() {
            for (index, rule) in rules.rules().iter().enumerate() {
                let here = |literal: &Vec<u8>| bytes[at..].starts_with(literal);
                if rule.prefilter.iter().any(here) {
                    self.try_rule(bytes, at, index, found);
                }
            }
        }
    }

    /// A literal was found: tries the rules that asked for it, until one matches.
    fn visit(&mut self, bytes: &[u8], at: usize, literal: usize, found: &mut Vec<Found>) {
        let rules = self.rules.clone();
        let mut gate_passed = None;
        for i in 0..self.prefilter.rules_of(literal).len() {
            let index = self.prefilter.rules_of(literal)[i];
            let gate = rules.rules()[index].gate;
            let open = match gate_passed {
                Some((same, open)) if same == gate => open,
                _ => gate_opens(gate, bytes, at),
            };
            gate_passed = Some((gate, open));
            if open && self.try_rule(bytes, at, index, found) {
                break;
            }
        }
    }

    /// Tries one rule at a literal. A rule that needs an ID nearby waits until all are known.
    fn try_rule(&mut self, bytes: &[u8], at: usize, index: usize, found: &mut Vec<Found>) -> bool {
        let rules = self.rules.clone();
        let rule = &rules.rules()[index];
        if rule.near.is_some() {
            self.waiting.push((at, index));
            return false;
        }
        let Some(one) = self.match_at(bytes, at, index) else {
            return false;
        };
        let is_anchor = rules
            .rules()
            .iter()
            .any(|r| r.near.is_some_and(|n| n.rule == index));
        if is_anchor
            && self
                .anchors
                .last()
                .is_none_or(|(_, last)| last.end <= one.span.start)
        {
            let candidate = Candidate {
                bytes,
                start: one.span.start,
                end: one.span.end,
                value: one.value.expose(),
            };
            // What is part of something longer says nothing about its neighbours.
            if checks::passes(Check::NotInBase64Run, candidate) {
                self.anchors.push((index, one.span.clone()));
            }
        }
        found.push(one);
        true
    }

    /// Runs a rule's pattern at a literal, with the label in front of it.
    fn match_at(&self, bytes: &[u8], at: usize, index: usize) -> Option<Found> {
        let rule = &self.rules.rules()[index];
        let head = bytes[at.saturating_sub(rule.label_head)..at]
            .iter()
            .rev()
            .take_while(|b| is_label(**b))
            .count();
        let start = at - head;
        let window = &bytes[start..bytes.len().min(at + WINDOW)];
        let value = self.patterns[index].captures(window)?.name("value")?;
        let mut span = start + value.start()..start + value.end();
        if without_escape(bytes, span.clone()) != span {
            // The pattern took the escape's letter for the first character: move on by one.
            let more = unit_len(&bytes[span.end..]);
            span = span.start + 1..span.end + more;
            if more == 0 || bytes[span.start - 2] != b'\\' {
                return None;
            }
        }
        judge(rule, index, bytes, span)
    }

    fn match_waiting(&mut self, bytes: &[u8], found: &mut Vec<Found>) {
        for (at, index) in std::mem::take(&mut self.waiting) {
            let within = self.rules.rules()[index].near.map_or(0, |n| n.within);
            let zone = at.saturating_sub(within + WINDOW)..at + within + WINDOW;
            if self.has_anchor(index, &zone, 0)
                && let Some(one) = self.match_at(bytes, at, index)
                && self.has_anchor(index, &one.span, within)
            {
                found.push(one);
            }
        }
    }

    /// Searches around IDs for what no literal announces.
    fn search_neighbourhoods(&self, bytes: &[u8], found: &mut Vec<Found>) {
        for (index, rule) in self.rules.rules().iter().enumerate() {
            let Some(near) = rule.near.filter(|_| rule.prefilter.is_empty()) else {
                continue;
            };
            let margin = near.within + VALUE_LEN_MAX;
            let spans = self.anchors.iter().filter(|(rule, _)| *rule == near.rule);
            for zone in merged(spans.map(|(_, span)| span), margin, bytes.len()) {
                for matched in self.patterns[index].find_iter(&bytes[zone.clone()]) {
                    let span = zone.start + matched.start()..zone.start + matched.end();
                    let span = without_escape(bytes, span);
                    if self.has_anchor(index, &span, near.within)
                        && let Some(one) = judge(rule, index, bytes, span)
                    {
                        found.push(one);
                    }
                }
            }
        }
    }

    /// True if an ID that the rule may be near to lies at most `within` bytes from the span.
    fn has_anchor(&self, index: usize, span: &Range<usize>, within: usize) -> bool {
        let Some(near) = self.rules.rules()[index].near else {
            return false;
        };
        let first = self
            .anchors
            .partition_point(|(_, a)| a.end + within < span.start);
        self.anchors[first..]
            .iter()
            .take_while(|(_, a)| a.start <= span.end + within)
            .any(|(rule, _)| *rule == near.rule)
    }
}

/// What may stand in a label.
fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b' ')
}

fn gate_opens(gate: Gate, bytes: &[u8], at: usize) -> bool {
    match gate {
        Gate::Open => true,
        Gate::KeyIdShape => {
            let of_id = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
            bytes
                .get(at..at + 20)
                .is_some_and(|id| id.iter().all(of_id))
                && checks::key_id_boundary(bytes, at, at + 20)
        }
        Gate::LongRunAhead => long_run_ahead(bytes, at),
    }
}

/// True if 40 characters of base64 or of its escapes stand in a row not far behind `at`. Such a
/// run covers every 40th place, so that looking there is enough.
fn long_run_ahead(bytes: &[u8], at: usize) -> bool {
    let in_run = |b: &u8| is_base64(*b) || matches!(b, b'\\' | b'%');
    let zone = &bytes[at..bytes.len().min(at + VALUE_AHEAD + SECRET_LEN)];
    (SECRET_LEN - 1..zone.len())
        .step_by(SECRET_LEN)
        .any(|probe| {
            in_run(&zone[probe])
                && zone[..probe]
                    .iter()
                    .rev()
                    .take_while(|b| in_run(b))
                    .take(SECRET_LEN)
                    .count()
                    + zone[probe..]
                        .iter()
                        .take_while(|b| in_run(b))
                        .take(SECRET_LEN)
                        .count()
                    >= SECRET_LEN
        })
}

/// Decodes what a pattern captured, and asks the rule's checks.
fn judge(rule: &Rule, index: usize, bytes: &[u8], span: Range<usize>) -> Option<Found> {
    let (value, encodings) = decode(&bytes[span.clone()])?;
    let candidate = Candidate {
        bytes,
        start: span.start,
        end: span.end,
        value: value.expose(),
    };
    let all = |list: &[Check]| list.iter().all(|check| checks::passes(*check, candidate));
    if !all(&rule.require) {
        return None;
    }
    let confidence = if !all(&rule.low_unless) {
        Confidence::Low
    } else if !all(&rule.medium_unless) {
        rule.confidence.min(Confidence::Medium)
    } else {
        rule.confidence
    };
    Some(Found {
        rule: index,
        span,
        confidence,
        encodings,
        value,
    })
}

/// The letters of an escape that stand right before a value look like its beginning: `\n`, `%3A`.
fn without_escape(bytes: &[u8], span: Range<usize>) -> Range<usize> {
    let before = span.start.checked_sub(1).map(|i| bytes[i]);
    match (before, &bytes[span.clone()]) {
        (Some(b'\\'), [b'n' | b'r' | b't', ..]) => span.start + 1..span.end,
        (Some(b'%'), [a, b, ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            span.start + 2..span.end
        }
        _ => span,
    }
}

/// Ascending spans, each widened by `margin`, with those that meet made one.
fn merged<'a>(
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

/// Puts values in order. Of two that overlap the one of the more specific rule stays, and an ID
/// beats a secret that would contain it.
fn settle(mut found: Vec<Found>, rules: &RuleSet) -> Vec<Found> {
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
