//! Who needs what is not there: for each missing or damaged object one commit with a path, and
//! whether anything that git keeps alive leads to it.
//!
//! One walk over everything that is reached, oldest commit first, each tree once: what is missing
//! by the hundred thousand, as in a partial clone, costs no more than that.

use std::collections::HashMap;

use super::World;
use super::pace::{GaveUp, Pace};
use super::rows::{Row, RowReader};
use super::tags::Tags;
use crate::git::bits::Bits;
use crate::git::store::NONE;

/// Bytes of all paths together; later objects then get none.
const PATH_BYTES_MAX: usize = 64 << 20;
/// Longer paths are left out.
const PATH_LEN_MAX: usize = super::paths::PATH_LEN_MAX as usize;

/// Who needs an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needer {
    /// True if something that git keeps alive leads to it.
    pub(crate) reachable: bool,
    /// The first root that names it, itself or through tags.
    pub(crate) root: Option<u32>,
    /// The oldest commit that needs it, by position.
    pub(crate) commit: Option<u32>,
    /// Where that commit has it.
    pub(crate) path: Option<Vec<u8>>,
}

/// A root as far as it matters here.
pub(crate) struct Root {
    /// The named object.
    pub(crate) named: u32,
    /// The position of the commit that it leads to.
    pub(crate) position: Option<u32>,
    /// False for what git does not keep objects alive for.
    pub(crate) keeps: bool,
}

/// Finds who needs the targets of `world`, and the absent objects, whose numbers are `total` and
/// above. What nobody names at all has no entry.
pub(crate) fn needers(
    world: World<'_>,
    (roots, tags): (&[Root], &Tags<'_>),
    total: u32,
    pace: &mut Pace<'_>,
) -> Result<HashMap<u32, Needer>, GaveUp> {
    let mut walker = Walker {
        world,
        rows: world.edges.reader(),
        found: HashMap::new(),
        visited: Bits::new(total as usize),
        total,
        reachable: true,
        commit: None,
        path_bytes: 0,
    };
    walker.roots(roots, tags);
    let kept = roots.iter().filter(|root| root.keeps);
    let alive = world.graph.ancestors(kept.filter_map(|root| root.position));
    // By date, so that the commit named is the one that introduced the object, as a rule.
    let (order, split) = by_age(&world, &alive);
    for position in &order[..split] {
        walker.commit(*position, pace)?;
    }
    walker.trees((roots, tags), true, pace)?;
    walker.reachable = false;
    for position in &order[split..] {
        walker.commit(*position, pace)?;
    }
    walker.trees((roots, tags), false, pace)?;
    Ok(walker.found)
}

/// All positions, those that are alive first, each part by date, and how many are alive.
fn by_age(world: &World<'_>, alive: &[bool]) -> (Vec<u32>, usize) {
    let positions = 0..world.graph.len() as u32;
    // Numbers are sorted faster than what must be looked up for each comparison.
    let key = |position: u32| (!alive[position as usize], world.time(position), position);
    let mut order: Vec<(bool, i64, u32)> = positions.map(key).collect();
    order.sort_unstable();
    let split = order.partition_point(|(dead, ..)| !dead);
    let positions = order.into_iter().map(|(.., position)| position);
    (positions.collect(), split)
}

struct Walker<'a> {
    world: World<'a>,
    rows: RowReader<'a>,
    found: HashMap<u32, Needer>,
    visited: Bits,
    total: u32,
    /// Whether what is walked now is reachable.
    reachable: bool,
    /// The commit whose tree is walked now.
    commit: Option<u32>,
    path_bytes: usize,
}

/// A tree that is being walked.
struct Frame<'e> {
    row: Row<'e>,
    at: usize,
    /// Its name in the tree above, [`NONE`] for the top.
    name: u32,
    /// Length of its path in bytes, with the slash after it.
    len: usize,
}

impl<'a> Walker<'a> {
    fn is_asked(&self, number: u32) -> bool {
        number != NONE && (number >= self.total || self.world.targets.contains(number))
    }

    /// What roots name themselves or through tags.
    fn roots(&mut self, roots: &[Root], tags: &Tags<'_>) {
        // Where a root has been that keeps as much, all that follows is known.
        let mut been: HashMap<u32, bool> = HashMap::new();
        for (root, number) in roots.iter().zip(0..) {
            tags.walk(root.named, |named| {
                match been.get_mut(&named) {
                    Some(kept) if *kept || !root.keeps => return false,
                    Some(kept) => *kept = true,
                    None => {
                        been.insert(named, root.keeps);
                    }
                }
                if self.is_asked(named) {
                    let needer = self.found.entry(named).or_default();
                    // Who keeps it alive says more than who merely names it.
                    if needer.root.is_none() || (root.keeps && !needer.reachable) {
                        needer.root = Some(number);
                    }
                    needer.reachable |= root.keeps;
                }
                true
            });
        }
    }

    /// Trees that roots name.
    fn trees(
        &mut self,
        (roots, tags): (&[Root], &Tags<'_>),
        keeps: bool,
        pace: &mut Pace<'_>,
    ) -> Result<(), GaveUp> {
        self.commit = None;
        for root in roots.iter().filter(|root| root.keeps == keeps) {
            if root.named != NONE {
                self.tree(tags.end(root.named), pace)?;
            }
        }
        Ok(())
    }

    fn commit(&mut self, position: u32, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        self.commit = Some(position);
        let (structure, graph) = (self.world.structure, self.world.graph);
        let commit = &structure.commits[graph.rows[position as usize] as usize];
        if self.is_asked(commit.number) {
            self.found(commit.number, &[], NONE);
        }
        for parent in structure.parents(commit) {
            if self.is_asked(*parent) {
                self.found(*parent, &[], NONE);
            }
        }
        if self.is_asked(commit.tree) {
            self.found(commit.tree, &[], NONE);
        }
        self.tree(commit.tree, pace)
    }

    /// Walks a tree, depth-first with an explicit stack, and what is below it that was not walked.
    fn tree(&mut self, tree: u32, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        let mut stack = Vec::new();
        self.open(tree, NONE, 0, &mut stack, pace)?;
        while let Some(frame) = stack.last_mut() {
            let Some(edge) = frame.row.get(frame.at).copied() else {
                stack.pop();
                continue;
            };
            frame.at += 1;
            let len = frame.len;
            if self.is_asked(edge.child) {
                self.found(edge.child, &stack, edge.name);
            }
            self.open(edge.child, edge.name, len, &mut stack, pace)?;
        }
        Ok(())
    }

    fn open(
        &mut self,
        tree: u32,
        name: u32,
        len: usize,
        stack: &mut Vec<Frame<'a>>,
        pace: &mut Pace<'_>,
    ) -> Result<(), GaveUp> {
        if !self.world.edges.has_row(tree) || !self.visited.insert(tree) {
            return Ok(());
        }
        let row = self.rows.row(tree);
        pace.step(row.len())?;
        let name_len = match name {
            NONE => 0,
            _ => self.world.edges.names[name as usize].len() + 1,
        };
        stack.push(Frame {
            row,
            at: 0,
            name,
            len: len + name_len,
        });
        Ok(())
    }

    /// An object in question is named by the tree on top of the stack, or by the commit at hand.
    fn found(&mut self, number: u32, stack: &[Frame<'_>], name: u32) {
        let path = self.path(number, stack, name);
        let needer = self.found.entry(number).or_default();
        needer.reachable |= self.reachable;
        if needer.path.is_none() && needer.commit.is_none() {
            needer.commit = self.commit;
            self.path_bytes += path.as_ref().map_or(0, Vec::len);
            needer.path = path;
        }
    }

    /// The path of an entry of the tree on top of the stack, if it is wanted and can be kept.
    fn path(&self, number: u32, stack: &[Frame<'_>], name: u32) -> Option<Vec<u8>> {
        let len = stack.last()?.len + self.world.edges.names.get(name as usize)?.len();
        let known = self.found.get(&number);
        let wanted = known.is_none_or(|known| known.path.is_none() && known.commit.is_none());
        if !wanted || len > PATH_LEN_MAX || self.path_bytes + len > PATH_BYTES_MAX {
            return None;
        }
        let mut path = Vec::with_capacity(len);
        let above = stack.iter().map(|frame| frame.name);
        for part in above.filter(|name| *name != NONE).chain([name]) {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(&self.world.edges.names[part as usize]);
        }
        Some(path)
    }
}
