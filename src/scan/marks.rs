//! Where literals stand that no quick look at their surroundings rules out, carried from object to
//! object: what is made from an object needs to be searched for these only near new bytes, and is
//! looked at more closely only where one of them comes near to such.

use std::ops::Range;

use crate::model::Copied;

/// More of them are not kept: most objects have none.
pub(super) const MARKS_MAX: usize = 1024;

/// Places of literals in an object, ascending.
#[derive(Clone, Debug)]
pub(super) enum Marks {
    At(Vec<u32>),
    /// So many that they are not known one by one.
    Many,
}

impl Marks {
    /// Of these places, ascending ones.
    pub(super) fn of(places: impl Iterator<Item = usize>) -> Marks {
        let mut marks = Vec::new();
        for place in places {
            match u32::try_from(place) {
                Ok(place) if marks.len() < MARKS_MAX => marks.push(place),
                _ => return Marks::Many,
            }
        }
        Marks::At(marks)
    }

    /// None at all.
    pub(super) fn none() -> Marks {
        Marks::At(Vec::new())
    }

    /// How many are known one by one.
    pub(super) fn len(&self) -> usize {
        match self {
            Marks::At(marks) => marks.len(),
            Marks::Many => 0,
        }
    }

    /// Those that were copied, at their new places; some of them may stand for a literal no more.
    pub(super) fn moved(&self, copies: &[Copied]) -> Marks {
        let Marks::At(marks) = self else {
            return Marks::Many;
        };
        if marks.is_empty() {
            return Marks::none();
        }
        Marks::of(moved_by(marks, copies))
    }

    /// These and others, ascending as well.
    pub(super) fn and(self, others: impl Iterator<Item = usize>) -> Marks {
        let (Marks::At(marks), Marks::At(more)) = (self, Marks::of(others)) else {
            return Marks::Many;
        };
        let mut all: Vec<usize> = marks.iter().chain(&more).map(|at| *at as usize).collect();
        all.sort_unstable();
        all.dedup();
        Marks::of(all.into_iter())
    }

    /// New places of those that were copied and now stand at most `before` bytes in front of
    /// something new or at most `behind` bytes behind it.
    pub(super) fn near<'a>(
        &'a self,
        copies: &'a [Copied],
        fresh: &'a [Range<usize>],
        before: usize,
        behind: usize,
    ) -> impl Iterator<Item = usize> + 'a {
        // Hardly any object has some.
        let copies = if self.places().is_empty() {
            &[]
        } else {
            copies
        };
        moved_by(self.places(), copies).filter(is_near(fresh, before, behind))
    }

    /// Those that stand so near to something new, of marks that were moved already.
    pub(super) fn still_near<'a>(
        &'a self,
        fresh: &'a [Range<usize>],
        before: usize,
        behind: usize,
    ) -> impl Iterator<Item = usize> + 'a {
        let places = self.places().iter().map(|mark| *mark as usize);
        places.filter(is_near(fresh, before, behind))
    }

    fn places(&self) -> &[u32] {
        match self {
            Marks::At(marks) => marks,
            Marks::Many => &[],
        }
    }
}

/// Says of ascending places whether they stand near to something new.
fn is_near(
    fresh: &[Range<usize>],
    before: usize,
    behind: usize,
) -> impl FnMut(&usize) -> bool + '_ {
    let mut rest = fresh;
    move |place| {
        while let Some((range, others)) = rest.split_first() {
            if range.end + behind >= *place {
                return range.start <= place + before;
            }
            rest = others;
        }
        false
    }
}

/// New places of what copies hold.
fn moved_by<'a>(marks: &'a [u32], copies: &'a [Copied]) -> impl Iterator<Item = usize> + 'a {
    let map = Map::new(marks);
    let copies = copies.iter().filter(move |copy| map.may_hold(copy));
    copies.flat_map(|copy| {
        let first = marks.partition_point(|mark| (*mark as usize) < copy.from);
        let (at, from, end) = (copy.at, copy.from, copy.from + copy.len);
        let held = marks[first..].iter().map(|mark| *mark as usize);
        held.take_while(move |mark| *mark < end)
            .map(move |mark| at + (mark - from))
    })
}

/// Which parts of an object hold marks. Deltas of some repositories have a thousand copies, of which a
/// handful holds a mark; looking each of them up took 3 % of a sweep.
struct Map {
    /// Bytes of a part, as a power of two.
    shift: u32,
    /// A bit for each part, and a word that is always empty.
    parts: [u64; Map::WORDS + 1],
}

impl Map {
    const WORDS: usize = 64;

    fn new(marks: &[u32]) -> Map {
        let last = marks.last().map_or(0, |mark| *mark as usize);
        let mut shift = 0;
        while last >> shift >= Map::WORDS * 64 {
            shift += 1;
        }
        let mut parts = [0; Map::WORDS + 1];
        for mark in marks {
            let part = *mark as usize >> shift;
            parts[part / 64] |= 1 << (part % 64);
        }
        Map { shift, parts }
    }

    /// False if a copy holds no mark.
    #[inline]
    fn may_hold(&self, copy: &Copied) -> bool {
        let first = copy.from >> self.shift;
        let more = (copy.from + copy.len).saturating_sub(1) >> self.shift;
        let more = more.saturating_sub(first);
        if more >= 64 {
            return true;
        }
        let Some([here, next]) = self.parts.get(first / 64..).and_then(|p| p.first_chunk()) else {
            return false;
        };
        let ahead = here >> (first % 64) | next << 1 << (63 - first % 64);
        ahead & (u64::MAX >> (63 - more)) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(at: usize, from: usize, len: usize) -> Copied {
        Copied { at, from, len }
    }

    #[test]
    fn marks_move_with_what_holds_them() {
        let marks = Marks::of([10, 20, 30].into_iter());
        let copies = [copied(0, 20, 5), copied(5, 10, 1), copied(100, 0, 40)];
        let Marks::At(moved) = marks.moved(&copies) else {
            panic!("there are few");
        };
        assert_eq!(moved, [0, 5, 110, 120, 130]);
    }

    #[test]
    fn a_copy_that_holds_a_mark_is_not_passed_over() {
        for step in [1, 3, 63, 64, 65, 700, 9000] {
            let marks: Vec<u32> = (0..90).map(|i| i * step + i % 3).collect();
            let last = marks[marks.len() - 1] as usize;
            let map = Map::new(&marks);
            let (mut passed, mut held) = (0, 0);
            for from in (0..last + 200).step_by(step as usize / 5 + 1) {
                for len in [0, 1, 2, 60, 64, 127, 128, 5000, last] {
                    let copy = copied(0, from, len);
                    let holds = marks
                        .iter()
                        .any(|mark| (from..from + len).contains(&(*mark as usize)));
                    assert!(map.may_hold(&copy) || !holds, "{step} {copy:?}");
                    passed += usize::from(!map.may_hold(&copy));
                    held += usize::from(holds);
                }
            }
            assert!(passed > 0 && held > 0, "{step}");
        }
    }

    #[test]
    fn near_is_near_something_new() {
        let marks = Marks::of(std::iter::once(10));
        let copies = [copied(50, 10, 20)];
        let near = |fresh: Range<usize>, before, behind| {
            let fresh = std::slice::from_ref(&fresh);
            marks.near(&copies, fresh, before, behind).next().is_some()
        };
        assert!(near(60..70, 10, 0));
        assert!(!near(60..70, 9, 0));
        assert!(near(30..40, 0, 10));
        assert!(!near(30..40, 0, 9));
        assert!(near(45..55, 0, 0));
    }

    #[test]
    fn too_many_are_not_kept() {
        let marks = Marks::of(0..=MARKS_MAX);
        assert!(matches!(marks, Marks::Many));
        let marks = Marks::of(0..MARKS_MAX);
        assert!(matches!(marks.and(std::iter::once(MARKS_MAX)), Marks::Many));
    }
}
