//! Looking single names up in a pack's index, without reading it: a few positioned reads each.
//!
//! Nothing of the index is believed but where to look. Whoever reads there checks that what lies
//! there has the name that was asked for.

use std::fs::File;
use std::io;
use std::path::Path;

use super::window::read_up_to;
use crate::git::file;
use crate::model::{HashKind, ObjectId};

const MAGIC_V2: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
const FANOUT_LEN: usize = 256 * 4;
/// So many names are read at once when the search has come close.
const CLOSE: u64 = 48;

/// An index that stays on disk.
pub(crate) struct Seeker {
    file: File,
    hash: HashKind,
    is_v1: bool,
    fanout: Vec<u32>,
    len: u64,
}

fn be32(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().expect("four bytes"))
}

impl Seeker {
    /// Opens an index: reads its first kilobyte.
    pub(crate) fn open(path: &Path, hash: HashKind) -> io::Result<Seeker> {
        let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let file = file::open_regular(path)?;
        let len = file.metadata()?.len();
        let mut head = [0; MAGIC_V2.len() + FANOUT_LEN];
        if read_up_to(&file, &mut head, 0)? < FANOUT_LEN {
            return Err(invalid("it is cut short"));
        }
        let is_v1 = !head.starts_with(&MAGIC_V2);
        let table = if is_v1 {
            &head[..FANOUT_LEN]
        } else {
            &head[MAGIC_V2.len()..]
        };
        let fanout: Vec<u32> = table.chunks_exact(4).map(be32).collect();
        let seeker = Seeker {
            file,
            hash,
            is_v1,
            fanout,
            len,
        };
        if seeker.fanout.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(invalid("its fan-out falls"));
        }
        if seeker.names_at() + seeker.count() * seeker.step() > len {
            return Err(invalid("it is cut short"));
        }
        Ok(seeker)
    }

    /// How many objects it names.
    pub(crate) fn count(&self) -> u64 {
        u64::from(self.fanout[255])
    }

    fn names_at(&self) -> u64 {
        let magic = if self.is_v1 { 0 } else { MAGIC_V2.len() };
        (magic + FANOUT_LEN) as u64
    }

    /// Bytes from one name to the next.
    fn step(&self) -> u64 {
        let offset = if self.is_v1 { 4 } else { 0 };
        self.hash.len() as u64 + offset
    }

    /// Where the name in this row begins.
    fn name_at(&self, row: u64) -> u64 {
        let offset = if self.is_v1 { 4 } else { 0 };
        self.names_at() + row * self.step() + offset
    }

    /// The names in some rows, which are few.
    pub(crate) fn names(&self, rows: std::ops::Range<u64>) -> io::Result<Vec<ObjectId>> {
        let (step, h) = (self.step() as usize, self.hash.len());
        let mut bytes = vec![0; (rows.end - rows.start) as usize * step];
        // The last row of version 1 ends with its name; so does each of version 2.
        let want = bytes.len() - (step - h);
        let got = read_up_to(&self.file, &mut bytes[..want], self.name_at(rows.start))?;
        if got < want {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let names = bytes
            .chunks(step)
            .map(|row| ObjectId::from_bytes(&row[..h]));
        Ok(names.flatten().collect())
    }

    /// Where the pack has this object, if the index says that it does.
    pub(crate) fn offset(&self, id: &ObjectId) -> io::Result<Option<u64>> {
        let first = usize::from(id.as_bytes()[0]);
        let before = first.checked_sub(1).map_or(0, |at| self.fanout[at]);
        let (mut low, mut high) = (u64::from(before), u64::from(self.fanout[first]));
        let mut name = [0; 32];
        let name = &mut name[..self.hash.len()];
        while high - low > CLOSE {
            let middle = low + (high - low) / 2;
            read_up_to(&self.file, name, self.name_at(middle))?;
            if &*name <= id.as_bytes() {
                low = middle;
            } else {
                high = middle;
            }
        }
        if low >= high {
            return Ok(None);
        }
        let names = self.names(low..high)?;
        match names.iter().position(|name| name == id) {
            Some(at) => self.offset_of(low + at as u64).map(Some),
            None => Ok(None),
        }
    }

    /// The names that begin with these hexadecimal digits, at least two; no more than a few.
    pub(crate) fn beginning_with(&self, digits: &str) -> io::Result<Vec<ObjectId>> {
        let Ok(first) = u8::from_str_radix(&digits[..2], 16) else {
            return Ok(Vec::new());
        };
        let first = usize::from(first);
        let before = first.checked_sub(1).map_or(0, |at| self.fanout[at]);
        let (mut from, end) = (u64::from(before), u64::from(self.fanout[first]));
        let mut found = Vec::new();
        while from < end && found.len() < 2 {
            let to = end.min(from + 4096);
            let names = self.names(from..to)?;
            found.extend(
                names
                    .into_iter()
                    .filter(|id| id.to_string().starts_with(digits)),
            );
            from = to;
        }
        Ok(found)
    }

    fn offset_of(&self, row: u64) -> io::Result<u64> {
        if self.is_v1 {
            return Ok(u64::from(be32(&self.read::<4>(self.name_at(row) - 4)?)));
        }
        let table = self.names_at() + self.count() * (self.step() + 4);
        let short = be32(&self.read::<4>(table + row * 4)?);
        if short & 0x8000_0000 == 0 {
            return Ok(u64::from(short));
        }
        let at = table + self.count() * 4 + u64::from(short & 0x7fff_ffff) * 8;
        Ok(u64::from_be_bytes(self.read::<8>(at)?))
    }

    fn read<const N: usize>(&self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        if at >= self.len || read_up_to(&self.file, &mut bytes, at)? < N {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testrepo::TestRepo;

    #[test]
    fn finds_what_git_finds_in_both_versions() {
        for version in ["1", "2"] {
            for format in ["sha1", "sha256"] {
                let object_format = format!("--object-format={format}");
                let repo = TestRepo::new(&[&object_format]);
                for n in 0..300 {
                    repo.write(format!("f{n}"), format!("content {n}\n"));
                }
                repo.git(&["add", "-A"]);
                repo.commit("last", "more\n", "all");
                let setting = format!("pack.indexVersion={version}");
                repo.git(&["-c", &setting, "repack", "-adq"]);
                let folder = repo.git_dir().join("objects/pack");
                let mut files = std::fs::read_dir(&folder).unwrap();
                let path = files
                    .find_map(|f| {
                        let path = f.unwrap().path();
                        path.extension().is_some_and(|e| e == "idx").then_some(path)
                    })
                    .unwrap();
                let hash = if format == "sha1" {
                    HashKind::Sha1
                } else {
                    HashKind::Sha256
                };
                let seeker = Seeker::open(&path, hash).unwrap();
                let listed = repo.git(&["verify-pack", "-v", path.to_str().unwrap()]);
                let mut count = 0;
                for line in listed.lines() {
                    let words: Vec<&str> = line.split_whitespace().collect();
                    let Some(id) = ObjectId::from_hex(words[0].as_bytes()) else {
                        continue;
                    };
                    let offset = words[4].parse().unwrap();
                    assert_eq!(seeker.offset(&id).unwrap(), Some(offset), "{line}");
                    count += 1;
                }
                assert_eq!(seeker.count(), count);
                let none = ObjectId::from_bytes(&vec![7; hash.len()]).unwrap();
                assert_eq!(seeker.offset(&none).unwrap(), None);
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::num::u8::ANY, 900..1400), v2: bool) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x.idx");
            let mut bytes = bytes;
            if v2 {
                bytes[..8].copy_from_slice(&MAGIC_V2);
            }
            std::fs::write(&path, &bytes).unwrap();
            if let Ok(seeker) = Seeker::open(&path, HashKind::Sha1) {
                let id = ObjectId::from_bytes(&bytes[..20]).unwrap();
                seeker.offset(&id).ok();
            }
        }
    }
}
