//! Where reports go: stdout, and files that appear whole or not at all.

mod direct;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::exit::Written;
use super::failure::Failure;
use super::signals::Ending;
use super::values::OutputArg;
use crate::model::Report;
use crate::report::{self, Format, Options};

/// A file that a report goes to, checked before the sweep begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    format: Format,
    /// As the user named it, for messages.
    named: PathBuf,
    /// With symbolic links resolved: what a link points to is replaced, not the link.
    path: PathBuf,
    /// A device or a pipe: written to directly, since replacing it would destroy it.
    special: bool,
}

/// Where the reports go, as far as they can go anywhere.
#[derive(Debug, Default)]
pub(super) struct Destinations {
    /// Files that can be written, as far as one can tell.
    pub(super) files: Vec<Destination>,
    /// Why others cannot. The sweep goes on: what it finds counts, whoever reads it.
    pub(super) lost: Vec<Failure>,
}

/// Checks that each file can be written, so that one that cannot is told of before hours are spent
/// on what goes into it.
///
/// # Errors
/// A folder in place of a file, a path inside a git directory, the same file twice, or `--reveal`
/// into a pipe: nobody can have meant that.
pub(super) fn prepare(outputs: &[OutputArg], reveal: bool) -> Result<Destinations, Failure> {
    let mut prepared = Destinations::default();
    for output in outputs {
        let destinations = &mut prepared.files;
        let destination = match resolve(output)? {
            Ok(destination) => destination,
            Err(lost) => {
                prepared.lost.push(lost);
                continue;
            }
        };
        let shown = output.path.display();
        if destination.special && reveal {
            return Err(
                Failure::new(format!("--reveal would send raw secrets into `{shown}`"))
                    .hinted("name a regular file"),
            );
        }
        if !destination.special && destinations.iter().any(|d| d.path == destination.path) {
            return Err(Failure::new(format!("two reports go to `{shown}`"))
                .hinted("give each its own file"));
        }
        destinations.push(destination);
    }
    Ok(prepared)
}

/// The outer error is a misuse, the inner one a file that cannot be written.
fn resolve(output: &OutputArg) -> Result<Result<Destination, Failure>, Failure> {
    let named = &output.path;
    if direct::is_special(named) {
        if let Err(error) = direct::check(named) {
            let message = format!("could not open `{}`: {error}", named.display());
            return Ok(Err(
                Failure::new(message).hinted("name a descriptor that is open, or a file")
            ));
        }
        // What such a name leads to need not have a path.
        return Ok(Ok(Destination {
            format: output.format,
            named: named.clone(),
            path: named.clone(),
            special: true,
        }));
    }
    let path = match real_path(named) {
        Ok(path) => path,
        Err(lost) => return Ok(Err(lost)),
    };
    if path.is_dir() {
        return Err(
            Failure::new(format!("`{}` is a folder", named.display())).hinted("name a file in it")
        );
    }
    if let Err(lost) = check_folder(named, &path)? {
        return Ok(Err(lost));
    }
    Ok(Ok(Destination {
        format: output.format,
        named: named.clone(),
        path,
        special: false,
    }))
}

/// The path without symbolic links; the file itself need not exist.
fn real_path(named: &Path) -> Result<PathBuf, Failure> {
    if named.symlink_metadata().is_ok() {
        return named.canonicalize().map_err(|error| {
            Failure::new(format!("could not follow `{}`: {error}", named.display()))
                .hinted("name another file, or mend the link")
        });
    }
    let Some(name) = named.file_name() else {
        return Err(Failure::new(format!("`{}` names no file", named.display()))
            .hinted("end the path with a file name"));
    };
    let folder = match named.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(|error| {
        let message = format!("could not open the folder `{}`: {error}", folder.display());
        Failure::new(message).hinted("make the folder first, or name another one")
    })?;
    Ok(folder.join(name))
}

fn check_folder(named: &Path, path: &Path) -> Result<Result<(), Failure>, Failure> {
    let folder = path.parent().unwrap_or(path);
    let shown = named.display();
    if folder.ancestors().any(is_git_dir) {
        return Err(
            Failure::new(format!("`{shown}` lies inside a git directory"))
                .hinted("name a file outside: keysweep changes nothing in a repository"),
        );
    }
    Ok(writable(folder).map_err(|error| {
        Failure::new(format!(
            "could not write into the folder of `{shown}`: {error}"
        ))
        .hinted("name a file in a folder you can write to")
    }))
}

/// True for what git would take for a git directory, a linked worktree's included.
pub(super) fn is_git_dir(folder: &Path) -> bool {
    folder.join("HEAD").symlink_metadata().is_ok()
        && (folder.join("commondir").is_file()
            || (folder.join("objects").is_dir() && folder.join("refs").exists()))
}

#[cfg(unix)]
fn writable(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    if !folder.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(not(unix))]
fn writable(folder: &Path) -> io::Result<()> {
    // Rights are not asked for here; a folder that refuses shows when the file is made.
    if folder.is_dir() {
        Ok(())
    } else {
        Err(io::ErrorKind::NotADirectory.into())
    }
}

/// Writes a report in a format.
pub(super) type Fill<'a> = &'a dyn Fn(Format, &Options, &mut dyn Write) -> io::Result<()>;

/// Writes the report to every file. One that fails is told on `err`, and does not stop the rest.
pub(super) fn write_files(
    destinations: &[Destination],
    report: &Report,
    options: &Options,
    ending: &Ending,
    err: &mut dyn Write,
) -> Written {
    let fill = |format: Format, options: &Options, out: &mut dyn Write| {
        report::write(report, format, options, out)
    };
    write_files_by(destinations, options, ending, &fill, err)
}

/// The same of any report.
pub(super) fn write_files_by(
    destinations: &[Destination],
    options: &Options,
    ending: &Ending,
    fill: Fill<'_>,
    err: &mut dyn Write,
) -> Written {
    // A file is nobody's terminal.
    let options = Options {
        colour: false,
        width: Options::default().width,
        ..*options
    };
    fill_files(destinations, ending, err, &|format, out| {
        fill(format, &options, out)
    })
}

/// Writes anything to every file, in the format of each.
pub(super) fn fill_files(
    destinations: &[Destination],
    ending: &Ending,
    err: &mut dyn Write,
    write: &dyn Fn(Format, &mut dyn Write) -> io::Result<()>,
) -> Written {
    let mut written = Written::Yes;
    for destination in destinations {
        let fill = |out: &mut dyn Write| write(destination.format, out);
        let done = if destination.special {
            write_directly(&destination.path, fill)
        } else {
            write_whole(&destination.path, ending, fill)
        };
        if let Err(error) = done {
            written = Written::Failed;
            let shown = destination.named.display();
            Failure::new(format!("could not write the report to `{shown}`: {error}"))
                .hinted("what stood there before is unchanged; mend the cause and run again")
                .print(err);
        }
    }
    written
}

/// Puts a file in place that is no report, with rights as the user's other files have them.
///
/// # Errors
/// It cannot be written, or lies where keysweep never writes; what stood there before stays.
pub(super) fn replace(
    named: &Path,
    ending: &Ending,
    fill: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let output = OutputArg {
        format: Format::Human,
        path: named.to_owned(),
    };
    let destination = resolve(&output)??;
    let done = if destination.special {
        write_directly(&destination.path, fill)
    } else {
        write_whole(&destination.path, ending, fill).and_then(|()| make_common(&destination.path))
    };
    done.map_err(|error| {
        Failure::new(format!("could not write `{}`: {error}", named.display()))
            .hinted("what stood there before is unchanged; mend the cause and run again")
    })
}

/// Lets others read a file that is meant for a repository.
#[cfg(unix)]
fn make_common(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_common(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Writes the report to stdout. A reader who had enough is no failure.
pub(super) fn write_stdout(
    format: Format,
    report: &Report,
    options: &Options,
    err: &mut dyn Write,
) -> Written {
    let fill = |format: Format, options: &Options, out: &mut dyn Write| {
        report::write(report, format, options, out)
    };
    write_stdout_by(format, options, &fill, err)
}

/// The same of any report.
pub(super) fn write_stdout_by(
    format: Format,
    options: &Options,
    fill: Fill<'_>,
    err: &mut dyn Write,
) -> Written {
    fill_stdout(format, options.colour, err, &|out| {
        fill(format, options, out)
    })
}

/// Writes anything to stdout.
pub(super) fn fill_stdout(
    format: Format,
    colour: bool,
    err: &mut dyn Write,
    write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> Written {
    let choice = if colour {
        anstream::ColorChoice::Always
    } else {
        anstream::ColorChoice::Never
    };
    let stdout = io::stdout().lock();
    let done = if format == Format::Human {
        // Turns on colour where a terminal needs to be asked (Windows).
        let stdout = anstream::AutoStream::new(stdout, choice);
        buffered(stdout, write)
    } else {
        buffered(stdout, write)
    };
    match done {
        Ok(()) => Written::Yes,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Written::Yes,
        Err(error) => {
            Failure::new(format!("could not write the report to stdout: {error}"))
                .hinted("write it to a file instead: `-o FILE`")
                .print(err);
            Written::Failed
        }
    }
}

/// Fills a temporary file in the same folder, which only its owner can read, and puts it in
/// place once all of it is on disk. On any error the old file stays.
fn write_whole(
    path: &Path,
    ending: &Ending,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    // tempfile creates with O_EXCL and, on Unix, mode 0600.
    let mut temporary = tempfile::Builder::new()
        .prefix(".keysweep-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    ending.set_temporary(Some(temporary.path()));
    let done = buffered(temporary.as_file_mut(), fill)
        .and_then(|()| temporary.as_file().sync_all())
        .and_then(|()| temporary.persist(path).map_err(|failed| failed.error))
        .map(drop);
    ending.set_temporary(None);
    done?;
    // The rename itself survives a crash only once the folder is on disk. Some file systems
    // refuse this; the report is in place all the same.
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().ok();
    }
    Ok(())
}

/// Writes to a device or a pipe.
fn write_directly(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    match buffered(direct::open(path)?, fill) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe && direct::is_stdout(path) => {
            Ok(())
        }
        done => done,
    }
}

/// Runs `fill` behind a buffer and sees every error, that of the last flush too.
fn buffered(
    out: impl Write,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    let done = fill(&mut out).and_then(|()| out.flush());
    // What is left after an error must not be written when the buffer is dropped.
    let (_out, _rest) = out.into_parts();
    done
}

#[cfg(test)]
mod tests;
