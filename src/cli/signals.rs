//! Signals: the first asks the sweep to end with a report, the second ends the process at once.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::Control;

/// What must not be left behind when the process ends at once.
#[derive(Debug, Default)]
pub(super) struct Ending {
    writing: AtomicBool,
    temporary: Mutex<Option<PathBuf>>,
    folder: Mutex<Option<PathBuf>>,
}

impl Ending {
    /// From now on there is no sweep to stop: any signal ends the process at once.
    pub(super) fn begin_writing(&self) {
        self.writing.store(true, Ordering::SeqCst);
    }

    /// Names the temporary file that is being written, or none.
    pub(super) fn set_temporary(&self, path: Option<&Path>) {
        // A panic while it was held changes nothing: the value is only ever replaced.
        *self.lock() = path.map(Path::to_owned);
    }

    /// Names the temporary folder that is in use, or none.
    pub(super) fn set_folder(&self, path: Option<&Path>) {
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        *folder = path.map(Path::to_owned);
    }

    /// Removes the temporary file and folder.
    fn clean_up(&self) {
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = folder.take() {
            std::fs::remove_dir_all(path).ok();
        }
        if let Some(path) = self.lock().take() {
            // The process ends now; there is nobody left to tell.
            std::fs::remove_file(path).ok();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<PathBuf>> {
        self.temporary
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts to listen for SIGINT and SIGTERM.
///
/// # Errors
/// The system refused a handler or a thread.
#[cfg(unix)]
pub(super) fn listen(control: Arc<Control>, ending: Arc<Ending>) -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    let listener = move || {
        let mut asked = false;
        for signal in signals.forever() {
            if asked || ending.writing.load(Ordering::SeqCst) {
                ending.clean_up();
                signal_hook::low_level::exit(128 + signal);
            }
            asked = true;
            control.stop(match signal {
                SIGTERM => crate::model::StopCause::Terminate,
                _ => crate::model::StopCause::Interrupt,
            });
        }
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(listener)?;
    Ok(())
}

/// Starts to listen for Ctrl-C. Other systems do not tell a wish to terminate from it.
///
/// # Errors
/// The system refused a handler.
#[cfg(not(unix))]
#[allow(clippy::exit, reason = "a second Ctrl-C ends the process at once")]
pub(super) fn listen(control: Arc<Control>, ending: Arc<Ending>) -> io::Result<()> {
    let asked = AtomicBool::new(false);
    let handler = move || {
        if asked.swap(true, Ordering::SeqCst) || ending.writing.load(Ordering::SeqCst) {
            ending.clean_up();
            std::process::exit(i32::from(super::exit::INTERRUPTED));
        }
        control.stop(crate::model::StopCause::Interrupt);
    };
    ctrlc::set_handler(handler).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Raises the one signal that this process's tests raise: a second would end them.
    #[cfg(unix)]
    #[test]
    fn the_first_signal_asks_for_an_end_and_says_which_it_was() {
        use crate::model::StopCause;
        use std::time::{Duration, Instant};

        let control = Arc::new(Control::default());
        listen(Arc::clone(&control), Arc::new(Ending::default())).unwrap();
        assert_eq!(control.stopped(), None);
        signal_hook::low_level::raise(signal_hook::consts::SIGTERM).unwrap();
        let give_up = Instant::now() + Duration::from_secs(20);
        while control.stopped().is_none() && Instant::now() < give_up {
            std::thread::yield_now();
        }
        assert_eq!(control.stopped(), Some(StopCause::Terminate));
    }

    #[test]
    fn cleaning_up_removes_the_temporary_file_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.tmp");
        std::fs::write(&path, "half a report").unwrap();
        let ending = Ending::default();
        ending.clean_up();
        assert!(path.exists());
        ending.set_temporary(Some(&path));
        ending.clean_up();
        assert!(!path.exists());
        ending.set_temporary(None);
        ending.clean_up();
    }
}
