//! What is known about the terminal and its surroundings, read once.

use std::env;
use std::ffi::OsString;
use std::io::{IsTerminal as _, stderr, stdout};
use std::num::NonZero;
use std::path::PathBuf;

use super::args::Colour;

/// The process's surroundings.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Terminal {
    /// Somebody looks at stdout.
    pub(super) stdout_tty: bool,
    /// Somebody looks at stderr.
    pub(super) stderr_tty: bool,
    /// Both end up in the same place, such as one log.
    pub(super) same_sink: bool,
    /// Columns.
    pub(super) width: usize,
    /// `NO_COLOR` is set and not empty.
    pub(super) no_color: bool,
    /// `TERM` is `dumb`.
    pub(super) dumb: bool,
    /// `CI` is set: a log, even where it claims to be a terminal.
    pub(super) ci: bool,
    /// CPUs this process may use.
    pub(super) cpus: usize,
    /// Where programs keep what can be made again, for this user.
    pub(super) cache_home: Option<PathBuf>,
}

impl Terminal {
    /// Looks around.
    pub(super) fn detect() -> Terminal {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Terminal {
            stdout_tty: stdout().is_terminal(),
            stderr_tty: stderr().is_terminal(),
            same_sink: same_sink(),
            // Longer lines than 120 are hard to read, shorter ones than 60 break commands.
            width: columns.unwrap_or(80).clamp(60, 120),
            no_color: set("NO_COLOR"),
            dumb: env::var_os("TERM").is_some_and(|term| term == "dumb"),
            ci: set("CI"),
            cpus: std::thread::available_parallelism().map_or(1, NonZero::get),
            cache_home: cache_home(|name| env::var_os(name)),
        }
    }
}

/// The user's cache folder, by the rules of the system. A relative one is none: it would depend on
/// where the program was started.
fn cache_home(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = variable(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let below_home = |folder: &str| absolute("HOME").map(|home| home.join(folder));
    absolute("XDG_CACHE_HOME").or_else(|| {
        if cfg!(windows) {
            absolute("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            below_home("Library/Caches")
        } else {
            below_home(".cache")
        }
    })
}

/// True if stdout and stderr are one file, pipe or terminal.
#[cfg(unix)]
fn same_sink() -> bool {
    use rustix::fs::fstat;
    match (fstat(stdout()), fstat(stderr())) {
        (Ok(out), Ok(err)) => (out.st_dev, out.st_ino) == (err.st_dev, err.st_ino),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_sink() -> bool {
    stdout().is_terminal() && stderr().is_terminal()
}

/// Whether stdout gets colour. See <https://no-color.org>.
pub(super) fn colour(when: Colour, no_color_flag: bool, terminal: &Terminal) -> bool {
    match when {
        _ if no_color_flag => false,
        Colour::Never => false,
        Colour::Always => true,
        Colour::Auto => terminal.stdout_tty && !terminal.no_color && !terminal.dumb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_for_terminals_unless_somebody_objects() {
        let tty = Terminal {
            stdout_tty: true,
            stderr_tty: true,
            same_sink: true,
            width: 80,
            no_color: false,
            dumb: false,
            ci: false,
            cpus: 1,
            cache_home: None,
        };
        let pipe = Terminal {
            stdout_tty: false,
            ..tty.clone()
        };
        let no_color = Terminal {
            no_color: true,
            ..tty.clone()
        };
        let dumb = Terminal {
            dumb: true,
            ..tty.clone()
        };
        assert!(colour(Colour::Auto, false, &tty));
        assert!(!colour(Colour::Auto, true, &tty));
        assert!(!colour(Colour::Auto, false, &pipe));
        assert!(!colour(Colour::Auto, false, &no_color));
        assert!(!colour(Colour::Auto, false, &dumb));
        assert!(colour(Colour::Always, false, &no_color));
        assert!(colour(Colour::Always, false, &pipe));
        assert!(!colour(Colour::Never, false, &tty));
    }

    #[test]
    fn the_cache_folder_is_the_users() {
        let home = |xdg: Option<&str>, home: Option<&str>| {
            cache_home(|name| match name {
                "XDG_CACHE_HOME" => xdg.map(OsString::from),
                "HOME" => home.map(OsString::from),
                _ => None,
            })
        };
        assert_eq!(home(Some("/x"), Some("/h")), Some(PathBuf::from("/x")));
        for none in ["", "relative"] {
            assert_eq!(home(Some(none), None), None);
            assert_eq!(home(None, Some(none)), None);
            #[cfg(target_os = "linux")]
            assert_eq!(home(Some(none), Some("/h")), Some("/h/.cache".into()));
        }
    }
}
