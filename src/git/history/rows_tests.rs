//! Rows in pieces say the same as rows kept whole.

use proptest::prelude::*;

use super::*;

/// How a tree is made from the one before: pieces of it (start and length), or new entries. Odd
/// entries have an edge.
type Recipe = Vec<Result<(usize, usize), usize>>;

fn recipe() -> impl Strategy<Value = Recipe> {
    let copied = (0usize..150, 1usize..150).prop_map(Ok);
    let new = (1usize..4).prop_map(Err);
    proptest::collection::vec(prop_oneof![3 => copied, 1 => new], 1..6)
}

/// A tree: for each entry perhaps an edge.
type Tree = Vec<Option<Edge>>;

fn edges(tree: &Tree) -> Vec<(u32, Edge)> {
    let numbered = tree.iter().zip(0u32..);
    numbered
        .filter_map(|(edge, n)| Some((n, (*edge)?)))
        .collect()
}

fn derive(base: &Tree, recipe: &Recipe, next: &mut u32) -> (Tree, Vec<Run>) {
    let (mut tree, mut runs) = (Tree::new(), Vec::new());
    for step in recipe {
        match *step {
            Ok((start, len)) => {
                let start = start % base.len();
                let end = (start + len).min(base.len());
                let before = base[..start].iter().flatten().count() as u32;
                let copied = base[start..end].iter().flatten().count() as u32;
                if copied > 0 {
                    let at = tree.len() as u32;
                    runs.push(Run {
                        entries: (at, at + (end - start) as u32),
                        from: before,
                        len: copied,
                    });
                }
                tree.extend_from_slice(&base[start..end]);
            }
            Err(count) => {
                for _ in 0..count {
                    *next += 1;
                    let edge = Edge {
                        child: *next,
                        name: *next % 7,
                    };
                    tree.push((*next % 2 == 1).then_some(edge));
                }
            }
        }
    }
    (tree, runs)
}

fn names() -> Vec<Box<[u8]>> {
    (0..7u8).map(|n| Box::from([b'a' + n])).collect()
}

proptest! {
    #[test]
    fn pieces_equal_whole_rows(recipes in proptest::collection::vec(recipe(), 1..80)) {
        let mut next = 0;
        let mut trees = vec![derive(&vec![None], &vec![Err(200)], &mut next).0];
        let mut rows = Rows::default();
        let mut depth = rows.push(0, &edges(&trees[0]), None);
        for (recipe, number) in recipes.iter().zip(0u32..) {
            let (tree, runs) = derive(&trees[number as usize], recipe, &mut next);
            let base = Base { tree: number, depth, runs: &runs };
            prop_assert!(depth <= DEPTH_MAX);
            depth = rows.push(number + 1, &edges(&tree), Some(base));
            trees.push(tree);
            if trees[trees.len() - 1].is_empty() {
                break;
            }
        }
        let joined = Edges::join(vec![(rows, names())], trees.len() as u32, false);
        let mut reader = joined.reader();
        for number in (0..trees.len()).rev() {
            let expected = edges(&trees[number]);
            let expected: Vec<Edge> = expected.iter().map(|(_, edge)| *edge).collect();
            prop_assert_eq!(&*reader.row(number as u32), &expected[..]);
        }
    }
}

#[test]
fn a_large_folder_that_changes_often_is_kept_small() {
    let mut next = 0;
    let mut tree = derive(&vec![None], &vec![Err(20_000)], &mut next).0;
    let mut rows = Rows::default();
    let mut depth = rows.push(0, &edges(&tree), None);
    for number in 0..640 {
        let recipe = vec![Ok((0, 10_000)), Err(1), Ok((10_001, 10_000))];
        let (changed, runs) = derive(&tree, &recipe, &mut next);
        let base = Base {
            tree: number,
            depth,
            runs: &runs,
        };
        depth = rows.push(number + 1, &edges(&changed), Some(base));
        tree = changed;
    }
    // 641 rows of 10,000 edges, of which every 33rd is kept whole.
    assert!(rows.len() < 25 * 10_000, "{} edges and pieces", rows.len());
}

#[test]
fn names_of_all_parts_become_one_list() {
    let part = |tree: u32, names: [&str; 2]| {
        let mut rows = Rows::default();
        let edge = |name| Edge { child: 9, name };
        rows.push(tree, &[(0, edge(0)), (1, edge(1))], None);
        let names = names.map(|name| Box::from(name.as_bytes()));
        (rows, names.to_vec())
    };
    let joined = Edges::join(vec![part(0, ["b", "c"]), part(1, ["c", "a"])], 2, false);
    let text = |edge: &Edge| String::from_utf8(joined.names[edge.name as usize].to_vec()).unwrap();
    let mut reader = joined.reader();
    let mut names = |tree| reader.row(tree).iter().map(text).collect::<Vec<_>>();
    assert_eq!(names(0), ["b", "c"]);
    assert_eq!(names(1), ["c", "a"]);
}
