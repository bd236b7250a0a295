//! When to give up: somebody asked for a stop, time ran out, or the work has no end in sight.

use crate::model::Control;

/// Work between two looks at the clock, in edges and the like: a millisecond or less.
const CHECK_EVERY: u64 = 1 << 14;

/// History is not traced to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GaveUp {
    /// [`Control`] says why.
    Stopped,
    /// A bound on work was hit, which only a history made for it can do.
    Bound,
}

/// Counts work and looks at the clock now and then.
pub(crate) struct Pace<'a> {
    control: &'a Control,
    unchecked: u64,
    /// What may still be done.
    left: u64,
}

impl<'a> Pace<'a> {
    /// A pace with a bound on all work.
    pub(crate) fn new(control: &'a Control, work_max: u64) -> Pace<'a> {
        Pace {
            control,
            // The first step looks at once.
            unchecked: CHECK_EVERY,
            left: work_max,
        }
    }

    /// Does `work` more.
    ///
    /// # Errors
    /// It is time to give up.
    pub(crate) fn step(&mut self, work: usize) -> Result<(), GaveUp> {
        let work = work as u64 + 1;
        self.unchecked += work;
        if self.unchecked >= CHECK_EVERY {
            self.unchecked = 0;
            if self.control.check_clock().is_some() {
                return Err(GaveUp::Stopped);
            }
        }
        self.left = self.left.checked_sub(work).ok_or(GaveUp::Bound)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StopCause;

    #[test]
    fn ends_at_the_bound_and_after_a_stop() {
        let control = Control::default();
        let mut pace = Pace::new(&control, 10);
        assert_eq!(pace.step(4), Ok(()));
        assert_eq!(pace.step(5), Err(GaveUp::Bound));
        control.stop(StopCause::Interrupt);
        assert_eq!(Pace::new(&control, 10).step(1), Err(GaveUp::Stopped));
    }
}
