//! How much may still be read, and whether to go on at all: for everything that hostile data
//! could keep busy.

use super::damage::Damage;
use crate::model::Control;

/// What a small step is taken for, in bytes, so that steps without content count too.
const STEP_COST: u64 = 256;
/// Bytes between two looks at the clock.
const CHECK_EVERY: u64 = 1 << 20;

/// A bound on bytes produced, together with the wish to stop.
pub(crate) struct Work<'c> {
    done: u64,
    max: u64,
    next_check: u64,
    control: Option<&'c Control>,
}

impl<'c> Work<'c> {
    /// At most `max` bytes.
    pub(crate) fn new(max: u64, control: Option<&'c Control>) -> Work<'c> {
        Work {
            done: 0,
            max,
            next_check: 0,
            control,
        }
    }

    /// Counts bytes that were produced. The error is [`Damage::Work`] or [`Damage::Stopped`]:
    /// neither says anything about the object at hand.
    pub(crate) fn spend(&mut self, bytes: u64) -> Result<(), Damage> {
        self.done = self.done.saturating_add(bytes.max(STEP_COST));
        if self.done > self.max {
            return Err(Damage::Work(self.max));
        }
        let Some(control) = self.control else {
            return Ok(());
        };
        let stopped = if self.done >= self.next_check {
            self.next_check = self.done + CHECK_EVERY;
            control.check_clock()
        } else {
            control.stopped()
        };
        if stopped.is_some() {
            return Err(Damage::Stopped);
        }
        Ok(())
    }

    /// Bytes counted so far.
    pub(crate) fn done(&self) -> u64 {
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StopCause;

    #[test]
    fn ends_at_the_bound_or_on_a_stop() {
        let control = Control::default();
        let mut work = Work::new(1100, Some(&control));
        assert_eq!(work.spend(500), Ok(()));
        assert_eq!(work.spend(0), Ok(()), "a step costs something, too");
        assert_eq!(work.done(), 500 + STEP_COST);
        control.stop(StopCause::Interrupt);
        assert_eq!(work.spend(1), Err(Damage::Stopped));
        assert_eq!(work.spend(1), Err(Damage::Work(1100)));
    }

    #[test]
    fn looks_at_the_clock() {
        let control = Control::with_deadline(Some(std::time::Instant::now()));
        assert_eq!(
            Work::new(u64::MAX, Some(&control)).spend(1),
            Err(Damage::Stopped)
        );
    }
}
