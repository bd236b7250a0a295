//! Loose objects: one zlib file each.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::damage::Damage;
use super::file;
use super::pack::inflate::Stream;
use crate::model::{Gap, HashKind, ObjectId, ObjectKind};

/// Longest header: kind, blank, 20 digits, NUL.
const HEADER_LEN_MAX: usize = 32;
/// Compressed bytes read at once.
const READ_LEN: usize = 32 << 10;

/// Lists the loose objects of one object directory. What cannot be listed is a gap, and its first
/// byte is added to `closed`.
pub(crate) fn list(
    dir: &Path,
    hash: HashKind,
    closed: &mut BTreeSet<u8>,
    gaps: &mut Vec<Gap>,
) -> Vec<ObjectId> {
    let mut ids = Vec::new();
    let (rest_len, mut hex) = (hash.hex_len() - 2, Vec::with_capacity(hash.hex_len()));
    for fan in 0..=255u8 {
        let first = format!("{fan:02x}");
        let folder = dir.join(&first);
        let mut refuse = |e: &io::Error| {
            closed.insert(fan);
            gaps.push(file::unreadable(&folder, e));
        };
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if file::nothing_there(&folder, &e) => continue,
            Err(e) => {
                refuse(&e);
                continue;
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => {
                    let name = entry.file_name();
                    let name = name.as_encoded_bytes();
                    // Other names are git's temporary files.
                    if name.len() == rest_len
                        && name.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
                    {
                        hex.clear();
                        hex.extend_from_slice(first.as_bytes());
                        hex.extend_from_slice(name);
                        ids.extend(ObjectId::from_hex(&hex));
                    }
                }
                Err(e) => refuse(&e),
            }
        }
    }
    ids.sort_unstable();
    ids
}

/// Where an object directory keeps a loose object.
pub(crate) fn path(dir: &Path, id: &ObjectId) -> PathBuf {
    let hex = id.to_string();
    dir.join(&hex[..2]).join(&hex[2..])
}

/// A loose object being read: its header is known, its content comes piece by piece.
pub(crate) struct Loose {
    pub(crate) kind: ObjectKind,
    pub(crate) size: u64,
    file: File,
    stream: Stream,
    input: Vec<u8>,
    /// The part of `input` that is not yet inflated.
    pending: std::ops::Range<usize>,
    /// Content that was inflated together with the header.
    early: Vec<u8>,
    produced: u64,
    done: bool,
}

impl Loose {
    /// Opens a loose object and reads its header.
    pub(crate) fn open(path: &Path) -> Result<Loose, Damage> {
        let file = file::open_regular(path)?;
        let mut loose = Loose {
            kind: ObjectKind::Blob,
            size: 0,
            file,
            stream: Stream::new(),
            input: vec![0; READ_LEN],
            pending: 0..0,
            early: Vec::new(),
            produced: 0,
            done: false,
        };
        let mut head = [0; HEADER_LEN_MAX];
        let mut len = 0;
        while len < head.len() && !head[..len].contains(&0) {
            match loose.inflate(&mut head[len..])? {
                0 => break,
                n => len += n,
            }
        }
        let nul = head[..len]
            .iter()
            .position(|b| *b == 0)
            .ok_or(Damage::Header("it has no end"))?;
        (loose.kind, loose.size) = parse_header(&head[..nul])?;
        loose.early = head[nul + 1..len].to_vec();
        loose.produced = loose.early.len() as u64;
        if loose.produced > loose.size {
            return Err(Damage::Inflate("it is longer than declared"));
        }
        Ok(loose)
    }

    /// Reads the next piece of the content into `out`; 0 at its end, which is checked.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> Result<usize, Damage> {
        if !self.early.is_empty() {
            let n = self.early.len().min(out.len());
            out[..n].copy_from_slice(&self.early[..n]);
            self.early.drain(..n);
            return Ok(n);
        }
        let n = self.inflate(out)?;
        self.produced += n as u64;
        match (n, self.produced) {
            (_, produced) if produced > self.size => {
                Err(Damage::Inflate("it is longer than declared"))
            }
            (0, produced) if produced < self.size => {
                Err(Damage::Inflate("it is shorter than declared"))
            }
            _ => Ok(n),
        }
    }

    fn inflate(&mut self, out: &mut [u8]) -> Result<usize, Damage> {
        loop {
            if self.done || out.is_empty() {
                return Ok(0);
            }
            if self.pending.is_empty() {
                let n = read_retrying(&mut self.file, &mut self.input)?;
                if n == 0 {
                    return Err(Damage::Truncated);
                }
                self.pending = 0..n;
            }
            let step = self.stream.step(&self.input[self.pending.clone()], out)?;
            self.pending.start += step.consumed;
            self.done = step.done;
            if step.produced > 0 {
                return Ok(step.produced);
            }
        }
    }
}

fn read_retrying(file: &mut File, buf: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buf) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Kind and size, from what stands before the content.
pub(crate) fn parse_header(header: &[u8]) -> Result<(ObjectKind, u64), Damage> {
    let text = std::str::from_utf8(header).map_err(|_| Damage::Header("it is not text"))?;
    let (kind, size) = text
        .split_once(' ')
        .ok_or(Damage::Header("it has no size"))?;
    let kind = ObjectKind::ALL
        .into_iter()
        .find(|k| k.name() == kind)
        .ok_or(Damage::Header("its kind is unknown"))?;
    if size.is_empty() || !size.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Damage::Header("its size is no number"));
    }
    Ok((
        kind,
        size.parse()
            .map_err(|_| Damage::Header("its size does not fit 64 bits"))?,
    ))
}
