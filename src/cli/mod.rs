//! The command line: arguments, terminal, signals, files and exit codes. The only module that
//! may name `clap` or touch the terminal; it decides nothing about what is found.

mod accept;
mod args;
mod ci;
mod commands;
mod config;
mod exit;
mod failure;
mod gate;
mod git;
mod help;
mod known;
mod output;
mod plan;
mod process;
mod progress;
mod ranges;
mod signals;
mod terminal;
mod values;
mod verification;

use std::process::ExitCode;

/// Runs keysweep with the process's arguments and environment.
pub fn main() -> ExitCode {
    process::harden();
    let home = config::home(|name| std::env::var_os(name));
    let args = match config::parse(std::env::args_os(), home.as_deref()) {
        Ok(Ok(args)) => args,
        Ok(Err(failure)) => return end(&failure),
        Err(error) => return refuse(&error),
    };
    let outcome = match args.command {
        args::Command::Sweep(sweep) => commands::sweep::run(&args.general, sweep),
        args::Command::Prove(prove) => commands::prove::run(&args.general, &prove),
        args::Command::Fingerprint(args_of) => commands::fingerprint::run(&args.general, &args_of),
        args::Command::Verify(verify) => commands::verify::run(&args.general, verify),
        args::Command::Explain(explain) => commands::explain::run(&args.general, explain),
        args::Command::Baseline(baseline) => commands::baseline::run(&args.general, baseline),
        args::Command::Plan(plan) => commands::plan::run(&args.general, plan),
        args::Command::Rules(rules) => commands::rules::run(rules),
        args::Command::Hook(hook) => commands::hook::run(&args.general, hook),
        args::Command::Ci(ci) => commands::ci::run(&args.general, ci),
        args::Command::Doctor(doctor) => commands::doctor::run(&args.general, doctor),
        args::Command::Completions(shell) => commands::manual::completions(&shell),
        args::Command::Man(man) => commands::manual::man(&man),
        args::Command::Investigate(asked) => commands::investigate::run(&args.general, asked),
        args::Command::Inventory(asked) => commands::inventory::run(&args.general, asked),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => end(&failure),
    }
}

/// Tells a failure.
fn end(failure: &failure::Failure) -> ExitCode {
    failure.print(&mut std::io::stderr().lock());
    ExitCode::from(failure.exit_code)
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
