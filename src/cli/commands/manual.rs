//! `keysweep completions` and `keysweep man`: made from the arguments themselves.

use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory as _;

use crate::cli::args::Args;
use crate::cli::args::gates::{Completions, Man};
use crate::cli::exit;
use crate::cli::failure::Failure;

/// Prints completions; the value is the exit code.
///
/// # Errors
/// Standard output cannot be written to.
pub(in crate::cli) fn completions(args: &Completions) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "keysweep", &mut text);
    print(&text)
}

/// Prints the manual page, or writes one for each command; the value is the exit code.
///
/// # Errors
/// They cannot be written.
pub(in crate::cli) fn man(args: &Man) -> Result<u8, Failure> {
    match &args.dir {
        None => {
            let mut text = Vec::new();
            let page = clap_mangen::Man::new(Args::command());
            page.render(&mut text).map_err(|error| lost(&error))?;
            print(&text)
        }
        Some(folder) => {
            pages(folder).map_err(|error| {
                Failure::new(format!("`{}`: {error}", folder.display()))
                    .hinted("name a folder that is there and that you can write to")
            })?;
            Ok(exit::CLEAN)
        }
    }
}

fn pages(folder: &Path) -> io::Result<()> {
    clap_mangen::generate_to(Args::command(), folder)
}

fn print(text: &[u8]) -> Result<u8, Failure> {
    match io::stdout().lock().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(lost(&error)),
        _ => Ok(exit::CLEAN),
    }
}

fn lost(error: &io::Error) -> Failure {
    Failure::new(format!("standard output cannot be written to: {error}"))
}
