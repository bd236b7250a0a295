//! What the process does for secrecy before anything else.

use std::io::Write as _;
use std::panic::{self, Location};

/// Keeps secrets in memory out of core dumps and panic messages, and makes room for repositories
/// with many packs.
pub(super) fn harden() {
    no_core_dumps();
    allow_many_files();
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
    // Where dumps go to a program, the kernel asks no limit.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}

#[cfg(not(unix))]
fn no_core_dumps() {}

/// The usual limit of 1024 open files is kept low only for programs that use `select`.
#[cfg(unix)]
fn allow_many_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    const WANTED: u64 = 1 << 16;
    let mut limit = getrlimit(Resource::Nofile);
    let allowed = limit.maximum.unwrap_or(WANTED).min(WANTED);
    if limit.current.is_some_and(|current| current < allowed) {
        limit.current = Some(allowed);
        // Without more room, files are opened as they are needed.
        setrlimit(Resource::Nofile, limit).ok();
    }
}

#[cfg(not(unix))]
fn allow_many_files() {}

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
