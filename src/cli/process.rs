//! What the process does for secrecy before anything else.

use std::io::Write as _;
use std::panic::{self, Location};

/// Keeps secrets in memory out of core dumps and panic messages.
pub(super) fn harden() {
    no_core_dumps();
    panic::set_hook(Box::new(|info| {
        // The payload is left out: it may quote what was being scanned.
        let line = panic_line(info.location());
        std::io::stderr().lock().write_all(line.as_bytes()).ok();
    }));
}

fn panic_line(location: Option<&Location<'_>>) -> String {
    let place = location.map_or_else(
        || "an unknown place".to_owned(),
        |at| format!("{}:{}:{}", at.file(), at.line(), at.column()),
    );
    format!("error: keysweep failed at {place}; please report this as a bug\n")
}

#[cfg(unix)]
fn no_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Lowering a limit is always allowed; where it is not, a dump is no worse than before.
    setrlimit(Resource::Core, none).ok();
}

#[cfg(not(unix))]
fn no_core_dumps() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_say_where_and_never_what() {
        let line = panic_line(Some(Location::caller()));
        assert!(
            line.starts_with("error: keysweep failed at src/cli/process.rs:"),
            "{line}"
        );
        assert!(panic_line(None).contains("an unknown place"));
    }
}
