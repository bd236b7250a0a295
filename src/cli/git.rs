//! The user's own git, for the few commands that change or try something with it.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

use super::failure::Failure;

/// Runs git here.
///
/// # Errors
/// There is none.
pub(super) fn run<S: AsRef<OsStr>>(args: &[S]) -> Result<Output, Failure> {
    let output = Command::new("git").args(args).output();
    output.map_err(|error| {
        Failure::new(format!("git cannot be run: {error}"))
            .hinted("install git, or put it into PATH; sweeps do without it")
    })
}

/// What git says, without the last line feed.
///
/// # Errors
/// Git fails.
pub(super) fn ask<S: AsRef<OsStr>>(args: &[S]) -> Result<String, Failure> {
    let output = run(args)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let words: Vec<_> = args.iter().map(|a| a.as_ref().to_string_lossy()).collect();
        return Err(
            Failure::new(format!("`git {}`: {}", words.join(" "), said.trim()))
                .hinted("run it yourself to see what is wrong"),
        );
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// What a setting is, if git has it.
///
/// # Errors
/// There is no git.
pub(super) fn setting(args: &[&str]) -> Result<Option<String>, Failure> {
    let output = run(&[&["config"], args].concat())?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(output
        .status
        .success()
        .then(|| text.trim_end_matches(['\n', '\r']).to_owned()))
}

/// Major and minor version.
///
/// # Errors
/// There is no git, or it does not say.
pub(super) fn version() -> Result<(u32, u32), Failure> {
    let said = ask(&["--version"])?;
    parse_version(&said).ok_or_else(|| Failure::new(format!("no version of git: \"{said}\"")))
}

fn parse_version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.split_whitespace().nth(2)?.split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some((major, minor))
}

/// This program, for what git is to run.
///
/// # Errors
/// The system does not tell.
pub(super) fn this_program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| {
        Failure::new(format!(
            "where keysweep itself lies cannot be told: {error}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(parse_version("git version 2.47.3"), Some((2, 47)));
        assert_eq!(parse_version("git version 2.54.GIT"), Some((2, 54)));
        assert_eq!(
            parse_version("git version 2.39.5 (Apple Git-154)"),
            Some((2, 39))
        );
        assert_eq!(parse_version("git"), None);
    }
}
