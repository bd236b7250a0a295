//! The work of a walk, cut into units: delta families, runs of small ones, parts of giant ones.

use std::collections::HashMap;

use super::pack::forest::WHOLE;
use super::split::{self, Part};
use super::store::Store;
use super::walk::Shared;

/// Families that are expected to produce more than this are a unit of their own, in bytes.
const UNIT_BYTES: u64 = 4 << 20;
/// A family is cut into parts if it costs more than its share, when each thread has so many.
const UNITS_PER_THREAD: u64 = 4;
/// Least cost of a part, in bytes: rebuilding what leads to it costs something, too.
pub(crate) const PART_BYTES_MIN: u64 = 64 << 20;
/// Most entries in one unit of small families.
const UNIT_ENTRIES: usize = 1024;

/// A piece of work.
pub(super) enum Unit {
    /// Roots of families of one pack, in file order.
    Families {
        pack: u32,
        roots: Vec<u32>,
        cost: u64,
    },
    /// A part of one family that is too large for one worker.
    Part { pack: u32, part: Part, cost: u64 },
    /// Loose objects.
    Loose(Vec<u32>),
}

impl Unit {
    /// About how many bytes it takes to make its objects.
    fn cost(&self) -> u64 {
        match self {
            Unit::Families { cost, .. } | Unit::Part { cost, .. } => *cost,
            Unit::Loose(_) => 0,
        }
    }
}

/// Cuts the work into units, without regard to their order.
pub(super) fn units(shared: &Shared<'_>) -> Vec<Unit> {
    let plan = shared.plan;
    let unit_bytes = UNIT_BYTES.min(plan.part_cost_min);
    let mut units = Vec::new();
    for (pack, number) in plan.store.packs.iter().zip(0u32..) {
        let mut run: Vec<u32> = Vec::new();
        let mut run_cost = 0;
        for root in (0..pack.len()).filter(|entry| pack.forest.bases[*entry as usize] == WHOLE) {
            let weights = shared.weights.get(number as usize);
            let kind = pack.forest.kind(root);
            let unwanted_kind = kind.is_some_and(|kind| !plan.kinds.include(kind));
            if unwanted_kind || weights.is_some_and(|w| w[root as usize] == 0) {
                continue;
            }
            let cost = (u64::from(pack.forest.sizes[root as usize]) + 64)
                * u64::from(pack.forest.family_len(root));
            if cost >= unit_bytes {
                units.push(Unit::Families {
                    pack: number,
                    roots: vec![root],
                    cost,
                });
                continue;
            }
            run.push(root);
            run_cost += cost;
            if run_cost >= unit_bytes || run.len() >= UNIT_ENTRIES {
                units.push(Unit::Families {
                    pack: number,
                    roots: std::mem::take(&mut run),
                    cost: run_cost,
                });
                run_cost = 0;
            }
        }
        if !run.is_empty() {
            units.push(Unit::Families {
                pack: number,
                roots: run,
                cost: run_cost,
            });
        }
    }
    let all = plan.store.loose();
    let loose: Vec<u32> = match plan.aside {
        Some(numbers) => numbers
            .iter()
            .copied()
            .filter(|n| all.contains(n))
            .collect(),
        None => all.collect(),
    };
    units.extend(loose.chunks(64).map(|batch| Unit::Loose(batch.to_vec())));
    units
}

/// Cuts families that would keep one worker busy while all others have nothing left to do, and
/// puts the most expensive units first. Gives how many children the cut entries keep.
pub(super) fn split_giants(
    store: &Store,
    units: &mut Vec<Unit>,
    cost_min: u64,
) -> Vec<HashMap<u32, usize>> {
    let mut kept = vec![HashMap::new(); store.packs.len()];
    let total: u64 = units.iter().map(Unit::cost).sum();
    let threads = rayon::current_num_threads() as u64;
    let cost_max = (total / (threads * UNITS_PER_THREAD)).max(cost_min);
    let mut parts = Vec::new();
    for unit in units.iter_mut().filter(|_| threads > 1) {
        let Unit::Families { pack, roots, cost } = unit else {
            continue;
        };
        if let [root] = roots[..]
            && *cost > 2 * cost_max
        {
            let forest = &store.packs[*pack as usize].forest;
            let each = *cost / u64::from(forest.family_len(root));
            let split = split::split(forest, root, cost_max / each.max(1));
            let part = |part: Part| Unit::Part {
                pack: *pack,
                cost: part.entries * each,
                part,
            };
            kept[*pack as usize].extend(split.kept);
            let first = parts.len();
            parts.extend(split.parts.into_iter().map(part));
            *cost -= parts[first..].iter().map(Unit::cost).sum::<u64>();
        }
    }
    units.extend(parts);
    units.sort_by_key(|unit| std::cmp::Reverse(unit.cost()));
    kept
}
