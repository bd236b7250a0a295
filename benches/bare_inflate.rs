//! The floor under any sweep: inflates every entry of every pack of a repository, and does nothing
//! else. No delta is applied, nothing is checked, nothing is scanned.
//!
//! `bare_inflate REPOSITORY THREADS`

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use libdeflater::Decompressor;

/// Entries that a thread takes at a time.
const BATCH_LEN: usize = 4096;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut args = std::env::args_os().skip(1);
    let repository = PathBuf::from(args.next().ok_or("which repository?")?);
    let threads: usize = args
        .next()
        .ok_or("how many threads?")?
        .to_string_lossy()
        .parse()?;
    let git_dir = Some(repository.join(".git")).filter(|dir| dir.is_dir());
    let packs = git_dir.unwrap_or(repository).join("objects/pack");
    for file in std::fs::read_dir(packs)? {
        let path = file?.path();
        if path.extension().is_some_and(|ending| ending == "pack") {
            inflate_pack(&path, threads)?;
        }
    }
    Ok(())
}

fn inflate_pack(path: &Path, threads: usize) -> Result<(), Failure> {
    let pack = std::fs::read(path)?;
    let mut offsets = offsets(&std::fs::read(path.with_extension("idx"))?)?;
    offsets.sort_unstable();
    offsets.push(pack.len() - 20);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let work = || -> Result<(), Failure> {
            let (mut inflater, mut out) = (Decompressor::new(), Vec::new());
            loop {
                let start = next.fetch_add(BATCH_LEN, Ordering::Relaxed);
                let Some(batch) = offsets.get(start..) else {
                    return Ok(());
                };
                for pair in batch.windows(2).take(BATCH_LEN) {
                    let (size, data) = header(&pack[pair[0]..pair[1]]);
                    if out.len() < size {
                        out.resize(size, 0);
                    }
                    inflater.zlib_decompress(data, &mut out[..size])?;
                }
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| "a worker panicked")?)
    })
}

/// The offsets in a version 2 index.
fn offsets(idx: &[u8]) -> Result<Vec<usize>, Failure> {
    let word = |at: usize| {
        idx[at..at + 4]
            .iter()
            .fold(0, |n, b| n << 8 | usize::from(*b))
    };
    if !idx.starts_with(b"\xfftOc\0\0\0\x02") {
        return Err("only version 2 indexes of SHA-1 repositories".into());
    }
    let count = word(8 + 255 * 4);
    let small = 8 + 256 * 4 + count * 24;
    let large = small + count * 4;
    Ok((0..count)
        .map(|entry| match word(small + entry * 4) {
            far if far & 0x8000_0000 != 0 => {
                let at = large + (far & 0x7fff_ffff) * 8;
                word(at) << 32 | word(at + 4)
            }
            near => near,
        })
        .collect())
}

/// The inflated size of an entry, and its compressed data.
fn header(entry: &[u8]) -> (usize, &[u8]) {
    let kind = entry[0] >> 4 & 7;
    let mut size = usize::from(entry[0] & 15);
    let (mut at, mut shift) = (1, 4);
    while entry[at - 1] & 0x80 != 0 {
        size |= usize::from(entry[at] & 0x7f) << shift;
        shift += 7;
        at += 1;
    }
    match kind {
        6 => {
            while entry[at] & 0x80 != 0 {
                at += 1;
            }
            at += 1;
        }
        7 => at += 20,
        _ => {}
    }
    (size, &entry[at..])
}
