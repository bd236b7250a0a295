//! `keysweep explain`: what a key or an ID says of itself.

use std::io::{self, Read as _, Write as _};

use crate::canaries::Canaries;
use crate::cli::args::{Explain, General};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::explain::{Unknown, explain};
use crate::model::Secret;
use crate::placeholders::Placeholders;
use crate::report::{self, Format};

/// No key is longer.
const INPUT_MAX: u64 = 64 << 10;

/// Runs the command; the value is the exit code.
///
/// # Errors
/// It is nothing that can be explained.
pub(in crate::cli) fn run(general: &General, args: Explain) -> Result<u8, Failure> {
    let from_stdin = args.key == "-";
    let given = if from_stdin {
        read()?
    } else {
        Secret::new(args.key.into_bytes())
    };
    let canaries = Canaries::builtin().map_err(Failure::new)?;
    let placeholders = Placeholders::builtin().map_err(Failure::new)?;
    let told = explain(&given, &canaries, &placeholders).map_err(|unknown| {
        let failure = Failure::new(unknown);
        match unknown {
            Unknown::Empty => failure.hinted("give an ID, or a key on standard input: `keysweep explain -`"),
            Unknown::Length(_) => failure.hinted("copy the whole ID: AKIA or ASIA and 16 more letters and digits"),
            _ if from_stdin => failure.hinted("IDs (AKIA…, ASIA…, AIDA…, AROA…), API keys (ABSK…, bedrock-api-key-…) and session tokens can be explained"),
            _ => failure.hinted("if it is a secret, your shell's history and the list of processes have had it now: clear the one, and count the secret as seen. IDs (AKIA…, ASIA…, AIDA…, AROA…) can be explained; give keys on standard input: `keysweep explain -`"),
        }
    })?;
    if told.shown.is_none() && !from_stdin {
        let warning = "warning: a key on the command line stays in your shell's history; clear it, and give keys on standard input: `keysweep explain -`\n";
        io::stderr().write_all(warning.as_bytes()).ok();
    }
    let mut out = io::stdout().lock();
    let written = match general.format {
        Format::Human | Format::Exposure => report::write_explanation(&told, &mut out),
        Format::Json | Format::Ndjson => report::write_explanation_json(&told, &mut out),
        other => {
            let name = other.name();
            return Err(
                Failure::new(format!("explain has no format `{name}`")).hinted("use human or json")
            );
        }
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "the answer could not be written: {error}"
        ))),
        _ => Ok(exit::CLEAN),
    }
}

fn read() -> Result<Secret, Failure> {
    let mut bytes = Vec::new();
    let stdin = io::stdin().lock();
    stdin
        .take(INPUT_MAX)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?;
    Ok(Secret::new(bytes))
}
