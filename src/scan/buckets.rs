//! Which literals share a bucket of the searcher.
//!
//! The searcher (Teddy) asks of each place of a text, for all its buckets at once, whether the text's
//! bytes may be the first ones of a literal in the bucket: by the lower and the upper half of each
//! byte. Literals of one bucket blend, so that unlike ones let much through that is none of them.
//! With 8 buckets it takes twice as many bytes at a time as with 16, if the literals that share one
//! are chosen well: in text one place of 70 passed them in the order of the rules, one of 750 to 2,300
//! as they are put here. The chance is judged by how often each byte stands in texts.

use std::sync::OnceLock;

/// Buckets of the searcher.
const BUCKETS: usize = 8;
/// First bytes that a searcher looks at, at most.
const LOOK_LEN: usize = 4;
/// How often each set may choose.
const PASSES: usize = 4;
/// Most sets of literals in a bucket.
const SETS_MAX: usize = 8;

/// Of 10,000 bytes, how many are this one, from the blank on: means of git, botocore and five
/// projects in Rust, Python and JavaScript.
const PRINTABLE: [u16; 95] = [
    1828, 3, 313, 13, 13, 3, 31, 28, 46, 46, 21, 5, 109, 101, 85, 58, //  !"#$%&'()*+,-./
    56, 38, 28, 18, 16, 13, 13, 10, 11, 9, 111, 22, 49, 34, 60, 1, // 0123456789:;<=>?
    3, 37, 11, 27, 23, 37, 15, 12, 8, 36, 2, 5, 24, 16, 25, 20, // @ABCDEFGHIJKLMNO
    20, 3, 30, 36, 46, 13, 7, 7, 3, 4, 3, 14, 12, 14, 2, 106, // PQRSTUVWXYZ[\]^_
    11, 426, 76, 255, 194, 706, 121, 113, 147, 379, 10, 37, 191, 162, 348, 376, // `a to o
    193, 12, 352, 376, 547, 179, 51, 44, 45, 66, 13, 43, 6, 43, 1, // p to z, {|}~
];
/// The same of a line's end, a tab, and each other byte.
const FEED: u16 = 289;
const TAB: u16 = 102;
const OTHER: u16 = 2;

/// How often a byte stands in texts, in parts of 10,000.
fn frequency(byte: u8) -> f64 {
    f64::from(match byte {
        b'\n' => FEED,
        b'\t' => TAB,
        b' '..=b'~' => PRINTABLE[usize::from(byte - b' ')],
        _ => OTHER,
    })
}

/// An order of the literals, by their numbers, in which those whose places in it leave the same rest
/// when divided by [`BUCKETS`] go well together: so the searcher puts them into buckets. A literal
/// whose first bytes have the lower halves of one before it joins that one's bucket, wherever it
/// stands; so some stand there again where a bucket has fewer than others.
pub(super) fn arrange(literals: &[&[u8]]) -> Vec<usize> {
    /// Each thread has a searcher of its own, for the same literals: a millisecond for the first.
    static FIRST: OnceLock<(Vec<Vec<u8>>, Vec<usize>)> = OnceLock::new();
    let owned = || literals.iter().map(|literal| literal.to_vec()).collect();
    let (known, order) = FIRST.get_or_init(|| (owned(), group(literals)));
    if known.iter().eq(literals) {
        order.clone()
    } else {
        group(literals)
    }
}

fn group(literals: &[&[u8]]) -> Vec<usize> {
    let sets = Sets::new(literals);
    let mut buckets = sets.distribute();
    buckets.sort_by_key(|bucket| std::cmp::Reverse(bucket.len()));
    // The first of each set, bucket by bucket.
    let mut order = Vec::new();
    for row in 0..buckets[0].len() {
        for bucket in &buckets {
            let set = bucket.get(row).or(bucket.first());
            let set = *set.unwrap_or(&buckets[0][0]);
            order.push(sets.members[set][0]);
        }
    }
    order.extend(sets.members.iter().flat_map(|set| &set[1..]));
    order
}

/// Literals that share a bucket in any case, since their first bytes have the same lower halves.
struct Sets {
    /// Numbers of literals, ascending.
    members: Vec<Vec<usize>>,
    /// What each lets through.
    masks: Vec<Mask>,
}

/// For each of the bytes that are looked at, the halves that pass: a bit for each.
#[derive(Clone, Copy, Default)]
struct Mask {
    lower: [u16; LOOK_LEN],
    upper: [u16; LOOK_LEN],
}

impl Sets {
    fn new(literals: &[&[u8]]) -> Sets {
        let shortest = literals.iter().map(|literal| literal.len()).min();
        let look_len = shortest.unwrap_or(0).min(LOOK_LEN);
        let (mut members, mut masks): (Vec<Vec<usize>>, Vec<Mask>) = (Vec::new(), Vec::new());
        for (number, literal) in literals.iter().enumerate() {
            let mut mask = Mask::default();
            for (at, byte) in literal[..look_len].iter().enumerate() {
                mask.lower[at] = 1 << (byte & 15);
                mask.upper[at] = 1 << (byte >> 4);
            }
            if let Some(set) = masks.iter().position(|known| known.lower == mask.lower) {
                members[set].push(number);
                masks[set] = masks[set].and(&mask);
            } else {
                members.push(vec![number]);
                masks.push(mask);
            }
        }
        Sets { members, masks }
    }

    /// Numbers of sets, by bucket. The ones that texts look like most choose first; then each may move
    /// to where it does less harm.
    fn distribute(&self) -> Vec<Vec<usize>> {
        let model = Model::new();
        let room = SETS_MAX.max(self.members.len().div_ceil(BUCKETS));
        let mut buckets = vec![Vec::new(); BUCKETS];
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        let chance = |set: usize| model.chance(&self.masks[set]);
        order.sort_by(|a, b| chance(*b).total_cmp(&chance(*a)));
        for set in (0..PASSES).flat_map(|_| &order) {
            for bucket in &mut buckets {
                bucket.retain(|other| other != set);
            }
            let mask = |bucket: &[usize]| {
                let masks = bucket.iter().map(|set| self.masks[*set]);
                masks.fold(Mask::default(), |all, mask| all.and(&mask))
            };
            let harm = |bucket: &[usize]| {
                let before = mask(bucket);
                model.chance(&before.and(&self.masks[*set])) - model.chance(&before)
            };
            let with_room = (0..BUCKETS).filter(|bucket| buckets[*bucket].len() < room);
            let judged = with_room.map(|bucket| (harm(&buckets[bucket]), bucket));
            if let Some((_, best)) = judged.min_by(|a, b| a.0.total_cmp(&b.0)) {
                buckets[best].push(*set);
            }
        }
        buckets
    }
}

impl Mask {
    /// What either lets through, and blends of both.
    fn and(&self, other: &Mask) -> Mask {
        let mut all = *self;
        for at in 0..LOOK_LEN {
            all.lower[at] |= other.lower[at];
            all.upper[at] |= other.upper[at];
        }
        all
    }
}

/// How often the halves of bytes stand together in texts.
struct Model {
    /// By upper half, then by lower half.
    shares: [[f64; 16]; 16],
}

impl Model {
    fn new() -> Model {
        let all: f64 = (0..=u8::MAX).map(frequency).sum();
        let share = |upper: usize, lower: usize| frequency((upper << 4 | lower) as u8) / all;
        Model {
            shares: std::array::from_fn(|upper| std::array::from_fn(|lower| share(upper, lower))),
        }
    }

    /// The chance that a place of a text passes.
    fn chance(&self, mask: &Mask) -> f64 {
        let halves = |bits: u16| (0..16).filter(move |half| bits >> half & 1 == 1);
        let mut chance = 1.0;
        for (lower, upper) in mask.lower.iter().zip(mask.upper) {
            let pass = halves(upper).flat_map(|u| halves(*lower).map(move |l| (u, l)));
            let share: f64 = pass.map(|(u, l)| self.shares[u][l]).sum();
            // Where nothing is looked at, everything passes.
            chance *= if upper == 0 { 1.0 } else { share };
        }
        let is_empty = mask.upper == [0; LOOK_LEN];
        if is_empty { 0.0 } else { chance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bucket of each literal, as the searcher puts them.
    fn buckets_of(literals: &[&[u8]], order: &[usize]) -> Vec<usize> {
        let lower = |number: usize| literals[number][..LOOK_LEN].iter().map(|byte| byte & 15);
        let first = |number: usize| {
            let same = |other: &usize| lower(*other).eq(lower(number));
            order.iter().position(same).unwrap() % BUCKETS
        };
        (0..literals.len()).map(first).collect()
    }

    #[test]
    fn text_seldom_passes() {
        let literals: Vec<&[u8]> = vec![
            b"ecret",
            b"ECRET",
            b"AKIA",
            b"ASIA",
            b"Signin",
            b"smtp_pass",
            b"smtpPass",
            b"0x41",
            b"49 41",
            b"49:41",
            b"73,65",
            b"%41%",
            b"#65;",
            b"YXdz",
            b"QUtJ",
            b"FLSU",
            b"amzn.",
            b"-at-",
            b"da2-",
            b"'K', 'I'",
            b"'S', 'I'",
            b"ABSK",
            b"bedrock",
        ];
        let model = Model::new();
        let chance = |buckets: &[usize]| -> f64 {
            let of = |bucket: usize| {
                let inside = (0..literals.len()).filter(|number| buckets[*number] == bucket);
                let inside: Vec<&[u8]> = inside.map(|number| literals[number]).collect();
                let masks = Sets::new(&inside).masks;
                masks
                    .iter()
                    .fold(Mask::default(), |all, mask| all.and(mask))
            };
            (0..BUCKETS).map(|bucket| model.chance(&of(bucket))).sum()
        };
        let order = arrange(&literals);
        let as_they_are: Vec<usize> = (0..literals.len()).collect();
        let arranged = chance(&buckets_of(&literals, &order));
        let naive = chance(&buckets_of(&literals, &as_they_are));
        assert!(arranged * 10.0 < naive, "{arranged} {naive}");
        for number in as_they_are {
            assert!(order.contains(&number), "{number}");
        }
    }

    #[test]
    fn any_number_of_literals_is_arranged() {
        let texts: Vec<String> = (0..200).map(|i| format!("{:04}", i * 37)).collect();
        for count in [0, 1, 2, 7, 8, 9, 30, 64, 65, 200] {
            let literals: Vec<&[u8]> = texts[..count].iter().map(String::as_bytes).collect();
            let mut order = arrange(&literals);
            order.sort_unstable();
            order.dedup();
            assert_eq!(order, (0..count).collect::<Vec<_>>());
        }
    }
}
