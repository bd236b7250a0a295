//! What a sweep costs before it looks for anything: keysweep's own reading, with nobody who looks.
//!
//! `bare_read REPOSITORY THREADS rebuild|follow`: `rebuild` inflates and checks every entry and
//! applies deltas; `follow` also looks up everything that commits, tags and trees name.

use std::io::Write;
use std::path::PathBuf;

use keysweep::git::bare::{Depth, read_all};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args_os().skip(1);
    let repository = PathBuf::from(args.next().ok_or("which repository?")?);
    let threads = args.next().ok_or("how many threads?")?;
    let depth = match args.next().as_deref().and_then(|depth| depth.to_str()) {
        Some("rebuild") => Depth::Rebuild,
        Some("follow") => Depth::Follow,
        _ => return Err("rebuild or follow?".into()),
    };
    let read = read_all(&repository, threads.to_string_lossy().parse()?, depth)?;
    writeln!(std::io::stderr(), "{read} objects")?;
    Ok(())
}
