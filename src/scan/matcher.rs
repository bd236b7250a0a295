//! Prefilter → gate → pattern → checks, over one field of one object.
//!
//! Work is linear in the field's length whatever it holds: a pattern sees a bounded window behind
//! each literal, and the neighbourhoods of IDs are merged before they are searched.

use std::cell::{Cell, OnceCell};
use std::ops::Range;

use regex::bytes::Regex;

use crate::model::{Confidence, Disclosure, Encoding, Secret};
use crate::rules::{Check, RuleSet};

use super::anchors::{Anchor, has_anchor, merged, nearest};
use super::boundary::without_escape;
use super::checks::{self, Candidate};
use super::decode::unit_len;
use super::framed::{length_is_first, narrowed};
use super::owner;
use super::prefilter::{Prefilter, Survey};
use super::settle::settle;
use super::verdict::{in_pieces, judge};

/// Bytes behind a literal that its pattern may see: a label's rest, what stands between label and
/// value, and a secret with every character escaped.
pub(super) const WINDOW: usize = 768;
/// A value begins at most so many bytes behind its label's literal.
pub(super) const VALUE_AHEAD: usize = 320;
/// Length of a secret access key.
pub(super) const SECRET_LEN: usize = 40;
/// Neighbourhoods are widened by this, so that a value that begins inside is seen whole.
pub(super) const VALUE_LEN_MAX: usize = SECRET_LEN * 9;

/// Rules look at least so far.
const REACH_LEAST: usize = 4096;
/// What running a pattern costs, in bytes that are merely gone through; measured, roughly.
const TRY_COST: u64 = 256;
/// What a value costs until it is a hit that was kept or dropped.
const FOUND_COST: u64 = 4096;
/// What searching a byte around an ID costs.
const SEARCH_COST: u64 = 8;

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
    /// The signed request around an ID.
    pub(super) disclosure: Option<Disclosure>,
    /// The public name nearest to it, for rules that are near to one.
    pub(super) related: Option<String>,
    /// See [`crate::model::Hit::stem`].
    pub(super) stem: u32,
}

/// Finds values; owns what one thread reuses.
pub(super) struct Matcher {
    pub(super) rules: RuleSet,
    /// Clones of the rules' patterns, made when they are first run: a clone has scratch space of its
    /// own.
    patterns: Vec<OnceCell<Regex>>,
    prefilter: Prefilter,
    /// Rules whose hits others are near to.
    anchor_rules: Vec<bool>,
    /// False only in tests: literals are then searched naively, and gates are open.
    pub(super) fast: bool,
    /// So many values of one text are enough; further ones may or may not be found.
    pub(super) enough: usize,
    /// Bytes behind a value after which nothing decides about it any more.
    settled_after: usize,
    /// Work done since it was last asked for, besides going through the bytes.
    pub(super) toll: Cell<u64>,
}

/// What is gathered on the way through one field.
#[derive(Default)]
struct Gathered {
    found: Vec<Found>,
    /// Literals whose rule needs an ID nearby: place and rule.
    waiting: Vec<(usize, usize)>,
    /// What others may be near to, ascending.
    anchors: Vec<Anchor>,
}

impl Matcher {
    pub(super) fn new(rules: &RuleSet) -> Matcher {
        Matcher {
            rules: rules.clone(),
            patterns: vec![OnceCell::new(); rules.rules().len()],
            prefilter: Prefilter::new(rules),
            anchor_rules: (0..rules.rules().len())
                .map(|i| {
                    rules
                        .rules()
                        .iter()
                        .any(|r| r.near.is_some_and(|n| n.rule == i))
                })
                .collect(),
            fast: true,
            enough: usize::MAX,
            settled_after: rules.reach().unwrap_or(0).max(REACH_LEAST) + WINDOW + VALUE_LEN_MAX,
            toll: Cell::new(0),
        }
    }

    pub(super) fn pattern(&self, index: usize) -> &Regex {
        let pattern = &self.rules.rules()[index].pattern;
        self.patterns[index].get_or_init(|| pattern.regex().clone())
    }

    /// Counts work.
    pub(super) fn pay(&self, cost: u64) {
        self.toll.set(self.toll.get().saturating_add(cost));
    }

    /// True if any literal stands in the bytes. The whole cost of an object without one.
    pub(super) fn may_match(&self, bytes: &[u8]) -> bool {
        !self.fast || self.prefilter.any(bytes)
    }

    /// The same for entries of a tree, of which only the names matter.
    pub(super) fn may_match_names(&self, entries: &[u8]) -> bool {
        !self.fast || self.prefilter.any_in_names(entries)
    }

    /// Where literals stand.
    pub(super) fn places<'b>(&'b self, bytes: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
        self.prefilter.all(bytes).map(|(at, _)| at)
    }

    /// True if no literal stands in the bytes.
    pub(super) fn is_plain(&self, bytes: &[u8]) -> bool {
        self.prefilter.next(bytes, 0).is_none()
    }

    /// See [`Prefilter::may_straddle`].
    #[inline]
    pub(super) fn may_straddle(&self, bytes: &[u8], at: usize) -> bool {
        self.prefilter.may_straddle(bytes, at)
    }

    /// See [`Prefilter::is_quiet`].
    pub(super) fn is_quiet(&self, bytes: &[u8], at: usize) -> bool {
        self.prefilter.is_quiet(bytes, at)
    }

    /// See [`Prefilter::is_sign_at`].
    pub(super) fn is_sign(&self, bytes: &[u8], at: usize) -> bool {
        self.prefilter.is_sign_at(bytes, at)
    }

    /// What stands in all of an object.
    pub(super) fn survey(&self, bytes: &[u8]) -> Survey {
        let survey = self.prefilter.survey(bytes);
        if self.fast { survey } else { survey.opened() }
    }

    /// True if any literal stands in the bytes, or a sign of something encoded.
    pub(super) fn may_match_or_sign(&self, bytes: &[u8]) -> bool {
        !self.fast || self.prefilter.any_or_sign(bytes)
    }

    /// True if a sign of something encoded stands in the bytes.
    pub(super) fn has_sign(&self, bytes: &[u8]) -> bool {
        self.prefilter.has_sign(bytes)
    }

    /// True if a literal stands in the bytes, whether or not that is asked for speed.
    pub(super) fn has_literal(&self, bytes: &[u8]) -> bool {
        self.prefilter.has_literal(bytes)
    }

    /// Length of the longest literal.
    pub(super) fn literal_len_max(&self) -> usize {
        self.prefilter.len_max()
    }

    /// Finds all values of a field, in order, or as many as are enough. Two never overlap.
    pub(super) fn find(&self, bytes: &[u8]) -> Vec<Found> {
        let mut candidates = self.enough;
        loop {
            let (found, is_all) = self.find_among(bytes, candidates);
            if is_all || found.len() >= self.enough {
                return found;
            }
            // Most of them were none, or the same value by another name.
            candidates = candidates.saturating_mul(4);
        }
    }

    /// The values among so many candidates, and whether there are no more of these.
    fn find_among(&self, bytes: &[u8], candidates: usize) -> (Vec<Found>, bool) {
        let mut so_far = Gathered::default();
        let mut is_all = true;
        if self.fast {
            let (mut from, mut asked, mut last) = (0, Vec::new(), usize::MAX);
            while let Some((at, literal)) = self.prefilter.next(bytes, from) {
                if at > last {
                    is_all = false;
                    break;
                }
                self.prefilter.asked(bytes, at, literal, &mut asked);
                self.visit(bytes, at, &asked, &mut so_far);
                from = at + 1;
                // What lies near to the first ones decides about them, too.
                if so_far.found.len() >= candidates && last == usize::MAX {
                    last = at.saturating_add(self.settled_after);
                }
            }
        } else {
            self.visit_naively(bytes, &mut so_far);
        }
        if !so_far.anchors.is_empty() {
            so_far.anchors.sort_by_key(|anchor| anchor.span.end);
            self.match_waiting(bytes, &mut so_far);
            self.search_neighbourhoods(bytes, &mut so_far);
            owner::drop_foreign(&mut so_far.found, &so_far.anchors, bytes, &self.rules);
        }
        self.pay(so_far.found.len() as u64 * FOUND_COST);
        let mut found = settle(so_far.found, &self.rules);
        found.truncate(self.enough);
        (found, is_all)
    }

    /// Tries every rule at every byte where one of its literals stands, gates open.
    fn visit_naively(&self, bytes: &[u8], so_far: &mut Gathered) {
        for at in 0..bytes.len() {
            for (index, rule) in self.rules.rules().iter().enumerate() {
                let here = |literal: &Vec<u8>| bytes[at..].starts_with(literal);
                if rule.prefilter.iter().any(here) {
                    self.try_rule(bytes, at, index, so_far);
                }
            }
        }
    }

    /// A literal was found: tries the rules whose gates opened, until one matches.
    fn visit(&self, bytes: &[u8], at: usize, asked: &[usize], so_far: &mut Gathered) {
        self.pay(asked.len() as u64 * TRY_COST);
        for &index in asked {
            if self.try_rule(bytes, at, index, so_far) {
                break;
            }
        }
    }

    /// Tries one rule at a literal. A rule that needs an ID nearby waits until all are known.
    fn try_rule(&self, bytes: &[u8], at: usize, index: usize, so_far: &mut Gathered) -> bool {
        if self.rules.rules()[index].near.is_some() {
            so_far.waiting.push((at, index));
            return false;
        }
        let Some(one) = self.match_at(bytes, at, index) else {
            return false;
        };
        let context = self.rules.rules()[index].context;
        if context {
            // The literal and what follows it: two of these never overlap.
            so_far.anchors.push(Anchor {
                rule: index,
                span: at..one.span.end.max(at + 1),
                name: Some(one.span),
            });
            return true;
        }
        if self.anchor_rules[index] {
            let candidate = Candidate {
                bytes,
                start: one.span.start,
                end: one.span.end,
                value: one.value.expose(),
                kind: None,
            };
            // What is part of something longer says nothing about its neighbours.
            if checks::passes(Check::NotInBase64Run, candidate) {
                so_far.anchors.push(Anchor {
                    rule: index,
                    span: one.span.clone(),
                    name: None,
                });
            }
        }
        so_far.found.push(one);
        true
    }

    /// Runs a rule's pattern at a literal, with the label in front of it.
    fn match_at(&self, bytes: &[u8], at: usize, index: usize) -> Option<Found> {
        let rule = &self.rules.rules()[index];
        let head = bytes[at.saturating_sub(rule.label_head)..at]
            .iter()
            .rev()
            .take_while(|b| {
                rule.value_first || is_label(**b) || (rule.context && matches!(b, b'+' | b'@'))
            })
            .count();
        let start = at - head;
        let window = &bytes[start..bytes.len().min(at + WINDOW)];
        let Some(captures) = self.pattern(index).captures(window) else {
            return if rule.pieces {
                in_pieces(rule, index, bytes, at)
            } else {
                None
            };
        };
        let value = captures.name("value")?;
        let mut span = start + value.start()..start + value.end();
        if rule.pieces && rule.labelled {
            return in_pieces(rule, index, bytes, span.start);
        }
        if length_is_first(bytes, &span) {
            span = span.start + 1..span.end + 1;
        } else if without_escape(bytes, span.clone()) != span {
            // The pattern took the escape's letter for the first character: move on by one.
            let more = unit_len(&bytes[span.end..]);
            span = span.start + 1..span.end + more;
            if more == 0 || bytes[span.start - 2] != b'\\' {
                return None;
            }
        }
        judge(rule, index, bytes, span)
    }

    fn match_waiting(&self, bytes: &[u8], so_far: &mut Gathered) {
        for (at, index) in std::mem::take(&mut so_far.waiting) {
            let Some(near) = self.rules.rules()[index].near else {
                continue;
            };
            // Only a label with an ID in the wider neighbourhood is worth the pattern.
            let wide = at..at + 1;
            if has_anchor(&so_far.anchors, near.rule, &wide, near.within + WINDOW)
                && let Some(one) = self.match_at(bytes, at, index)
                && has_anchor(&so_far.anchors, near.rule, &one.span, near.within)
            {
                so_far.found.push(one);
            }
        }
    }

    /// Searches around IDs for what no literal announces.
    fn search_neighbourhoods(&self, bytes: &[u8], so_far: &mut Gathered) {
        for (index, rule) in self.rules.rules().iter().enumerate() {
            let Some(near) = rule.near.filter(|_| rule.prefilter.is_empty()) else {
                continue;
            };
            let margin = near.within + VALUE_LEN_MAX;
            let spans = so_far.anchors.iter().filter(|a| a.rule == near.rule);
            for zone in merged(spans.map(|a| &a.span), margin, bytes.len()) {
                self.pay(zone.len() as u64 * SEARCH_COST);
                for matched in self.pattern(index).captures_iter(&bytes[zone.clone()]) {
                    let Some(value) = matched.name("value") else {
                        continue;
                    };
                    let span = zone.start + value.start()..zone.start + value.end();
                    let span = narrowed(bytes, span);
                    let one = if rule.pieces {
                        in_pieces(rule, index, bytes, span.start)
                    } else {
                        judge(rule, index, bytes, span)
                    };
                    let Some(mut one) = one else { continue };
                    if let Some(anchor) =
                        nearest(&so_far.anchors, near.rule, &one.span, near.within)
                    {
                        let name = anchor.name.as_ref();
                        one.related =
                            name.map(|n| String::from_utf8_lossy(&bytes[n.clone()]).into_owned());
                        so_far.found.push(one);
                    }
                }
            }
        }
    }
}

/// What may stand in a label.
fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b' ')
}
