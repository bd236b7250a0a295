//! What runs beside a sweep: the wish to stop, and how far it has come.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Instant;

/// Why a sweep should end before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// SIGINT (Ctrl-C): exit code 130.
    Interrupt,
    /// SIGTERM: exit code 143.
    Terminate,
    /// `--max-time` is over.
    Deadline,
}

/// Shared between the thread that sweeps, its workers, the signal handler and the progress bar.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicU8,
    deadline: Option<Instant>,
    /// Objects that will be read; 0 while unknown.
    pub objects_total: AtomicU64,
    /// Objects read so far.
    pub objects: AtomicU64,
    /// Bytes of content read so far.
    pub bytes: AtomicU64,
    /// True once every object is read and history is being traced.
    pub tracing: AtomicBool,
    /// True while nothing is left to do but to wait for AWS.
    pub asking: AtomicBool,
    /// Access key IDs that AWS was or is to be asked about so far.
    pub questions_total: AtomicU64,
    /// Those that have been answered.
    pub questions: AtomicU64,
    /// Requests sent to AWS.
    pub calls: AtomicU64,
}

impl Control {
    /// A control that asks for a stop once `deadline` has passed.
    pub fn with_deadline(deadline: Option<Instant>) -> Control {
        Control {
            deadline,
            ..Control::default()
        }
    }

    /// Asks everything to stop soon. The first cause wins.
    pub fn stop(&self, cause: StopCause) {
        let code = match cause {
            StopCause::Interrupt => 1,
            StopCause::Terminate => 2,
            StopCause::Deadline => 3,
        };
        // Losing the race means that somebody else asked first, which is as good.
        self.stop
            .compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed)
            .ok();
    }

    /// Every object is read, history is next.
    pub fn begin_tracing(&self) {
        self.tracing.store(true, Ordering::Relaxed);
    }

    /// Why to stop, if so. Cheap: one relaxed load; the clock is read by [`Control::check_clock`].
    pub fn stopped(&self) -> Option<StopCause> {
        match self.stop.load(Ordering::Relaxed) {
            1 => Some(StopCause::Interrupt),
            2 => Some(StopCause::Terminate),
            3 => Some(StopCause::Deadline),
            _ => None,
        }
    }

    /// Looks at the clock, then says whether to stop. Call it every few milliseconds of work.
    pub fn check_clock(&self) -> Option<StopCause> {
        if self.deadline.is_some_and(|at| Instant::now() >= at) {
            self.stop(StopCause::Deadline);
        }
        self.stopped()
    }
}
