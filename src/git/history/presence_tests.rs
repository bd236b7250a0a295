//! What is present after any sequence of moves is what can be reached.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::git::history::order::Graph;
use crate::git::history::relevance::Targets;
use crate::git::history::rows::{Edge, Edges, Rows};
use crate::git::structure::Structure;
use crate::model::Control;

/// Objects of a made-up repository: trees first, each of which has edges only to later ones.
const TREES: u32 = 24;
const TOTAL: u32 = 40;

/// By tree: names and what they lead to. Few names and many shared folders, as moves and copies
/// have them.
fn forest() -> impl Strategy<Value = Vec<Vec<(u32, u32)>>> {
    let rows = (0..TREES).map(|tree| {
        let edge = (0u32..5, tree + 1..TOTAL);
        proptest::collection::vec(edge, 0..6)
    });
    rows.collect::<Vec<_>>()
}

fn reachable(forest: &[Vec<(u32, u32)>], from: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(number) = open.pop() {
        if number < TOTAL && found.insert(number) {
            let row = forest.get(number as usize).into_iter().flatten();
            open.extend(row.map(|(_, child)| *child));
        }
    }
    found
}

proptest! {
    #[test]
    fn moves_agree_with_reachability(
        forest in forest(),
        targets in proptest::collection::vec(0u32..TOTAL, 1..8),
        moves in proptest::collection::vec(prop_oneof![9 => 0u32..TREES, 1 => Just(NONE)], 1..60),
    ) {
        let mut rows = Rows::default();
        for (row, tree) in forest.iter().zip(0u32..) {
            let edges = row.iter().zip(0u32..);
            let edges: Vec<(u32, Edge)> = edges
                .map(|((name, child), n)| (n, Edge { child: *child, name: *name }))
                .collect();
            if !edges.is_empty() {
                rows.push(tree, &edges, None);
            }
        }
        let names = (0..5u8).map(|n| Box::from([n])).collect();
        let edges = Edges::join(vec![(rows, names)], TOTAL, false);
        let targets = Targets::new(targets, TOTAL);
        let world = World {
            structure: &Structure::default(),
            graph: &Graph::default(),
            edges: &edges,
            targets: &targets,
        };
        let control = Control::default();
        let mut pace = Pace::new(&control, u64::MAX);
        let mut presence = Presence::new(world, TOTAL as usize);
        let mut held: BTreeSet<u32> = BTreeSet::new();
        for tree in moves {
            let turned = presence.go(tree, NONE, &mut pace).unwrap();
            for target in &turned.entered {
                prop_assert!(held.insert(*target), "it was not there");
            }
            for target in &turned.left {
                prop_assert!(held.remove(target), "it was there");
            }
            let reached = reachable(&forest, tree);
            let expected: BTreeSet<u32> = targets
                .numbers
                .iter()
                .zip(0u32..)
                .filter(|(number, _)| reached.contains(number))
                .map(|(_, at)| at)
                .collect();
            prop_assert_eq!(&held, &expected);
        }
    }
}
