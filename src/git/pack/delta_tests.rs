//! Delta application against a slow, naive implementation, and on arbitrary bytes.

use proptest::prelude::*;

use super::*;

/// One instruction of a generated delta.
#[derive(Clone, Debug)]
enum Op {
    Copy(usize, usize),
    Insert(Vec<u8>),
}

fn varint(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = (n & 0x7f) as u8;
        n >>= 7;
        out.push(if n == 0 { byte } else { byte | 0x80 });
        if n == 0 {
            return out;
        }
    }
}

fn encode(base_len: usize, ops: &[Op], result_len: usize) -> Vec<u8> {
    let mut delta = varint(base_len);
    delta.extend(varint(result_len));
    for op in ops {
        match op {
            Op::Insert(bytes) => {
                delta.push(bytes.len() as u8);
                delta.extend(bytes);
            }
            Op::Copy(offset, len) => {
                let mut code = 0x80;
                let mut operands = Vec::new();
                for (bit, value) in [
                    *offset,
                    *offset >> 8,
                    *offset >> 16,
                    *offset >> 24,
                    *len,
                    *len >> 8,
                    *len >> 16,
                ]
                .into_iter()
                .enumerate()
                {
                    if value & 0xff != 0 {
                        code |= 1 << bit;
                        operands.push((value & 0xff) as u8);
                    }
                }
                delta.push(code);
                delta.extend(operands);
            }
        }
    }
    delta
}

fn naive(base: &[u8], ops: &[Op]) -> Vec<u8> {
    let mut out = Vec::new();
    for op in ops {
        match op {
            Op::Insert(bytes) => out.extend(bytes),
            Op::Copy(offset, len) => out.extend(&base[*offset..*offset + *len]),
        }
    }
    out
}

fn base_and_ops() -> impl Strategy<Value = (Vec<u8>, Vec<Op>)> {
    proptest::collection::vec(any::<u8>(), 1..400).prop_flat_map(|base| {
        let len = base.len();
        let copy = (0..len)
            .prop_flat_map(move |at| (Just(at), 1..=len - at))
            .prop_map(|(at, n)| Op::Copy(at, n));
        let insert = proptest::collection::vec(any::<u8>(), 1..127).prop_map(Op::Insert);
        (
            Just(base),
            proptest::collection::vec(prop_oneof![copy, insert], 0..12),
        )
    })
}

proptest! {
    #[test]
    fn equals_the_naive_implementation((base, ops) in base_and_ops()) {
        let expected = naive(&base, &ops);
        let delta = encode(base.len(), &ops, expected.len());
        let sizes = sizes(&delta).unwrap();
        prop_assert_eq!(produced(&delta, &sizes).unwrap(), expected.len() as u64);
        let mut out = vec![0; expected.len()];
        let mut trail = Trail::default();
        apply(&base, &delta, &sizes, &mut out, &mut trail).unwrap();
        if trail.goes_ahead() {
            let mut place = base.clone();
            place.resize(base.len().max(out.len()), 0);
            write_in_place(&mut place, &delta, &trail);
            prop_assert_eq!(&place[..out.len()], &expected);
        }
        let Trail { fresh, copies, seams, .. } = trail;
        prop_assert_eq!(&out, &expected);
        for copy in &copies {
            prop_assert_eq!(&out[copy.at..copy.at + copy.len], &base[copy.from..copy.from + copy.len]);
        }
        let covered: usize = copies.iter().map(|c| c.len).chain(fresh.iter().map(ExactSizeIterator::len)).sum();
        prop_assert_eq!(covered, out.len(), "every byte is either copied or new");
        prop_assert!(fresh.windows(2).all(|w| w[0].end <= w[1].start), "ascending and disjoint");
        // What is new stands in the delta as it is, but for what crosses a seam.
        for range in &fresh {
            let inside = seams.iter().copied().filter(|at| range.contains(at));
            let ends: Vec<usize> = [range.start].into_iter().chain(inside).chain([range.end]).collect();
            for ends in ends.windows(2) {
                let piece = &out[ends[0]..ends[1]];
                prop_assert!(piece.is_empty() || delta.windows(piece.len()).any(|window| window == piece));
            }
        }
        // Any window that touches no fresh range is a piece of the base.
        for width in [1, 4, 20] {
            for (start, window) in expected.windows(width).enumerate() {
                let end = start + width;
                if fresh.iter().all(|r| end <= r.start || r.end <= start) {
                    prop_assert!(base.windows(width).any(|w| w == window));
                }
            }
        }
    }

    #[test]
    fn never_panics_and_never_overruns(base in proptest::collection::vec(any::<u8>(), 0..64),
                                       delta in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(sizes) = sizes(&delta) {
            let claimed = produced(&delta, &sizes);
            let mut out = vec![0; sizes.result.min(1 << 16) as usize];
            let applied = apply(&base, &delta, &sizes, &mut out, &mut Trail::default());
            prop_assert!(applied.is_err() || claimed == Ok(out.len() as u64));
        }
    }
}

#[test]
fn a_copy_of_the_whole_base_brings_nothing_new() {
    let base = b"0123456789";
    let delta = encode(10, &[Op::Copy(0, 4), Op::Copy(4, 6)], 10);
    let mut trail = Trail {
        fresh: vec![0..1, 2..3],
        ..Trail::default()
    };
    apply(
        base,
        &delta,
        &sizes(&delta).unwrap(),
        &mut [0; 10],
        &mut trail,
    )
    .unwrap();
    assert!(trail.fresh.is_empty());
    assert_eq!(
        trail.copies,
        [Copied {
            at: 0,
            from: 0,
            len: 10
        }]
    );
}

#[test]
fn cut_ends_and_junctions_are_new() {
    let base = b"0123456789";
    let delta = encode(10, &[Op::Copy(2, 3), Op::Copy(6, 3)], 6);
    let mut trail = Trail::default();
    apply(
        base,
        &delta,
        &sizes(&delta).unwrap(),
        &mut [0; 6],
        &mut trail,
    )
    .unwrap();
    assert_eq!(trail.fresh, [0..0, 3..3, 6..6]);
}

#[test]
fn lying_sizes_are_refused() {
    let base = b"0123456789";
    let apply_to = |delta: &[u8], len: usize| {
        apply(
            base,
            delta,
            &sizes(delta).unwrap(),
            &mut vec![0; len],
            &mut Trail::default(),
        )
    };
    assert!(
        apply_to(&encode(9, &[Op::Copy(0, 4)], 4), 4).is_err(),
        "other base"
    );
    assert!(
        apply_to(&encode(10, &[Op::Copy(8, 4)], 4), 4).is_err(),
        "copy from outside"
    );
    assert!(
        apply_to(&encode(10, &[Op::Copy(0, 4)], 3), 3).is_err(),
        "too much"
    );
    assert!(
        apply_to(&encode(10, &[Op::Copy(0, 4)], 5), 5).is_err(),
        "too little"
    );
    assert!(apply_to(&[10, 4, 0], 4).is_err(), "reserved instruction");
}

#[test]
fn a_delta_torn_to_shreds_counts_as_new() {
    // One byte at a time: telling where each came from would take fifty times as much memory.
    let base = b"0123456789";
    let count = TRAIL_MAX + 1;
    let ops: Vec<Op> = (0..count).map(|n| Op::Copy(n * 7 % 10, 1)).collect();
    let delta = encode(base.len(), &ops, count);
    let sizes = sizes(&delta).unwrap();
    let mut trail = Trail::default();
    for extent in [Extent::Whole, Extent::Ends { start: 0, end: 0 }] {
        let mut out = vec![0; count];
        apply_extent(base, &delta, &sizes, &mut out, &mut trail, extent).unwrap();
        let expected: Vec<u8> = (0..count).map(|n| base[n * 7 % 10]).collect();
        assert!(out == expected);
        assert_eq!((trail.fresh.len(), trail.copies.len()), (1, 0));
        assert_eq!(trail.fresh[0], 0..count);
    }
    assert!(pieces(&delta, 10, TRAIL_MAX).unwrap().is_none());
    assert_eq!(
        pieces(&delta, 10, usize::MAX).unwrap().unwrap().size,
        count as u64
    );
    let mut short = vec![0; count - 1];
    assert!(apply(base, &delta, &sizes, &mut short, &mut trail).is_err());
}

#[test]
fn a_torn_delta_is_held_against_its_base_as_well() {
    let count = TRAIL_MAX + 1;
    let ops: Vec<Op> = (0..count).map(|_| Op::Insert(b"x".to_vec())).collect();
    let delta = encode(5, &ops, count);
    let (sizes, mut out) = (sizes(&delta).unwrap(), vec![0; count]);
    let mut apply_to = |base: &[u8]| apply(base, &delta, &sizes, &mut out, &mut Trail::default());
    assert_eq!(apply_to(b"12345"), Ok(()));
    let fault = "it was made for a base of another size";
    assert_eq!(apply_to(b"1234"), Err(Damage::Delta(fault)));
}

proptest! {
    #[test]
    fn bases_that_are_needed_no_more_make_way(base in proptest::collection::vec(any::<u8>(), 50..400),
                                              skips in proptest::collection::vec((0usize..20, 1usize..40, 0usize..3), 1..12)) {
        // Copies that skip some of the base, and inserts that take no more room than what was skipped.
        let (mut ops, mut from) = (Vec::new(), 0);
        for (skip, len, insert) in skips {
            from += skip;
            if from + len > base.len() {
                break;
            }
            if (1..=skip).contains(&insert) {
                ops.push(Op::Insert(vec![7; insert]));
            }
            ops.push(Op::Copy(from, len));
            from += len;
        }
        let expected = naive(&base, &ops);
        let delta = encode(base.len(), &ops, expected.len());
        let sizes = sizes(&delta).unwrap();
        let mut trail = Trail::default();
        read(base.len() as u64, &delta, &sizes, &mut trail).unwrap();
        prop_assert!(trail.goes_ahead());
        let mut place = base;
        write_in_place(&mut place, &delta, &trail);
        prop_assert_eq!(&place[..expected.len()], &expected);
    }
}
