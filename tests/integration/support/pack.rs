//! Packs and indexes byte by byte, for those that git would never write.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::repo::{Repo, edit};

/// Object types as a pack numbers them.
pub(crate) const BLOB: u8 = 3;
pub(crate) const TAG: u8 = 4;
pub(crate) const REF_DELTA: u8 = 7;

/// A pack in the making, SHA-1.
pub(crate) struct PackWriter {
    bytes: Vec<u8>,
    entries: Vec<(String, usize, u32)>,
}

impl PackWriter {
    pub(crate) fn new() -> PackWriter {
        PackWriter {
            bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(),
            entries: Vec::new(),
        }
    }

    /// Adds an entry. `size` is what its header declares, `base` what a REF delta names, `body`
    /// what is deflated.
    pub(crate) fn entry(
        &mut self,
        id: &str,
        kind: u8,
        size: u64,
        base: Option<&str>,
        body: &[u8],
    ) -> &mut PackWriter {
        let start = self.bytes.len();
        let mut rest = size >> 4;
        let mut byte = kind << 4 | (size & 15) as u8;
        while rest > 0 {
            self.bytes.push(byte | 0x80);
            byte = (rest & 0x7f) as u8;
            rest >>= 7;
        }
        self.bytes.push(byte);
        if let Some(base) = base {
            self.bytes.extend(raw(base));
        }
        self.bytes.extend(deflate(body));
        let crc = crc32(&self.bytes[start..]);
        self.entries.push((id.to_owned(), start, crc));
        self
    }

    /// Writes pack and index into a repository and returns the pack's path.
    pub(crate) fn write(mut self, repo: &Repo) -> PathBuf {
        self.bytes[8..12].copy_from_slice(&(self.entries.len() as u32).to_be_bytes());
        let trailer = sha1(&self.bytes);
        self.bytes.extend(trailer);
        self.entries.sort();
        let mut idx = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255u8 {
            let count = self
                .entries
                .iter()
                .filter(|e| raw(&e.0)[0] <= first)
                .count();
            idx.extend((count as u32).to_be_bytes());
        }
        self.entries.iter().for_each(|e| idx.extend(raw(&e.0)));
        self.entries
            .iter()
            .for_each(|e| idx.extend(e.2.to_be_bytes()));
        self.entries
            .iter()
            .for_each(|e| idx.extend((e.1 as u32).to_be_bytes()));
        idx.extend(trailer);
        let checksum = sha1(&idx);
        idx.extend(checksum);
        let dir = repo.git_path("objects/pack");
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join(format!("pack-{}.pack", hex(&trailer)));
        std::fs::write(&path, &self.bytes).unwrap();
        std::fs::write(path.with_extension("idx"), idx).unwrap();
        path
    }
}

/// A delta's numbers: seven bits a byte, lowest first.
pub(crate) fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A delta that copies all of its base, which is shorter than 16 MiB, and adds some bytes.
pub(crate) fn copy_all(base: usize, added: &[u8]) -> Vec<u8> {
    let mut delta = varint(base as u64);
    delta.extend(varint((base + added.len()) as u64));
    delta.push(0xf0);
    delta.extend(&(base as u32).to_le_bytes()[..3]);
    delta.push(added.len() as u8);
    delta.extend(added);
    delta
}

/// The name of an object.
pub(crate) fn object_name(kind: &str, content: &[u8]) -> String {
    let head = format!("{kind} {}\0", content.len());
    hex(&sha1(&[head.as_bytes(), content].concat()))
}

/// Exchanges what a version 2 index says about two objects: their offsets, and their CRCs too
/// if the lie is to be consistent. The index's own checksum is made right again.
pub(crate) fn swap_in_index(pack: &Path, one: &str, other: &str, crcs_too: bool) {
    edit(&pack.with_extension("idx"), |idx| {
        let count = u32::from_be_bytes(idx[8 + 1020..8 + 1024].try_into().unwrap()) as usize;
        let names = 8 + 1024;
        let position = |id: &str| {
            let mut all = idx[names..names + 20 * count].chunks(20);
            all.position(|name| name == raw(id))
                .expect("the object is in the index")
        };
        let (a, b) = (position(one), position(other));
        let crcs = names + 20 * count;
        let offsets = crcs + 4 * count;
        let tables = if crcs_too {
            vec![crcs, offsets]
        } else {
            vec![offsets]
        };
        for table in tables {
            for byte in 0..4 {
                idx.swap(table + 4 * a + byte, table + 4 * b + byte);
            }
        }
        reseal(idx);
    });
}

/// Makes the SHA-1 at the end of an index, a multi-pack-index or a commit-graph right again.
pub(crate) fn reseal(file: &mut Vec<u8>) {
    file.truncate(file.len() - 20);
    let checksum = sha1(file);
    file.extend(checksum);
}

/// Where an object's entry lies in a pack: its offset and its length.
pub(crate) fn entry_of(repo: &Repo, pack: &Path, id: &str) -> (usize, usize) {
    let idx = pack.with_extension("idx");
    let listing = repo.git(&["verify-pack", "-v", idx.to_str().unwrap()]);
    let line = listing
        .lines()
        .find(|line| line.starts_with(id))
        .expect("the object is packed");
    let words: Vec<&str> = line.split_whitespace().collect();
    (words[4].parse().unwrap(), words[3].parse().unwrap())
}

/// A chunk of a multi-pack-index or commit-graph: where it begins and ends.
pub(crate) fn chunk(file: &[u8], header: usize, name: &[u8]) -> (usize, usize) {
    let offset = |at: usize| u64::from_be_bytes(file[at..at + 8].try_into().unwrap()) as usize;
    let mut at = header;
    while &file[at..at + 4] != name {
        assert_ne!(&file[at..at + 4], b"\0\0\0\0", "the chunk is there");
        at += 12;
    }
    (offset(at + 4), offset(at + 16))
}

/// A zlib stream of `body`.
pub(crate) fn deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn raw(id: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(id.as_bytes()).unwrap()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn crc32(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    let id = hasher.try_finalize().expect("no collision attack here");
    id.as_slice().try_into().unwrap()
}

#[test]
fn a_written_pack_satisfies_git() {
    let repo = Repo::new();
    let id = "ce013625030ba8dba906f756967f9e9ca394464a";
    let mut pack = PackWriter::new();
    pack.entry(id, BLOB, 6, None, b"hello\n");
    let path = pack.write(&repo);
    repo.git(&["verify-pack", path.to_str().unwrap()]);
    assert_eq!(repo.content(id), b"hello\n");
}
