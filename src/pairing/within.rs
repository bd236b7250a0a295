//! Pairing inside one place: the cheapest way to give each ID at most one secret.
//!
//! Hits stand in a row, in the order of their offsets. A pair costs the more, the less its two
//! sides look as if they belonged together; a hit left alone costs a fixed price. The cheapest
//! total is found from left to right: each hit is left alone, or paired with one of the hits
//! shortly before it, or a run of IDs is paired in order with an equally long run of secrets
//! (columns). So a secret-first file pairs as well as an ID-first one, and neighbouring profiles
//! do not steal from each other.

use std::collections::HashMap;

use crate::model::{Confidence, Hit, LocatedHit, Part, SECTION_HARD, Says};

use super::Partner;

/// How many hits back a partner is looked for.
const WINDOW: usize = 12;
/// The longest runs that are paired as columns.
const RUN_MAX: usize = 8;
/// A secret without a label belongs to an ID at most so many bytes away.
const BARE_DISTANCE: u64 = 512;
/// In company of others a secret belongs to an ID at most so many lines away, or so many bytes.
const CROWDED_LINES: u64 = 60;
const CROWDED_DISTANCE: u64 = 8192;
/// Most other candidates that are kept for an ID.
const CANDIDATES_MAX: usize = 8;

/// More than any two hits cost that are left alone.
const NEVER: u32 = 1000;

/// Price of a hit left alone: dearer than any pair, except for secrets without a label, which are
/// often no secrets at all.
fn alone(hit: &LocatedHit) -> u32 {
    match (hit.hit.part, hit.hit.labelled) {
        (Part::Id, _) => 120,
        (Part::Secret, true) if is_doubtful(hit) => 10,
        (Part::Secret, true) => 60,
        _ => 2,
    }
}

/// Bytes between two hits.
fn distance(a: &LocatedHit, b: &LocatedHit) -> u64 {
    let (a, b) = (a.hit.spot().span, b.hit.spot().span);
    b.start
        .saturating_sub(a.end)
        .max(a.start.saturating_sub(b.end))
}

/// What the label of a secret costs: one that only AWS uses beats one that others use, and that
/// beats none. The heading of a column is as good as a label.
fn label(secret: &LocatedHit) -> u32 {
    let hit = &secret.hit;
    let label = match (hit.labelled, hit.confidence, hit.about.naming.says) {
        // A checksum is nobody's secret.
        (false, _, Says::Other) => return NEVER,
        (true, Confidence::High, _) => 0,
        (false, _, Says::Secret) => 3,
        (true, ..) => 4,
        (false, ..) => 9,
    };
    label + if is_doubtful(secret) { 12 } else { 0 }
}

/// True if the label speaks of something else than a key of AWS.
fn is_doubtful(secret: &LocatedHit) -> bool {
    matches!(secret.hit.about.naming.says, Says::Doubtful | Says::Other)
}

/// What it costs to take two hits for one credential; `a` stands first. `None` if they cannot be.
fn cost(a: &LocatedHit, b: &LocatedHit) -> Option<u32> {
    let secret = match (a.hit.part, b.hit.part) {
        (Part::Id, Part::Secret) => b,
        (Part::Secret, Part::Id) => a,
        _ => return None,
    };
    let distance = distance(a, b);
    if !secret.hit.labelled && distance > BARE_DISTANCE {
        return None;
    }
    let (sa, sb) = (a.hit.section, b.hit.section);
    let section = match (sa, sb) {
        _ if sa == sb && sa != 0 => 0,
        _ if sa & sb & SECTION_HARD != 0 => return None,
        _ if sa == 0 || sb == 0 => 4,
        _ => 14,
    };
    let stem = match (a.hit.stem, b.hit.stem) {
        (a, b) if a == b || a == 0 || b == 0 => 0,
        _ => 16,
    };
    let lines = b.hit.spot().line.abs_diff(a.hit.spot().line);
    let lines = if lines == 0 {
        0
    } else {
        2 + lines.min(16) as u32
    };
    let order = if a.hit.part == Part::Id { 0 } else { 2 };
    let commented = |hit: &LocatedHit| hit.hit.about.naming.commented;
    // What is commented out belongs to what is commented out.
    let comment = if commented(a) == commented(b) { 0 } else { 12 };
    // An example and a real key seldom belong together.
    let example = if a.hit.placeholder.is_some() == b.hit.placeholder.is_some() {
        0
    } else {
        20
    };
    let far = (64 - distance.leading_zeros()) / 2;
    Some(section + stem + lines + order + label(secret) + comment + example + far)
}

/// True if two hits are too far apart to belong together where others stand as well: in lists of
/// findings, rules and examples each entry is a thing of its own.
fn is_far(a: &LocatedHit, b: &LocatedHit) -> bool {
    let lines = b.hit.spot().line.abs_diff(a.hit.spot().line);
    let same_name = a.hit.stem != 0 && a.hit.stem == b.hit.stem;
    !same_name && (lines > CROWDED_LINES || distance(a, b) > CROWDED_DISTANCE)
}

/// True if several IDs, or several secrets with a label, stand in one place.
fn is_crowded(hits: &[LocatedHit]) -> bool {
    let several = |counts: fn(&Hit) -> bool| {
        let mut values = hits
            .iter()
            .map(|l| &l.hit)
            .filter(|hit| counts(hit))
            .map(|hit| &hit.value);
        let first = values.next();
        values.any(|value| first.is_some_and(|first| first.expose() != value.expose()))
    };
    several(|hit| hit.part == Part::Id) || several(|hit| hit.part == Part::Secret && hit.labelled)
}

/// How the best row that ends here ends.
#[derive(Clone, Copy)]
enum Step {
    /// The last hit is alone.
    Alone,
    /// The last hit belongs to an earlier one; those between are alone.
    Pair(usize),
    /// The last `2 n` hits are `n` of one part and `n` of the other, in order.
    Columns(usize),
}

/// Pairs the hits of one field of one place, which are sorted by offset. `base` is the index of
/// the first hit among all; the result has one entry a hit.
pub(super) fn pair(hits: &[LocatedHit], base: usize) -> Vec<Partner> {
    let mut partner = by_stem(hits);
    let rest: Vec<usize> = (0..hits.len()).filter(|i| partner[*i].is_none()).collect();
    let row: Vec<&LocatedHit> = rest.iter().map(|i| &hits[*i]).collect();
    for (at, other) in best_row(&row, is_crowded(hits)).into_iter().enumerate() {
        partner[rest[at]] = other.map(|other| rest[other]);
    }
    let of = |(index, hit): (usize, &LocatedHit)| match partner[index] {
        None => Partner::default(),
        Some(other) => Partner {
            hit: Some(base + other),
            others: match hit.hit.part {
                Part::Id => candidates(hits, &partner, index)
                    .into_iter()
                    .map(|(other, distance)| (base + other, distance))
                    .collect(),
                _ => Vec::new(),
            },
        },
    };
    hits.iter().enumerate().map(of).collect()
}

/// IDs and secrets whose names say the same.
#[derive(Default)]
struct SameName {
    ids: Vec<usize>,
    labelled: Vec<usize>,
    bare: Vec<usize>,
}

/// Pairs by the names of variables: what says the same besides "ID" and "secret", and says so only
/// once of each in its section. Where the names are all that says so, as in a map of secrets by
/// profile, it takes two profiles.
fn by_stem(hits: &[LocatedHit]) -> Vec<Option<usize>> {
    let mut groups: HashMap<(u32, u32), SameName> = HashMap::new();
    for (index, located) in hits.iter().enumerate() {
        let hit = &located.hit;
        if hit.stem == 0 {
            continue;
        }
        let section = if hit.section & SECTION_HARD == 0 {
            0
        } else {
            hit.section
        };
        let group = groups.entry((section, hit.stem)).or_default();
        match hit.part {
            Part::Id => group.ids.push(index),
            Part::Secret if hit.labelled => group.labelled.push(index),
            Part::Secret => group.bare.push(index),
            _ => {}
        }
    }
    let agree = |id: usize, secret: usize| {
        hits[id].hit.placeholder.is_some() == hits[secret].hit.placeholder.is_some()
    };
    let near = |id: usize, secret: usize| {
        let cost = cost(&hits[id.min(secret)], &hits[id.max(secret)]);
        cost.is_some_and(|cost| cost < NEVER)
    };
    let (mut sure, mut maps) = (Vec::new(), Vec::new());
    for group in groups.values() {
        match (&group.ids[..], &group.labelled[..], &group.bare[..]) {
            ([id], [secret], _) if agree(*id, *secret) => sure.push((*id, *secret)),
            ([id], [], [secret]) if agree(*id, *secret) && near(*id, *secret) => {
                maps.push((*id, *secret));
            }
            _ => {}
        }
    }
    if sure.len() + maps.len() > 1 {
        sure.append(&mut maps);
    }
    let mut partner = vec![None; hits.len()];
    for (id, secret) in sure {
        partner[id] = Some(secret);
        partner[secret] = Some(id);
    }
    partner
}

fn best_row(hits: &[&LocatedHit], is_crowded: bool) -> Vec<Option<usize>> {
    // `best[i]`: the price of the first i hits. `prefix[i]`: of leaving all of them alone.
    let mut best: Vec<u64> = vec![0];
    let mut prefix: Vec<u64> = vec![0];
    let mut steps: Vec<Step> = Vec::with_capacity(hits.len());
    for i in 0..hits.len() {
        prefix.push(prefix[i] + u64::from(alone(hits[i])));
        let mut here = (best[i] + u64::from(alone(hits[i])), Step::Alone);
        let mut offer = |price: u64, step: Step| {
            if price < here.0 {
                here = (price, step);
            }
        };
        for j in (i.saturating_sub(WINDOW)..i).rev() {
            let is_apart = is_crowded && is_far(hits[j], hits[i]);
            if let Some(cost) = cost(hits[j], hits[i]).filter(|_| !is_apart) {
                offer(
                    best[j] + prefix[i] - prefix[j + 1] + u64::from(cost),
                    Step::Pair(j),
                );
            }
        }
        for n in 2..=RUN_MAX.min(i.div_ceil(2)) {
            let first = i + 1 - 2 * n;
            if let Some(cost) = column_cost(&hits[first..=i], n) {
                offer(best[first] + cost, Step::Columns(n));
            }
        }
        best.push(here.0);
        steps.push(here.1);
    }
    follow(&steps)
}

/// The price of pairing the first half with the second half in order.
fn column_cost(hits: &[&LocatedHit], n: usize) -> Option<u64> {
    let (left, right) = hits.split_at(n);
    let part = left[0].hit.part;
    if left.iter().any(|h| h.hit.part != part) {
        return None;
    }
    let pairs = left.iter().zip(right);
    pairs.map(|(a, b)| cost(a, b).map(u64::from)).sum()
}

fn follow(steps: &[Step]) -> Vec<Option<usize>> {
    let mut partner = vec![None; steps.len()];
    let mut end = steps.len();
    while end > 0 {
        let last = end - 1;
        match steps[last] {
            Step::Alone => end = last,
            Step::Pair(first) => {
                partner[first] = Some(last);
                partner[last] = Some(first);
                end = first;
            }
            Step::Columns(n) => {
                for k in end - 2 * n..end - n {
                    partner[k] = Some(k + n);
                    partner[k + n] = Some(k);
                }
                end -= 2 * n;
            }
        }
    }
    partner
}

/// Secrets near a paired ID that belong to no other: its other candidates, best first.
fn candidates(hits: &[LocatedHit], partner: &[Option<usize>], id: usize) -> Vec<(usize, u64)> {
    let from = id.saturating_sub(WINDOW);
    let to = hits.len().min(id + WINDOW + 1);
    let mut found: Vec<(u32, u64, usize)> = (from..to)
        .filter(|other| partner[*other].is_none())
        .filter_map(|other| {
            let (a, b) = (&hits[id.min(other)], &hits[id.max(other)]);
            Some((cost(a, b)?, distance(a, b), other))
        })
        .collect();
    found.sort_unstable();
    found.truncate(CANDIDATES_MAX);
    found.into_iter().map(|(_, d, other)| (other, d)).collect()
}
