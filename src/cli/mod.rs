//! The command line: arguments, terminal, signals, files and exit codes. The only module that
//! may name `clap` or touch the terminal; it decides nothing about what is found.

mod args;
mod commands;
mod exit;
mod failure;
mod help;
mod output;
mod plan;
mod process;
mod progress;
mod signals;
mod terminal;
mod values;

use std::process::ExitCode;

use clap::Parser as _;

/// Runs keysweep with the process's arguments and environment.
pub fn main() -> ExitCode {
    process::harden();
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return refuse(&error),
    };
    let outcome = match args.command {
        args::Command::Sweep(sweep) => commands::sweep::run(&args.general, sweep),
        args::Command::Explain(explain) => commands::explain::run(&args.general, explain),
        args::Command::Rules(rules) => commands::rules::run(rules),
        args::Command::Investigate(asked) => commands::investigate::run(&args.general, asked),
        args::Command::Inventory(asked) => commands::inventory::run(&args.general, asked),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            failure.print(&mut std::io::stderr().lock());
            ExitCode::from(failure.exit_code)
        }
    }
}

/// Prints what clap has to say: help and version on stdout, mistakes on stderr.
fn refuse(error: &clap::Error) -> ExitCode {
    let code = if error.use_stderr() {
        exit::USAGE
    } else {
        exit::CLEAN
    };
    match error.print() {
        Err(failed) if code == exit::CLEAN && failed.kind() != std::io::ErrorKind::BrokenPipe => {
            ExitCode::from(exit::USAGE)
        }
        _ => ExitCode::from(code),
    }
}
