//! What is no file that could be replaced: pipes, devices, and descriptors of this process by name.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Descriptors of this process that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Descriptor {
    Stdout,
    Stderr,
    Other,
}

fn descriptor(path: &Path) -> Option<Descriptor> {
    let path = path.to_str()?;
    let number = ["/dev/fd/", "/proc/self/fd/"]
        .iter()
        .find_map(|folder| path.strip_prefix(folder));
    match (path, number) {
        ("/dev/stdout", _) | (_, Some("1")) => Some(Descriptor::Stdout),
        ("/dev/stderr", _) | (_, Some("2")) => Some(Descriptor::Stderr),
        (_, Some(_)) => Some(Descriptor::Other),
        _ => None,
    }
}

/// True for what is written to as it is: replacing it would destroy it, or write to another file
/// than the one that is open under this name.
pub(super) fn is_special(path: &Path) -> bool {
    let is_other = |meta: std::fs::Metadata| !meta.is_file() && !meta.is_dir();
    descriptor(path).is_some() || std::fs::metadata(path).is_ok_and(is_other)
}

/// Sees to it that something is open under this name, before there is anything to write.
///
/// # Errors
/// Nothing is.
pub(super) fn check(path: &Path) -> io::Result<()> {
    match descriptor(path) {
        Some(Descriptor::Other) => std::fs::metadata(path).map(drop),
        _ => Ok(()),
    }
}

/// True for stdout under a name: a reader who had enough of it is no failure, as without the name.
pub(super) fn is_stdout(path: &Path) -> bool {
    descriptor(path) == Some(Descriptor::Stdout)
}

/// Opens it.
///
/// # Errors
/// It cannot be written to.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn Write>> {
    Ok(match descriptor(path) {
        // These go on where the last write ended, whatever they lead to.
        Some(Descriptor::Stdout) => Box::new(io::stdout()),
        Some(Descriptor::Stderr) => Box::new(io::stderr()),
        // A file that is open under this name keeps what it holds.
        Some(Descriptor::Other) => Box::new(File::options().append(true).open(path)?),
        None => Box::new(File::options().write(true).open(path)?),
    })
}
