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
        // New places ascend.
        let mut rest = fresh;
        let is_near = move |place: &usize| {
            while let Some((range, others)) = rest.split_first() {
                if range.end + behind >= *place {
                    return range.start <= place + before;
                }
                rest = others;
            }
            false
        };
        let marks = match self {
            Marks::At(marks) => &marks[..],
            Marks::Many => &[],
        };
        // Hardly any object has some.
        let copies = if marks.is_empty() { &[] } else { copies };
        moved_by(marks, copies).filter(is_near)
    }
}

/// New places of what copies hold. Most copies begin a little behind where the one before ended, so
/// that is where the first mark of each is looked for.
fn moved_by<'a>(marks: &'a [u32], copies: &'a [Copied]) -> impl Iterator<Item = usize> + 'a {
    let mut next = 0;
    copies.iter().flat_map(move |copy| {
        let (at, from, end) = (copy.at, copy.from, copy.from + copy.len);
        let first = first_from(marks, from, next);
        let held = marks[first..].iter().map(|mark| *mark as usize);
        let held = held.take_while(move |mark| *mark < end);
        next = first;
        held.map(move |mark| at + (mark - from))
    })
}

/// The number of the first mark at or behind `from`, probably close behind the one of this number.
fn first_from(marks: &[u32], from: usize, close: usize) -> usize {
    /// So many are tried one by one.
    const NEAR: usize = 8;
    let is_before = |mark: &u32| (*mark as usize) < from;
    if close > 0 && !is_before(&marks[close - 1]) {
        return marks[..close].partition_point(is_before);
    }
    let rest = &marks[close..];
    let passed = rest.iter().take(NEAR).take_while(|mark| is_before(mark));
    match passed.count() {
        NEAR => close + NEAR + rest[NEAR..].partition_point(is_before),
        passed => close + passed,
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
    fn the_first_mark_of_a_copy_is_found_from_anywhere() {
        let marks: Vec<u32> = (0..40).map(|i| i * 3).collect();
        for from in 0..130 {
            let first = marks.partition_point(|mark| (*mark as usize) < from);
            for close in 0..=marks.len() {
                assert_eq!(first_from(&marks, from, close), first, "{from} {close}");
            }
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
