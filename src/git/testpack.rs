//! Packs entry by entry, for tests with packs that git would never write. SHA-1.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::hash;
use super::pack::header::EntryKind;
use crate::model::{HashKind, ObjectId, ObjectKind};

/// A pack in the making.
pub(crate) struct TestPack {
    bytes: Vec<u8>,
    /// Name, offset and CRC-32 of each entry.
    entries: Vec<(ObjectId, u64, u32)>,
}

/// The name of a blob.
pub(crate) fn blob_id(content: &[u8]) -> ObjectId {
    hash::object_id(HashKind::Sha1, ObjectKind::Blob, content).unwrap()
}

/// A name that nothing hashes to.
pub(crate) fn made_up(n: u32) -> ObjectId {
    ObjectId::from_bytes(&[&[0xee; 16][..], &n.to_be_bytes()].concat()).unwrap()
}

/// A zlib stream.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A delta that copies all of its base, which is shorter than 64 KiB, and adds some bytes.
pub(crate) fn appending(base_len: usize, added: &[u8]) -> Vec<u8> {
    let mut delta = varint(base_len as u64);
    delta.extend(varint((base_len + added.len()) as u64));
    delta.extend([0xb0, base_len as u8, (base_len >> 8) as u8]);
    delta.push(added.len() as u8);
    delta.extend_from_slice(added);
    delta
}

pub(crate) fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

impl TestPack {
    pub(crate) fn new() -> TestPack {
        TestPack {
            bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(),
            entries: Vec::new(),
        }
    }

    /// Adds a blob and returns its name.
    pub(crate) fn blob(&mut self, content: &[u8]) -> ObjectId {
        let id = blob_id(content);
        self.entry(id, EntryKind::Whole(ObjectKind::Blob), content);
        id
    }

    /// Adds an entry with the name that the index will claim for it.
    pub(crate) fn entry(&mut self, id: ObjectId, kind: EntryKind, body: &[u8]) {
        let data = deflate(body);
        self.raw_entry(id, kind, body.len() as u64, &data);
    }

    /// The same with the size and the compressed data as given.
    pub(crate) fn raw_entry(&mut self, id: ObjectId, kind: EntryKind, size: u64, data: &[u8]) {
        let start = self.bytes.len();
        let number = match kind {
            EntryKind::Whole(ObjectKind::Commit) => 1,
            EntryKind::Whole(ObjectKind::Tree) => 2,
            EntryKind::Whole(ObjectKind::Blob) => 3,
            EntryKind::Whole(ObjectKind::Tag) => 4,
            EntryKind::OfsDelta(_) => 6,
            EntryKind::RefDelta(_) => 7,
        };
        let (mut byte, mut rest) = (number << 4 | (size & 15) as u8, size >> 4);
        while rest > 0 {
            self.bytes.push(byte | 0x80);
            byte = (rest & 0x7f) as u8;
            rest >>= 7;
        }
        self.bytes.push(byte);
        match kind {
            EntryKind::Whole(_) => {}
            EntryKind::OfsDelta(distance) => {
                let mut digits = vec![(distance & 0x7f) as u8];
                let mut rest = distance >> 7;
                while rest > 0 {
                    rest -= 1;
                    digits.push(0x80 | (rest & 0x7f) as u8);
                    rest >>= 7;
                }
                self.bytes.extend(digits.iter().rev());
            }
            EntryKind::RefDelta(base) => self.bytes.extend(base.as_bytes()),
        }
        self.bytes.extend_from_slice(data);
        let crc = crc32fast::hash(&self.bytes[start..]);
        self.entries.push((id, start as u64, crc));
    }

    /// Writes pack and index into a git directory; gives the pack's path.
    pub(crate) fn write(mut self, git_dir: &Path) -> PathBuf {
        let count = self.entries.len() as u32;
        self.bytes[8..12].copy_from_slice(&count.to_be_bytes());
        let trailer = hash::digest(HashKind::Sha1, &self.bytes).unwrap();
        self.bytes.extend(&trailer);
        self.entries.sort_by_key(|(id, ..)| *id);
        let mut idx = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255u8 {
            let below = self.entries.iter().filter(|e| e.0.as_bytes()[0] <= first);
            idx.extend((below.count() as u32).to_be_bytes());
        }
        let all = || self.entries.iter();
        all().for_each(|e| idx.extend(e.0.as_bytes()));
        all().for_each(|e| idx.extend(e.2.to_be_bytes()));
        all().for_each(|e| idx.extend((e.1 as u32).to_be_bytes()));
        idx.extend(&trailer);
        idx.extend(hash::digest(HashKind::Sha1, &idx).unwrap());
        let folder = git_dir.join("objects/pack");
        std::fs::create_dir_all(&folder).unwrap();
        let name = ObjectId::from_bytes(&trailer).unwrap();
        let path = folder.join(format!("pack-{name}.pack"));
        std::fs::write(&path, &self.bytes).unwrap();
        std::fs::write(path.with_extension("idx"), idx).unwrap();
        path
    }
}
