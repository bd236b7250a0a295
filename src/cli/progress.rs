//! A progress bar on stderr for long sweeps. It reads the counters that the workers keep anyway,
//! so that drawing costs them nothing.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::Control;

/// How often it is drawn.
const EVERY: Duration = Duration::from_millis(100);

/// A bar that is being drawn; it goes away when this is dropped.
pub(super) struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts to draw, if wanted.
    pub(super) fn start(wanted: bool, control: Arc<Control>) -> Progress {
        let (stop, stopped) = mpsc::channel::<()>();
        let draw = move || {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
                bar.set_style(style);
            }
            let begin = Instant::now();
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                bar.set_message(message(&control, begin.elapsed()));
            }
            bar.finish_and_clear();
        };
        let builder = std::thread::Builder::new().name("progress".to_owned());
        // Without a thread there is no bar; the sweep goes on.
        let thread = wanted.then(|| builder.spawn(draw).ok()).flatten();
        Progress {
            stop: Some(stop),
            thread,
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A bar that panicked has nothing more to draw.
            thread.join().ok();
        }
    }
}

fn message(control: &Control, elapsed: Duration) -> String {
    let objects = control.objects.load(Ordering::Relaxed);
    let total = control.objects_total.load(Ordering::Relaxed);
    let bytes = control.bytes.load(Ordering::Relaxed);
    if control.stopped().is_some() {
        return "stopping; what was found so far is reported".to_owned();
    }
    if control.asking.load(Ordering::Relaxed) {
        return format!("asking AWS which keys work: {}", asked(control));
    }
    let meanwhile = match control.questions_total.load(Ordering::Relaxed) {
        0 => String::new(),
        _ => format!("; asking AWS: {}", asked(control)),
    };
    if control.tracing.load(Ordering::Relaxed) {
        return format!(
            "{} objects read, {}; tracing where findings came from{meanwhile}",
            HumanCount(objects),
            HumanBytes(bytes)
        );
    }
    let rate = bytes as f64 / elapsed.as_secs_f64().max(0.001);
    let of = match total {
        0 => String::new(),
        total => format!(" of {}", HumanCount(total)),
    };
    format!(
        "{}{of} objects, {}, {}/s{meanwhile}",
        HumanCount(objects),
        HumanBytes(bytes),
        HumanBytes(rate as u64)
    )
}

/// How many keys AWS was asked about.
fn asked(control: &Control) -> String {
    format!(
        "{} of {} keys, {} requests",
        HumanCount(control.questions.load(Ordering::Relaxed)),
        HumanCount(control.questions_total.load(Ordering::Relaxed)),
        HumanCount(control.calls.load(Ordering::Relaxed))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StopCause;

    #[test]
    fn it_says_how_far_the_sweep_is() {
        let control = Control::default();
        control.objects.store(12_345, Ordering::Relaxed);
        control.bytes.store(4 << 20, Ordering::Relaxed);
        let second = Duration::from_secs(1);
        assert_eq!(
            message(&control, second),
            "12,345 objects, 4.00 MiB, 4.00 MiB/s"
        );
        control.objects_total.store(849_014, Ordering::Relaxed);
        assert_eq!(
            message(&control, second * 2),
            "12,345 of 849,014 objects, 4.00 MiB, 2.00 MiB/s"
        );
        control.questions_total.store(1000, Ordering::Relaxed);
        control.questions.store(12, Ordering::Relaxed);
        control.calls.store(20, Ordering::Relaxed);
        assert_eq!(
            message(&control, second),
            "12,345 of 849,014 objects, 4.00 MiB, 4.00 MiB/s; asking AWS: 12 of 1,000 keys, 20 \
             requests"
        );
        control.tracing.store(true, Ordering::Relaxed);
        assert!(message(&control, second).contains("tracing"));
        control.asking.store(true, Ordering::Relaxed);
        assert_eq!(
            message(&control, second),
            "asking AWS which keys work: 12 of 1,000 keys, 20 requests"
        );
        control.stop(StopCause::Interrupt);
        assert!(message(&control, second).contains("stopping"));
    }

    #[test]
    fn an_unwanted_bar_draws_nothing_and_ends() {
        drop(Progress::start(false, Arc::new(Control::default())));
    }
}
